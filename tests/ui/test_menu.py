from __future__ import annotations

import pytest

from mnist_app.ui.menu import unknown_path

KNOWN = {"", "photo"}


@pytest.mark.parametrize("path", ["", "/", "/photo", "/photo/", "/photo?view=Run"])
def test_pages_that_exist_are_known(path: str) -> None:
    assert unknown_path(f"http://digits.test{path}", KNOWN, "") == ""
    assert unknown_path(f"http://digits.test/base{path}", KNOWN, "base") == ""


@pytest.mark.parametrize(("path", "page"), [("/draw", "draw"), ("/foo/?x=1", "foo"), ("/a%20b", "a b")])
def test_other_addresses_are_unknown(path: str, page: str) -> None:
    assert unknown_path(f"http://digits.test{path}", KNOWN, "") == page
    assert unknown_path(f"http://digits.test/base{path}", KNOWN, "base") == page


@pytest.mark.parametrize(
    "url", ["", "http://digits.test/a/b", "http://digits.test/%20", "http://digits.test//"]
)
def test_what_cannot_be_a_page_is_not_asked_for(url: str) -> None:
    assert unknown_path(url, KNOWN, "") == ""
