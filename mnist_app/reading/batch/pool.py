"""A batch read by several processes: the outcomes of `read_files`, in the same order."""

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
from mnist_app.reading.batch.tasks import Outcome, Task, failed, read_task
from mnist_app.reading.reader import Reader, open_reader

ALONE = 16  # tasks that this process reads before it starts others, which takes them half a second
WINDOW = 8  # tasks for each process that wait, are being read, or have been: memory stays bounded

_SPAWN = multiprocessing.get_context("spawn")  # a fork would copy locks that other threads hold
_reader: Reader | None = None  # of a worker process


def processors() -> int:
    """Return the number of processors that this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)  # not on every system
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def read_batch(run: str, tasks: Iterable[Task | Outcome], workers: int) -> Generator[Outcome]:
    """Return the outcome of each task, in order; tasks are taken as needed, and Outcomes pass as they are.

    This process reads the first tasks, `workers` processes the rest, all with the model of that run. A task
    whose process dies is read once more, by itself; then it is an error. Raises RunNotFoundError or
    RunDamagedError, at once.
    """
    return _outcomes(open_reader(run), run, tasks, workers)


def _outcomes(reader: Reader, run: str, tasks: Iterable[Task | Outcome], workers: int) -> Generator[Outcome]:
    remaining = iter(tasks)
    for count, task in enumerate(remaining, 1):
        yield task if isinstance(task, Outcome) else read_task(reader, task)
        if workers > 1 and count == ALONE:
            break
    pool = _WorkerPool(run, workers)
    try:
        for task in remaining:
            pool.submit(task)
            if len(pool.queue) == WINDOW * workers:
                yield pool.next_outcome()
        while pool.queue:
            yield pool.next_outcome()
    finally:
        pool.shutdown()


@dataclass
class _Queued:
    """A task in the order of the batch, and its outcome to come; None if the processes have died."""

    task: Task | Outcome
    future: Future[Outcome] | None = None


class _WorkerPool:
    """Worker processes, replaced by new ones if one dies, and a queue of tasks in the order of the batch."""

    def __init__(self, run: str, workers: int) -> None:
        self._run, self._workers = run, workers
        self._executor: ProcessPoolExecutor | None = None
        self.queue: deque[_Queued] = deque()

    def submit(self, task: Task | Outcome) -> None:
        """Put a task at the end of the queue, and have it read."""
        self.queue.append(_Queued(task))
        self._start(self.queue[-1])

    def next_outcome(self) -> Outcome:
        """Wait for the first task of the queue, and take it out."""
        first = self.queue.popleft()
        if isinstance(first.task, Outcome):
            return first.task
        try:
            if first.future is None:
                raise BrokenProcessPool
            return first.future.result()
        except BrokenProcessPool:
            self.shutdown()
            outcome = self._read_alone(first.task)
            for queued in self.queue:
                if queued.future is None or not queued.future.done() or queued.future.exception():
                    self._start(queued)
            return outcome

    def shutdown(self) -> None:
        """Let the processes finish the tasks that they are reading, and no others."""
        if self._executor:
            self._executor.shutdown(cancel_futures=True)
            self._executor = None

    def _start(self, queued: _Queued) -> None:
        if isinstance(queued.task, Outcome):
            return
        self._executor = self._executor or self._new_executor(self._workers)
        with suppress(BrokenProcessPool), _held_interrupts():
            queued.future = None
            queued.future = self._executor.submit(_read, queued.task)

    def _read_alone(self, task: Task) -> Outcome:
        """Read a task in a process of its own, so that nothing but this task can end it."""
        with self._new_executor(1) as executor:
            try:
                with _held_interrupts():
                    future = executor.submit(_read, task)
                return future.result()
            except BrokenProcessPool:
                error = InputError("The process that read it was killed. Make it smaller, or read it alone.")
                return failed(task, error)

    def _new_executor(self, workers: int) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(workers, _SPAWN, _start_worker, (self._run,))


def _start_worker(run: str) -> None:
    """Load the one reader of a worker process."""
    global _reader
    threading.Thread(target=_die_with_parent, daemon=True).start()
    cv2.setNumThreads(1)  # there is a process for each processor already
    # LiteRT writes a line to standard error whenever a model is loaded.
    stderr, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        _reader = open_reader(run)
    finally:
        os.dup2(stderr, 2)
        os.close(stderr)
        os.close(nowhere)


def _die_with_parent() -> None:
    """End this worker with its parent; a parent that is killed can't shut its pool down."""
    parent = multiprocessing.parent_process()
    if parent:
        parent.join()
        os._exit(1)


def _read(task: Task) -> Outcome:
    assert _reader is not None  # _start_worker has come first
    return read_task(_reader, task)


@contextmanager
def _held_interrupts() -> Iterator[None]:
    """Hold Ctrl-C back while a process is started, which would inherit it: only this one shuts the pool down.

    A Ctrl-C that comes meanwhile takes effect afterwards; ignored, it would be lost.
    """
    if not hasattr(signal, "pthread_sigmask"):  # not on every system
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
