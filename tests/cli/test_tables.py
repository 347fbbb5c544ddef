from __future__ import annotations

from mnist_app.cli.tables import aligned, figure, printable, set_table
from mnist_app.domain import Kind, SetScore


def test_text_stays_on_its_line_and_moves_no_cursor() -> None:
    assert printable("é 数\n\x1b[31m\udcff.png") == "é 数\\n\\x1b[31m\\udcff.png"


def test_columns_are_aligned_and_lines_end_with_their_last_cell() -> None:
    assert aligned([["name", "n", ""], ["a", "100", ""]], left=(0,)) == "name    n\na     100"


def test_a_figure_that_is_unknown_or_not_finite_is_a_dash() -> None:
    shown = [figure(value) for value in (None, float("nan"), 0.123456789, {"mnist": 0.6, "pen": 0.4}, 7)]
    assert shown == ["–", "–", "0.123457", "mnist 0.6, pen 0.4", "7"]


def test_non_digits_have_nothing_but_a_rejection_rate() -> None:
    digits = SetScore("MNIST test", 10_000, 0.01, 0.9964, 0.0013, 0.9992, 1.03)
    _, first, second = set_table([digits, SetScore("shapes", 600, 0.91, kind=Kind.NON_DIGITS)]).splitlines()
    assert first.split("  ")[0] == "MNIST test"
    assert first.split()[2:] == ["10,000", "99.64%", "0.13%", "99.92%", "1.03", "1.00%"]
    assert second.split() == ["shapes", "600", "91.00%"]
