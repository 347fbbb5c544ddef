"""A batch by several processes: what `read_files` gives, in the same order, and no file ends it."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import cv2

from mnist_app.errors import InputError
from mnist_app.reading.batch.tasks import Outcome, Task, read_task
from mnist_app.reading.reader import Reader, open_reader

ALONE = 16  # tasks that this process reads before it starts others, which takes them half a second
WINDOW = 8  # tasks a process, waiting, being read or read; so memory stays bounded

_SPAWN = multiprocessing.get_context("spawn")  # a fork would copy locks that other threads hold
_reader: Reader | None = None  # of a process of the pool


def processors() -> int:
    """How many this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)  # not on every system
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def read_batch(run: str, tasks: Iterable[Task | Outcome], workers: int) -> Generator[Outcome]:
    """What becomes of each task, in their order; they are taken as needed, and Outcomes pass as they are.

    The first are read here, the rest by `workers` processes, all with the model of that run. A task whose
    process dies is read once more, by itself; then it is an error. Raises RunNotFoundError or
    RunDamagedError, at once.
    """
    return _outcomes(open_reader(run), run, tasks, workers)


def _outcomes(reader: Reader, run: str, tasks: Iterable[Task | Outcome], workers: int) -> Generator[Outcome]:
    remaining = iter(tasks)
    for count, task in enumerate(remaining, 1):
        yield task if isinstance(task, Outcome) else read_task(reader, task)
        if workers > 1 and count == ALONE:
            break
    workers_pool = _WorkerPool(run, workers)
    try:
        line: deque[_Place] = deque()
        for task in remaining:
            line.append(workers_pool.submit(task))
            if len(line) == WINDOW * workers:
                yield workers_pool.outcome(line)
        while line:
            yield workers_pool.outcome(line)
    finally:
        workers_pool.end()


@dataclass
class _Place:
    """A task in the order of the batch, and its outcome to come; None where the processes have died."""

    task: Task | Outcome
    future: Future[Outcome] | None = None


class _WorkerPool:
    """The processes, and others instead of them where one has died."""

    def __init__(self, run: str, workers: int) -> None:
        self._run, self._workers = run, workers
        self._pool: ProcessPoolExecutor | None = None

    def submit(self, task: Task | Outcome) -> _Place:
        """Have a task read."""
        place = _Place(task)
        self._start(place)
        return place

    def outcome(self, line: deque[_Place]) -> Outcome:
        """Wait for the first of the line, and take it."""
        place = line.popleft()
        if isinstance(place.task, Outcome):
            return place.task
        try:
            if place.future is None:
                raise BrokenProcessPool
            return place.future.result()
        except BrokenProcessPool:
            self.end()
            outcome = self._again(place.task)
            for waiting in line:
                if waiting.future is None or not waiting.future.done() or waiting.future.exception():
                    self._start(waiting)
            return outcome

    def end(self) -> None:
        """Let the processes finish what they are reading, and nothing else."""
        if self._pool:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None

    def _start(self, place: _Place) -> None:
        if isinstance(place.task, Outcome):
            return
        self._pool = self._pool or self._new_pool(self._workers)
        with suppress(BrokenProcessPool), _held_interrupts():
            place.future = None
            place.future = self._pool.submit(_read, place.task)

    def _again(self, task: Task) -> Outcome:
        """By a process that has nothing else, so that only this task can be what ends it."""
        with self._new_pool(1) as pool:
            try:
                with _held_interrupts():
                    future = pool.submit(_read, task)
                return future.result()
            except BrokenProcessPool:
                error = InputError("The process that read it was killed. Make it smaller, or read it alone.")
                return Outcome(task.file, task.line, None, error)

    def _new_pool(self, workers: int) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(workers, _SPAWN, _open, (self._run,))


def _open(run: str) -> None:
    """What a process does first."""
    global _reader
    threading.Thread(target=_end_with_parent, daemon=True).start()
    cv2.setNumThreads(1)  # there is a process for each processor already
    with _silence():
        _reader = open_reader(run)


def _end_with_parent() -> None:
    """A process that was killed, with whom these would stay for ever, can't say good-bye."""
    parent = multiprocessing.parent_process()
    if parent:
        parent.join()
        os._exit(1)


def _read(task: Task) -> Outcome:
    assert _reader is not None  # _open has come first
    return read_task(_reader, task)


@contextmanager
def _held_interrupts() -> Iterator[None]:
    """Processes that are started here, by a submit, never get Ctrl-C: it is for the one that ends them.

    It gets one that comes meanwhile afterwards; ignored, it would be lost.
    """
    if not hasattr(signal, "pthread_sigmask"):  # not on every system
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _silence() -> Iterator[None]:
    """Without LiteRT's line on standard error, which everyone who loads a model gets."""
    loud, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(loud, 2)
        os.close(loud)
        os.close(nowhere)
