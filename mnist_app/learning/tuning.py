"""Search for better settings with Optuna; each trial is a run like any other.

Trials are judged by validation images alone, and are not scored on any test set.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import optuna

from mnist_app.domain import TrainConfig
from mnist_app.errors import DivergedError, ExportError, RunNotFoundError
from mnist_app.learning.data.sources import TrainingData
from mnist_app.learning.training import train
from mnist_app.runs import RunStore


def studies_file(store: RunStore) -> Path:
    """Return the file that the store keeps its studies in."""
    return store.root / "studies.sqlite3"


def tune(
    base: TrainConfig,
    data: TrainingData,
    store: RunStore,
    study: str,
    trials: int,
    report: Callable[[str], None] = print,
) -> optuna.Study:
    """Search until the study has this many finished trials; one that exists goes on from those it has.

    Each trial is a run named `STUDY-001` and so on. `report` is called with a line for each. A trial that
    diverges counts as finished and failed.
    """
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    store.root.mkdir(parents=True, exist_ok=True)
    search = optuna.create_study(
        storage=f"sqlite:///{studies_file(store)}",
        study_name=study,
        direction="maximize",
        load_if_exists=True,
    )
    # Another seed for a study that goes on: the same one would try the same settings again.
    search.sampler = optuna.samplers.TPESampler(seed=base.seed + len(search.trials))
    unscored = dataclasses.replace(data, test={})

    def objective(trial: optuna.Trial) -> float:
        name = store.free_name(f"{study}-{trial.number + 1:03d}")
        try:
            accuracy = train(suggest(trial, base), unscored, store, name).metrics["val_accuracy"]
        except DivergedError:  # it would diverge again
            with suppress(RunNotFoundError):  # it had no epoch to keep
                store.delete(name)
            raise
        report(f"{name}: {accuracy:.2%} on validation, {trial.params}")
        return accuracy

    finished = (optuna.trial.TrialState.COMPLETE, optuna.trial.TrialState.FAIL)
    missing = trials - len(search.get_trials(states=finished, deepcopy=False))
    if missing > 0:
        search.optimize(objective, n_trials=missing, catch=(DivergedError, ExportError))
    return search


def suggest(trial: optuna.Trial, base: TrainConfig) -> TrainConfig:
    """Choose the settings of one trial; a dense network's layers are settings, too."""
    preset = base.preset
    if preset.startswith("dense"):
        layers = trial.suggest_int("layers", 1, 3)
        units = [trial.suggest_categorical(f"units {i + 1}", [32, 64, 128, 256, 512]) for i in range(layers)]
        preset = "-".join(["dense", *map(str, units)])
    return dataclasses.replace(
        base,
        preset=preset,
        epochs=trial.suggest_int("epochs", max(1, base.epochs // 2), base.epochs),
        batch_size=trial.suggest_categorical("batch size", [32, 64, 128, 256]),
        learning_rate=trial.suggest_float("learning rate", 1e-4, 1e-2, log=True),
        weight_decay=trial.suggest_float("weight decay", 1e-4, 1e-1, log=True),
        cosine_decay=trial.suggest_categorical("cosine decay", [False, True]),
        augment=trial.suggest_categorical("augment", [False, True]),
    )
