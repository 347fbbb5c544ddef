"""The photo with its digits, which people correct in place: what the browser gets, and what it sends.

The browser shows a change at once and sends all boxes with a revision, a number that grows. Several
changes may come as one. What it sends is not trusted.
"""

from __future__ import annotations

import base64
import re
from pathlib import Path
from typing import Annotated, Any

import msgspec
import streamlit as st

from mnist_app.domain import SIGNS, Digit, LeftOut, Sign
from mnist_app.ink.canonical import to_bytes
from mnist_app.reading.reader import Reader
from mnist_app.ui.photo import session
from mnist_app.ui.photo.session import LabelledBox, UploadedPhoto
from mnist_app.ui.photo.shown import Place, ShownPhoto
from mnist_app.ui.widgets import CLIPBOARD, picture_url
from mnist_app.ui.words import capitalized, percent

MAX_BOXES = 1_000
_FOLDER = Path(__file__).parent
_SCRIPTS = ("photo_boxes", "photo_view", "photo_pointer", "photo_editor")  # each builds on those before
_HTML, _CSS = ((_FOLDER / f"photo_editor.{kind}").read_text() for kind in ("html", "css"))
_JS = "\n".join([CLIPBOARD, *((_FOLDER / f"{name}.js").read_text() for name in _SCRIPTS)])
_component = st.components.v2.component("photo_editor", html=_HTML, css=_CSS, js=_JS)

_Label = Annotated[str, msgspec.Meta(pattern=f"[0-9{re.escape(SIGNS)}]", max_length=1)]
_Box = tuple[float, float, float, float, _Label | None]


class Edit(msgspec.Struct):
    """A browser's edit: all boxes of a photo as they are shown, after its `revision`-th change."""

    photo: str
    revision: Annotated[int, msgspec.Meta(ge=1, lt=2**53)]  # JavaScript's own numbers end there
    boxes: Annotated[list[_Box], msgspec.Meta(max_length=MAX_BOXES)]


def show(k: int) -> None:
    """Show photo `k` with its digits and its text."""
    photo = session.photos()[k]
    _component(data=_data(photo), key=_key(photo), on_edit_change=lambda: None)


def apply_edits(reader: Reader) -> None:
    """Read each photo again of which the browser has sent other boxes, also if another one is shown now."""
    for k in range(len(session.photos())):
        _apply_edit(k, reader)


def _apply_edit(k: int, reader: Reader) -> None:
    photo = session.photos()[k]
    sent = st.session_state.get(_key(photo), {}).get("edit")
    if sent is None or photo.own is None:
        return
    shown = _shown(photo)
    edit = edit_of(sent, _name(photo), shown)
    if edit and edit.revision > photo.revision:
        session.correct(k, _boxes(edit, photo, shown), reader, edit.revision)


def edit_of(raw: Any, name: str, shown: ShownPhoto) -> Edit | None:
    """Return a browser's untrusted edit of the photo with this name; None if it is not one."""
    try:
        edit = msgspec.convert(raw, Edit)
    except msgspec.ValidationError:
        return None
    is_inside = all(_is_within(box[:4], shown) for box in edit.boxes)
    return edit if is_inside and edit.photo == name else None


def _is_within(place: Place, shown: ShownPhoto) -> bool:
    left, top, width, height = place
    # Nothing compares with NaN. A digit's own box may end half a pixel beyond the edge.
    is_sized = 1 <= width <= shown.size[0] + 1 and 1 <= height <= shown.size[1] + 1
    return is_sized and -1 <= left <= shown.size[0] - width + 1 and -1 <= top <= shown.size[1] - height + 1


def _boxes(edit: Edit, photo: UploadedPhoto, shown: ShownPhoto) -> list[LabelledBox]:
    """Return the boxes on the photo; those that nobody moved to the last decimal, so that readings stay."""
    own = photo.own
    left_out = [box for each in own.boxes_left_out for box in (each.box, *each.pieces)] if own else []
    known = [*(item.box for item in own.items), *left_out] if own else []
    exact = {shown.place(box): box for box in known}
    return [(exact.get(box[:4]) or shown.back(box[:4]), box[4]) for box in edit.boxes]


def _name(photo: UploadedPhoto) -> str:
    """Tell a photo, as one model read it, from every other of this visitor."""
    return f"{hash(photo.key)}-{photo.run}"


def _key(photo: UploadedPhoto) -> str:
    return f"photo-editor-{_name(photo)}"


def _shown(photo: UploadedPhoto) -> ShownPhoto:
    return ShownPhoto(photo.shape, photo.scale, photo.own.turned if photo.own else 0)


def _data(photo: UploadedPhoto) -> dict[str, Any]:
    """Return what the browser does not know yet; it keeps what was read before its first change."""
    reading, own, shown = photo.reading, photo.own, _shown(photo)
    assert reading is not None
    assert own is not None
    is_known = photo.revision > 0
    old = {item.box for item in own.items}
    new = [digit for digit in reading.digits if digit.box not in old]
    labels = dict(photo.corrections or ())
    boxes = dict.fromkeys([*(item.box for item in reading.items), *labels])  # those without ink come last
    index = {box: k for k, box in enumerate(boxes)}
    return {
        "photo": _name(photo),
        "revision": photo.revision,
        "boxes": [[*shown.place(box), labels.get(box)] for box in boxes],
        "lines": [[[index[item.box] for item in group] for group in row] for row in reading.groups],
        "read": [_read(item, shown) for item in (new if is_known else [*own.items, *new])],
        "first": None if is_known else _first(photo, shown),
    }


def _read(item: Digit | Sign, shown: ShownPhoto) -> dict[str, Any]:
    """Return what the model says of a digit; a sign was told by its place as well, so its text is all."""
    if isinstance(item, Sign):
        return {"box": shown.place(item.box), "text": item.text}
    return {
        "box": shown.place(item.box),
        "image": picture_url(to_bytes(item.image)),
        "text": item.text,
        "words": f"{item.text}, {item.certainty}" if item.is_single else capitalized(item.certainty),
        "doubtful": item.is_doubtful,
        "shares": [percent(float(share), 0) for share in item.probabilities],
        "candidates": item.candidates,
    }


def _first(photo: UploadedPhoto, shown: ShownPhoto) -> dict[str, Any]:
    """Return the photo itself, what was not read, and the reader's own boxes if others are shown."""
    own = photo.own
    assert own is not None
    content = session.picture(photo)
    # What was read, too: it is outlined once its box is gone.
    left_out = [*own.boxes_left_out, *(LeftOut(item.box, "not a digit") for item in own.items)]
    return {
        "picture": f"data:image/jpeg;base64,{base64.b64encode(content).decode('ascii')}",
        "size": shown.size,
        "left_out": [
            {
                "place": shown.place(each.box),
                "reason": each.reason,
                "pieces": [shown.place(piece) for piece in each.pieces],
            }
            for each in left_out
        ],
        "own": None if photo.corrections is None else [shown.place(item.box) for item in own.items],
    }
