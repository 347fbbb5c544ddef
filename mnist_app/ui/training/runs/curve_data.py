"""Histories as lines of a chart: the measures, their values, smoothed or not, and the best epoch."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from mnist_app.domain import Epoch

_ROOM, _LOG_ROOM = 0.05, 1.15  # beyond the outermost values: of their distance, and as a factor
_ZERO_ROOM = 2.0  # between the least value above zero and zero on a logarithmic scale, as a factor
_NO_ZERO = 1e-3  # the place of zero if nothing is above it
MIN_LINE = 3  # epochs, below which each is a point as well
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
    """One line: (N,) values at (N,) epochs, NaN if nothing was measured, and the epoch that was kept.

    `times` are the (N,) seconds from the run's start to the end of each epoch, NaN if they are unknown.
    """

    run: str
    split: str
    epochs: npt.NDArray[np.float64]
    values: npt.NDArray[np.float64]
    best: int | None = None
    times: npt.NDArray[np.float64] = field(default_factory=lambda: np.empty(0))

    @property
    def name(self) -> str:
        """Its name, which no other line of a chart has."""
        return f"{self.run}, {self.split.lower()}" if self.split else self.run

    @property
    def last(self) -> float:
        """The last value that was measured; NaN if there is none."""
        finite = self.values[np.isfinite(self.values)]
        return float(finite[-1]) if len(finite) else math.nan

    @property
    def is_sparse(self) -> bool:
        """True if it was measured every few epochs only, so that a gap says nothing."""
        measured = np.flatnonzero(np.isfinite(self.values))
        return len(measured) > 1 and float(np.median(np.diff(measured))) > 1

    @property
    def points(self) -> npt.NDArray[np.bool_]:
        """Whether each value is a point of its own: no neighbour was measured, or there are few."""
        measured = np.isfinite(self.values)
        if self.is_sparse or len(measured) < MIN_LINE:
            return measured
        padded = np.pad(measured, 1)
        return measured & ~padded[:-2] & ~padded[2:]

    def extended(self, epoch: float, value: float) -> Curve:
        """Return the same line with the value so far of an unfinished epoch."""
        done = len(self.epochs)
        if not (math.isfinite(value) and epoch > done):
            return self
        pace = self.times[-1] / done if done else math.nan  # seconds an epoch
        return replace(
            self,
            epochs=np.append(self.epochs, epoch),
            values=np.append(self.values, value),
            times=np.append(self.times, pace * epoch),
        )


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
    epochs = np.arange(1, len(values) + 1, dtype=np.float64)
    times = np.cumsum([epoch.seconds for epoch in history], dtype=np.float64)
    return Curve(run, split, epochs, values, best, times)


def smoothed(values: npt.NDArray[np.float64], weight: float) -> npt.NDArray[np.float64]:
    """Return the exponential moving average in which an epoch's predecessors have `weight`, 0..1.

    It is divided by the weights' sum, so that it does not begin at zero, as in Kingma and Ba, "Adam" (2015).
    Gaps stay gaps, and the average goes on behind one from the value before it.
    """
    import pandas as pd  # takes half a second, which other pages need not wait for

    series = pd.Series(values)
    average = series.ewm(alpha=1 - weight, adjust=True, ignore_na=True).mean()
    return average.where(series.notna()).to_numpy()


@dataclass(frozen=True)
class Across:
    """The horizontal axis: epochs, or time in a unit of so many seconds."""

    title: str
    unit: float = 0.0

    @property
    def is_time(self) -> bool:
        """True if it is time."""
        return self.unit > 0

    def of(self, line: Curve) -> npt.NDArray[np.float64]:
        """Return where the values of a line are, NaN if that is unknown."""
        return line.times / self.unit if self.is_time else line.epochs


EPOCHS = Across("Epoch")
_UNITS = (Across("Time (s)", 1), Across("Time (min)", 60), Across("Time (h)", 3_600))
_MAX_UNITS = 180  # of which a longer time is said in a larger one


def time_axis(lines: Sequence[Curve]) -> Across | None:
    """Return the axis of the longest line's time; None if no line knows its time."""
    longest = max((float(np.nanmax(line.times, initial=0.0)) for line in lines), default=0.0)
    if longest <= 0:
        return None
    return next((axis for axis in _UNITS if longest / axis.unit <= _MAX_UNITS), _UNITS[-1])


def zero_place(lines: Sequence[Curve], as_error: bool) -> float | None:
    """Return where a logarithmic scale has room for zero; None if every value is above it."""
    raw = np.concatenate([1 - line.values if as_error else line.values for line in lines])
    if not (raw <= 0).any():
        return None
    above = raw[raw > 0]
    return float(above.min()) / _ZERO_ROOM if len(above) else _NO_ZERO


def table(
    lines: Sequence[Curve], weight: float, as_error: bool, is_log: bool, across: Across = EPOCHS
) -> pa.Table:
    """Return an Arrow table for a chart: a row for each line and epoch.

    `raw` is the value, `drawn` and `smooth` are where it and its average are drawn; `point`, `best` and
    `last` mark single values, the epoch that was kept, and a line's end. `as_error` shows 1 - value; on a
    logarithmic scale what is not above zero is drawn at `zero_place`.
    """
    columns: dict[str, list[npt.NDArray[np.generic]]] = {key: [] for key in _ARRAYS}
    names: dict[str, list[str]] = {key: [] for key in ("run", "split", "line", "key")}
    floor = zero_place(lines, as_error) if is_log else None
    for k, line in enumerate(lines):
        raw = 1 - line.values if as_error else line.values
        smooth = smoothed(raw, weight) if weight else raw
        measured = np.isfinite(raw)
        arrays = {
            "x": across.of(line),  # floats, because browsers take int64 for no plain number
            "epoch": line.epochs,
            "raw": raw,
            "drawn": raw if floor is None else np.where(measured, np.maximum(raw, floor), math.nan),
            "smooth": smooth if floor is None else np.where(measured, np.maximum(smooth, floor), math.nan),
            "point": line.points,
            "best": line.epochs == line.best,
            "last": np.arange(len(raw)) == np.flatnonzero(measured)[-1:].max(initial=-1),
        }
        # A line goes straight from value to value if it was measured every few epochs, else it has a gap.
        kept = np.isfinite(arrays["x"]) & (measured | (not line.is_sparse))
        for key, array in arrays.items():
            columns[key].append(array[kept])
        for key, text in (("run", line.run), ("split", line.split), ("line", line.name), ("key", f"l{k}")):
            names[key] += [text] * int(kept.sum())
    found = {key: pa.array(np.concatenate(parts), from_pandas=True) for key, parts in columns.items()}
    return pa.table(found | {key: pa.array(texts, pa.string()) for key, texts in names.items()})


_ARRAYS = ("x", "epoch", "raw", "drawn", "smooth", "point", "best", "last")


def span(data: pa.Table, is_log: bool) -> tuple[float, float]:
    """Return the lowest and the highest value that a chart of this table shows, a little room included."""
    drawn = data["drawn"].to_numpy()
    finite = drawn[np.isfinite(drawn)]
    if not len(finite):
        return 1.0, 2.0
    low, high = float(finite.min()), float(finite.max())
    if is_log:
        return low / _LOG_ROOM, high * _LOG_ROOM
    room = _ROOM * (high - low) or abs(high) or 1.0
    return (max(0.0, low - room) if low >= 0 else low - room), high + room


def steady_span(data: pa.Table, measure: Measure) -> tuple[float, float]:
    """Return a span in steps, which seldom changes while values still come in, so that the chart is calm."""
    drawn = data["drawn"].to_numpy()
    finite = drawn[np.isfinite(drawn)]
    if not measure.is_loss:
        low = float(finite.min(initial=1.0))
        return next((floor for floor in _FLOORS if floor <= low), 0.0), 1.0
    high = float(finite.max(initial=_NO_ZERO))
    low = min(0.0, float(finite.min(initial=0.0)))
    return (-_step_above(-low) if low else 0.0), _step_above(high)


_FLOORS = (0.98, 0.95, 0.9, 0.8, 0.5)  # of accuracy


def _step_above(value: float) -> float:
    """Return the next of 1, 2, 5, 10, 20 and so on, or of such fractions."""
    power = 10.0 ** math.floor(math.log10(max(value, 1e-9)))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= value)
