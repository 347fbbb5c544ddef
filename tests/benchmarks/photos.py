"""How well and how fast photos of handwritten numbers are read.

    python -m tests.benchmarks.photos FOLDER [RUN]

FOLDER has images and a labels.json: [{"file": "page.jpg", "digits": ["1234", "567"]}, ...], rows from top to
bottom, with "order": "any" where their order is ambiguous. A photo is right where every row is. Digits are
one less the edit distance over the length of all text.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from mnist_app.errors import InputError, NoDigitError
from mnist_app.ink.canonical import canonical
from mnist_app.ink.decode import load_photo
from mnist_app.ink.stroke_width import thickened
from mnist_app.learning.data.pendigits import VALIDATION_WRITERS, by_writers, load_pen_strokes
from mnist_app.reading.reader import Reader, open_reader
from mnist_app.runs import DEFAULT_RUN
from tests.benchmarks.machine import machine
from tests.benchmarks.synthetic.pages import hand_of, photograph

ROWS = ["31415", "92653", "58979", "32384"]  # 20 digits
MEGAPIXELS = (4_000, 3_000)
LOCAL = (51, 15)  # pixels and grey levels, of the usual recipe's threshold
SMALLEST = 0.08  # of the photo's height, of its boxes
# Linux's own count: that of `resource` begins with the memory of the process that started it.
PEAK = """
import re, sys
from mnist_app import read_photo
read_photo(sys.argv[1], sys.argv[2])
print(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1])
"""


def main(folder: str, run: str = DEFAULT_RUN) -> int:
    """Print what was misread, the two scores, and the time and memory of a large photo."""
    reader = open_reader(run)
    print(f"{run}, {machine()}")
    _score(reader, Path(folder))
    _large(reader, run)
    return 0


def _score(reader: Reader, folder: Path) -> None:
    labels = json.loads((folder / "labels.json").read_text())
    right, wrong, length, times = 0, 0, 0, []
    for label in labels:
        started = time.perf_counter()
        read = _read(reader, folder / label["file"])
        times.append(time.perf_counter() - started)
        distance, is_right = compare(read, label)
        right, wrong, length = right + is_right, wrong + distance, length + len("".join(label["digits"]))
        if not is_right:
            print(f"  {label['file']}: {' / '.join(read)} instead of {' / '.join(label['digits'])}")
    usual = 0
    for label in labels:
        whole = {**label, "digits": ["".join(label["digits"])]}
        usual += compare(usual_recipe(reader, folder / label["file"]), whole)[1]
    print(f"the usual recipe with the same model: {usual} of {len(labels)} photos without a mistake")
    print(f"{right} of {len(labels)} photos without a mistake, {1 - wrong / length:.1%} of {length} digits")
    print(f"median {statistics.median(times) * 1e3:.0f} ms a photo, the longest {max(times):.2f} s")


def usual_recipe(reader: Reader, file: Path) -> list[str]:
    """What tutorials do: blur, a local threshold, outer contours from left to right, one digit each.

    As one row, since they know of no other; so a photo with several rows is compared as its whole text.
    """
    gray = cv2.cvtColor(load_photo(file).pixels, cv2.COLOR_RGB2GRAY)
    gray = 255 - gray if np.median(gray) < 128 else gray
    mean, inverse = cv2.ADAPTIVE_THRESH_GAUSSIAN_C, cv2.THRESH_BINARY_INV
    ink = cv2.adaptiveThreshold(cv2.GaussianBlur(gray, (5, 5), 0), 255, mean, inverse, *LOCAL)
    contours, _ = cv2.findContours(ink, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    boxes = sorted(tuple(cv2.boundingRect(contour)) for contour in contours)
    text = ""
    for left, top, width, height in boxes:
        if height >= SMALLEST * ink.shape[0]:
            digit = (ink[top : top + height, left : left + width] / 255).astype(np.float32)
            with suppress(NoDigitError):
                answers = reader.classifier.predict(canonical(thickened(digit))[None])
                text += str(answers.probabilities.argmax())
    return [text]


def _read(reader: Reader, file: Path) -> list[str]:
    try:
        return list(reader.read_photo(file).lines)
    except InputError as error:
        print(f"  {file.name}: {error}")
        return []


def compare(read: list[str], label: dict[str, Any]) -> tuple[int, bool]:
    """The edit distance of the whole text, and whether every row is right."""
    written: list[str] = label["digits"]
    a, b = "".join(read), "".join(written)
    if label.get("order") == "any":
        return edit_distance("".join(sorted(a)), "".join(sorted(b))), sorted(a) == sorted(b)
    return edit_distance(a, b), read == written


def edit_distance(a: str, b: str) -> int:
    """The fewest insertions, deletions and replacements that turn one text into the other (Levenshtein)."""
    before = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        row = [i]
        for j, y in enumerate(b, 1):
            row.append(min(row[-1] + 1, before[j] + 1, before[j - 1] + (x != y)))
        before = row
    return before[-1]


def _large(reader: Reader, run: str) -> None:
    """A 12-megapixel JPEG with 20 digits: the time of one reading, and a reader's peak memory."""
    _, strokes, _ = by_writers(load_pen_strokes())
    page = photograph(ROWS, hand_of(strokes, VALIDATION_WRITERS[0]), np.random.default_rng(0))
    large = cv2.resize(page.photo, MEGAPIXELS, interpolation=cv2.INTER_CUBIC)
    content = cv2.imencode(".jpg", cv2.cvtColor(large, cv2.COLOR_RGB2BGR))[1].tobytes()
    del large
    times = []
    for _ in range(5):
        started = time.perf_counter()
        reader.read_photo(content)
        times.append(time.perf_counter() - started)
    with tempfile.NamedTemporaryFile(suffix=".jpg") as file:  # read by itself: painting it takes more
        Path(file.name).write_bytes(content)
        peak = subprocess.check_output([sys.executable, "-c", PEAK, file.name, run], text=True)
    print(f"12 megapixels: median {statistics.median(times):.2f} s, peak {int(peak) / 1024:.0f} MB")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
