"""Addresses beside the pages: the owner's link, the health check for proxies, and metrics."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from mnist_app.errors import RunError
from mnist_app.runs import DEFAULT_RUN, RunStore
from mnist_app.runs.audit import COUNTS, Event, acting, record
from mnist_app.ui import address, rights
from mnist_app.ui.server.middleware import HEADERS, has_metrics

OWNER = "/owner"


def owner(request: Request) -> Response:
    """Make the browser the owner's, if its link has the token, and lead it to the first page."""
    with acting(address=request.client.host if request.client else ""):
        if not rights.is_token(request.query_params.get("token", "")):
            record(Event.RIGHT_REFUSED, right="owner")
            return PlainTextResponse("This is not the owner's link. The app's terminal shows it.", 403)
        record(Event.OWNER_RECOGNIZED)
    response = RedirectResponse("./", 303)  # relative: a proxy may serve the app below a path
    name, value = rights.cookie()
    is_secure = request.url.scheme == "https"
    response.set_cookie(
        name, value, path=f"{address.base_path()}/", secure=is_secure, httponly=True, samesite="strict"
    )
    return response


def health(_: Request) -> Response:
    """Say "ok" if the app can serve what it is for: its default model is there."""
    try:
        RunStore().open(DEFAULT_RUN)
    except RunError as error:
        return PlainTextResponse(str(error), 503)
    return PlainTextResponse("ok", headers={"Cache-Control": "no-store"})


def metrics(_: Request) -> Response:
    """Return how often each event happened since the start, in Prometheus's text format."""
    if not has_metrics():
        return PlainTextResponse("Not found", 404)
    lines = [f'digit_reader_events_total{{event="{event}"}} {COUNTS[event]}' for event in Event]
    text = "\n".join(["# TYPE digit_reader_events_total counter", *lines, ""])
    return PlainTextResponse(text, media_type="text/plain; version=0.0.4")


def failed(_: Request, error: Exception) -> Response:
    """Answer a request that failed. The traceback is in the server's log."""
    record(Event.ERROR, error=type(error).__name__)
    return PlainTextResponse("Something went wrong. The server's log says what.", 500, HEADERS)


ROUTES = [
    Route(f"{address.base_path()}{path}", endpoint)
    for path, endpoint in ((OWNER, owner), ("/health", health), ("/metrics", metrics))
]
