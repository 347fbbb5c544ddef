"""`runs export` and `runs import`: runs that go out, and those that were made elsewhere."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import numpy as np

from mnist_app.cli.options import confirmed as is_wanted
from mnist_app.cli.tables import printable
from mnist_app.errors import RunDamagedError, RunError, RunExistsError
from mnist_app.ink.canonical import SIZE
from mnist_app.reading.classifier import Classifier
from mnist_app.runs import KERAS_FILE, SERVED_FILE, RunStore
from mnist_app.runs.archive import export_run
from mnist_app.runs.atomic import write_atomically
from mnist_app.runs.csv_logger import import_log
from mnist_app.runs.parcel import Parcel, keep, open_parcel

WARNING = """\
A model is a program. Import it only from people whom you trust: that the digests are right
shows that nothing was changed on the way, not who made it."""
_LOGS = (".csv", ".tsv", ".log", ".txt")
_MAX_NAME = 64
_ROUNDING = 1e-3  # of a sum of ten probabilities


def export(options: argparse.Namespace) -> int:
    """Write a run as a zip. Returns the exit status, as all of these."""
    store = RunStore()
    content = export_run(store, store.open(options.name))
    file = options.file or Path(f"{options.name}.zip")
    file = file / f"{options.name}.zip" if file.is_dir() else file
    if file.exists() and not options.force:
        raise RunError(f"{str(file)!r} exists. Choose another file, or say --force to replace it.")
    try:
        write_atomically(file, content)
    except OSError as error:
        raise RunError(f"{str(file)!r} cannot be written: {error.strerror}.") from error
    print(printable(str(file)))
    return 0


def import_run(options: argparse.Namespace) -> int:
    """Make what was exported elsewhere, or what Keras logged, a run."""
    store = RunStore()
    if options.file.suffix.lower() in _LOGS:
        run = import_log(store, options.file, _free(store, options.name or _name_of(options.file)))
        print(f"{printable(str(run.path))}: curves of {run.epochs} epochs, the best is {run.best_epoch}")
        return 0
    parcel = open_parcel(store, options.file, options.name)
    _free(store, parcel.run.name)
    print(_about(parcel))
    if SERVED_FILE in parcel.contents:
        print(f"\n{WARNING}")
        if not is_wanted(f"Import {parcel.run.name}?", options.yes):
            print("Nothing was imported.")
            return 0
        _check_served(parcel)
    print(f"\n{printable(str(keep(store, parcel).path))}: imported")
    return 0


def _name_of(log: Path) -> str:
    """A run's name from a log's: what no name can have is a hyphen."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", log.stem).strip("._-")[:_MAX_NAME] or "log"


def _free(store: RunStore, name: str) -> str:
    """The name, if no run and no training has it."""
    if store.path(name).exists() or store.training(name).exists():
        raise RunExistsError(f"A run or training named {name!r} exists. Choose another name with --name.")
    return name


def _about(parcel: Parcel) -> str:
    run = parcel.run
    lines = [f"name          {run.name}", f"preset        {printable(run.preset) or 'none: curves only'}"]
    if run.parameters is not None:
        lines.append(f"parameters    {run.parameters:,}")
    lines += [
        f"{file:<13} SHA-256 {run.files[file]}" for file in (KERAS_FILE, SERVED_FILE) if file in run.files
    ]
    return "\n".join(lines)


def _check_served(parcel: Parcel) -> None:
    """Check that the served model gives probabilities. Raises RunDamagedError."""
    classifier = Classifier(parcel.contents[SERVED_FILE], parcel.run.name)
    try:
        answers = classifier.predict(np.zeros((2, SIZE, SIZE), np.float32))
        likely = answers.probabilities.sum(axis=1)
    except (ValueError, RuntimeError, IndexError) as error:
        raise RunDamagedError(f"{SERVED_FILE} does not take images of digits ({error!s:.80}).") from error
    if not (np.allclose(likely, 1, atol=_ROUNDING) and np.isfinite(answers.digit_probability).all()):
        raise RunDamagedError(f"{SERVED_FILE} does not give probabilities of ten digits.")
