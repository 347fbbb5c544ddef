"""A run that was made elsewhere, from its zip.

It may be anybody's: it is checked before any of it is kept, and none of it is run here.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from mnist_app.domain import Run
from mnist_app.errors import ImportRefusedError, RunError, RunNewerError
from mnist_app.runs import files, scored
from mnist_app.runs.archive import is_unpinned
from mnist_app.runs.files import (
    EVALUATIONS_FILE,
    HISTORY_FILE,
    KERAS_FILE,
    MAX_NOTE,
    NOTE_FILE,
    PINNED,
    PREDICTIONS_FILE,
    RUN_FILE,
    SCORES_FILE,
    SERVED_FILE,
    TEST_FILE,
)
from mnist_app.runs.keras_check import check_model
from mnist_app.runs.safe_zip import check_zip, read_bounded, unzip
from mnist_app.runs.store import RunStore

_T = TypeVar("_T")
_PARSERS: dict[str, Callable[[bytes], Any]] = {
    HISTORY_FILE: files.history_from,
    SCORES_FILE: scored.scores_from,
    EVALUATIONS_FILE: scored.evaluations_from,
    PREDICTIONS_FILE: check_zip,
    TEST_FILE: check_zip,
    KERAS_FILE: check_model,
}
_WRONG = (
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
    ArithmeticError,
    RecursionError,
    MemoryError,  # an array that says it is larger than it is
)


@dataclass(frozen=True)
class Parcel:
    """A run from elsewhere that was checked and is not kept yet: what it says of itself, and its files."""

    run: Run
    contents: Mapping[str, bytes]


def open_parcel(store: RunStore, file: Path, name: str | None = None) -> Parcel:
    """Check a run that was exported elsewhere, from its zip; without a `name` it has its own.

    Nothing of it is run: whether its served model can be, only a reader finds out. Raises
    ImportRefusedError for what `export_run` does not make, RunNewerError for a run of a newer version, and
    RunNotFoundError where it has no name that a run can have.
    """
    try:
        own_name, contents = _unpacked(read_bounded(file))
        raw = json.loads(contents[RUN_FILE])
        if files.format_of(raw) > files.FORMAT:
            raise RunNewerError(
                f"{file.name!r} was made by a newer version of this app (format {files.format_of(raw)}; this "
                f"one knows {files.FORMAT}). Update the app to import it."
            )
        name = own_name if name is None else name
        run = files.run_from(name, store.path(name), raw, _note(contents))
        _check(run, contents)
    except RunError:
        raise
    except _WRONG as error:
        why = error if isinstance(error, ValueError) else repr(error)
        raise ImportRefusedError(
            f"{file.name!r} is no run that can be imported: {why!s:.200}. Have it exported anew."
        ) from error
    return Parcel(run, contents)


def keep(store: RunStore, parcel: Parcel) -> Run:
    """Make a parcel a run of the store. Raises RunExistsError, or RunError where it cannot be written."""
    with store.draft() as folder:
        try:
            for name, content in parcel.contents.items():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / name).write_bytes(content)
            return store.publish(folder, parcel.run.name)
        except OSError as error:
            raise store.unwritable(error) from error


def _unpacked(content: bytes) -> tuple[str, dict[str, bytes]]:
    """The name of a zip's one folder, and the files in there by name."""
    paths = unzip(content)
    tops = {path.partition("/")[0] for path in paths}
    if len(tops) != 1:
        raise ValueError(f"it must hold one folder, got {sorted(tops)!r:.80}")
    contents = {path.partition("/")[2]: content for path, content in paths.items()}
    for name in contents:
        if name not in PINNED and not is_unpinned(name):
            raise ValueError(f"it has a file {name!r:.80}, which no run has")
    if RUN_FILE not in contents:
        raise ValueError(f"there is no {RUN_FILE} in it")
    return tops.pop(), contents


def _note(contents: Mapping[str, bytes]) -> str:
    note = contents.get(NOTE_FILE, b"").decode("utf-8", "replace")
    if len(note) > MAX_NOTE:
        raise ValueError(f"its note has more than {MAX_NOTE:,} characters")
    return note


def _check(run: Run, contents: Mapping[str, bytes]) -> None:
    """Check that all of a run is there, nothing else is, and every file can be read. Raises _WRONG."""
    pinned = {name for name in contents if not is_unpinned(name)}
    if pinned != set(run.files):
        differ = sorted(pinned ^ set(run.files))
        raise ValueError(f"{RUN_FILE} and the files beside it differ: {', '.join(differ)!r:.80}")
    for name, digest in run.files.items():
        if hashlib.sha256(contents[name]).hexdigest() != digest:
            raise ValueError(f"{name} is not the file that {RUN_FILE} names (its SHA-256 differs)")
    _check_facts(run)
    for name in sorted(pinned & set(_PARSERS)):
        _parsed(name, contents, _PARSERS[name])
    _check_history(run, contents)
    _check_predictions(contents)


def _parsed(name: str, contents: Mapping[str, bytes], parse: Callable[[bytes], _T]) -> _T:
    try:
        return parse(contents[name])
    except _WRONG as error:
        why = error if isinstance(error, ValueError) else repr(error)
        raise ValueError(f"{name} is not what it should be: {why!s:.160}") from error


def _check_facts(run: Run) -> None:
    missing = {fact is None for fact in (run.config, run.parameters, run.calibration)}
    if len(missing) > 1:
        raise ValueError(f"{RUN_FILE} describes half a model")
    needed = {HISTORY_FILE} if missing.pop() else {HISTORY_FILE, SERVED_FILE, KERAS_FILE}
    if needed - set(run.files):
        raise ValueError(f"it has no {', no '.join(sorted(needed - set(run.files)))}")


def _check_history(run: Run, contents: Mapping[str, bytes]) -> None:
    epochs = len(files.history_from(contents[HISTORY_FILE]))
    if run.epochs != epochs:  # the best is one of those, or there was no run
        raise ValueError(
            f"{HISTORY_FILE} has {epochs} epochs; {RUN_FILE} says {run.epochs}, the best {run.best_epoch}"
        )


def _check_predictions(contents: Mapping[str, bytes]) -> None:
    """Check that there are answers to every set that was evaluated."""
    if (EVALUATIONS_FILE in contents) != (PREDICTIONS_FILE in contents):
        raise ValueError(f"it has only one of {EVALUATIONS_FILE} and {PREDICTIONS_FILE}")
    if EVALUATIONS_FILE not in contents:
        return
    for name, evaluation in scored.evaluations_from(contents[EVALUATIONS_FILE]).items():
        read = partial(scored.predictions_from, name=name)
        images = len(_parsed(PREDICTIONS_FILE, contents, read))
        if images != evaluation.images:
            raise ValueError(f"{PREDICTIONS_FILE} has {images} answers to {name!r:.40}")
