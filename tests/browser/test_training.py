"""The Training page in a real browser: links, clicks on a chart, downloads, and visitors from elsewhere."""

from __future__ import annotations

import re
import shutil
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from mnist_app.learning.data.mnist import Dataset
from mnist_app.runs import RunStore
from mnist_app.runs.image_sets import SetStore
from mnist_app.runs.results import read_predictions
from mnist_app.ui.actions import OWNERS
from tests.browser.app import SIGNS, Server, expect_finished, expect_fits, serve

CHARTS = "[data-testid=stVegaLiteChart] .marks"
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def store(tiny_store: RunStore, tmp_path_factory: pytest.TempPathFactory) -> RunStore:
    """A copy of the tiny store, to be changed."""
    root = tmp_path_factory.mktemp("dashboard") / "models"
    shutil.copytree(tiny_store.root, root)
    return RunStore(root)


@pytest.fixture(scope="module")
def dashboard(store: RunStore, small: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The app with one run, and the images that it was scored on; other machines can reach it.

    So its own machine must be named among the owners.
    """
    cache = tmp_path_factory.mktemp("cache")
    SetStore(cache / "mnist-app" / "sets").write("MNIST test", "test", small.test)
    places = {
        "MNIST_APP_MODELS": str(store.root),
        "XDG_CACHE_HOME": str(cache),
        "MNIST_APP_DATA": "",
        OWNERS: "127.0.0.1",
    }
    with serve("0.0.0.0", **places) as server:
        yield server


@pytest.fixture
def look(browser: Browser, dashboard: Server) -> Iterator[Open]:
    """Open a view in a fresh context; whatever the console says fails the test."""
    problems: list[str] = []
    pages: list[Page] = []

    def open_page(path: str, address: str = "127.0.0.1", **options: object) -> Page:
        page = browser.new_page(**{"viewport": {"width": 1300, "height": 900}, **options})  # type: ignore[arg-type]
        pages.append(page)
        page.on("console", lambda m: problems.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.goto(f"{dashboard.url.replace('127.0.0.1', address)}/training{path}")
        page.locator(SIGNS["Training"]).wait_for()
        expect_finished(page)
        return page

    yield open_page
    for page in pages:
        page.close()
    # Streamlit asks for two files below the page's address before it knows better.
    assert [problem for problem in problems if "404" not in problem] == []


def test_curves_are_drawn_and_a_link_says_which(look: Open) -> None:
    page = look("?runs=tiny&curves=Loss&smoothing=0.6")
    expect(page.locator(CHARTS)).to_have_count(1)
    page.get_by_role("button", name="Seconds per epoch", exact=True).click()
    expect(page.locator(CHARTS)).to_have_count(2)
    expect(page).to_have_url(re.compile("curves=Seconds"))


def test_curves_can_be_had_as_files(look: Open) -> None:
    page = look("?curves=Loss")
    for form, begin in (("CSV", b"epoch,"), ("SVG", b"<svg"), ("PNG", b"\x89PNG")):
        page.locator(".st-key-download-Loss button").first.click()
        with page.expect_download(timeout=60_000) as download:
            page.get_by_role("button", name=form, exact=True).click()
        assert Path(download.value.path()).read_bytes().startswith(begin)
        page.keyboard.press("Escape")


def test_a_run_can_be_exported(look: Open) -> None:
    page = look("")
    with page.expect_download(timeout=30_000) as download:
        page.get_by_role("button", name="Export").click()
    assert download.value.suggested_filename == "tiny.zip"
    assert Path(download.value.path()).read_bytes().startswith(b"PK")


def test_a_click_on_a_cell_shows_its_images_and_one_of_them_large(look: Open, store: RunStore) -> None:
    page = look("?view=Evaluation")
    predictions = read_predictions(store.open("tiny"), "MNIST test")
    confusion = np.zeros((10, 10), int)
    np.add.at(confusion, (predictions.labels, predictions.read), 1)
    written, read = np.unravel_index(np.argmax(confusion - np.diag(np.diag(confusion))), confusion.shape)
    cells = page.locator("[class*=st-key-matrix] .mark-rect path")
    expect(cells).to_have_count(100)
    cells.nth(10 * int(written) + int(read)).click(force=True)
    tiles = page.locator("[class*=st-key-tiles] img")
    expect(tiles).to_have_count(int(confusion[written, read]))
    expect(page).to_have_url(re.compile(f"written={written}.*read={read}"))
    expect(page.locator(".picture img")).to_be_visible()
    expect(page.locator(".picture")).to_contain_text(re.compile(f"Written\\s*{written}\\s*Read as\\s*{read}"))


def own_address() -> str:
    """An address of this machine that is not the loopback's."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))  # nothing is sent
        return str(probe.getsockname()[0])


def test_from_another_address_everything_can_be_seen_and_nothing_changed(look: Open) -> None:
    here = look("?view=Train")
    expect(here.get_by_role("button", name="Start training")).to_be_visible()
    there = look("?view=Train", own_address())
    expect(there.get_by_text(OWNERS, exact=False)).to_be_visible()
    expect(there.get_by_role("button", name="Start training")).to_have_count(0)
    runs = look("", own_address())
    expect(runs.locator(CHARTS)).to_have_count(2)
    expect(runs.get_by_role("button", name="Export")).to_be_visible()
    for name in ("Rename", "Note", "Delete"):
        expect(runs.get_by_role("button", name=name)).to_have_count(0)


def test_a_server_that_other_machines_can_reach_trusts_nobody_by_itself(browser: Browser) -> None:
    with serve("0.0.0.0", **{OWNERS: ""}) as server:
        page = browser.new_page()
        page.goto(f"{server.url}/training?view=Train")
        expect(page.get_by_text(f"{OWNERS}=127.0.0.1", exact=False)).to_be_visible(timeout=30_000)
        expect(page.get_by_role("button", name="Start training")).to_have_count(0)
        page.close()


def test_all_views_fit_a_phone(look: Open) -> None:
    page = look("", viewport={"width": 390, "height": 800}, is_mobile=True, has_touch=True)
    expect(page.locator(CHARTS)).to_have_count(2)
    expect_fits(page)
    for view, sign in (
        ("Evaluation", page.locator("[class*=st-key-matrix] .mark-rect path").first),
        ("Train", page.get_by_role("button", name="Start training")),
        ("Data", page.get_by_role("combobox", name="Set")),
    ):
        page.get_by_role("radio", name=view, exact=True).tap()
        expect(sign).to_be_visible()
        expect_fits(page)


def test_what_was_typed_last_counts_when_the_button_is_pressed_at_once(look: Open, store: RunStore) -> None:
    page = look("")
    for note in ("first", "second"):
        page.get_by_role("button", name="Note").first.click()
        page.get_by_role("textbox", name="Note").fill(note)
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_text(f"Note: {note}")).to_be_visible()
        assert store.open("tiny").note == note
        page.keyboard.press("Escape")
        expect(page.get_by_role("button", name="Save")).to_be_hidden()


def test_what_is_taken_out_of_the_comparison_stays_out(look: Open) -> None:
    page = look("?runs=tiny")
    expect(page.locator(CHARTS)).to_have_count(2)
    page.get_by_test_id("stMultiSelect").get_by_role("button", name=re.compile("Clear|Remove")).first.click()
    expect(page.get_by_text("Choose runs in the table")).to_be_visible()
    page.wait_for_timeout(1_000)  # for the charts to come back, which they must not
    expect_finished(page)
    expect(page.locator(CHARTS)).to_have_count(0)
