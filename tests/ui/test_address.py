from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest
import streamlit as st

from mnist_app.ui import address
from tests.ui.pages import html, open_page

Serve = Callable[..., None]


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Serve:
    """Pretend that the app listens there, and that a browser sees it there."""

    def pretend(listens: str, seen: str | None, own: str = "192.168.1.20") -> None:
        options = {"server.address": listens, "server.port": 8501, "server.baseUrlPath": ""}
        monkeypatch.setattr(st, "get_option", options.get)
        monkeypatch.setattr(st, "context", SimpleNamespace(url=seen))
        monkeypatch.setattr(address, "_own_address", lambda: own)

    return pretend


@pytest.mark.parametrize(
    ("listens", "seen", "expected"),
    [
        ("localhost", "http://localhost:8501/", ""),
        ("127.0.0.1", "http://127.0.0.1:8501/draw", ""),
        ("0.0.0.0", "http://localhost:8600/", "http://192.168.1.20:8600"),
        ("", "http://127.0.0.1:8501/", "http://192.168.1.20:8501"),
        ("10.0.0.5", "http://localhost:8501/", "http://10.0.0.5:8501"),
        ("fd00::5", "http://[::1]:8501/", "http://[fd00::5]:8501"),
        ("0.0.0.0", "http://10.0.0.9:8501/draw", "http://10.0.0.9:8501"),
        ("localhost", "https://digits.example.org/", "https://digits.example.org/"),  # through a proxy
        ("0.0.0.0", None, "http://192.168.1.20:8501"),
    ],
)
def test_other_machines_are_told_the_address_that_reaches_this_one(
    serve: Serve, listens: str, seen: str | None, expected: str
) -> None:
    serve(listens, seen)
    assert address.network_url() == expected


def test_without_a_network_there_is_no_address(serve: Serve) -> None:
    serve("0.0.0.0", "http://localhost:8501/", own="")
    assert address.network_url() == ""


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        ("https://digits.example.org/", True),
        ("http://localhost:8501/photo", True),
        ("http://127.0.0.1:8501/photo", True),
        ("http://[::1]:8501/photo", True),
        ("http://192.168.1.20:8501/photo", False),
        ("http://classroom:8501/photo", False),
        (None, True),
    ],
)
def test_browsers_give_a_camera_to_https_and_to_their_own_machine(
    serve: Serve, seen: str | None, expected: bool
) -> None:
    serve("0.0.0.0", seen)
    assert address.is_secure() is expected


def with_address() -> None:
    from mnist_app.ui import address

    address.show_address()


def test_the_code_is_only_shown_to_those_who_can_use_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(address, "network_url", lambda: "")
    assert not open_page(with_address).get("popover")
    monkeypatch.setattr(address, "network_url", lambda: "http://192.168.1.20:8501")
    app = open_page(with_address)
    assert "data:image/svg+xml" in html(app)
    assert app.code[0].value == "http://192.168.1.20:8501"
