from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from mnist_app.domain import Digit, Drawing, Verdict
from mnist_app.ui.quiz.rounds import Answer, Round
from mnist_app.ui.quiz.tasks import Task
from tests.helpers.readings import digit

TASKS = (Task(7, "with a bar"), Task(4, "that is open"))
PAPER = Drawing((np.zeros((2, 2), np.float32),))


def test_a_round_goes_from_task_to_answer_to_the_next_and_ends() -> None:
    quiz = Round(TASKS)
    assert (quiz.number, quiz.task, quiz.is_over) == (1, TASKS[0], False)
    quiz.take(PAPER, digit(7))
    assert (quiz.number, quiz.task, quiz.is_shown) == (1, TASKS[0], True)
    quiz.is_shown = False
    quiz.take(PAPER, digit(9))
    assert not quiz.is_over  # its answer is still to be looked at
    quiz.is_shown = False
    assert quiz.is_over
    assert [answer.task for answer in quiz.answers] == list(TASKS)
    assert quiz.score == 1


def test_a_task_is_answered_once() -> None:
    quiz = Round(TASKS)
    quiz.take(PAPER, digit(1))
    quiz.take(PAPER, digit(7))
    assert [answer.digit.digit for answer in quiz.answers] == [1]


@pytest.mark.parametrize(
    ("read", "is_right"),
    [
        (digit(7), True),
        (digit(1), False),
        (digit(7, confidence=0.6, candidates=(7, 1)), True),
        (digit(7, confidence=0.4, candidates=(7, 1, 2)), False),
        (dataclasses.replace(digit(7), verdict=Verdict.NOT_A_DIGIT), False),
    ],
)
def test_right_is_what_the_model_names_as_its_favourite(read: Digit, is_right: bool) -> None:
    assert Answer(TASKS[0], PAPER, read).is_right is is_right
