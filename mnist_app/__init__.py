"""Handwriting comes in as strokes or as a photo, becomes 28×28 digits, gets read, and says why."""

from mnist_app.domain import Box, Digit, Drawing, Reading, Verdict
from mnist_app.errors import (
    DrawingError,
    ImageError,
    InputError,
    MnistAppError,
    NoDigitError,
    NoModelError,
    RunDamagedError,
    RunError,
    RunNewerError,
    RunNotFoundError,
)
from mnist_app.reading.documents import Page
from mnist_app.reading.reader import Reader, open_reader, read_drawing, read_pages, read_photo

__all__ = [
    "Box",
    "Digit",
    "Drawing",
    "DrawingError",
    "ImageError",
    "InputError",
    "MnistAppError",
    "NoDigitError",
    "NoModelError",
    "Page",
    "Reader",
    "Reading",
    "RunDamagedError",
    "RunError",
    "RunNewerError",
    "RunNotFoundError",
    "Verdict",
    "open_reader",
    "read_drawing",
    "read_pages",
    "read_photo",
]
