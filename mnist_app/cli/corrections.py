"""`corrections`: what people said that digits are, to list, export, fix, delete and score by."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from mnist_app.cli import options
from mnist_app.cli.options import PATH, is_confirmed, report
from mnist_app.cli.tables import aligned, printable
from mnist_app.corrections.exports import FORMATS, to_json
from mnist_app.corrections.store import CorrectionStore, Filter
from mnist_app.domain import DIGITS, NOT_A_DIGIT, CorrectionScore
from mnist_app.errors import CorrectionsError, RunError
from mnist_app.reading.reader import open_reader
from mnist_app.reading.scoring import score_on_corrections
from mnist_app.runs import RunStore
from mnist_app.runs.atomic import write_atomically
from mnist_app.runs.folders import corrections_url

NO_DIGIT = "none"
_LABELS = {**{str(digit): digit for digit in DIGITS}, NO_DIGIT: NOT_A_DIGIT}
_NAMES = {label: name for name, label in _LABELS.items()}


class _LabelType(click.Choice[str]):
    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:  # type: ignore[override]
        return _LABELS[super().convert(value, param, ctx)]


_label = _LabelType(list(_LABELS))


@click.group()
def corrections() -> None:
    """List, export, fix or delete corrections, or score runs on them.

    They are in the database that MNIST_APP_DATABASE names, else in a file of the user's data folder.
    """


@corrections.command("list")
@click.option("--label", type=_label, help="Only those of this right label.")
@click.option("--run", metavar="NAME", help="Only what this run read.")
@click.option("--read", "read_as", metavar="TEXT", help='Only what was read as this: a digit, a sign or "?".')
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object for each, one a line.")
def list_corrections(label: int | None, run: str | None, read_as: str | None, as_json: bool) -> None:
    """List corrections, the oldest first."""
    found = _store().find(Filter(label, run, read_as))
    if as_json:
        for each in found:
            print(json.dumps(to_json(each)))
        return
    rows = [
        [
            str(each.id),
            f"{each.time:%Y-%m-%d %H:%M}",
            printable(each.run),
            printable(each.read),
            f"{each.confidence:.1%}",
            _NAMES[each.label],
        ]
        for each in found
    ]
    if rows:
        print(aligned([["id", "time", "run", "read", "confidence", "label"], *rows], left=(1, 2)))
    else:
        print("There are no such corrections.")


@corrections.command()
@click.argument("file", type=PATH)
@click.option("--force", is_flag=True, help="Replace the file if it exists.")
def export(file: Path, force: bool) -> None:
    """Write all corrections to FILE, whose name ends with .csv, .npz or .jsonl."""
    encode = FORMATS.get(file.suffix.lower().removeprefix("."))
    if encode is None:
        raise click.UsageError(f"FILE must end with {', '.join(f'.{name}' for name in FORMATS)}.")
    if file.exists() and not force:
        raise CorrectionsError(f"{str(file)!r} exists. Choose another file, or add --force to replace it.")
    found = _store().find()
    try:
        write_atomically(file, encode(found))
    except OSError as error:
        raise CorrectionsError(f"{str(file)!r} cannot be written: {error.strerror}.") from error
    print(f"{printable(str(file))}: {len(found):,} corrections")


@corrections.command()
@click.argument("number", type=int, metavar="ID")
@click.argument("label", type=_label)
def fix(number: int, label: int) -> None:
    """Give a correction another label: a digit, or none."""
    _store().fix(number, label)
    print(f"Correction {number} is {_NAMES[label]} now.")


@corrections.command()
@click.argument("numbers", nargs=-1, type=int, metavar="[ID]...")
@click.option("--all", "is_all", is_flag=True, help="Delete all of them.")
@options.yes
def delete(numbers: tuple[int, ...], is_all: bool, is_sure: bool) -> None:
    """Delete corrections for good."""
    if bool(numbers) == is_all:
        raise click.UsageError("Name corrections by their ids, or delete --all.")
    store = _store()
    what = "all corrections" if is_all else f"corrections {', '.join(map(str, numbers))}"
    if not is_confirmed(f"Delete {what} for good?", is_sure):
        print("Nothing was deleted.")
        return
    count = store.delete_all(Filter()) if is_all else store.delete(numbers)
    print(f"Deleted {count:,}.")


@corrections.command()
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object for each run, one a line.")
def score(as_json: bool) -> int:
    """Score every run on the corrections.

    They are mostly what one run read wrong, so no share is an accuracy, and a run that was trained on them
    knows the answers.
    """
    images = _store().labelled()
    if not len(images):
        raise CorrectionsError("There are no corrections yet. The pages Draw and Photo make them.")
    scores: list[CorrectionScore] = []
    errors: list[RunError] = []
    for name in RunStore().models():
        try:
            scores.append(score_on_corrections(open_reader(name), images))
        except RunError as error:
            errors.append(error)
    if as_json:
        for each in scores:
            print(json.dumps(asdict(each)))
    elif scores:
        rows = [[s.run, f"{s.right:,} of {s.digits:,}", f"{s.rejected:,} of {s.others:,}"] for s in scores]
        print(aligned([["run", "digits right", "no digits rejected"], *rows], left=(0,)))
    return report(errors)


def _store() -> CorrectionStore:
    return CorrectionStore(corrections_url())
