"""The nouns of the project, as frozen values. Standard library and numpy only."""

from mnist_app.domain.catalogue import (
    DIGITS,
    FIRST_SIGN,
    MNIST_TEST,
    NOT_A_DIGIT,
    SIGNS,
    SOURCES,
    ByteArray,
    FloatArray,
    ImageSet,
    Kind,
    Source,
    Split,
    TestSet,
    kinds_of,
)
from mnist_app.domain.correction import Correction, CorrectionScore
from mnist_app.domain.handwriting import (
    CERTAIN,
    PERHAPS,
    Box,
    Boxed,
    Digit,
    Drawing,
    Photo,
    Verdict,
)
from mnist_app.domain.predictions import (
    Comparison,
    Positions,
    Predictions,
    SetPredictions,
    compare_predictions,
    mcnemar,
)
from mnist_app.domain.reading import Group, LeftOut, Reading, Sign, text_of
from mnist_app.domain.run import Progress, Run, Status
from mnist_app.domain.scores import Bin, Calibration, DigitScore, Evaluation, SetScore
from mnist_app.domain.training import ABOUT, FASTEST, FIGURES, PRESETS, Epoch, TrainConfig, best_epoch
