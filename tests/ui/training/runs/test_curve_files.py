from __future__ import annotations

import csv

import pytest

from mnist_app.runs import DEFAULT_RUN, RunStore
from mnist_app.runs.results import read_history
from mnist_app.ui.training.runs import curve_chart, curve_data, curve_files
from mnist_app.ui.training.runs.curve_data import MEASURES
from tests.ui.curve_examples import curve_lines, history


def test_csv_has_the_raw_values_of_all_lines() -> None:
    text = curve_files.as_csv(curve_lines(a=history(0.5, 0.25), b=history(0.125)), "Loss")
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


@pytest.mark.parametrize("form", ["svg", "png"])
def test_a_chart_becomes_a_file(form: curve_files.Form) -> None:
    store = RunStore()
    own = curve_lines(world=read_history(store.open(DEFAULT_RUN)))
    table = curve_data.table(own, 0, as_error=False, is_log=False)
    looks = {"world": "#0072B2"}, {"world": ()}
    spec = curve_chart.chart(MEASURES["Loss"], own, *looks, curve_data.span(table, False))
    picture = curve_files.as_picture(spec, table, "Loss goes down", form)
    assert picture.startswith(b"<svg" if form == "svg" else b"\x89PNG")
    assert form == "png" or (b"Loss goes down" in picture and b"#0072B2" in picture)
