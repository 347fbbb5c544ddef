"""Where reading of ordinary paper hurts: painted photos by kind, and how many of each are read right.

    MNIST_APP_DATA=FOLDER python -m tests.benchmarks.pages [KIND ...] [--pages 50] [--writers validation]
        [--run RUN] [--failures FOLDER]

Each page is in the hand of somebody who wrote no training image; see `synthetic/kinds`. Page k of a kind is
the same whatever else is read. A page is right if the digits of every row are, and right *as written* if its
signs are, too; what only keeps numbers apart, a space or an empty box, does not count. It is *silently wrong*
if it is wrong though no digit was doubtful and nothing was refused. A blank sheet is right if it is refused,
words and a landscape also if every digit is doubtful. `--failures` keeps each page that was misread, named by
its kind and by what was read.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2

from mnist_app.domain import Reading
from mnist_app.errors import DataError, NoDigitError
from mnist_app.reading.reader import Reader, open_reader
from mnist_app.runs import DEFAULT_RUN
from tests.benchmarks.machine import machine
from tests.benchmarks.photos import edit_distance
from tests.benchmarks.synthetic.kinds import KINDS, page_of
from tests.benchmarks.synthetic.pages import Page
from tests.benchmarks.synthetic.writers import DIGITS, Writer, held_out

PAGES = 50
MUST_REFUSE = "blank"  # the kind of which a doubtful digit is one too many
COLUMNS = ("kind", "right", "right as written", "digits right", "silently wrong", "median time")


@dataclass(frozen=True)
class Result:
    """How one page was read; `distance` is the edit distance of its digits, `length` their number."""

    read: tuple[str, ...]
    is_right: bool
    is_right_as_written: bool | None
    distance: int
    length: int
    is_silent: bool
    seconds: float


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a row for each kind, as Markdown."""
    options = _options(arguments)
    try:
        writers = held_out(options.writers == "validation")
    except DataError as error:
        print(error, file=sys.stderr)
        return 2
    reader = open_reader(options.run)
    print(f"{options.run}, {machine()}")
    print(f"{options.pages} pages of each kind by {len(writers)} {options.writers} writers\n")
    print(_row(COLUMNS), _row(["---"] * len(COLUMNS)), sep="\n")
    every: list[Result] = []
    for kind in options.kinds or KINDS:
        results = score(kind, reader, writers, options.pages, options.failures)
        print(_row([kind, *_figures(results)]), flush=True)
        every += results
    print(_row(["all", *_figures(every)]))
    return 0


def score(
    kind: str, reader: Reader, writers: Sequence[Writer], pages: int, failures: Path | None = None
) -> list[Result]:
    """Read so many pages of a kind, and keep those that were misread in a folder."""
    results = []
    for k in range(pages):
        page = page_of(kind, k, writers)
        results.append(result := _result(kind, page, reader))
        if failures and not result.is_right:
            failures.mkdir(parents=True, exist_ok=True)
            name = f"{kind}-{k:02d}-{'+'.join(result.read) or 'refused'}"[:100] + ".jpg"
            cv2.imwrite(str(failures / name), cv2.cvtColor(page.photo, cv2.COLOR_RGB2BGR))
    return results


def _result(kind: str, page: Page, reader: Reader) -> Result:
    started = time.perf_counter()
    try:
        reading = reader.read_photo(page.photo)
    except NoDigitError:
        reading = Reading(())
    seconds = time.perf_counter() - started
    read = digits_of(reading.lines)
    doubtful = [digit.is_doubtful for digit in reading.digits]
    is_right = read == page.rows
    if not page.rows:
        is_right = not doubtful or (kind != MUST_REFUSE and all(doubtful))
    written: tuple[str, ...] | None = getattr(reading, "written", None)
    as_written = None
    if written is not None:
        rows = tuple(row for row in (line.replace(" ", "") for line in written) if row)
        as_written = rows == page.written if page.rows else is_right
    a, b = "".join(read), "".join(page.rows)
    is_silent = not is_right and bool(reading.digits) and not any(doubtful)
    return Result(read, is_right, as_written, edit_distance(a, b), len(b), is_silent, seconds)


def digits_of(lines: Sequence[str]) -> tuple[str, ...]:
    """Return the digits of each row, without signs, marks and rows that have none."""
    rows = ("".join(c for c in line if c in DIGITS) for line in lines)
    return tuple(row for row in rows if row)


def _figures(results: Sequence[Result]) -> list[str]:
    count, length = len(results), sum(result.length for result in results)
    as_written = [result.is_right_as_written for result in results if result.is_right_as_written is not None]
    right = max(0.0, 1 - sum(r.distance for r in results if r.length) / length) if length else None
    return [
        f"{sum(result.is_right for result in results) / count:.0%}",
        f"{sum(as_written) / count:.0%}" if len(as_written) == count else "–",
        "–" if right is None else f"{right:.1%}",
        f"{sum(result.is_silent for result in results) / count:.0%}",
        f"{statistics.median(result.seconds for result in results) * 1e3:.0f} ms",
    ]


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.pages", allow_abbrev=False)
    parser.add_argument(
        "kinds", nargs="*", metavar="KIND", help=f"of {', '.join(KINDS)}; all if none is named"
    )
    parser.add_argument("--pages", type=int, default=PAGES, help="of each kind")
    parser.add_argument("--writers", choices=["validation", "test"], default="validation")
    parser.add_argument("--run", default=DEFAULT_RUN)
    parser.add_argument("--failures", type=Path, metavar="FOLDER", help="for the pages that were misread")
    options = parser.parse_args(arguments)
    if unknown := set(options.kinds) - set(KINDS):
        parser.error(f"unknown kinds: {', '.join(sorted(unknown))}; there are {', '.join(KINDS)}")
    return options


if __name__ == "__main__":
    sys.exit(main())
