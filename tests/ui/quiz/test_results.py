from __future__ import annotations

import csv
import dataclasses
import io

from mnist_app.domain import Verdict
from mnist_app.ink.drawing import parse_drawing
from mnist_app.ui.paper.samples import sample_strokes
from mnist_app.ui.quiz.results import to_bytes
from mnist_app.ui.quiz.rounds import Round
from mnist_app.ui.quiz.tasks import Task
from tests.helpers.readings import digit


def test_the_csv_has_a_row_for_each_task() -> None:
    quiz = Round((Task(7, "with a bar through it"), Task(4, "that is open")))
    drawing = parse_drawing({"strokes": sample_strokes(7, 300)})
    for read in (digit(7), dataclasses.replace(digit(4), verdict=Verdict.SIGN, sign="-")):
        quiz.take(drawing, read)
        quiz.is_shown = False
    rows = list(csv.DictReader(io.StringIO(to_bytes(quiz).decode("utf-8-sig"))))
    assert [row["task"] for row in rows] == ["Write a 7 with a bar through it", "Write a 4 that is open"]
    assert [(row["digit"], row["read"], row["right"]) for row in rows] == [("7", "7", "yes"), ("4", "", "no")]
    assert rows[1]["certainty"] == "a sign"
