"""The table of corrections as it is now, and the way of a correction into a row and back.

A change of the table is a new module in `migrations/versions`, and its revision is VERSION.
"""

from __future__ import annotations

from datetime import UTC
from typing import Any

import msgspec
import numpy as np
import sqlalchemy as sa

from mnist_app.domain import Correction, Drawing

VERSION = "0001"
VERSION_TABLE = "corrections_version"  # Alembic's own name may be another program's in the same database
MAX_POINTS = 2_000  # of strokes that are kept; a digit has some hundred
_DECIMALS = 2

CORRECTIONS = sa.Table(
    "corrections",
    sa.MetaData(),
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("time", sa.DateTime(timezone=True), nullable=False),
    sa.Column("visitor", sa.String(64), nullable=False),
    sa.Column("run", sa.String(64), nullable=False),
    sa.Column("read", sa.String(8), nullable=False),
    sa.Column("confidence", sa.Float, nullable=False),
    sa.Column("label", sa.SmallInteger, nullable=False),
    sa.Column("image", sa.LargeBinary(784), nullable=False),
    sa.Column("strokes", sa.Text),
)


def to_row(correction: Correction, visitor: str) -> dict[str, Any]:
    """Return what is stored of a correction; of longer strokes than MAX_POINTS, the image alone."""
    return {
        "time": correction.time.astimezone(UTC),
        "visitor": visitor,
        "run": correction.run,
        "read": correction.read,
        "confidence": correction.confidence,
        "label": correction.label,
        "image": correction.image.tobytes(),
        "strokes": _encoded(correction.drawing),
    }


def from_row(row: sa.Row[*tuple[Any, ...]]) -> Correction:
    """Return the correction of a row. Raises ValueError if it holds no correction."""
    image = np.frombuffer(row.image, np.uint8).reshape(28, 28)
    # SQLite keeps no time zone, PostgreSQL gives its own.
    time = row.time.replace(tzinfo=UTC) if row.time.tzinfo is None else row.time.astimezone(UTC)
    drawing = None if row.strokes is None else _decoded(row.strokes)
    return Correction(time, row.run, row.read, row.confidence, row.label, image, drawing, row.id)


def strokes_of(drawing: Drawing) -> list[list[list[float]]]:
    """Return a drawing's strokes as JSON has them: lists of [x, y], rounded to a hundredth of a pixel."""
    return [stroke.astype(np.float64).round(_DECIMALS).tolist() for stroke in drawing.strokes]


def _encoded(drawing: Drawing | None) -> str | None:
    if drawing is None or sum(map(len, drawing.strokes)) > MAX_POINTS:
        return None
    return msgspec.json.encode(strokes_of(drawing)).decode()


def _decoded(strokes: str) -> Drawing:
    points = msgspec.json.decode(strokes, type=list[list[tuple[float, float]]])
    return Drawing(tuple(np.array(stroke, np.float32) for stroke in points))
