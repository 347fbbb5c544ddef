"""What visitors leave behind in memory: each brings a photo of its own, and vanishes without a goodbye.

python -m tests.benchmarks.memory [VISITORS]
"""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

import psutil

from mnist_app.ui.server.sessions import GRACE, SWEEP
from tests.benchmarks.machine import machine
from tests.benchmarks.visitor import Traffic, Visitor
from tests.browser.app import ROOT, Server, serve

VISITORS = 125
AT_ONCE = 5
STEP = 0.2  # seconds from one look at the memory to the next
PHOTOS = sorted((ROOT / "mnist_app/ui/photo/samples").glob("*.jpg"))


async def come_with_photo(server: Server, number: int, photo: Path) -> None:
    """Bring a photo that no other visitor has, wait until it is read, and vanish."""
    async with Visitor.come(server.url, Traffic()) as visitor:
        await visitor.run(page="photo")
        await visitor.upload(photo.name, photo.read_bytes() + number.to_bytes(4, "big"))
        await visitor.until(lambda: bool(visitor.photo))


async def come_all(server: Server, visitors: int) -> None:
    """Let all visitors come, a few at once."""
    waiting = asyncio.Semaphore(AT_ONCE)

    async def come(number: int) -> None:
        async with waiting:
            await come_with_photo(server, number, PHOTOS[number % len(PHOTOS)])

    await asyncio.gather(*(come(number) for number in range(visitors)))


async def watch(process: psutil.Process, seen: list[float]) -> None:
    """Note the memory in MB again and again."""
    while True:
        seen.append(process.memory_info().rss / 1e6)
        await asyncio.sleep(STEP)


async def measure(server: Server, visitors: int) -> None:
    """Print the memory before, at its peak, and after all have gone."""
    process, seen = psutil.Process(server.process.pid), list[float]()
    await come_all(server, AT_ONCE)
    await asyncio.sleep(GRACE + 2 * SWEEP)
    before = process.memory_info().rss / 1e6
    watching = asyncio.create_task(watch(process, seen))
    start = time.perf_counter()
    await come_all(server, visitors)
    seconds = time.perf_counter() - start
    last = process.memory_info().rss / 1e6
    await asyncio.sleep(GRACE + 2 * SWEEP)
    watching.cancel()
    print(
        f"{visitors} visitors with a photo in {seconds:.0f} s: {before:.0f} MB before, {max(seen):.0f} MB at "
        f"the peak, {last:.0f} MB when the last had gone, {seen[-1] - before:+.0f} MB after that"
    )


def main() -> None:
    """Print what visitors leave behind."""
    print(machine())
    with serve() as server:
        asyncio.run(measure(server, int(sys.argv[1]) if sys.argv[1:] else VISITORS))


if __name__ == "__main__":
    main()
