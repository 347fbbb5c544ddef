from __future__ import annotations

import itertools
import json
import multiprocessing
import os
import sys
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from mnist_app.errors import InputError, NoDigitError, RunNotFoundError
from mnist_app.reading.batch import pool
from mnist_app.reading.batch.pool import WINDOW, read_batch
from mnist_app.reading.batch.tasks import Outcome, Task, read_files, tasks_of
from mnist_app.reading.reader import Reader
from mnist_app.runs import DEFAULT_RUN
from tests.ink.documents import tiff_of_pages

PenDigits = list[dict[str, Any]]


class Deadly(type(Path())):  # type: ignore[misc]
    """A file that ends every process that it is sent to."""

    def __reduce__(self) -> Any:
        return os._exit, (1,)


@pytest.fixture
def ten(tmp_path: Path, pen_digits: PenDigits) -> Path:
    """A file with a drawing of each digit, in order."""
    (tmp_path / "ten.jsonl").write_text("\n".join(map(json.dumps, pen_digits)))
    return tmp_path / "ten.jsonl"


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other processes read from the second task on."""
    monkeypatch.setattr(pool, "ALONE", 1)
    # They import the main program; tests of pages have left something else in its place.
    monkeypatch.setitem(sys.modules, "__main__", types.ModuleType("__main__"))


def texts(outcomes: list[Outcome]) -> str:
    return "".join(outcome.reading.text if outcome.reading else "!" for outcome in outcomes)


def test_one_process_gives_what_reading_files_gives(reader: Reader, ten: Path) -> None:
    alone = list(read_batch(DEFAULT_RUN, tasks_of(ten), 1))
    assert texts(alone) == texts(list(read_files(reader, [ten]))) == "0123456789"
    assert [outcome.line for outcome in alone] == list(range(1, 11))


@pytest.mark.usefixtures("at_once")
def test_several_processes_give_the_same_in_the_same_order(ten: Path) -> None:
    passed = Outcome(Path("nothing"), None, None, InputError("There is nothing."))
    outcomes = list(read_batch(DEFAULT_RUN, [*tasks_of(ten), passed, *tasks_of(ten), *tasks_of(ten)], 2))
    assert texts(outcomes) == "0123456789!01234567890123456789"
    assert outcomes[10] is passed
    assert multiprocessing.active_children() == []


@pytest.mark.usefixtures("at_once")
def test_the_pages_of_one_document_are_read_by_several_processes(tmp_path: Path) -> None:
    blank = [Image.new("L", (20, 20), "white")] * 4
    (tmp_path / "scan.tif").write_bytes(tiff_of_pages(*blank))
    outcomes = list(read_batch(DEFAULT_RUN, tasks_of(tmp_path / "scan.tif"), 2))
    assert [(outcome.page, outcome.pages) for outcome in outcomes] == [(k, 4) for k in (1, 2, 3, 4)]
    assert {type(outcome.error) for outcome in outcomes} == {NoDigitError}


def test_few_tasks_start_no_process(ten: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "ProcessPoolExecutor", None)
    few = itertools.islice(itertools.cycle(tasks_of(ten)), pool.ALONE)
    assert len(list(read_batch(DEFAULT_RUN, few, 8))) == pool.ALONE


@pytest.mark.usefixtures("at_once")
def test_tasks_are_taken_as_they_are_needed_and_closing_ends_all(ten: Path) -> None:
    taken = []

    def endless() -> Iterator[Task | Outcome]:
        for task in itertools.cycle(tasks_of(ten)):
            taken.append(task)
            yield task

    outcomes = read_batch(DEFAULT_RUN, endless(), 2)
    assert texts(list(itertools.islice(outcomes, 5))) == "01234"
    assert len(taken) <= 5 + 2 * WINDOW
    outcomes.close()
    assert multiprocessing.active_children() == []


@pytest.mark.usefixtures("at_once")
def test_a_file_that_ends_its_process_is_an_error_and_the_rest_is_read(ten: Path) -> None:
    deadly = Task(Deadly("deadly.png"))
    outcomes = list(read_batch(DEFAULT_RUN, [*tasks_of(ten), deadly, *tasks_of(ten), deadly], 2))
    assert texts(outcomes) == "0123456789!0123456789!"
    assert "was killed" in str(outcomes[10].error)
    assert str(outcomes[10].file) == "deadly.png"
    assert multiprocessing.active_children() == []


def test_an_unknown_run_is_refused_at_once(ten: Path) -> None:
    with pytest.raises(RunNotFoundError):
        read_batch("nope", tasks_of(ten), 2)
