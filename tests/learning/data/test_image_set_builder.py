from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from mnist_app.domain import Dataset, Split
from mnist_app.domain.presets import PRESETS
from mnist_app.errors import DataError
from mnist_app.learning.data import image_set_builder, sources, test_sets
from mnist_app.learning.data.downloads import ask_for_download
from mnist_app.runs.image_sets import SetStore

CONFIG = PRESETS["world"]


def few(small: Dataset, images: int = 120) -> Split:
    return Split(small.train.images[:images], small.train.labels[:images])


@pytest.fixture
def made(small: Dataset, clean_environment: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Quick makers of all sets; what they make is listed."""
    assert not clean_environment.exists()
    made: list[str] = []
    names = [name for use, name, _ in image_set_builder.ORDER if use == "test"]

    def tests(mnist: Split, _: object) -> dict[str, test_sets.Maker]:
        def maker(name: str, k: int) -> Iterator[tuple[str, Split]]:
            made.append(name)
            yield name, Split(np.roll(mnist.images[:50], k, axis=0), mnist.labels[:50])

        return {name: lambda n=name, k=k: maker(n, k) for k, name in enumerate(names)}  # type: ignore[misc]

    def made_sources(*_: object) -> dict[str, object]:
        def maker(name: str, k: int) -> tuple[Split, Split]:
            made.append(name)
            return tuple(  # type: ignore[return-value]
                Split(np.roll(few(small).images, k + shift, axis=0), few(small).labels) for shift in (0, 100)
            )

        return {name: lambda n=name, k=k: maker(n, k) for k, name in enumerate(CONFIG.shares, 7)}

    monkeypatch.setattr(image_set_builder, "load_mnist", lambda _: small)
    monkeypatch.setattr(test_sets, "makers", tests)
    monkeypatch.setattr(sources, "makers", made_sources)
    return made


def test_everything_is_made_that_there_is(small: Dataset) -> None:
    of_use = {
        use: {name for u, name, _ in image_set_builder.ORDER if u == use} for use in ("test", "training")
    }
    assert of_use["test"] == set(test_sets.makers(small.test))
    assert of_use["training"] == set(sources.makers(CONFIG, small.train)) == set(CONFIG.shares)


def test_all_sets_are_kept_and_named_what_is_looked_at_first_before_the_others(made: list[str]) -> None:
    said: list[str] = []
    assert image_set_builder.prepare(CONFIG, None, said.append) == []
    assert made[:2] == ["MNIST test", "mnist"]
    store = SetStore()
    assert set(store.newest("training")) == set(store.newest("varied")) == set(store.newest("validation"))
    assert set(store.newest("training")) == set(CONFIG.shares)
    assert len(said) == sum(len(store.newest(use)) for use in ("test", "training", "varied", "validation"))
    assert said[0] == "test: MNIST test, 50 images"
    assert "training: pen, 15 of 120 images" in said


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

    def refuse() -> Iterator[tuple[str, Split]]:
        ask_for_download()
        asked.append("npm")
        raise DataError("npm is not on the PATH")
        yield

    whole = test_sets.makers
    fail = dict.fromkeys((test_sets.FONTS, test_sets.NOT_DIGITS), refuse)
    monkeypatch.setattr(test_sets, "makers", lambda *given: whole(*given) | fail)
    missing = image_set_builder.prepare(CONFIG, None, lambda _: None)
    assert missing == [
        "test: handwriting fonts: npm is not on the PATH",
        "test: no digit: the download failed a moment ago",
    ]
    assert asked == ["npm"]  # once: npm takes its time to give up
    assert made[-1] == "nondigits"
    assert test_sets.PEN in SetStore().newest("test")


def test_a_full_disk_is_a_sentence(made: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(SetStore, "write", fail)
    with pytest.raises(DataError, match=r"cannot be written \(No space left on device\)"):
        image_set_builder.prepare(CONFIG, None, lambda _: None)
    said: list[str] = []
    image_set_builder.keep({"a": Split(np.zeros((1, 28, 28), np.uint8), np.zeros(1, np.uint8))}, said.append)
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
