"""The quiz: a task above the paper, the answer once it is drawn, and all of them at the end."""

from __future__ import annotations

from html import escape

import streamlit as st

from mnist_app.errors import InputError, RunError
from mnist_app.runs import DEFAULT_RUN
from mnist_app.runs.audit import Event, record
from mnist_app.ui import prediction_view, resources, widgets
from mnist_app.ui.paper.paper import Paper
from mnist_app.ui.quiz import results, rounds
from mnist_app.ui.quiz.rounds import Round


@st.fragment
def page() -> None:
    """Show the page."""
    paper = Paper(widgets.pen_width(), "quiz-")
    quiz = rounds.current()
    if quiz is None:
        quiz = rounds.begin()
        paper.start_over()
    if quiz.is_over:
        results.show(quiz)
        with st.container(horizontal=True, gap="small"):
            st.button("Again", key="quiz-again", type="primary", on_click=rounds.forget)
            results.show_download(quiz)
    else:
        with st.container(key="quiz"):
            _show_task(paper, quiz)


def _show_task(paper: Paper, quiz: Round) -> None:
    """Show the current task, the paper, and the answer once there is one."""
    place = f"{quiz.number} of {len(quiz.tasks)}"
    st.html(f'<div class="task"><span>{place}</span><h2>{escape(quiz.task.text)}</h2></div>')
    with st.container(key="desk"):
        left, right = st.columns(2, gap="medium")
    with left:
        paper.show()
        with st.container(horizontal=True, gap="xsmall"):
            paper.show_tools()
            label, action = ("Next", _go_on) if quiz.is_shown else ("Read it", _read)
            st.button(label, key="quiz-step", type="primary", on_click=action, args=(paper, quiz))
    with right:
        # A stroke reruns this alone, if it comes from the companion.
        show = st.fragment(_answer) if paper.is_found else _answer
        show(paper, quiz)


def _answer(paper: Paper, quiz: Round) -> None:
    paper.receive()
    if quiz.is_shown:
        answer = quiz.answers[-1]
        st.html(f'<p class="judged">{"Read right" if answer.is_right else "Read wrong"}</p>')
        prediction_view.show_digit(answer.digit)
    else:
        prediction_view.show_hint(quiz.hint or "Draw it, then let the model read it.")
    paper.answer()


def _read(paper: Paper, quiz: Round) -> None:
    """Read what is on the paper as one digit."""
    paper.receive()
    quiz.hint = ""
    try:
        reading = paper.read(resources.reader(DEFAULT_RUN), is_number=False)
        quiz.take(paper.drawing, reading.digits[0])
        record(Event.READING, kind="drawing", digits=1, doubtful=len(reading.doubtful))
    except (InputError, RunError) as error:
        quiz.hint = str(error)
        record(Event.READING_REFUSED, kind="drawing", reason=type(error).__name__)


def _go_on(paper: Paper, quiz: Round) -> None:
    quiz.is_shown = False
    paper.start_over()
