"""What the tests in `tests/fuzz` have in common: how long they go on, and how they damage what is sound.

All of them together take about a minute; `MNIST_APP_FUZZ_MINUTES=60 python -m pytest tests/fuzz` takes an
hour, each time with other examples.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

MINUTES = float(os.environ.get("MNIST_APP_FUZZ_MINUTES", "1"))

# Each edit: where, as a share of the file, how many bytes go, and what comes in their place.
Edits = list[tuple[float, int, bytes]]
EDITS = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 8), st.binary(max_size=8)), min_size=1, max_size=6)
ENDS = st.floats(0.2, 3)  # of its length, from where on it is cut off
NUMBERS = st.one_of(
    st.floats(), st.integers(), st.sampled_from([10**400, -(10**400), 2**53 + 1, 1e308, -0.0, 5e-324])
)
TEXTS = st.one_of(
    st.text(max_size=8), st.sampled_from(["\x1b[2J", "\u202e", "../" * 9, "a" * 5_000, "\ud800"])
)
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


def fuzzed(examples: int) -> Callable[[Any], Any]:
    """Return the settings of a test that tries so many examples in its share of a minute."""
    return settings(
        max_examples=max(1, round(examples * MINUTES)),
        deadline=None,
        derandomize=MINUTES <= 1,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Fail if the block computes for longer."""
    started = time.process_time()
    yield
    assert time.process_time() - started < seconds


def corrupted(content: bytes, edits: Edits, end: float = 3.0) -> bytes:
    """Return a file with these edits, cut off at the end."""
    for share, gone, new in edits:
        at = int(share * len(content))
        content = content[:at] + new + content[at + gone :]
    return content[: int(len(content) * end)]


def with_value(value: Any, place: float, other: Any) -> Any:
    """Return decoded JSON with another value at one place, a share of the way through all of them."""
    places = list(_places(value))
    path = places[int(place * (len(places) - 1))]
    return _replaced(value, path, other)


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from _places(inner, (*path, key))


def _replaced(value: Any, path: tuple[Any, ...], other: Any) -> Any:
    if not path:
        return other
    changed = value.copy()
    changed[path[0]] = _replaced(value[path[0]], path[1:], other)
    return changed
