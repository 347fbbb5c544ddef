from __future__ import annotations

import numpy as np

from mnist_app.domain import NOT_A_DIGIT
from mnist_app.runs import RunStore
from mnist_app.runs.image_sets import SetStore
from mnist_app.runs.results import read_scores
from mnist_app.ui.training.evaluation import others
from tests.ui.data_page import split
from tests.ui.evaluation_page import OTHER, RUN, opened, tiles
from tests.ui.pages import words

LETTERS, SIGNS = "no digit: letters by hand", "signs by hand"


def test_a_set_without_digits_has_its_own_figures_of_both_runs() -> None:
    app = opened(run=OTHER, set=LETTERS, against=RUN)
    assert "Images 7,006" in words(app)
    assert "89.45 %" in words(app)
    assert f"{RUN} 4.94 %" in words(app)
    assert "not on this machine" in words(app)
    assert "Signs named 66.13 %" in words(opened(run=OTHER, set=SIGNS))


def test_its_images_are_shown_as_the_run_reads_them_now() -> None:
    SetStore().write(LETTERS, "test", split("letters", np.full(30, NOT_A_DIGIT)))
    app = opened(run=OTHER, set=LETTERS)
    assert len(tiles(app)) == others.PAGE
    assert all("rejected" in tile or "read as" in tile or "sign" in tile for tile in tiles(app))
    assert f"{OTHER} now reads it as" in words(app)


def test_the_finding_counts_what_is_taken_for_a_digit() -> None:
    score = next(score for score in read_scores(RunStore().open(OTHER)) if score.name == LETTERS)
    assert others.finding(OTHER, score) == "world takes 739 of 7,006 for digits"
