"""What the tests of pages share."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from mnist_app.ui import rights


@pytest.fixture(autouse=True, scope="session")
def _frozen() -> Iterator[None]:
    """Once Keras is imported, Streamlit collects garbage after each rerun: let that be only what is new."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture
def owner(monkeypatch: pytest.MonkeyPatch) -> None:
    """The visitor may change things."""
    monkeypatch.setattr(rights, "refusal", lambda _: "")
    monkeypatch.setattr(rights, "visitor", lambda: "owner")


@pytest.fixture
def guest(monkeypatch: pytest.MonkeyPatch) -> None:
    """The visitor may only look."""
    monkeypatch.setattr(rights, "refusal", lambda _: "You can look at everything here.")
    monkeypatch.setattr(rights, "visitor", lambda: "")
