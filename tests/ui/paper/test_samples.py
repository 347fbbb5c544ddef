from __future__ import annotations

from mnist_app import read_drawing
from mnist_app.ui.paper.samples import sample_objects, sample_strokes


def test_samples_are_read_as_what_they_are_on_paper_of_any_size() -> None:
    for digit in range(10):
        assert read_drawing({"strokes": sample_strokes(digit, 300)}).text == str(digit)
        assert read_drawing({"objects": sample_objects(digit, 1200, 64, "black")}).text == str(digit)
