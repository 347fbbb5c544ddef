"""What a chart of curves shows, in a sentence: its title."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mnist_app.domain import Epoch
from mnist_app.ui.training.runs.curve_data import TRAINING, Curve, Measure


def finding(measure: Measure, lines: Sequence[Curve], as_error: bool = False) -> str:
    """A sentence about the lines, of which there is at least one; `as_error` speaks of 1 - value."""
    if measure.splits:
        shown = [line for line in lines if line.split != TRAINING] or list(lines)
        return _extreme(measure, shown, as_error)
    if measure.field == "seconds":
        return _pace(lines)
    return _change(measure, lines)


def _extreme(measure: Measure, lines: Sequence[Curve], as_error: bool) -> str:
    """Which line has the best value, and where."""
    pick = np.nanargmin if measure.lower else np.nanargmax
    places = [int(pick(line.values)) for line in lines]
    values = [line.values[place] for line, place in zip(lines, places, strict=True)]
    k = int(pick(np.array(values)))
    what = f"{lines[k].split} {'error' if as_error else measure.field}"
    value = 1 - values[k] if as_error else values[k]
    is_low = measure.lower or as_error
    best = f"{'lowest' if is_low else 'best'} at epoch {places[k] + 1}: {value:{measure.number}}"
    if len({line.run for line in lines}) == 1:
        return f"{what} is {best}"
    return f"{what} is {best}, of {lines[k].run}"


def _pace(lines: Sequence[Curve]) -> str:
    means = {line.run: float(np.nanmean(line.values)) for line in lines}
    fastest = min(means, key=lambda run: means[run])
    if len(means) == 1:
        return f"An epoch takes {means[fastest]:.1f} s"
    slowest = max(means, key=lambda run: means[run])
    return f"An epoch takes {fastest} {means[fastest]:.1f} s and {slowest} {means[slowest]:.1f} s"


def _change(measure: Measure, lines: Sequence[Curve]) -> str:
    if len(lines) > 1:
        return f"{measure.title} of {len(lines)} runs"
    finite = lines[0].values[np.isfinite(lines[0].values)]
    first, last = float(finite[0]), float(finite[-1])
    if first == last:
        return f"{measure.title} is {first:g} throughout"
    return f"{measure.title} goes from {first:.2g} to {last:.2g}"


def gap(history: Sequence[Epoch], best: int) -> str:
    """What the distance of training from validation accuracy at the best epoch says, if anything."""
    epoch = history[best - 1]
    apart = epoch.accuracy - epoch.val_accuracy
    if not np.isfinite(apart):
        return ""
    if apart < -0.002:
        return (
            "Training accuracy is the lower one: in training, images are varied or parts of the network left "
            "out, which makes it harder."
        )
    if apart > 0.01:
        return "Training accuracy is well above validation accuracy: some images were learned by heart."
    return ""
