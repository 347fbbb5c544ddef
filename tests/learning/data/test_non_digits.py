from __future__ import annotations

import hashlib
import io
import subprocess
import tarfile
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
import pytest

from mnist_app.domain import Split, TrainConfig
from mnist_app.errors import DataError
from mnist_app.learning.data import fonts, non_digits
from mnist_app.learning.data.contact_sheet import contact_sheet
from mnist_app.learning.data.corruptions import KINDS, corrupt
from mnist_app.learning.data.fonts import Font, glyphs, listed, load_faces
from mnist_app.learning.data.non_digits import NOT_A_DIGIT
from mnist_app.learning.data.sources import font_digits, gather, nondigit_images
from mnist_app.learning.data.test_sets import low_resolution
from mnist_app.runs.folders import cache_dir

FACE = (Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf").read_bytes()


def archive(face: bytes) -> bytes:
    """A package as npm makes it, with one weight in two forms."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as tar:
        for name in ("files/some-latin-400-normal.woff2", "files/some-greek-400-normal.woff2", "LICENSE"):
            member = tarfile.TarInfo(f"package/{name}")
            member.size = len(face)
            tar.addfile(member, io.BytesIO(face))
    return content.getvalue()


ARCHIVE = archive(FACE)


@pytest.fixture
def one_font(monkeypatch: pytest.MonkeyPatch, clean_environment: Path) -> Path:
    """One font for every use, that has to be fetched. Gives its place in the cache."""
    font = Font("some", "1.0.0", hashlib.sha512(ARCHIVE).hexdigest())
    monkeypatch.setattr(fonts, "listed", lambda _: [font])
    return clean_environment / "mnist-app" / "fonts" / font.archive


@pytest.fixture
def cached(one_font: Path) -> Path:
    """The font, fetched."""
    one_font.parent.mkdir(parents=True)
    one_font.write_bytes(ARCHIVE)
    return one_font


def npm(content: bytes) -> Any:
    def pack(command: list[str], cwd: Path, **_: Any) -> None:
        assert "--ignore-scripts" in command
        assert command[-1] == "@fontsource/some@1.0.0"
        (Path(cwd) / "fontsource-some-1.0.0.tgz").write_bytes(content)

    return pack


def test_training_validation_and_test_share_no_font() -> None:
    names = [{font.name for font in listed(use)} for use in ("training", "validation", "test")]
    assert sum(map(len, names)) == len(set.union(*names))
    assert sum(name.startswith("playwrite-") for name in names[0]) >= 40
    assert all(len(font.sha512) == 128 for font in listed("training"))


def test_fonts_are_fetched_verified_and_kept(one_font: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "run", npm(ARCHIVE))
    assert load_faces("training") == [FACE]
    assert one_font.read_bytes() == ARCHIVE
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: pytest.fail("fetched twice"))
    assert load_faces("training") == [FACE]


def test_another_archive_than_the_published_is_refused(
    one_font: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subprocess, "run", npm(ARCHIVE + b" "))
    with pytest.raises(DataError, match="not the published some"):
        load_faces("training")
    assert not one_font.exists()


@pytest.mark.usefixtures("one_font")
def test_without_npm_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: Any, **__: Any) -> None:
        raise FileNotFoundError

    monkeypatch.setattr(subprocess, "run", missing)
    with pytest.raises(DataError, match=r"npm is not on the PATH.*MNIST_APP_DATA"):
        load_faces("training")
    assert not cache_dir().exists()


def test_a_tampered_cache_is_refused(cached: Path) -> None:
    cached.write_bytes(ARCHIVE[:-1])
    with pytest.raises(DataError, match="Delete it and try again"):
        load_faces("training")


def test_characters_that_a_font_lacks_are_left_out() -> None:
    drawn = dict(glyphs([FACE], "07\U000f0000"))
    assert set(drawn) == {"0", "7"}
    assert all(0 < ink.mean() < 1 and ink.dtype == np.float32 for ink in drawn.values())


@pytest.mark.usefixtures("cached")
def test_font_digits_have_their_labels() -> None:
    split = font_digits("training")
    assert split.labels.tolist() == list(range(10))
    assert split.images.shape == (10, 28, 28)


def test_no_letter_or_sign_looks_like_a_digit_to_people() -> None:
    assert not set(non_digits.LETTERS + non_digits.SIGNS) & set("0123456789OoQDIilJjZzSsbGBgqyYTaC|/!()")


def test_shapes_that_are_tested_on_are_not_trained_on() -> None:
    assert not set(non_digits.TRAINING_SHAPES) & set(non_digits.TEST_SHAPES)


@pytest.mark.usefixtures("cached")
def test_every_kind_of_nondigit_gives_model_inputs_again_and_again(mnist: Split) -> None:
    both = [nondigit_images("test", mnist, 0.002, np.random.default_rng(0)) for _ in range(2)]
    for kind, images in both[0].items():
        assert images.shape[1:] == (28, 28)
        assert images.dtype == np.uint8
        assert len(images) >= 8
        assert images.any(axis=(1, 2)).all()
        assert np.array_equal(images, both[1][kind])


def test_both_digits_of_a_pair_show(mnist: Split) -> None:
    pairs = non_digits.two_in_one(mnist, 40, np.random.default_rng(0))
    beside = pairs[::2]  # squeezed to the same box, so wide and low
    widths = [np.ptp(np.flatnonzero(image.any(axis=0))) for image in beside]
    heights = [np.ptp(np.flatnonzero(image.any(axis=1))) for image in beside]
    assert np.mean(np.array(widths) >= np.array(heights)) > 0.9


@pytest.mark.usefixtures("cached")
def test_material_keeps_its_sources_apart(mnist: Split, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mnist_app.learning.data.sources.NONDIGITS", dict.fromkeys(NONDIGIT_KINDS, 40))
    config = TrainConfig("world", 1, 32, shares={"mnist": 0.6, "fonts": 0.2, "nondigits": 0.2})
    material = gather(config, mnist)
    assert set(material.training) == set(material.validation) == set(config.shares)
    assert set(material.training["nondigits"].labels.tolist()) == {NOT_A_DIGIT}
    assert len(material.training["mnist"]) + len(material.validation["mnist"]) == len(mnist)
    sheet = contact_sheet(config, material)
    assert sheet.dtype == np.uint8
    assert sheet.std() > 30


NONDIGIT_KINDS = ("scribbles", "shapes", "two in one", "noise")


@pytest.mark.parametrize("kind", KINDS)
def test_a_corruption_changes_the_picture_and_leaves_a_digit(kind: str, mnist: Split) -> None:
    spoilt = corrupt(mnist.images[:50], kind)
    assert spoilt.shape == (50, 28, 28)
    assert spoilt.dtype == np.uint8
    assert (spoilt != mnist.images[:50]).any(axis=(1, 2)).mean() > 0.9
    assert spoilt.any(axis=(1, 2)).all()
    assert np.array_equal(spoilt, corrupt(mnist.images[:50], kind))


def test_low_resolution_loses_detail_and_keeps_the_place(mnist: Split) -> None:
    few = Split(mnist.images[:100], mnist.labels[:100])
    low = low_resolution(few)
    assert np.array_equal(low.labels, few.labels)
    difference = np.abs(low.images.astype(float) - few.images).mean()
    assert 1 < difference < 25
