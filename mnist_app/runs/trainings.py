"""Trainings that are no runs yet: a folder each, which says all that there is to know about it.

The process that trains holds the folder's lock as long as it lives, so that nobody has to believe a file
that says "running", and writes how far it has come. Who watches, starts or stops it needs the folder alone:
another process, another tab, the same server after a restart.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock

from mnist_app.domain import Epoch, TrainConfig, Training
from mnist_app.errors import RunError, RunExistsError, RunNotFoundError
from mnist_app.runs import files, process
from mnist_app.runs.atomic import delete_atomically
from mnist_app.runs.settings import CONFIG_FILE, read_settings, settings_as_bytes
from mnist_app.runs.status import OPENING, Status, read_status, write_status
from mnist_app.runs.store import TRAINING, RunStore

LOG_FILE = "log.txt"
STOP_FILE = "stop"
LOCK_FILE = "lock"
TENSORBOARD = "tensorboard"  # the folder of event files, where they are wanted
_CRASHED = (
    "Its process ended before its time: it was killed, memory ran out, or the machine stopped. See its log."
)


class Trainings:
    """The trainings of one run store."""

    def __init__(self, store: RunStore) -> None:
        self.store = store

    def names(self) -> list[str]:
        """The names of all trainings that are no runs yet, sorted."""
        folders = (path for path in self.store.root.glob(f"{TRAINING}*") if path.is_dir())
        return sorted(folder.name.removeprefix(TRAINING) for folder in folders)

    def begin(self, config: TrainConfig, name: str | None = None) -> str:
        """Make the folder of a new training. Returns its name: the preset's, or the next free one, if None.

        Raises RunExistsError where the name is taken, RunError where nothing can be written.
        """
        content = {CONFIG_FILE: settings_as_bytes(config)}
        if name is not None:
            self.store.begin(name, content)
            return name
        while True:
            free = self.store.free_name(config.preset)
            with suppress(RunExistsError):  # somebody else took it this moment
                self.store.begin(free, content)
                return free

    def config(self, name: str) -> TrainConfig:
        """The settings of a training. Raises RunNotFoundError, RunExistsError or RunError."""
        self.store.claim(name)
        return self._config(name)

    def folder(self, name: str) -> Path:
        """Where the training of this name is."""
        return self.store.training(name)

    def lock(self, name: str) -> FileLock:
        """What the process that trains holds."""
        return FileLock(self.folder(name) / LOCK_FILE)

    def open(self, name: str) -> Training:
        """What a training's folder says of it. Raises RunNotFoundError where it is a run by now, or gone."""
        folder, is_held = self.folder(name), self.is_held(name)
        status = read_status(folder)  # after the look at the lock: whoever let go of it wrote the end before
        config, history, problem = None, tuple[Epoch, ...](), ""
        if self.store.path(name).exists():
            problem = f"A run named {name!r} exists. Rename that run to go on, or delete this training."
        try:
            history = _history(folder)
            config = self._config(name)
        except RunNotFoundError:
            raise
        except RunError as error:
            problem = str(error)
        if not is_held and status.is_alive and not status.is_new:
            is_held = self.is_held(name)  # it may have begun since
        state, reason = _state(status, is_held, problem)
        ahead = status.done - len(history) if is_held else 0.0  # of an epoch that it was in, nothing is kept
        return Training(
            name=name,
            path=folder,
            config=config,
            state=state,
            phase=status.phase,
            done=len(history) + min(max(ahead, 0.0), 1.0),
            loss=status.loss,
            accuracy=status.accuracy,
            reason=reason,
            since=status.since,
            history=history,
        )

    def open_all(self) -> list[Training]:
        """Every training, those that began first before the others."""
        found = []
        for name in self.names():
            with suppress(RunNotFoundError):  # it became a run a moment ago, or this is no name
                found.append(self.open(name))
        return sorted(found, key=lambda training: training.since)

    def waiting(self) -> list[str]:
        """The names of those that wait for their turn, who has waited longest first."""
        found = {}
        for name in self.names():
            with suppress(RunNotFoundError):
                status = read_status(self.folder(name))
                if status.state == "queued" and (status.is_new or self.is_held(name)):
                    found[name] = status.since
        return sorted(found, key=found.__getitem__)

    def report(self, name: str, status: Mapping[str, Any]) -> None:
        """Say how far a training has come; what `Training` has. Raises OSError."""
        write_status(self.folder(name), status)

    def start(self, name: str, finish: bool = False) -> None:
        """Start a process that trains, or goes on; with `finish`, one that makes a run of what there is.

        It does not end with this process. Raises RunError where it can't be started.
        """
        self.config(name)
        if self.open(name).is_alive:
            raise RunError(f"The training {name!r} is running already.")
        now = datetime.now(UTC).isoformat()
        try:
            (self.folder(name) / STOP_FILE).unlink(missing_ok=True)
            self.report(name, {"state": "queued", "phase": OPENING, "since": now, "at": time.time()})
            arguments = ["train", "--resume", name, *["--finish"] * finish]
            models = str(self.store.root.resolve())
            process.spawn(arguments, self.folder(name) / LOG_FILE, MNIST_APP_MODELS=models)
        except OSError as error:
            reason = self.store.unwritable(error)
            with suppress(OSError):
                self.report(name, {"state": "failed", "reason": str(reason), "since": now})
            raise reason from error

    def stop(self, name: str) -> None:
        """Ask a training's process, if there is one, to stop; finished epochs are kept.

        Raises RunNotFoundError or RunError.
        """
        if not self.open(name).is_alive:
            return
        try:
            (self.folder(name) / STOP_FILE).touch()
        except FileNotFoundError:
            raise _gone(name, self.store) from None
        except OSError as error:
            raise self.store.unwritable(error) from error

    def discard(self, name: str) -> None:
        """Delete a training that nobody is at, with all its epochs. Raises RunNotFoundError or RunError."""
        if self.open(name).is_alive:
            raise RunError(f"The training {name!r} is running. Stop it first.")
        self.remove(name)

    def remove(self, name: str) -> None:
        """Delete a training's folder, as only its own process may. Raises RunNotFoundError or RunError."""
        try:
            delete_atomically(self.folder(name))
        except FileNotFoundError:
            raise _gone(name, self.store) from None
        except OSError as error:
            raise self.store.unwritable(error) from error

    def discard_if_empty(self, name: str) -> None:
        """Delete a training that has not finished a single epoch, and that nobody is at."""
        if not (self.folder(name) / files.HISTORY_FILE).exists():
            with suppress(RunError):
                self.discard(name)

    def log(self, name: str, lines: int) -> list[str]:
        """The last lines that a training's process wrote; a progress line counts as its last state."""
        return process.last_lines(self.folder(name) / LOG_FILE, lines)

    def is_held(self, name: str) -> bool:
        """Whether a process is at it."""
        return process.is_held(self.folder(name) / LOCK_FILE)

    def _config(self, name: str) -> TrainConfig:
        try:
            return read_settings(self.folder(name))
        except FileNotFoundError:
            raise _gone(name, self.store) from None


def _state(status: Status, is_held: bool, problem: str) -> tuple[str, str]:
    if is_held:
        return ("queued" if status.state == "queued" else "running"), ""
    if problem:
        return "failed", problem
    if status.is_alive:
        return ("queued", "") if status.is_new else ("crashed", _CRASHED)
    return status.state, status.reason


def _history(folder: Path) -> tuple[Epoch, ...]:
    try:
        return tuple(files.read_history(folder))
    except (ValueError, OSError) as error:
        raise RunError(
            f"{files.HISTORY_FILE} is damaged: {error!s:.120}. Put it right, or delete the training and train"
            " anew."
        ) from None


def _gone(name: str, store: RunStore) -> RunNotFoundError:
    return RunNotFoundError(f"There is no unfinished training named {name!r} in {store.root}.")
