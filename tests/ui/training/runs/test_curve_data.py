from __future__ import annotations

import csv
import math
from pathlib import Path

import numpy as np
import pytest

from mnist_app.domain import Epoch
from mnist_app.runs import DEFAULT_RUN, RunStore
from mnist_app.ui.training.runs import curve_chart, curve_data, findings, rendering
from mnist_app.ui.training.runs.curve_data import MEASURES, TRAINING, VALIDATION, Curve

BOTH = [TRAINING, VALIDATION]


def history(*losses: float) -> list[Epoch]:
    return [
        Epoch(k, loss, 1 - loss, loss + 0.1, 0.9 - loss, 0.001 * k, 2.0) for k, loss in enumerate(losses, 1)
    ]


def lines(measure: str = "Loss", /, **histories: list[Epoch]) -> list[Curve]:
    return curve_data.curves(MEASURES[measure], histories, dict.fromkeys(histories, 2), BOTH)


def test_without_smoothing_a_curve_is_itself() -> None:
    values = np.array([3.0, 1.0, 2.0])
    assert curve_data.smoothed(values, 0).tolist() == values.tolist()


def test_smoothing_keeps_what_is_constant_and_begins_where_the_curve_does() -> None:
    assert curve_data.smoothed(np.full(5, 0.7), 0.9) == pytest.approx(np.full(5, 0.7))
    assert curve_data.smoothed(np.array([4.0, 0.0]), 0.5) == pytest.approx([4.0, 4 / 3])


def test_a_gap_stays_a_gap_and_spoils_nothing_behind_it() -> None:
    smooth = curve_data.smoothed(np.array([1.0, math.nan, 1.0]), 0.5)
    assert smooth[[0, 2]].tolist() == [1.0, 1.0]
    assert math.isnan(smooth[1])


def test_what_was_not_measured_is_no_curve() -> None:
    nothing = [Epoch(1, math.nan, 0.9, math.nan, math.nan, 0.001, 1.0)]
    assert lines(a=nothing) == []
    assert [line.name for line in lines("Accuracy", a=nothing)] == ["a, training"]
    assert [line.name for line in lines("Seconds per epoch", a=nothing)] == ["a"]


def test_a_table_has_a_row_for_each_line_and_epoch() -> None:
    table = curve_data.table(
        lines(a=history(0.5, 0.4, 0.3), b=history(0.2)), 0.5, as_error=False, is_log=False
    )
    assert table.num_rows == 8
    kept = [(row["run"], row["epoch"]) for row in table.to_pylist() if row["best"]]
    assert kept == [("a", 2), ("a", 2)]


def test_on_a_logarithmic_scale_accuracy_is_error_and_what_is_not_above_zero_is_left_out() -> None:
    perfect = [Epoch(1, 0.0, 1.0, 0.0, 0.75, 0.001, 1.0)]
    table = curve_data.table(lines("Accuracy", a=perfect), 0, as_error=True, is_log=True)
    assert table["raw"].to_pylist() == [None, 0.25]


def test_an_unfinished_epoch_makes_its_line_longer() -> None:
    line = curve_data.curve("a", history(0.5), MEASURES["Loss"], TRAINING)
    longer = line.extended(1.5, 0.45)
    assert longer.epochs.tolist() == [1, 1.5]
    assert longer.values.tolist() == [0.5, 0.45]
    assert line.extended(1.0, 0.45) is line
    assert line.extended(1.5, math.nan) is line


def test_csv_has_the_raw_values_of_all_lines() -> None:
    text = curve_data.as_csv(lines(a=history(0.5, 0.25), b=history(0.125)), "Loss")
    rows = list(csv.reader(text.splitlines()))
    assert rows[0] == [
        "epoch",
        "a, training: loss",
        "a, validation: loss",
        "b, training: loss",
        "b, validation: loss",
    ]
    assert rows[1][:2] == ["1", "0.5"]
    assert rows[2] == ["2", "0.25", "0.35", "", ""]


def test_findings_say_what_the_chart_shows() -> None:
    one, two = {"a": history(0.5, 0.3, 0.4)}, {"a": history(0.5, 0.3), "b": history(0.4, 0.2)}
    lowest = "Validation loss is lowest at epoch 2: 0.4000"
    assert findings.finding(MEASURES["Loss"], lines("Loss", **one)) == lowest
    assert findings.finding(MEASURES["Loss"], lines("Loss", **two)).endswith("0.3000, of b")
    error = findings.finding(MEASURES["Accuracy"], lines("Accuracy", **one), as_error=True)
    assert error == "Validation error is lowest at epoch 2: 40.00%"
    accuracy = findings.finding(MEASURES["Accuracy"], lines("Accuracy", **one))
    assert accuracy == "Validation accuracy is best at epoch 2: 60.00%"
    rate = lines("Learning rate", **one)
    assert findings.finding(MEASURES["Learning rate"], rate) == "Learning rate goes from 0.001 to 0.003"
    seconds = lines("Seconds per epoch", **one)
    assert findings.finding(MEASURES["Seconds per epoch"], seconds) == "An epoch takes 2.0 s"


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize(("runs", "is_log"), [(1, False), (20, True)])
def test_every_chart_is_valid_and_can_be_drawn_outside_a_browser(
    measure: str, runs: int, is_log: bool
) -> None:
    import altair as alt

    names = [f"run.{k}" for k in range(runs)]
    own = lines(measure, **{name: history(0.5, 0.4, 0.3) for name in names})
    table = curve_data.table(own, 0.5, as_error=False, is_log=is_log)
    looks = dict.fromkeys(names, "#0072B2"), dict.fromkeys(names, ())
    spec = curve_chart.spec(MEASURES[measure], own, *looks, curve_data.span(table, is_log), True, is_log)
    alt.Chart.from_dict({**spec, "data": {"values": []}})


@pytest.mark.parametrize("form", ["svg", "png"])
def test_a_chart_becomes_a_file(form: rendering.Form) -> None:
    store = RunStore(Path(__file__).parents[2] / "models")
    own = lines(world=store.history(store.open(DEFAULT_RUN)))
    table = curve_data.table(own, 0, as_error=False, is_log=False)
    looks = {"world": "#0072B2"}, {"world": ()}
    spec = curve_chart.spec(MEASURES["Loss"], own, *looks, curve_data.span(table, False))
    picture = rendering.rendered(spec, table, "Loss goes down", form)
    assert picture.startswith(b"<svg" if form == "svg" else b"\x89PNG")
    assert form == "png" or (b"Loss goes down" in picture and b"#0072B2" in picture)
