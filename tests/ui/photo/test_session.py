from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from mnist_app.ui.photo import session


def test_too_many_photos_are_said_to_be(monkeypatch: pytest.MonkeyPatch, page: bytes) -> None:
    monkeypatch.setattr(session, "MAX_PHOTOS", 1)

    def many(content) -> None:  # type: ignore[no-untyped-def]  # it runs without this module's names
        from mnist_app.ui.photo import page, session

        if not session.photos():
            session.replace_photos([("a.png", content), ("b.png", content)])
        page.page()

    app = AppTest.from_function(many, args=(page,), default_timeout=60).run()
    assert "1 photo was left out" in app.warning[0].value
    assert len(app.session_state["photos"]) == 1
