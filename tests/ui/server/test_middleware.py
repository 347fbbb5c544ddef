from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Message, Receive, Scope, Send
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFileRec

from mnist_app.ui.server import middleware
from mnist_app.ui.server.middleware import METRICS, MIDDLEWARE, UploadLimits

MB = 2**20


async def answer(app: Any, path: str, method: str = "GET", **headers: str) -> Message:
    """Return the start of an app's response."""
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    messages: list[Message] = []

    async def send(message: Message) -> None:
        messages.append(message)

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    await app({"type": "http", "method": method, "path": path, "headers": raw}, receive, send)
    return messages[0]


def status(app: Any, path: str, method: str = "GET", **headers: str) -> int:
    return int(asyncio.run(answer(app, path, method, **headers))["status"])


def whole(app: Any) -> Any:
    """Return an app behind all middleware."""
    for each in reversed(MIDDLEWARE):
        app = each.cls(app, *each.args, **each.kwargs)
    return app


OK = PlainTextResponse("ok")


def test_each_response_says_what_a_page_may_do() -> None:
    for path in ("/", "/_stcore/health", "/_stcore/metrics"):
        headers = dict(asyncio.run(answer(whole(OK), path))["headers"])
        assert b"frame-ancestors 'self'" in headers[b"content-security-policy"]
        assert b"img-src 'self' data: blob:;" in headers[b"content-security-policy"]
        assert headers[b"x-content-type-options"] == b"nosniff"
        assert headers[b"referrer-policy"] == b"no-referrer"


def test_streamlits_own_metrics_are_closed_unless_they_are_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    for path in ("/_stcore/metrics", "/below/_stcore/metrics"):
        monkeypatch.delenv(METRICS, raising=False)
        assert status(whole(OK), path) == 404
        monkeypatch.setenv(METRICS, "1")
        assert status(whole(OK), path) == 200


@pytest.fixture
def manager(monkeypatch: pytest.MonkeyPatch) -> MemoryUploadedFileManager:
    """Streamlit's own store of uploads, with limits of 40 and 60 MB instead of hundreds."""
    found = MemoryUploadedFileManager("/_stcore/upload_file")
    monkeypatch.setattr(middleware, "get_instance", lambda: SimpleNamespace(uploaded_file_mgr=found))
    monkeypatch.setattr(middleware, "MAX_SESSION_UPLOADS", 40 * MB)
    monkeypatch.setattr(middleware, "MAX_UPLOADS", 60 * MB)
    return found


def put(app: Any, session: str, **headers: str) -> int:
    return status(app, f"/_stcore/upload_file/{session}/file", "PUT", **headers)


def keep(manager: MemoryUploadedFileManager, session: str, size: int) -> None:
    manager.add_file(session, UploadedFileRec(f"{session}-{size}", "a.jpg", "image/jpeg", bytes(size)))


def test_a_visitor_uploads_so_much_and_no_more(
    manager: MemoryUploadedFileManager, audit_lines: list[dict[str, Any]]
) -> None:
    app = UploadLimits(OK)
    keep(manager, "ann", 30 * MB)
    assert put(app, "ann", **{"content-length": str(10 * MB)}) == 200
    assert put(app, "ann", **{"content-length": str(10 * MB + 1)}) == 413
    assert put(app, "bob", **{"content-length": str(20 * MB)}) == 200
    assert [line["event"] for line in audit_lines] == ["upload_refused"]
    manager.remove_session_files("ann")
    assert put(app, "ann", **{"content-length": str(20 * MB)}) == 200


def test_all_visitors_together_upload_so_much_and_no_more(manager: MemoryUploadedFileManager) -> None:
    app = UploadLimits(OK)
    keep(manager, "ann", 35 * MB)
    keep(manager, "bob", 20 * MB)
    assert put(app, "carl", **{"content-length": str(6 * MB)}) == 413
    assert put(app, "carl", **{"content-length": str(5 * MB)}) == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"content-length": "x"},
        {"content-length": "1", "transfer-encoding": "chunked"},
        {"content-length": "9" * 30},
    ],
)
def test_an_upload_that_hides_its_size_counts_as_the_largest(
    manager: MemoryUploadedFileManager, headers: dict[str, str]
) -> None:
    keep(manager, "ann", 21 * MB)
    assert put(UploadLimits(OK), "ann", **headers) == 413
    assert put(UploadLimits(OK), "bob", **headers) == 200


@pytest.mark.usefixtures("manager")
def test_what_is_on_its_way_counts_until_it_is_there() -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        begun.set()
        await ended.wait()
        await OK(scope, receive, send)

    async def both() -> tuple[Message, Message]:
        app, size = UploadLimits(slow), {"content-length": str(30 * MB)}
        first = asyncio.create_task(answer(app, "/_stcore/upload_file/ann/1", "PUT", **size))
        await begun.wait()
        second = await answer(app, "/_stcore/upload_file/ann/2", "PUT", **size)
        ended.set()
        return await first, second

    first, second = asyncio.run(both())
    assert (first["status"], second["status"]) == (200, 413)


@pytest.mark.usefixtures("manager")
def test_other_requests_have_no_limit() -> None:
    app = UploadLimits(OK)
    assert status(app, "/_stcore/upload_file/ann/1", "DELETE") == 200
    assert status(app, "/media/x", "PUT", **{"content-length": str(900 * MB)}) == 200
