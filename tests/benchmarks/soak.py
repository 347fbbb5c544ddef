"""Visitors that come, draw, bring photos, train and vanish: what grows with time, and whether anything mixes.

python -m tests.benchmarks.soak MINUTES [PEOPLE]

Memory, threads and descriptors of the server are noted all the time; their slopes are those after the first
third. Each answer must be that of the visitor's own drawing or photo, and a mark in a file's name may come
back to its own visitor alone. `MNIST_APP_DATA` has the digits, and what is trained on.
"""

from __future__ import annotations

import asyncio
import random
import secrets
import shutil
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import psutil
from websockets.exceptions import ConnectionClosed

from mnist_app.ink.canonical import to_bytes
from mnist_app.reading.reader import Reader, open_reader
from mnist_app.runs import RunStore
from mnist_app.ui.widgets import picture_url
from tests.benchmarks import load
from tests.benchmarks.machine import machine
from tests.benchmarks.memory import PHOTOS
from tests.benchmarks.visitor import PATIENCE, Traffic, Visitor
from tests.browser.app import Server, serve

PEOPLE = 8  # at once
STAY = (5.0, 40.0)  # seconds that a drawing visitor stays, at least and at most
PAUSE = 1.0  # seconds from one visitor to the next in the same place
STEP = 2.0  # seconds from one look at the server to the next
WARM_UP = 1 / 3  # of the time
TRAINED = 20.0  # seconds until a training is stopped


@dataclass
class Soak:
    """What is asked for, and what has been seen so far."""

    server: Server
    owner: str  # cookie
    drawings: list[list[load.Step]]
    photos: dict[Path, list[str]]  # the pictures of their digits
    end: float
    done: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)
    samples: list[tuple[float, float, float, float]] = field(
        default_factory=list
    )  # s, MB, threads, descriptors

    def come(self, cookie: str = "") -> AbstractAsyncContextManager[Visitor]:
        """Let a visitor come."""
        return Visitor.come(self.server.url, Traffic(), cookie)


async def draw(soak: Soak) -> None:
    """Come, draw for a while, and vanish in the middle of it."""
    async with soak.come() as visitor:
        await visitor.open_paper()
        outcome = load.Outcome()
        drawings = random.sample(soak.drawings, len(soak.drawings))
        stay = min(soak.end, time.perf_counter() + random.uniform(*STAY))
        await load.draw(visitor, drawings, stay, outcome)
        soak.errors += outcome.errors + [f"{mark} came to a drawing" for mark in visitor.marks]


async def show_photo(soak: Soak) -> None:
    """Come, bring a photo, look at what was read, and vanish."""
    mark = f"visitor-{secrets.token_hex(4)}"
    file, expected = random.choice(list(soak.photos.items()))
    async with soak.come() as visitor:
        await visitor.run(page="photo")
        await visitor.upload(f"{mark}.jpg", file.read_bytes() + mark.encode())
        await visitor.until(lambda: bool(visitor.photo))
        if [digit["image"] for digit in visitor.photo["read"]] != expected:
            soak.errors.append(f"{file.name} was read otherwise")
        soak.errors += [f"{other} came to {mark}" for other in visitor.marks - {mark}]


async def train(soak: Soak) -> None:
    """Come as the owner, start a training, stop it after a while, and discard it."""
    async with soak.come(soak.owner) as visitor:
        await visitor.run(page="training", query="view=Train&preset=dense-128")
        await visitor.run(button="Start training")
        await asyncio.sleep(TRAINED)
        for label in ("Stop", "Discard"):
            visitor.buttons.clear()
            while label not in visitor.buttons:
                await visitor.run()
                await asyncio.sleep(STEP)
            await visitor.run(button=label)


async def look(soak: Soak) -> None:
    """Come, look at the runs and at the data, and vanish."""
    async with soak.come() as visitor:
        for view in ("Runs", "Evaluation", "Data"):
            await visitor.run(page="training", query=f"view={view}")


VISITS: dict[str, Callable[[Soak], Awaitable[None]]] = {"draw": draw, "photo": show_photo, "look": look}
SHARES = (6, 3, 1)


async def come_and_go(soak: Soak) -> None:
    """Have one visitor after the other until the end."""
    while time.perf_counter() < soak.end:
        (name,) = random.choices(list(VISITS), SHARES)
        await visit(soak, name, VISITS[name])
        await asyncio.sleep(random.uniform(0, 2 * PAUSE))


async def train_on(soak: Soak) -> None:
    """Have one training after the other until the end."""
    while time.perf_counter() < soak.end:
        await visit(soak, "train", train)


async def visit(soak: Soak, name: str, how: Callable[[Soak], Awaitable[None]]) -> None:
    """Have a visit; one that fails is an error."""
    try:
        async with asyncio.timeout(PATIENCE):
            await how(soak)
        soak.done[name] += 1
    except (OSError, TimeoutError, ConnectionClosed, KeyError) as error:
        soak.errors.append(f"{name}: {type(error).__name__} {error}")


async def watch(soak: Soak) -> None:
    """Note what the server holds."""
    process = psutil.Process(soak.server.process.pid)
    while time.perf_counter() < soak.end:
        memory = process.memory_info().rss / 1e6
        soak.samples.append((time.perf_counter(), memory, process.num_threads(), process.num_fds()))
        await asyncio.sleep(STEP)


def report(soak: Soak) -> None:
    """Print what was done, what is held and how that grows."""
    print(", ".join(f"{count} × {name}" for name, count in soak.done.items()), f"{len(soak.errors)} errors")
    for error in soak.errors[:10]:
        print(f"  {error}")
    samples = np.array(soak.samples[int(WARM_UP * len(soak.samples)) :])
    for name, values in zip(("memory, MB", "threads", "descriptors"), samples.T[1:], strict=True):
        slope = float(np.polyfit((samples[:, 0] - samples[0, 0]) / 3600, values, 1)[0])
        thirds = [float(np.median(part)) for part in np.array_split(values, 3)]
        shown = ", ".join(f"{value:.0f}" for value in thirds)
        print(
            f"| {name} | {values.min():.0f} to {values.max():.0f} | {shown} | {slope:+.1f} an hour |",
            flush=True,
        )


def owners_cookie(server: Server) -> str:
    """Return the cookie that the owner's link gives a browser."""

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_: object) -> None:
            return None

    try:
        urllib.request.build_opener(Stay).open(server.owners_link)
    except urllib.error.HTTPError as redirect:
        return str(redirect.headers["Set-Cookie"]).partition(";")[0]
    raise RuntimeError("the owner's link leads nowhere")


def pictures(reader: Reader, photo: Path) -> list[str]:
    """Return the pictures of a photo's digits."""
    return [picture_url(to_bytes(digit.image)) for digit in reader.read_photo(photo).digits]


async def run(soak: Soak, people: int) -> None:
    """Let people come and go until the end."""
    places = [come_and_go(soak) for _ in range(people)]
    await asyncio.gather(watch(soak), train_on(soak), *places)


def main() -> None:
    """Print what grows with time."""
    minutes, people = float(sys.argv[1]), int(sys.argv[2]) if sys.argv[2:] else PEOPLE
    print(f"{minutes:g} minutes, {people} people at once, {machine()}")
    reader = open_reader()
    drawings = [load.steps_of(strokes, reader) for strokes in load.load_drawings(load.DRAWINGS)]
    photos = {photo: pictures(reader, photo) for photo in PHOTOS}
    with tempfile.TemporaryDirectory() as folder:
        for name in RunStore().models():
            shutil.copytree(RunStore().path(name), Path(folder) / name)
        with serve(MNIST_APP_MODELS=folder) as server:
            end = time.perf_counter() + 60 * minutes
            soak = Soak(server, owners_cookie(server), drawings, photos, end)
            asyncio.run(run(soak, people))
            report(soak)


if __name__ == "__main__":
    main()
