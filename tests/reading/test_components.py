from __future__ import annotations

import cv2
import numpy as np
import pytest

from mnist_app.domain import Photo
from mnist_app.ink.photo import PageInk, ink_from_photo
from mnist_app.reading.components import Component, find_components, joined
from tests.benchmarks.synthetic.pages import Hand
from tests.reading.ink_pages import bar, components_of, page
from tests.reading.photos import photo_of


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_turned_components_are_what_is_found_on_the_turned_page(hand: Hand, quarters: int) -> None:
    ink = ink_from_photo(Photo(photo_of(["20571", "9638"], hand, "ruled"), 1.0))
    found = find_components(
        PageInk(np.ascontiguousarray(np.rot90(ink.ink, quarters)), ink.to_photo, ink.stroke_width)
    ).components
    turned = [component.turned(quarters, ink.ink.shape) for component in find_components(ink).components]
    by_place = {(c.left, c.top): c for c in found}
    assert len(turned) == len(by_place) > 8
    for component in turned:
        other = by_place[component.left, component.top]
        assert np.array_equal(component.ink, other.ink)
        assert component.stroke_width == other.stroke_width
        assert np.array_equal(component.image, other.image)  # type: ignore[arg-type]


def test_the_largest_component_comes_first() -> None:
    ink = page()
    bar(ink, 100, 100, height=40)
    bar(ink, 300, 100, height=90)
    assert [round(c.height, -1) for c in components_of(ink)] == [90, 40]


def test_joined_components_keep_their_places_and_their_ink() -> None:
    ink = page()
    bar(ink, 100, 100)
    bar(ink, 130, 150)
    whole = joined(components_of(ink))
    assert (whole.left, whole.top, whole.width, whole.height) == (99, 99, 40, 132)
    assert whole.ink.sum() == pytest.approx(ink.sum())


def test_ink_that_makes_no_picture_has_no_image() -> None:
    assert Component(0, 0, np.ones((60, 60), np.float32)).image is None


@pytest.mark.parametrize(("foot", "is_one_line"), [(20, True), (60, False)])
def test_a_slash_is_one_line_and_with_a_one_that_touches_it_none(foot: int, is_one_line: bool) -> None:
    ink = np.zeros((120, 80), np.float32)
    cv2.line(ink, (60, 5), (20, 115), 1.0, 8)
    cv2.line(ink, (60, 5), (foot, 115), 1.0, 8)
    assert Component(0, 0, ink).is_one_line == is_one_line
