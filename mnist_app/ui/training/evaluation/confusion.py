"""The confusion matrix and the images of one of its cells."""

from __future__ import annotations

import streamlit as st

from mnist_app.domain import DIGITS, Positions, SetPredictions
from mnist_app.ui.training.evaluation import confusion_chart, image_grid
from mnist_app.ui.training.evaluation.confusion_chart import CELL, Cell
from mnist_app.ui.training.evaluation.scored import Scored, counted

WRITTEN, READ = "written", "read"
_SHEET, _START = "matrix_sheet", "matrix_start"
_UNITS = ["Counts", "Shares"]


def show(scored: Scored, may_change: bool) -> None:
    """The matrix on the left, what is in the chosen cell on the right; below each other on phones."""
    left, right = st.columns([1, 1.02], gap="large")
    with right:
        cell = _pick()
    with left:
        _matrix(scored, cell)
    with right:
        _images(scored, cell, may_change)


def _pick() -> Cell:
    """The chosen cell; a click in the matrix says the same."""
    columns = st.columns(2, wrap=False)
    with columns[0]:
        written = _field("Written", "Any digit", WRITTEN)
    with columns[1]:
        read = _field("Read as", "Another digit", READ)
    return written, read


def _field(label: str, empty: str, key: str) -> int | None:
    return st.selectbox(
        label, DIGITS, index=None, placeholder=empty, key=key, bind="query-params", on_change=_renew
    )


def _matrix(scored: Scored, cell: Cell) -> None:
    st.markdown(f"**{confusion_chart.finding(scored)}**")
    with st.container(horizontal=True, vertical_alignment="center"):
        unit = st.segmented_control(
            "Numbers", _UNITS, default=_UNITS[0], required=True, key="unit", label_visibility="collapsed"
        )
        is_hidden = st.toggle("Hide the diagonal", key="diagonal")
    key = f"matrix-{st.session_state.setdefault(_SHEET, 0)}"
    if key not in st.session_state:
        # Only where the chart is new: a changed one would be drawn anew at each click.
        st.session_state[_START] = cell
    st.vega_lite_chart(
        confusion_chart.spec(scored.evaluation, st.session_state[_START], unit == "Shares", is_hidden),
        key=key,
        on_select=lambda: _choose(key),
        alt=confusion_chart.words(scored),
    )


def _renew() -> None:
    """Another chart, which marks what was chosen without it."""
    st.session_state[_SHEET] += 1


def _choose(key: str) -> None:
    """Choose the cell that was clicked; a click beside all cells means all errors."""
    points = st.session_state[key]["selection"].get(CELL) or [{}]
    st.session_state[WRITTEN] = points[0].get("written")
    st.session_state[READ] = points[0].get("read")


def positions(said: SetPredictions, cell: Cell) -> Positions:
    """Where a digit was read as another one, the surest first; None stands for any of them."""
    written, read = cell
    if written is not None and read is not None:
        return said.cell(written, read)
    wrong = said.confidently_wrong()
    if written is not None:
        return wrong[said.labels[wrong] == written]
    return wrong if read is None else wrong[said.read[wrong] == read]


def _images(scored: Scored, cell: Cell, may_change: bool) -> None:
    found = positions(scored.answers, cell)
    written, read = cell
    what = f"{'any digit' if written is None else written} read as {'another' if read is None else read}"
    what = f"{written} read as itself" if written is not None and written == read else what
    st.markdown(f"**{counted(len(found), 'image')}: {what}**")
    if not len(found):
        return
    images = image_grid.images(scored, may_change)
    if images is not None:
        key = f"{scored.key}-{written}-{read}"
        chosen = image_grid.grid(images, found, scored.answers, what, key)
        image_grid.detail(chosen, images[chosen], scored)
