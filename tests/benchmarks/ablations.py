"""Ablations of `world`'s recipe: short trainings that each leave one part out, judged by validation.

    MNIST_APP_DATA=FOLDER python -m tests.benchmarks.ablations [IMAGES] [VARIANT ...]

Each variant sees IMAGES images (default 60,000) in three epochs. No test set is touched.
"""

from __future__ import annotations

import dataclasses
import sys
import tempfile
from pathlib import Path

import numpy as np

from mnist_app.domain import PRESETS, SOURCES, TrainConfig
from mnist_app.learning.architectures import build, served
from mnist_app.learning.checkpoints import restore_best
from mnist_app.learning.data.mnist import load_mnist
from mnist_app.learning.data.sources import TrainingData, load_sources
from mnist_app.learning.export import predict
from mnist_app.learning.fitting import fit, settled
from tests.benchmarks.machine import machine

_EPOCHS = 3
_SEEDS = (0, 1)
MORE = 0.1  # of the images
_DIGITS = ("mnist", "pen", "pens", "paper")  # of people


def variants(base: TrainConfig) -> dict[str, TrainConfig]:
    """Return the recipe, and it with each of its parts changed; MNIST makes up for the other sources."""

    def shares_of(**changed: float) -> TrainConfig:
        shares = {name: share for name, share in (dict(base.shares) | changed).items() if share}
        others = sum(share for name, share in shares.items() if name != "mnist")
        return dataclasses.replace(base, shares=shares | {"mnist": 1 - others})

    def without(*sources: str) -> TrainConfig:
        return shares_of(**dict.fromkeys(sources, 0.0))

    return {
        "the recipe": base,
        "without variation of the images": dataclasses.replace(base, augment=False),
        "without pens of many countries": without("pens"),
        "without paper": without("paper"),
        "without styles and fonts": without("styles", "fonts"),
        "without letters by hand": without("letters"),
        "with more letters by hand": shares_of(letters=base.shares["letters"] + MORE),
        "without other non-digits": without("nondigits"),
        "without cosine decay": dataclasses.replace(base, cosine_decay=False),
        "without weight decay": dataclasses.replace(base, weight_decay=0.0),
    }


def main() -> int:
    """Print a Markdown table, a line as soon as it is known."""
    images = int(sys.argv[1]) if len(sys.argv) > 1 else 60_000
    base = dataclasses.replace(PRESETS["world"], epochs=_EPOCHS, epoch_images=images // _EPOCHS)
    data = load_sources(base, load_mnist().train)
    base = settled(base, data)
    print(f"{images:,} images each, means of {len(_SEEDS)} seeds, {machine()}\n")
    titles = [SOURCES[key].title for key in _DIGITS]
    print(f"| variant | {' | '.join(titles)} | letters, told apart | seconds |")
    print("|---|---|---|---|---|---|---|", flush=True)
    chosen = sys.argv[2:]
    for name, config in ((n, c) for n, c in variants(base).items() if not chosen or n in chosen):
        figures = np.mean([_figures(dataclasses.replace(config, seed=seed), data) for seed in _SEEDS], axis=0)
        shares = " | ".join(f"{figure:.2%}" for figure in figures[:-1])
        print(f"| {name} | {shares} | {figures[-1]:.0f} |", flush=True)
    return 0


def _figures(config: TrainConfig, data: TrainingData) -> list[float]:
    """Train, and return the accuracy on each set of digits, the share of letters below all but 1 % of these
    digits, and the seconds that it took.
    """
    with tempfile.TemporaryDirectory() as folder:
        history = fit(config, data, Path(folder))
        model = build(config)
        restore_best(model, Path(folder))
    whole = served(model)
    digits = {key: predict(whole, data.validation[key]) for key in _DIGITS}
    right = [
        float((prediction.probabilities.argmax(axis=1) == data.validation[key].labels).mean())
        for key, prediction in digits.items()
    ]
    level = np.quantile(np.concatenate([each.digit_probability for each in digits.values()]), 0.01)
    told = float((predict(whole, data.validation["letters"]).digit_probability < level).mean())
    return [*right, told, sum(epoch.seconds for epoch in history)]


if __name__ == "__main__":
    sys.exit(main())
