"""Curves of the chosen runs: a chart for each measure, all with the same smoothing, scale and axis."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import streamlit as st

from mnist_app.domain import Epoch, Run
from mnist_app.errors import RunError
from mnist_app.runs import RunStore
from mnist_app.ui import resources
from mnist_app.ui.colours import run_colours, run_dashes
from mnist_app.ui.training.links import go, to_run
from mnist_app.ui.training.runs import curve_chart, curve_data, curve_files
from mnist_app.ui.training.runs.curve_data import EPOCHS, MEASURES, TRAINING, VALIDATION, Curve
from mnist_app.ui.widgets import one_of
from mnist_app.ui.words import listed, named, plain

LIVE = 2.0  # seconds between two looks at a run that is being trained
_DEFAULT = ["Loss", "Accuracy"]
_EPOCHS, _TIME = "Epochs", "Time"
_HINT = (
    "A dot marks the epoch whose weights were kept. Thin lines are training, strong ones validation. Drag to "
    "move, hold Shift and scroll to zoom, double-click to see all."
)


@dataclass(frozen=True)
class _Look:
    """Choices of a visitor, and each run's colour and dashes."""

    colours: Mapping[str, str]
    dashes: Mapping[str, Sequence[int]]
    weight: float
    is_log: bool
    is_over_time: bool
    splits: list[str]


def show(chosen: Sequence[Run], every: Sequence[Run]) -> None:
    """Show the curves of the chosen runs; `every` run of the store decides the colours.

    As long as one of them is being trained, they are drawn anew every LIVE seconds.
    """
    is_live = any(run.status.is_alive for run in chosen)
    st.fragment(_show, run_every=LIVE if is_live else None)([run.name for run in chosen], chosen, every)


def _show(names: Sequence[str], chosen: Sequence[Run], every: Sequence[Run]) -> None:
    runs = [run if run.is_finished else _now(run) for run in chosen]
    if any(run.status != before.status for run, before in zip(runs, chosen, strict=True)):
        st.rerun()  # of the whole page: it has ended, and has figures and a model now
    histories = _histories(runs)
    if not histories:
        st.info(f"No epoch of {plain(listed(names))} is finished yet." if names else _INVITATION)
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        picked = st.pills(
            "Curves",
            MEASURES,
            selection_mode="multi",
            default=_DEFAULT,
            key="curves",
            bind="query-params",
            label_visibility="collapsed",
            wrap=True,
        )
        with st.popover("Settings", key="curve-settings"):
            look = _settings(run_colours(every), run_dashes(runs, every))
    best = {run.name: run.best_epoch for run in runs}
    for name in (name for name in MEASURES if name in picked):
        lines = [_so_far(line, name, runs) for line in _lines(name, histories, best, look)]
        if lines:
            _show_chart(name, lines, look)
        else:
            st.caption(f"{name} was not measured.")
    if picked:
        st.caption(_HINT)
    if len(runs) == len(histories) == 1 and runs[0].config:
        ((name, history),) = histories.items()
        st.caption(curve_chart.gap_finding(history, best[name]))


_INVITATION = "Choose runs in the table to see how they learned."


def _now(run: Run) -> Run:
    try:
        return RunStore().open(run.name)
    except RunError:  # it was deleted: the whole page will say so
        return run


def _histories(runs: Sequence[Run]) -> dict[str, Sequence[Epoch]]:
    found: dict[str, Sequence[Epoch]] = {}
    for run in runs:
        try:
            history = resources.history(run) if run.is_finished else run.history
        except RunError as error:
            st.warning(plain(str(error)))
            continue
        if history:
            found[run.name] = history
    return found


def _lines(
    name: str, histories: Mapping[str, Sequence[Epoch]], best: Mapping[str, int], look: _Look
) -> list[Curve]:
    return curve_data.curves(MEASURES[name], histories, best, look.splits)


def _so_far(line: Curve, name: str, runs: Sequence[Run]) -> Curve:
    """Return a training line up to this moment."""
    run = next(run for run in runs if run.name == line.run)
    if run.is_finished or line.split != TRAINING:
        return line
    return line.extended(run.progress.done, getattr(run.progress, MEASURES[name].field))


def _settings(colours: Mapping[str, str], dashes: Mapping[str, Sequence[int]]) -> _Look:
    weight = st.slider("Smoothing", 0.0, 0.95, 0.0, 0.05, key="smoothing", bind="query-params")
    help_ = "Accuracy is shown as error then."
    is_log = st.toggle("Logarithmic scale", key="log", bind="query-params", help=help_)
    across = one_of("Across", [_EPOCHS, _TIME], "across", bind="query-params", label_visibility="visible")
    both = [TRAINING, VALIDATION]
    splits = st.pills("Lines", both, selection_mode="multi", default=both, key="lines", bind="query-params")
    return _Look(colours, dashes, weight, is_log, across == _TIME, splits or both)


def _show_chart(name: str, lines: list[Curve], look: _Look) -> None:
    measure = MEASURES[name]
    across = curve_data.time_axis(lines) if look.is_over_time else EPOCHS
    if across is None:
        st.caption(f"{name}: how long the epochs took is not known.")
        return
    weight = look.weight if measure.splits else 0.0  # a learning rate is no noisy measurement
    as_error = look.is_log and bool(measure.log_title)
    title = curve_chart.finding(measure, lines, as_error)
    timed = [line for line in lines if not across.is_time or line.times[-1:] > 0]
    data = curve_data.table(timed, weight, as_error, look.is_log, across)
    spec = curve_chart.chart(
        measure,
        timed,
        look.colours,
        look.dashes,
        curve_data.span(data, look.is_log),
        weight > 0,
        look.is_log,
        across=across,
        zero=curve_data.zero_place(timed, as_error) if look.is_log else None,
    )
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(f"**{plain(title)}**")
        _show_downloads(name, lines, partial(curve_files.as_picture, spec, data, title))
    key, alt = f"chart-{name}", f"{name} by {across.title.lower()}. {title}."
    if curve_chart.has_legend(timed):
        chart = st.vega_lite_chart(data, spec, key=key, alt=alt, on_select="rerun", selection_mode=_CLICKED)
        _follow(chart["selection"].get(_CLICKED))
    else:
        st.vega_lite_chart(data, spec, key=key, alt=alt)
    _name_untimed(lines, timed)


_CLICKED = str(curve_chart.CLICKED["name"])


def _follow(points: Any) -> None:
    """Go to the page of the run whose name in a legend was clicked."""
    if isinstance(points, list) and points:
        go(to_run(str(points[0].get("run"))))
        st.rerun()


def _name_untimed(lines: Sequence[Curve], timed: Sequence[Curve]) -> None:
    missing = sorted({line.run for line in lines} - {line.run for line in timed})
    if missing:
        st.caption(f"Not shown, since the time of their epochs is not known: {plain(listed(missing))}.")


def _show_downloads(name: str, lines: list[Curve], picture: Callable[[curve_files.Form], bytes]) -> None:
    stem = f"{named([*dict.fromkeys(line.run for line in lines)], 'run')} {name}".lower().replace(" ", "-")
    files: dict[str, str | Callable[[], bytes]] = {
        "CSV": curve_files.as_csv(lines, name),
        "PNG": partial(picture, "png"),
        "SVG": partial(picture, "svg"),
    }
    with st.popover("Download", icon=":material/download:", type="tertiary", key=f"download-{name}"):
        for form, data in files.items():
            file = f"{stem}.{form.lower()}"
            st.download_button(form, data, file, key=f"file-{file}", on_click="ignore", width="stretch")
