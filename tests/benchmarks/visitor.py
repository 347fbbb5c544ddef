"""A visitor of the app, as the messages of a browser alone: no machine has room for two hundred browsers.

It speaks Streamlit's protocol as the browser's code does: first a request that brings the XSRF cookie, then a
WebSocket with its token, and with each message the state of every widget and what is cached.
"""

from __future__ import annotations

import asyncio
import html
import json
import re
import urllib.request
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Self

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin, Subprotocol

Strokes = Sequence[Sequence[Sequence[float]]]

PATIENCE = 300  # seconds for an answer, and for a connection, also on a machine that does other work
_PREFIX = "digit_reader_"  # of the names of the paper's components
_PICTURE = re.compile(r'<img src="(data:image/png[^"]*)"')
_MARK = re.compile(rb"visitor-[0-9a-f]{8}")  # in the names of a visitor's own files
_HINT = re.compile(r'<div class="hint"[^>]*>([^<]*)<')


@dataclass
class Traffic:
    """What one or several visitors have sent and received."""

    up: int = 0  # bytes
    down: int = 0
    answers: int = 0


class Visitor:
    """One session. `answer` is the picture that the model saw, as a data URL, or the hint in its place."""

    def __init__(self, url: str, socket: ClientConnection, token: str, traffic: Traffic) -> None:
        self.url, self.token, self.traffic = url, token, traffic
        self.answer = ""
        self.answered = 0  # the number of the drawing that it belongs to
        self.interval = 0.0  # seconds to keep between unfinished drawings
        self.photo: dict[str, Any] = {}  # what the browser gets of the photo that is looked at
        self.session_id = ""
        self.script_runs = 0  # that have ended
        self._socket = socket
        self._sent = 0
        self._page = ""
        self._components: dict[str, tuple[str, str]] = {}  # id and fragment by name
        self._states: dict[str, str] = {}  # JSON by a component's id
        self._cached: dict[str, None] = {}  # hashes of messages
        self.uploader = ""  # its id
        self.buttons: dict[str, str] = {}  # ids by label
        self.marks: set[str] = set()  # that were in what the server sent
        self._query = ""
        self._urls: Any = None  # to upload to
        self._uploads: tuple[str, int, Any] | None = None  # name, size and addresses of what is uploaded
        self._news = asyncio.Event()

    @classmethod
    @asynccontextmanager
    async def come(cls, url: str, traffic: Traffic, cookie: str = "") -> AsyncIterator[Self]:
        """Open the app, and vanish at the end of the block. An owner's `cookie` gives the owner's rights."""
        token = await asyncio.to_thread(_xsrf_token, url)
        async with connect(
            url.replace("http", "ws") + "/_stcore/stream",
            origin=Origin(url),
            subprotocols=[Subprotocol("streamlit"), Subprotocol(token)],
            additional_headers={"Cookie": f"_streamlit_xsrf={token}; {cookie}"},
            max_size=None,
            open_timeout=PATIENCE,
        ) as socket:
            visitor = cls(url, socket, token, traffic)
            following = asyncio.create_task(visitor._follow())
            try:
                await visitor.run()
                if "style" in visitor._components:  # the page goes on once the browser has its style sheet
                    visitor.set("style", {"there": True})
                    await visitor.run()
                yield visitor
            finally:
                following.cancel()
                socket.transport.abort()

    async def run(self, component: str = "", page: str = "", query: str = "", button: str = "") -> None:
        """Run the script or a component's fragment to its end; perhaps at another page, or by a button."""
        ended, self._query = self.script_runs, query or self._query
        await self._rerun(self._components[component][1] if component else "", page, button)
        await self.until(lambda: self.script_runs > ended)

    async def open_paper(self) -> None:
        """Say that the companion has found the canvas, so that its strokes count."""
        self.set("companion", {"found": True})
        await self.run("companion")

    async def draw(self, strokes: Strokes) -> bool:
        """Put strokes on the paper, and wait for an answer. Returns False if a later drawing was faster."""
        self._sent += 1
        number = self._sent
        self.set("link", {"sent": {"number": number, "strokes": strokes}})
        await self._rerun(self._components["link"][1])
        await self.until(lambda: self.answered >= number)
        self.traffic.answers += self.answered == number
        return self.answered == number

    async def upload(self, name: str, content: bytes) -> None:
        """Bring a file to the page's uploader, and wait until the script has run with it."""
        asked = BackMsg()
        asked.file_urls_request.request_id = name
        asked.file_urls_request.file_names.append(name)
        self._urls = None
        await self.send(asked)
        await self.until(lambda: self._urls is not None)
        urls = self._urls
        assert urls is not None
        await asyncio.to_thread(self._put, urls.upload_url, name, content)
        self._uploads = (name, len(content), urls)
        await self.run()
        self._uploads = None

    def _put(self, path: str, name: str, content: bytes) -> None:
        boundary = "digit-reader"
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        headers = {
            "Content-Type": f"multipart/form-data; boundary={boundary}",
            "Cookie": f"_streamlit_xsrf={self.token}",
            "X-Xsrftoken": self.token,
        }
        body = head.encode() + content + f"\r\n--{boundary}--\r\n".encode()
        request = urllib.request.Request(self.url + path, body, headers, method="PUT")
        with urllib.request.urlopen(request, timeout=PATIENCE):
            self.traffic.up += len(body)

    def set(self, component: str, state: Any) -> None:
        """Set the state of a component, to be sent with the next message."""
        self._states[self._components[component][0]] = json.dumps(state, separators=(",", ":"))

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until something is true. Raises TimeoutError, or ConnectionError if the server has gone."""
        async with asyncio.timeout(PATIENCE):
            while not condition():
                if self._socket.close_code is not None:
                    raise ConnectionError("the server has closed the connection")
                self._news.clear()
                await self._news.wait()

    async def send(self, message: BackMsg) -> None:
        """Send a message."""
        content = message.SerializeToString()
        self.traffic.up += len(content)
        await self._socket.send(content)

    async def _rerun(self, fragment: str, page: str = "", button: str = "") -> None:
        message = BackMsg()
        state = message.rerun_script
        state.query_string = self._query
        state.fragment_id, state.page_name = fragment, page
        state.page_script_hash = "" if page else self._page
        state.context_info.url = f"{self.url}/{page}"
        state.context_info.timezone, state.context_info.locale = "Europe/Zurich", "en-GB"
        state.cached_message_hashes.extend(self._cached)
        for key, value in self._states.items():
            state.widget_states.widgets.add(id=key, json_value=value)
        if button:
            state.widget_states.widgets.add(id=self.buttons[button], trigger_value=True)
        if self._uploads:
            name, size, urls = self._uploads
            file = state.widget_states.widgets.add(id=self.uploader).file_uploader_state_value
            file.uploaded_file_info.add(name=name, size=size, file_id=urls.file_id, file_urls=urls)
        await self.send(message)

    async def _follow(self) -> None:
        """Take in what the server sends, until the connection ends."""
        try:
            async for content in self._socket:
                assert isinstance(content, bytes)
                self.traffic.down += len(content)
                self.marks |= {mark.decode() for mark in _MARK.findall(content)}
                self.take(ForwardMsg.FromString(content))
                self._news.set()
        except ConnectionClosed:
            pass
        self._news.set()

    def take(self, message: ForwardMsg) -> None:
        """Take in one message."""
        kind = message.WhichOneof("type")
        if message.metadata.cacheable:
            self._cached[message.hash] = None
        if kind == "new_session":
            self.session_id = message.new_session.initialize.session_id
        elif kind == "navigation":
            self._page = message.navigation.page_script_hash
        elif kind == "script_finished":
            self.script_runs += message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN
        elif kind == "file_urls_response":
            self._urls = message.file_urls_response.file_urls[0]
        elif kind == "delta":
            element = message.delta.new_element
            shown = element.WhichOneof("type")
            if shown == "html":
                self._read(element.html.body)
            elif shown == "button":
                self.buttons[element.button.label] = element.button.id
            elif shown == "file_uploader":
                self.uploader = element.file_uploader.id
            elif shown == "bidi_component":
                component = element.bidi_component
                name = component.component_name.removeprefix(_PREFIX)
                data = component.json or component.mixed.json
                self._components[name] = component.id, message.delta.fragment_id
                if name == "link":
                    told = json.loads(data)
                    self.answered, self.interval = told["answered"], told["interval"] / 1000
                elif name == "photo_editor":
                    self.photo = json.loads(data)

    def _read(self, body: str) -> None:
        if found := _PICTURE.search(body) or _HINT.search(body):
            self.answer = html.unescape(found[1])


def _xsrf_token(url: str) -> str:
    """Return the token of the cookie that comes with the browser's first request."""
    with urllib.request.urlopen(f"{url}/_stcore/health", timeout=PATIENCE) as response:
        cookie = str(response.headers["Set-Cookie"])
    return cookie.partition("=")[2].partition(";")[0]
