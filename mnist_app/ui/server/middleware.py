"""Middleware for each request: headers that tell browsers what a page may do, and limits of uploads."""

from __future__ import annotations

import os

import streamlit as st
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.runtime import get_instance
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager

from mnist_app.runs.audit import Event, record

METRICS = "MNIST_APP_METRICS"  # "1" opens both /metrics and Streamlit's own
MAX_SESSION_UPLOADS = 200 * 2**20  # bytes of a visitor; the Photo page keeps half of that
MAX_UPLOADS = 500 * 2**20  # bytes of all visitors
_MB = 2**20
_POLICY = {
    "default-src": "'self'",
    # Streamlit compiles expressions of charts, imports components from blobs, and styles elements in place.
    "script-src": "'self' 'unsafe-inline' 'unsafe-eval' blob:",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",  # no picture from elsewhere, whatever a text says
    "font-src": "'self' data:",
    "media-src": "'self' blob:",
    "worker-src": "'self' blob:",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'self'",  # or another site could have its visitors click on what they do not see
}
HEADERS = {
    "Content-Security-Policy": "; ".join(f"{name} {sources}" for name, sources in _POLICY.items()),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


class SecurityHeaders:
    """Add the headers to each response."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        await self._app(scope, receive, send_with_headers)


class ClosedMetrics:
    """Hide Streamlit's own metrics, which measure every visitor's session anew, unless they are wanted."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        is_hidden = (
            scope["type"] == "http" and scope["path"].endswith("/_stcore/metrics") and not has_metrics()
        )
        await (PlainTextResponse("Not found", 404) if is_hidden else self._app)(scope, receive, send)


class UploadLimits:
    """Refuse uploads beyond what the pages need.

    Streamlit bounds each file, but not how many a browser sends, and keeps those that no widget has asked for
    until the session ends.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._coming: dict[str, int] = {}  # bytes on their way, by session

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, unless it would upload too much."""
        _, is_upload, place = scope.get("path", "").partition("/_stcore/upload_file/")
        if scope["type"] != "http" or scope["method"] != "PUT" or not is_upload:
            await self._app(scope, receive, send)
            return
        session, size = place.partition("/")[0], _size(Headers(scope=scope))
        if not self._has_room(session, size):
            record(Event.UPLOAD_REFUSED, bytes=size)
            await PlainTextResponse("Too many files", 413)(scope, receive, send)
            return
        self._coming[session] = self._coming.get(session, 0) + size
        try:
            await self._app(scope, receive, send)
        finally:
            self._coming[session] -= size
            if not self._coming[session]:
                del self._coming[session]

    def _has_room(self, session: str, size: int) -> bool:
        manager = get_instance().uploaded_file_mgr
        assert isinstance(manager, MemoryUploadedFileManager)
        # Copies: other threads remove files meanwhile.
        kept = {
            key: sum(len(file.data) for file in list(files.values()))
            for key, files in list(manager.file_storage.items())
        }
        own = kept.get(session, 0) + self._coming.get(session, 0)
        everything = sum(kept.values()) + sum(self._coming.values())
        return own + size <= MAX_SESSION_UPLOADS and everything + size <= MAX_UPLOADS


def _size(headers: Headers) -> int:
    """Return how many bytes a request may bring, at most."""
    length = headers.get("content-length", "")
    if length.isdecimal() and len(length) < 20 and "transfer-encoding" not in headers:
        return int(length)
    return int(st.get_option("server.maxUploadSize")) * _MB


def has_metrics() -> bool:
    """Return whether metrics are wanted."""
    return os.environ.get(METRICS) == "1"


MIDDLEWARE = [Middleware(SecurityHeaders), Middleware(ClosedMetrics), Middleware(UploadLimits)]
