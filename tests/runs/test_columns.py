from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from mnist_app.domain import Run
from mnist_app.runs.columns import COLUMNS, sort_runs


@pytest.mark.parametrize(
    ("column", "names"),
    [
        ("name", "a b c"),
        ("test_accuracy", "b c a"),
        ("test_errors", "b c a"),
        ("best_epoch", "c a b"),
        ("latency_ms", "c b a"),
        ("created", "c b a"),
        ("note", "b a c"),
    ],
)
def test_the_best_and_the_newest_come_first_and_what_is_unknown_last(
    tiny: Run, column: str, names: str
) -> None:
    def run(name: str, best: int, right: float, **more: Any) -> Run:
        date = tiny.created.replace(year=2000 + ord(name))
        metrics = {"test_accuracy": right, "test_images": 1000.0} if right else {}
        return dataclasses.replace(tiny, name=name, best_epoch=best, metrics=metrics, created=date, **more)

    nan = float("nan")
    runs = [
        run("a", 2, 0, latency_ms=nan, note="z"),
        run("b", 3, 0.9, latency_ms=2.0, note="y"),
        run("c", 1, 0.8, latency_ms=1.0),
    ]
    assert [run.name for run in sort_runs(runs, COLUMNS[column])] == names.split()
