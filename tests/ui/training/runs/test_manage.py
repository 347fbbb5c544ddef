from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from mnist_app.runs import DEFAULT_RUN, KERAS_FILE, RUN_FILE, SERVED_FILE, RunStore
from mnist_app.runs.archive import export_run
from tests.ui.pages import press, rerun, words
from tests.ui.training_page import REFUSAL, opened, refuse


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


@pytest.mark.usefixtures("owner")
def test_tags_are_saved_shown_and_can_be_wrong(store: RunStore) -> None:
    app = opened(runs=["convnet"])
    app.multiselect(key="tagged-convnet").set_value(["Paper", "small"]).run()
    press(app, "do-tags-convnet")
    assert store.open("convnet").tags == ("paper", "small")
    assert "paper small" in set(app.dataframe[0].value["tags"])
    app.multiselect(key="tagged-convnet").set_value(["two words"]).run()
    press(app, "do-tags-convnet")
    assert "no tag" in app.error[0].value
    assert store.open("convnet").tags == ("paper", "small")


@pytest.mark.usefixtures("owner")
@pytest.mark.parametrize(
    "link", [{"runs": ["convnet"]}, {"runs": ["convnet", "dense-128"]}, {"run": "convnet"}]
)
def test_delete_is_the_last_button_and_never_the_first(store: RunStore, link: dict[str, list[str]]) -> None:
    app = opened(**link)
    keys = [button.key for button in app.button if button.key]
    deletes = [k for k, key in enumerate(keys) if key.startswith("do-delete")]
    assert min(deletes) > 0
    if "run" in link:
        press(app, "do-delete-convnet")
        assert "convnet" not in store.names()
        assert app.dataframe, "the page of all runs is shown"


@pytest.mark.usefixtures("owner", "store")
def test_a_run_that_is_renamed_on_its_page_stays_there() -> None:
    app = opened(run="convnet")
    app.text_input(key="name-convnet").set_value("small").run()
    press(app, "do-rename-convnet")
    assert app.selectbox(key="run").value == "small"
    rerun(app)
    assert app.query_params["run"] == "small"
