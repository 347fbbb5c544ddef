"""Histories as lines of a chart: the measures, their values, smoothed or not, and the best epoch."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from mnist_app.domain import Epoch

_ROOM, _LOG_ROOM = 0.05, 1.15  # beyond the outermost values: of their distance, and as a factor
TRAINING, VALIDATION = "Training", "Validation"


@dataclass(frozen=True)
class Measure:
    """A measure over epochs: the `Epoch` field, an axis title with its unit, and the format of its numbers.

    `splits` is True if it is measured on training and on validation images; `is_loss` if lower is better.
    `log_title` is the axis title of 1 - value, which a logarithmic scale shows instead, if it does.
    """

    field: str
    title: str
    number: str
    splits: bool = False
    is_loss: bool = True
    log_title: str = ""


MEASURES = {
    "Loss": Measure("loss", "Loss (nats)", ".4f", splits=True),
    "Accuracy": Measure(
        "accuracy", "Accuracy", ".2%", splits=True, is_loss=False, log_title="Error (1 − accuracy)"
    ),
    "Learning rate": Measure("learning_rate", "Learning rate", ".2e"),
    "Seconds per epoch": Measure("seconds", "Seconds per epoch", ".1f"),
}


@dataclass(frozen=True)
class Curve:
    """One line: (N,) values at (N,) epochs, NaN if nothing was measured, and the epoch that was kept."""

    run: str
    split: str
    epochs: npt.NDArray[np.float64]
    values: npt.NDArray[np.float64]
    best: int | None = None

    @property
    def name(self) -> str:
        """Its name, which no other line of a chart has."""
        return f"{self.run}, {self.split.lower()}" if self.split else self.run

    @property
    def last(self) -> float:
        """The last value that was measured; NaN if there is none."""
        finite = self.values[np.isfinite(self.values)]
        return float(finite[-1]) if len(finite) else math.nan

    def extended(self, epoch: float, value: float) -> Curve:
        """Return the same line with the value so far of an unfinished epoch."""
        if not (math.isfinite(value) and epoch > len(self.epochs)):
            return self
        return replace(self, epochs=np.append(self.epochs, epoch), values=np.append(self.values, value))


def curves(
    measure: Measure, histories: Mapping[str, Sequence[Epoch]], best: Mapping[str, int], splits: Sequence[str]
) -> list[Curve]:
    """Return the lines of a measure for every run that has any value of it, by the runs' names."""
    chosen = splits if measure.splits else [""]
    lines = [
        curve(run, history, measure, split, best.get(run))
        for run, history in histories.items()
        for split in chosen
    ]
    return [line for line in lines if np.isfinite(line.values).any()]


def curve(run: str, history: Sequence[Epoch], measure: Measure, split: str, best: int | None = None) -> Curve:
    """Return a measure of one run over its epochs."""
    name = f"val_{measure.field}" if split == VALIDATION else measure.field
    values = np.array([getattr(epoch, name) for epoch in history], np.float64)
    return Curve(run, split, np.arange(1, len(values) + 1, dtype=np.float64), values, best)


def smoothed(values: npt.NDArray[np.float64], weight: float) -> npt.NDArray[np.float64]:
    """Return the exponential moving average in which an epoch's predecessors have `weight`, 0..1.

    It is divided by the weights' sum, so that it does not begin at zero, as in Kingma and Ba, "Adam" (2015).
    Gaps stay gaps, and the average goes on behind one from the value before it.
    """
    import pandas as pd  # takes half a second, which other pages need not wait for

    series = pd.Series(values)
    average = series.ewm(alpha=1 - weight, adjust=True, ignore_na=True).mean()
    return average.where(series.notna()).to_numpy()


def table(lines: Sequence[Curve], weight: float, as_error: bool, is_log: bool) -> pa.Table:
    """Return an Arrow table for a chart: a row for each line and epoch, with the raw and the smoothed value.

    `as_error` shows 1 - value; a logarithmic scale leaves out what is not above zero.
    """
    columns: dict[str, list[npt.NDArray[np.generic]]] = {key: [] for key in ("epoch", "raw", "value", "best")}
    names: dict[str, list[str]] = {key: [] for key in ("run", "split", "line", "key")}
    for k, line in enumerate(lines):
        raw = 1 - line.values if as_error else line.values
        raw = np.where(raw > 0, raw, math.nan) if is_log else raw
        columns["epoch"].append(line.epochs)  # floats, because browsers take int64 for no plain number
        columns["raw"].append(raw)
        columns["value"].append(smoothed(raw, weight) if weight else raw)
        columns["best"].append(line.epochs == line.best)
        for key, text in (("run", line.run), ("split", line.split), ("line", line.name), ("key", f"l{k}")):
            names[key] += [text] * len(raw)
    arrays = {key: pa.array(np.concatenate(parts), from_pandas=True) for key, parts in columns.items()}
    return pa.table(arrays | {key: pa.array(texts) for key, texts in names.items()})


def span(data: pa.Table, is_log: bool) -> tuple[float, float]:
    """Return the lowest and the highest value that a chart of this table shows, a little room included."""
    raw = data["raw"].to_numpy()
    finite = raw[np.isfinite(raw)]
    if not len(finite):
        return 1.0, 2.0
    low, high = float(finite.min()), float(finite.max())
    if is_log:
        return low / _LOG_ROOM, high * _LOG_ROOM
    room = _ROOM * (high - low) or abs(high) or 1.0
    return (max(0.0, low - room) if low >= 0 else low - room), high + room
