from __future__ import annotations

import numpy as np
import pytest

from mnist_app.domain import ImageSet, Split
from mnist_app.runs.image_sets import SetStore
from mnist_app.ui.training import data
from mnist_app.ui.training.data import DIGIT, LOOK, NUMBER, PAGE, SEED, SET
from tests.ui.data_page import IMAGES, opened, split, tiles
from tests.ui.pages import html, words


@pytest.mark.usefixtures("image_sets")
def test_training_sets_come_first_and_say_how_many_they_are_and_whose() -> None:
    app = opened()
    assert app.selectbox(key=SET).options == [
        "MNIST (training)",
        "Non-digits (training)",
        "MNIST (validation)",
        "MNIST (test)",
        "MNIST, blur (test)",
    ]
    assert "1,200 images to learn from. MNIST by LeCun, Cortes and Burges, CC BY-SA 3.0." in words(app)
    assert f"Images 1 to {PAGE} of 1,200" in words(app)
    assert len(tiles(app)) == PAGE
    assert tiles(app)[3] == "3, image 3"
    assert 'role="img"' in html(app)


@pytest.mark.usefixtures("image_sets")
def test_a_sample_says_so_and_counts_the_whole() -> None:
    app = opened({SET: "Non-digits (training)"})
    assert "60 of 420 images to learn from" in words(app)
    assert "SIL Open Font License" in words(app)
    app = opened({SET: "Non-digits (training)", LOOK: "Means and counts"})
    assert "All 420 are no digit" in words(app)


@pytest.mark.usefixtures("image_sets")
def test_the_digit_that_is_chosen_is_shown_alone() -> None:
    app = opened({DIGIT: "7"})
    assert {tile[0] for tile in tiles(app)} == {"7"}
    assert f"Images of 7 1 to {PAGE} of 120" in words(app)


@pytest.mark.usefixtures("image_sets")
def test_pages_show_every_image_once() -> None:
    first, second, last = (tiles(opened({NUMBER: str(page)})) for page in (1, 2, -(-IMAGES // PAGE)))
    assert len(first) == len(second) == PAGE
    assert len(last) == IMAGES % PAGE
    assert len({*first, *second, *last}) == 2 * PAGE + IMAGES % PAGE


@pytest.mark.usefixtures("image_sets")
def test_a_seed_shuffles_the_same_way_each_time_and_loses_nothing() -> None:
    shuffled = tiles(opened({SEED: "5", DIGIT: "4"})) + tiles(opened({SEED: "5", DIGIT: "4", NUMBER: "2"}))
    assert shuffled[:PAGE] == tiles(opened({SEED: "5", DIGIT: "4"}))
    assert shuffled[:PAGE] != tiles(opened({SEED: "6", DIGIT: "4"}))
    assert sorted(shuffled) == sorted(f"4, image {k:,}" for k in range(4, IMAGES, 10))


@pytest.mark.usefixtures("image_sets")
def test_shuffling_is_in_the_address_and_can_be_taken_back() -> None:
    app = opened({NUMBER: "3"})
    in_order = tiles(opened())
    app.button[0].click().run()
    assert app.query_params[SEED] in ("1", ["1"])
    assert NUMBER not in app.query_params
    assert tiles(app) != in_order
    app.button[1].click().run()
    assert SEED not in app.query_params
    assert tiles(app) == in_order


@pytest.mark.usefixtures("image_sets")
@pytest.mark.parametrize("value", ["-1", "x", "9" * 40, "²"])
@pytest.mark.parametrize("key", [SET, LOOK, DIGIT, NUMBER, SEED])
def test_an_address_that_makes_no_sense_still_shows_images(key: str, value: str) -> None:
    assert tiles(opened({key: value}))


@pytest.mark.usefixtures("image_sets")
def test_varied_images_stand_beside_their_originals() -> None:
    app = opened({LOOK: "Varied"})
    assert "11 variations as the model may see it" in words(app)
    originals = [tile for tile in tiles(app) if tile.endswith("original")]
    assert originals == [f"{digit}, original" for digit in range(10)]
    assert len(tiles(app)) == 10 * 12
    assert len(tiles(opened({LOOK: "Varied", DIGIT: "3"}))) == 2 * 12


@pytest.mark.usefixtures("image_sets")
def test_sets_that_nothing_learns_from_are_not_varied() -> None:
    app = opened({SET: "MNIST (test)", LOOK: "Varied"})
    assert tiles(app)[0] == "0, image 0"


@pytest.mark.usefixtures("image_sets")
def test_counts_and_mean_images_are_of_each_digit() -> None:
    app = opened({LOOK: "Means and counts"})
    assert "Balanced: 120 images of each digit" in words(app)
    assert len(tiles(app)) == 10
    assert words(app).count("120 · 10.0 %") == 10


@pytest.mark.usefixtures("owner")
def test_a_damaged_set_is_a_sentence_and_can_be_made_anew(image_sets: SetStore) -> None:
    digest = image_sets.write("odd", "validation", split("a digest of its own", np.arange(20) % 10))
    (image_sets.root / digest[:32] / "labels.npy").write_bytes(b"")
    app = opened({SET: "Odd (validation)"})
    assert "is damaged" in words(app)
    assert app.button(key="get-images")


def test_a_set_that_this_version_does_not_know_is_shown_like_the_others(image_sets: SetStore) -> None:
    signs = split("street signs", np.arange(40) % 10)
    image_sets.write("street signs", "test", signs, title="Street signs", origin="By the town.", order=2)
    app = opened({SET: "Street signs (test)"})
    assert "40 images to score by, once. By the town." in words(app)
    assert len(tiles(app)) == 40
    image_sets.write("street lamps", "test", split("street lamps!", np.arange(40) % 10))
    assert "Street lamps (test)" in opened().selectbox(key=SET).options


def test_the_finding_names_the_most_and_the_least_frequent_digit() -> None:
    labels = np.array([0] * 5 + [1] * 3 + [2] * 2, np.uint8)
    split = Split(np.zeros((10, 28, 28), np.uint8), labels)
    images = ImageSet("x", "test", "", split, np.zeros((11, 28, 28), np.uint8))
    finding = data.finding(images)
    assert finding == "Most frequent: 0, 50.0 % of the images; least frequent: 2, 20.0 %"
