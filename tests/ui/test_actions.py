from __future__ import annotations

import pytest

from mnist_app.ui import rights
from tests.ui.pages import open_page, press, words


def page() -> None:
    from mnist_app.errors import RunError
    from mnist_app.ui import actions
    from mnist_app.ui.rights import Right

    def fail() -> str:
        raise RunError("This run is busy. Stop it first.")

    actions.show_message()
    actions.action_button("Do it", "do", Right.TRAIN, lambda name: f"{name} is done.", "The work")
    actions.action_button("Fail", "fail", Right.DELETE, fail)


@pytest.mark.usefixtures("owner")
def test_an_action_says_once_what_it_did_or_why_it_failed() -> None:
    app = press(open_page(page), "do")
    assert app.toast[0].value == "The work is done."
    assert not app.run().toast
    assert press(app, "fail").error[0].value == "This run is busy. Stop it first."


@pytest.mark.usefixtures("guest")
def test_guests_see_no_button_that_changes_anything() -> None:
    assert not open_page(page).button


@pytest.mark.usefixtures("owner")
def test_a_button_is_for_those_who_have_its_right(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rights, "refusal", lambda right: "" if right is rights.Right.DELETE else "No.")
    assert [button.key for button in open_page(page).button] == ["fail"]


@pytest.mark.usefixtures("owner")
def test_an_action_is_refused_and_recorded_even_if_its_button_was_shown(
    monkeypatch: pytest.MonkeyPatch, audit_lines: list[dict[str, object]]
) -> None:
    app = open_page(page)
    monkeypatch.setattr(rights, "refusal", lambda _: "You may only look.")
    press(app, "do")
    assert app.error[0].value == "You may only look."
    assert "is done" not in words(app)
    (line,) = audit_lines
    assert line["event"] == "right_refused"
    assert line["right"] == "train"


@pytest.mark.usefixtures("owner")
def test_what_fails_is_recorded_with_who_wanted_it(audit_lines: list[dict[str, object]]) -> None:
    press(open_page(page), "fail")
    (line,) = audit_lines
    assert (line["event"], line["by"]) == ("change_failed", "owner")
    assert "busy" in str(line["reason"])
