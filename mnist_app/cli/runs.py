"""`runs`: look at runs, and put them in order."""

from __future__ import annotations

import argparse
import dataclasses
import json
import math
import sys
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from mnist_app.cli.options import EXIT_FAILED as EXIT_UNREADABLE
from mnist_app.cli.options import confirmed as is_wanted
from mnist_app.cli.run_tables import COLUMNS, in_order, run_table, run_text, training_table, training_text
from mnist_app.cli.tables import printable
from mnist_app.domain import Run, Training
from mnist_app.errors import RunDamagedError, RunError, RunNewerError, RunNotFoundError, RunProtectedError
from mnist_app.runs import DEFAULT_RUN, SCORES_FILE, RunStore
from mnist_app.runs.trainings import Trainings

LOG_LINES = 10  # of a training's, that are shown
_T = TypeVar("_T")


def list_runs(options: argparse.Namespace) -> int:
    """Print every run, and every training that is none yet. Returns the exit status, as all of these."""
    store = RunStore()
    runs, errors = store.open_all()
    trainings = Trainings(store).open_all()
    runs = in_order(runs, options.sort)
    if options.json:
        _print_json({"name": run.name, "state": "finished", **_figures(run)} for run in runs)
        _print_json({"name": name, "state": _state(error), "error": error} for name, error in errors.items())
        _print_json(_in_short(training) for training in trainings)
    else:
        tables = [run_table(runs)] if runs else []
        tables += [training_table(trainings)] if trainings else []
        nothing = "" if errors else "There are no runs yet. `python -m mnist_app train` makes one."
        print("\n\n".join(tables) or nothing)
    return reported(errors.values())


def _figures(run: Run) -> dict[str, Any]:
    return {column.key: column.value(run) for column in COLUMNS.values()}


def _state(error: RunError) -> str:
    return "newer" if isinstance(error, RunNewerError) else "damaged"


def _in_short(training: Training) -> dict[str, Any]:
    facts = dataclasses.asdict(training)
    return {**facts, "history": len(facts["history"])}


def show(options: argparse.Namespace) -> int:
    """Print all about one run or training."""
    store = RunStore()
    trainings = Trainings(store)
    if options.name not in store.names() and options.name in trainings.names():
        training, log = trainings.open(options.name), trainings.log(options.name, LOG_LINES)
        if options.json:
            _print_json([{**dataclasses.asdict(training), "log": log}])
        else:
            print(training_text(training, log))
        return 0
    run = store.open(options.name)
    errors: list[RunError] = []
    history = known(lambda: store.history(run), errors)
    scores = known(lambda: store.scores(run), errors) if SCORES_FILE in run.files else []
    if options.json:
        lists = {"scores": [*map(dataclasses.asdict, scores)], "history": [*map(dataclasses.asdict, history)]}
        _print_json([{**dataclasses.asdict(run), **lists}])
    else:
        print(run_text(run, scores, history))
    return reported(errors)


def known(read: Callable[[], list[_T]], errors: list[RunError]) -> list[_T]:
    """What a file of a run lists; nothing where it is damaged, which is added to the errors."""
    try:
        return read()
    except RunDamagedError as error:
        errors.append(error)
        return []


def reported(errors: Iterable[RunError]) -> int:
    """Print errors, one a line. Returns the exit status."""
    lines = [printable(str(error)) for error in errors]
    for line in lines:
        print(line, file=sys.stderr)
    return EXIT_UNREADABLE if lines else 0


def _print_json(values: Iterable[dict[str, Any]]) -> None:
    for value in values:
        print(json.dumps(_plain(value)))


def _plain(value: Any) -> Any:
    """A value as JSON has it, which knows no NaN."""
    if isinstance(value, dict):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return str(value) if isinstance(value, Path | RunError) else value


def delete(options: argparse.Namespace) -> int:
    """Delete runs and unfinished trainings, once that is confirmed."""
    store = RunStore()
    trainings = Trainings(store)
    names = list(dict.fromkeys(options.names))
    ways = [_way_to_delete(store, trainings, name) for name in names]  # all of them are known before any goes
    listed = ", ".join(map(printable, names))
    if not is_wanted(f"Delete {listed} for good?", options.yes):
        print("Nothing was deleted.")
        return 0
    for name, way in zip(names, ways, strict=True):
        way(name)
        print(f"Deleted {printable(name)}.")
    return 0


def _way_to_delete(store: RunStore, trainings: Trainings, name: str) -> Callable[[str], None]:
    if name == DEFAULT_RUN:
        raise RunProtectedError(f"{name!r} is what the app reads with: it can't be deleted.")
    if name in store.names():
        return store.delete
    if name not in trainings.names():
        raise RunNotFoundError(f"There is neither a run nor a training named {name!r:.80}.")
    if trainings.open(name).is_alive:
        raise RunError(f"The training {name!r} is running. Stop it first.")
    return trainings.discard


def rename(options: argparse.Namespace) -> int:
    """Give a run another name."""
    run = RunStore().rename(options.old, options.new)
    print(f"{options.old} is {run.name} now.")
    return 0


def note(options: argparse.Namespace) -> int:
    """Print what people say about a run, or change it."""
    store = RunStore()
    if options.clear or options.text is not None:
        store.annotate(options.name, "" if options.clear else options.text)
        return 0
    for line in store.open(options.name).note.splitlines():
        print(printable(line))
    return 0
