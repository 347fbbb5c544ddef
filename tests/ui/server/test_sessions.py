from __future__ import annotations

from typing import Any

import pytest

from mnist_app.ui.photo.memory import VisitorPhotos
from mnist_app.ui.server import sessions
from mnist_app.ui.server.sessions import GRACE, close_abandoned


class FakeRuntime:
    """Sessions with and without a browser."""

    def __init__(self, *active: str) -> None:
        self.active, self.closed = set(active), list[str]()

    def is_active_session(self, session: str) -> bool:
        return session in self.active

    def close_session(self, session: str) -> None:
        self.closed.append(session)


@pytest.fixture
def runtime(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Two sessions with their browsers, both remembered."""
    monkeypatch.setattr(sessions, "_gone_since", dict.fromkeys(["a", "b"]))
    return FakeRuntime("a", "b")


def test_a_session_is_closed_some_time_after_its_browser_has_gone(runtime: Any) -> None:
    close_abandoned(runtime, 0)
    runtime.active = {"a"}
    close_abandoned(runtime, 10)
    close_abandoned(runtime, 9 + GRACE)
    assert runtime.closed == []
    assert close_abandoned(runtime, 10 + GRACE)
    assert not close_abandoned(runtime, 20 + GRACE)
    assert runtime.closed == ["b"]


def test_who_comes_back_in_time_is_not_closed(runtime: Any) -> None:
    runtime.active = {"a"}
    close_abandoned(runtime, 0)
    runtime.active = {"a", "b"}
    close_abandoned(runtime, GRACE)
    runtime.active = {"a"}
    close_abandoned(runtime, GRACE + 10)
    close_abandoned(runtime, 2 * GRACE)
    assert runtime.closed == []


def test_who_sleeps_gives_back_what_can_be_made_again(runtime: Any) -> None:
    awake, asleep = VisitorPhotos("a"), VisitorPhotos("b")
    for photos in (awake, asleep):
        photos.keep("sheet", 1, object(), 1_000)
    runtime.active = {"a"}
    assert close_abandoned(runtime, 0)
    assert (awake.open_bytes, asleep.open_bytes) == (1_000, 0)


def test_browsers_come_back_before_streamlit_forgets_them() -> None:
    from streamlit import config

    assert config.get_option("server.disconnectedSessionTTL") > sessions.SWEEP + GRACE
