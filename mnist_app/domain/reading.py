"""Readings of a whole drawing or photo: digits and signs in rows, and what was left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mnist_app.domain.handwriting import Box, Digit


@dataclass(frozen=True)
class Sign:
    """A sign among digits: one of SIGNS, the probability that it is that, 0..1, and its box."""

    text: str
    box: Box
    probability: float


@dataclass(frozen=True)
class LeftOut:
    """Something on a photo that was seen and not read: its box, and why.

    `reason` is "frame", "line", "letters" or "not a digit". Letters have `pieces`, the boxes of what would be
    their digits if they were a number.
    """

    box: Box
    reason: str
    pieces: tuple[Box, ...] = ()


Group = tuple[Digit | Sign, ...]


@dataclass(frozen=True)
class Reading:
    """Rows of groups from top to bottom; a group is digits and signs from left to right, without a wide gap.

    `turned` is how far the photo was turned to be read, counter-clockwise: 0, 90, 180 or 270 degrees.
    `left_out` is what was not read. Of a drawing these are strokes: indices, from 0 on, ascending, of the
    strokes or canvas objects that the caller gave, empty ones counted. Of a photo they are boxes with a
    reason each; dirt much smaller than digits is not among them. It is the reading of one `page`, counted
    from 1, of a document's `pages`; the others are not in it.
    """

    groups: tuple[tuple[Group, ...], ...]
    turned: int = 0
    left_out: tuple[int, ...] | tuple[LeftOut, ...] = ()
    page: int = 1
    pages: int = 1

    @property
    def numbers(self) -> tuple[tuple[tuple[Digit, ...], ...], ...]:
        """The digits of each group, without signs, in rows; a group of signs alone is no number."""
        digits = ((tuple(d for d in group if isinstance(d, Digit)) for group in row) for row in self.groups)
        return tuple(tuple(number for number in row if number) for row in digits)

    @property
    def rows(self) -> tuple[tuple[Digit, ...], ...]:
        """The digits of each row."""
        return tuple(tuple(digit for number in row for digit in number) for row in self.numbers)

    @property
    def digits(self) -> tuple[Digit, ...]:
        """All digits in reading order."""
        return tuple(digit for row in self.rows for digit in row)

    @property
    def doubtful(self) -> tuple[Digit, ...]:
        """The digits that a person should look at again."""
        return tuple(digit for digit in self.digits if digit.is_doubtful)

    @property
    def is_mostly_doubtful(self) -> bool:
        """True if more than half of several digits are doubtful: nobody should rely on any of it."""
        return len(self.digits) > 1 and 2 * len(self.doubtful) > len(self.digits)

    @property
    def boxes_left_out(self) -> tuple[LeftOut, ...]:
        """The boxes on a photo that were not read; none of a drawing."""
        return tuple(each for each in self.left_out if isinstance(each, LeftOut))

    @property
    def items(self) -> tuple[Digit | Sign, ...]:
        """All digits and signs in reading order."""
        return tuple(item for row in self.groups for group in row for item in group)

    @property
    def signs(self) -> tuple[Sign, ...]:
        """All signs in reading order."""
        return tuple(item for item in self.items if isinstance(item, Sign))

    @property
    def lines(self) -> tuple[str, ...]:
        """The digits of each row as text, without spaces."""
        return tuple(map(text_of, self.rows))

    @property
    def text(self) -> str:
        """The rows as text, one line a row."""
        return "\n".join(self.lines)

    @property
    def spaced(self) -> str:
        """The same with spaces between a row's numbers."""
        return "\n".join(" ".join(map(text_of, row)) for row in self.numbers)

    @property
    def written(self) -> tuple[str, ...]:
        """Each row as a person would write it, with signs, and spaces where gaps are wide: "21/11/2026"."""
        return tuple(" ".join(map(text_of, row)) for row in self.groups)


def text_of(digits: Sequence[Digit | Sign]) -> str:
    """Return digits and signs as text, with a question mark for each that is neither."""
    return "".join(digit.text for digit in digits)
