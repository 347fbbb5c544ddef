from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request

from mnist_app.runs.audit import COUNTS, Event
from mnist_app.ui import rights
from mnist_app.ui.server import routes
from mnist_app.ui.server.middleware import METRICS

TOKEN = "only the owner knows this"


def request(query: str = "", scheme: str = "http") -> Request:
    return Request(
        {
            "type": "http",
            "scheme": scheme,
            "path": "/",
            "query_string": query.encode(),
            "headers": [],
            "client": None,
            "server": ("localhost", 8501),
        }
    )


@pytest.fixture(autouse=True)
def _token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(rights.TOKEN, TOKEN)


@pytest.mark.parametrize("query", ["", "token=", "token=x", f"token={TOKEN[:-1]}", "token=%ff", f"x={TOKEN}"])
def test_only_the_token_makes_a_browser_the_owners(query: str, audit_lines: list[dict[str, Any]]) -> None:
    response = routes.owner(request(query))
    assert response.status_code == 403
    assert "set-cookie" not in response.headers
    assert [line["event"] for line in audit_lines] == ["right_refused"]


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_the_owners_link_leads_on_without_its_token(scheme: str, audit_lines: list[dict[str, Any]]) -> None:
    response = routes.owner(request(f"token={TOKEN.replace(' ', '+')}", scheme))
    assert (response.status_code, response.headers["location"]) == (303, "./")
    cookie = response.headers["set-cookie"]
    assert cookie.startswith("=".join(rights.cookie()))
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert ("Secure" in cookie) == (scheme == "https")
    assert TOKEN not in str(response.headers) + str(audit_lines)


def test_the_app_is_healthy_if_its_model_is_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    healthy = routes.health(request())
    assert (healthy.status_code, healthy.body) == (200, b"ok")
    monkeypatch.setenv("MNIST_APP_MODELS", str(tmp_path))
    ill = routes.health(request())
    assert ill.status_code == 503
    assert b"world" in ill.body


def test_a_request_that_failed_tells_no_more_than_that(audit_lines: list[dict[str, Any]]) -> None:
    response = routes.failed(request(), ValueError("of a visitor"))
    assert response.status_code == 500
    assert b"visitor" not in response.body
    assert "frame-ancestors" in response.headers["content-security-policy"]
    assert (audit_lines[0]["event"], audit_lines[0]["error"]) == ("error", "ValueError")


def test_metrics_count_each_event_if_they_are_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(METRICS, raising=False)
    assert routes.metrics(request()).status_code == 404
    monkeypatch.setenv(METRICS, "1")
    monkeypatch.setitem(COUNTS, Event.READING, 12)
    lines = bytes(routes.metrics(request()).body).decode().splitlines()
    assert lines[0] == "# TYPE digit_reader_events_total counter"
    assert 'digit_reader_events_total{event="reading"} 12' in lines
    assert len(lines) == 1 + len(Event)
