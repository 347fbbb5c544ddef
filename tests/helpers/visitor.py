"""A visitor of a running app, as the messages of a browser."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect

SECONDS = 60  # to wait for an answer


@contextmanager
def connected(url: str) -> Iterator[ClientConnection]:
    """Connect to a running app as its pages do."""
    with connect(url.replace("http", "ws") + "/_stcore/stream", max_size=None) as socket:
        yield socket


class Visitor:
    """A session: its socket, the states of its widgets, and the components that the page has shown."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.states: dict[str, str] = {}
        self.ids: dict[str, str] = {}
        self.fragments: dict[str, str] = {}
        self.answered: Any = None
        self.received = b""  # all that the server sent
        self.errors: list[str] = []  # of exceptions that a page showed

    def visit(self, page: str = "", query: str = "", fragment: str = "") -> int:
        """Run a page, and return how its run ended: a `ForwardMsg.ScriptFinishedStatus`."""
        message = BackMsg()
        message.rerun_script.page_name = page
        message.rerun_script.query_string = query
        message.rerun_script.fragment_id = fragment
        for key, value in self.states.items():
            message.rerun_script.widget_states.widgets.add(id=key, json_value=value)
        ended = self.send(message.SerializeToString())
        style = self.ids.get("style", "")
        if not style or style in self.states:
            return ended
        self.states[style] = json.dumps(
            {"there": True}
        )  # the page goes on once the browser has its style sheet
        return self.visit(page, query)

    def send(self, request: bytes) -> int:
        """Send a message, and read until a run has ended."""
        self.socket.send(request)
        while True:
            content = self.socket.recv(timeout=SECONDS)
            assert isinstance(content, bytes)
            self.received += content
            answer = ForwardMsg.FromString(content)
            self._take(answer)
            if answer.WhichOneof("type") == "script_finished":
                return answer.script_finished

    def draw(self, number: Any, strokes: Any) -> None:
        """Send a drawing as the page's companion does, and read its answer."""
        self.set_state("companion", {"found": True})
        self.set_state("link", {"sent": {"number": number, "strokes": strokes}})

    def set_state(self, component: str, state: Any) -> None:
        """Send what a component has to say, and read the answer."""
        self.states[self.ids[component]] = json.dumps(state)
        self.visit(fragment=self.fragments[component])

    def _take(self, message: ForwardMsg) -> None:
        element = message.delta.new_element
        if element.WhichOneof("type") == "exception":
            self.errors.append(f"{element.exception.type}: {element.exception.message}")
        name = element.bidi_component.component_name.removeprefix("digit_reader_")
        if name in ("companion", "link", "style"):
            self.ids[name], self.fragments[name] = element.bidi_component.id, message.delta.fragment_id
        if name == "link":
            component = element.bidi_component
            self.answered = json.loads(component.json or component.mixed.json)["answered"]
