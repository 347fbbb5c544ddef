from __future__ import annotations

import json
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from mnist_app.runs import DEFAULT_RUN, RUN_FILE, RunStore, models_dir
from tests.ui.pages import charts, press, words
from tests.ui.training_page import CONFIG, opened, stopped_run


def selected(app: AppTest) -> list[int]:
    """Return the rows that are selected in the table."""
    sheet = app.session_state["runs-sheet"]
    return list(app.session_state[f"runs-table-{sheet}"]["selection"]["rows"])


def test_runs_are_listed_with_their_own_figures() -> None:
    app = opened()
    table = app.dataframe[0].value.set_index("name")
    for file in models_dir().glob(f"*/{RUN_FILE}"):
        facts = json.loads(file.read_text())
        row = table.loc[file.parent.name]
        assert row["test_accuracy"] == pytest.approx(facts["metrics"]["test_accuracy"] * 100)
        assert row["test_errors"] == round((1 - facts["metrics"]["test_accuracy"]) * 10_000)
        assert row["val_accuracy"] == pytest.approx(facts["metrics"]["val_accuracy"] * 100)
        assert row["parameters"] == facts["parameters"]
    assert len(app.get("vega_lite_chart")) == 2


@pytest.mark.parametrize("damage", ["{", "", '{"format": 99}', '{"format": 1}', "\x00" * 50])
def test_a_run_that_cannot_be_opened_is_named_and_the_others_are_shown(store: RunStore, damage: str) -> None:
    (store.root / "convnet" / RUN_FILE).write_text(damage)
    app = opened()
    assert "'convnet'" in app.warning[0].value
    shown = set(app.dataframe[0].value["name"])
    assert "convnet" not in shown
    assert {"dense-128", "dense-128-128"} <= shown


def test_a_link_opens_what_it_names() -> None:
    app = opened(runs=["convnet", "dense-128"], curves=["Learning rate"])
    assert app.multiselect(key="runs").value == ["convnet", "dense-128"]
    assert "Learning rate of 2 runs" in words(app)
    assert len(app.get("vega_lite_chart")) == 1


def test_a_link_to_a_run_that_is_gone_opens_the_others() -> None:
    app = opened(runs=["convnet", "gone"])
    assert app.multiselect(key="runs").value == ["convnet"]
    assert "no run named gone" in words(app)
    assert opened(runs=["gone"], view="nothing").dataframe


def test_rows_and_the_choice_are_kept_in_step() -> None:
    app = opened()
    names = list(app.dataframe[0].value["name"])
    assert selected(app) == [names.index(DEFAULT_RUN)]
    app.multiselect(key="runs").set_value(["convnet", "dense-128"]).run()
    assert {names[row] for row in selected(app)} == {"convnet", "dense-128"}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("parameters", 10**30),
        ("parameters", -1),
        ("epochs", 0),
        ("epochs", 10**30),
        ("best_epoch", 999),
        ("seconds", -5),
        ("seconds", float("nan")),
        ("metrics", {"test_accuracy": 7}),
        ("metrics", {"test_images": 1e300}),
        ("versions", {"keras": "\ud800"}),
    ],
)
def test_a_description_that_somebody_edited_spoils_no_page(store: RunStore, key: str, value: Any) -> None:
    file = store.root / "convnet" / RUN_FILE
    file.write_text(json.dumps({**json.loads(file.read_text()), key: value}))
    assert "'convnet'" in opened().warning[0].value
    assert store.open_all()[1].keys() == {"convnet"}


def test_a_run_exported_before_there_was_a_dashboard_is_shown(store: RunStore) -> None:
    file = store.root / "convnet" / RUN_FILE
    facts = json.loads(file.read_text())
    for key in ("format", "epochs", "latency_ms"):
        del facts[key]
    file.write_text(json.dumps(facts))
    table = opened().dataframe[0].value.set_index("name")
    assert table.loc["convnet", "epochs"] == 24


def test_a_run_that_is_not_finished_has_no_figures_and_can_be_chosen_for_its_curves(store: RunStore) -> None:
    stopped_run(store)
    app = opened(runs=["half", "convnet"])
    assert "half" not in set(app.dataframe[0].value["name"])
    assert app.multiselect(key="runs").value == ["half", "convnet"]
    spec = json.loads(charts(app)[0].spec)
    assert set(spec["layer"][0]["encoding"]["color"]["scale"]["domain"]) == {"half", "convnet"}
    store.create(CONFIG, "empty")
    assert "empty" not in opened().multiselect(key="runs").options, "it has no curve and will not get one"


def test_text_and_tags_filter_the_table_and_leave_the_choice_alone(store: RunStore) -> None:
    store.annotate("convnet", "A first try.")
    store.tag("convnet", ["small", "paper"])
    store.tag("world", ["paper"])
    app = opened(runs=["world"], filter="FIRST con")
    assert list(app.dataframe[0].value["name"]) == ["convnet"]
    assert app.multiselect(key="runs").value == ["world"]
    app.text_input(key="filter").set_value("").run()
    app.button_group(key="tags").select("paper").run()
    assert list(app.dataframe[0].value["name"]) == ["convnet", "world"]
    app.button_group(key="tags").select("small").run()
    assert list(app.dataframe[0].value["name"]) == ["convnet"]
    app.text_input(key="filter").set_value("nothing is like that").run()
    assert "No run is like that" in words(app)
    assert len(charts(app)) == 2


def test_settings_are_columns_on_demand() -> None:
    app = opened()
    assert not {"batch_size", "learning_rate", "seed"} & set(app.dataframe[0].value.columns)
    app = opened(columns=["Seed", "Batch size", "Learning rate"])
    table = app.dataframe[0].value.set_index("name")
    assert table.loc["convnet", ["batch_size", "learning_rate", "seed"]].tolist() == [128, 0.003, 0]


def test_a_link_opens_a_chosen_run() -> None:
    app = press(opened(runs=["convnet"]), "open-convnet")
    assert app.selectbox(key="run").value == "convnet"
    assert app.query_params["run"] == "convnet"
