"""One colour for a run everywhere. They are Okabe and Ito's, which colour-blind people can tell apart.

Okabe, Ito, "Color Universal Design" (2008). The blue is a little lighter than theirs, so that it can be seen
on black as well. Yellow is left out, because it is too light on white, and black because it is invisible in
the dark.
"""

from __future__ import annotations

from collections.abc import Sequence

from mnist_app.domain import Run

PALETTE = ("#1F83C4", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#8A8F98")
DASHES = ((), (6, 3), (2, 3), (8, 3, 2, 3), (1, 2), (12, 4))  # pixels of line and gap


def colours(runs: Sequence[Run]) -> dict[str, str]:
    """Each run's colour: of all runs, the oldest has the first one, so what is trained anew changes none."""
    return {run.name: PALETTE[k % len(PALETTE)] for k, run in enumerate(_by_age(runs))}


def dashes(chosen: Sequence[Run], every: Sequence[Run]) -> dict[str, tuple[int, ...]]:
    """Each chosen run's kind of line: solid, unless an older one of those has the same colour."""
    shades, found = colours(every), dict[str, tuple[int, ...]]()
    for run in _by_age(chosen):
        alike = sum(shades[name] == shades[run.name] for name in found)
        found[run.name] = DASHES[alike % len(DASHES)]
    return found


def _by_age(runs: Sequence[Run]) -> list[Run]:
    return sorted(runs, key=lambda run: (run.created, run.name))
