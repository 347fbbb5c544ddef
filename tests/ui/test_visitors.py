from __future__ import annotations

from types import SimpleNamespace

import pytest

from mnist_app.errors import NotAllowedError
from mnist_app.ui import visitors

HERE = "http://localhost:8501"


def visit(
    monkeypatch: pytest.MonkeyPatch,
    address: str | None,
    origin: str | None = HERE,
    owners: str = "",
    **more: str,
) -> None:
    headers = {"Host": "localhost:8501", **more} | ({} if origin is None else {"Origin": origin})
    context = SimpleNamespace(ip_address=address, headers=headers)
    monkeypatch.setattr(visitors, "st", SimpleNamespace(context=context))
    monkeypatch.setenv(visitors.OWNERS, owners)


@pytest.mark.parametrize("address", [None, "127.0.0.1", "127.0.1.1", "::1", "::ffff:127.0.0.1"])
@pytest.mark.parametrize("origin", [HERE, "http://127.0.0.1:8501", "http://[::1]:8501"])
def test_a_visitor_on_the_servers_own_machine_may_change_things(
    monkeypatch: pytest.MonkeyPatch, address: str | None, origin: str
) -> None:
    visit(monkeypatch, address, origin)
    assert visitors.refusal() == ""


@pytest.mark.parametrize(
    "address", ["192.168.1.20", "10.0.0.1", "8.8.8.8", "fe80::1", "2001:db8::1", "unix", ""]
)
def test_others_may_look(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    visit(monkeypatch, address or "0.0.0.0")
    assert visitors.refusal()
    with pytest.raises(NotAllowedError, match="look at everything"):
        visitors.check()


@pytest.mark.parametrize(
    "origin", ["https://digits.example.org", "http://localhost.example.org", "null", None, ""]
)
def test_behind_a_proxy_on_the_same_machine_nobody_is_taken_for_its_owner(
    monkeypatch: pytest.MonkeyPatch, origin: str | None
) -> None:
    visit(monkeypatch, None, origin)
    assert visitors.refusal()


@pytest.mark.parametrize("owners", ["192.168.1.20", "10.0.0.1, 192.168.1.0/24", "192.168.1.77/24"])
def test_addresses_that_the_configuration_names_may_change_things(
    monkeypatch: pytest.MonkeyPatch, owners: str
) -> None:
    visit(monkeypatch, "192.168.1.20", "http://server:8501", owners)
    assert visitors.refusal() == ""
    visit(monkeypatch, "192.168.2.20", "http://server:8501", owners)
    assert visitors.refusal()


def test_a_configuration_with_a_mistake_lets_nobody_in_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    visit(monkeypatch, None, HERE, "192.168.1.300")
    with pytest.raises(NotAllowedError, match=r"192\.168\.1\.300"):
        visitors.check()


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Forwarded", "Via"])
@pytest.mark.parametrize("address", [None, "10.1.2.3"])
def test_who_comes_through_a_proxy_is_nobody_that_is_known(
    monkeypatch: pytest.MonkeyPatch, address: str | None, header: str
) -> None:
    """Whatever they say of themselves: a program can send any address and any origin."""
    visit(monkeypatch, address, HERE, "10.0.0.0/8", **{header: "127.0.0.1"})
    assert visitors.refusal()


def test_a_page_that_is_served_under_another_name_is_not_this_machines(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    visit(monkeypatch, None, HERE, Host="digits.example.org")
    assert visitors.refusal()


def test_the_configuration_can_let_nobody_in(monkeypatch: pytest.MonkeyPatch) -> None:
    visit(monkeypatch, None, HERE, visitors.NOBODY)
    assert visitors.refusal()
