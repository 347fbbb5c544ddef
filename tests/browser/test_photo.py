"""The Photo page as people use it, in real Chromium."""

from __future__ import annotations

import io
import re

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from mnist_app.domain import ByteArray, Split
from tests.browser.app import Server, expect_finished, expect_invitation, expect_status, go_to
from tests.browser.conftest import Visit


def upload(page: Page, *files: tuple[str, bytes]) -> None:
    given = [{"name": name, "mimeType": "image/png", "buffer": content} for name, content in files]
    chooser = page.locator("input[type=file]")
    expect(chooser).to_have_count(1)  # while a page changes, there are two
    chooser.set_input_files(given)  # type: ignore[arg-type]


def expect_read(page: Page, digit: int) -> None:
    """Wait until the page shows this digit as its text."""
    # The text of the photo before may still be there for an instant.
    expect(page.locator(".lines", has_text=re.compile(f"^{digit}$"))).to_be_visible()
    expect_finished(page)


def picture_of(image: ByteArray) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(255 - image).resize((300, 300)).save(buffer, "PNG")
    return buffer.getvalue()


def test_photos_are_read_remembered_and_removed(visit: Visit, mnist: Split) -> None:
    page = visit()
    go_to(page, "Photo")
    expect_status(page, "Show a photo")
    pictures = [(f"{k}.png", picture_of(mnist.images[k])) for k in (1, 2, 3)]
    upload(page, *pictures[:2])
    expect_read(page, int(mnist.labels[1]))
    expect(page.get_by_alt_text(re.compile("Your photo"))).to_be_visible()
    page.get_by_role("button", name="Next", exact=True).click()
    expect_read(page, int(mnist.labels[2]))
    go_to(page, "Draw")
    expect_invitation(page)
    go_to(page, "Photo")
    expect_read(page, int(mnist.labels[2]))
    page.get_by_role("button", name="Add photos").click()
    upload(page, pictures[2])  # it is shown at once
    expect_read(page, int(mnist.labels[3]))
    expect(page.get_by_text("3.png, 3 of 3")).to_be_visible()
    page.get_by_role("button", name=re.compile("^1: ")).click()
    expect_read(page, int(mnist.labels[1]))
    page.get_by_role("button", name="Remove", exact=True).click()
    expect_read(page, int(mnist.labels[2]))
    expect(page.get_by_text("2.png, 1 of 2")).to_be_visible()
    page.get_by_role("button", name="Add photos").click()
    page.get_by_role("button", name="Remove all photos").click()
    expect_status(page, "Show a photo")
    upload(page, pictures[1])
    expect_read(page, int(mnist.labels[2]))


@pytest.mark.parametrize("name", ["scan.tif", "scan.pdf"])
def test_every_page_of_a_document_is_a_photo_with_its_number(visit: Visit, mnist: Split, name: str) -> None:
    page, content = visit(), io.BytesIO()
    go_to(page, "Photo")
    first, *others = (Image.fromarray(255 - image).resize((300, 300)) for image in mnist.images[1:4])
    first.save(content, {"scan.tif": "TIFF", "scan.pdf": "PDF"}[name], save_all=True, append_images=others)
    upload(page, (name, content.getvalue()))
    expect_read(page, int(mnist.labels[1]))
    for number in (2, 3):
        page.get_by_role("button", name="Next", exact=True).click()
        expect(page.get_by_text(f"{name}, page {number}, {number} of 3")).to_be_visible()
        expect_read(page, int(mnist.labels[number]))


@pytest.mark.parametrize("is_touch", [False, True], ids=["mouse", "touch"])
def test_a_samples_picture_is_its_button(visit: Visit, is_touch: bool) -> None:
    page = visit(has_touch=is_touch)
    go_to(page, "Photo")
    picture = page.locator(".st-key-photo-samples img").first.bounding_box()
    assert picture is not None
    middle = picture["x"] + picture["width"] / 2, picture["y"] + picture["height"] / 2
    page.touchscreen.tap(*middle) if is_touch else page.mouse.click(*middle)
    expect(page.locator(".lines p").first).to_have_text(re.compile("^2026 "))


def test_without_https_the_phones_own_camera_is_opened(visit: Visit, server: Server) -> None:
    """A name that is not this machine's own, as in a classroom; the browser is told where it is."""
    page = visit()
    assert page.evaluate("isSecureContext")
    page.goto(server.url.replace("127.0.0.1", "digits.test"))
    page.locator("canvas.upper-canvas[aria-label]").wait_for()  # its first message must not meet the click
    expect_finished(page)
    go_to(page, "Photo")
    assert not page.evaluate("isSecureContext")
    page.get_by_text("Camera", exact=True).click()
    expect(page.get_by_text("needs https")).to_be_visible()
    chooser = page.locator("input[type=file]")
    expect(chooser).to_have_attribute("capture", "environment")
    expect(chooser).to_have_attribute("accept", "image/*")


def test_a_file_that_is_no_image_gets_a_sentence(visit: Visit) -> None:
    page = visit()
    go_to(page, "Photo")
    file = {"name": "digit.png", "mimeType": "image/png", "buffer": b"not an image at all"}
    page.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]
    expect_status(page, "not an image")
