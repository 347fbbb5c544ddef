"""A run's own page: all that is known of it, in one place, and what can be done with it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from html import escape

import pyarrow as pa
import streamlit as st

from mnist_app.domain import Kind, Run, SetScore
from mnist_app.errors import RunError
from mnist_app.reading.formats import no_formula
from mnist_app.runs import (
    CARD_FILE,
    DEFAULT_RUN,
    HISTORY_FILE,
    KERAS_FILE,
    PREDICTIONS_FILE,
    SCORES_FILE,
    SERVED_FILE,
)
from mnist_app.runs.results import read_file
from mnist_app.ui import resources
from mnist_app.ui.training import links
from mnist_app.ui.training.evaluation.scored import has_predictions
from mnist_app.ui.training.runs import curves, facts, manage, table
from mnist_app.ui.words import capitalized, listed, plain, precise

_PICKER = 360  # pixels
_LINK = re.compile(r"[\[<$@&]|:[\w/+-]|www\.", re.IGNORECASE)  # and other markup that loads or leads
_CONTENTS = {
    SERVED_FILE: "the model that reads",
    KERAS_FILE: "the trained model, for Keras",
    HISTORY_FILE: "its epochs",
    SCORES_FILE: "its scores",
    PREDICTIONS_FILE: "its predictions",
    CARD_FILE: "its card",
}


def show(runs: Sequence[Run]) -> None:
    """Choose a run, finished or not, then show everything about it."""
    run = _pick(runs)
    if run is None:
        return
    _show_head(run)
    with st.container(horizontal=True, vertical_alignment="center", key="manage"):
        _show_ways(run)
        if run.is_finished:
            manage.show_one(run, [tag for each in runs for tag in each.tags])
    if figures := facts.figures(run):
        st.html(f'<dl class="figures">{_pairs(figures, is_boxed=True)}</dl>')
    st.header("Curves", anchor=False)
    curves.show([run], runs)
    _show_scores(run)
    _show_facts(run)
    if run.is_finished:
        _show_files(run)


def _pick(runs: Sequence[Run]) -> Run | None:
    """Return the run that a link or the visitor names, else the default one; None if there is no run."""
    found = {run.name: run for run in runs}
    if not found:
        st.info("There are no runs yet. Train one here, or with `python -m mnist_app train convnet`.")
        return None
    names = list(found)
    wanted = st.query_params.get(links.RUN, "")
    default = DEFAULT_RUN if DEFAULT_RUN in names else names[0]
    choice = links.bound(links.RUN, names, default)
    chosen = st.selectbox("Run", names, width=_PICKER, **choice)
    if wanted and wanted not in names:
        st.info(plain(f"There is no run named {wanted!r:.80}. This is {chosen!r}."))
    return found[chosen]


def _show_head(run: Run) -> None:
    parts = [run.status if not run.is_finished else f"finished {facts.date(run.created)}"]
    if run.preset:
        parts = [plain(run.preset), *parts]
    badges = "".join(f" :gray-badge[{plain(tag)}]" for tag in run.tags)
    st.caption(" · ".join(parts) + badges)
    if run.note:
        st.text(run.note)
    if run.progress.reason:
        st.warning(plain(run.progress.reason))


def _show_ways(run: Run) -> None:
    if not run.is_finished:
        links.link("Training", "to-train", {links.VIEW: links.TRAIN_VIEW}, type="secondary")
    elif has_predictions(run):
        links.link("Evaluation", "to-evaluation", links.to_evaluation(run.name), type="secondary")


def _pairs(found: facts.Facts, is_boxed: bool = False) -> str:
    pairs = [f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in found.items()]
    return "".join(f"<div>{pair}</div>" if is_boxed else pair for pair in pairs)


def _show_scores(run: Run) -> None:
    """Show the accuracy on each set; a click on a set leads to its evaluation."""
    if not run.is_finished:
        return
    try:
        scores = resources.scores(run)
    except RunError as error:
        st.warning(plain(str(error)))
        return
    st.header("Evaluation", anchor=False)
    if not scores:
        st.caption("It was scored on no test set.")
        return
    st.markdown(f"**{plain(finding(scores))}**")
    key = f"scores-{run.name}"
    st.caption("A click on a set opens it.")
    st.dataframe(
        pa.table(
            {
                "set": [no_formula(score.title or score.name) for score in scores],
                "images": [score.images for score in scores],
                "right": [_share(score.accuracy) for score in scores],
                "rejected": [_share(score.rejection_rate) for score in scores],
                "coverage": [_share(score.coverage) for score in scores],
                "error": [_share(score.calibration_error) for score in scores],
            }
        ),
        hide_index=True,
        height=table.height(len(scores)),
        placeholder="–",
        column_config={
            "set": st.column_config.TextColumn("Set", pinned=True),
            "images": st.column_config.NumberColumn("Images", format="localized"),
            "right": st.column_config.NumberColumn("Right", format="%.2f %%"),
            "rejected": st.column_config.NumberColumn(
                "Rejected", format="%.2f %%", help="Taken for no digit"
            ),
            "coverage": st.column_config.NumberColumn(
                "Coverage", format="%.2f %%", help="How often the written digit is among the candidates"
            ),
            "error": st.column_config.NumberColumn(
                "Calibration error", format="%.2f %%", help="Mean distance of confidence from accuracy"
            ),
        },
        key=key,
        on_select=lambda: _open_set(run, scores, key),
        selection_mode="single-cell",
        alt=f"Scores of {run.name} on each set",
    )


def _share(share: float | None) -> float | None:
    return None if share is None else 100 * share


def finding(scores: Sequence[SetScore]) -> str:
    """Name the set of digits, as people write them, that is read best, and the one that is read worst."""
    digits = [s for s in scores if s.kind is Kind.DIGITS and s.accuracy is not None]
    if not digits:
        return f"Scored on {listed([s.title or s.name for s in scores][:3])}"
    best, worst = (pick(digits, key=lambda s: s.accuracy or 0) for pick in (max, min))
    if best is worst:
        return f"{best.title or best.name}: {precise(best.accuracy or 0)} right"
    return (
        f"From {precise(worst.accuracy or 0)} right ({worst.title or worst.name}) to "
        f"{precise(best.accuracy or 0)} ({best.title or best.name})"
    )


def _open_set(run: Run, scores: Sequence[SetScore], key: str) -> None:
    cells = st.session_state[key]["selection"].get("cells", [])
    if not cells or cells[0][0] >= len(scores):
        return
    score = scores[cells[0][0]]
    links.go(links.to_evaluation(run.name, score.name))


def _show_facts(run: Run) -> None:
    parts = {
        "Configuration": facts.settings(run),
        "Data": facts.data(run),
        "Versions": facts.versions(run),
    }
    full = {title: found for title, found in parts.items() if found}
    if not full:
        st.caption("It has curves only: how it was trained is not known.")
        return
    for column, (title, found) in zip(st.columns(len(full), gap="large"), full.items(), strict=True):
        with column:
            st.header(title, anchor=False)
            st.html(f'<dl class="facts">{_pairs(found)}</dl>')


def _show_files(run: Run) -> None:
    """Show every file that run.json names, to download, and the card to read."""
    st.header("Files", anchor=False)
    with st.container(horizontal=True, key="run-files"):
        for name in sorted(run.files):
            size = _size(run, name)
            help_ = capitalized(_CONTENTS.get(name, "part of the run")) + "."
            st.download_button(
                f"{plain(name)}{size}",
                partial(read_file, run, name),
                f"{run.name}-{name}",
                key=f"download-file-{name}",
                icon=":material/download:",
                on_click="ignore",
                type="tertiary",
                help=help_,
            )
    if CARD_FILE not in run.files:
        return
    try:
        card = read_file(run, CARD_FILE).decode("utf-8", "replace")
    except RunError as error:
        st.warning(plain(str(error)))
        return
    with st.expander("Card", key="card"):
        if _LINK.search(card):  # no card of this app has any
            st.code(card, language=None)
        else:
            st.markdown(card.partition("\n")[2] if card.startswith("# ") else card)


def _size(run: Run, name: str) -> str:
    try:
        size = (run.path / name).stat().st_size
    except OSError:  # the download says so
        return ""
    return f" · {size / 1e6:.2f} MB" if size >= 1e5 else f" · {size / 1e3:.1f} KB"
