"""The nouns of the project, as frozen values. Standard library and numpy only."""

from mnist_app.domain.arrays import DIGITS, ByteArray, FloatArray
from mnist_app.domain.handwriting import CERTAIN, FEW, Box, Boxed, Digit, Drawing, Photo, Reading, text_of
from mnist_app.domain.learning import Dataset, Epoch, Material, PenStrokes, Split, TrainConfig
from mnist_app.domain.run import Run
from mnist_app.domain.scores import Answers, Calibration, DigitScore, Evaluation, SetScore

__all__ = [
    "CERTAIN",
    "DIGITS",
    "FEW",
    "Answers",
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
    "Material",
    "PenStrokes",
    "Photo",
    "Reading",
    "Run",
    "SetScore",
    "Split",
    "TrainConfig",
    "text_of",
]
