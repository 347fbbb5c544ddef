"""The Training page in a real browser: links, clicks on a chart, downloads, and visitors from elsewhere."""

from __future__ import annotations

import re
import shutil
import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from mnist_app.learning.data.mnist import Dataset
from mnist_app.runs import RunStore, models_dir
from mnist_app.runs.csv_logger import import_log
from mnist_app.runs.files import write_run
from mnist_app.runs.image_sets import SetStore
from mnist_app.runs.results import read_predictions
from tests.browser.app import SIGNS, Server, expect_finished, expect_fits, expect_settled, expect_true, serve
from tests.browser.conftest import NewContext

CHARTS = "[data-testid=stVegaLiteChart] .marks"
ROW = 35  # pixels of a table's row
# Controls that a visible toolbar of Streamlit's lies over.
COVERED = """() => {
    const box = element => element.getBoundingClientRect()
    const seen = element => element.checkVisibility({opacityProperty: true}) && box(element).width > 0
    const bars = [...document.querySelectorAll("[data-testid=stElementToolbar]")].filter(seen)
    const own = [...document.querySelectorAll("button, input, label, a")].filter(
        element => seen(element) && !element.closest("[data-testid=stElementToolbar]"))
    return own.filter(element => bars.some(bar => box(element).left < box(bar).right
        && box(element).right > box(bar).left && box(element).top < box(bar).bottom
        && box(element).bottom > box(bar).top)).map(element => element.outerHTML.slice(0, 80))
}"""
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def store(tiny_store: RunStore, tmp_path_factory: pytest.TempPathFactory) -> RunStore:
    """A copy of the tiny store, to be changed, with a second run and one that was scored on every set.

    Their names come behind that of `tiny`, which so is chosen at first.
    """
    root = tmp_path_factory.mktemp("dashboard") / "models"
    shutil.copytree(tiny_store.root, root)
    shutil.copytree(root / "tiny", root / "twin")
    shutil.copytree(models_dir() / "dense-128", root / "widely-scored")
    return RunStore(root)


@pytest.fixture(scope="module")
def dashboard(store: RunStore, small: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The app with one run, and the images that it was scored on; other machines can reach it."""
    cache = tmp_path_factory.mktemp("cache")
    SetStore(cache / "mnist-app" / "sets").write("MNIST test", "test", small.test)
    places = {
        "MNIST_APP_MODELS": str(store.root),
        "XDG_CACHE_HOME": str(cache),
        "MNIST_APP_DATA": "",
    }
    with serve("0.0.0.0", **places) as server:
        yield server


@pytest.fixture
def look(new_context: NewContext, dashboard: Server) -> Iterator[Open]:
    """Open a view as a new visitor, the owner by default; what the console says fails the test."""
    problems: list[str] = []

    def open_page(path: str, address: str = "127.0.0.1", is_owner: bool = True, **options: object) -> Page:
        page = new_context(**{"viewport": {"width": 1300, "height": 900}, **options}).new_page()
        page.on("console", lambda m: problems.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: problems.append(str(error)))
        if is_owner:
            page.request.get(dashboard.owners_link)  # the page has its cookies
        page.goto(f"{dashboard.url.replace('127.0.0.1', address)}/training{path}")
        page.locator(SIGNS["Training"]).wait_for()
        expect_finished(page)
        return page

    yield open_page
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
    expect_settled(page, page.locator(CHARTS))
    page.locator(".st-key-download-Loss button").first.click()
    for form, begin in (("CSV", b"epoch,"), ("SVG", b"<svg"), ("PNG", b"\x89PNG")):
        button = page.get_by_role("button", name=form, exact=True)
        expect(button).to_be_enabled()
        with page.expect_download(timeout=60_000) as download:
            button.click()
        assert Path(download.value.path()).read_bytes().startswith(begin)


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
    expect_settled(page, cells.first)
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


@pytest.mark.parametrize("address", ["127.0.0.1", "another"])
def test_without_the_owners_link_everything_can_be_seen_and_nothing_changed(look: Open, address: str) -> None:
    here = look("?view=Train")
    expect(here.get_by_role("button", name="Start training")).to_be_visible()
    address = own_address() if address == "another" else address
    there = look("?view=Train", address, is_owner=False)
    expect(there.get_by_text("open the owner's link", exact=False)).to_be_visible()
    expect(there.get_by_role("button", name="Start training")).to_have_count(0)
    runs = look("", address, is_owner=False)
    expect(runs.locator(CHARTS)).to_have_count(2)
    expect(runs.get_by_role("button", name="Export")).to_be_visible()
    for name in ("Rename", "Note", "Delete"):
        expect(runs.get_by_role("button", name=name)).to_have_count(0)


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


def row(page: Page, number: int) -> tuple[float, float]:
    """Return a place in the name of the table's run with this number, 0 for the first."""
    table = page.get_by_test_id("stDataFrame").locator("canvas").first
    expect_settled(page, table)
    box = table.bounding_box()
    assert box is not None
    return box["x"] + 100, box["y"] + (number + 1.5) * ROW


def is_back_at_all_runs(page: Page) -> bool:
    """Go back in the browser's history by a step, and return whether that is the page of all runs."""
    page.go_back()
    page.wait_for_timeout(1_000)
    return page.get_by_role("radio", name="Runs", exact=True).is_checked()


def expect_page_of(page: Page, name: str) -> None:
    expect(page).to_have_url(re.compile(f"[?&]run={name}(&|$)"))
    expect(page.get_by_role("heading", name="Configuration")).to_be_visible()
    expect(page.get_by_role("combobox", name="Run")).to_have_value(name)


@pytest.mark.parametrize("touch", [False, True])
def test_a_click_on_a_run_in_the_table_opens_its_page(look: Open, touch: bool) -> None:
    options = (
        {"viewport": {"width": 390, "height": 800}, "is_mobile": True, "has_touch": True} if touch else {}
    )
    page = look("", **options)
    (page.touchscreen.tap if touch else page.mouse.click)(*row(page, 1))
    expect_page_of(page, "twin")
    expect_fits(page, 390 if touch else 1300)
    page.reload()
    expect_page_of(page, "twin")
    expect_true(page, lambda: is_back_at_all_runs(page))


def test_a_click_on_a_runs_name_below_a_chart_opens_its_page(look: Open) -> None:
    page = look("?runs=tiny&runs=twin&curves=Loss")
    name = page.locator(".role-legend-label text", has_text="twin")
    expect_settled(page, name)
    name.click(force=True)
    expect_page_of(page, "twin")


def test_a_link_to_a_run_is_enough_and_leads_on_to_its_evaluation(look: Open) -> None:
    page = look("?run=widely-scored")
    expect_page_of(page, "widely-scored")
    page.get_by_role("button", name="Evaluation", exact=True).click()
    expect(page.locator("[class*=st-key-matrix] .marks")).to_be_visible()
    expect(page).to_have_url(re.compile("view=Evaluation"))
    expect(page).to_have_url(re.compile("run=widely-scored"))
    page.get_by_role("button", name="About this run").click()
    expect_page_of(page, "widely-scored")


def test_a_file_of_a_run_can_be_had_from_its_page(look: Open) -> None:
    page = look("?run=tiny")
    with page.expect_download() as download:
        page.get_by_role("button", name=re.compile("history.csv")).click()
    assert download.value.suggested_filename == "tiny-history.csv"
    assert Path(download.value.path()).read_bytes().startswith(b"epoch,loss")


def test_a_click_on_a_corruptions_bar_shows_its_images(look: Open) -> None:
    page = look("?view=Evaluation&run=widely-scored&look=Corruptions")
    bars = page.locator(".mark-rect path")
    expect(bars).to_have_count(15)
    expect_settled(page, bars.nth(2))
    bars.nth(2).click(force=True)
    expect(page).to_have_url(re.compile("corruption="))
    expect(page.get_by_role("combobox", name="Images of")).not_to_have_value("uneven light")
    expect(page.get_by_text("of 10,000 read as another digit", exact=False)).to_be_visible()


def test_a_click_on_a_set_without_digits_opens_it(look: Open) -> None:
    page = look("?view=Evaluation&run=widely-scored&look=Sets")
    bars = page.get_by_test_id("stVegaLiteChart").last.locator(".mark-rect path")
    expect(bars).to_have_count(8)
    expect_settled(page, bars.first)
    bars.first.click(force=True)
    expect(page).to_have_url(re.compile("set="))
    expect(page.get_by_text("for digits", exact=False)).to_be_visible()


def test_no_toolbar_lies_over_a_control(look: Open) -> None:
    for path in ("?runs=tiny&runs=twin", "?run=tiny", "?view=Evaluation&run=tiny&look=Digits"):
        page = look(path)
        expect_settled(page, page.locator(CHARTS).first)
        parts = page.locator("[data-testid=stVegaLiteChart], [data-testid=stDataFrame]")
        for k in range(parts.count()):
            parts.nth(k).scroll_into_view_if_needed()
            parts.nth(k).hover(force=True)
            page.wait_for_timeout(400)  # for the toolbar to fade in
            assert page.evaluate(COVERED) == []


def test_odd_curves_are_drawn_without_a_word_on_the_console(look: Open, store: RunStore) -> None:
    """One epoch, validation every third epoch, and values of zero on a logarithmic scale."""
    logs = {
        "xa-one": ["0,0.5,0.9,0.5,0.9"],
        "xb-thirds": [f"{k},{1 / (k + 1)},0.9,{'NA,NA' if k % 3 else '0.5,1.0'}" for k in range(9)],
    }
    for name, rows in logs.items():
        file = store.root / f"{name}.csv"
        file.write_text("\n".join(["epoch,loss,accuracy,val_loss,val_accuracy", *rows]))
        import_log(store, file, name)
    page = look("?runs=xa-one&runs=xb-thirds&log=true")
    expect(page.locator(CHARTS)).to_have_count(2)
    expect(page.locator(CHARTS).last.get_by_text("≤ 0", exact=True)).to_be_attached()
    points = page.locator(CHARTS).first.locator(".mark-symbol path")
    expect_true(page, lambda: points.count() >= 2 + 3)
    boxes = [points.nth(k).bounding_box() for k in range(points.count())]
    assert all(box and box["width"] > 4 for box in boxes)
    look("?run=xa-one&across=Time")
    for name in logs:
        store.delete(name)


def test_a_training_that_has_ended_leaves_its_card(look: Open, store: RunStore) -> None:
    run = store.open("twin")
    write_run(run.path, replace(run, created=datetime.now(UTC), scoring_seconds=3.0))
    page = look("?view=Train")
    card = page.locator(".st-key-training-twin")
    expect(card.locator(".marks")).to_have_count(2)
    expect(card.get_by_text("trained and scored in", exact=False)).to_be_visible()
    card.get_by_role("button", name="Open").click()
    expect_page_of(page, "twin")
