"""People who draw at the same time, as their browsers' messages alone: no browser has room for twenty.

python -m tests.benchmarks.crowd
"""

from __future__ import annotations

import json
import statistics
import threading
import time
from contextlib import ExitStack
from typing import Any

import psutil
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect

from tests.benchmarks.machine import machine
from tests.browser.app import Server, serve
from tests.conftest import load_pen_digits

CROWDS = (1, 20)  # people
SECONDS = 20.0  # that they draw for
STROKE = 0.9  # seconds of a stroke
REST = 0.6  # seconds between strokes
INTERVAL, PAUSE = 0.125, 2  # as in sender.js: seconds, and times as long as an answer took


class Person:
    """One session: draws stroke after stroke, sends at the companion's pace, and times each answer."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.ids: dict[str, str] = {}  # of the two components
        self.fragments: dict[str, str] = {}
        self.states: dict[str, str] = {}
        self.number = self.answered = 0
        self.waits: list[float] = []  # seconds from pen-up to answer
        self.rates: list[float] = []  # answers a second during a stroke
        self._rerun("")
        self._read()
        self._set("companion", {"found": True})
        self._read()

    def draw(self, seconds: float, drawings: list[dict[str, Any]]) -> None:
        """Draw digits, one after the other."""
        end = time.perf_counter() + seconds
        for k in range(10**6):
            drawn: list[Any] = []
            for stroke in drawings[k % len(drawings)]["strokes"]:
                if time.perf_counter() > end:
                    return
                self._stroke(drawn, stroke)
                drawn.append(stroke)
                time.sleep(REST)

    def _stroke(self, before: list[Any], stroke: list[Any]) -> None:
        start = time.perf_counter()
        answers, due = 0, start + INTERVAL
        while (now := time.perf_counter()) < start + STROKE:
            if now < due:
                time.sleep(0.005)
                continue
            share = (now - start) / STROKE
            wait = self._ask([*before, stroke[: max(2, round(share * len(stroke)))]])
            answers += time.perf_counter() < start + STROKE
            due = now + max(INTERVAL, PAUSE * wait)
        self.rates.append(answers / STROKE)
        self.waits.append(self._ask([*before, stroke]))

    def _ask(self, strokes: list[Any]) -> float:
        """Send a drawing. Returns the seconds until its answer is there."""
        self.number += 1
        start = time.perf_counter()
        self._set("link", {"sent": {"number": self.number, "strokes": strokes}})
        while self.answered != self.number:
            self._read(1)
        return time.perf_counter() - start

    def _set(self, component: str, state: dict[str, Any]) -> None:
        self.states[self.ids[component]] = json.dumps(state)
        self._rerun(self.fragments[component])

    def _rerun(self, fragment: str) -> None:
        message = BackMsg()
        message.rerun_script.fragment_id = fragment
        for key, value in self.states.items():
            message.rerun_script.widget_states.widgets.add(id=key, json_value=value)
        self.socket.send(message.SerializeToString())

    def _read(self, count: int = 10**6) -> None:
        """Read so many messages, or until the script has finished."""
        for _ in range(count):
            message = ForwardMsg.FromString(self.socket.recv(timeout=60))
            component = message.delta.new_element.bidi_component
            name = component.component_name.removeprefix("digit_reader_")
            if name in ("companion", "link"):
                self.ids[name], self.fragments[name] = component.id, message.delta.fragment_id
            if name == "link":
                self.answered = json.loads(component.json or component.mixed.json)["answered"]
            if message.WhichOneof("type") == "script_finished":
                return


def _draw(server: Server, persons: list[Person]) -> float:
    """Let all of them draw at once. Returns the server's CPU seconds."""
    drawings = load_pen_digits()
    used = psutil.Process(server.process.pid).cpu_times()
    threads = [
        threading.Thread(target=person.draw, args=(SECONDS, drawings[k % 10 :] + drawings[: k % 10]))
        for k, person in enumerate(persons)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    now = psutil.Process(server.process.pid).cpu_times()
    return now.user + now.system - used.user - used.system


def crowd(server: Server, people: int) -> None:
    """Let so many people draw at once, and print what they waited."""
    address = server.url.replace("http", "ws") + "/_stcore/stream"
    with ExitStack() as sockets:
        persons = [Person(sockets.enter_context(connect(address, max_size=None))) for _ in range(people)]
        cpu = _draw(server, persons)
    waits = sorted(wait for person in persons for wait in person.waits)
    worst = max(statistics.median(person.waits) for person in persons)
    rates = [rate for person in persons for rate in person.rates]
    answers = sum(person.number for person in persons)
    print(
        f"{people} drawing: pen-up to answer median {statistics.median(waits) * 1e3:.0f} ms, 95 % within "
        f"{waits[int(0.95 * len(waits))] * 1e3:.0f} ms, the slowest person's median {worst * 1e3:.0f} ms; "
        f"{statistics.median(rates):.1f} answers a second during a stroke; "
        f"{cpu / answers * 1e3:.1f} CPU ms an answer, {cpu / SECONDS:.0%} of a core"
    )


def main() -> None:
    """Print the figures of a person alone, and of one of twenty."""
    print(machine())
    with serve() as server:
        for people in (1, *CROWDS):  # the first one to warm up
            crowd(server, people)


if __name__ == "__main__":
    main()
