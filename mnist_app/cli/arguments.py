"""What can be typed, and what of it is refused."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable
from pathlib import Path

from mnist_app.cli import commands, exchange, runs
from mnist_app.cli.compare import compare
from mnist_app.cli.read import read
from mnist_app.cli.run_tables import COLUMNS
from mnist_app.domain.training import PRESETS
from mnist_app.runs import DEFAULT_RUN

READ = """\
Read photos and drawings.

PATH is a file, a folder or a quoted pattern, as 'scans/**/*.jpg'. Of folders, all
photos and drawings are read, at any depth; what is hidden and links to folders are
left out. Drawings are .json; .jsonl and .jsonl.gz have one on each line.

A single digit is printed with its confidence, a row with spaces between its numbers.
Of several rows, each is a line, with its number behind the file's name:

  five.png: 5 (99.9%)
  sum.jpg: 1234 567 (digit 3: 4 or 9)
  page.jpg:1: 1024 (turned 90°)
  page.jpg:2: 77 (digit 2: probably 7)

What can't be read is said on standard error. The rest still gets read, and the exit
status is 2."""


def parser() -> argparse.ArgumentParser:
    """Every command with its arguments; `command` is the function that does it."""
    whole = argparse.ArgumentParser(prog="python -m mnist_app", description="Read handwritten digits.")
    subparsers = whole.add_subparsers(required=True, metavar="COMMAND")

    _add_read(subparsers.add_parser("read", help="read photos and drawings"))

    train = subparsers.add_parser("train", help="train a preset and save it as a run")
    what = train.add_mutually_exclusive_group(required=True)
    what.add_argument("preset", nargs="?", choices=PRESETS)
    what.add_argument("--resume", metavar="NAME", help="go on with a training that was interrupted")
    train.add_argument("--epochs", type=_positive(int))
    train.add_argument("--batch-size", type=_positive(int))
    train.add_argument("--learning-rate", type=_positive(float))
    train.add_argument("--seed", type=_seed)
    train.add_argument("--patience", type=_positive(int), help="stop after so many epochs without a gain")
    train.add_argument("--ema", type=_share, help="momentum of the weights' moving average")
    train.add_argument("--name", help="the run's name; the preset's, or the next free one, if left out")
    train.add_argument("--finish", action="store_true", help="with --resume: no more epochs, save the best")
    train.add_argument("--tensorboard", action="store_true", help="write event files beside the run's")
    _add_data(train)
    train.set_defaults(
        command=commands.train, stopped=" Finished epochs are kept: `train --resume NAME` goes on."
    )

    tune = subparsers.add_parser("tune", help="search for better settings; each trial is a run")
    tune.add_argument("preset", choices=PRESETS, help="where the search starts from")
    tune.add_argument("--trials", type=_positive(int), default=20, help="in all, earlier ones included")
    tune.add_argument("--epochs", type=_positive(int), help="at most, of each trial")
    tune.add_argument("--name", help="the study's name (default: tune-PRESET); an existing one goes on")
    _add_data(tune)
    tune.set_defaults(command=commands.tune, stopped=" What was tried is kept: the same command goes on.")

    data = subparsers.add_parser("data", help="look at what is trained on")
    looks = data.add_subparsers(required=True, metavar="COMMAND")
    prepare = looks.add_parser("prepare", help="make the image sets that the Training page shows")
    prepare.add_argument("--offline", action="store_true", help="only what needs no download")
    _add_data(prepare)
    prepare.set_defaults(command=commands.prepare, stopped=" Finished sets are kept.")
    preview = looks.add_parser("preview", help="a contact sheet of the images as the model gets them")
    preview.add_argument("preset", nargs="?", choices=PRESETS, default=DEFAULT_RUN)
    preview.add_argument("--output", type=Path, default=Path("preview.png"), metavar="FILE")
    preview.add_argument("--seed", type=_seed, default=0)
    _add_data(preview)
    preview.set_defaults(command=commands.preview)

    evaluate = subparsers.add_parser("evaluate", help="score a run on MNIST's and every other test set")
    evaluate.add_argument("run", metavar="RUN")
    evaluate.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    _add_data(evaluate)
    evaluate.set_defaults(command=commands.evaluate)

    _add_runs(subparsers.add_parser("runs", help="list, compare, rename, delete, export or import runs"))
    return whole


def _add_read(command: argparse.ArgumentParser) -> None:
    command.description, command.formatter_class = READ, argparse.RawDescriptionHelpFormatter
    command.add_argument("paths", nargs="+", type=_path, metavar="PATH", help="file, folder or pattern")
    command.add_argument(
        "--run", default=DEFAULT_RUN, help=f"the model to read with (default: {DEFAULT_RUN})"
    )
    form = command.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="one JSON object a line for each photo or drawing")
    form.add_argument(
        "--csv", action="store_true", help="one line for each number, and for each thing that can't be read"
    )
    command.add_argument(
        "--annotate", type=_path, metavar="DIR", help="save photos there as PNG, with what was read on them"
    )
    command.add_argument(
        "--workers", type=_positive(int), metavar="N", help="processes (default: one for each processor)"
    )
    command.set_defaults(command=read)


def _add_runs(command: argparse.ArgumentParser) -> None:
    subparsers = command.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, does: Callable[[argparse.Namespace], int], text: str) -> argparse.ArgumentParser:
        parser = subparsers.add_parser(name, help=text)
        parser.set_defaults(command=does)
        return parser

    listing = add("list", runs.list_runs, "all runs in a table, and below it what is not finished")
    listing.add_argument(
        "--sort", type=_column, choices=COLUMNS, default="name", metavar="COLUMN", help=", ".join(COLUMNS)
    )
    listing.add_argument("--json", action="store_true", help="one JSON object a line")
    showing = add("show", runs.show, "all about one run")
    showing.add_argument("name", metavar="NAME")
    showing.add_argument("--json", action="store_true", help="one JSON object")
    comparing = add("compare", compare, "runs side by side; of two, on which images only one is right")
    comparing.add_argument("names", nargs="+", metavar="NAME")
    deleting = add("delete", runs.delete, "delete runs, and trainings that were not finished")
    deleting.add_argument("names", nargs="+", metavar="NAME")
    deleting.add_argument("--yes", action="store_true", help="don't ask")
    renaming = add("rename", runs.rename, "give a run another name")
    renaming.add_argument("old", metavar="OLD")
    renaming.add_argument("new", metavar="NEW")
    noting = add("note", runs.note, "print the note on a run, or write one")
    noting.add_argument("name", metavar="NAME")
    words = noting.add_mutually_exclusive_group()
    words.add_argument("text", nargs="?", metavar="TEXT")
    words.add_argument("--clear", action="store_true", help="take the note away")
    exporting = add("export", exchange.export, "write a run as one zip")
    exporting.add_argument("name", metavar="NAME")
    exporting.add_argument("file", nargs="?", type=_path, metavar="FILE", help="default: NAME.zip")
    exporting.add_argument("--force", action="store_true", help="replace the file if it exists")
    importing = add("import", exchange.import_run, "take in a run's zip, or the .csv of Keras's CSVLogger")
    importing.add_argument("file", type=_path, metavar="FILE")
    importing.add_argument("--name", help="the run's name; else the zip's or the file's own")
    importing.add_argument("--yes", action="store_true", help="don't ask")


def _add_data(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--data", metavar="PATH", help="mnist.npz, or a folder with it or with the IDX files"
    )


def _positive(kind: Callable[[str], float]) -> Callable[[str], float]:
    def parse(text: str) -> float:
        value = kind(text)
        if not 0 < value < math.inf:
            raise argparse.ArgumentTypeError(f"must be finite and above 0, got {text}")
        return value

    parse.__name__ = kind.__name__  # argparse names it in "invalid int value"
    return parse


def _path(text: str) -> Path:
    if not text:
        raise argparse.ArgumentTypeError("must not be empty")
    return Path(text)


def _column(text: str) -> str:
    return text.replace("-", " ").replace("_", " ").lower()


def _share(text: str) -> float:
    value = _positive(float)(text)
    if not value < 1:
        raise argparse.ArgumentTypeError(f"must be below 1, got {text}")
    return value


def _seed(text: str) -> int:
    try:
        value = int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"must be a whole number, got {text}") from None
    if not 0 <= value < 2**32:
        raise argparse.ArgumentTypeError(f"must be from 0 to {2**32 - 1}, got {text}")
    return value
