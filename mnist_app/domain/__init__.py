"""The nouns of the project, as frozen values. Standard library and numpy only."""

from mnist_app.domain.arrays import DIGITS, ByteArray, FloatArray
from mnist_app.domain.handwriting import CERTAIN, FEW, Box, Boxed, Digit, Drawing, Photo, Reading, text_of
from mnist_app.domain.predictions import Positions, SetAnswers, Versus, mcnemar, versus
from mnist_app.domain.run import Run, Training
from mnist_app.domain.scores import Answers, Bin, Calibration, DigitScore, Evaluation, SetScore
from mnist_app.domain.training import (
    FIGURES,
    SOURCES,
    Dataset,
    Epoch,
    ImageSet,
    Material,
    PenStrokes,
    Split,
    TrainConfig,
    best_epoch,
)

__all__ = [
    "CERTAIN",
    "DIGITS",
    "FEW",
    "FIGURES",
    "SOURCES",
    "Answers",
    "Bin",
    "Box",
    "Boxed",
    "ByteArray",
    "Calibration",
    "Dataset",
    "Digit",
    "DigitScore",
    "Drawing",
    "Epoch",
    "Evaluation",
    "FloatArray",
    "ImageSet",
    "Material",
    "PenStrokes",
    "Photo",
    "Positions",
    "Reading",
    "Run",
    "SetAnswers",
    "SetScore",
    "Split",
    "TrainConfig",
    "Training",
    "Versus",
    "best_epoch",
    "mcnemar",
    "text_of",
    "versus",
]
