from __future__ import annotations

from mnist_app.domain import Kind
from mnist_app.runs import RunStore
from mnist_app.runs.results import read_scores
from mnist_app.ui.training.evaluation import set_bars, sets
from tests.ui.evaluation_page import OTHER, RUN, opened
from tests.ui.pages import charts, words


def test_unseen_hands_are_on_one_side_and_what_is_no_digit_on_the_other() -> None:
    scores = read_scores(RunStore().open(OTHER))
    digits, others = sets.errors(scores), sets.accepted(scores)
    assert {"Paper", "Pen strokes", "Pens of many countries"} <= set(digits)
    assert {"No digit: scribbles", "No digit: letters by hand", "Signs by hand"} <= set(others)
    assert len(digits) + len(others) == sum(score.kind is not Kind.CORRUPTED for score in scores)
    app = opened(run=OTHER, look="Sets")
    assert "Read worst of 7 sets: Pens of many countries, 99.1 % right" in words(app)
    assert "Signs by hand: 27.7 % taken for a digit" in words(app)


def test_both_runs_have_bars_that_begin_at_zero_and_the_worst_is_on_top() -> None:
    found = {name: sets.accepted(read_scores(RunStore().open(name))) for name in (OTHER, RUN)}
    spec = set_bars.chart(found, {}, {OTHER: "#000", RUN: "#111"}, "Taken for a digit", is_error=True)
    rows = spec["layer"][0]["data"]["values"]
    own = [row["share"] for row in rows if row["run"] == OTHER]
    assert own == sorted(own, reverse=True)
    assert spec["encoding"]["x"]["scale"]["domain"] == [0, max(row["share"] for row in rows)]
    assert all(RUN in chart.spec for chart in charts(opened(run=OTHER, against=RUN, look="Sets")))
