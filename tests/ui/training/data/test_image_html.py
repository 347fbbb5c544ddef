from __future__ import annotations

import numpy as np

from mnist_app.domain import ImageSet, Split
from mnist_app.ui.training.data import image_html


def test_the_finding_names_the_most_and_the_least_frequent_digit() -> None:
    labels = np.array([0] * 5 + [1] * 3 + [2] * 2, np.uint8)
    split = Split(np.zeros((10, 28, 28), np.uint8), labels)
    images = ImageSet("x", "test", "", split, np.zeros((11, 28, 28), np.uint8))
    finding = image_html.finding(images)
    assert finding == "Most frequent: 0, 50.0 % of the images; least frequent: 2, 20.0 %"
