"""A training from a config and data to a run on disk."""

from __future__ import annotations

import dataclasses
import json
import platform
import shutil
import subprocess
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import keras
import numpy as np

from mnist_app.domain import Answers, Calibration, Material, Run, Split, TrainConfig
from mnist_app.errors import RunError, RunNotFoundError
from mnist_app.ink.canonical import from_bytes
from mnist_app.learning.architectures import build, served, soften
from mnist_app.learning.calibration import calibrate, fit_temperature
from mnist_app.learning.cards import write_card
from mnist_app.learning.challenges import MNIST
from mnist_app.learning.evaluation import evaluate, score_all
from mnist_app.learning.export import export
from mnist_app.learning.fitting import PREDICT_BATCH, best_epoch, best_weights, fit
from mnist_app.runs import (
    HISTORY_FILE,
    SCORES_FILE,
    TEST_FILE,
    RunStore,
    write_run,
)

CONFIG_FILE = "config.json"
_PACKAGES = ("keras", "tensorflow", "numpy", "ai-edge-litert")


def train(
    config: TrainConfig, material: Material, store: RunStore, name: str | None = None, verbose: int = 0
) -> Run:
    """Train, keep the epoch with the best validation accuracy, calibrate, score the test sets once, and save.

    Without a `name` the run gets the preset's, or the next free one. `verbose` is Keras's: 0 silent, 1 a
    progress bar, 2 a line an epoch. What was trained stays in the store's `training(name)` folder until it is
    a run: `resume` goes on where this was interrupted. Raises RunExistsError before any work where the name
    is taken or such a folder is there, RunError where the training diverges.
    """
    name = store.free_name(config.preset) if name is None else name
    folder = store.begin(name)
    (folder / CONFIG_FILE).write_text(
        json.dumps(dataclasses.asdict(config), indent=2) + "\n", encoding="utf-8"
    )
    return resume(name, material, store, verbose)


def unfinished(name: str, store: RunStore) -> TrainConfig:
    """The config of a training that was interrupted. Raises RunNotFoundError, RunExistsError or RunError."""
    store.claim(name)
    file = store.training(name) / CONFIG_FILE
    try:
        return TrainConfig(**json.loads(file.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise RunNotFoundError(f"There is no unfinished training named {name!r} in {store.root}.") from None
    except (OSError, ValueError, TypeError) as error:
        raise RunError(f"{file} cannot be read ({error!s:.80}). Delete its folder and train anew.") from None


def resume(name: str, material: Material, store: RunStore, verbose: int = 0) -> Run:
    """Go on with a training where it stopped, and make it a run. Raises as `unfinished` and `train`."""
    config, folder = unfinished(name, store), store.training(name)
    try:
        history = fit(config, material, folder, verbose)
    except RunError:
        shutil.rmtree(folder)  # it would diverge again
        raise
    with store.draft() as draft:
        shutil.copy(folder / HISTORY_FILE, draft)
        model = build(config.preset)
        model.set_weights(best_weights(folder))
        best = best_epoch(history)
        facts = {
            **_provenance(config),
            "parameters": model.count_params(),
            "seconds": round(sum(epoch.seconds for epoch in history), 1),
            "best_epoch": best.epoch,
        }
        facts |= _judge(model, material, draft)
        facts["metrics"] |= {"val_loss": best.val_loss, "val_accuracy": best.val_accuracy}
        write_card(draft, name, facts)
        write_run(draft, facts)
        run = store.publish(draft, name)
    shutil.rmtree(folder)
    return run


def _judge(model: keras.Model, material: Material, draft: Path) -> dict[str, Any]:
    """Calibrate by the validation images, export, and score what was exported once on every test set."""
    digits, whole = material.validation_digits, served(model)
    temperature = _temperature({name: ask(whole, split) for name, split in digits.items()}, digits)
    soften(model, temperature)  # and with it `whole`, whose layers are the same
    labels = {name: split.labels for name, split in digits.items()}
    calibration = calibrate(temperature, {name: ask(whole, split) for name, split in digits.items()}, labels)
    export(whole, draft, from_bytes(material.validation["mnist"].images))
    return {
        "calibration": dataclasses.asdict(calibration),
        "metrics": _score(whole, material, calibration, draft),
    }


def _temperature(answers: dict[str, Answers], digits: dict[str, Split]) -> float:
    groups = np.repeat(np.arange(len(digits)), [len(split) for split in digits.values()])
    labels = np.concatenate([split.labels for split in digits.values()])
    return fit_temperature(np.concatenate([a.probabilities for a in answers.values()]), labels, groups)


def _score(model: keras.Model, material: Material, calibration: Calibration, draft: Path) -> dict[str, float]:
    """Save the score on every test set, and what the model says of MNIST's."""
    answers = {name: ask(model, split) for name, split in material.test.items()}
    rows = [dataclasses.asdict(s) for s in score_all(answers, material.test, calibration)]
    (draft / SCORES_FILE).write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")
    if MNIST not in answers:
        return {}
    probabilities, labels = answers[MNIST].probabilities, material.test[MNIST].labels
    np.savez_compressed(draft / TEST_FILE, probabilities=probabilities, labels=labels)
    result = evaluate(probabilities, labels)
    return {"test_loss": result.loss, "test_accuracy": result.accuracy}


def ask(model: keras.Model, split: Split) -> Answers:
    """What a served network says of a split's images."""
    output = model.predict(from_bytes(split.images), batch_size=PREDICT_BATCH, verbose=0)
    return Answers.from_output(np.asarray(output, np.float32))


def _provenance(config: TrainConfig) -> dict[str, Any]:
    versions = {"python": platform.python_version()} | {p: version(p) for p in _PACKAGES}
    return {
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "config": dataclasses.asdict(config),
        "versions": versions | {"keras backend": keras.backend.backend()},
        "commit": _commit(),
    }


def _commit() -> str | None:
    """The commit that is checked out, with `-dirty` where files differ from it; None outside a clone."""
    command = ["git", "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"]
    try:
        done = subprocess.run(command, cwd=Path(__file__).parent, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()
