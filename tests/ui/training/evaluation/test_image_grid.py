from __future__ import annotations

import re
import shutil
from pathlib import Path

import numpy as np
import pytest

from mnist_app.domain import FloatArray, Predictions, Run
from mnist_app.ink.canonical import from_bytes
from mnist_app.learning.data.mnist import Dataset
from mnist_app.reading.classifier import Classifier
from mnist_app.runs import SERVED_FILE
from mnist_app.runs.results import read_predictions
from mnist_app.ui import resources, rights
from mnist_app.ui.training.evaluation import image_grid
from mnist_app.ui.words import percent
from tests.ui.evaluation_page import MNIST, RUN, opened, tiles
from tests.ui.pages import html, words


def test_one_image_is_read_now_by_the_runs_own_model_and_never_more(
    pictured: Run, small: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[FloatArray] = []
    predict = Classifier.predict

    def noted(model: Classifier, images: FloatArray) -> Predictions:
        asked.append(images)
        return predict(model, images)

    monkeypatch.setattr(Classifier, "predict", noted)
    app = opened(look="Examples")
    k = read_predictions(pictured, MNIST).hardest()[0]
    assert [x.shape for x in asked] == [(1, 28, 28)]
    assert np.array_equal(asked[0][0], from_bytes(small.test.images[k]))
    answer = predict(resources.reader("tiny").classifier, asked[0])
    shares = answer.probabilities[0] * answer.digit_probability[0]
    assert all(f">{percent(float(p))}<" in html(app) for p in shares)


def test_examples_come_in_pages_and_each_kind_in_its_order(pictured: Run) -> None:
    said = read_predictions(pictured, MNIST)
    app = opened(look="Examples")
    assert len(tiles(app)) == image_grid.PAGE
    app.button_group(key="examples").select("Least sure").run()
    assert tiles(app)[0].endswith(percent(float(said.confidence.min())))
    app.button_group(key="examples").select("Confidently wrong").run()
    assert not any(re.match(r"\*\*(\d) as \1", tile) for tile in tiles(app))


def test_without_images_the_numbers_stay_and_a_sentence_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = opened(run=RUN)
    assert "not on this machine" in words(app)
    assert [button.label for button in app.button] == ["About this run", "Get the images"]
    assert "is most often read as" in words(app)
    assert not tiles(app)
    monkeypatch.setattr(rights, "refusal", lambda _: "You may only look.")
    visitor = opened(run=RUN, look="Examples")
    assert "data prepare" in words(visitor)
    assert [button.label for button in visitor.button] == ["About this run"]


def test_a_damaged_model_leaves_its_numbers_and_images(
    tmp_path: Path, pictured: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(pictured.path, tmp_path / "models" / "spoilt")
    (tmp_path / "models" / "spoilt" / SERVED_FILE).write_bytes(b"tampered")
    monkeypatch.setenv("MNIST_APP_MODELS", str(tmp_path / "models"))
    app = opened(look="Examples")
    assert f"is damaged: {SERVED_FILE}" in words(app)
    assert len(tiles(app)) == image_grid.PAGE
