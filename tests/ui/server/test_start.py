from __future__ import annotations

import asyncio
import time
import webbrowser
from types import SimpleNamespace
from typing import Any, cast

import pytest
import streamlit as st
from streamlit.starlette import App

from mnist_app.ui import rights
from mnist_app.ui.server import start

TOKEN = "a token + of 24 characters"


def begin(monkeypatch: pytest.MonkeyPatch, token: str, **options: Any) -> list[str]:
    """Start, with a token in the environment. Returns the addresses that were opened in a browser."""
    opened: list[str] = []
    known: dict[str, Any] = {
        "server.address": "localhost",
        "server.port": 8501,
        "server.baseUrlPath": "",
    } | options
    monkeypatch.setenv(rights.TOKEN, token)
    monkeypatch.setattr(webbrowser, "open", opened.append)
    monkeypatch.setattr(st, "get_option", lambda name: known.get(name))

    async def run() -> None:
        async with start.lifespan(cast("App", SimpleNamespace())):
            pass

    asyncio.run(run())
    return opened


@pytest.mark.usefixtures("audit_lines")
def test_the_terminal_shows_the_owners_link_and_a_browser_opens_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    opened = begin(monkeypatch, TOKEN)
    link = "http://localhost:8501/owner?token=a%20token%20%2B%20of%2024%20characters"
    assert link in capsys.readouterr().out
    end = time.monotonic() + 5
    while not opened and time.monotonic() < end:
        time.sleep(0.001)
    assert opened == [link]


@pytest.mark.usefixtures("audit_lines")
@pytest.mark.parametrize(
    ("options", "start_of_link"),
    [
        ({"server.address": "0.0.0.0"}, "http://localhost:8501/owner?token="),
        ({"server.address": "192.168.1.2", "server.port": 80}, "http://192.168.1.2:80/owner?token="),
        ({"server.address": "::1"}, "http://[::1]:8501/owner?token="),
        ({"server.baseUrlPath": "/read/"}, "http://localhost:8501/read/owner?token="),
        ({"server.sslCertFile": "cert.pem"}, "https://localhost:8501/owner?token="),
    ],
)
def test_a_server_without_a_screen_opens_nothing(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    options: dict[str, Any],
    start_of_link: str,
) -> None:
    options["server.headless"] = True
    assert begin(monkeypatch, TOKEN, **options) == []
    assert start_of_link in capsys.readouterr().out


@pytest.mark.usefixtures("audit_lines")
def test_a_token_that_could_be_guessed_is_not_used(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    begin(monkeypatch, "short", **{"server.headless": True})
    printed = capsys.readouterr().out
    assert "fewer than 16 characters" in printed
    assert "token=short" not in printed


def test_a_page_that_failed_is_recorded_without_its_message(audit_lines: list[dict[str, Any]]) -> None:
    try:
        raise ValueError("of a visitor")
    except ValueError as error:
        start.on_script_error(error)
    (line,) = audit_lines
    assert (line["event"], line["error"]) == ("error", "ValueError")
    assert "test_start.py:" in line["where"]
    assert "visitor" not in str(line)
