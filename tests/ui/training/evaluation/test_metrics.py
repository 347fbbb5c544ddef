from __future__ import annotations

import dataclasses

from mnist_app.runs import RunStore
from mnist_app.runs.results import read_predictions, read_scores
from mnist_app.ui.training.evaluation import metrics
from tests.ui.evaluation_page import MNIST, RUN


def test_calibration_says_to_which_side_confidence_errs() -> None:
    scores = read_scores(RunStore().open(RUN))
    bins = next(score.bins for score in scores if score.name == MNIST)
    sure = [dataclasses.replace(b, right=b.right // 2) for b in bins]
    unsure = [dataclasses.replace(b, right=b.images) for b in bins]
    exact = [dataclasses.replace(b, confidence=b.right / max(1, b.images)) for b in bins]
    assert metrics.calibration_finding(sure, None).startswith("Overconfident by ")
    assert metrics.calibration_finding(unsure, None).startswith("Underconfident by ")
    assert metrics.calibration_finding(exact, None) == "Well calibrated"
    assert metrics.calibration_finding(exact, 0.0013) == "Well calibrated (calibration error 0.13 %)"


def test_every_image_is_in_the_histogram_once() -> None:
    predictions = read_predictions(RunStore().open(RUN), MNIST)
    for is_log in (False, True):
        rows = metrics.confidence_chart(predictions, is_log)["data"]["values"]
        assert sum(row["images"] for row in rows) == len(predictions)
        assert sum(row["images"] for row in rows if row["kind"] == "wrong") == (~predictions.right).sum()
