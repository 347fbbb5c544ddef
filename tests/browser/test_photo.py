"""The Photo page as people use it, in real Chromium."""

from __future__ import annotations

import io
import re

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from mnist_app.domain import Split
from tests.browser.app import (
    edit,
    expect_digit,
    expect_finished,
    expect_ink,
    expect_invitation,
    expect_status,
    go_to,
    paper,
)
from tests.browser.conftest import Visit
from tests.helpers.processes import eventually


def upload(page: Page, *files: tuple[str, bytes]) -> None:
    given = [{"name": name, "mimeType": "image/png", "buffer": content} for name, content in files]
    chooser = page.locator("input[type=file]")
    expect(chooser).to_have_count(1)  # while a page changes, there are two
    chooser.set_input_files(given)  # type: ignore[arg-type]


def test_photos_are_read_remembered_and_removed(visit: Visit, mnist: Split) -> None:
    page = visit()
    go_to(page, "Photo")
    expect_status(page, "Show a photo")
    pictures = []
    for k in (1, 2, 3):
        buffer = io.BytesIO()
        Image.fromarray(255 - mnist.images[k]).resize((300, 300)).save(buffer, "PNG")
        pictures.append((f"{k}.png", buffer.getvalue()))
    upload(page, *pictures[:2])
    expect_digit(page, int(mnist.labels[1]))
    expect(page.get_by_alt_text(re.compile("Your photo"))).to_be_visible()
    page.get_by_role("combobox", name="Photo").click()
    page.get_by_role("option", name="2. 2.png").click()
    expect_digit(page, int(mnist.labels[2]))
    go_to(page, "Draw")
    expect_invitation(page)
    go_to(page, "Photo")
    expect_digit(page, int(mnist.labels[2]))
    page.get_by_role("button", name="Photos").click()
    upload(page, pictures[2])  # beside the others, which the uploader has forgotten
    expect(page.locator(".st-key-photos-3")).to_be_visible()
    expect_finished(page)  # it is read
    page.get_by_role("combobox", name="Photo").click()
    expect(page.get_by_role("option")).to_have_count(3)
    page.get_by_role("option", name="3. 3.png").click()
    expect_digit(page, int(mnist.labels[3]))
    expect_finished(page)
    page.get_by_role("button", name="Photos").click()
    page.get_by_role("button", name="Remove all photos").click()
    expect_status(page, "Show a photo")
    upload(page, pictures[1])
    expect_digit(page, int(mnist.labels[2]))


@pytest.mark.parametrize("name", ["scan.tif", "scan.pdf"])
def test_every_page_of_a_document_is_a_photo_with_its_number(visit: Visit, mnist: Split, name: str) -> None:
    page, content = visit(), io.BytesIO()
    go_to(page, "Photo")
    first, *others = (Image.fromarray(255 - image).resize((300, 300)) for image in mnist.images[1:4])
    first.save(content, {"scan.tif": "TIFF", "scan.pdf": "PDF"}[name], save_all=True, append_images=others)
    upload(page, (name, content.getvalue()))
    expect_digit(page, int(mnist.labels[1]))
    for number in (2, 3):
        page.get_by_role("combobox", name="Photo").click()
        expect(page.get_by_role("option")).to_have_count(3)
        page.get_by_role("option", name=f"{number}. {name}, page {number}").click()
        expect_digit(page, int(mnist.labels[number]))


def test_a_sample_photo_is_read_and_a_box_deleted_and_brought_back(visit: Visit) -> None:
    page = visit()
    go_to(page, "Photo")
    page.get_by_role("button", name="Lined paper", exact=True).click()
    text = page.get_by_test_id("stCode")
    expect(text).to_contain_text("2026 ")
    before = text.inner_text()
    page.get_by_text("Change the boxes").click()
    canvas = paper(page)
    expect_ink(page)
    expect_finished(page)
    delete = page.get_by_role("button", name="Delete selected")

    def select_the_6_of_2026() -> bool:
        edit(page)  # again if a late answer has replaced the toolbar
        box = canvas.bounding_box()
        assert box is not None
        canvas.click(position={"x": 0.414 * box["width"], "y": 0.24 * box["height"]})
        page.wait_for_timeout(200)
        return delete.is_enabled()

    eventually(select_the_6_of_2026)
    delete.click()
    expect(text).to_have_text(before.replace("2026 ", "202 ", 1))
    page.get_by_role("button", name="Undo all changes").click()
    expect(text).to_have_text(before)


def test_a_file_that_is_no_image_gets_a_sentence(visit: Visit) -> None:
    page = visit()
    go_to(page, "Photo")
    file = {"name": "digit.png", "mimeType": "image/png", "buffer": b"not an image at all"}
    page.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]
    expect_status(page, "not an image")
