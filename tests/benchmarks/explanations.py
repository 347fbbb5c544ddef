"""How faithful the maps of "Why?" are, and what each part of it costs.

    MNIST_APP_DATA=FOLDER python -m tests.benchmarks.explanations [RUN]

A map is faithful if removing the tenth of the ink that it ranks highest hurts the answer much more than
removing a tenth at random. Of 500 test images of MNIST.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence

import numpy as np

from mnist_app.domain import Drawing, FloatArray
from mnist_app.explaining.activations import Activations, Inspector
from mnist_app.explaining.changes import addition, removal
from mnist_app.explaining.look_alikes import LookAlikes
from mnist_app.explaining.occlusion import occlusion
from mnist_app.explaining.replay import replay
from mnist_app.ink.canonical import SIZE, from_bytes
from mnist_app.learning.data.mnist import load_mnist
from mnist_app.learning.data.pendigits import by_writers, load_pen_strokes
from mnist_app.reading.classifier import Classifier
from mnist_app.runs import DEFAULT_RUN, SERVED_FILE, RunStore
from mnist_app.runs.files import LOOK_ALIKES_FILE
from mnist_app.runs.results import read_file
from tests.benchmarks.machine import machine

IMAGES, TIMED = 500, 50
SHARE = 0.1  # of the ink, that is removed
RANDOM = 5  # times that ink is removed at random


def main(name: str = DEFAULT_RUN) -> int:
    """Print the ratio of each map, then the CPU milliseconds of each part."""
    run = RunStore().open(name)
    content = read_file(run, SERVED_FILE)
    classifier, inspector = Classifier(content, name), Inspector(content)
    images = from_bytes(load_mnist().test.images[:IMAGES])
    print(f"{name}, {machine()}")
    _print_faithfulness(images, classifier, inspector)
    drawings = by_writers(load_pen_strokes())[1].drawings[:TIMED]
    index = LookAlikes.parse(read_file(run, LOOK_ALIKES_FILE)) if LOOK_ALIKES_FILE in run.files else None
    _print_costs(images[:TIMED], drawings, classifier, inspector, index)
    return 0


def _print_faithfulness(images: FloatArray, classifier: Classifier, inspector: Inspector) -> None:
    probabilities = classifier.predict(images).probabilities
    answers = probabilities.argmax(axis=1)
    rng = np.random.default_rng(0)

    def fall(maps: FloatArray) -> float:
        less = np.stack([_without_top(image, each) for image, each in zip(images, maps, strict=True)])
        left = classifier.predict(less).probabilities[np.arange(len(images)), answers]
        return float(np.mean(probabilities.max(axis=1) - left))

    at_random = np.mean([fall(rng.random(images.shape, np.float32)) for _ in range(RANDOM)])
    print(f"a tenth of the ink at random: {at_random:.4f} less probable")
    maps: dict[str, Callable[[FloatArray], FloatArray | None]] = {
        "occlusion": lambda image: occlusion(image, classifier),
        "class activation map": lambda image: class_activation(inspector.activations(image)),
    }
    for title, map_of in maps.items():
        found = [map_of(image) for image in images]
        chosen = [each[answer] for each, answer in zip(found, answers, strict=True) if each is not None]
        if len(chosen) < len(images):
            continue
        falls = fall(np.stack(chosen))
        print(f"a tenth by {title}: {falls:.4f}, {falls / at_random:.1f} times as much")


def class_activation(found: Activations) -> FloatArray | None:
    """Return what each place of the last maps says for each digit more than for the others: (10, 28, 28).

    None if the features are not the means of those maps. Source: Zhou et al., "Learning Deep Features for
    Discriminative Localization" (2016).
    """
    last = next(reversed(found.layers.values()), None)
    if last is None or not np.allclose(last.mean(axis=(0, 1)), found.features, atol=1e-4):
        return None
    maps = np.einsum("hwk,dk->dhw", last, found.weights)  # their means are the logits, less the bias
    height, width = maps.shape[1:]
    return np.kron(maps - maps.mean(axis=0), np.ones((SIZE // height, SIZE // width), np.float32))


def _without_top(image: FloatArray, evidence: FloatArray) -> FloatArray:
    """Return the image without the tenth of its ink that has the highest evidence."""
    order = np.argsort(-np.where(image > 0, evidence, -np.inf), axis=None, kind="stable")
    count = int(np.searchsorted(image.flat[order].cumsum(), SHARE * image.sum())) + 1
    less = image.copy()
    less.flat[order[:count]] = 0
    return less


def _print_costs(
    images: FloatArray,
    drawings: Sequence[Drawing],
    classifier: Classifier,
    inspector: Inspector,
    index: LookAlikes | None,
) -> None:
    evidence = [occlusion(image, classifier) for image in images]
    costs: dict[str, Callable[[int], object]] = {
        "occlusion map": lambda k: occlusion(images[k], classifier),
        "layers": lambda k: inspector.activations(images[k]),
        "replay": lambda k: replay(drawings[k], classifier),
        "smallest removal": lambda k: removal(images[k], evidence[k], classifier),
        "smallest addition": lambda k: addition(images[k], classifier),
    }
    if index:
        features = inspector.features(images)
        costs["look-alikes of two digits"] = lambda k: [index.nearest(features[k], d, 6) for d in (4, 9)]
    total = 0.0
    for title, act in costs.items():
        times = []
        for k in range(len(images)):
            started = time.process_time()
            act(k)
            times.append((time.process_time() - started) * 1e3)
        total += float(np.median(times))
        print(f"{title}: {np.median(times):.1f} ms of CPU, median of {len(times)}")
    print(f"all: {total:.0f} ms of CPU")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
