from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from mnist_app.runs import RunStore
from mnist_app.ui.why.dialog import SECTIONS
from tests.ui.pages import html, open_page, rerun


def dialog_page() -> None:
    """The sections, outside their dialog, which AppTest does not keep open."""
    import streamlit as st

    from mnist_app.ink.drawing import parse_drawing
    from mnist_app.ui import resources
    from mnist_app.ui.paper.samples import sample_strokes
    from mnist_app.ui.why import dialog, subject

    model = st.session_state.get("model", "world")
    drawing = parse_drawing({"strokes": sample_strokes(7, 300)})
    (digit,) = resources.reader(model).read_drawing(drawing).digits
    dialog.SECTIONS[st.session_state.get("section", "What it sees")](
        subject.of_drawing(digit, model, drawing)
    )


def shown(section: str, model: str = "world") -> AppTest:
    app = open_page(dialog_page)
    app.session_state["section"], app.session_state["model"] = section, model
    return rerun(app)


@pytest.mark.parametrize("section", SECTIONS)
def test_each_section_shows_something_for_each_model(section: str) -> None:
    for model in RunStore().models():
        app = shown(section, model)
        assert not app.exception
        assert html(app) or app.info or section == "Stroke by stroke"


def test_the_way_to_the_eye_ends_with_the_very_image() -> None:
    page = html(shown("What it sees"))
    assert page.count("<img") == 3
    assert "28×28" in page


def test_another_digit_can_be_asked_about() -> None:
    app = shown("What mattered")
    assert "What speaks for 7" in html(app)
    app.button_group[0].set_value(4).run()
    assert "What speaks for 4" in html(app)


def test_a_change_says_what_it_would_be_read_as() -> None:
    assert "it would be read as" in html(shown("What would change it"))


def test_look_alikes_are_of_the_answer_and_its_rival() -> None:
    page = html(shown("Look-alikes"))
    assert "A training image of 7" in page
    assert page.count('class="why-row"') == 2


def test_a_network_without_maps_says_so() -> None:
    assert "no convolutions" in shown("Layers", "dense-128").info[0].value


def test_every_model_has_its_say_and_its_accuracy() -> None:
    page = html(shown("Other models"))
    assert page.count("<tr") == 1 + len(RunStore().models())
    assert "99.62 %" in page
