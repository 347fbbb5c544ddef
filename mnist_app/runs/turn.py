"""The training process's side of its folder: it holds the lock, waits for its turn, and says how it ended."""

from __future__ import annotations

import errno
import math
import os
import shutil
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Any

from filelock import FileLock, Timeout

from mnist_app.errors import MnistAppError, RunError
from mnist_app.runs.folders import cache_dir
from mnist_app.runs.status import OPENING, read_status
from mnist_app.runs.store import DRAFT
from mnist_app.runs.trainings import STOP_FILE, Trainings

PAUSE = 0.25  # seconds between two looks at what others wrote
OFTEN = 0.5  # seconds between two reports from within an epoch
PATIENCE = 10.0  # seconds; who asks whether a training is alive holds its lock for a moment
AGAIN = 5.0  # seconds; an interrupt that comes while a library is being called back may get lost
MACHINE_FILE = "mnist-app-training.lock"
_FULL = (errno.ENOSPC, errno.EDQUOT)


class Progress:
    """How far a training has come, written into its folder; a full disk does not stop it here."""

    def __init__(self, trainings: Trainings, name: str) -> None:
        self._trainings, self._name, self._next = trainings, name, 0.0
        opened = read_status(trainings.folder(name))
        # Who started this process queued it; how long Python took to come up is no matter of turns.
        since = opened.since if opened.is_opening else datetime.now(UTC)
        self._status: dict[str, Any] = {"since": since.isoformat()}

    def phase(self, phase: str, state: str = "running", **more: Any) -> None:
        """Begin another part of the work."""
        self._status |= {"state": state, "phase": phase, **more}
        self._write()

    def step(self, done: float, loss: float, accuracy: float) -> None:
        """Report from within an epoch: epochs done, and the figures of this one so far."""
        if time.monotonic() < self._next:
            return
        figures = {"done": done, "loss": loss, "accuracy": accuracy}
        self._status |= {key: value if math.isfinite(value) else None for key, value in figures.items()}
        self._write()

    def end(self, state: str, reason: str = "") -> None:
        """Say how it ended: "stopped" or "failed"."""
        self.phase("", state, reason=reason)

    def _write(self) -> None:
        self._next = time.monotonic() + OFTEN
        with suppress(OSError):  # what matters is the history, and that is written by others
            self._trainings.report(self._name, self._status)


@contextmanager
def turn(trainings: Trainings, name: str, say: Callable[[str], None] = print) -> Iterator[Progress]:
    """Be the process that trains: alone at this training, and alone on this machine.

    Waits where another training is running. A stop that is asked for, and SIGTERM, are a KeyboardInterrupt.
    Whatever is raised inside is written down as the reason why the training ended, a full disk or lack of
    memory as RunError.
    """
    with _alone(trainings, name), _stoppable(trainings, name) as stop_event:
        progress = Progress(trainings, name)
        try:
            with _machine(trainings, name, progress, say):
                yield progress
        except BaseException as error:
            stop_event.set()  # a second Ctrl-C must not keep this from being written
            if isinstance(error, KeyboardInterrupt):
                progress.end("stopped")
                raise
            reason = _reason(error, trainings, name)
            progress.end("failed", reason or f"A bug in this app: {error!r:.200}")
            if reason is None or reason == str(error):
                raise
            raise RunError(reason) from error


def _reason(error: BaseException, trainings: Trainings, name: str) -> str | None:
    """Why a training ended and what to do, in words for people; None for what must not happen."""
    # HDF5 and TensorFlow have errors of their own for a full disk.
    if getattr(error, "errno", None) in _FULL or os.strerror(errno.ENOSPC) in str(error):
        return "The disk is full. Free some space, then go on: finished epochs are kept."
    if isinstance(error, MnistAppError):
        return str(error)
    if isinstance(error, MemoryError):
        return "There is too little memory. Close other programs, then go on: finished epochs are kept."
    if not isinstance(error, OSError):
        return None
    if not trainings.folder(name).exists():
        return f"The training {name!r} was deleted while it was running."
    what = os.strerror(error.errno) if error.errno else f"{error!s:.200}"
    where = f" ({error.filename})" if error.filename else ""
    return f"The training could not go on: {what}{where}. Put that right: finished epochs are kept."


@contextmanager
def _alone(trainings: Trainings, name: str) -> Iterator[None]:
    lock = trainings.lock(name)
    try:
        trainings.config(name)  # the lock would make a folder where there is none
        lock.acquire(timeout=PATIENCE)
    except Timeout:
        raise RunError(f"The training {name!r} is running already, in another process.") from None
    except FileNotFoundError:  # it was finished while we waited
        trainings.config(name)
        raise
    except OSError as error:
        raise trainings.store.unwritable(error) from error
    try:
        for draft in trainings.folder(name).glob(f"{DRAFT}*"):  # of a process that was killed
            shutil.rmtree(draft, ignore_errors=True)
        yield
    finally:
        lock.release()


def machine_lock() -> FileLock:
    """What the one training that runs on this machine holds; where the cache is read-only, elsewhere."""
    folder = cache_dir()
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
    if not os.access(folder, os.W_OK):
        folder = Path(tempfile.gettempdir())
    return FileLock(folder / MACHINE_FILE, mode=0o666)  # for every user, where they share it


@contextmanager
def _machine(
    trainings: Trainings, name: str, progress: Progress, say: Callable[[str], None]
) -> Iterator[None]:
    lock = machine_lock()
    progress.phase(OPENING, "queued")
    if not _begins(lock, trainings, name):
        progress.phase("Waiting for another training", "queued")
        say("Another training is running on this machine. This one begins when that has ended.")
        while not _begins(lock, trainings, name):
            time.sleep(PAUSE)
    try:
        yield
    finally:
        lock.release()


def _begins(lock: FileLock, trainings: Trainings, name: str) -> bool:
    """Take the machine, unless somebody has it or has waited for longer. Returns whether it is taken."""
    if trainings.waiting()[:1] not in ([], [name]):
        return False
    try:
        lock.acquire(blocking=False)
    except Timeout:
        return False
    return True


@contextmanager
def _stoppable(trainings: Trainings, name: str) -> Iterator[threading.Event]:
    """Turn the file that asks for a stop into SIGTERM, and SIGTERM into what Ctrl-C is.

    Gives what ends that, and Ctrl-C too. Other threads than the main one can't be interrupted.
    """
    file, stop_event = trainings.folder(name) / STOP_FILE, threading.Event()
    if not read_status(file.parent).is_new:
        file.unlink(missing_ok=True)  # it was for a process before this one
    if threading.current_thread() is not threading.main_thread():
        yield stop_event
        return

    def interrupt(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 (a handler's signature)
        if not stop_event.is_set():
            raise KeyboardInterrupt

    def watch() -> None:
        while not stop_event.wait(PAUSE):
            if file.exists():
                os.kill(os.getpid(), signal.SIGTERM)
                stop_event.wait(AGAIN)

    # A Ctrl-C that is ignored, as after `nohup … &`, stays so.
    handled_signals = [signal.SIGTERM] + [signal.SIGINT] * (
        signal.getsignal(signal.SIGINT) is not signal.SIG_IGN
    )
    before = {number: signal.signal(number, interrupt) for number in handled_signals}
    watcher = threading.Thread(target=watch, name="stop", daemon=True)
    watcher.start()
    try:
        yield stop_event
    finally:
        stop_event.set()
        watcher.join()
        with suppress(OSError):
            file.unlink(missing_ok=True)
        for number, handler in before.items():
            signal.signal(number, handler or signal.SIG_DFL)
