"""A run that is not finished: read its folder, take over those of earlier versions, clean up at the end."""

from __future__ import annotations

import math
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Any

from mnist_app.domain import Epoch, Progress, Run, Status, TrainConfig, best_epoch
from mnist_app.errors import RunError, RunExistsError
from mnist_app.runs import files
from mnist_app.runs.decoding import decode_json
from mnist_app.runs.job import LOCK_FILE, LOG_FILE, STATUS_FILE, STOP_FILE, Job, JobStatus

_OLDER = ".training-"  # prefix of the folders in which earlier versions kept trainings, beside the runs
_OLDER_FILES = {"lock": LOCK_FILE, "log.txt": LOG_FILE, "status.json": STATUS_FILE, "stop": STOP_FILE}
# Files that only a training needs.
_WORKING_FILES = ("epoch-*", "best-*", STATUS_FILE, LOG_FILE, STOP_FILE, files.CONFIG_FILE, LOCK_FILE)


def open_run(name: str, path: Path, note: str, tags: tuple[str, ...] = ()) -> Run:
    """Return what the folder of an unfinished run says; FAILED with a reason if a file of it is damaged."""
    status = Job(path).status() or JobStatus(Status.STOPPED)
    is_alive = status.state.is_alive
    config, history, problem = None, list[Epoch](), ""
    try:
        history = _read_epochs(path)
        config = _read_config(path)
    except RunError as error:
        problem = str(error)
    done = float(len(history))
    if is_alive:  # of an epoch that ended early, nothing is kept
        done += min(max(status.done - done, 0.0), 1.0)
    return Run(
        name=name,
        path=path,
        status=Status.FAILED if problem and not is_alive else status.state,
        created=status.since,
        config=config,
        epochs=len(history),
        best_epoch=best_epoch(history).epoch if history else 0,
        note=note,
        tags=tags,
        history=tuple(history),
        progress=Progress(
            phase=status.phase if is_alive else "",
            reason="" if is_alive else problem or status.reason,
            done=done,
            loss=math.nan if status.loss is None else status.loss,
            accuracy=math.nan if status.accuracy is None else status.accuracy,
        ),
    )


def _read_epochs(path: Path) -> list[Epoch]:
    try:
        return files.read_epochs(path)
    except (ValueError, OSError) as error:
        why = f"{files.HISTORY_FILE} is damaged: {error!s:.120}"
        raise RunError(f"{why}. Put it right, or delete the run and train anew.") from None


def _read_config(path: Path) -> TrainConfig:
    file = path / files.CONFIG_FILE
    try:
        return files.config_from(decode_json(file.read_bytes(), Any))
    except FileNotFoundError:
        why = "it is not there"
    except (OSError, ValueError) as error:
        why = f"{error!s:.120}"
    raise RunError(f"{file} cannot be read: {why}. Put it right, or delete the run and train anew.")


def delete_working_files(path: Path) -> None:
    """Delete the files of a finished run that only its training needed."""
    for pattern in _WORKING_FILES:
        for file in path.glob(pattern):
            file.unlink(missing_ok=True)


def adopt_older(root: Path) -> None:
    """Make runs of the unfinished trainings that earlier versions kept in folders beside the runs.

    Those that are being trained, or whose name is taken, stay; `refused` says why.
    """
    for folder in root.glob(f"{_OLDER}*/"):
        name = folder.name.removeprefix(_OLDER)
        if (root / name).exists() or not (folder / files.CONFIG_FILE).exists() or Job(folder).is_held("lock"):
            continue
        with suppress(OSError):  # of a read-only disk, or another process is faster
            for old, new in _OLDER_FILES.items():
                if (folder / old).exists():
                    (folder / old).replace(folder / new)
            for draft in folder.glob(".draft-*"):
                shutil.rmtree(draft, ignore_errors=True)
            folder.rename(root / name)


def refused(root: Path) -> dict[str, RunError]:
    """Return why trainings of an earlier version can't be taken over, by the name of their folder."""
    errors: dict[str, RunError] = {}
    for folder in root.glob(f"{_OLDER}*/"):
        name = folder.name.removeprefix(_OLDER)
        why = "an earlier version of this app is training it; wait until it has ended"
        if (root / name).exists():
            why = f"a run named {name!r} exists; rename that run, or delete this folder"
        elif not (folder / files.CONFIG_FILE).exists():
            why = f"it has no {files.CONFIG_FILE}; delete this folder"
        errors[folder.name] = RunExistsError(
            f"{folder} is an unfinished training that can't be taken over: {why}."
        )
    return errors
