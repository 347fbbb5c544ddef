"""What other sites, other programs and foreign texts cannot do, against a real server and a real browser."""

from __future__ import annotations

import http.client
import shutil
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import quote, urlsplit

import pytest
from playwright.sync_api import Browser, expect
from websockets.sync.client import connect
from websockets.typing import Origin

from mnist_app.runs import RunStore, models_dir
from tests.browser.app import SIGNS, Server, expect_finished, serve
from tests.helpers.foreign import FOREIGN, MARKUP, add_foreign_run
from tests.helpers.visitor import Visitor


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The app with two runs, one of which has markup wherever a run from elsewhere can have a text."""
    store = RunStore(tmp_path_factory.mktemp("models"))
    shutil.copytree(models_dir() / "dense-128", store.path("world"))
    add_foreign_run(store)
    with serve(MNIST_APP_MODELS=str(store.root)) as server:
        yield server


def page_bytes(app: Server, origin: str) -> bytes:
    """Return all that the server sends of the Train view to a page of this origin with the owner's cookie."""
    host = urlsplit(app.url).netloc
    connection = http.client.HTTPConnection(host)
    connection.request("GET", app.owners_link.removeprefix(app.url))
    cookie = (connection.getresponse().getheader("Set-Cookie") or "").partition(";")[0]
    connection.close()
    address = f"ws://{host}/_stcore/stream"
    with connect(
        address, origin=Origin(origin), additional_headers={"Cookie": cookie}, max_size=None
    ) as socket:
        visitor = Visitor(socket)
        visitor.visit("training", "view=Train")
        return visitor.received


def test_pages_of_other_ports_cannot_use_the_owners_cookie(app: Server) -> None:
    assert b"Start training" in page_bytes(app, app.url)
    answer = page_bytes(app, "http://127.0.0.1:3000")
    assert b"Start training" not in answer
    assert b"not from the app's own address" in answer


def test_every_response_has_the_headers(app: Server) -> None:
    for path in (
        "/",
        "/training",
        "/health",
        "/owner",
        "/_stcore/health",
        "/metrics",
        "/media/none",
        "/static/x.js",
    ):
        connection = http.client.HTTPConnection(urlsplit(app.url).netloc)
        connection.request("GET", path)
        headers = dict(connection.getresponse().getheaders())
        connection.close()
        assert "frame-ancestors 'self'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"


def test_an_upload_beyond_the_limit_is_refused_before_it_comes(app: Server) -> None:
    connection = http.client.HTTPConnection(urlsplit(app.url).netloc)
    connection.putrequest("PUT", "/_stcore/upload_file/nobody/file")
    connection.putheader("Content-Length", str(10**9))
    connection.endheaders()
    response = connection.getresponse()
    assert (response.status, response.read()) == (413, b"Too many files")
    connection.close()


class _Framing(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(f'<iframe src="{self.server.framed}"></iframe>'.encode())  # type: ignore[attr-defined]

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_no_other_site_can_frame_the_app(app: Server, browser: Browser) -> None:
    other = ThreadingHTTPServer(("127.0.0.1", 0), _Framing)
    other.framed = app.url  # type: ignore[attr-defined]
    threading.Thread(target=other.serve_forever, daemon=True).start()
    page = browser.new_page()
    with page.expect_console_message(lambda message: "frame-ancestors" in message.text):
        page.goto(f"http://127.0.0.1:{other.server_port}")
    page.close()
    other.shutdown()
    other.server_close()


def test_the_owners_link_opens_the_app_with_rights_and_leaves_no_token_in_sight(
    app: Server, browser: Browser
) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(app.owners_link)
    expect(page).to_have_url(f"{app.url}/")
    page.goto(f"{app.url}/training?view=Train")
    expect(page.get_by_role("button", name="Start training")).to_be_visible()
    assert "owner" not in page.evaluate("document.cookie")
    context.close()


@pytest.mark.parametrize(
    "link",
    [
        f"runs={quote(MARKUP)}",
        f"run={quote(MARKUP)}",
        f"view=Evaluation&run={quote(MARKUP)}&set={quote(MARKUP)}&against={quote(MARKUP)}",
        f"runs={FOREIGN}&runs=world",
        f"run={FOREIGN}",
        f"view=Evaluation&run={FOREIGN}&against=world&look=Sets",
        f"view=Evaluation&run={FOREIGN}&look=Corruptions",
    ],
)
def test_text_from_outside_is_never_markup(app: Server, browser: Browser, link: str) -> None:
    """Neither a link's nor a run's becomes a link, a picture, or another colour."""
    context = browser.new_context()
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{app.url}/training?{link}")
    page.locator(SIGNS["Training"]).wait_for()
    expect_finished(page)
    expect(page.get_by_text("evil.test", exact=False).first).to_be_attached()
    if link == f"run={FOREIGN}":
        page.locator(".st-key-card summary").click()
        expect(page.locator(".st-key-card").get_by_text("evil.test", exact=False).first).to_be_visible()
    assert page.locator("main a[href*='evil'], main a[href^=mailto], main img[src*='evil']").count() == 0
    assert not [url for url in asked if urlsplit(url).hostname == "evil.test"]
    context.close()
