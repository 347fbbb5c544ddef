"""Results of a run: its history, scores and predictions, from files that are checked as they are read."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from mnist_app.domain import Epoch, Run, SetPredictions, SetScore
from mnist_app.errors import RunDamagedError, RunNotFoundError
from mnist_app.runs import files, format_1
from mnist_app.runs.files import HISTORY_FILE, PREDICTIONS_FILE, RUN_FILE, SCORES_FILE

_T = TypeVar("_T")


def read_file(run: Run, file: str) -> bytes:
    """Return one of a finished run's files, checked against run.json.

    Raises RunDamagedError, or RunNotFoundError if the run was deleted meanwhile.
    """
    expected = run.files.get(file)
    if expected is None:
        raise damaged(run.name, file, f"is not listed in {RUN_FILE}")
    try:
        content = (run.path / file).read_bytes()
    except OSError as error:
        if not run.path.exists():
            raise RunNotFoundError(f"The run {run.name!r} is not there any more.") from None
        raise damaged(run.name, file, f"cannot be read ({error.strerror})") from error
    if hashlib.sha256(content).hexdigest() != expected:
        raise damaged(run.name, file, f"is not the file that {RUN_FILE} names (its SHA-256 differs)")
    return content


def read_history(run: Run) -> list[Epoch]:
    """Return every complete epoch of a run. Raises as `read_file`."""
    if not run.is_finished:
        return list(run.history)
    history = _parsed(run, HISTORY_FILE, files.parse_history, "a training history")
    if not 1 <= run.best_epoch <= len(history):
        raise damaged(run.name, HISTORY_FILE, f"has {len(history)} epochs, the best is {run.best_epoch}")
    return history


def read_scores(run: Run) -> list[SetScore]:
    """Return a run's score on every test set; none if it was never scored. Raises as `read_file`."""
    if SCORES_FILE in run.files:
        return _parsed(run, SCORES_FILE, files.parse_scores, "a list of scores")
    if format_1.SCORES_FILE not in run.files:
        return []
    more = read_file(run, format_1.EVALUATIONS_FILE) if format_1.EVALUATIONS_FILE in run.files else None
    parse = partial(format_1.parse_scores, evaluations=more)
    return _parsed(run, format_1.SCORES_FILE, parse, "a list of scores")


def read_predictions(run: Run, name: str) -> SetPredictions:
    """Return a run's predictions for each image of a labelled test set. Raises as `read_file`."""
    is_older = format_1.PREDICTIONS_FILE in run.files
    file = format_1.PREDICTIONS_FILE if is_older else PREDICTIONS_FILE
    parse = partial(files.parse_predictions, key=name, true=format_1.TRUE if is_older else files.TRUE)
    return _parsed(run, file, parse, f"an archive of predictions for {name!r}")


def upgrade(run: Run) -> None:
    """Write a finished run's files in today's format; a damaged run stays as it is. Raises OSError."""
    older = format_1.FILES & set(run.files)
    if older:
        try:
            format_1.upgrade(run, read_scores(run), {file: read_file(run, file) for file in older})
        except RunDamagedError:
            return


def damaged(name: str, file: str, what: str) -> RunDamagedError:
    """Return the error for a damaged file of a run."""
    return RunDamagedError(f"The run {name!r} is damaged: {file} {what}. Restore it, or choose another run.")


def _parsed(run: Run, file: str, parse: Callable[[bytes], _T], what: str) -> _T:
    try:
        return parse(read_file(run, file))
    except ValueError as error:
        raise damaged(run.name, file, f"is not {what} ({error!s:.80})") from error
