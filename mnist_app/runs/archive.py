"""A run as one zip, to keep, to give away, and to take in.

A zip may be anybody's: it is checked before any of it is kept, and nothing in it is run here.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from mnist_app.domain import Run
from mnist_app.errors import ImportRefusedError, RunDamagedError, RunError, RunNewerError
from mnist_app.runs import files, format_1
from mnist_app.runs.annotations import TAGS_FILE, parse_tags
from mnist_app.runs.audit import Event, record
from mnist_app.runs.files import (
    HISTORY_FILE,
    KERAS_FILE,
    MAX_NOTE,
    NOTE_FILE,
    PREDICTIONS_FILE,
    RUN_FILE,
    SCORES_FILE,
    SERVED_FILE,
    TENSORBOARD,
)
from mnist_app.runs.keras_check import check_model
from mnist_app.runs.results import read_file
from mnist_app.runs.safe_zip import check_zip, read_bounded, unzip
from mnist_app.runs.store import RunStore

_EVENTS = re.compile(TENSORBOARD + r"(/[A-Za-z0-9_-]+){0,2}/events\.out\.tfevents\.[A-Za-z0-9._-]{1,200}")
_OLDEST = (1980, 1, 1, 0, 0, 0)  # a zip's first moment; the same run is the same zip
_BESIDE = (RUN_FILE, NOTE_FILE, TAGS_FILE)  # files that run.json does not name
_READABLE = 0o100644 << 16  # a plain file that others may read
_PINNED = files.PINNED | format_1.FILES
_PARSERS: dict[str, Callable[[bytes], Any]] = {
    HISTORY_FILE: files.parse_history,
    SCORES_FILE: files.parse_scores,
    format_1.SCORES_FILE: lambda content: format_1.parse_scores(content, None),
    PREDICTIONS_FILE: check_zip,
    format_1.PREDICTIONS_FILE: check_zip,
    format_1.TEST_FILE: check_zip,
    KERAS_FILE: check_model,
}
# An array that claims to be larger than it is raises MemoryError.
_WRONG = (ValueError, TypeError, KeyError, AttributeError, ArithmeticError, RecursionError, MemoryError)
_T = TypeVar("_T")


def export_run(store: RunStore, run: Run) -> bytes:
    """Return a run as a zip, its files checked while they are packed; the same run gives the same bytes.

    Raises RunDamagedError if a file is not what it was, RunNotFoundError if the run has gone.
    """
    run = store.open(run.name)  # as it is now
    if unknown := sorted(set(run.files) - _PINNED):
        raise RunDamagedError(f"The run {run.name!r} is damaged: {RUN_FILE} names {unknown[0]!r:.80}.")
    contents = {file: read_file(run, file) for file in run.files} | _unpinned(run)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for file in sorted(contents):
            entry = zipfile.ZipInfo(f"{run.name}/{file}", _OLDEST)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, _READABLE
            entry.create_system = 3  # Unix, wherever this is
            archive.writestr(entry, contents[file])
    return packed.getvalue()


def _unpinned(run: Run) -> dict[str, bytes]:
    """Return the files of a run that its run.json does not name."""
    found = [path for name in _BESIDE if (path := run.path / name).exists()]
    found += [path for path in (run.path / TENSORBOARD).rglob("*") if path.is_file()]
    names = {path.relative_to(run.path).as_posix(): path for path in found}
    try:
        return {name: path.read_bytes() for name, path in names.items() if _is_unpinned(name)}
    except OSError as error:
        raise RunDamagedError(f"The run {run.name!r} cannot be read: {error.strerror}.") from error


def _is_unpinned(name: str) -> bool:
    return name in _BESIDE or _EVENTS.fullmatch(name) is not None


@dataclass(frozen=True)
class Import:
    """A run from elsewhere that was checked and is not kept yet: its description, and its files by name."""

    run: Run
    contents: Mapping[str, bytes]


def open_import(store: RunStore, file: Path, name: str | None = None) -> Import:
    """Check a run that was exported elsewhere, from its zip; without a `name` it keeps its own.

    Nothing of it is run: only a reader finds out if its served model works. Raises ImportRefusedError for
    what `export_run` does not make, RunNewerError for a run of a newer version, and RunNotFoundError for a
    name that a run can't have.
    """
    try:
        own_name, contents = _unpacked(read_bounded(file))
        found = files.parse_format(contents[RUN_FILE])
        if found > files.FORMAT:
            raise RunNewerError(
                f"{file.name!r} was made by a newer version of this app (format {found}; this one knows "
                f"{files.FORMAT}). Update the app to import it."
            )
        name = own_name if name is None else name
        tags = parse_tags(contents.get(TAGS_FILE, b""))
        run = files.parse_run(contents[RUN_FILE], name, store.path(name), _note(contents), tags)
        _check(run, contents)
    except RunError:
        raise
    except _WRONG as error:
        why = error if isinstance(error, ValueError) else repr(error)
        raise ImportRefusedError(
            f"{file.name!r} is no run that can be imported: {why!s:.200}. Have it exported anew."
        ) from error
    return Import(run, contents)


def keep_import(store: RunStore, found: Import) -> Run:
    """Make an import a run of the store. Raises RunExistsError, or RunError if it cannot be written."""
    with store.draft() as folder:
        try:
            for name, content in found.contents.items():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / name).write_bytes(content)
            run = store.publish(folder, found.run.name)
            record(Event.RUN_IMPORTED, run=run.name, files=run.files)
            return run
        except OSError as error:
            raise store.unwritable(error) from error


def _unpacked(content: bytes) -> tuple[str, dict[str, bytes]]:
    """Return the name of a zip's one folder, and the files in it by name."""
    paths = unzip(content)
    tops = {path.partition("/")[0] for path in paths}
    if len(tops) != 1:
        raise ValueError(f"it must hold one folder, got {sorted(tops)!r:.80}")
    contents = {path.partition("/")[2]: content for path, content in paths.items()}
    for name in contents:
        if name not in _PINNED and not _is_unpinned(name):
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
    """Check that all files of a run are there, no others, and that each can be read. Raises _WRONG."""
    pinned = {name for name in contents if not _is_unpinned(name)}
    if pinned != set(run.files):
        differ = sorted(pinned ^ set(run.files))
        raise ValueError(f"{RUN_FILE} and the files beside it differ: {', '.join(differ)!r:.80}")
    for name, digest in files.digests({name: contents[name] for name in run.files}).items():
        if digest != run.files[name]:
            raise ValueError(f"{name} is not the file that {RUN_FILE} names (its SHA-256 differs)")
    _check_facts(run)
    for name in sorted(pinned & set(_PARSERS)):
        _parsed(name, contents, _PARSERS[name])
    epochs = len(files.parse_history(contents[HISTORY_FILE]))
    if run.epochs != epochs:  # the best is one of those, or the run would not have been parsed
        raise ValueError(
            f"{HISTORY_FILE} has {epochs} epochs; {RUN_FILE} says {run.epochs}, the best {run.best_epoch}"
        )
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


def _check_predictions(contents: Mapping[str, bytes]) -> None:
    """Check that there are predictions for every image of each labelled set that was scored."""
    if SCORES_FILE in contents:
        scores = files.parse_scores(contents[SCORES_FILE])
        name, true = PREDICTIONS_FILE, files.TRUE
    elif format_1.EVALUATIONS_FILE in contents:
        if format_1.PREDICTIONS_FILE not in contents or format_1.SCORES_FILE not in contents:
            raise ValueError(f"it has only some of {', '.join(sorted(format_1.FILES))}")
        scores = _parsed(
            format_1.EVALUATIONS_FILE,
            contents,
            lambda content: format_1.parse_scores(contents[format_1.SCORES_FILE], content),
        )
        name, true = format_1.PREDICTIONS_FILE, format_1.TRUE
    else:
        return
    for score in (score for score in scores if score.digest):
        if name not in contents:
            raise ValueError(f"it has {SCORES_FILE} and no {name}")
        images = len(_parsed(name, contents, partial(files.parse_predictions, key=score.name, true=true)))
        if images != score.images:
            raise ValueError(f"{name} has {images} predictions for {score.name!r:.40}")
