from __future__ import annotations

import dataclasses
import hashlib
from pathlib import Path

import cv2
import numpy as np
import pytest

from mnist_app.domain import ByteArray, Split
from mnist_app.errors import DataError
from mnist_app.learning.data import paper
from mnist_app.learning.data.downloads import write_npz
from mnist_app.learning.data.paper import (
    NUMBERS_URL,
    OPTDIGITS_FILES,
    OPTDIGITS_URL,
    TEST_WRITERS,
    TRAINING_WRITERS,
    VALIDATION_WRITERS,
    Scans,
    by_writers,
    load_bitmaps,
    load_scans,
    parse_bitmaps,
    parse_numbers,
    render_as_ink,
    render_as_photos,
)
from tests.learning.data.conftest import compressed, zipped


def page(stroke: int = 40, dirt: bool = False) -> ByteArray:
    """A 1 in gray on paper."""
    pixels = np.full((60, 40), 200, np.uint8)
    cv2.line(pixels, (22, 8), (18, 50), stroke, 4, cv2.LINE_AA)
    if dirt:
        pixels[54:56, 3:5] = stroke
    return pixels


def png(pixels: ByteArray) -> bytes:
    return cv2.imencode(".png", pixels)[1].tobytes()


BLANK = np.full((60, 40), 200, np.uint8)
PAGES = {
    "0001_CH4M/1/number-10.png": page(),
    "0001_CH4M/7/number-9.png": page(90),
    "0003_CH3M/0/a.png": BLANK,
}
SHA256 = hashlib.sha256(
    b"".join(f"{name} {pixels.shape}".encode() + pixels.tobytes() for name, pixels in PAGES.items())
).hexdigest()
# The whole repository, as GitHub packs it: with another folder around it, in another order.
REPOSITORY = zipped(
    {
        "numbers-1cb00ab/README.md": b"# Numbers",
        **{f"numbers-1cb00ab/{name}": png(pixels) for name, pixels in reversed(PAGES.items())},
        "numbers-1cb00ab/9999_CH3M/1/number-1.png": png(page()),
        "numbers-1cb00ab/0001_CH4M/number-1.png": png(page()),
    }
)

BITMAP = "".join("0" * 14 + "1111" + "0" * 14 + "\n" for _ in range(32))
OTHER = "".join(("0" if row < 8 else "1") * 8 + "0" * 24 + "\n" for row in range(32))
HEAD = "BU handwritten digit database\n\nentwidth = 32\nntot = 2\n"
BITMAPS = Split(
    np.array([[[int(c) for c in row] for row in text.split()] for text in (BITMAP, OTHER)], np.uint8),
    np.array([1, 4], np.uint8),
)


def scans(writers: list[str]) -> Scans:
    count = len(writers)
    return Scans((page(),) * count, np.ones(count, np.uint8), np.array(writers))


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch, clean_environment: Path) -> None:
    """PAGES and BITMAPS are taken for the published ones."""
    assert not clean_environment.exists()
    monkeypatch.setattr(paper, "NUMBERS", dataclasses.replace(paper.NUMBERS, sha256=SHA256))
    monkeypatch.setattr(paper, "OPTDIGITS", dataclasses.replace(paper.OPTDIGITS, sha256=BITMAPS.digest))


def test_the_scans_of_known_writers_are_read_in_the_order_of_their_names() -> None:
    found = parse_numbers(REPOSITORY)
    assert list(found) == list(PAGES)
    assert all(np.array_equal(found[name], pixels) for name, pixels in PAGES.items())


@pytest.mark.usefixtures("published")
def test_scans_are_fetched_verified_and_kept(web: dict[str, bytes]) -> None:
    web[NUMBERS_URL] = REPOSITORY
    for _ in range(2):
        loaded = load_scans()
        assert loaded.labels.tolist() == [1, 7, 0]
        assert loaded.writers.tolist() == ["0001_CH4M", "0001_CH4M", "0003_CH3M"]
        assert np.array_equal(loaded.pages[1], page(90))
    assert not web


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize("damage", ["less", "other", "broken", "no zip"])
def test_other_scans_are_refused(damage: str, tmp_path: Path) -> None:
    files = {name: png(pixels) for name, pixels in PAGES.items()}
    name = next(iter(files))
    if damage == "less":
        del files[name]
    else:
        files[name] = png(page(41)) if damage == "other" else b"\x89PNG"
    (tmp_path / "swiss-numbers.zip").write_bytes(b"PK" if damage == "no zip" else zipped(files))
    with pytest.raises(DataError, match=r"swiss-numbers\.zip: .*Get the file again"):
        load_scans(tmp_path)


def test_bitmaps_are_read_behind_the_head_of_their_file() -> None:
    split = parse_bitmaps(f"{HEAD}{BITMAP} 1\n{OTHER} 4\n".encode())
    assert split.images.dtype == np.uint8
    assert split.digest == BITMAPS.digest
    assert len(parse_bitmaps(HEAD.encode())) == 0


@pytest.mark.usefixtures("published")
def test_bitmaps_of_two_files_are_fetched_verified_and_kept(web: dict[str, bytes]) -> None:
    texts = (f"{HEAD}{BITMAP} 1\n", f"{HEAD}{OTHER} 4\n")
    packed = [compressed(text.encode()) for text in texts]
    files = {f"{name}.Z": content for name, content in zip(OPTDIGITS_FILES, packed, strict=True)}
    web[OPTDIGITS_URL] = zipped({**files, "optdigits-orig.windep.Z": packed[0]})
    for _ in range(2):
        split = load_bitmaps()
        assert split.images.shape == (2, 28, 28)
        assert split.labels.tolist() == [1, 4]
        assert split.images.max() == 255
    assert not web


@pytest.mark.usefixtures("published")
def test_other_bitmaps_are_refused(tmp_path: Path) -> None:
    (tmp_path / "optdigits-orig.npz").write_bytes(write_npz(x=BITMAPS.images, y=BITMAPS.labels[::-1]))
    with pytest.raises(DataError, match=r"optdigits-orig\.npz: not the published bitmaps"):
        load_bitmaps(tmp_path)


def test_no_writer_is_in_two_parts_and_none_is_lost() -> None:
    known = [*TRAINING_WRITERS, *VALIDATION_WRITERS, *TEST_WRITERS]
    assert len(known) == len(set(known)) == 15
    parts = by_writers(scans(known * 2))
    assert [set(part.writers.tolist()) for part in parts] == [
        set(TRAINING_WRITERS),
        set(VALIDATION_WRITERS),
        set(TEST_WRITERS),
    ]
    assert sum(len(part.pages) for part in parts) == 30


@pytest.mark.parametrize("render", [render_as_photos, render_as_ink])
def test_scans_become_model_inputs_without_dirt(render: object) -> None:
    assert callable(render)
    labels = np.array([1, 2, 3], np.uint8)
    split = render(Scans((page(), BLANK, page(dirt=True)), labels, np.array(["a", "b", "c"])))
    assert split.labels.tolist() == [1, 3]  # the blank one shows nothing
    clean, dirty = split.images
    assert clean.shape == (28, 28)
    assert np.count_nonzero(clean.any(axis=1)) == 20
    assert np.abs(clean.astype(int) - dirty).mean() < 3
