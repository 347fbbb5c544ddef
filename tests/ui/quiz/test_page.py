from __future__ import annotations

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from mnist_app.ui.paper.samples import sample_strokes
from mnist_app.ui.quiz.rounds import Round
from mnist_app.ui.quiz.tasks import Task
from tests.ui.pages import html, open_page, press, rerun, words

TASKS = (Task(7, "with a bar through it"), Task(4, "<b>open</b>"))


def quiz_page() -> None:
    from mnist_app.ui.quiz import page

    page.page()


@pytest.fixture
def app() -> AppTest:
    """The quiz with two tasks, once the companion has found its paper."""
    app = open_page(quiz_page)
    app.session_state["quiz"] = Round(TASKS)
    app.session_state["quiz-paper"]["paper_found"] = True
    return rerun(app)


def draw(app: AppTest, strokes: Any, number: int) -> AppTest:
    """Send what the companion would send."""
    app.session_state["quiz-link"] = {"sent": {"strokes": strokes, "number": number}}
    return rerun(app)


def test_a_task_is_shown_and_nothing_is_read_before_it_is_asked_for(app: AppTest) -> None:
    assert "1 of 2 Write a 7 with a bar through it" in words(app)
    draw(app, sample_strokes(7, 300), 1)
    assert "Read as" not in html(app)
    press(app, "quiz-step")
    assert "Read right" in words(app)
    assert "Read as 7" in html(app)


def test_a_round_ends_with_all_its_answers_and_can_be_repeated(app: AppTest) -> None:
    press(draw(app, sample_strokes(7, 300), 1), "quiz-step")
    press(app, "quiz-step")
    assert "2 of 2" in words(app)
    assert app.session_state["quiz-paper"]["paper"] == {"strokes": []}
    press(draw(app, sample_strokes(3, 300), 2), "quiz-step")
    assert "Read wrong" in words(app)
    press(app, "quiz-step")
    assert "1 of 2 read right" in words(app)
    assert html(app).count("<tr") == 3
    assert html(app).count("<img") == 2
    press(app, "quiz-again")
    assert "1 of 10" in words(app)


def test_an_empty_paper_is_no_answer(app: AppTest) -> None:
    press(app, "quiz-step")
    assert "The drawing is empty." in words(app)
    assert "1 of 2" in words(app)
    press(draw(app, sample_strokes(7, 300), 1), "quiz-step")
    assert "Read right" in words(app)


def test_what_is_drawn_after_the_answer_changes_nothing(app: AppTest) -> None:
    press(draw(app, sample_strokes(7, 300), 1), "quiz-step")
    draw(app, sample_strokes(3, 300), 2)
    assert "Read as 7" in html(app)


def test_the_draw_pages_paper_is_another(app: AppTest) -> None:
    app.session_state["paper"] = {"strokes": sample_strokes(5, 300)}
    press(draw(app, sample_strokes(7, 300), 1), "quiz-step")
    press(app, "quiz-step")
    assert app.session_state["paper"] == {"strokes": sample_strokes(5, 300)}


@pytest.mark.parametrize(
    ("tasks", "count"), [("2", 2), ("10", 10), ("0", 10), ("11", 10), ("x", 10), ("²", 10)]
)
def test_a_link_can_ask_for_a_short_round(tasks: str, count: int) -> None:
    assert f"1 of {count} " in words(open_page(quiz_page, {"tasks": tasks}))
