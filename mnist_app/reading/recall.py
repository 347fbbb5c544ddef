"""What the model said of a drawing's images: a new stroke changes few of them."""

from __future__ import annotations

import numpy as np

from mnist_app.domain import FloatArray, Predictions
from mnist_app.reading.classifier import Classifier


class Recall:
    """A classifier for one drawing: it judges each image once, and none that it judged for the `last` one.

    It holds what this drawing needed. Drawings of different people must not share one: how fast an answer
    comes would tell what another has drawn.
    """

    def __init__(self, classifier: Classifier, last: Recall | None = None) -> None:
        self.classifier = classifier
        self._last = last._known if last and last.classifier is classifier else {}
        self._known: dict[bytes, Predictions] = {}  # of one image each

    def predict(self, images: FloatArray) -> Predictions:
        """Return the predictions of (N, 28, 28) images, as `Classifier.predict`."""
        if not len(images):
            return self.classifier.predict(images)
        keys = [image.tobytes() for image in images]
        self._known |= {key: self._last[key] for key in keys if key in self._last}
        new = {key: image for key, image in zip(keys, images, strict=True) if key not in self._known}
        if new:
            found = self.classifier.predict(np.stack(list(new.values())))
            self._known |= {key: found[k : k + 1] for k, key in enumerate(new)}
        return Predictions.joined([self._known[key] for key in keys])
