"""Isolated characters of UNIPEN, train_r01_v07, as pen strokes.

Guyon, Schomaker, Plamondon, Liberman, Janet, "UNIPEN project of on-line data exchange and recognizer
benchmarks" (1994). In its archive, a file in `data/CATEGORY/TEAM` has labels, and names the file in `include`
with the strokes:

    .INCLUDE apb/data/apb02/app0237.dat
    .SEGMENT CHARACTER 0-1 ? "4"

A component is a list of points, x and y, behind `.PEN_DOWN` or `.PEN_UP`; empty ones are not counted. A
character has components by their numbers: "12", "12-14", "12,14", or "12:5-14:9" for some of their points.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator

import numpy as np

from mnist_app.learning.data.downloads import MAX_BYTES, fetch, untar
from mnist_app.learning.data.stroke_files import Record

URL = "https://zenodo.org/api/records/1195803/files/unipen-CDROM-train_r01_v07.tgz/content"
ARCHIVE = "unipen-CDROM-train_r01_v07.tgz"
TEAMS = ("aga", "apa", "apb", "app", "art", "ced", "gmd", "kai", "lav", "mot", "sie", "syn", "tos")
DIGITS = ("1a",)
LETTERS = ("1b", "1c", "1d")  # upper case, lower case, signs
SIDE = 500  # of a character, the longer
STEP = 4  # the least distance of a point from the one before, along x or y

_FILE = rf"train_r01_v07/((data/1[a-d]|include)/({'|'.join(TEAMS)})/.+\.dat)$"
_SEGMENT = re.compile(r'^\.SEGMENT\s+CHARACTER\s+(\S+)\s+\S+\s+"(.)"\s*$', re.MULTILINE)

Points = tuple[tuple[int, int], ...]


def download(categories: Iterable[str]) -> list[Record]:
    """Fetch the archive and return the characters of some categories, not verified. Raises DataError."""
    return parse_archive(fetch(URL), categories)


def parse_archive(archive: bytes, categories: Iterable[str]) -> list[Record]:
    """Return the characters of TEAMS in some categories, in the order of their files' names.

    Raises DataError if it is no archive. What has a label of more than one character is left out, and what
    has no extent.
    """
    texts = {}
    for path, content in untar(archive, _FILE, MAX_BYTES):
        texts[path.partition("train_r01_v07/")[2]] = zlib.compress(content, 1)  # in all, half a gigabyte
    folders = tuple(f"data/{category}/" for category in categories)
    labelled = sorted(path for path in texts if path.startswith(folders))
    return [record for path in labelled for record in _records(path, texts)]


def _records(path: str, texts: dict[str, bytes]) -> Iterator[Record]:
    """Yield the characters of one file of labels."""
    _, category, team, *_ = path.split("/")
    labels = _text(path, texts)
    included = re.findall(r"^\.INCLUDE\s+(\S+\.dat)\s*$", labels, re.MULTILINE)
    strokes = "\n".join(_text(f"include/{name}", texts) for name in included)
    writers = re.findall(r"^\.WRITER_ID\s+(\S+)", strokes, re.MULTILINE)
    components = list(_components(strokes))
    for span, label in _SEGMENT.findall(labels) if writers else []:
        numbers = [number for number in _numbers(span) if number < len(components)]
        down = [points for is_down, points in (components[number] for number in numbers) if is_down]
        if scaled := _scaled(down):
            yield Record(int(label) if category in DIGITS else label, f"{team}:{writers[-1]}", scaled)


def _text(path: str, texts: dict[str, bytes]) -> str:
    return zlib.decompress(texts[path]).decode("latin-1") if path in texts else ""


def _components(strokes: str) -> Iterator[tuple[bool, Points]]:
    """Yield whether the pen is down, and its points, for each component that has some."""
    parts = re.split(r"^\.(PEN_DOWN|PEN_UP)\b", strokes, flags=re.MULTILINE)
    for kind, part in zip(parts[1::2], parts[2::2], strict=True):
        lines = part.partition("\n.")[0]  # up to the next keyword
        found = re.findall(r"^[ \t]*(-?\d+)[ \t]+(-?\d+)", lines, re.MULTILINE)
        if found:
            yield kind == "PEN_DOWN", tuple((int(x), int(y)) for x, y in found)


def _numbers(span: str) -> Iterator[int]:
    """Yield the numbers of the components in a span, as a whole if it has some of their points."""
    for part in re.sub(r":\d+", "", span).split(","):
        first, _, last = part.partition("-")
        yield from range(int(first), int(last or first) + 1)


def _scaled(strokes: list[Points]) -> tuple[Points, ...]:
    """Turn y down and the longer side to SIDE, without points that hardly move; () if it has no extent."""
    if not strokes:
        return ()
    every = np.concatenate([np.array(stroke, np.float64) for stroke in strokes])
    left, top, side = every[:, 0].min(), every[:, 1].max(), np.ptp(every, axis=0).max()
    if not side:
        return ()
    scale = SIDE / side
    return tuple(
        _thinned((round((x - left) * scale), round((top - y) * scale)) for x, y in stroke)
        for stroke in strokes
    )


def _thinned(points: Iterable[tuple[int, int]]) -> Points:
    kept: list[tuple[int, int]] = []
    for x, y in points:
        if not kept or max(abs(x - kept[-1][0]), abs(y - kept[-1][1])) >= STEP:
            kept.append((x, y))
    return tuple(kept)
