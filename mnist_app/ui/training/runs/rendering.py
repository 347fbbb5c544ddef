"""Charts as files, by vl-convert, in a process of its own: the server would keep its JavaScript engine.

python -m mnist_app.ui.training.runs.rendering svg|png < SPEC > FILE
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa

Form = Literal["svg", "png"]
WIDTH = 800  # pixels
ENLARGED = 2  # of PNG, for print and for sharp screens
TIMEOUT = 60  # seconds

_ALONE = threading.Lock()  # each takes a second and 180 MB, however many visitors ask
_CONFIG = {"background": "white", "font": "sans-serif", "view": {"stroke": None}}


def rendered(spec: dict[str, Any], data: pa.Table, title: str, form: Form) -> bytes:
    """A Vega-Lite chart and its data as a picture. Raises OSError or subprocess.SubprocessError."""
    rows = [{key: value for key, value in row.items() if value is not None} for row in data.to_pylist()]
    whole = {**spec, "width": WIDTH, "title": title, "data": {"values": rows}, "config": _CONFIG}
    with _ALONE:
        return _converted(json.dumps(whole).encode(), form)


@lru_cache(maxsize=16)
def _converted(spec: bytes, form: Form) -> bytes:
    command = [sys.executable, "-m", "mnist_app.ui.training.runs.rendering", form]
    root = Path(__file__).resolve().parents[4]
    done = subprocess.run(command, input=spec, capture_output=True, check=True, timeout=TIMEOUT, cwd=root)
    return done.stdout


def main() -> None:
    """Convert what comes in."""
    import vl_convert

    spec = json.load(sys.stdin)
    if sys.argv[1] == "png":
        sys.stdout.buffer.write(vl_convert.vegalite_to_png(spec, scale=ENLARGED))
    else:
        sys.stdout.buffer.write(vl_convert.vegalite_to_svg(spec).encode())


if __name__ == "__main__":
    main()
