"""What is learned from: MNIST, pen strokes, school handwriting and what is no digit, as 28×28 images."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from mnist_app.domain import ByteArray, Material, Split, TrainConfig
from mnist_app.ink.canonical import canonical, to_bytes
from mnist_app.ink.stroke_width import thickened
from mnist_app.learning.data import fonts, non_digits, pen_strokes
from mnist_app.learning.data.non_digits import NOT_A_DIGIT

DIGITS = "0123456789"
RENDERINGS = 8  # of each pen drawing, with other pens
NONDIGITS = {"scribbles": 12_000, "shapes": 6_000, "two in one": 16_000, "noise": 4_000}
_SOURCE_SEED = 2_000  # the images are the same for every run; only their order and variation follow its seed

Both = tuple[Split, Split]  # training, validation


def gather(config: TrainConfig, mnist: Split, path: Path | str | None = None) -> Material:
    """Training and validation images of every source that the config has a share for, without test sets.

    `mnist` is MNIST's training split; `path` is where data sets are looked for first. Raises DataError where
    one cannot be had.
    """
    make = makers(config, mnist, path)
    both = {name: make[name]() for name in config.shares}
    return Material({name: b[0] for name, b in both.items()}, {name: b[1] for name, b in both.items()}, {})


def makers(
    config: TrainConfig, mnist: Split, path: Path | str | None = None
) -> dict[str, Callable[[], Both]]:
    """What makes each source's training and validation images. They raise DataError."""
    own = split_validation(mnist, config.validation_share)
    return {
        "mnist": lambda: own,
        "pen": lambda: _pen(path),
        "fonts": _fonts,
        "nondigits": lambda: _nondigits(*own),
    }


def split_validation(split: Split, share: float) -> Both:
    """The split without its last `share`, and that share, as Keras's `validation_split` takes it.

    MNIST lists its writers one after another, so the last images are mostly other writers' as well.
    """
    cut = len(split) - round(len(split) * share)
    return Split(split.images[:cut], split.labels[:cut]), Split(split.images[cut:], split.labels[cut:])


def font_digits(use: fonts.Use) -> Split:
    """The digits of the fonts for one use, with a pen of MNIST's width at least."""
    drawn = list(fonts.glyphs(fonts.load_faces(use), DIGITS))
    images = np.stack([to_bytes(canonical(thickened(ink))) for _, ink in drawn])
    return Split(images, np.array([int(character) for character, _ in drawn], np.uint8))


def nondigit_images(
    use: fonts.Use, digits: Split, scale: float, rng: np.random.Generator
) -> dict[str, ByteArray]:
    """Every kind of non-digit by name, `scale` times NONDIGITS of each; pairs are made of `digits`."""
    counts = {kind: round(count * scale) for kind, count in NONDIGITS.items()}
    kinds = non_digits.TEST_SHAPES if use == "test" else non_digits.TRAINING_SHAPES
    return {
        "letters and signs": non_digits.letters(fonts.load_faces(use)),
        "scribbles": non_digits.scribbles(counts["scribbles"], rng),
        "shapes": non_digits.shapes(kinds, counts["shapes"], rng),
        "two in one": non_digits.two_in_one(digits, counts["two in one"], rng),
        "noise": non_digits.noise(counts["noise"], rng),
    }


def _pen(path: Path | str | None) -> Both:
    training, validation, _ = pen_strokes.by_writers(pen_strokes.load_pen_strokes(path))
    rng = np.random.default_rng(_SOURCE_SEED)
    return pen_strokes.as_varied(training, RENDERINGS, rng), pen_strokes.as_read(validation)


def _fonts() -> Both:
    return font_digits("training"), font_digits("validation")


def _nondigits(training: Split, validation: Split) -> Both:
    rng = np.random.default_rng(_SOURCE_SEED + 1)
    splits = []
    for use, digits, scale in (("training", training, 1.0), ("validation", validation, 0.05)):
        images = np.concatenate(list(nondigit_images(use, digits, scale, rng).values()))  # type: ignore[arg-type]
        splits.append(Split(images, np.full(len(images), NOT_A_DIGIT, np.uint8)))
    return splits[0], splits[1]
