"""Keep runs, image sets and the processes that write them on disk. Imports nothing but domain and errors."""

from mnist_app.runs.files import (
    CARD_FILE,
    HISTORY_FILE,
    KERAS_FILE,
    NOTE_FILE,
    PREDICTIONS_FILE,
    RUN_FILE,
    SCORES_FILE,
    SERVED_FILE,
    TENSORBOARD,
)
from mnist_app.runs.folders import models_dir
from mnist_app.runs.store import DEFAULT_RUN, RunStore

__all__ = [
    "CARD_FILE",
    "DEFAULT_RUN",
    "HISTORY_FILE",
    "KERAS_FILE",
    "NOTE_FILE",
    "PREDICTIONS_FILE",
    "RUN_FILE",
    "SCORES_FILE",
    "SERVED_FILE",
    "TENSORBOARD",
    "RunStore",
    "models_dir",
]
