"""One colour for a run everywhere. They are Okabe and Ito's, which colour-blind people can tell apart.

Okabe, Ito, "Color Universal Design" (2008). Yellow is left out, because it is too light on white, and black
because it is invisible in the dark.
"""

from __future__ import annotations

from collections.abc import Sequence

from mnist_app.domain import Run

PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#8A8F98")
DASHES = ((), (6, 3), (2, 3), (8, 3, 2, 3))  # pixels of line and gap; for more runs than there are colours


def colours(runs: Sequence[Run]) -> dict[str, str]:
    """Each run's colour: of all runs, the oldest has the first one, so what is trained anew changes none."""
    return {run.name: PALETTE[k % len(PALETTE)] for k, run in enumerate(_by_age(runs))}


def dashes(runs: Sequence[Run]) -> dict[str, tuple[int, ...]]:
    """Each run's kind of line: solid, until the colours begin anew."""
    return {run.name: DASHES[k // len(PALETTE) % len(DASHES)] for k, run in enumerate(_by_age(runs))}


def _by_age(runs: Sequence[Run]) -> list[Run]:
    return sorted(runs, key=lambda run: (run.created, run.name))
