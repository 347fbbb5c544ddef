"""A run as one zip, to be kept or given away."""

from __future__ import annotations

import io
import re
import zipfile

from mnist_app.domain import Run
from mnist_app.errors import RunDamagedError
from mnist_app.runs.files import NOTE_FILE, PINNED, RUN_FILE
from mnist_app.runs.store import RunStore
from mnist_app.runs.trainings import TENSORBOARD

_EVENTS = re.compile(TENSORBOARD + r"(/[A-Za-z0-9_-]+){0,2}/events\.out\.tfevents\.[A-Za-z0-9._-]{1,200}")
_OLDEST = (1980, 1, 1, 0, 0, 0)  # a zip's first moment; the same run is the same zip
_READABLE = 0o100644 << 16  # a plain file that others may read


def export_run(store: RunStore, run: Run) -> bytes:
    """A run as a zip, its files checked while they are packed; the same run gives the same bytes.

    Raises RunDamagedError where a file is not what it was, RunNotFoundError where the run has gone.
    """
    run = store.open(run.name)  # as it is now
    unknown = sorted(set(run.files) - PINNED)
    if unknown:
        raise RunDamagedError(f"The run {run.name!r} is damaged: {RUN_FILE} names {unknown[0]!r:.80}.")
    contents = {file: store.read(run, file) for file in run.files} | _unpinned(run)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for file in sorted(contents):
            entry = zipfile.ZipInfo(f"{run.name}/{file}", _OLDEST)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, _READABLE
            entry.create_system = 3  # Unix, wherever this is
            archive.writestr(entry, contents[file])
    return packed.getvalue()


def _unpinned(run: Run) -> dict[str, bytes]:
    """What a run has beside the files that its run.json names."""
    found = [path for path in (run.path / RUN_FILE, run.path / NOTE_FILE) if path.exists()]
    found += [path for path in (run.path / TENSORBOARD).rglob("*") if path.is_file()]
    names = {path.relative_to(run.path).as_posix(): path for path in found}
    try:
        return {name: path.read_bytes() for name, path in names.items() if is_unpinned(name)}
    except OSError as error:
        raise RunDamagedError(f"The run {run.name!r} cannot be read: {error.strerror}.") from error


def is_unpinned(name: str) -> bool:
    """Whether this is a file of a run that its run.json does not name."""
    return name in (RUN_FILE, NOTE_FILE) or _EVENTS.fullmatch(name) is not None
