"""The nouns of the project, as frozen values. Standard library and numpy only."""

from mnist_app.domain.catalogue import MNIST_TEST, NOT_A_DIGIT, SOURCES, Kind, Source, TestSet
from mnist_app.domain.handwriting import CERTAIN, Box, Boxed, Digit, Drawing, Photo, Reading, Verdict, text_of
from mnist_app.domain.images import DIGITS, ByteArray, FloatArray, ImageSet, Split
from mnist_app.domain.predictions import (
    Comparison,
    Positions,
    Predictions,
    SetPredictions,
    compare_predictions,
    mcnemar,
)
from mnist_app.domain.run import Progress, Run, Status
from mnist_app.domain.scores import Bin, Calibration, DigitScore, Evaluation, SetScore
from mnist_app.domain.training import ABOUT, FIGURES, PRESETS, Epoch, TrainConfig, best_epoch

__all__ = [
    "ABOUT",
    "CERTAIN",
    "DIGITS",
    "FIGURES",
    "MNIST_TEST",
    "NOT_A_DIGIT",
    "PRESETS",
    "SOURCES",
    "Bin",
    "Box",
    "Boxed",
    "ByteArray",
    "Calibration",
    "Comparison",
    "Digit",
    "DigitScore",
    "Drawing",
    "Epoch",
    "Evaluation",
    "FloatArray",
    "ImageSet",
    "Kind",
    "Photo",
    "Positions",
    "Predictions",
    "Progress",
    "Reading",
    "Run",
    "SetPredictions",
    "SetScore",
    "Source",
    "Split",
    "Status",
    "TestSet",
    "TrainConfig",
    "Verdict",
    "best_epoch",
    "compare_predictions",
    "mcnemar",
    "text_of",
]
