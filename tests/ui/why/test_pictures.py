from __future__ import annotations

import base64

import cv2
import numpy as np

from mnist_app.domain import ByteArray
from mnist_app.ui.why.pictures import changed_url, evidence_url, figure, map_url

INK = np.zeros((28, 28), np.float32)
INK[10:18, 10:18] = 1


def pixels(url: str) -> ByteArray:
    """The RGB, or grey, pixels of a data URL."""
    content = np.frombuffer(base64.b64decode(url.partition(",")[2]), np.uint8)
    image = cv2.imdecode(content, cv2.IMREAD_UNCHANGED)
    assert image is not None
    return np.asarray(image[..., ::-1] if image.ndim == 3 else image)


def test_evidence_for_is_blue_and_against_is_orange() -> None:
    evidence = np.zeros((28, 28), np.float32)
    evidence[:, :14], evidence[:, 14:] = 1, -1
    shown = pixels(evidence_url(INK, evidence)).astype(int)
    assert shown[12, 12, 2] > shown[12, 12, 0]
    assert shown[12, 15, 0] > shown[12, 15, 2]
    assert not shown[0].any()


def test_ink_without_evidence_is_faint_grey() -> None:
    shown = pixels(evidence_url(INK, np.zeros_like(INK)))[12, 12]
    assert 60 < shown[0] == shown[1] == shown[2] < 120


def test_what_was_removed_and_added_is_coloured() -> None:
    mask = np.zeros_like(INK)
    mask[10:12, 10:18] = 1
    red, _, blue = pixels(changed_url(INK, mask, is_added=False))[10, 12].tolist()
    assert red > blue
    red, _, blue = pixels(changed_url(INK - mask, mask, is_added=True))[10, 12].tolist()
    assert blue > red
    assert pixels(changed_url(INK, mask, is_added=False))[15, 12].tolist() == [255, 255, 255]


def test_a_map_is_scaled_to_the_brightest_of_its_layer() -> None:
    assert pixels(map_url(np.array([[0, 1], [2, 4]], np.float32), most=4.0)).tolist() == [[0, 63], [127, 255]]
    assert not pixels(map_url(np.zeros((2, 2), np.float32), most=0.0)).any()


def test_captions_are_text() -> None:
    assert "<b>" not in figure("data:,", "<b>", '"><b>')
