from __future__ import annotations

import tomllib
from pathlib import Path
from types import SimpleNamespace

import pytest

from mnist_app.ui import actions
from tests.ui.pages import open_page, press, words

HERE = "http://localhost:8501"


def visit(
    monkeypatch: pytest.MonkeyPatch,
    address: str | None,
    origin: str | None = HERE,
    owners: str = "",
    server: str | None = "localhost",
    **more: str,
) -> None:
    """Come from an address, with a page of this origin, to a server that listens on `server`."""
    headers = {"Host": "localhost:8501", **more} | ({} if origin is None else {"Origin": origin})
    context = SimpleNamespace(ip_address=address, headers=headers)
    monkeypatch.setattr(actions, "st", SimpleNamespace(context=context, get_option=lambda _: server))
    monkeypatch.setenv(actions.OWNERS, owners)


@pytest.mark.parametrize("address", [None, "127.0.0.1", "127.0.1.1", "::1", "::ffff:127.0.0.1"])
@pytest.mark.parametrize("origin", [HERE, "http://127.0.0.1:8501", "http://[::1]:8501"])
def test_a_visitor_on_the_servers_own_machine_is_an_owner(
    monkeypatch: pytest.MonkeyPatch, address: str | None, origin: str
) -> None:
    visit(monkeypatch, address, origin)
    assert actions.refusal() == ""


@pytest.mark.parametrize(
    "address", ["192.168.1.20", "10.0.0.1", "8.8.8.8", "fe80::1", "2001:db8::1", "unix", ""]
)
def test_others_may_look(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    visit(monkeypatch, address or "0.0.0.0")
    assert "look at everything" in actions.refusal()
    assert not actions.is_owner()


@pytest.mark.parametrize(
    "origin", ["https://digits.example.org", "http://localhost.example.org", "null", None, ""]
)
def test_behind_a_silent_proxy_on_the_same_machine_nobody_is_taken_for_its_owner(
    monkeypatch: pytest.MonkeyPatch, origin: str | None
) -> None:
    visit(monkeypatch, None, origin)
    assert actions.refusal()


@pytest.mark.parametrize("owners", ["192.168.1.20", "10.0.0.1, 192.168.1.0/24", "192.168.1.77/24"])
def test_addresses_that_the_environment_names_are_owners(
    monkeypatch: pytest.MonkeyPatch, owners: str
) -> None:
    visit(monkeypatch, "192.168.1.20", "http://server:8501", owners)
    assert actions.refusal() == ""
    visit(monkeypatch, "192.168.2.20", "http://server:8501", owners)
    assert actions.refusal()


def test_a_mistake_in_the_owners_lets_nobody_in_and_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    visit(monkeypatch, None, HERE, "192.168.1.300")
    assert "192.168.1.300" in actions.refusal()


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Forwarded", "Via"])
@pytest.mark.parametrize("address", [None, "10.1.2.3"])
def test_a_visitor_through_a_proxy_is_never_an_owner(
    monkeypatch: pytest.MonkeyPatch, address: str | None, header: str
) -> None:
    """A program can claim any address and any origin."""
    visit(monkeypatch, address, HERE, "10.0.0.0/8", **{header: "127.0.0.1"})
    assert actions.refusal()


def test_a_page_under_another_name_is_not_this_machines(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    visit(monkeypatch, None, HERE, Host="digits.example.org")
    assert actions.refusal()


def test_the_environment_can_let_nobody_in(monkeypatch: pytest.MonkeyPatch) -> None:
    visit(monkeypatch, None, HERE, actions.NOBODY)
    assert actions.refusal()


@pytest.mark.parametrize(
    "server", [None, "", "0.0.0.0", "::", "192.168.1.2", "digits.example.org", "unix:///s"]
)
@pytest.mark.parametrize("address", [None, "127.0.0.1", "192.168.1.20"])
def test_a_server_that_other_machines_can_reach_trusts_nobody_by_itself(
    monkeypatch: pytest.MonkeyPatch, server: str | None, address: str | None
) -> None:
    visit(monkeypatch, address, server=server)
    assert actions.OWNERS in actions.refusal()


@pytest.mark.parametrize("server", ["localhost", "127.0.0.1", "::1"])
def test_a_server_for_this_machine_alone_trusts_its_visitors(
    monkeypatch: pytest.MonkeyPatch, server: str
) -> None:
    visit(monkeypatch, None, server=server)
    assert actions.is_owner()


def test_an_open_server_trusts_its_own_machine_once_owners_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    visit(monkeypatch, None, HERE, "127.0.0.1", server="0.0.0.0")
    assert actions.is_owner()
    visit(monkeypatch, None, "https://digits.example.org", "127.0.0.1", server="0.0.0.0")
    assert not actions.is_owner(), "a proxy on the same machine comes from this address, too"


def test_the_shipped_configuration_keeps_the_app_to_this_machine() -> None:
    config = tomllib.loads((Path(__file__).parents[2] / ".streamlit" / "config.toml").read_text())
    assert config["server"]["address"] == "localhost"


def page() -> None:
    from mnist_app.errors import RunError
    from mnist_app.ui import actions

    def fail() -> str:
        raise RunError("This run is busy. Stop it first.")

    actions.show_message()
    actions.action_button("Do it", "do", lambda name: f"{name} is done.", "The work")
    actions.action_button("Fail", "fail", fail)


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
    from mnist_app.ui import actions

    monkeypatch.setattr(actions, "refusal", lambda: "")
    app = open_page(page)
    monkeypatch.setattr(actions, "refusal", lambda: "You may only look.")
    press(app, "do")
    assert app.error[0].value == "You may only look."
    assert "is done" not in words(app)
