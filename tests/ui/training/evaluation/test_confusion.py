from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState

from mnist_app.domain import Run, SetPredictions
from mnist_app.runs import RunStore
from mnist_app.runs.results import read_predictions
from mnist_app.ui.training.evaluation import confusion, image_grid, scored
from mnist_app.ui.words import percent
from tests.ui.evaluation_page import MNIST, OTHER, RUN, opened, tiles
from tests.ui.pages import charts, rerun, words


def test_a_cell_shows_its_images_the_surest_first(pictured: Run) -> None:
    said = read_predictions(pictured, MNIST)
    written, read = (int(each[said.confidently_wrong()[0]]) for each in (said.labels, said.read))
    app = opened()
    app.selectbox(key="written").select(written)
    app.selectbox(key="read").select(read)
    rerun(app)
    found = said.cell(written, read)
    expected = [f"**{written} as {read}** {percent(float(said.confidence[k]))}" for k in found]
    assert tiles(app) == expected[: image_grid.PAGE]
    assert f"{written} read as {read}**" in words(app)


def test_a_click_on_a_cell_chooses_it_in_the_fields_and_leaves_the_chart_alone(pictured: Run) -> None:
    said = read_predictions(pictured, MNIST)
    k = said.confidently_wrong()[0]
    point = {"written": int(said.labels[k]), "read": int(said.read[k])}
    app = opened()
    before = charts(app)[0]
    states = app._tree.get_widget_states()
    clicked = json.dumps({"selection": {"cell": [point]}})
    states.widgets.append(WidgetState(id=before.id, string_value=clicked))
    app._run(states)
    assert not app.exception
    assert {key: app.selectbox(key=key).value for key in point} == point
    assert len(tiles(app)) == min(image_grid.PAGE, len(said.cell(**point)))
    assert (charts(app)[0].id, charts(app)[0].spec) == (before.id, before.spec)


def test_a_cell_chosen_in_the_fields_is_marked_in_a_new_chart() -> None:
    app = opened(run=RUN)
    before = charts(app)[0].id
    app.selectbox(key="written").select(9)
    app.selectbox(key="read").select(4)
    rerun(app)
    chart = charts(app)[0]
    assert chart.id != before
    params = [param for layer in json.loads(chart.spec)["layer"] for param in layer.get("params", [])]
    assert params[0]["value"] == [{"written": 9, "read": 4}]


def test_without_a_cell_all_errors_are_shown_and_a_row_or_column_has_its_own() -> None:
    said = SetPredictions(
        np.array([1, 1, 2, 2], np.uint8),
        np.array([7, 1, 7, 1], np.uint8),
        np.array([0.5, 0.9, 0.8, 0.7], np.float32),
        np.array([0.1, 0.9, 0.1, 0.1], np.float32),
    )
    assert confusion.positions(said, (None, None)).tolist() == [2, 3, 0]
    assert confusion.positions(said, (2, None)).tolist() == [2, 3]
    assert confusion.positions(said, (None, 7)).tolist() == [2, 0]
    assert confusion.positions(said, (1, 1)).tolist() == [1]


def test_hiding_the_diagonal_lets_colours_tell_errors_apart() -> None:
    evaluation = scored.load(RunStore().open(RUN), MNIST).evaluation
    number, written, read = confusion.worst(evaluation)[0]
    shown, hidden = (_by_place(confusion.cells(evaluation, False, hide)) for hide in (False, True))
    assert hidden[written, read]["opacity"] == pytest.approx(1)
    assert shown[written, read]["opacity"] < 0.3
    assert (hidden[5, 5]["label"], hidden[written, read]["label"]) == ("", f"{number}")
    shares = _by_place(confusion.cells(evaluation, True, False))
    assert sum(float(shares[3, read]["label"]) for read in range(10)) == pytest.approx(100, abs=0.5)


def _by_place(cells: list[dict[str, Any]]) -> dict[tuple[int, int], dict[str, Any]]:
    return {(row["written"], row["read"]): row for row in cells}


def test_beside_another_run_each_cell_has_the_difference_and_says_which_is_worse() -> None:
    one, other = (scored.load(RunStore().open(name), MNIST) for name in (RUN, OTHER))
    found = _by_place(confusion.difference_cells(one, other, False))
    first, second = one.evaluation.confusion, other.evaluation.confusion
    assert found[4, 9]["label"] == f"{first[4][9] - second[4][9]:+,}"
    assert found[4, 9]["worse"] == (first[4][9] > second[4][9])
    assert found[4, 4]["worse"] == (first[4][4] < second[4][4])
    assert OTHER in confusion.difference_finding(one, other)
    assert confusion.difference_finding(one, one).endswith("make the same errors")
