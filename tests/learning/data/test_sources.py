from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from mnist_app.domain import NOT_A_DIGIT, SOURCES, Kind, Source, Split, TrainConfig
from mnist_app.learning.data import image_set_builder, sources, test_sets
from mnist_app.learning.data.image_set_builder import contact_sheet
from mnist_app.learning.data.mnist import Dataset
from mnist_app.learning.data.sources import (
    LOADERS,
    SourceLoader,
    TrainValidation,
    font_digits,
    load_sources,
    split_validation,
)
from mnist_app.learning.training import train
from mnist_app.runs import CARD_FILE, RunStore
from mnist_app.runs.image_sets import SetStore
from mnist_app.runs.results import read_file
from mnist_app.ui import actions
from tests.ui.pages import open_page

NON_DIGIT_KINDS = ("scribbles", "shapes", "two in one", "noise")


@pytest.mark.usefixtures("cached")
def test_font_digits_have_their_labels() -> None:
    split = font_digits("training")
    assert split.labels.tolist() == list(range(10))
    assert split.images.shape == (10, 28, 28)


@pytest.mark.usefixtures("cached")
def test_training_data_keeps_its_sources_apart(mnist: Split, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "NON_DIGITS", dict.fromkeys(NON_DIGIT_KINDS, 40))
    config = TrainConfig("world", 1, 32, shares={"mnist": 0.6, "fonts": 0.2, "nondigits": 0.2})
    data = load_sources(config, mnist)
    assert set(data.training) == set(data.validation) == set(config.shares)
    assert set(data.validation_digits) == {"mnist", "fonts"}
    assert set(data.training["nondigits"].labels.tolist()) == {NOT_A_DIGIT}
    assert len(data.training["mnist"]) + len(data.validation["mnist"]) == len(mnist)
    sheet = contact_sheet(config, data)
    assert sheet.dtype == np.uint8
    assert sheet.std() > 30


def test_validation_images_are_never_trained_on(small: Dataset) -> None:
    training, validation = split_validation(small.train, 0.2)
    assert len(validation) == 800
    assert np.array_equal(np.concatenate([training.images, validation.images]), small.train.images)


def test_every_source_of_the_catalogue_has_a_loader() -> None:
    assert set(LOADERS) == set(SOURCES)
    assert all(key == source.key for key, source in SOURCES.items())


@pytest.fixture
def chalk(monkeypatch: pytest.MonkeyPatch) -> str:
    """The key of a source that is added by an entry in the catalogue and a loader, by nothing else."""

    def load(mnist: TrainValidation, _: object) -> TrainValidation:
        training, validation = (Split(np.roll(split.images, 1, axis=1), split.labels) for split in mnist)
        return training, validation

    source = Source("chalk", "Chalk", "On blackboards", "Chalk by A. Teacher, CC0.")
    monkeypatch.setitem(SOURCES, source.key, source)
    monkeypatch.setitem(LOADERS, source.key, SourceLoader(load, step=5))
    return source.key


def test_a_new_source_is_trained_on_and_on_the_card(chalk: str, small: Dataset, tmp_path: Path) -> None:
    config = TrainConfig("dense-8", epochs=1, batch_size=64, shares={"mnist": 0.5, chalk: 0.5})
    data = load_sources(config, small.train)
    assert set(data.training) == set(data.validation_digits) == {"mnist", chalk}
    store = RunStore(tmp_path)
    run = train(config, data, store)
    assert store.open(run.name).config == config
    assert "- 50% **Chalk**. On blackboards. Chalk by A. Teacher, CC0." in read_file(run, CARD_FILE).decode()


@pytest.mark.usefixtures("clean_environment")
def test_a_new_source_is_among_the_image_sets(
    chalk: str, small: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    for key in set(SOURCES) - {"mnist", chalk}:  # these take too long
        monkeypatch.setitem(LOADERS, key, LOADERS["mnist"])
    few = Split(small.train.images[:120], small.train.labels[:120])
    monkeypatch.setattr(image_set_builder, "load_mnist", lambda _: Dataset(few, few))
    monkeypatch.setattr(test_sets, "LOADERS", [])
    lines: list[str] = []
    assert image_set_builder.prepare(TrainConfig("dense-8", 1, 32), None, lines.append) == []
    assert "training: chalk, 20 of 96 images" in lines
    store = SetStore()
    for use in ("training", "validation", "varied"):
        kept = store.open(store.newest(use)[chalk])
        assert (kept.title, kept.origin, kept.order) == ("Chalk", "Chalk by A. Teacher, CC0.", 4)


def form_page() -> None:
    from mnist_app.ui.training import train

    train.show()


def test_a_new_source_is_in_the_form_of_a_new_training(chalk: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "refusal", lambda: "")  # as for the owner
    field = open_page(form_page).number_input(key=f"{chalk}-dense-128")
    assert (field.label, field.value, field.help) == ("Chalk", 0, "On blackboards")


def test_a_new_source_of_non_digits_gives_the_network_its_second_head(
    chalk: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = TrainConfig("dense-8", 1, 32, shares={"mnist": 0.5, chalk: 0.5})
    assert not config.learns_non_digits
    monkeypatch.setitem(SOURCES, chalk, dataclasses.replace(SOURCES[chalk], kind=Kind.NON_DIGITS))
    assert config.learns_non_digits
