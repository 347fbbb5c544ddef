from __future__ import annotations

import json
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from mnist_app.runs import DEFAULT_RUN, KERAS_FILE, RUN_FILE, SERVED_FILE, RunStore, models_dir
from mnist_app.runs.archive import export_run
from tests.ui.pages import press, words
from tests.ui.training_page import REFUSAL, opened, refuse, stopped_run


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


def test_a_run_that_is_not_finished_is_not_compared(store: RunStore) -> None:
    stopped_run(store)
    app = opened()
    assert "half" not in set(app.dataframe[0].value["name"])
    assert "half" not in app.multiselect(key="runs").options


@pytest.mark.usefixtures("owner")
def test_a_note_is_kept_and_can_be_taken_away(store: RunStore) -> None:
    app = opened()
    app.text_area(key="text-world").set_value("Read this first.").run()
    press(app, "do-note-world")
    assert store.open("world").note == "Read this first."
    assert "Read this first." in set(app.dataframe[0].value["note"])
    app.text_area(key="text-world").set_value("").run()
    press(app, "do-note-world")
    assert store.open("world").note == ""


@pytest.mark.usefixtures("owner")
def test_a_run_can_be_renamed_and_stays_chosen(store: RunStore) -> None:
    before = store.open("convnet")
    app = opened(runs=["convnet"])
    app.text_input(key="name-convnet").set_value("small").run()
    press(app, "do-rename-convnet")
    for file in (SERVED_FILE, KERAS_FILE):
        assert store.open("small").files[file] == before.files[file]
    assert app.multiselect(key="runs").value == ["small"]
    assert "convnet" not in store.names()


@pytest.mark.usefixtures("owner")
@pytest.mark.parametrize("name", ["dense-128", "../world", "", "a b"])
def test_a_name_that_is_taken_or_none_is_refused_with_a_sentence(store: RunStore, name: str) -> None:
    app = opened(runs=["convnet"])
    app.text_input(key="name-convnet").set_value(name).run()
    press(app, "do-rename-convnet")
    assert app.error[0].value
    assert "convnet" in store.names()


@pytest.mark.usefixtures("owner")
def test_runs_are_deleted_only_after_a_question_and_the_default_never(store: RunStore) -> None:
    app = opened(runs=["convnet", DEFAULT_RUN])
    assert "for good?" in words(app)
    press(app, "do-delete-convnet")
    assert store.names() == ["dense-128", "dense-128-128", DEFAULT_RUN]
    assert app.multiselect(key="runs").value == [DEFAULT_RUN]


@pytest.mark.usefixtures("owner")
def test_a_run_that_another_tab_has_deleted_is_said_to_be_gone(store: RunStore) -> None:
    app = opened(runs=["convnet"])
    app.text_input(key="name-convnet").set_value("small").run()
    store.delete("convnet")
    press(app, "do-rename-convnet")
    assert "no run named 'convnet'" in app.error[0].value
    assert "convnet" not in set(app.dataframe[0].value["name"])


@pytest.mark.usefixtures("owner")
def test_a_note_that_somebody_else_wrote_meanwhile_is_not_lost(store: RunStore) -> None:
    app = opened()
    app.text_area(key="text-world").set_value("Mine.").run()
    store.annotate("world", "Theirs.")
    press(app, "do-note-world")
    assert "“Theirs.”" in app.error[0].value
    assert store.open("world").note == "Theirs."
    press(app, "do-note-world")
    assert store.open("world").note == "Mine."


@pytest.mark.usefixtures("owner")
def test_a_run_that_cannot_be_opened_can_be_deleted(store: RunStore) -> None:
    (store.root / "convnet" / RUN_FILE).write_text("{")
    press(opened(), "do-delete-convnet")
    assert not (store.root / "convnet").exists()


@pytest.mark.usefixtures("owner")
def test_what_another_tab_has_deleted_stops_no_others_from_being_deleted(store: RunStore) -> None:
    app = opened(runs=["convnet", "dense-128"])
    store.delete("convnet")
    press(app, "do-delete-convnet-dense-128")
    assert store.names() == ["dense-128-128", DEFAULT_RUN]


def test_a_run_with_a_damaged_file_is_not_offered_for_export(store: RunStore) -> None:
    (store.root / "world" / KERAS_FILE).write_bytes(b"")
    assert KERAS_FILE in opened().warning[0].value


def test_a_run_is_exported_whole(store: RunStore) -> None:
    with zipfile.ZipFile(BytesIO(export_run(store, store.open("dense-128")))) as archive:
        names = {Path(name).name for name in archive.namelist()}
    assert set(store.open("dense-128").files) | {RUN_FILE} <= names


@pytest.mark.usefixtures("owner")
@pytest.mark.parametrize("key", ["do-rename-convnet", "do-note-convnet", "do-delete-convnet"])
def test_an_action_of_a_guest_is_refused_by_the_server_itself(
    store: RunStore, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    """The page was opened by an owner, the click is a guest's."""
    app = opened(runs=["convnet"])
    app.text_input(key="name-convnet").set_value("stolen").run()
    app.text_area(key="text-convnet").set_value("stolen").run()
    before = sorted(str(file) for file in store.root.rglob("*"))
    refuse(monkeypatch)
    press(app, key)
    assert app.error[0].value == REFUSAL
    assert sorted(str(file) for file in store.root.rglob("*")) == before
