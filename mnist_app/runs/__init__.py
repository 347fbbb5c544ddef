"""What is on disk: runs, trainings that are none yet, and what goes out and comes in."""

from mnist_app.runs.files import (
    CARD_FILE,
    EVALUATIONS_FILE,
    HISTORY_FILE,
    KERAS_FILE,
    NOTE_FILE,
    PREDICTIONS_FILE,
    RUN_FILE,
    SCORES_FILE,
    SERVED_FILE,
    TEST_FILE,
)
from mnist_app.runs.store import DEFAULT_RUN, RunStore, models_dir

__all__ = [
    "CARD_FILE",
    "DEFAULT_RUN",
    "EVALUATIONS_FILE",
    "HISTORY_FILE",
    "KERAS_FILE",
    "NOTE_FILE",
    "PREDICTIONS_FILE",
    "RUN_FILE",
    "SCORES_FILE",
    "SERVED_FILE",
    "TEST_FILE",
    "RunStore",
    "models_dir",
]
