"""Signs among digits, by what the model says of their shape and by where they stand in the row.

A slash is for the model nearly a 1, and a point has no shape at all: only beside the digits of its row can
either be told.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from mnist_app.domain import SIGNS, Box, Predictions

# Of a digit's height, from the middle of the row, down; chosen by eye.
UPRIGHT = 35  # percentile of the leans, not the median: slashes are among them
TALL = 0.6  # what is higher tells where the row is
BESIDE = 1.0  # the distance at which a digit tells a third as much as one in the same place
SMALL, NARROW = 0.38, 0.27  # a point or a comma is no higher and no broader
FLAT = 0.35  # nor is a minus
BASE_LINE = (0.28, 0.85)  # the middle of a point or a comma
LOW = 0.58  # the bottom of a comma; that of a point is above
DASH, MAYBE = 1.8, 0.1  # of its height, a minus's width; probability that its place makes sure
LEVEL = 0.3  # the middle of a minus, up or down
MIN_SLASH = 0.05  # probability; a 1 that may be a slash is doubtful
MIN_SIGN = 0.7  # probability; what is less likely a sign is none
# A slash leans more than the row and is higher: by so much, for the log-odds of one against a 1 to be even.
SLASH, LEAN, TALLER = 2.0, 8.0, 10.0
USUAL_LEAN, USUAL_HEIGHT = 0.15, 1.05


class Leaning(Protocol):
    """A component or a stroke: its place, its lean, and whether it is a single line."""

    @property
    def box(self) -> Box:
        """In pixels."""

    @property
    def lean(self) -> float:
        """To the right, in pixels for each pixel up."""

    @property
    def is_one_line(self) -> bool:
        """False if it may be several things that touch."""


@dataclass(frozen=True, eq=False)
class Line:
    """Place of a row: the line y = `middle` + `slope` * x through its digits, their height and their lean.

    In pixels; the lean is in pixels to the right for each pixel up. `bends` is (2, N): the places of digits
    along the row, and how far their middles are below the line. A row may bend, and digits go up and down.
    """

    middle: float
    slope: float
    height: float
    lean: float
    bends: npt.NDArray[np.float64]

    @classmethod
    def of(cls, parts: Sequence[Leaning], height: float) -> Line:
        """Fit a line through the components or strokes that are as tall as digits."""
        tall = [p for p in parts if p.box.height >= TALL * height] or list(parts)
        x = np.array([p.box.left + p.box.width / 2 for p in tall])
        y = np.array([p.box.top + p.box.height / 2 for p in tall])
        slope = float(np.polyfit(x, y, 1)[0]) if len(tall) > 2 and np.ptp(x) > 2 * height else 0.0
        leans = [p.lean for p in tall if p.box.height >= 1.2 * p.box.width]
        lean = float(np.percentile(leans, UPRIGHT)) if leans else 0.0
        middle = float(np.mean(y - slope * x))
        return cls(middle, slope, height, lean, np.array([x, y - slope * x - middle]))

    def below_middle(self, x: float, y: float) -> float:
        """Return how far a point is below the middle of the row beside it, in digits' heights."""
        places, below = self.bends
        bend = np.average(below, weights=np.exp(-np.abs(places - x) / (BESIDE * self.height)) + 1e-9)
        return (y - self.middle - self.slope * x - float(bend)) / self.height


def sign_of(parts: Sequence[Leaning], box: Box, prediction: Predictions, line: Line) -> tuple[str, float]:
    """Return the likeliest sign that parts in a box are, and its probability; "" and 0 if they are none.

    `prediction` is of one image.
    """
    height, width = box.height / line.height, box.width / line.height
    middle = line.below_middle(box.left + box.width / 2, box.top + box.height / 2)
    bottom = middle + height / 2
    if len(parts) == 1 and height <= SMALL and width <= NARROW:
        if not BASE_LINE[0] <= middle <= BASE_LINE[1]:
            return "", 0.0
        is_comma = bottom > LOW and height > 1.3 * width
        return (",", 1.0) if is_comma else (".", 1.0)
    known = prediction.sign_probabilities[0].astype(float)
    by_sign = dict(zip(SIGNS, known.tolist(), strict=True))
    # Small signs are told by their place, above; a minus is flat, and in the middle.
    by_sign["."] = 0.0
    if not (height <= SMALL * 1.4 and bottom > LOW):
        by_sign[","] = 0.0
    if height > FLAT or abs(middle) > LEVEL:
        by_sign["-"] = 0.0
    elif width > DASH * height and by_sign["-"] > MAYBE:
        by_sign["-"] = max(by_sign["-"], MIN_SIGN)  # nothing else is flat and in the middle
    if abs(middle) > LEVEL:
        by_sign["="] = by_sign["+"] = by_sign["×"] = by_sign[":"] = 0.0
    if len(parts) == 1:
        by_sign["/"] = _slash(parts[0], float(prediction.digit_probability[0]), by_sign["/"], height, line)
    sign, probability = max(by_sign.items(), key=lambda each: each[1])
    least = MIN_SLASH if sign == "/" else MIN_SIGN
    return (sign, probability) if probability >= least else ("", 0.0)


def _slash(part: Leaning, digit: float, slash: float, height: float, line: Line) -> float:
    """Return the probability of a slash rather than a 1, by its lean and height beside the row's."""
    if slash < 0.01 or height < TALL or not part.is_one_line:
        return 0.0
    odds = math.log(slash / max(digit, 1e-3)) + SLASH
    odds += LEAN * (part.lean - line.lean - USUAL_LEAN) + TALLER * (height - USUAL_HEIGHT)
    return (slash + digit) / (1 + math.exp(-odds))
