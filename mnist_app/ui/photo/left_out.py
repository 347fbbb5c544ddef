"""Marks and words that were not read on a photo: a click makes a digit of one."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import streamlit as st

from mnist_app.domain import Box, ByteArray, Reading
from mnist_app.reading.reader import Reader
from mnist_app.reading.spans import MAX_WIDTH
from mnist_app.ui.photo import boxes, session
from mnist_app.ui.widgets import picture_url

MOST = 30  # are offered as digits
CROP = 28  # pixels of their height
_MAY_BE_DIGIT = ("not a digit", "letters")  # frames and lines are none


def show(k: int, reader: Reader) -> None:
    """Show what was seen on photo `k` and not read, each as a button that makes a digit of it."""
    reading = session.photos()[k].reading
    if reading is None or not (shown := _may_be_digits(reading)[:MOST]):
        return
    labels = [f"![not read]({picture_url(_crop(k, box, reading.turned))})" for box in shown]
    # Another key after each click, or the new list would begin with a choice.
    key = f"left-out-{hash(tuple(shown))}"
    args = (k, shown, key, reader)
    with st.container(key="photo-left-out"):
        st.pills(
            "Not read. Is one of these a digit?",
            range(len(shown)),
            format_func=labels.__getitem__,
            key=key,
            on_change=_add,
            args=args,
        )


def _may_be_digits(reading: Reading) -> list[Box]:
    """Return the boxes of what was left out and is no broader than a digit, as the page was read."""
    found = [each.box for each in reading.boxes_left_out if each.reason in _MAY_BE_DIGIT]
    turned = [box.turned(reading.turned, 0, 0) for box in found]
    return [box for box, seen in zip(found, turned, strict=True) if seen.width < MAX_WIDTH * seen.height]


def _add(k: int, left_out: Sequence[Box], key: str, reader: Reader) -> None:
    chosen = st.session_state.get(key)
    if chosen is not None:
        boxes.correct(k, [*session.photos()[k].boxes, (left_out[chosen], None)], reader)


def _crop(k: int, box: Box, turned: int) -> ByteArray:
    """Return the photo in a box as (CROP, w) uint8 gray, the right way up."""
    photo = session.pixels(session.photos()[k])
    place = box.scaled(photo.scale)
    left, top = max(0, int(place.left)), max(0, int(place.top))
    cut = photo.pixels[top : int(place.bottom) + 2, left : int(place.right) + 2]
    upright = cv2.cvtColor(np.ascontiguousarray(np.rot90(cut, turned // 90)), cv2.COLOR_RGB2GRAY)
    width = max(1, round(upright.shape[1] * CROP / upright.shape[0]))
    return np.asarray(cv2.resize(upright, (width, CROP), interpolation=cv2.INTER_AREA), np.uint8)
