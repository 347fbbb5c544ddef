"""From trained weights to the files of a finished run: calibrated, exported, scored and described."""

from __future__ import annotations

import platform
import shutil
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import keras
import numpy as np

from mnist_app.domain import (
    Calibration,
    Epoch,
    Kind,
    Predictions,
    Run,
    SetPredictions,
    Split,
    Status,
    TrainConfig,
    best_epoch,
)
from mnist_app.ink.canonical import from_bytes
from mnist_app.learning.architectures import apply_temperature, served
from mnist_app.learning.calibration import calibrate, fit_temperature
from mnist_app.learning.checkpoints import restore_best
from mnist_app.learning.data.sources import TrainingData
from mnist_app.learning.evaluation import evaluate, mnist_metrics
from mnist_app.learning.export import export, latency
from mnist_app.learning.fitting import PREDICT_BATCH, network
from mnist_app.learning.model_card import card
from mnist_app.runs import CARD_FILE, HISTORY_FILE, PREDICTIONS_FILE, SCORES_FILE
from mnist_app.runs.files import encode_predictions, encode_scores, write_run

_PACKAGES = ("keras", "tensorflow", "numpy", "ai-edge-litert")


def write_run_files(
    draft: Path, run: Run, config: TrainConfig, history: Sequence[Epoch], data: TrainingData
) -> None:
    """Write all files of a run that has learned, run.json last, into a draft.

    The best epoch's weights are calibrated on the validation images and exported; what was exported is scored
    once on every test set. Raises RunError if the weights can't be read, ExportError if the exported model
    differs, OSError.
    """
    shutil.copy(run.path / HISTORY_FILE, draft)
    model = network(config)
    restore_best(model, run.path)
    calibration = _calibrate(model, data)
    exported = served(model)
    sample = from_bytes(next(iter(data.validation_digits.values())).images)
    classifier = export(exported, draft, sample)
    predictions = {test.key: predict(exported, split) for test, split in data.test.items()}
    scores = evaluate(predictions, data.test, calibration)
    of_digits = {
        test.key: SetPredictions.from_probabilities(predictions[test.key].probabilities, split.labels)
        for test, split in data.test.items()
        if test.kind is not Kind.NON_DIGITS
    }
    (draft / SCORES_FILE).write_bytes(encode_scores(scores))
    if of_digits:
        (draft / PREDICTIONS_FILE).write_bytes(encode_predictions(of_digits))
    best = best_epoch(history)
    finished = Run(
        name=run.name,
        path=run.path,
        status=Status.FINISHED,
        created=datetime.now(UTC).replace(microsecond=0),
        config=config,
        epochs=len(history),
        best_epoch=best.epoch,
        versions=_versions(),
        commit=_commit(),
        parameters=model.count_params(),
        seconds=round(sum(epoch.seconds for epoch in history), 1),
        calibration=calibration,
        metrics={**mnist_metrics(scores), "val_loss": best.val_loss, "val_accuracy": best.val_accuracy},
        latency_ms=latency(classifier, sample),
    )
    (draft / CARD_FILE).write_text(card(finished, scores), encoding="utf-8")
    write_run(draft, finished)


def _calibrate(model: keras.Model, data: TrainingData) -> Calibration:
    """Fit the temperature, build it into the model, and fit the thresholds to the result."""
    digits, exported = data.validation_digits, served(model)
    temperature = fit_temperature({key: predict(exported, split) for key, split in digits.items()}, digits)
    apply_temperature(model, temperature)  # and with it to `exported`, which has the same layers
    return calibrate(temperature, {key: predict(exported, split) for key, split in digits.items()}, digits)


def predict(model: keras.Model, split: Split) -> Predictions:
    """Return a served network's predictions for a split's images."""
    output = model.predict(from_bytes(split.images), batch_size=PREDICT_BATCH, verbose=0)
    return Predictions.from_output(np.asarray(output, np.float32))


def _versions() -> dict[str, str]:
    packages = {package: version(package) for package in _PACKAGES}
    return {"python": platform.python_version(), **packages, "keras backend": keras.backend.backend()}


def _commit() -> str | None:
    """Return the commit that is checked out, with `-dirty` if files differ from it; None outside a clone."""
    command = ["git", "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"]
    try:
        done = subprocess.run(command, cwd=Path(__file__).parent, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()
