"""`runs export` and `runs import`: runs that go out, and runs that were made elsewhere."""

from __future__ import annotations

import re
from pathlib import Path

import click
import numpy as np

from mnist_app.cli import options
from mnist_app.cli.options import PATH, is_confirmed, open_finished
from mnist_app.cli.tables import printable
from mnist_app.errors import RunDamagedError, RunError, RunExistsError
from mnist_app.ink.canonical import SIZE
from mnist_app.reading.classifier import Classifier
from mnist_app.runs import KERAS_FILE, SERVED_FILE, RunStore
from mnist_app.runs.archive import Import, export_run, keep_import, open_import
from mnist_app.runs.atomic import write_atomically
from mnist_app.runs.csv_logger import import_log
from mnist_app.runs.store import MAX_NAME

WARNING = """\
A model is a program. Import it only from people whom you trust: that the digests are right
shows that nothing was changed on the way, not who made it."""
_LOGS = (".csv", ".tsv", ".log", ".txt")
_ROUNDING = 1e-3  # of a sum of ten probabilities


@click.command()
@click.argument("name")
@click.argument("file", required=False, type=PATH)
@click.option("--force", is_flag=True, help="Replace the file if it exists.")
def export(name: str, file: Path | None, force: bool) -> None:
    """Write a run as one zip, by default NAME.zip."""
    store = RunStore()
    content = export_run(store, open_finished(store, name))
    file = file or Path(f"{name}.zip")
    file = file / f"{name}.zip" if file.is_dir() else file
    if file.exists() and not force:
        raise RunError(f"{str(file)!r} exists. Choose another file, or add --force to replace it.")
    try:
        write_atomically(file, content)
    except OSError as error:
        raise RunError(f"{str(file)!r} cannot be written: {error.strerror}.") from error
    print(printable(str(file)))


@click.command("import")
@click.argument("file", type=PATH)
@click.option("--name", help="Name of the run.  [default: the one in the zip, or the log's]")
@options.yes
def import_run(file: Path, name: str | None, is_sure: bool) -> None:
    """Import a run's zip, or a log of Keras's CSVLogger (.csv)."""
    store = RunStore()
    if file.suffix.lower() in _LOGS:
        # A run's name has no other characters.
        name = name or re.sub(r"[^A-Za-z0-9._-]+", "-", file.stem).strip("._-")[:MAX_NAME] or "log"
        _check_free(store, name)
        found_log = import_log(store, file, name)
        run, left_out = found_log.run, ", ".join(found_log.left_out)
        print(f"{printable(str(run.path))}: curves of {run.epochs} epochs, the best is {run.best_epoch}")
        if left_out:
            print(f"Left out, since a run has no such figures: {printable(left_out)}")
        return
    found = open_import(store, file, name)
    _check_free(store, found.run.name)
    print(_description(found))
    if SERVED_FILE in found.contents:
        print(f"\n{WARNING}")
        if not is_confirmed(f"Import {found.run.name}?", is_sure):
            print("Nothing was imported.")
            return
        _check_served(found)
    print(f"\n{printable(str(keep_import(store, found).path))}: imported")


def _check_free(store: RunStore, name: str) -> None:
    if store.path(name).exists():
        raise RunExistsError(f"A run named {name!r} exists. Choose another name with --name.")


def _description(found: Import) -> str:
    run = found.run
    lines = [f"name          {run.name}", f"preset        {printable(run.preset) or 'none: curves only'}"]
    if run.parameters is not None:
        lines.append(f"parameters    {run.parameters:,}")
    files = [file for file in (KERAS_FILE, SERVED_FILE) if file in run.files]
    return "\n".join([*lines, *(f"{file:<13} SHA-256 {run.files[file]}" for file in files)])


def _check_served(found: Import) -> None:
    """Check that the served model gives probabilities. Raises RunDamagedError."""
    classifier = Classifier.checked(found.contents[SERVED_FILE], found.run.name)
    try:
        predictions = classifier.predict(np.zeros((2, SIZE, SIZE), np.float32))
        sums = predictions.probabilities.sum(axis=1)
    except (ValueError, RuntimeError, IndexError) as error:
        raise RunDamagedError(f"{SERVED_FILE} does not take images of digits ({error!s:.80}).") from error
    if not (np.allclose(sums, 1, atol=_ROUNDING) and np.isfinite(predictions.digit_probability).all()):
        raise RunDamagedError(f"{SERVED_FILE} does not give probabilities of ten digits.")
