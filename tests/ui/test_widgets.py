from __future__ import annotations

import base64

import cv2
import numpy as np

from mnist_app.ui import widgets


def test_a_picture_has_exactly_the_images_values() -> None:
    image = np.random.default_rng(0).integers(0, 256, (28, 28), np.uint8)
    start, content = widgets.picture_url(image).split(",")
    assert start == "data:image/png;base64"
    decoded = cv2.imdecode(np.frombuffer(base64.b64decode(content), np.uint8), cv2.IMREAD_GRAYSCALE)
    assert decoded is not None
    assert np.array_equal(decoded, image)
