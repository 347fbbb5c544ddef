"""Curves as files: CSV of raw values, and charts as SVG and PNG.

Charts are drawn by vl-convert in a process of its own, since the server would keep its JavaScript engine:
python -m mnist_app.ui.training.runs.curve_files svg|png < SPEC > FILE
"""

from __future__ import annotations

import csv
import io
import json
import math
import subprocess
import sys
import threading
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa

from mnist_app.ui.training.runs.curve_data import Curve

Form = Literal["svg", "png"]
WIDTH = 800  # pixels
SCALE = 2  # of PNG, for print and for sharp screens
TIMEOUT = 60  # seconds

_ONE_AT_A_TIME = threading.Lock()  # each takes a second and 180 MB, however many visitors ask
_CONFIG = {"background": "white", "font": "sans-serif", "view": {"stroke": None}}


def as_csv(lines: Sequence[Curve], measure: str) -> str:
    """Return raw values as CSV: a row for each epoch, a column for each line, empty if not measured."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["epoch", *(f"{line.name}: {measure.lower()}" for line in lines)])
    for k in range(max(len(line.values) for line in lines)):
        values = [line.values[k] if k < len(line.values) else math.nan for line in lines]
        writer.writerow([k + 1, *(repr(float(v)) if math.isfinite(v) else "" for v in values)])
    return text.getvalue()


def as_picture(spec: dict[str, Any], data: pa.Table, title: str, form: Form) -> bytes:
    """Return a Vega-Lite chart and its data as a file. Raises OSError or subprocess.SubprocessError."""
    rows = [{key: value for key, value in row.items() if value is not None} for row in data.to_pylist()]
    whole = {**spec, "width": WIDTH, "title": title, "data": {"values": rows}, "config": _CONFIG}
    with _ONE_AT_A_TIME:
        return _converted(json.dumps(whole).encode(), form)


@lru_cache(maxsize=16)
def _converted(spec: bytes, form: Form) -> bytes:
    command = [sys.executable, "-m", "mnist_app.ui.training.runs.curve_files", form]
    root = Path(__file__).resolve().parents[4]
    done = subprocess.run(command, input=spec, capture_output=True, check=True, timeout=TIMEOUT, cwd=root)
    return done.stdout


def main() -> None:
    """Convert the specification on standard input."""
    import vl_convert

    spec = json.load(sys.stdin)
    if sys.argv[1] == "png":
        sys.stdout.buffer.write(vl_convert.vegalite_to_png(spec, scale=SCALE))
    else:
        sys.stdout.buffer.write(vl_convert.vegalite_to_svg(spec).encode())


if __name__ == "__main__":
    main()
