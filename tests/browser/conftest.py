"""A real server and a real Chromium, one of each for all browser tests."""

from __future__ import annotations

import ctypes.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from filelock import FileLock
from playwright.sync_api import Browser, BrowserContext, Page, Request, sync_playwright

from tests.browser.app import Server, expect_finished, serve

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
ARGUMENTS.append("--host-resolver-rules=MAP digits.test 127.0.0.1")  # a name that is not the browser's own
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_chromium() -> str | None:
    """Return the path of a Chromium, None if Playwright has its own; installs one where that is allowed.

    One process installs while the others wait. Without a Chromium the test is skipped, in CI it fails.
    """
    with FileLock(Path(tempfile.gettempdir()) / "mnist-app-chromium.lock", mode=0o666):
        return _find_or_install()


def _find_or_install() -> str | None:
    if os.geteuid() == 0 and shutil.which("apt-get") and _missing_packages():
        quiet = {"DEBIAN_FRONTEND": "noninteractive", **os.environ}
        install = ["apt-get", "install", "-y", "-qq", *_missing_packages()]
        for command in (["apt-get", "update", "-qq"], install):
            subprocess.run(command, check=False, capture_output=True, env=quiet, timeout=900)
    if found := _on_path():
        return found
    if not _own_chromium():
        install = [sys.executable, "-m", "playwright", "install", "chromium"]
        subprocess.run(install, check=False, capture_output=True, timeout=900)
    if not _own_chromium():
        message = "no Chromium: neither on the PATH, nor from apt-get as root, nor from `playwright install`"
        if os.environ.get("CI"):
            pytest.fail(message, pytrace=False)
        pytest.skip(message)
    return None


def _missing_packages() -> list[str]:
    """Return the packages that Debian has to add: a browser, and the one library that Playwright needs."""
    browser = [] if _on_path() or _own_chromium() else ["chromium"]
    return browser + ([] if ctypes.util.find_library("atomic") else ["libatomic1"])


def _on_path() -> str | None:
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def _own_chromium() -> bool:
    """Look for Playwright's own download; its driver, which knows, may not start yet."""
    folder = os.environ.get("PLAYWRIGHT_BROWSERS_PATH", "~/.cache/ms-playwright")
    return any(Path(folder).expanduser().glob("chromium-*"))


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """The app, served as a visitor gets it."""
    with serve() as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests of a process."""
    path = find_chromium()
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield chromium
        chromium.close()


NewContext = Callable[..., BrowserContext]


@pytest.fixture(scope="session")
def idle() -> dict[str, list[BrowserContext]]:
    """Contexts that no test has at the moment, by their options: the browser keeps what it has compiled."""
    return {}


@pytest.fixture
def new_context(browser: Browser, idle: dict[str, list[BrowserContext]]) -> Iterator[NewContext]:
    """Return a context with these options and without a trace of whoever had it before.

    Only the cache stays: a page's scripts take as long to load and to compile as most tests take.
    """
    used: list[tuple[str, BrowserContext]] = []

    def open_context(**options: object) -> BrowserContext:
        key = repr(sorted(options.items()))
        free = idle.setdefault(key, [])
        used.append((key, free.pop() if free else browser.new_context(**options)))  # type: ignore[arg-type]
        return used[-1][1]

    yield open_context
    for key, context in used:
        for page in context.pages:
            page.close()
        context.set_storage_state({"cookies": [], "origins": []})
        context.clear_permissions()
        idle[key].append(context)


Visit = Callable[..., Page]


@pytest.fixture
def visit(new_context: NewContext, server: Server) -> Iterator[Visit]:
    """Open the app as a new visitor, e.g. `visit(color_scheme="dark")`; console errors fail the test."""
    problems: list[str] = []

    def on_request_failed(request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # by the browser, of a picture on a page that was left
            problems.append(f"{request.url}: {request.failure}")

    def open_page(**options: object) -> Page:
        page = new_context(**{"viewport": {"width": 1100, "height": 800}, **options}).new_page()
        page.on("console", lambda m: problems.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("requestfailed", on_request_failed)
        page.goto(server.url)
        page.locator("canvas.upper-canvas[aria-label]").wait_for()  # the companion has found it
        expect_finished(page)
        return page

    yield open_page
    assert problems == []
