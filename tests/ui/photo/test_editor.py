from __future__ import annotations

import base64
import copy
import io
import re
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

from mnist_app.domain import SIGNS
from mnist_app.reading import annotate
from mnist_app.ui import colours
from mnist_app.ui.photo import editor
from mnist_app.ui.photo.shown import ShownPhoto
from tests.ui.pages import html, open_page
from tests.ui.photo_page import (
    ROWS,
    browser_sends,
    click,
    drop,
    photo_page,
    png_of,
    sent,
    shown_photo,
    written,
)

SHOWN = ShownPhoto((300, 400, 3), 1.0, 0)


def test_the_browser_gets_the_photo_upright_with_each_digit_and_the_text() -> None:
    app = click(open_page(photo_page), "Sideways")
    data = sent(app)
    content = base64.b64decode(data["first"]["picture"].split(",")[1])
    assert Image.open(io.BytesIO(content)).size == tuple(data["first"]["size"])
    assert data["first"]["size"][0] > data["first"]["size"][1]
    read = {tuple(each["box"]): each["text"] for each in data["read"]}
    texts = [read[tuple(box[:4])] for box in data["boxes"]]
    lines = [" ".join("".join(texts[k] for k in group) for group in row) for row in data["lines"]]
    assert "\n".join(lines) == written(app)


def test_a_correction_is_taken_over_and_the_next_answer_is_small(page: bytes) -> None:
    app = drop(("page.png", page))
    boxes = sent(app)["boxes"]
    boxes[0][4] = "9"
    browser_sends(app, boxes)
    assert written(app) == "9357\n604"
    answer = sent(app)
    assert (answer["first"], answer["read"], answer["revision"]) == (None, [], 1)
    assert answer["boxes"] == boxes


def test_an_edit_that_comes_late_or_twice_changes_nothing(page: bytes) -> None:
    app = drop(("page.png", page))
    first, second = (copy.deepcopy(sent(app)["boxes"]) for _ in range(2))
    first[0][4], second[0][4] = "8", "9"
    browser_sends(app, second, revision=2)
    browser_sends(app, first, revision=1)
    assert written(app) == "9357\n604"


def test_a_digit_can_be_rejected_and_is_then_left_out(page: bytes) -> None:
    app = drop(("page.png", page))
    boxes = sent(app)["boxes"]
    browser_sends(app, boxes[1:])
    reading = shown_photo(app).reading
    assert written(app) == "357\n604"
    assert reading
    assert [each.reason for each in reading.boxes_left_out] == ["not a digit"]
    browser_sends(app, boxes, revision=2)
    assert written(app) == "\n".join(ROWS)
    assert shown_photo(app).corrections is None  # as if nothing had been changed


def test_a_box_that_is_moved_or_added_is_read_anew(page: bytes) -> None:
    app = drop(("page.png", page))
    boxes = sent(app)["boxes"]
    left, top, width, height, _ = boxes[4]  # the 6
    moved = [left - 1, top - 1, width + 2, height + 2, None]
    browser_sends(app, [*boxes[:4], moved, *boxes[5:]])
    assert written(app) == "\n".join(ROWS)
    (read,) = sent(app)["read"]
    assert (read["box"], read["text"]) == (moved[:4], "6")


def test_a_box_without_ink_stays_with_the_browser_and_is_not_read(page: bytes) -> None:
    app = drop(("page.png", page))
    boxes = sent(app)["boxes"]
    browser_sends(app, [[2, 2, 20, 20, None], *boxes])
    assert written(app) == "\n".join(ROWS)
    assert sent(app)["boxes"] == [*boxes, [2, 2, 20, 20, None]]


def test_boxes_can_be_added_where_nothing_was_found() -> None:
    letters = np.full((260, 900), 240, np.uint8)
    cv2.putText(letters, "Raum", (30, 150), cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, 3, 40, 4, cv2.LINE_AA)
    app = drop(("word.png", png_of(letters)))
    assert "but no digit" in html(app)
    assert sent(app)["boxes"] == []
    browser_sends(app, [[30, 60, 90, 110, "5"]])
    assert "but no digit" not in html(app)
    assert written(app) == "5"


def test_corrections_stay_with_another_model(page: bytes) -> None:
    app = drop(("page.png", page))
    boxes = sent(app)["boxes"]
    boxes[0][4] = "9"
    browser_sends(app, boxes)
    app.selectbox(key="model").select("convnet").run()
    assert written(app).startswith("9")
    data = sent(app)
    assert data["revision"] == 0
    assert data["first"]["own"]  # the way back to what the model reads by itself


BOX = [10.0, 20.0, 30.0, 40.0, None]
SIGN_BOXES = [[*BOX[:4], sign] for sign in SIGNS]


@pytest.mark.parametrize(
    "raw",
    [
        None,
        7,
        {"photo": "name", "revision": 1},
        {"photo": "other", "revision": 1, "boxes": [BOX]},
        {"photo": "name", "revision": 0, "boxes": [BOX]},
        {"photo": "name", "revision": True, "boxes": [BOX]},
        {"photo": "name", "revision": 10**400, "boxes": [BOX]},
        {"photo": "name", "revision": 1, "boxes": 3},
        {"photo": "name", "revision": 1, "boxes": [BOX] * (editor.MAX_BOXES + 1)},
        *(
            {"photo": "name", "revision": 1, "boxes": [box]}
            for box in (
                BOX[:4],
                ["x", *BOX[1:]],
                [float("nan"), *BOX[1:]],
                [float("inf"), *BOX[1:]],
                [10**400, *BOX[1:]],
                [-5, *BOX[1:]],
                [390, *BOX[1:]],
                [*BOX[:2], 0.5, *BOX[3:]],
                [*BOX[:2], -3, *BOX[3:]],
                [*BOX[:3], 300, None],
                [*BOX[:4], 7],
                [*BOX[:4], True],
                *([*BOX[:4], label] for label in ("", "10", "7\n", "--", "x", "٣", "?")),
            )
        ),
    ],
)
def test_a_malformed_edit_is_none(raw: Any) -> None:
    assert editor.edit_of(raw, "name", SHOWN) is None


def test_a_wellformed_edit_is_taken() -> None:
    edit = editor.edit_of(
        {"photo": "name", "revision": 3, "boxes": [BOX, [0, 0, 400, 300, "7"], *SIGN_BOXES]}, "name", SHOWN
    )
    assert edit
    assert edit.boxes[1] == (0, 0, 400, 300, "7")
    assert [box[4] for box in edit.boxes[2:]] == list(SIGNS)


def test_a_malformed_edit_leaves_the_page_as_it_is(page: bytes) -> None:
    app = browser_sends(drop(("page.png", page)), [[np.inf, 0, 1, 1, None]])
    assert written(app) == "\n".join(ROWS)


def test_frames_have_the_colours_of_the_downloaded_picture() -> None:
    css = dict(re.findall(r"--(\w+): (#\w{6})", editor._CSS))
    assert css["sure"] == annotate.SURE == colours.GREEN
    assert css["doubtful"] == annotate.DOUBTFUL == colours.VERMILLION
    assert css["corrected"] == annotate.CORRECTED == colours.BLUE
    assert css["unread"] == annotate.UNREAD


def test_the_keys_of_signs_are_all_that_a_reading_has() -> None:
    (names,) = re.findall(r"const SIGNS = \{(.*?)\};", editor._JS, re.DOTALL)
    assert sorted(re.findall(r'^  "(.)":', names, re.MULTILINE)) == sorted(SIGNS)
