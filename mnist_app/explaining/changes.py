"""What would change a model's mind: the smallest part to remove, and the smallest stroke to add.

Counterfactual explanations, as in Wachter et al., "Counterfactual Explanations without Opening the Black Box"
(2018), of shapes that a person can see and draw.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np

from mnist_app.domain import FloatArray
from mnist_app.errors import NoDigitError
from mnist_app.ink.canonical import BLANK, SIZE, canonical, from_bytes
from mnist_app.reading.classifier import Classifier

SEEDS = 3  # places from which a part to remove grows
RADII = (2.0, 3.0, 4.0, 5.0, 6.5)  # pixels
PEN = 2  # pixels, as wide as the strokes of MNIST
LENGTH = 7  # pixels of the first strokes that are tried
GRID = 7  # pixels between their middles
REFINED = 3  # strokes that are tried again in other lengths
LENGTHS = (4, 5, 9, 12)
ANGLES = (0.0, np.pi / 4, np.pi / 2, 3 * np.pi / 4)
MIN_NEW = 0.7  # of a stroke's ink; what lies on the digit changes nothing
_SUBPIXEL_BITS = 4  # cv2.line takes fixed-point coordinates


@dataclass(frozen=True)
class Change:
    """A changed model input that is read as another digit.

    `image` and the `mask` of what was removed or added are (28, 28) float32, `probability` is the digit's.
    """

    image: FloatArray
    mask: FloatArray
    digit: int
    probability: float


def removal(image: FloatArray, evidence: FloatArray, classifier: Classifier) -> Change | None:
    """Return the round part with the least ink without which it would be another digit, or None.

    `evidence` is the `occlusion` of the image: parts grow where it speaks most for the answer, and least for
    the others.
    """
    answer = _answer(image, classifier)
    others = np.delete(evidence, answer, axis=0)
    tells = np.where(image > 0, evidence[answer] - others.min(axis=0), -np.inf)
    y, x = np.mgrid[:SIZE, :SIZE]
    masks = []
    for _ in range(SEEDS):
        if not np.isfinite(tells.max()):
            break
        top, left = np.unravel_index(tells.argmax(), tells.shape)
        distance = np.hypot(y - top, x - left)
        masks += [image * (distance <= radius) for radius in RADII]
        tells = np.where(distance <= RADII[1], -np.inf, tells)
    return _smallest(image, masks, -1, answer, classifier)


def addition(image: FloatArray, classifier: Classifier) -> Change | None:
    """Return the straight stroke with the least ink with which it would be another digit, or None."""
    if not image.any():
        return None
    answer = _answer(image, classifier)
    rows, columns = np.flatnonzero(image.any(axis=1)), np.flatnonzero(image.any(axis=0))
    tried = [
        _Stroke(x, y, angle, LENGTH)
        for y in range(rows[0], rows[-1] + 1, GRID)
        for x in range(columns[0], columns[-1] + 1, GRID)
        for angle in ANGLES
    ]
    tried = [stroke for stroke in tried if stroke.new_share(image) >= MIN_NEW]
    predictions = _probabilities([np.maximum(image, stroke.mask) for stroke in tried], classifier)
    rivals = np.delete(predictions, answer, axis=1).max(axis=1)
    best = [tried[k] for k in np.argsort(-rivals)[:REFINED]]
    found = [stroke for stroke, each in zip(tried, predictions, strict=True) if each.argmax() != answer]
    found += [stroke._replace(length=length) for stroke in best for length in LENGTHS]
    return _smallest(image, [stroke.mask for stroke in found], +1, answer, classifier)


class _Stroke(NamedTuple):
    """A straight stroke: its middle and length in pixels, its angle in radians."""

    x: float
    y: float
    angle: float
    length: float

    @property
    def mask(self) -> FloatArray:
        """(28, 28) ink."""
        reach = self.length / 2 * np.array([np.cos(self.angle), np.sin(self.angle)])
        middle = np.array([self.x, self.y])
        first, last = (
            np.rint((middle + r) * 2**_SUBPIXEL_BITS).astype(int).tolist() for r in (-reach, reach)
        )
        ink = np.zeros_like(BLANK, np.uint8)
        cv2.line(ink, first, last, 255, PEN, cv2.LINE_AA, _SUBPIXEL_BITS)
        return from_bytes(ink)

    def new_share(self, image: FloatArray) -> float:
        """Return how much of its ink lies where the image has none, 0..1."""
        mask = self.mask
        return float((mask * (1 - image)).sum() / mask.sum())


def _smallest(
    image: FloatArray, masks: Sequence[FloatArray], sign: int, answer: int, classifier: Classifier
) -> Change | None:
    """Return the change with the least ink of those that change the answer."""
    changed = [(image + sign * mask).clip(0, 1) for mask in masks]
    predictions = _probabilities(changed, classifier)
    turned = [k for k in range(len(masks)) if predictions[k].argmax() != answer and predictions[k].any()]
    if not turned:
        return None
    best = min(turned, key=lambda k: float(np.abs(changed[k] - image).sum()))
    digit = int(predictions[best].argmax())
    return Change(changed[best], np.abs(changed[best] - image), digit, float(predictions[best, digit]))


def _probabilities(images: Sequence[FloatArray], classifier: Classifier) -> FloatArray:
    """Return (N, 10) probabilities of changed ink as the app would see it; zeros if nothing is left."""
    seen = []
    for image in images:
        try:
            seen.append(canonical(image))
        except NoDigitError:
            seen.append(BLANK)
    model_input = np.array(seen, np.float32).reshape(-1, SIZE, SIZE)
    is_left = np.asarray(model_input.any(axis=(1, 2)))
    return classifier.predict(model_input).probabilities * is_left[:, None]


def _answer(image: FloatArray, classifier: Classifier) -> int:
    return int(classifier.predict(image[None]).probabilities[0].argmax())
