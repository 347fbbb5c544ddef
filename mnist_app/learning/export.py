"""From trained weights to the files of a finished run: calibrated, exported, scored and described.

`model.keras` is kept, `model.tflite` is served, its weights in float16, which halves the file; both are
calibrated, and compared with each other.
"""

from __future__ import annotations

import platform
import shutil
import statistics
import subprocess
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import keras
import numpy as np

from mnist_app.domain import (
    Calibration,
    Epoch,
    FloatArray,
    Predictions,
    Run,
    SetPredictions,
    SetScore,
    Split,
    Status,
    TestSet,
    TrainConfig,
    best_epoch,
    kinds_of,
)
from mnist_app.errors import ExportError, RunDamagedError
from mnist_app.ink.canonical import from_bytes
from mnist_app.learning.architectures import DIGIT, KIND, apply_temperature, build, served
from mnist_app.learning.checkpoints import restore_best
from mnist_app.learning.data.sources import TrainingData
from mnist_app.learning.evaluation import calibrate, evaluate, fit_temperature, mnist_metrics
from mnist_app.learning.fitting import PREDICT_BATCH
from mnist_app.learning.look_alikes import write_look_alikes
from mnist_app.learning.model_card import card
from mnist_app.reading.classifier import Classifier
from mnist_app.runs import (
    CARD_FILE,
    HISTORY_FILE,
    KERAS_FILE,
    PREDICTIONS_FILE,
    SCORES_FILE,
    SERVED_FILE,
)
from mnist_app.runs.files import encode_predictions, encode_scores, write_run
from mnist_app.runs.job_process import JobReport

TOLERANCE = 2e-3  # the largest difference of a probability that is still the same model, in float16
CHECKED_IMAGES = 1_000
TIMED_IMAGES = 300
_PACKAGES = ("keras", "tensorflow", "numpy", "ai-edge-litert")


def write_run_files(
    draft: Path,
    run: Run,
    config: TrainConfig,
    history: Sequence[Epoch],
    data: TrainingData,
    learned_at: float,
    report: JobReport,
) -> None:
    """Write all files of a run that has learned, run.json last, into a draft.

    The best epoch's weights are calibrated on the validation images and exported; what was exported is scored
    once on every test set. `learned_at` is when the last epoch ended, by
    `time.monotonic`. Raises RunError if the weights can't be read, ExportError if the exported model differs,
    OSError.
    """
    report.phase("Calibrating")
    shutil.copy(run.path / HISTORY_FILE, draft)
    model = build(config)
    restore_best(model, run.path)
    exported, digits = served(model), data.validation_digits
    # `exported` shares these layers, so it is calibrated too.
    temperature = fit_temperature([(predict(exported, s).probabilities, s.labels) for s in digits.values()])
    apply_temperature(model, DIGIT, temperature)
    if config.learns_non_digits:
        every = data.validation.values()
        kinds = [(predict(exported, split).kinds, kinds_of(split.labels)) for split in every]
        apply_temperature(model, KIND, fit_temperature(kinds))
    calibration = calibrate(
        temperature, {key: predict(exported, split) for key, split in digits.items()}, digits
    )
    sample = from_bytes(next(iter(digits.values())).images)
    classifier = export(exported, draft, sample)
    scores = _write_scores(draft, classifier, data.test, calibration, report)
    report.phase("Indexing training images")
    write_look_alikes(draft, data.training)
    best = best_epoch(history)
    finished = Run(
        name=run.name,
        path=run.path,
        status=Status.FINISHED,
        created=datetime.now(UTC).replace(microsecond=0),
        config=config,
        epochs=len(history),
        best_epoch=best.epoch,
        versions={
            "python": platform.python_version(),
            **{package: version(package) for package in _PACKAGES},
            "keras backend": keras.backend.backend(),
        },
        commit=_commit(),
        parameters=model.count_params(),
        seconds=round(sum(epoch.seconds for epoch in history), 1),
        scoring_seconds=round(time.monotonic() - learned_at, 1),
        calibration=calibration,
        metrics={**mnist_metrics(scores), "val_loss": best.val_loss, "val_accuracy": best.val_accuracy},
        latency_ms=latency(classifier, sample),
    )
    (draft / CARD_FILE).write_text(card(finished, scores), encoding="utf-8")
    write_run(draft, finished)


def _write_scores(
    draft: Path,
    classifier: Classifier,
    sets: Mapping[TestSet, Split],
    calibration: Calibration,
    report: JobReport,
) -> list[SetScore]:
    """Score what is served on every test set, and write the scores and the predictions of digits."""
    predictions = {}
    for number, (test, split) in enumerate(sets.items(), 1):
        report.phase(f"Scoring set {number} of {len(sets)}: {test.title}")
        predictions[test.key] = classifier.predict(from_bytes(split.images))
    scores = evaluate(predictions, sets, calibration)
    (draft / SCORES_FILE).write_bytes(encode_scores(scores))
    of_digits = {
        test.key: SetPredictions.from_probabilities(predictions[test.key].probabilities, split.labels)
        for test, split in sets.items()
        if test.kind.is_of_digits
    }
    if of_digits:
        (draft / PREDICTIONS_FILE).write_bytes(encode_predictions(of_digits))
    return scores


def predict(model: keras.Model, split: Split) -> Predictions:
    """Return a served network's predictions for a split's images."""
    output = model.predict(from_bytes(split.images), batch_size=PREDICT_BATCH, verbose=0)
    return Predictions.from_output(np.asarray(output, np.float32))


def export(model: keras.Model, folder: Path, images: FloatArray) -> Classifier:
    """Write both files and return the classifier that serves, compared with the network on the images.

    The first CHECKED_IMAGES of the (N, 28, 28) images are compared. Raises ExportError if a probability
    differs by more than TOLERANCE.
    """
    model.save(folder / KERAS_FILE)
    model.export(folder / SERVED_FILE, format="litert", verbose=False, **_in_float16())
    try:
        classifier = Classifier((folder / SERVED_FILE).read_bytes(), folder.name)
    except RunDamagedError as error:
        raise ExportError(f"The exported model cannot be served: {error} Nothing was saved.") from error
    sample = images[:CHECKED_IMAGES]
    output = model.predict(sample, batch_size=len(sample), verbose=0)
    verify(classifier, sample, Predictions.from_output(np.asarray(output, np.float32)))
    return classifier


def _in_float16() -> dict[str, Any]:
    """Return the options of LiteRT's converter by which weights are kept in float16."""
    import tensorflow as tf  # the exporter needs it with any backend of Keras

    return {
        "optimizations": [tf.lite.Optimize.DEFAULT],
        "target_spec": {"supported_types": [tf.float16]},
    }


def verify(classifier: Classifier, images: FloatArray, expected: Predictions) -> None:
    """Raise ExportError if a classifier's predictions for (N, 28, 28) images are not those expected."""
    actual = classifier.predict(images)
    difference = np.maximum(  # Python's max would lose NaN
        np.abs(actual.probabilities - expected.probabilities).max(),
        np.abs(actual.kinds - expected.kinds).max(),
    )
    if not difference <= TOLERANCE:  # NaN is not
        raise ExportError(
            f"{SERVED_FILE} differs from the trained model by {difference:.2g} in a probability; at most "
            f"{TOLERANCE:g} is allowed. Nothing was saved."
        )


def latency(classifier: Classifier, images: FloatArray) -> float:
    """Return the median of the milliseconds that one of (N, 28, 28) images takes on this machine."""
    times = []
    for image in images[:TIMED_IMAGES]:
        started = time.perf_counter()
        classifier.predict(image[None])
        times.append(time.perf_counter() - started)
    return round(statistics.median(times) * 1e3, 4)


def _commit() -> str | None:
    """Return the commit that is checked out, with `-dirty` if files differ from it; None outside a clone."""
    command = ["git", "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"]
    try:
        done = subprocess.run(command, cwd=Path(__file__).parent, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()
