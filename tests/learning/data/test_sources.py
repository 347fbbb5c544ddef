from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mnist_app.corrections.store import CorrectionStore
from mnist_app.domain import NOT_A_DIGIT, SOURCES, Drawing, Kind, Source, Split, TrainConfig
from mnist_app.errors import DataError
from mnist_app.learning.data import image_set_builder, paper, pendigits, pens, sources, test_sets
from mnist_app.learning.data.image_set_builder import contact_sheet
from mnist_app.learning.data.mnist import Dataset
from mnist_app.learning.data.non_digits import SMALL_SIGNS
from mnist_app.learning.data.paper import Scans
from mnist_app.learning.data.pen_strokes import PenStrokes
from mnist_app.learning.data.pens import label_of
from mnist_app.learning.data.sources import (
    LOADERS,
    SourceLoader,
    TrainValidation,
    font_digits,
    load_sources,
    split_by_writer,
    split_validation,
)
from mnist_app.learning.look_alikes import by_hand
from mnist_app.learning.training import train
from mnist_app.runs import CARD_FILE, RunStore
from mnist_app.runs.image_sets import SetStore
from mnist_app.runs.results import read_file
from mnist_app.ui import rights
from tests.helpers.corrections import correction
from tests.ui.pages import open_page, rerun, words


@pytest.mark.usefixtures("cached")
def test_font_digits_have_their_labels() -> None:
    split = font_digits("training")
    assert split.labels.tolist() == list(range(10))
    assert split.images.shape == (10, 28, 28)


@pytest.mark.usefixtures("cached")
def test_training_data_keeps_its_sources_apart(mnist: Split, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "NON_DIGITS", dict.fromkeys(sources.NON_DIGITS, 40))
    config = TrainConfig("world", 1, 32, shares={"mnist": 0.6, "fonts": 0.2, "nondigits": 0.2})
    data = load_sources(config, mnist)
    assert set(data.training) == set(data.validation) == set(config.shares)
    assert set(data.validation_digits) == {"mnist", "fonts"}
    signs = {label_of(sign) for sign in SMALL_SIGNS + "+=%"}
    assert set(data.training["nondigits"].labels.tolist()) == {NOT_A_DIGIT, *signs}
    assert len(data.training["mnist"]) + len(data.validation["mnist"]) == len(mnist)
    sheet = contact_sheet(config, data)
    assert sheet.dtype == np.uint8
    assert sheet.std() > 30


def test_validation_images_are_never_trained_on(small: Dataset) -> None:
    training, validation = split_validation(small.train, 0.2)
    assert len(validation) == 800
    assert np.array_equal(np.concatenate([training.images, validation.images]), small.train.images)


def test_a_share_of_the_writers_is_never_trained_on(small: Dataset) -> None:
    writers = np.random.default_rng(0).integers(0, 40, len(small.train)).astype(np.int16)
    marked = Split(writers.astype(np.uint8)[:, None, None].repeat(28, 1).repeat(28, 2), small.train.labels)
    training, validation = split_by_writer(marked, writers, 0.2)
    of_training, of_validation = (set(np.unique(part.images).tolist()) for part in (training, validation))
    assert not of_training & of_validation
    assert of_training | of_validation == set(range(40))
    assert 0.15 * len(marked) < len(validation) <= 0.2 * len(marked)
    assert len(training) + len(validation) == len(marked)
    assert split_by_writer(marked, writers, 0.2)[1].digest == validation.digest


def test_mnist_is_split_by_writer_if_the_config_says_so(
    small: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    writers = np.arange(len(small.train), dtype=np.int16) % 50
    monkeypatch.setattr(sources, "load_writers", lambda _: writers)
    config = TrainConfig("dense-8", 1, 32, validation_share=0.2)
    for apart, expected in (
        (False, split_validation(small.train, 0.2)),
        (True, split_by_writer(small.train, writers, 0.2)),
    ):
        data = load_sources(dataclasses.replace(config, writers_apart=apart), small.train)
        assert data.training["mnist"].digest == expected[0].digest
        assert data.validation["mnist"].digest == expected[1].digest


STROKE = Drawing((np.array([[0, 100], [30, 0], [35, 20]], np.float32),))
PAGE = np.full((60, 40), 200, np.uint8)
TEAMS = [f"{team}:{k}" for team in ("aga", "uji2") for k in range(60)]
SWISS = [*paper.TRAINING_WRITERS, *paper.VALIDATION_WRITERS, *paper.TEST_WRITERS]
# Of each source, its writers and the test sets in hands like theirs.
WRITERS: dict[str, tuple[list[Any], str]] = {
    "pen": (list(range(1, 31)), "pen strokes"),
    "pens": (TEAMS, "pens of many countries"),
    "letters": (TEAMS, "no digit, by hand"),
    "paper": (SWISS, "paper"),
}


@pytest.fixture
def rendered(monkeypatch: pytest.MonkeyPatch) -> list[set[Any]]:
    """The writers of every set of drawings or scans that is rendered, in turn."""
    seen: list[set[Any]] = []

    def render(some: PenStrokes | Scans, *_: object) -> Split:
        seen.append(set(some.writers.tolist()))
        return Split(np.zeros((1, 28, 28), np.uint8), np.zeros(1, np.uint8))

    def strokes(writers: list[Any]) -> Callable[[object], PenStrokes]:
        labels = np.array([ord("A+"[k % 2]) for k in range(len(writers))], np.uint8)  # letters and signs
        return lambda _: PenStrokes((STROKE,) * len(writers), labels, np.array(writers))

    for module, name in (
        *((sources, name) for name in ("render", "render_varied")),
        *((paper, name) for name in ("render_as_photos", "render_as_ink")),
        (test_sets, "render"),
    ):
        monkeypatch.setattr(module, name, render)
    monkeypatch.setattr(pendigits, "load_pen_strokes", strokes(WRITERS["pen"][0]))
    monkeypatch.setattr(pens, "load_digits", strokes(TEAMS))
    monkeypatch.setattr(pens, "load_characters", strokes(TEAMS))
    scans = Scans((PAGE,) * len(SWISS), np.zeros(len(SWISS), np.uint8), np.array(SWISS))
    monkeypatch.setattr(paper, "load_scans", lambda _: scans)
    monkeypatch.setattr(
        paper, "load_bitmaps", lambda _: Split(np.zeros((1, 28, 28), np.uint8), scans.labels[:1])
    )
    return seen


@pytest.mark.parametrize("key", WRITERS)
def test_nobody_is_trained_on_and_chosen_by_or_tested_on(
    key: str, small: Dataset, rendered: list[set[Any]]
) -> None:
    LOADERS[key].load(split_validation(small.train, 0.2), None)
    *training, validation = rendered
    rendered.clear()
    writers, name = WRITERS[key]
    (loader,) = [loader for loader in test_sets.LOADERS if loader.name == name]
    assert len(list(loader.load(small.test, None))) == len(loader.sets)
    parts = [set.union(*training), validation, set.union(*rendered)]
    assert all(parts)
    assert sum(map(len, parts)) == len(set.union(*parts))
    assert set.union(*parts) == set(writers)


@pytest.mark.usefixtures("rendered")
def test_a_rare_character_is_rendered_more_often_than_a_common_one(
    monkeypatch: pytest.MonkeyPatch, small: Dataset
) -> None:
    text = "e" * 40 + "V" * 15 + "+" * 3 + "/"
    labels = np.array([ord(character) for character in text], np.uint8)
    strokes = PenStrokes((STROKE,) * len(text), labels, np.array(["aga:0"] * len(text)))  # one to train on
    monkeypatch.setattr(pens, "load_characters", lambda _: strokes)
    monkeypatch.setattr(sources, "COMMON", 40)
    counts = np.zeros(len(text), int)

    def count(some: PenStrokes, times: int | np.ndarray, *_: object) -> Split:
        if len(some) == len(text):
            counts[:] += times
        return Split(np.zeros((1, 28, 28), np.uint8), np.zeros(1, np.uint8))

    monkeypatch.setattr(sources, "render_varied", count)
    LOADERS["letters"].load(split_validation(small.train, 0.2), None)
    assert {character: set(counts[labels == ord(character)].tolist()) for character in "eV+/"} == {
        "e": {1},
        "V": {3},
        "+": {sources.MOST_RENDERINGS},
        "/": {1},  # alone it may be somebody's 1
    }


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
    monkeypatch.setattr(image_set_builder, "ORIGINALS", 2)
    lines: list[str] = []
    assert image_set_builder.prepare(TrainConfig("dense-8", 1, 32), None, lines.append) == []
    assert "training: chalk, 20 of 96 images" in lines
    store = SetStore()
    for use in ("training", "validation", "varied"):
        kept = store.open(store.newest(use)[chalk])
        assert (kept.title, kept.origin, kept.order) == (
            "Chalk",
            "Chalk by A. Teacher, CC0.",
            len(SOURCES) - 1,
        )


@pytest.fixture
def corrections(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CorrectionStore:
    """A database of its own, which does not exist yet."""
    url = f"sqlite:///{tmp_path / 'corrections.sqlite3'}"
    monkeypatch.setenv("MNIST_APP_DATABASE", url)
    return CorrectionStore(url)


MIX = {"mnist": 0.5, "corrections": 0.5}


def test_corrections_are_trained_on_in_their_order_and_choose_nothing(
    corrections: CorrectionStore, mnist: Split
) -> None:
    corrections.add([correction(label) for label in (7, NOT_A_DIGIT, 4)], "me")
    data = load_sources(TrainConfig("dense-8", 1, 32, shares=MIX), mnist)
    assert data.training["corrections"].labels.tolist() == [7, 4], "a network of digits has no other output"
    assert set(data.validation) == {"mnist"}
    shares = {"mnist": 0.4, "corrections": 0.5, "nondigits": 0.1}
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(LOADERS, "nondigits", LOADERS["mnist"])
        data = load_sources(TrainConfig("world", 1, 32, shares=shares), mnist)
    assert data.training["corrections"].labels.tolist() == [7, NOT_A_DIGIT, 4]


@pytest.mark.parametrize("labels", [[], [NOT_A_DIGIT]])
def test_without_corrections_that_can_be_learned_a_training_is_refused(
    labels: list[int], corrections: CorrectionStore, mnist: Split
) -> None:
    if labels:
        corrections.add([correction(label) for label in labels], "me")
    with pytest.raises(DataError, match="'corrections' has no images that this network can learn"):
        load_sources(TrainConfig("dense-8", 1, 32, shares=MIX), mnist)


def test_corrections_that_cannot_be_had_are_missing_data(
    monkeypatch: pytest.MonkeyPatch, mnist: Split, tmp_path: Path
) -> None:
    monkeypatch.setenv("MNIST_APP_DATABASE", f"sqlite:///{tmp_path}")
    with pytest.raises(DataError, match="can't be used"):
        load_sources(TrainConfig("dense-8", 1, 32, shares=MIX), mnist)


def test_what_people_may_take_back_is_not_copied_into_runs_and_image_sets() -> None:
    assert by_hand(MIX) == ["mnist"]
    assert SOURCES["corrections"] not in list(image_set_builder._in_order())


def form_page() -> None:
    from mnist_app.ui.training import train

    train.show()


def test_a_new_source_is_in_the_form_of_a_new_training(chalk: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rights, "refusal", lambda _: "")  # as for the owner
    field = open_page(form_page).number_input(key=f"{chalk}-dense-128")
    assert (field.label, field.value, field.help) == ("Chalk", 0, "On blackboards")


def test_a_new_source_of_non_digits_gives_the_network_its_second_head(
    chalk: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = TrainConfig("dense-8", 1, 32, shares={"mnist": 0.5, chalk: 0.5})
    assert not config.learns_non_digits
    monkeypatch.setitem(SOURCES, chalk, dataclasses.replace(SOURCES[chalk], kind=Kind.NON_DIGITS))
    assert config.learns_non_digits


def test_corrections_are_in_the_form_once_there_are_some(
    corrections: CorrectionStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rights, "refusal", lambda _: "")
    key = "corrections-dense-128"
    app = open_page(form_page)
    assert key not in [field.key for field in app.number_input]
    corrections.add([correction()], "me")
    assert rerun(app).number_input(key=key).value == 0
    app.number_input(key=key).set_value(100)
    assert "Learns from 50 % MNIST, 50 % Corrections" in words(rerun(app))
