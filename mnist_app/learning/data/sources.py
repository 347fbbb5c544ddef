"""Training sources as 28×28 images: MNIST, pen strokes, paper, school handwriting, non-digits, corrections.

A new source is an entry in `domain.catalogue.SOURCES` and one in LOADERS here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mnist_app.corrections.store import CorrectionStore
from mnist_app.domain import DIGITS, FIRST_SIGN, NOT_A_DIGIT, SOURCES, Kind, Split, TestSet, TrainConfig
from mnist_app.errors import CorrectionsError, DataError
from mnist_app.ink.canonical import canonical, to_bytes
from mnist_app.ink.stroke_width import thickened
from mnist_app.learning.data import fonts, non_digits, paper, pendigits, pens, styles
from mnist_app.learning.data.mnist_writers import load_writers
from mnist_app.learning.data.pen_strokes import render, render_varied
from mnist_app.runs.folders import corrections_url

RENDERINGS = 8  # of each drawing of `pen`, with other pens
PENS_RENDERINGS = 4  # of each drawing of `pens`
SIGN_PENS = (10, 40)  # of INK_SIDE's 160 pixels: beside so small things the pen is broad
COMMON = 1_000  # drawings of a character; if there are fewer, each is rendered more than once
MOST_RENDERINGS = 4
LINES = "/,"  # characters that are one line
STYLES = 12_000  # drawings of `styles`
WORD_PIECES = 8_000  # images of two letters
NON_DIGITS = {
    "scribbles": 12_000,
    "shapes": 6_000,
    "two in one": 16_000,
    "crossed out": 4_000,
    "noise": 4_000,
}
_SEED = 2_000  # the images are the same for every run; only their order and augmentation follow its seed

Location = Path | str | None  # a file or folder where data sets are looked for first
TrainValidation = tuple[Split, Split]


@dataclass(frozen=True)
class TrainingData:
    """Images that a run learns from, is chosen and calibrated by, and is scored on once.

    `training` and `validation` are by the key of their source; some sources have no validation images. The
    three share no MNIST image, no writer and no font.
    """

    training: Mapping[str, Split]
    validation: Mapping[str, Split]
    test: Mapping[TestSet, Split] = field(default_factory=dict)

    @property
    def validation_digits(self) -> dict[str, Split]:
        """Validation images that show digits: epochs are chosen and predictions calibrated by them."""
        return {key: split for key, split in self.validation.items() if SOURCES[key].kind is Kind.DIGITS}


@dataclass(frozen=True)
class SourceLoader:
    """`load` takes MNIST's training and validation images and a location, and returns the source's own.

    It raises DataError if they cannot be had. Of sources with ten thousands of images that are much alike,
    every `step`-th is kept to be looked at.
    """

    load: Callable[[TrainValidation, Location], TrainValidation]
    step: int = 1


def load_sources(config: TrainConfig, mnist: Split, path: Location = None) -> TrainingData:
    """Load training and validation images of every source in the config's shares, without test sets.

    `mnist` is MNIST's training split; `path` is where data sets are looked for first. Raises DataError if a
    source cannot be had.
    """
    parts = split_mnist(config, mnist, path)
    loaded = {key: LOADERS[key].load(parts, path) for key in config.shares}
    return TrainingData(
        training={key: _learnable(key, training, config) for key, (training, _) in loaded.items()},
        validation={key: validation for key, (_, validation) in loaded.items() if len(validation)},
    )


def _learnable(key: str, training: Split, config: TrainConfig) -> Split:
    """Return those of a source's images that the network has an output for. Raises DataError for none."""
    is_digit = training.labels < NOT_A_DIGIT
    if not (config.learns_non_digits or is_digit.all()):
        training = Split(training.images[is_digit], training.labels[is_digit])
    if not len(training) and config.shares[key]:
        raise DataError(f"The source {key!r} has no images that this network can learn. Leave it out.")
    return training


def split_mnist(config: TrainConfig, mnist: Split, path: Location = None) -> TrainValidation:
    """Split MNIST's training images as the config says. Raises DataError if their writers cannot be had."""
    if config.writers_apart:
        return split_by_writer(mnist, load_writers(path), config.validation_share)
    return split_validation(mnist, config.validation_share)


def split_validation(split: Split, share: float) -> TrainValidation:
    """Split off the last `share` for validation, as Keras's `validation_split` does.

    In MNIST most of their writers wrote training images as well.
    """
    cut = len(split) - round(len(split) * share)
    return split[:cut], split[cut:]


def split_by_writer(split: Split, writers: npt.NDArray[np.int16], share: float) -> TrainValidation:
    """Split off all images of as many writers as give a share of them for validation; `writers` is (N,)."""
    names = np.random.default_rng(0).permutation(np.unique(writers))
    images = np.cumsum([(writers == name).sum() for name in names])
    validation = np.isin(writers, names[images <= round(share * len(split))])
    training = Split(split.images[~validation], split.labels[~validation])
    return training, Split(split.images[validation], split.labels[validation])


def font_digits(use: fonts.Use) -> Split:
    """Render the digits of the fonts for one use, with a pen of MNIST's width at least."""
    drawn = list(fonts.glyphs(fonts.load_fonts(use), "".join(map(str, DIGITS))))
    images = np.stack([to_bytes(canonical(thickened(ink))) for _, ink in drawn])
    return Split(images, np.array([int(character) for character, _ in drawn], np.uint8))


def non_digit_images(
    use: fonts.Use, digits: Split, scale: float, rng: np.random.Generator
) -> dict[str, Split]:
    """Make every kind of non-digit by name, `scale` times NON_DIGITS of each, pairs from `digits`."""
    counts = {kind: round(count * scale) for kind, count in NON_DIGITS.items()}
    kinds = non_digits.TEST_SHAPES if use == "test" else non_digits.TRAINING_SHAPES
    font_files = fonts.load_fonts(use)
    small_signs = non_digits.SMALL_SIGNS if use == "training" else ""
    images = {
        "scribbles": non_digits.scribbles(counts["scribbles"], rng),
        "shapes": non_digits.shapes(kinds, counts["shapes"], rng),
        "two in one": non_digits.two_in_one(digits, counts["two in one"], rng),
        "crossed out": non_digits.crossed_out(digits, counts["crossed out"], rng),
        "noise": non_digits.noise(counts["noise"], rng),
    }
    return {
        "letters and signs": non_digits.letters(
            font_files, non_digits.LETTERS + non_digits.OTHERS + small_signs
        ),
        **{name: Split(some, np.full(len(some), NOT_A_DIGIT, np.uint8)) for name, some in images.items()},
    }


def _load_pen(_: TrainValidation, path: Location) -> TrainValidation:
    strokes = pendigits.by_writers(pendigits.load_pen_strokes(path))
    return render_varied(strokes[0], RENDERINGS, np.random.default_rng(_SEED)), render(strokes[1])


def _load_pens(_: TrainValidation, path: Location) -> TrainValidation:
    strokes = pens.by_writers(pens.load_digits(path))
    return render_varied(strokes[0], PENS_RENDERINGS, np.random.default_rng(_SEED)), render(strokes[1])


def _load_letters(_: TrainValidation, path: Location) -> TrainValidation:
    parts = pens.by_writers(pens.load_characters(path))
    characters, validation = parts[0], pens.labelled(parts[1])
    strokes = pens.labelled(characters)
    again = _renderings(characters.labels) - 1
    is_sign = strokes.labels >= FIRST_SIGN
    rng = np.random.default_rng(_SEED)
    drawn = [
        render_varied(strokes, 1, rng),
        render_varied(strokes, np.where(is_sign, 0, again), rng),
        render_varied(strokes, np.where(is_sign, again, 0), rng, SIGN_PENS),
        render_varied(pens.side_by_side(strokes.chosen(~is_sign), WORD_PIECES, rng), 1, rng),
    ]
    return Split.joined(drawn), render(validation)


def _renderings(characters: np.ndarray) -> npt.NDArray[np.intp]:
    """Return how often each of (N,) characters, by their code points, is rendered: rare ones more often."""
    rare = COMMON / np.bincount(characters)[characters]
    # More of a lone stroke would only teach that a 1 is none.
    is_line = np.isin(characters, [ord(line) for line in LINES])
    return np.where(is_line, 1, np.ceil(rare).clip(1, MOST_RENDERINGS)).astype(np.intp)


def _load_styles(*_: Any) -> TrainValidation:
    """Nothing is chosen by styles: they are drawn by templates, of which none would be unseen."""
    rng = np.random.default_rng(_SEED)
    training = render_varied(styles.drawn(STYLES, rng), 1, rng)
    return training, training[:0]


def _load_paper(_: TrainValidation, path: Location) -> TrainValidation:
    scans = paper.load_scans(path)
    parts = paper.by_writers(scans)
    images = [paper.render_as_photos(parts[0]), paper.render_as_ink(parts[0]), paper.load_bitmaps(path)]
    return Split.joined(images), paper.render_as_photos(parts[1])


def _load_non_digits(mnist: TrainValidation, _: Location) -> TrainValidation:
    rng = np.random.default_rng(_SEED + 1)
    training = non_digit_images("training", mnist[0], 1.0, rng)
    validation = non_digit_images("validation", mnist[1], 0.05, rng)
    return Split.joined(training.values()), Split.joined(validation.values())


def _load_corrections(*_: Any) -> TrainValidation:
    """Nothing is chosen by corrections: they are mostly what was read wrong."""
    try:
        training = CorrectionStore(corrections_url()).labelled()
    except CorrectionsError as error:
        raise DataError(str(error)) from error
    return training, training[:0]


LOADERS: dict[str, SourceLoader] = {
    "mnist": SourceLoader(lambda mnist, _: mnist),
    "pen": SourceLoader(_load_pen, step=RENDERINGS),
    "pens": SourceLoader(_load_pens, step=PENS_RENDERINGS),
    "paper": SourceLoader(_load_paper),
    "fonts": SourceLoader(lambda *_: (font_digits("training"), font_digits("validation"))),
    # An odd step: some of the images are made in two ways by turns.
    "nondigits": SourceLoader(_load_non_digits, step=7),
    "letters": SourceLoader(_load_letters, step=7),
    "styles": SourceLoader(_load_styles),
    "corrections": SourceLoader(_load_corrections),
}
