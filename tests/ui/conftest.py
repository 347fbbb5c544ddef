"""What the tests of pages share."""

from __future__ import annotations

import gc

import pytest

from mnist_app.ui import rights


@pytest.fixture(autouse=True)
def _frozen() -> None:
    """Streamlit collects garbage after each rerun, Keras as well: let that be only what this test makes.

    With all that has been imported, most of all Keras by an earlier test, a rerun takes three times as long.
    """
    gc.collect()
    gc.freeze()


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
