"""Curves of the chosen runs: a chart for each measure, all with the same smoothing and scale."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import streamlit as st

from mnist_app.domain import Epoch, Run
from mnist_app.errors import RunError
from mnist_app.ui import resources
from mnist_app.ui.colours import run_colours, run_dashes
from mnist_app.ui.training.runs import curve_chart, curve_data, curve_files
from mnist_app.ui.training.runs.curve_data import MEASURES, TRAINING, VALIDATION, Curve
from mnist_app.ui.words import named

Looks = tuple[Mapping[str, str], Mapping[str, Sequence[int]]]  # each run's colour and dashes
_DEFAULT = ["Loss", "Accuracy"]
_HINT = (
    "A dot marks the epoch whose weights were kept. Thin lines are training, strong ones validation. Drag to "
    "move, hold Shift and scroll to zoom, double-click to see all."
)


@st.fragment
def show(chosen: Sequence[Run], every: Sequence[Run]) -> None:
    """Show the curves of the chosen runs; `every` run of the store decides the colours."""
    histories = _histories(chosen)
    if not histories:
        st.info("Choose runs in the table to see how they learned.")
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
            weight, is_log, splits = _settings()
    best = {run.name: run.best_epoch for run in chosen}
    for name in (name for name in MEASURES if name in picked):
        lines = curve_data.curves(MEASURES[name], histories, best, splits)
        if lines:
            _show_chart(name, lines, (run_colours(every), run_dashes(chosen, every)), weight, is_log)
        else:
            st.caption(f"{name} was not measured.")
    if picked:
        st.caption(_HINT)
    if len(chosen) == len(histories) == 1 and chosen[0].config:
        ((name, history),) = histories.items()
        st.caption(curve_chart.gap_finding(history, best[name]))


def _histories(runs: Sequence[Run]) -> dict[str, list[Epoch]]:
    found = {}
    for run in runs:
        try:
            found[run.name] = resources.history(run)
        except RunError as error:
            st.warning(str(error))
    return found


def _settings() -> tuple[float, bool, list[str]]:
    """Return the smoothing weight, whether the scale is logarithmic, and the splits to show."""
    weight = st.slider("Smoothing", 0.0, 0.95, 0.0, 0.05, key="smoothing", bind="query-params")
    help_ = "Accuracy is shown as error then."
    is_log = st.toggle("Logarithmic scale", key="log", bind="query-params", help=help_)
    both = [TRAINING, VALIDATION]
    splits = st.pills("Lines", both, selection_mode="multi", default=both, key="lines", bind="query-params")
    return weight, is_log, splits or both


def _show_chart(name: str, lines: list[Curve], looks: Looks, weight: float, is_log: bool) -> None:
    measure = MEASURES[name]
    weight = weight if measure.splits else 0.0  # a learning rate is no noisy measurement
    as_error = is_log and bool(measure.log_title)
    title = curve_chart.finding(measure, lines, as_error)
    data = curve_data.table(lines, weight, as_error, is_log)
    spec = curve_chart.chart(measure, lines, *looks, curve_data.span(data, is_log), weight > 0, is_log)
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(f"**{title}**")
        _show_downloads(name, lines, partial(curve_files.as_picture, spec, data, title))
    st.vega_lite_chart(data, spec, key=f"chart-{name}", alt=f"{name} by epoch. {title}.")


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
