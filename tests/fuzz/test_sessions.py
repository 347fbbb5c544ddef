"""Hostile messages to a running server: no page shows an exception, and it goes on serving the others."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.proto.BackMsg_pb2 import BackMsg
from websockets.exceptions import WebSocketException

from tests.browser.app import Server, serve
from tests.conftest import load_pen_digits
from tests.helpers.fuzzing import EDITS, JSON, TEXTS, Edits, corrupted, fuzzed
from tests.helpers.visitor import Visitor, connected

KEYS = [
    "view",
    "run",
    "set",
    "against",
    "look",
    "runs",
    "curve",
    "settings",
    "corruption",
    "index",
    "model",
    "kind",
]
VALUES = st.one_of(
    st.sampled_from(
        ["Run", "Runs", "Evaluation", "Train", "Data", "world", "convnet", "MNIST", "-1", "1e9", "nan"]
    ),
    st.sampled_from(["1" * 5_000, "[text](http://localhost)", "<script>", "%00", "\x1b[2J"]),
    TEXTS.filter(lambda text: "\ud800" not in text),
)
PAGES = st.sampled_from(["training"] * 4 + ["", "photo", "nowhere"])


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serve() as running:
        yield running


@pytest.fixture(scope="module")
def other(server: Server) -> Iterator[Visitor]:
    """Somebody who came before, and draws."""
    with connected(server.url) as socket:
        visitor = Visitor(socket)
        visitor.visit()
        yield visitor


_numbers = iter(range(1, 10**9))


def assert_serves(server: Server, other: Visitor) -> None:
    number = next(_numbers)
    other.draw(number, load_pen_digits()[7]["strokes"])
    assert other.answered == number
    assert not other.errors
    assert server.process.poll() is None


@fuzzed(40)
@given(PAGES, st.lists(st.tuples(st.sampled_from(KEYS), VALUES), max_size=4))
def test_any_link(server: Server, other: Visitor, page: str, parameters: list[tuple[str, str]]) -> None:
    with connected(server.url) as socket:
        visitor = Visitor(socket)
        visitor.visit(page, "&".join(f"{key}={quote(value)}" for key, value in parameters))
        assert visitor.errors == []
    assert_serves(server, other)


@fuzzed(60)
@given(JSON, JSON)
def test_any_drawing(server: Server, other: Visitor, number: Any, strokes: Any) -> None:
    with connected(server.url) as socket:
        visitor = Visitor(socket)
        visitor.visit()
        visitor.draw(number, strokes)
        visitor.set_state("companion", strokes)
        visitor.set_state("link", number)
        assert visitor.errors == []
    assert_serves(server, other)


@fuzzed(60)
@given(st.one_of(st.binary(max_size=200), st.builds(corrupted, st.just(b""), EDITS)), EDITS, st.booleans())
def test_any_message(server: Server, other: Visitor, content: bytes, edits: Edits, is_rerun: bool) -> None:
    message = BackMsg()
    message.rerun_script.query_string = "view=Runs"
    message.rerun_script.widget_states.widgets.add(id="kind", string_value="Digit")
    with (
        suppress(WebSocketException, OSError),
        connected(server.url) as socket,
    ):
        socket.send(corrupted(message.SerializeToString(), edits) if is_rerun else content)
        socket.send(content)
    assert_serves(server, other)


@pytest.mark.parametrize(
    "kind", ["clear_cache", "stop_script", "load_git_info", "debug_disconnect_websocket"]
)
def test_a_message_that_no_page_sends(server: Server, other: Visitor, kind: str) -> None:
    message = BackMsg()
    setattr(message, kind, True)
    with (
        suppress(WebSocketException, OSError),
        connected(server.url) as socket,
    ):
        for _ in range(20):
            socket.send(message.SerializeToString())
    assert_serves(server, other)


def test_nobody_can_end_the_server(server: Server, other: Visitor) -> None:
    with (
        suppress(WebSocketException, OSError),
        connected(server.url) as socket,
    ):
        socket.send(BackMsg(debug_shutdown_runtime=True).SerializeToString())
        socket.recv(timeout=2)
    assert_serves(server, other)
