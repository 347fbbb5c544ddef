"""Handwriting comes in as strokes or as a photo, becomes 28×28 digits, gets read, and says why."""

from mnist_app.domain import Box, Digit, Drawing, Reading
from mnist_app.errors import (
    DataError,
    DrawingError,
    ExportError,
    ImageError,
    InputError,
    MnistAppError,
    NoDigitError,
    RunDamagedError,
    RunError,
    RunExistsError,
    RunNotFoundError,
)
from mnist_app.reading.reader import Reader, open_reader, read_drawing, read_photo

__all__ = [
    "Box",
    "DataError",
    "Digit",
    "Drawing",
    "DrawingError",
    "ExportError",
    "ImageError",
    "InputError",
    "MnistAppError",
    "NoDigitError",
    "Reader",
    "Reading",
    "RunDamagedError",
    "RunError",
    "RunExistsError",
    "RunNotFoundError",
    "open_reader",
    "read_drawing",
    "read_photo",
]
