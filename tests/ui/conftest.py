"""What the tests of pages share."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True, scope="session")
def _frozen() -> Iterator[None]:
    """Once Keras is imported, Streamlit collects garbage after each rerun: let that be only what is new."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()
