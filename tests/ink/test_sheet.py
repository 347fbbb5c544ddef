from __future__ import annotations

import cv2
import numpy as np
import pytest

from mnist_app.ink.sheet import find_sheet, straightened

CORNERS = np.array([[250, 150], [560, 180], [540, 420], [220, 380]], np.float32)


def photo_with(corners: np.ndarray, paper: int = 225, table: int = 120) -> np.ndarray:
    photo = np.full((600, 800, 3), table, np.uint8)
    cv2.fillPoly(photo, [corners.astype(np.int32)], (paper,) * 3)
    return np.asarray(cv2.GaussianBlur(photo, (0, 0), 1.5), np.uint8)


@pytest.mark.parametrize("table", [30, 120, 190])
def test_a_sheet_is_found_on_any_darker_table(table: int) -> None:
    found = find_sheet(photo_with(CORNERS, table=table))
    assert found is not None
    assert np.abs(found - CORNERS).max() < 8
    middle = CORNERS.mean(axis=0)  # what is written up to the edge stays, and no table is seen
    assert (np.linalg.norm(found - middle, axis=1) < np.linalg.norm(CORNERS - middle, axis=1)).all()


def test_writing_along_the_edge_does_not_move_it() -> None:
    photo = photo_with(CORNERS)
    for x in range(270, 540, 30):
        cv2.circle(photo, (x, 165 + (x - 270) // 10), 7, (30, 30, 30), 3)
    found, plain = find_sheet(photo), find_sheet(photo_with(CORNERS))
    assert found is not None
    assert plain is not None
    assert np.abs(found - plain).max() < 3


def test_a_sheet_askew_is_seen_from_straight_above_and_knows_its_place() -> None:
    photo = photo_with(CORNERS)
    cv2.circle(photo, (400, 280), 8, (20, 20, 20), -1)
    sheet = straightened(photo)
    assert sheet is not None
    assert (sheet.pixels < 150).mean() < 0.01
    y, x = (float(np.mean(axis)) for axis in np.nonzero(sheet.pixels.min(axis=2) < 60))
    across, down, scale = sheet.to_photo @ np.array([x, y, 1])
    assert (across / scale, down / scale) == pytest.approx((400, 280), abs=2)


def test_paper_that_fills_the_photo_is_no_sheet_on_a_table() -> None:
    assert find_sheet(np.full((600, 800, 3), 230, np.uint8)) is None


def test_a_shadow_or_a_lit_half_is_no_sheet() -> None:
    photo = np.full((600, 800, 3), 230, np.uint8)
    photo[:, 450:] = 120
    assert find_sheet(photo) is None
    cv2.fillPoly(photo, [np.array([[0, 0], [500, 0], [200, 600], [0, 600]])], (90, 90, 90))
    assert find_sheet(photo) is None


def test_a_box_drawn_on_paper_is_no_sheet() -> None:
    photo = np.full((600, 800, 3), 230, np.uint8)
    cv2.rectangle(photo, (200, 150), (600, 450), (40, 40, 40), 6)
    assert find_sheet(photo) is None


def test_the_inside_of_a_bold_zero_is_no_sheet() -> None:
    photo = np.full((600, 600, 3), 235, np.uint8)
    cv2.ellipse(photo, (300, 300), (150, 200), 0, 0, 360, (30, 30, 30), 60)
    assert find_sheet(photo) is None
