"""Train a run, from its settings to its files.

Keras is imported after the data are loaded: a missing file is reported at once.
"""

from __future__ import annotations

import dataclasses
import os
import time
from collections.abc import Callable, Mapping
from contextlib import suppress

from mnist_app.domain import Run, Split, TestSet, TrainConfig
from mnist_app.errors import RunError
from mnist_app.learning.data.sources import TrainingData
from mnist_app.runs import TENSORBOARD, RunStore
from mnist_app.runs.files import CONFIG_FILE, HISTORY_FILE
from mnist_app.runs.training_job import training_process

Data = TrainingData | Callable[[TrainConfig], TrainingData]  # the images, or a function that loads them
TestSets = Callable[[], Mapping[TestSet, Split]]  # a function: test sets take as long as some epochs


def train(
    config: TrainConfig,
    data: Data,
    store: RunStore,
    name: str | None = None,
    verbose: int = 0,
    test_sets: TestSets | None = None,
    tensorboard: bool = False,
) -> Run:
    """Train, keep the epoch with the best validation accuracy, calibrate, score the test sets once, and save.

    Without a `name` the run gets the preset's, or the next free one. `verbose` is Keras's: 0 silent, 1 a
    progress bar, 2 a line an epoch. `test_sets` loads test sets instead of the data's own. With
    `tensorboard`, event files are written beside the run's. If this is interrupted, `resume` goes on from the
    last complete epoch; a run without one is deleted. Raises RunExistsError before any work if the name is
    taken, RunError if the training diverges.
    """
    run = store.create(config, name)
    try:
        if tensorboard:
            (run.path / TENSORBOARD).mkdir()
        return resume(run.name, data, store, verbose, test_sets=test_sets)
    except BaseException:
        if (run.path / CONFIG_FILE).exists() and not (run.path / HISTORY_FILE).exists():
            with suppress(RunError):
                store.delete(run.name)
        raise


def resume(
    name: str,
    data: Data,
    store: RunStore,
    verbose: int = 0,
    finish: bool = False,
    test_sets: TestSets | None = None,
) -> Run:
    """Go on with a run that is not finished; with `finish`, save the best of the epochs that it has.

    The other arguments are those of `train`. Raises RunNotFoundError, RunExistsError if the run is finished,
    and RunError if its files are damaged or another process trains it.
    """
    config = store.settings(name)
    with training_process(store, name) as report:
        report.phase("Reading the data")
        loaded = data if isinstance(data, TrainingData) else data(config)
        report.phase("Loading TensorFlow")
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # read when TensorFlow starts, which is chatty
        # TensorFlow uses oneDNN by itself only on newer processors; on others it halves the time of a step.
        os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
        from mnist_app.learning import export, fitting

        report.phase("Learning")
        if not finish:
            config = store.change_settings(name, fitting.settled(config, loaded))
        run = store.unfinished(name)
        history = run.history if finish else fitting.fit(config, loaded, run.path, verbose, report)
        if not history:
            raise RunError(
                "No epoch is finished yet, so there is nothing to save. Resume the training first."
            )
        learned_at = time.monotonic()
        if test_sets is not None:
            report.phase("Reading the test sets")
            loaded = dataclasses.replace(loaded, test=test_sets())
        with store.draft(inside=run.path) as draft:
            export.write_run_files(draft, run, config, history, loaded, learned_at, report)
            return store.finish(draft, name)
