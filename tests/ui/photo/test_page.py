from __future__ import annotations

import csv
import dataclasses
import io
import json
from html import unescape
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from mnist_app.domain import Split
from mnist_app.ink.drawing import parse_drawing
from mnist_app.ui.photo import files, session
from tests.benchmarks.synthetic.pages import photograph
from tests.benchmarks.synthetic.test_pages import LOOK
from tests.reading.test_page import TEXT, text_page

PenDigits = list[dict[str, Any]]
ROWS = ["2357", "604"]


def photo_page() -> None:
    from mnist_app.ui.photo import page

    page.page()


def opened() -> AppTest:
    app = AppTest.from_function(photo_page, default_timeout=60).run()
    assert not app.exception
    return app


def drop(app: AppTest, *files: tuple[str, bytes]) -> AppTest:
    """What the uploader would bring."""
    app.session_state["photos"] = [session.UploadedPhoto(name, content) for name, content in files]
    app.run()
    assert not app.exception
    return app


def words(app: AppTest) -> str:
    return unescape(" ".join(str(getattr(element, "value", "")) for element in app.get("html")))


def png_of(pixels: np.ndarray) -> bytes:
    content = io.BytesIO()
    Image.fromarray(pixels).save(content, "PNG")
    return content.getvalue()


@pytest.fixture(scope="module")
def page(pen_digits: PenDigits) -> bytes:
    """A photo of ROWS."""
    hand = {digit: [parse_drawing(pen_digits[digit])] for digit in range(10)}
    rng = np.random.default_rng(3)
    return png_of(photograph(ROWS, hand, rng, LOOK, side=1_000, spacing=(0.15, 0.5)).photo)


def clicked(app: AppTest, label: str) -> AppTest:
    next(button for button in app.button if button.label == label).click().run()
    assert not app.exception
    return app


def test_the_empty_page_invites_and_has_samples() -> None:
    app = opened()
    assert "Show a photo of handwritten numbers" in words(app)
    samples = [button.label for button in app.button if str(button.key).startswith("sample-")]
    assert samples == ["Lined paper", "Squared paper", "Blackboard", "Sideways"]


@pytest.mark.parametrize(
    ("sample", "text"),
    [
        ("Lined paper", "2026 11 21\n0791 4458\n36 508"),
        ("Blackboard", "3 14159\n2 71828\n1 41421"),
    ],
)
def test_samples_are_read(sample: str, text: str) -> None:
    assert clicked(opened(), sample).code[0].value == text


def test_a_page_has_its_text_its_digits_and_its_downloads(page: bytes) -> None:
    app = drop(opened(), ("page.png", page))
    assert app.code[0].value == "\n".join(ROWS)
    assert "7 digits, none doubtful" in words(app)
    assert len(app.button_group(key="read-7-0").options) == 7
    assert len(app.get("vega_lite_chart")) == 1
    assert [str(button.proto.label) for button in app.get("download_button")] == ["CSV", "JSON", "PNG"]


def test_a_single_digit_needs_no_choice(mnist: Split) -> None:
    app = drop(opened(), ("digit.png", png_of(np.kron(mnist.images[0], np.ones((10, 10), np.uint8)))))
    assert f"Read as {mnist.labels[0]}" in words(app)
    assert not app.code


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"no image", "not an image"),
        (b"", "not an image"),
        (png_of(np.zeros((9, 9), np.uint8)), "stands out"),
    ],
)
def test_a_file_without_digits_gets_a_sentence(content: bytes, message: str) -> None:
    assert message in words(drop(opened(), ("bad.png", content)))


def test_of_several_photos_one_is_shown_and_a_broken_one_stops_nothing(page: bytes) -> None:
    app = drop(opened(), ("bad.png", b"no image"), ("page.png", page))
    assert app.selectbox[1].options == ["1. bad.png", "2. page.png"]
    assert "not an image" in words(app)
    app.selectbox[1].select_index(1).run()
    assert app.code[0].value == "\n".join(ROWS)


def test_a_photo_is_read_again_by_another_model(page: bytes) -> None:
    app = drop(opened(), ("page.png", page))
    app.selectbox(key="model").select("dense-128").run()
    assert not app.exception
    assert app.session_state["photos"][0].run == "dense-128"


def test_a_digit_can_be_corrected_deleted_and_all_of_it_undone(page: bytes) -> None:
    app = drop(opened(), ("page.png", page))
    app.button(key="label-9").click().run()  # of the first digit
    assert app.code[0].value == "9357\n604"
    app.button(key="label-none").click().run()
    assert app.code[0].value == "357\n604"
    app.toggle(key="boxes_on").set_value(True).run()
    clicked(app, "Undo all changes")
    assert app.code[0].value == "2357\n604"


def canvas_sends(app: AppTest, change: Any) -> AppTest:
    """Change what is on the canvas as a visitor does, and send it."""
    (photo,) = app.session_state["photos"]
    objects = [dict(item) for item in app.session_state["boxes_start"]["objects"]]
    app.session_state[f"boxes-{hash(photo.content)}-{photo.run}-0"] = {
        "drawing": {"raw": {"objects": change(objects)}, "data": None}
    }
    app.run()
    assert not app.exception
    return app


def on_canvas(page: bytes) -> AppTest:
    app = drop(opened(), ("page.png", page))
    app.toggle(key="boxes_on").set_value(True).run()
    assert not app.exception
    return app


def test_boxes_on_the_canvas_can_be_deleted_relabelled_and_drawn(page: bytes) -> None:
    app = on_canvas(page)
    canvas_sends(app, lambda all_: all_[1:])
    assert app.code[0].value == "357\n604"
    canvas_sends(app, lambda all_: [{**all_[0], "label": "8"}, *all_[1:]])
    assert app.code[0].value == "8357\n604"
    empty = {"type": "LabeledRect", "left": 5, "top": 5, "width": 40, "height": 40, "label": ""}
    canvas_sends(app, lambda all_: [*all_, empty])
    assert app.code[0].value == "2357\n604"


def test_a_box_that_is_moved_is_read_anew_and_its_old_text_is_nobodys_word(page: bytes) -> None:
    app = on_canvas(page)
    places = app.session_state["boxes_seen"]
    six = dataclasses.asdict(places[4].box)
    assert places[4].label == "6"
    canvas_sends(app, lambda all_: [*all_[:4], *all_[5:]])
    canvas_sends(app, lambda all_: [{**all_[0], **six}, *all_[1:4], *all_[5:]])  # the 2 to where the 6 is
    reading = app.session_state["photos"][0].reading
    assert reading.lines == ("357", "604")
    assert all(digit.label is None for digit in reading.digits)


def test_another_photo_or_model_has_a_canvas_of_its_own(page: bytes) -> None:
    app = on_canvas(page)
    app.selectbox(key="model").select("convnet").run()
    boxes_of_convnet = app.session_state["boxes_start"]["objects"]
    assert [box["label"] for box in boxes_of_convnet] == list(
        app.session_state["photos"][0].reading.text.replace("\n", "")
    )
    other = png_of(np.asarray(Image.open(io.BytesIO(page)))[:, 40:])
    app.session_state["photos"] = [session.UploadedPhoto("other.png", other)]
    app.run()
    assert app.code[0].value == "2357\n604"
    assert app.session_state["boxes_start"]["objects"][0]["left"] != boxes_of_convnet[0]["left"]


def test_a_doubtful_digit_can_be_confirmed() -> None:
    app = clicked(opened(), "Lined paper")
    doubtful = sum(digit.is_doubtful for digit in app.session_state["photos"][0].reading.digits)
    assert doubtful == 1
    app.button(key="label-1").click().run()
    assert "none doubtful" in words(app)


def test_boxes_can_be_drawn_where_nothing_was_found() -> None:
    app = drop(opened(), ("letter.png", png_of(text_page(TEXT[:30], 40))))
    assert "does not look like digits" in words(app)
    assert not app.code
    app.toggle(key="boxes_on").set_value(True).run()
    assert not app.exception
    box = {"type": "LabeledRect", "left": 22, "top": 22, "width": 30, "height": 36, "label": "5"}
    canvas_sends(app, lambda _: [box])
    assert "does not look like" not in words(app)
    assert app.session_state["photos"][0].reading.text == "5"


def test_without_any_box_the_page_says_what_to_do(page: bytes) -> None:
    app = canvas_sends(on_canvas(page), lambda _: [])
    assert "There is no box left" in words(app)


def test_downloads_have_what_the_page_shows(page: bytes) -> None:
    app = drop(opened(), ("bad.png", b"no image"), ("page.png", page))
    photos = app.session_state["photos"]
    lines = list(csv.DictReader(io.StringIO(files.csv_of(photos).decode("utf-8-sig"))))
    assert [line["text"] for line in lines] == ["", *ROWS]
    assert "not an image" in lines[0]["error"]
    photos = json.loads(files.json_of(photos))
    assert photos[1]["rows"] == ROWS
    assert len(photos[1]["digits"]) == 7
    assert "not an image" in photos[0]["error"]


def test_too_many_photos_are_said_to_be(monkeypatch: pytest.MonkeyPatch, page: bytes) -> None:
    monkeypatch.setattr(session, "MAX_PHOTOS", 1)

    def many(content) -> None:  # type: ignore[no-untyped-def]  # it runs without this module's names
        from mnist_app.ui.photo import page, session

        if not session.photos():
            session.replace_photos([("a.png", content), ("b.png", content)])
        page.page()

    app = AppTest.from_function(many, args=(page,), default_timeout=60).run()
    assert "1 photo was left out" in app.warning[0].value
    assert len(app.session_state["photos"]) == 1


def test_sample_photos_are_small() -> None:
    files = list((Path(session.__file__).parent / "samples").glob("*.jpg"))
    assert len(files) == 4
    assert all(file.stat().st_size < 100_000 for file in files)
