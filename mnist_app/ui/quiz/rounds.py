"""A round of the quiz, kept in the visitor's session: its tasks, and what was read of each drawing."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

import streamlit as st

from mnist_app.domain import Digit, Drawing
from mnist_app.ui.quiz.tasks import LENGTH, Task, choose_tasks

TASKS = "tasks"  # the parameter of a link to a shorter round
_ROUND = "quiz"  # in the session


@dataclass(frozen=True)
class Answer:
    """A task, how it was drawn, in units of the paper, and how that was read."""

    task: Task
    drawing: Drawing
    digit: Digit

    @property
    def is_right(self) -> bool:
        """True if the digit is what the model thinks more likely than all others together."""
        return self.digit.is_digit and self.digit.has_favourite and self.digit.digit == self.task.digit


@dataclass
class Round:
    """Tasks in their order, and an answer to each that is done; the last of these is shown until the next."""

    tasks: tuple[Task, ...]
    answers: list[Answer] = field(default_factory=list)
    is_shown: bool = False  # the last answer
    hint: str = ""  # why a drawing could not be read

    @property
    def number(self) -> int:
        """The current task's, from 1 on; one more than there are tasks at the end."""
        return len(self.answers) + (not self.is_shown)

    @property
    def is_over(self) -> bool:
        """True if all tasks are done and looked at."""
        return self.number > len(self.tasks)

    @property
    def task(self) -> Task:
        """The current one."""
        return self.tasks[self.number - 1]

    @property
    def score(self) -> int:
        """How many were read right."""
        return sum(answer.is_right for answer in self.answers)

    def take(self, drawing: Drawing, digit: Digit) -> None:
        """Answer the current task, once."""
        if not self.is_shown:
            self.answers.append(Answer(self.task, drawing, digit))
            self.is_shown = True


def current() -> Round | None:
    """Return the visitor's round; None if none has begun."""
    found: Round | None = st.session_state.get(_ROUND)
    return found


def begin() -> Round:
    """Begin a round: of LENGTH tasks, or as many as the link says."""
    asked = st.query_params.get(TASKS, "")
    count = int(asked) if asked in {str(number) for number in range(1, LENGTH)} else LENGTH
    begun = st.session_state[_ROUND] = Round(choose_tasks(count, Random()))
    return begun


def forget() -> None:
    """Forget the round, so that another begins."""
    del st.session_state[_ROUND]
