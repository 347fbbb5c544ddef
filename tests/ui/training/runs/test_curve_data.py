from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from mnist_app.domain import Epoch
from mnist_app.ui.training.runs import curve_data
from mnist_app.ui.training.runs.curve_data import MEASURES, TRAINING
from tests.ui.curve_examples import curve_lines, history


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
    assert curve_lines(a=nothing) == []
    assert [line.name for line in curve_lines("Accuracy", a=nothing)] == ["a, training"]
    assert [line.name for line in curve_lines("Seconds per epoch", a=nothing)] == ["a"]


def test_a_table_has_a_row_for_each_line_and_epoch() -> None:
    table = curve_data.table(
        curve_lines(a=history(0.5, 0.4, 0.3), b=history(0.2)), 0.5, as_error=False, is_log=False
    )
    assert table.num_rows == 8
    kept = [(row["run"], row["epoch"]) for row in table.to_pylist() if row["best"]]
    assert kept == [("a", 2), ("a", 2)]


def test_on_a_logarithmic_scale_accuracy_is_error_and_zero_has_a_place_below_all_others() -> None:
    epochs = [Epoch(1, 0.0, 1.0, 0.0, 0.75, 0.001, 1.0), Epoch(2, 0.0, 1.0, 0.0, 0.5, 0.001, 1.0)]
    lines = curve_lines("Accuracy", a=epochs)
    table = curve_data.table(lines, 0, as_error=True, is_log=True)
    assert table["raw"].to_pylist() == [0, 0, 0.25, 0.5]
    assert table["drawn"].to_pylist() == [0.125, 0.125, 0.25, 0.5]
    assert curve_data.zero_place(lines, as_error=True) == 0.125
    assert curve_data.zero_place(lines[1:], as_error=True) is None
    low, high = curve_data.span(table, is_log=True)
    assert 0 < low < 0.125 < high


def test_a_line_measured_every_few_epochs_goes_through_its_points() -> None:
    line = replace(curve_lines(a=history(*[0.5] * 7))[0], values=np.array([5, *[math.nan] * 2, 4] * 2)[:7])
    assert line.is_sparse
    drawn = curve_data.table([line], 0, as_error=False, is_log=False)
    assert drawn["drawn"].to_pylist() == [5, 4, 5]
    assert drawn["point"].to_pylist() == [True, True, True]
    assert drawn["last"].to_pylist() == [False, False, True]


def test_a_gap_is_a_gap_and_a_single_value_in_it_a_point() -> None:
    values = np.array([5, 4, 3, math.nan, 2, math.nan, 1, 1])
    line = replace(curve_lines(a=history(*[0.5] * 8))[0], values=values)
    drawn = curve_data.table([line], 0, as_error=False, is_log=False)
    assert drawn["drawn"].to_pylist() == [5, 4, 3, None, 2, None, 1, 1]
    assert np.flatnonzero(drawn["point"].to_pylist()).tolist() == [4]


def test_one_epoch_is_a_point() -> None:
    drawn = curve_data.table(curve_lines(a=history(0.5)), 0, as_error=False, is_log=False)
    assert drawn["point"].to_pylist() == [True, True]


def test_time_is_in_the_unit_that_fits_and_unknown_without_seconds() -> None:
    lines = curve_lines(a=history(0.5, 0.4))
    axis = curve_data.time_axis(lines)
    assert axis is not None
    assert axis.title == "Time (s)"
    assert curve_data.table(lines, 0, False, False, axis)["x"].to_pylist() == [2, 4, 2, 4]
    hours = [replace(line, times=line.times * 10_000) for line in lines]
    assert getattr(curve_data.time_axis(hours), "title", "") == "Time (h)"
    unknown = [replace(line, times=line.times * math.nan) for line in lines]
    assert curve_data.time_axis(unknown) is None


@pytest.mark.parametrize(
    ("high", "span"), [(0.31, (0, 0.5)), (0.49, (0, 0.5)), (2.4, (0, 5)), (-3.0, (-5, 0.001))]
)
def test_a_span_of_a_training_changes_in_steps(high: float, span: tuple[float, float]) -> None:
    line = replace(curve_lines(a=history(0.5))[0], values=np.array([high]))
    table = curve_data.table([line], 0, as_error=False, is_log=False)
    assert curve_data.steady_span(table, MEASURES["Loss"]) == pytest.approx(span)


def test_an_unfinished_epoch_makes_its_line_longer() -> None:
    line = curve_data.curve("a", history(0.5), MEASURES["Loss"], TRAINING)
    longer = line.extended(1.5, 0.45)
    assert longer.epochs.tolist() == [1, 1.5]
    assert longer.values.tolist() == [0.5, 0.45]
    assert line.extended(1.0, 0.45) is line
    assert line.extended(1.5, math.nan) is line


@pytest.mark.parametrize("weight", [0.1, 0.6, 0.95])
def test_smoothing_is_the_bias_corrected_average_of_adam(weight: float) -> None:
    values = np.array([math.nan, 3.0, 1.0, math.nan, math.nan, 2.0, 5.0, math.nan])
    average, share, expected = 0.0, 0.0, np.full_like(values, math.nan)
    for k, value in enumerate(values):
        if math.isfinite(value):
            average = weight * average + (1 - weight) * value
            share = weight * share + (1 - weight)
            expected[k] = average / share
    assert curve_data.smoothed(values, weight) == pytest.approx(expected, nan_ok=True)
