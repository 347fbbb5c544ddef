"""Ablations of `world`'s recipe: short trainings that each leave one part out, judged by validation.

    MNIST_APP_DATA=FOLDER python -m tests.benchmarks.ablations [IMAGES]

Each variant sees IMAGES images (default 60,000) in three epochs. No test set is touched.
"""

from __future__ import annotations

import dataclasses
import sys
import tempfile
from pathlib import Path

import numpy as np

from mnist_app.domain import PRESETS, TrainConfig
from mnist_app.learning.architectures import build, served
from mnist_app.learning.checkpoints import restore_best
from mnist_app.learning.data.mnist import load_mnist
from mnist_app.learning.data.sources import load_sources
from mnist_app.learning.export import predict
from mnist_app.learning.fitting import fit
from tests.benchmarks.machine import machine

_EPOCHS = 3


def variants(base: TrainConfig) -> dict[str, TrainConfig]:
    """Return the recipe, and it with each of its parts changed; MNIST makes up for a source left out."""

    def without(*sources: str) -> TrainConfig:
        shares = {name: share for name, share in base.shares.items() if name not in sources}
        return dataclasses.replace(
            base, shares=shares | {"mnist": 1 - sum(shares.values()) + shares["mnist"]}
        )

    return {
        "the recipe": base,
        "without variation of the images": dataclasses.replace(base, augment=False),
        "without pen strokes": without("pen"),
        "without fonts": without("fonts"),
        "with half the non-digits": dataclasses.replace(
            base, shares={**base.shares, "mnist": base.shares["mnist"] + 0.05, "nondigits": 0.05}
        ),
        "without cosine decay": dataclasses.replace(base, cosine_decay=False),
        "without weight decay": dataclasses.replace(base, weight_decay=0.0),
        "in float32": dataclasses.replace(base, precision="float32"),
        "with a moving average of the weights": dataclasses.replace(base, ema=0.99),
        "with half the batch": dataclasses.replace(base, batch_size=base.batch_size // 2),
    }


def main() -> int:
    """Print a Markdown table, a line as soon as it is known."""
    images = int(sys.argv[1]) if len(sys.argv) > 1 else 60_000
    base = dataclasses.replace(PRESETS["world"], epochs=_EPOCHS, epoch_images=images // _EPOCHS)
    data = load_sources(base, load_mnist().train)
    print(f"{images:,} images each, {machine()}\n")
    print("| variant | MNIST validation | pen strokes of 3 people | no digit, told apart | seconds |")
    print("|---|---|---|---|---|", flush=True)
    for name, config in variants(base).items():
        with tempfile.TemporaryDirectory() as folder:
            history = fit(config, data, Path(folder))
            model = build(config)
            restore_best(model, Path(folder))
        whole = served(model)
        predictions = {source: predict(whole, split) for source, split in data.validation.items()}
        right = [
            float((predictions[source].probabilities.argmax(axis=1) == data.validation[source].labels).mean())
            for source in ("mnist", "pen")
        ]
        level = np.quantile(predictions["mnist"].digit_probability, 0.01)
        told = float((predictions["nondigits"].digit_probability < level).mean())
        seconds = sum(epoch.seconds for epoch in history)
        print(f"| {name} | {right[0]:.2%} | {right[1]:.2%} | {told:.1%} | {seconds:.0f} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
