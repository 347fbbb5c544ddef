"""How many people can draw at once: sessions with real digits and unfinished strokes, each answer checked.

python -m tests.benchmarks.load [PEOPLE ...]

Each person begins a stroke every two seconds, and sends it while it is drawn at the companion's pace. The
same finished strokes then go to this app and to a usual one, `usual/app.py`, for the ratio. The digits are
pen strokes of the test writers, from `MNIST_APP_DATA`.
"""

from __future__ import annotations

import asyncio
import math
import random
import sys
import time
from collections.abc import Callable, Coroutine, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

import cv2
import numpy as np
import psutil
from websockets.exceptions import ConnectionClosed

from mnist_app.errors import InputError
from mnist_app.ink.canonical import to_bytes
from mnist_app.learning.data.pendigits import by_writers, load_pen_strokes
from mnist_app.reading.reader import Reader, open_reader
from mnist_app.ui.widgets import picture_url
from tests.benchmarks.machine import machine
from tests.benchmarks.visitor import Strokes, Traffic, Visitor
from tests.browser.app import Server, serve

CROWDS = (1, 20, 50, 100, 200)  # people
SECONDS = 20.0  # that they draw for
EVERY = 2.0  # seconds from the beginning of a stroke to that of the next
STROKE = 0.9  # seconds that a stroke takes
PAUSE = 2  # as in sender.js: times as long as an answer took
PARTS = 8  # an unfinished stroke has some eighths of its points
DRAWINGS = 60
CANVAS = "streamlit-drawable-canvas.streamlit_drawable_canvas"
USUAL_APP = "tests/benchmarks/usual/app.py"
ASKERS = 32  # who ask without a pause, for the most that the server can do


@dataclass(frozen=True)
class Step:
    """A stroke being drawn: what is on the paper after each of its PARTS, and what must be answered."""

    papers: tuple[Strokes, ...]
    answers: tuple[str, ...]


CLEARED = Step(([],), ("Draw a digit from 0 to 9, or a whole number.",))


@dataclass
class Outcome:
    """What a crowd has seen."""

    waits: list[float] = field(default_factory=list)  # seconds from pen-up to answer
    live: list[float] = field(default_factory=list)  # seconds that an unfinished stroke's answer took
    errors: list[str] = field(default_factory=list)
    traffic: Traffic = field(default_factory=Traffic)
    cpu: float = 0.0  # seconds of the server
    seconds: float = 0.0
    memory: float = 0.0  # MB


Behaviour = Callable[[Visitor, Sequence[list[Step]], float, Outcome], Coroutine[None, None, None]]


def steps_of(strokes: Strokes, reader: Reader) -> list[Step]:
    """Return the steps of drawing something, one a stroke."""
    steps = []
    for k, stroke in enumerate(strokes):
        shares = [max(2, len(stroke) * part // PARTS) for part in range(1, PARTS + 1)]
        papers = tuple([*strokes[:k], stroke[:count]] for count in shares)
        steps.append(Step(papers, tuple(expected(paper, reader) for paper in papers)))
    return steps


def expected(paper: Strokes, reader: Reader) -> str:
    """Return what the page must show: the picture of the digit that it looks at, or why there is none."""
    try:
        digits = reader.read_drawing({"strokes": paper}).digits
    except InputError as error:
        return str(error)
    doubtful = (digit for digit in digits if digit.is_doubtful)
    return picture_url(to_bytes(next(doubtful, digits[0]).image))


def load_drawings(count: int) -> list[Strokes]:
    """Return digits by the test writers in units of the paper, the same ones each time."""
    everything = by_writers(load_pen_strokes())[2].drawings
    chosen = random.Random(0).sample(range(len(everything)), count)
    return [
        [
            [[round(float(value) * 0.6, 1) for value in point] for point in stroke]
            for stroke in everything[k].strokes
        ]
        for k in chosen
    ]


async def draw(visitor: Visitor, drawings: Sequence[list[Step]], end: float, outcome: Outcome) -> None:
    """Draw digits one after the other, a stroke every two seconds, until it is `end`."""
    due = time.perf_counter()
    for steps in drawings:
        await ask(visitor, CLEARED, 1, outcome)
        for step in steps:
            due += EVERY
            await asyncio.sleep(due - time.perf_counter())
            if time.perf_counter() > end:
                return
            await draw_stroke(visitor, step, outcome)


async def draw_stroke(visitor: Visitor, step: Step, outcome: Outcome) -> None:
    """Send a stroke unfinished as often as answers come back, then as a whole, whatever is on its way."""
    start = time.perf_counter()
    due, asking = start + visitor.interval, None
    while (now := time.perf_counter()) < start + STROKE:
        if asking and asking.done():
            due, asking = due + max(visitor.interval, PAUSE * asking.result()), None
        elif not asking and now >= due:
            due, part = now, max(1, int((now - start) / STROKE * PARTS))
            asking = asyncio.create_task(ask(visitor, step, part, outcome))
        await asyncio.sleep(0.01)
    await ask(visitor, step, PARTS, outcome)
    if asking:
        await asking


async def ask(visitor: Visitor, step: Step, part: int, outcome: Outcome) -> float:
    """Send so much of a stroke, and check the answer. Returns the seconds that it took."""
    start = time.perf_counter()
    is_answered = await visitor.draw(step.papers[part - 1])
    wait = time.perf_counter() - start
    if is_answered:
        (outcome.waits if part == len(step.papers) else outcome.live).append(wait)
        if visitor.answer != step.answers[part - 1]:
            outcome.errors.append(f"{visitor.answer:.60} instead of {step.answers[part - 1]:.60}")
    return wait


async def ask_on(visitor: Visitor, drawings: Sequence[list[Step]], end: float, outcome: Outcome) -> None:
    """Ask for one finished stroke after the other, without a pause."""
    for steps in drawings:
        for step in steps:
            if time.perf_counter() > end:
                return
            await ask(visitor, step, len(step.papers), outcome)


async def ask_usual(visitor: Visitor, drawings: Sequence[list[Step]], end: float, outcome: Outcome) -> None:
    """Send one finished stroke after the other to the usual app, as its canvas does."""
    for steps in drawings:
        for step in steps:
            if time.perf_counter() > end:
                return
            start = time.perf_counter()
            visitor.set(CANVAS, {"drawing": {"raw": {"objects": []}, "data": as_picture(step.papers[-1])}})
            await visitor.run()
            outcome.waits.append(time.perf_counter() - start)


def as_picture(strokes: Strokes) -> str:
    """Return the usual app's canvas with these strokes as a data URL."""
    canvas = np.zeros((280, 280, 4), np.uint8)
    canvas[..., 3] = 255
    paths = [np.rint(np.array(stroke) * 280 / 300).astype(np.int32) for stroke in strokes]
    cv2.polylines(canvas, paths, isClosed=False, color=(255, 255, 255, 255), thickness=20)
    return picture_url(canvas)


async def crowd(server: Server, people: int, drawings: list[list[Step]], behave: Behaviour) -> Outcome:
    """Let so many people behave in a way at once, from when all of them have come."""
    outcome, process = Outcome(), psutil.Process(server.process.pid)
    async with AsyncExitStack() as stack:
        come = [stack.enter_async_context(Visitor.come(server.url, outcome.traffic)) for _ in range(people)]
        visitors = [await coming for coming in come]
        for visitor in visitors:
            if behave is not ask_usual:
                await visitor.open_paper()
        outcome.traffic.up = outcome.traffic.down = 0
        start, before = time.perf_counter(), process.cpu_times()
        end = start + SECONDS
        async with asyncio.TaskGroup() as group:
            for k, visitor in enumerate(visitors):
                own = drawings[k % len(drawings) :] + drawings[: k % len(drawings)]
                group.create_task(until_lost(behave(visitor, own * 20, end, outcome), outcome))
        outcome.seconds, after = time.perf_counter() - start, process.cpu_times()
        outcome.cpu = after.user + after.system - before.user - before.system
        outcome.memory = process.memory_info().rss / 1e6
    return outcome


async def until_lost(behaving: Coroutine[None, None, None], outcome: Outcome) -> None:
    """Behave; a visitor that the server loses is an error, and gone."""
    try:
        await behaving
    except (TimeoutError, ConnectionError, ConnectionClosed) as error:
        outcome.errors.append(f"lost: {error}")


def report(name: str, outcome: Outcome) -> None:
    """Print a row of figures."""
    waits = sorted(outcome.waits) or [math.nan]
    p50, p95, p99 = (waits[int(share * (len(waits) - 1))] * 1e3 for share in (0.5, 0.95, 0.99))
    answers = max(1, outcome.traffic.answers or len(waits))
    print(
        f"| {name} | {p50:.0f} ms | {p95:.0f} ms | {p99:.0f} ms | {len(outcome.errors)} "
        f"| {outcome.cpu / answers * 1e3:.1f} ms | {len(waits) / outcome.seconds:.1f} "
        f"| {answers / outcome.seconds:.1f} | {outcome.cpu / outcome.seconds:.2f} | {outcome.memory:.0f} MB "
        f"| {outcome.traffic.up / answers / 1e3:.1f} kB | {outcome.traffic.down / answers / 1e3:.1f} kB |",
        flush=True,
    )
    for error in outcome.errors[:3]:
        print(f"  {error}")


HEADER = (
    "| | p50 | p95 | p99 | errors | CPU of an answer | strokes/s | answers/s | cores | memory | up | down |\n"
    "|---|---|---|---|---|---|---|---|---|---|---|---|"
)


def main() -> None:
    """Print the figures of crowds that draw, of the most that the server can do, and of a usual app."""
    print(machine())
    reader = open_reader()
    drawings = [steps_of(strokes, reader) for strokes in load_drawings(DRAWINGS)]
    crowds = [int(argument) for argument in sys.argv[1:]] or CROWDS
    print(HEADER)
    with serve() as server:
        asyncio.run(crowd(server, 1, drawings, ask_on))  # to warm up
        for people in crowds:
            report(f"{people} drawing", asyncio.run(crowd(server, people, drawings, draw)))
        alone = asyncio.run(crowd(server, 1, drawings, ask_on))
        most = asyncio.run(crowd(server, ASKERS, drawings, ask_on))
    report("1 asking without a pause", alone)
    report(f"{ASKERS} asking without a pause", most)
    with serve(script=USUAL_APP) as server:
        asyncio.run(crowd(server, 1, drawings, ask_usual))
        usual = asyncio.run(crowd(server, 1, drawings, ask_usual))
        crowded = asyncio.run(crowd(server, 20, drawings, ask_usual))
    report("usual app, 1 asking", usual)
    report("usual app, 20 asking", crowded)
    cpu = [outcome.cpu / len(outcome.waits) for outcome in (usual, alone)]
    rates = [len(outcome.waits) / outcome.seconds for outcome in (most, crowded)]
    print(f"of a usual app: CPU {cpu[1] / cpu[0]:.3f}, strokes a second {rates[0] / rates[1]:.0f}")


if __name__ == "__main__":
    main()
