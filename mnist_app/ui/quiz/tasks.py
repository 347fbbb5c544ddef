"""The tasks of a quiz: a digit, and the way in which it should be written."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from mnist_app.domain import DIGITS

LENGTH = len(DIGITS)  # tasks of a round: each digit once

# Ways that people of some place, age or trade write a digit.
_OWN_WAYS: dict[int, tuple[str, ...]] = {
    0: ("with a slash through it, as programmers do", "that is not quite closed"),
    1: ("with a flag and a foot", "with a flag as long as its stem", "as a single straight line"),
    2: ("with a loop at its foot", "that is all corners, like a Z"),
    3: ("with a flat top and a corner", "whose upper half is tiny"),
    4: ("that is open at the top", "that is closed at the top, as in print", "like lightning"),
    5: ("without lifting the pen", "whose roof is far off"),
    6: ("with a tail that curls", "as a straight line and a circle"),
    7: ("as your grandmother wrote it", "with a bar through it", "with a curved stem and a wavy roof"),
    8: ("as two circles, one upon the other", "that lies a little on its side"),
    9: ("with a straight leg", "with a tail that curls, like a g"),
}
# Ways for any digit.
_WAYS = (
    "so tiny that it is hardly there",
    "as large as the paper",
    "with your other hand",
    "with your eyes closed",
    "as fast as you can",
    "that leans far to the right",
    "that leans far to the left",
    "that is very wide",
    "that is very narrow",
    "with a trembling hand",
    "in the lower right corner",
    "as a child would write it",
    "as neatly as you can",
)


@dataclass(frozen=True)
class Task:
    """A digit, 0-9, and a way to write it."""

    digit: int
    way: str

    @property
    def text(self) -> str:
        """What to do, as a sentence without its full stop."""
        return f"Write {'an' if self.digit == 8 else 'a'} {self.digit} {self.way}"


def choose_tasks(count: int, random: Random) -> tuple[Task, ...]:
    """Return tasks in random order, each of another digit; every other way is one of the digit's own."""
    digits, ways = random.sample(DIGITS, count), random.sample(_WAYS, count)
    return tuple(
        Task(digit, ways[k] if k % 2 else random.choice(_OWN_WAYS[digit])) for k, digit in enumerate(digits)
    )
