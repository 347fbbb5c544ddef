"""What the tests of pages share."""

from __future__ import annotations

import gc

import pytest

from mnist_app.ui import actions


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
    monkeypatch.setattr(actions, "refusal", lambda: "")


@pytest.fixture
def guest(monkeypatch: pytest.MonkeyPatch) -> None:
    """The visitor may only look."""
    monkeypatch.setattr(actions, "refusal", lambda: "You can look at everything here.")
