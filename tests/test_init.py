from __future__ import annotations

from pathlib import Path

import mnist_app
from mnist_app import errors

API = """
    Box Digit Drawing DrawingError ImageError InputError MnistAppError NoDigitError NoModelError Page Reader
    Reading RunDamagedError RunError RunNewerError RunNotFoundError Verdict open_reader read_drawing
    read_pages read_photo
"""
PACKAGE = Path(mnist_app.__file__).parent
# The files that reading passes; those of runs also raise errors that only writing meets.
READING = [file for room in ("ink", "reading") for file in (PACKAGE / room).rglob("*.py")]
OPENING = {"RunNotFoundError", "RunDamagedError", "RunNewerError"}  # by RunStore.open and RunStore.read


def test_the_public_api_is_what_it_was() -> None:
    assert mnist_app.__all__ == API.split()
    assert all(hasattr(mnist_app, name) for name in mnist_app.__all__)


def test_every_error_that_reading_raises_is_public() -> None:
    sources = "\n".join(file.read_text() for file in READING if file.parent.name != "batch")
    raised = {name for name in vars(errors) if name.endswith("Error") and f"{name}(" in sources} | OPENING
    assert raised >= {"DrawingError", "ImageError", "NoDigitError", "NoModelError", *OPENING}
    assert raised <= set(mnist_app.__all__)
