"""The nouns of the project, as frozen values. Standard library and numpy only."""

from mnist_app.domain.arrays import DIGITS, ByteArray, FloatArray
from mnist_app.domain.handwriting import CERTAIN, Box, Boxed, Digit, Drawing, Photo, Reading, Verdict, text_of
from mnist_app.domain.predictions import Comparison, Positions, SetPredictions, compare_predictions, mcnemar
from mnist_app.domain.run import Run, Training
from mnist_app.domain.scores import Bin, Calibration, DigitScore, Evaluation, Predictions, SetScore
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
    "FIGURES",
    "SOURCES",
    "Bin",
    "Box",
    "Boxed",
    "ByteArray",
    "Calibration",
    "Comparison",
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
    "Predictions",
    "Reading",
    "Run",
    "SetPredictions",
    "SetScore",
    "Split",
    "TrainConfig",
    "Training",
    "Verdict",
    "best_epoch",
    "compare_predictions",
    "mcnemar",
    "text_of",
]
