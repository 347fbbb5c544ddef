from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from mnist_app.domain import FIRST_SIGN, NOT_A_DIGIT, PRESETS, SOURCES, Kind, Split, TestSet, TrainConfig
from mnist_app.errors import DataError
from mnist_app.learning.data import image_set_builder, sources, test_sets
from mnist_app.learning.data.downloads import ask_for_download
from mnist_app.learning.data.mnist import Dataset
from mnist_app.learning.data.sources import SourceLoader, TrainValidation
from mnist_app.learning.data.test_sets import TestSetLoader
from mnist_app.runs.image_sets import SetStore

CONFIG = PRESETS["world"]
PLAIN = TrainConfig("dense-8", 1, 32)
SET_A = TestSet("a", "A", Kind.DIGITS, "Nobody.")


def few(small: Dataset, images: int = 120) -> Split:
    return Split(small.train.images[:images], small.train.labels[:images])


@pytest.fixture
def made(small: Dataset, clean_environment: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Quick loaders of all sets; the names of those that were called are listed."""
    assert not clean_environment.exists()
    made: list[str] = []

    def quick_test_set(loader: TestSetLoader, k: int) -> TestSetLoader:
        def load(mnist: Split, _: object) -> Iterator[Split]:
            made.append(loader.name)
            yield Split(np.roll(mnist.images[:50], k, axis=0), mnist.labels[:50])

        return dataclasses.replace(loader, sets=loader.sets[:1], load=load)

    def quick_source(key: str, k: int) -> SourceLoader:
        def load(*_: object) -> TrainValidation:
            made.append(key)
            images, labels = few(small).images, few(small).labels
            return Split(np.roll(images, k, axis=0), labels), Split(np.roll(images, k + 100, axis=0), labels)

        return dataclasses.replace(sources.LOADERS[key], load=load)

    writers = np.arange(len(small.train), dtype=np.int16) // 100
    monkeypatch.setattr(sources, "load_writers", lambda _: writers)
    monkeypatch.setattr(image_set_builder, "ORIGINALS", 1)
    monkeypatch.setattr(image_set_builder, "load_mnist", lambda _: small)
    quick = [quick_test_set(loader, k) for k, loader in enumerate(test_sets.LOADERS)]
    monkeypatch.setattr(test_sets, "LOADERS", quick)
    monkeypatch.setattr(sources, "LOADERS", {key: quick_source(key, k) for k, key in enumerate(SOURCES, 7)})
    return made


def test_all_sets_are_kept_and_those_without_a_download_come_first(made: list[str]) -> None:
    said: list[str] = []
    assert image_set_builder.prepare(CONFIG, None, said.append) == []
    assert made == [
        "MNIST test",
        "mnist",
        "16×16 pixels",
        "styles",
        "MNIST, corrupted",
        "pen strokes",
        "pen",
        "pens of many countries",
        "pens",
        "no digit, by hand",
        "letters",
        "paper",
        "paper",
        "handwriting fonts",
        "fonts",
        "no digit",
        "nondigits",
    ]
    store = SetStore()
    assert set(store.newest("training")) == set(store.newest("varied")) == set(store.newest("validation"))
    assert set(store.newest("training")) == set(CONFIG.shares)
    assert len(said) == sum(len(store.newest(use)) for use in ("test", "training", "varied", "validation"))
    assert said[0] == "test: MNIST test, 50 images"
    assert "training: pen, 15 of 120 images" in said


@pytest.mark.usefixtures("clean_environment")
def test_a_sign_is_kept_to_be_looked_at_as_no_digit() -> None:
    images = np.arange(3 * 28 * 28, dtype=np.uint8).reshape(3, 28, 28)
    image_set_builder.keep(
        {SET_A: Split(images, np.array([FIRST_SIGN, 3, FIRST_SIGN + 10], np.uint8))}, pytest.fail
    )
    kept = SetStore().open(SetStore().newest("test")["a"])
    assert kept.split.labels.tolist() == [NOT_A_DIGIT, 3, NOT_A_DIGIT]


def test_what_is_kept_of_mnist_is_split_as_for_the_training(
    made: list[str], small: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[TrainValidation] = []

    def load(mnist: TrainValidation, _: object) -> TrainValidation:
        seen.append(mnist)
        return few(small), few(small)

    monkeypatch.setitem(sources.LOADERS, "mnist", SourceLoader(load))
    monkeypatch.setattr(image_set_builder, "SOURCES", {"mnist": SOURCES["mnist"]})
    monkeypatch.setattr(test_sets, "LOADERS", [])
    image_set_builder.prepare(CONFIG, None, lambda _: None)
    assert made == []
    expected = sources.split_mnist(CONFIG, small.train)
    assert [part.digest for part in seen[0]] == [part.digest for part in expected]


def test_of_what_is_made_by_the_ten_thousand_a_sample_is_kept(made: list[str]) -> None:
    image_set_builder.prepare(CONFIG, None, lambda _: None)
    assert made
    store = SetStore()
    kept = {name: store.open(digest) for name, digest in store.newest("training").items()}
    assert (len(kept["mnist"].split), kept["mnist"].whole) == (120, 0)
    assert (len(kept["pen"].split), kept["pen"].whole) == (120 / sources.RENDERINGS, 120)


def test_what_cannot_be_had_is_named_and_the_rest_is_kept(
    made: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def refuse(*_: object) -> list[Split]:
        ask_for_download()
        asked.append("npm")
        raise DataError("npm is not on the PATH")

    loaders = [
        dataclasses.replace(loader, load=refuse)
        if loader.name in ("handwriting fonts", "no digit")
        else loader
        for loader in test_sets.LOADERS
    ]
    monkeypatch.setattr(test_sets, "LOADERS", loaders)
    missing = image_set_builder.prepare(CONFIG, None, lambda _: None)
    assert missing == [
        "test: handwriting fonts: npm is not on the PATH",
        "test: no digit: the download failed a moment ago",
    ]
    assert asked == ["npm"]  # once: npm takes its time to give up
    assert made[-1] == "nondigits"
    assert "pen strokes" in SetStore().newest("test")


def test_a_full_disk_is_a_sentence(made: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(SetStore, "write", fail)
    with pytest.raises(DataError, match=r"cannot be written \(No space left on device\)"):
        image_set_builder.prepare(CONFIG, None, lambda _: None)
    said: list[str] = []
    image_set_builder.keep(
        {SET_A: Split(np.zeros((1, 28, 28), np.uint8), np.zeros(1, np.uint8))}, said.append
    )
    assert said == ["a could not be kept to be looked at: No space left on device"]
    assert len(made) == 1


def test_varied_sets_have_each_original_before_its_variations(small: Dataset) -> None:
    varied = image_set_builder.varied(small.train)
    group = 1 + image_set_builder.VARIATIONS
    rows = varied.images.reshape(-1, group, 28, 28)
    assert len(rows) == 10 * image_set_builder.ORIGINALS
    assert (varied.labels.reshape(-1, group) == varied.labels[::group, None]).all()
    known = {image.tobytes() for image in small.train.images}
    assert all(row[0].tobytes() in known for row in rows)
    differs = (rows[:, 1:] != rows[:, :1]).any(axis=(2, 3)).mean()
    assert 0.5 < differs < 0.9  # some stay as they are
    assert image_set_builder.varied(small.train).digest == varied.digest


def test_a_contact_sheet_has_ink_and_paper(mnist: Split) -> None:
    sheet = image_set_builder.contact_sheet(PLAIN, sources.load_sources(PLAIN, mnist))
    assert sheet.dtype == "uint8"
    assert sheet.std() > 30


def test_a_sheet_that_cannot_be_written_is_a_sentence(mnist: Split, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be written"):
        image_set_builder.write_contact_sheet(
            PLAIN, sources.load_sources(PLAIN, mnist), tmp_path / "nowhere" / "sheet.png"
        )
