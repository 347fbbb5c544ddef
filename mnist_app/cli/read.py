"""`read`: files, folders and patterns to text, JSON or CSV."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path

import click

from mnist_app.cli.options import EXIT_FAILED, PATH
from mnist_app.cli.readings import ProgressLine, Tally, outcome_lines
from mnist_app.cli.tables import printable
from mnist_app.reading.batch.inputs import Source, find_sources
from mnist_app.reading.batch.pictures import Pictures
from mnist_app.reading.batch.pool import processors, read_batch
from mnist_app.reading.batch.tasks import Outcome, Task, outcome_to_csv, outcome_to_json, tasks_of
from mnist_app.reading.formats import CSV_HEADER, to_csv
from mnist_app.runs.store import DEFAULT_RUN


@click.command(short_help="Read photos and drawings.")
@click.argument("paths", nargs=-1, required=True, type=PATH, metavar="PATH...")
@click.option("--run", default=DEFAULT_RUN, show_default=True, metavar="NAME", help="Model to read with.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object a line for each photo or drawing.")
@click.option("--csv", "as_csv", is_flag=True, help="Print a line for each number and each error.")
@click.option("--annotate", type=PATH, metavar="DIR", help="Save photos there as PNG, with what was read.")
@click.option("--workers", type=click.IntRange(1), help="Number of processes.  [default: one a processor]")
def read(
    paths: tuple[Path, ...], run: str, as_json: bool, as_csv: bool, annotate: Path | None, workers: int | None
) -> int:
    """Read photos and drawings.

    PATH is a file, a folder or a quoted pattern, as 'scans/**/*.jpg'. In folders, all photos and drawings
    are read, at any depth, except for hidden files and links to folders. Drawings are .json; .jsonl and
    .jsonl.gz have one on each line. Every page of a PDF or TIFF is read, up to the 500th.

    A single digit is printed with its confidence, a row with spaces between its numbers. If there are several
    rows, each is a line, with its number after the file name:

    \b
      five.png: 5 (99.9%)
      sum.jpg: 1234 567 (digit 3: 4 or 9)
      page.jpg:1: 1024 (turned 90°)
      page.jpg:2: 77 (digit 2: probably 7)
      scan.pdf, page 2: 36 508

    Files that can't be read are reported on standard error. The others are still read, and the exit status
    is 2.
    """
    if as_json and as_csv:
        raise click.UsageError("--csv is not allowed with --json.")
    sources = list(find_sources(paths))
    pictures = Pictures(annotate, (source.file for source in sources)) if annotate else None
    progress, tally = ProgressLine(sys.stderr), Tally()
    with closing(read_batch(run, _tasks(sources, pictures), workers or processors())) as outcomes:
        if as_csv:
            if isinstance(sys.stdout, io.TextIOWrapper):
                sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
            print(to_csv([CSV_HEADER]), end="")
        for outcome in outcomes:
            progress.clear()
            tally.add(outcome)
            _print(outcome, as_json, as_csv)
            if len(sources) > 1 or outcome.pages > 1:
                progress.show(f"{tally.files}/{len(sources)} {printable(outcome.place)}")
    progress.clear()
    if len(sources) > 1:
        print(tally.text, file=sys.stderr)
    return EXIT_FAILED if tally.errors else 0


def _tasks(sources: Sequence[Source | Outcome], pictures: Pictures | None) -> Iterator[Task | Outcome]:
    for source in sources:
        if isinstance(source, Outcome):
            yield source
            continue
        yield from tasks_of(source.file, partial(pictures.place_for, source.name) if pictures else None)


def _print(outcome: Outcome, as_json: bool, as_csv: bool) -> None:
    """Print an outcome, flushed so that it is there before the next one is read, and its error on stderr."""
    if as_json:
        print(json.dumps(outcome_to_json(outcome)), flush=True)
    elif as_csv:
        print(to_csv(outcome_to_csv(outcome)), end="", flush=True)
    else:
        for line in outcome_lines(outcome):
            print(line, flush=True)
    if outcome.error:
        print(f"{printable(outcome.place)}: {printable(str(outcome.error))}", file=sys.stderr)
