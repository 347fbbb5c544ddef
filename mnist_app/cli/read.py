"""`read`: files, folders and patterns to text, JSON or CSV."""

from __future__ import annotations

import argparse
import io
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from mnist_app.cli.exits import EXIT_UNREADABLE
from mnist_app.cli.progress import Progress
from mnist_app.cli.tables import Tally, outcome_lines, printable
from mnist_app.reading.batch.inputs import Source, find_sources
from mnist_app.reading.batch.pictures import Pictures
from mnist_app.reading.batch.pool import processors, read_batch
from mnist_app.reading.batch.tasks import Outcome, Task, is_drawing, outcome_to_csv, outcome_to_json, tasks_of
from mnist_app.reading.formats import CSV_HEADER, to_csv


def read(options: argparse.Namespace) -> int:
    """Read all that was named; what can't be read is reported. Returns the exit status."""
    sources = list(find_sources(options.paths))
    progress, tally = Progress(sys.stderr), Tally()
    tasks = _tasks(sources, _pictures(options.annotate, sources))
    with closing(read_batch(options.run, tasks, options.workers or processors())) as outcomes:
        if options.csv:
            _print_csv_header()
        for outcome in outcomes:
            progress.clear()
            tally.add(outcome)
            _report(outcome, options)
            if len(sources) > 1:
                progress.show(f"{tally.files}/{len(sources)} {printable(outcome.place)}")
    progress.clear()
    if len(sources) > 1:
        print(tally.text, file=sys.stderr)
    return EXIT_UNREADABLE if tally.errors else 0


def _pictures(folder: Path | None, sources: Sequence[Source | Outcome]) -> Pictures | None:
    return None if folder is None else Pictures(folder, (source.file for source in sources))


def _tasks(sources: Sequence[Source | Outcome], pictures: Pictures | None) -> Iterator[Task | Outcome]:
    """All that is to be read."""
    for source in sources:
        if isinstance(source, Outcome):
            yield source
            continue
        picture = pictures.place_for(source.name) if pictures and not is_drawing(source.file) else None
        yield from tasks_of(source.file, picture)


def _report(outcome: Outcome, options: argparse.Namespace) -> None:
    """An outcome to standard output, and its error to standard error, before the next is read."""
    if options.json:
        print(json.dumps(outcome_to_json(outcome)), flush=True)
    elif options.csv:
        print(to_csv(outcome_to_csv(outcome)), end="", flush=True)
    else:
        for line in outcome_lines(outcome):
            print(line, flush=True)
    if outcome.error:
        print(f"{printable(outcome.place)}: {printable(str(outcome.error))}", file=sys.stderr)


def _print_csv_header() -> None:
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    print(to_csv([CSV_HEADER]), end="")
