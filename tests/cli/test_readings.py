from __future__ import annotations

import dataclasses
import io
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

import mnist_app
from mnist_app.cli.readings import ProgressLine, Tally, outcome_lines, words
from mnist_app.domain import Digit, Verdict
from mnist_app.errors import InputError
from mnist_app.reading.batch.tasks import Outcome
from tests.helpers.readings import digit, reading, row


def lines_of(*rows: tuple[Digit, ...], turned: int = 0, line: int | None = None) -> list[str]:
    return outcome_lines(Outcome(Path("page.jpg"), line, reading(*rows, turned=turned), None))


def test_the_report_counts_what_was_read_and_what_was_not() -> None:
    tally, file, error = Tally(), Path("a.png"), InputError("No.")
    tally.add(Outcome(file, None, reading([digit(1)]), None))
    assert tally.text == "Read 1 of 1 files: 1 digit, 0 doubtful."
    tally.add(Outcome(file, None, reading([digit(1, confidence=0.8), digit(2)]), None))
    tally.add(Outcome(file, None, None, error))
    assert tally.text == "Read 2 of 3 files: 3 digits, 1 doubtful. Not read: 1."
    tally.add(Outcome(file, None, reading([digit(1)]), error))
    counted = "3 of 4 files: 4 digits, 1 doubtful. Not read: 1. Read, but without a picture: 1."
    assert tally.text == f"Read {counted}"
    paged = Tally()
    paged.add(Outcome(file, None, None, error, page=2, pages=2))
    assert paged.text == "Read 0 of 1 photos and pages: 0 digits, 0 doubtful. Not read: 1."
    tally.add(Outcome(file, 1, None, error))
    assert tally.text.startswith("Read 3 of 5 drawings and photos: ")


def test_numbers_are_apart_and_rows_are_lines() -> None:
    assert lines_of(row("1024 007")) == ["page.jpg: 1024 007"]
    assert lines_of(row("12"), row("3", top=40)) == ["page.jpg:1: 12", "page.jpg:2: 3"]
    assert lines_of(row("12"), row("3", top=40), line=5) == ["page.jpg:5:1: 12", "page.jpg:5:2: 3"]


def test_a_page_is_named_before_its_rows() -> None:
    outcome = Outcome(Path("scan.pdf"), None, reading(row("12"), row("3", top=40)), None, page=2, pages=5)
    assert outcome_lines(outcome) == ["scan.pdf, page 2:1: 12", "scan.pdf, page 2:2: 3"]


def test_what_is_doubtful_is_said_behind_its_row() -> None:
    digits = [
        digit(1),
        digit(2, confidence=0.8),
        digit(3, candidates=(3, 8)),
        digit(4, is_digit=False),
        digit(5, candidates=(5, 6, 8, 9)),
        digit(6, candidates=(6, 0)).corrected(0),
    ]
    (line,) = lines_of(tuple(digits))
    doubts = "digit 2: probably 2; digit 3: 3 or 8; digit 4: not a digit; digit 5: perhaps 5"
    assert line == f"page.jpg: 123?50 (mostly doubtful; {doubts})"
    assert lines_of((digit(1), digit(2, confidence=0.8))) == ["page.jpg: 12 (digit 2: probably 2)"]


def test_a_turned_photo_is_said_to_be() -> None:
    assert lines_of(row("12"), turned=90) == ["page.jpg: 12 (turned 90°)"]
    assert lines_of((digit(1), digit(7, confidence=0.8)), turned=180) == [
        "page.jpg: 17 (turned 180°; digit 2: probably 7)"
    ]
    assert lines_of((digit(7),), turned=270) == ["page.jpg: 7 (99.0%) (turned 270°)"]


def test_a_name_stays_on_its_line() -> None:
    outcome = Outcome(Path("a\nb"), None, reading(row("12")), None)
    assert outcome_lines(outcome) == ["a\\nb: 12"]


def test_doubt_is_said_in_words(pen_digits: list[dict[str, Any]]) -> None:
    digit = mnist_app.read_drawing(pen_digits[4]).digits[0]
    assert words(dataclasses.replace(digit, candidates=(4,))) == f"4 ({digit.confidence:.1%})"
    assert words(dataclasses.replace(digit, candidates=(4, 9))) == f"4 ({digit.confidence:.1%}, 4 or 9)"
    many = dataclasses.replace(digit, verdict=Verdict.UNSURE, candidates=(4, 9, 1, 7))
    assert words(many) == f"4 ({digit.confidence:.1%}, perhaps 4)"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_is_a_line_of_a_terminal_that_comes_late_and_goes_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(shutil, "get_terminal_size", lambda: os.terminal_size((20, 24)))
    now, terminal = [0.0], Terminal()
    progress = ProgressLine(terminal, lambda: now[0])
    progress.show("too early")
    now[0] = 1
    progress.show("reading 1/2 a.png")
    progress.show("too soon")
    now[0] = 2
    progress.show("short")
    now[0] = 3
    progress.show("reading 2/2 a long name.png")
    progress.clear()
    progress.clear()
    assert terminal.getvalue().split("\r") == [
        "",
        "reading 1/2 a.png",
        "short            ",
        "reading 2/2 a long…",
        " " * 19,
        "",
    ]


def test_there_is_no_progress_where_nobody_sees_it() -> None:
    stream = io.StringIO()
    progress = ProgressLine(stream, lambda: 1e9)
    progress.show("reading")
    progress.clear()
    assert stream.getvalue() == ""
