from __future__ import annotations

from random import Random

import pytest

from mnist_app.domain import DIGITS
from mnist_app.ui.quiz.tasks import LENGTH, Task, choose_tasks


@pytest.mark.parametrize("seed", range(20))
def test_a_round_has_each_digit_once_and_no_task_twice(seed: int) -> None:
    tasks = choose_tasks(LENGTH, Random(seed))
    assert sorted(task.digit for task in tasks) == list(DIGITS)
    assert len({task.way for task in tasks}) == LENGTH


def test_rounds_differ_and_can_be_short() -> None:
    assert choose_tasks(LENGTH, Random(1)) != choose_tasks(LENGTH, Random(2))
    assert len(choose_tasks(2, Random(1))) == 2


def test_tasks_are_sentences() -> None:
    assert Task(7, "with a bar through it").text == "Write a 7 with a bar through it"
    assert Task(8, "as two circles").text == "Write an 8 as two circles"
