from __future__ import annotations

import pytest

from tests.ui.pages import open_page, press, words


def page() -> None:
    from mnist_app.errors import RunError
    from mnist_app.ui import messages

    def fail() -> str:
        raise RunError("This run is busy. Stop it first.")

    messages.show_message()
    messages.action_button("Do it", "do", lambda name: f"{name} is done.", "The work")
    messages.action_button("Fail", "fail", fail)


@pytest.mark.usefixtures("owner")
def test_an_action_says_once_what_it_did_or_why_it_failed() -> None:
    app = press(open_page(page), "do")
    assert app.toast[0].value == "The work is done."
    assert not app.run().toast
    assert press(app, "fail").error[0].value == "This run is busy. Stop it first."


@pytest.mark.usefixtures("guest")
def test_guests_see_no_button_that_changes_anything() -> None:
    assert not open_page(page).button


def test_an_action_is_refused_even_if_its_button_was_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    from mnist_app.ui import visitors

    monkeypatch.setattr(visitors, "refusal", lambda: "")
    app = open_page(page)
    monkeypatch.setattr(visitors, "refusal", lambda: "You may only look.")
    press(app, "do")
    assert app.error[0].value == "You may only look."
    assert "is done" not in words(app)
