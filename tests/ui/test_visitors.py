from __future__ import annotations

import tomllib
from pathlib import Path
from types import SimpleNamespace

import pytest

from mnist_app.ui import visitors

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
    monkeypatch.setattr(visitors, "st", SimpleNamespace(context=context, get_option=lambda _: server))
    monkeypatch.setenv(visitors.OWNERS, owners)


@pytest.mark.parametrize("address", [None, "127.0.0.1", "127.0.1.1", "::1", "::ffff:127.0.0.1"])
@pytest.mark.parametrize("origin", [HERE, "http://127.0.0.1:8501", "http://[::1]:8501"])
def test_a_visitor_on_the_servers_own_machine_is_an_owner(
    monkeypatch: pytest.MonkeyPatch, address: str | None, origin: str
) -> None:
    visit(monkeypatch, address, origin)
    assert visitors.refusal() == ""


@pytest.mark.parametrize(
    "address", ["192.168.1.20", "10.0.0.1", "8.8.8.8", "fe80::1", "2001:db8::1", "unix", ""]
)
def test_others_may_look(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    visit(monkeypatch, address or "0.0.0.0")
    assert "look at everything" in visitors.refusal()
    assert not visitors.is_owner()


@pytest.mark.parametrize(
    "origin", ["https://digits.example.org", "http://localhost.example.org", "null", None, ""]
)
def test_behind_a_silent_proxy_on_the_same_machine_nobody_is_taken_for_its_owner(
    monkeypatch: pytest.MonkeyPatch, origin: str | None
) -> None:
    visit(monkeypatch, None, origin)
    assert visitors.refusal()


@pytest.mark.parametrize("owners", ["192.168.1.20", "10.0.0.1, 192.168.1.0/24", "192.168.1.77/24"])
def test_addresses_that_the_environment_names_are_owners(
    monkeypatch: pytest.MonkeyPatch, owners: str
) -> None:
    visit(monkeypatch, "192.168.1.20", "http://server:8501", owners)
    assert visitors.refusal() == ""
    visit(monkeypatch, "192.168.2.20", "http://server:8501", owners)
    assert visitors.refusal()


def test_a_mistake_in_the_owners_lets_nobody_in_and_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    visit(monkeypatch, None, HERE, "192.168.1.300")
    assert "192.168.1.300" in visitors.refusal()


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Forwarded", "Via"])
@pytest.mark.parametrize("address", [None, "10.1.2.3"])
def test_a_visitor_through_a_proxy_is_never_an_owner(
    monkeypatch: pytest.MonkeyPatch, address: str | None, header: str
) -> None:
    """A program can claim any address and any origin."""
    visit(monkeypatch, address, HERE, "10.0.0.0/8", **{header: "127.0.0.1"})
    assert visitors.refusal()


def test_a_page_under_another_name_is_not_this_machines(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    visit(monkeypatch, None, HERE, Host="digits.example.org")
    assert visitors.refusal()


def test_the_environment_can_let_nobody_in(monkeypatch: pytest.MonkeyPatch) -> None:
    visit(monkeypatch, None, HERE, visitors.NOBODY)
    assert visitors.refusal()


@pytest.mark.parametrize(
    "server", [None, "", "0.0.0.0", "::", "192.168.1.2", "digits.example.org", "unix:///s"]
)
@pytest.mark.parametrize("address", [None, "127.0.0.1", "192.168.1.20"])
def test_a_server_that_other_machines_can_reach_trusts_nobody_by_itself(
    monkeypatch: pytest.MonkeyPatch, server: str | None, address: str | None
) -> None:
    visit(monkeypatch, address, server=server)
    assert visitors.OWNERS in visitors.refusal()


@pytest.mark.parametrize("server", ["localhost", "127.0.0.1", "::1"])
def test_a_server_for_this_machine_alone_trusts_its_visitors(
    monkeypatch: pytest.MonkeyPatch, server: str
) -> None:
    visit(monkeypatch, None, server=server)
    assert visitors.is_owner()


def test_an_open_server_trusts_its_own_machine_once_owners_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    visit(monkeypatch, None, HERE, "127.0.0.1", server="0.0.0.0")
    assert visitors.is_owner()
    visit(monkeypatch, None, "https://digits.example.org", "127.0.0.1", server="0.0.0.0")
    assert not visitors.is_owner(), "a proxy on the same machine comes from this address, too"


def test_the_shipped_configuration_keeps_the_app_to_this_machine() -> None:
    config = tomllib.loads((Path(__file__).parents[2] / ".streamlit" / "config.toml").read_text())
    assert config["server"]["address"] == "localhost"
