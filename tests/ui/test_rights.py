from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType, SimpleNamespace
from typing import Any

import pytest

from mnist_app.ui import rights
from mnist_app.ui.rights import MIN_TOKEN, TOKEN, Right

HERE = "localhost:8501"
HEADERS = {"Host": HERE, "Origin": f"http://{HERE}"}
ANN = {"is_logged_in": True, "sub": "ann-1", "email": "ann@school.example", "email_verified": True}
# What a proxy says of the visitor who is behind it. All of them reach the server from its own machine.
PROXIES = (
    *("X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Forwarded", "Via"),
    *("CF-Connecting-IP", "True-Client-IP"),
)


def visit(
    monkeypatch: pytest.MonkeyPatch,
    cookie: str = "",
    user: dict[str, Any] | None = None,
    listed: Any = None,
    headers: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Come from this machine with a cookie, signed in as somebody, to a server whose secrets list rights."""
    context = SimpleNamespace(ip_address=None, headers={**HEADERS, **headers}, cookies={})
    fake = SimpleNamespace(
        context=context,
        get_option=lambda _: 8501,
        user=SimpleNamespace(to_dict=lambda: user or {}),
        secrets=SimpleNamespace(load_if_toml_exists=lambda: listed is not None, get=lambda _: listed),
    )
    monkeypatch.setattr(rights, "st", fake)
    context.cookies[rights.cookie()[0]] = cookie


def owners_cookie() -> str:
    return rights.cookie()[1]


def test_who_has_opened_the_owners_link_may_do_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    visit(monkeypatch)
    visit(monkeypatch, owners_cookie())
    assert [rights.refusal(right) for right in Right] == ["", ""]
    assert rights.visitor() == "owner"


@pytest.mark.parametrize("cookie", ["", "x", "0" * 64, "ü"])
def test_without_its_token_nobody_is_the_owner(monkeypatch: pytest.MonkeyPatch, cookie: str) -> None:
    visit(monkeypatch, cookie)
    assert all("owner's link" in rights.refusal(right) for right in Right)
    assert not rights.may(Right.TRAIN)
    assert rights.visitor() == ""


@pytest.mark.parametrize("header", PROXIES)
def test_an_address_is_no_right_whatever_a_proxy_claims(monkeypatch: pytest.MonkeyPatch, header: str) -> None:
    visit(monkeypatch, headers={header: "127.0.0.1"})
    assert not any(map(rights.may, Right))


@pytest.mark.parametrize(
    "origin",
    [
        "http://localhost:3000",
        "http://127.0.0.1:8501",
        "https://digits.example",
        "null",
        "",
        "http://[",
        HERE,
    ],
)
def test_a_page_of_another_origin_cannot_use_the_owners_cookie(
    monkeypatch: pytest.MonkeyPatch, origin: str
) -> None:
    """Browsers send it along: for a cookie, all ports of a machine are one site."""
    visit(monkeypatch)
    visit(monkeypatch, owners_cookie(), headers={"Origin": origin})
    assert not any(map(rights.may, Right))
    visit(monkeypatch, owners_cookie(), ANN, {"train": [ANN["sub"]]}, headers={"Origin": origin})
    assert not any(map(rights.may, Right))


def test_a_token_of_the_environment_counts_if_nobody_can_guess_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(TOKEN, raising=False)
    made = rights.token()
    assert len(made) > 40
    monkeypatch.setenv(TOKEN, "t" * (MIN_TOKEN - 1))
    assert rights.token() == made
    monkeypatch.setenv(TOKEN, "t" * MIN_TOKEN)
    assert rights.is_token("t" * MIN_TOKEN)
    assert not any(map(rights.is_token, ("", made, "t" * (MIN_TOKEN - 1), "ü", "\ud800")))


@pytest.mark.parametrize(
    ("listed", "expected"),
    [
        ({"train": ["ann@school.example"]}, {Right.TRAIN}),
        ({"train": ["*@School.example"], "delete": ["ANN@school.example"]}, {Right.TRAIN, Right.DELETE}),
        ({"delete": ["ann-1"]}, {Right.DELETE}),
        ({"train": ["*@school.example.org", "bob@school.example"]}, set()),
        # Whatever is no list of names gives no right.
        ({"train": "ann@school.example"}, set()),
        ({"train": True, "delete": {"ann-1": 1}}, set()),
        ("ann@school.example", set()),
        ({}, set()),
        (None, set()),
    ],
)
def test_who_signed_in_may_do_what_the_secrets_say(
    monkeypatch: pytest.MonkeyPatch, listed: Any, expected: set[Right]
) -> None:
    visit(monkeypatch, user=ANN, listed=listed)
    assert {right for right in Right if rights.may(right)} == expected
    assert rights.visitor() == "ann@school.example"


@pytest.mark.parametrize(
    "change",
    [
        {"is_logged_in": False},
        {"is_logged_in": "yes"},
        {"email_verified": False},
        {"email_verified": "true"},
        {"email": None},
    ],
)
def test_an_address_that_the_provider_has_not_verified_is_nobodys(
    monkeypatch: pytest.MonkeyPatch, change: dict[str, Any]
) -> None:
    visit(monkeypatch, user=ANN | change, listed={"train": ["*@school.example", "ann@school.example"]})
    assert not rights.may(Right.TRAIN)
    assert "@" not in rights.visitor()


def test_who_signed_in_without_a_right_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    visit(monkeypatch, user=ANN, listed={})
    assert rights.refusal(Right.TRAIN).startswith("ann@school.example may look")


def test_where_one_can_sign_in_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    visit(monkeypatch, user={"is_logged_in": False})
    assert rights.refusal(Right.TRAIN).endswith("Or sign in.")
    visit(monkeypatch)
    assert not rights.refusal(Right.TRAIN).endswith("Or sign in.")


def test_the_shipped_configuration_keeps_the_app_to_this_machine() -> None:
    config = tomllib.loads((Path(__file__).parents[2] / ".streamlit" / "config.toml").read_text())
    assert config["server"]["address"] == "localhost"
