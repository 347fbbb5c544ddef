"""`runs`: look at runs, and rename, annotate and delete them."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from mnist_app.cli import options
from mnist_app.cli.compare import compare
from mnist_app.cli.exchange import export, import_run
from mnist_app.cli.look_alikes import look_alikes
from mnist_app.cli.options import is_confirmed, readable, report
from mnist_app.cli.tables import joined, printable, run_table, run_text, unfinished_table, unfinished_text
from mnist_app.domain import Run
from mnist_app.errors import RunError, RunNewerError
from mnist_app.runs import RunStore, training_job
from mnist_app.runs.columns import COLUMNS, Column, sort_runs
from mnist_app.runs.estimates import seconds_left
from mnist_app.runs.results import read_history, read_scores

LOG_LINES = 10  # of an unfinished run's log, that are shown


@click.group()
def runs() -> None:
    """List, compare, rename, delete, export or import runs."""


runs.add_command(compare)
runs.add_command(export)
runs.add_command(import_run)
runs.add_command(look_alikes)


class _ColumnType(click.ParamType[Column]):
    name = "column"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Find a column by its name, its key in JSON, or the beginning of its name."""
        if isinstance(value, Column):
            return value
        word = value.replace("-", " ").replace("_", " ").lower()
        all_columns = COLUMNS.values()
        found = [column for column in all_columns if word in (column.name, column.key.replace("_", " "))]
        found = found or [column for column in all_columns if column.name.startswith(word)]
        if len(found) != 1:
            names = ", ".join(column.name for column in all_columns)
            self.fail(f"{value!r} is not a column. Choose one of: {names}.", param, ctx)
        return found[0]


@runs.command("list")
@click.option(
    "--sort",
    type=_ColumnType(),
    default="name",
    help=f"Column to sort by: {', '.join(column.name for column in COLUMNS.values())}.",
)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object for each run, one a line.")
def list_runs(sort: Column, as_json: bool) -> int:
    """List finished runs, and below them those that are not finished.

    The highest accuracy or the newest run comes first; in other columns, the smallest value.
    """
    found, errors = RunStore().open_all()
    finished = sort_runs([run for run in found if run.is_finished], sort)
    unfinished = sorted((run for run in found if not run.is_finished), key=lambda run: run.created)
    if as_json:
        for run in finished:
            figures = {column.key: column.value(run) for column in COLUMNS.values()}
            _print_json({"name": run.name, "state": run.status, **figures})
        for name, error in errors.items():
            state = "newer" if isinstance(error, RunNewerError) else "damaged"
            _print_json({"name": name, "state": state, "error": str(error)})
        for run in unfinished:
            _print_json({**_unfinished_facts(run), "history": len(run.history)})
    elif finished or unfinished:
        print(
            joined(
                run_table(finished) if finished else "", unfinished_table(unfinished) if unfinished else ""
            )
        )
    elif not errors:
        print("There are no runs yet. `python -m mnist_app train` makes one.")
    return report(errors.values())


@runs.command()
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def show(name: str, as_json: bool) -> int:
    """Show all facts about one run."""
    store = RunStore()
    run = store.open(name)
    if not run.is_finished:
        log = training_job.log(store, name, LOG_LINES)
        if as_json:
            _print_json({**_unfinished_facts(run), "log": log})
        else:
            left = seconds_left(run, store.open_all()[0]) if run.status.is_alive else None
            print(unfinished_text(run, log, left))
        return 0
    errors: list[RunError] = []
    history = readable(lambda: read_history(run), errors)
    scores = readable(lambda: read_scores(run), errors)
    if as_json:
        facts = dataclasses.asdict(dataclasses.replace(run, history=tuple(history)))
        _print_json({**facts, "scores": [dataclasses.asdict(score) for score in scores]})
    else:
        print(run_text(run, scores, history))
    return report(errors)


def _unfinished_facts(run: Run) -> dict[str, Any]:
    facts = dataclasses.asdict(run)
    kept = {key: facts[key] for key in ("name", "path", "config", "note", "history")}
    return {**kept, "state": run.status, "since": run.created, **facts["progress"]}


def _print_json(value: Mapping[str, Any]) -> None:
    print(json.dumps(_plain(value)))


def _plain(value: Any) -> Any:
    """Return a value as JSON has it, which knows no NaN."""
    if isinstance(value, Mapping):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return str(value) if isinstance(value, Path) else value


@runs.command()
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@options.yes
def delete(names: tuple[str, ...], is_sure: bool) -> None:
    """Delete runs for good, finished or not."""
    store = RunStore()
    unique = list(dict.fromkeys(names))
    for name in unique:  # all of them may be deleted, or none is
        store.check_changeable(name, "deleted")
    if not is_confirmed(f"Delete {', '.join(map(printable, unique))} for good?", is_sure):
        print("Nothing was deleted.")
        return
    for name in unique:
        store.delete(name)
        print(f"Deleted {printable(name)}.")


@runs.command()
@click.argument("old")
@click.argument("new")
def rename(old: str, new: str) -> None:
    """Give a run another name."""
    print(f"{old} is {RunStore().rename(old, new).name} now.")


@runs.command()
@click.argument("name")
@click.argument("text", required=False)
@click.option("--clear", is_flag=True, help="Delete the note.")
def note(name: str, text: str | None, clear: bool) -> None:
    """Print the note on a run, or write TEXT as its note."""
    if clear and text is not None:
        raise click.UsageError("--clear is not allowed with TEXT.")
    store = RunStore()
    if clear or text is not None:
        store.annotate(name, text or "")
        return
    for line in store.open(name).note.splitlines():
        print(printable(line))


@runs.command()
@click.argument("name")
@click.argument("tags", nargs=-1, metavar="[TAG]...")
@click.option("--clear", is_flag=True, help="Delete all tags.")
def tag(name: str, tags: tuple[str, ...], clear: bool) -> None:
    """Print the tags of a run, or give it these instead."""
    if clear and tags:
        raise click.UsageError("--clear is not allowed with a TAG.")
    store = RunStore()
    if clear or tags:
        store.tag(name, tags)
        return
    for word in store.open(name).tags:
        print(printable(word))
