"""Colours of the app. They are Okabe and Ito's, which colour-blind people can tell apart.

Okabe, Ito, "Color Universal Design" (2008). Yellow is left out because it is too light on white, and black
because it is invisible in the dark. `style.css` and `.streamlit/config.toml` repeat some; a test compares.
"""

from __future__ import annotations

from collections.abc import Sequence

from mnist_app.domain import Run

BLUE = "#0072B2"
SKY = "#56B4E9"
GREEN = "#009E73"
ORANGE = "#E69F00"
VERMILLION = "#D55E00"
PURPLE = "#CC79A7"
LINE_BLUE = "#1F83C4"  # BLUE, a little lighter, so that a line can be seen on black as well
GREY = "#8A8F98"
NIGHT = "#14171C"  # the dark theme's background, for numbers on light cells
WHITE = "#FFFFFF"
SHEET, EDGE, FAINT = "#FCFBF7", "#D9D8D3", "#6B7078"  # of a shared picture: paper as in the light theme

PALETTE = (LINE_BLUE, VERMILLION, GREEN, PURPLE, SKY, ORANGE, GREY)
DASHES = ((), (6, 3), (2, 3), (8, 3, 2, 3), (1, 2), (12, 4))  # pixels of line and gap


def run_colours(runs: Sequence[Run]) -> dict[str, str]:
    """Return each run's colour by name. The oldest run has the first one, so that a new run changes none."""
    return {run.name: PALETTE[k % len(PALETTE)] for k, run in enumerate(_by_age(runs))}


def run_dashes(chosen: Sequence[Run], every: Sequence[Run]) -> dict[str, tuple[int, ...]]:
    """Return each chosen run's dashes by name: a solid line, unless an older one has the same colour."""
    colours, found = run_colours(every), dict[str, tuple[int, ...]]()
    for run in _by_age(chosen):
        same = sum(colours[name] == colours[run.name] for name in found)
        found[run.name] = DASHES[same % len(DASHES)]
    return found


def _by_age(runs: Sequence[Run]) -> list[Run]:
    # A training that starts again is as new as that, so it must not come before any that is finished.
    return sorted(runs, key=lambda run: (not run.is_finished, run.created, run.name))
