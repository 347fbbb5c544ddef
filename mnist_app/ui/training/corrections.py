"""The Corrections view: what people said that digits are, to look at, put right, take out and score by."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from html import escape
from typing import TYPE_CHECKING, Any

import streamlit as st

from mnist_app.domain import DIGITS, NOT_A_DIGIT, Correction, Split
from mnist_app.errors import CorrectionsError, RunError
from mnist_app.runs import RunStore
from mnist_app.ui import correcting, resources, rights
from mnist_app.ui.rights import Right
from mnist_app.ui.training.evaluation.image_grid import PAGE, pick_tile
from mnist_app.ui.training.runs.facts import date
from mnist_app.ui.widgets import picture_url
from mnist_app.ui.words import class_name, counted, percent

if TYPE_CHECKING:  # see `resources.corrections`
    from mnist_app.corrections.store import CorrectionStore, Filter

_ALL = "All"
_IN_URL: dict[str, Any] = {"bind": "query-params"}
_SCORED = "corrections-are-scored"
_MIMES = {"csv": "text/csv", "npz": "application/zip", "jsonl": "application/jsonl"}


def show() -> None:
    """Show a page of the corrections that are chosen, one of them large, and what can be done with them."""
    correcting.show_message()
    try:
        store = resources.corrections()
        labels = store.counts("label")
        if not labels:
            st.info(
                "There are no corrections yet. When a digit is read wrong, press “It was a …” on the Draw "
                "page, or correct it on a photo and press “Keep these corrections”."
            )
            return
        chosen = _pick_filter(store, labels)
        _show_chosen(store, chosen)
        _show_exports(store, chosen)
        _show_scores(store)
        correcting.show_deletion("corrections")
    except CorrectionsError as error:
        st.warning(str(error))


def _pick_filter(store: CorrectionStore, labels: dict[int, int]) -> Filter:
    from mnist_app.corrections.store import Filter

    names = {class_name(label): label for label in labels}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        label = _pick("Right digit", "correction-digit", names)
        read = _pick("Read as", "correction-read", store.counts("read"))
        run = _pick("Run", "correction-run", store.counts("run"))
        is_mine = correcting.visitor() and st.toggle("Only mine", key="correction-mine")
    mine = correcting.visitor() if is_mine else None
    return Filter(None if label is None else names[label], run, read, mine)


def _pick(label: str, key: str, values: dict[str, Any]) -> str | None:
    """Return the chosen value; None for all."""
    chosen = st.selectbox(label, [_ALL, *values], key=key, width=160, **_IN_URL)
    return chosen if chosen in values else None


def _show_chosen(store: CorrectionStore, chosen: Filter) -> None:
    count = store.count(chosen)
    if not count:
        st.info("No correction is like this.")
        return
    st.markdown(f"**{counted(count, 'correction')}, the newest first**")
    left, right = st.columns([1.15, 1], gap="large")
    with left:
        place = st.container()
        pages = -(-count // PAGE)
        key = f"corrections-{chosen.label}-{chosen.run}-{chosen.read}-{bool(chosen.visitor)}"
        page = st.pagination(pages, key=f"{key}-page") if pages > 1 else 1
        found = {c.id: c for c in store.find(chosen, (page - 1) * PAGE, PAGE, newest_first=True)}
        if not found:  # another visitor has just deleted them
            return
        tiles = {c.id: f"![{c.id}]({picture_url(c.image)}) **{_says(c)}**" for c in found.values()}
        with place:
            number = pick_tile("Corrections", tiles, key, page)
    with right:
        _show_correction(found.get(number) or next(iter(found.values())), bool(chosen.visitor))


def _says(correction: Correction) -> str:
    label = "none" if correction.label == NOT_A_DIGIT else str(correction.label)
    return f"{label} as {correction.read}"


def _show_correction(correction: Correction, is_mine: bool) -> None:
    """Show one correction, and to whom it may concern, what can be changed of it."""
    origin = "drawn" if correction.drawing else "without strokes"
    st.html(
        f'<div class="picture"><img src="{picture_url(correction.image)}" '
        f'alt="Correction {correction.id}: the 28 by 28 pixels that the model saw">'
        f"<dl><dt>Right</dt><dd><b>{class_name(correction.label)}</b></dd>"
        f"<dt>Read as</dt><dd><b>{escape(correction.read)}</b> {percent(correction.confidence)}</dd>"
        f"<dt>Run</dt><dd>{escape(correction.run)}</dd>"
        f"<dt>Correction</dt><dd>{correction.id:,}, {date(correction.time)}, {origin}</dd></dl></div>"
    )
    if not (is_mine or rights.may(Right.DELETE)):
        return
    key = f"fix-{correction.id}-{correction.label}"
    st.pills(
        "Right digit",
        [*DIGITS, NOT_A_DIGIT],
        format_func=class_name,
        default=correction.label,
        required=True,
        key=key,
        on_change=_fix,
        args=(correction.id, key),
        wrap=True,
    )
    icon = ":material/delete:"
    st.button("Delete", key=f"delete-{correction.id}", icon=icon, on_click=_delete, args=(correction.id,))


def _fix(number: int, key: str) -> None:
    label = int(st.session_state[key])

    def fix() -> str:
        resources.corrections().fix(number, label, _whose())
        return f"Correction {number} is {class_name(label)} now."

    correcting.attempt(fix)


def _delete(number: int) -> None:
    def delete() -> str:
        resources.corrections().delete([number], _whose())
        return f"Correction {number} is deleted."

    correcting.attempt(delete)


def _whose() -> str | None:
    """Return whose corrections this visitor may change: an owner everybody's, others their own."""
    return None if rights.may(Right.DELETE) else correcting.visitor()


def _show_exports(store: CorrectionStore, chosen: Filter) -> None:
    from mnist_app.corrections.exports import FORMATS

    with st.container(horizontal=True, gap="small"):
        for name, encode in FORMATS.items():
            st.download_button(
                name if name == "npz" else name.upper(),
                partial(_exported, encode, store, chosen),
                f"corrections.{name}",
                _MIMES[name],
                on_click="ignore",
                icon=":material/download:",
                key=f"corrections-{name}",
            )


def _exported(
    encode: Callable[[Sequence[Correction]], bytes], store: CorrectionStore, chosen: Filter
) -> bytes:
    return encode(store.find(chosen))


@st.fragment
def _show_scores(store: CorrectionStore) -> None:
    """Show how many corrections each run reads right, once somebody asks: 10,000 take a while."""
    st.subheader("How the runs read them", anchor=False)
    if not st.session_state.get(_SCORED):
        st.button("Score all runs", key="score-corrections", on_click=_ask_for_scores)
        return
    rows, names = [], RunStore().models()
    try:
        images = store.labelled()
        for name in names:
            with st.spinner(f"{name} reads the corrections …"):
                rows.append(_score_row(name, images))
    except CorrectionsError as error:
        st.warning(str(error))
        return
    st.html(
        '<table class="why-models"><thead><tr><th scope=col>Run</th><th scope=col>Digits right</th>'
        f"<th scope=col>No digits rejected</th></tr></thead><tbody>{''.join(rows)}</tbody></table>"
    )
    st.caption(
        "Corrections are mostly what one run read wrong, so no share is an accuracy; a run that was trained "
        "on them knows the answers."
    )


def _ask_for_scores() -> None:
    st.session_state[_SCORED] = True


def _score_row(name: str, images: Split) -> str:
    try:
        score = resources.correction_score(name, images)
    except RunError as error:
        return f"<tr><th scope=row>{escape(name)}</th><td colspan=2>{escape(str(error))}</td></tr>"
    cells: Sequence[tuple[int, int]] = ((score.right, score.digits), (score.rejected, score.others))
    shares = (
        f"<b>{percent(part / whole)}</b><br>{part:,} of {whole:,}" if whole else "–" for part, whole in cells
    )
    return f"<tr><th scope=row>{escape(name)}</th>{''.join(f'<td>{share}</td>' for share in shares)}</tr>"
