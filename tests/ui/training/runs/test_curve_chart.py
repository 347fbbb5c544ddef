from __future__ import annotations

import math
from dataclasses import replace

import pytest

from mnist_app.ui.training.runs import curve_chart, curve_data
from mnist_app.ui.training.runs.curve_data import MEASURES
from tests.ui.curve_examples import curve_lines, history


def test_findings_say_what_the_chart_shows() -> None:
    one, two = {"a": history(0.5, 0.3, 0.4)}, {"a": history(0.5, 0.3), "b": history(0.4, 0.2)}
    lowest = "Validation loss is lowest at epoch 2: 0.4000"
    assert curve_chart.finding(MEASURES["Loss"], curve_lines("Loss", **one)) == lowest
    assert curve_chart.finding(MEASURES["Loss"], curve_lines("Loss", **two)).endswith("0.3000, of b")
    error = curve_chart.finding(MEASURES["Accuracy"], curve_lines("Accuracy", **one), as_error=True)
    assert error == "Validation error is lowest at epoch 2: 40.00 %"
    accuracy = curve_chart.finding(MEASURES["Accuracy"], curve_lines("Accuracy", **one))
    assert accuracy == "Validation accuracy is highest at epoch 2: 60.00 %"
    rate = curve_lines("Learning rate", **one)
    assert curve_chart.finding(MEASURES["Learning rate"], rate) == "Learning rate goes from 0.001 to 0.003"
    seconds = curve_lines("Seconds per epoch", **one)
    assert curve_chart.finding(MEASURES["Seconds per epoch"], seconds) == "An epoch takes 2.0 s"


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize(("runs", "is_log"), [(1, False), (20, True)])
def test_every_chart_is_valid_and_can_be_drawn_outside_a_browser(
    measure: str, runs: int, is_log: bool
) -> None:
    import altair as alt

    names = [f"run.{k}" for k in range(runs)]
    own = curve_lines(measure, **{name: history(0.5, 0.4, 0.3) for name in names})
    table = curve_data.table(own, 0.5, as_error=False, is_log=is_log)
    looks = dict.fromkeys(names, "#0072B2"), dict.fromkeys(names, ())
    spec = curve_chart.chart(MEASURES[measure], own, *looks, curve_data.span(table, is_log), True, is_log)
    alt.Chart.from_dict({**spec, "data": {"values": []}})


def test_the_gap_of_training_and_validation_accuracy_is_explained() -> None:
    (epoch,) = history(0.5)
    assert curve_chart.gap_finding([replace(epoch, accuracy=0.99, val_accuracy=0.95)], 1).endswith(
        "overfitting."
    )
    assert "dropout" in curve_chart.gap_finding([replace(epoch, accuracy=0.95, val_accuracy=0.99)], 1)
    assert curve_chart.gap_finding([replace(epoch, accuracy=0.99, val_accuracy=0.989)], 1) == ""
    assert curve_chart.gap_finding([replace(epoch, accuracy=math.nan)], 1) == ""


def test_runs_with_one_long_name_are_told_apart_by_its_end() -> None:
    names = [f"a-search-for-settings-that-are-better-{k:02d}" for k in range(12)]
    found = curve_chart.shortened([*names, "world"])
    assert found["world"] == "world"
    assert len(set(found.values())) == len(found)
    assert max(map(len, found.values())) <= curve_chart.MAX_LABEL


def test_zero_has_a_mark_of_its_own_on_a_logarithmic_axis() -> None:
    own = curve_lines(a=history(0.5, 0.0))
    looks = {"a": "#0072B2"}, {"a": ()}
    spec = curve_chart.chart(MEASURES["Loss"], own, *looks, (0.04, 0.6), False, True, zero=0.05)
    axis = spec["layer"][0]["encoding"]["y"]["axis"]
    assert axis["values"] == pytest.approx([0.05, 0.1, 0.2, 0.5])
    assert "'≤ 0'" in axis["labelExpr"]
