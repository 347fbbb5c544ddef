"""The store of corrections: bounded, in the order of their ids."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import sqlalchemy as sa

from mnist_app.corrections.database import Database
from mnist_app.corrections.schema import CORRECTIONS, from_row, to_row
from mnist_app.domain import Correction, Split
from mnist_app.errors import CorrectionsError, CorrectionsFullError

MAX_CORRECTIONS = 10_000
MAX_OF_VISITOR = 1_000
_C = CORRECTIONS.c


@dataclass(frozen=True)
class Filter:
    """Corrections with this label, by this run, read as this and by this visitor; None takes all."""

    label: int | None = None
    run: str | None = None
    read: str | None = None
    visitor: str | None = None

    @property
    def where(self) -> list[sa.ColumnElement[bool]]:
        """The conditions of a query."""
        fields = {_C.label: self.label, _C.run: self.run, _C.read: self.read, _C.visitor: self.visitor}
        return [column == value for column, value in fields.items() if value is not None]


ALL = Filter()


class CorrectionStore:
    """The corrections in one database. Every method raises CorrectionsError if that can't be used.

    A visitor's id is a secret of theirs: who knows it may delete what they stored, and nothing gives it out.
    """

    def __init__(self, url: str) -> None:
        """Take the database at a URL. Nothing is opened or made before it is used."""
        self._database = Database(url)

    def add(self, corrections: Sequence[Correction], visitor: str) -> None:
        """Store all of a visitor's corrections or none; once this returns they outlive any crash.

        Raises CorrectionsFullError if there are too many then, in all or of this visitor.
        """
        with self._database.writing() as connection:
            if _number(connection, ALL) + len(corrections) > MAX_CORRECTIONS:
                raise CorrectionsFullError(
                    f"The database holds {MAX_CORRECTIONS:,} corrections at most. Whoever runs this app can "
                    "export and delete some."
                )
            if _number(connection, Filter(visitor=visitor)) + len(corrections) > MAX_OF_VISITOR:
                raise CorrectionsFullError(
                    f"{MAX_OF_VISITOR:,} corrections of one person are kept at most. Delete some of "
                    "yours, then try again."
                )
            connection.execute(sa.insert(CORRECTIONS), [to_row(each, visitor) for each in corrections])

    def count(self, chosen: Filter = ALL) -> int:
        """Return how many there are."""
        rows = self._database.rows(_count(chosen))
        return int(rows[0][0]) if rows else 0

    def counts(self, name: str, chosen: Filter = ALL) -> dict[Any, int]:
        """Return how many there are for each value of `label`, `run` or `read`, in their order."""
        column = _C[name]
        query = sa.select(column, sa.func.count()).where(*chosen.where).group_by(column).order_by(column)
        return {row[0]: int(row[1]) for row in self._database.rows(query)}

    def find(
        self, chosen: Filter = ALL, first: int = 0, most: int | None = None, newest_first: bool = False
    ) -> list[Correction]:
        """Return corrections by their ids, from the `first` on, counted from 0."""
        order = _C.id.desc() if newest_first else _C.id
        query = sa.select(CORRECTIONS).where(*chosen.where).order_by(order).offset(first).limit(most)
        with _as_damage():
            return [from_row(row) for row in self._database.rows(query)]

    def labelled(self) -> Split:
        """Return all images with their labels."""
        with _as_damage():
            rows = self._database.rows(sa.select(_C.image, _C.label).order_by(_C.id))
            images = np.frombuffer(b"".join(row.image for row in rows), np.uint8)
            return Split(images.reshape(len(rows), 28, 28), np.array([row.label for row in rows], np.uint8))

    def fix(self, number: int, label: int, visitor: str | None = None) -> None:
        """Give a correction another label, 0-9 or NOT_A_DIGIT; of a `visitor`, only their own.

        Raises CorrectionsError if there is none.
        """
        query = sa.update(CORRECTIONS).where(_C.id == number, *Filter(visitor=visitor).where)
        with self._database.writing() as connection:
            if not connection.execute(query.values(label=label)).rowcount:
                raise CorrectionsError(f"There is no correction {number} that can be changed.")

    def delete(self, numbers: Sequence[int], visitor: str | None = None) -> int:
        """Delete corrections by their ids; of a `visitor`, only their own. Returns how many there were."""
        query = sa.delete(CORRECTIONS).where(_C.id.in_(numbers), *Filter(visitor=visitor).where)
        with self._database.writing() as connection:
            return connection.execute(query).rowcount

    def delete_all(self, chosen: Filter) -> int:
        """Delete all that are chosen. Returns how many there were."""
        with self._database.writing() as connection:
            return connection.execute(sa.delete(CORRECTIONS).where(*chosen.where)).rowcount


def _count(chosen: Filter) -> sa.Select[*tuple[Any, ...]]:
    return sa.select(sa.func.count()).select_from(CORRECTIONS).where(*chosen.where)


def _number(connection: sa.Connection, chosen: Filter) -> int:
    return int(connection.scalar(_count(chosen)) or 0)


@contextmanager
def _as_damage() -> Iterator[None]:
    """Turn what rows that another program has written raise into CorrectionsError."""
    try:
        yield
    except (ValueError, TypeError, OverflowError) as error:
        raise CorrectionsError(f"The database holds what is no correction ({error!s:.80}).") from error
