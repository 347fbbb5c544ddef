from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from mnist_app.runs.trainings import Trainings
from streamlit.testing.v1 import AppTest

from mnist_app.domain import TrainConfig
from mnist_app.runs import DEFAULT_RUN, HISTORY_FILE, KERAS_FILE, RUN_FILE, RunStore, models_dir
from mnist_app.runs.files import write_history
from mnist_app.ui import visitors
from mnist_app.ui.colours import colours, dashes
from mnist_app.ui.training.train import jobs
from tests.helpers.runs import epoch, make_runs

HERE = SimpleNamespace(ip_address=None, headers={"Origin": "http://localhost:8501", "Host": "localhost:8501"})
ELSEWHERE = SimpleNamespace(ip_address="192.168.1.20", headers={"Origin": "http://192.168.1.2:8501"})
CONFIG = TrainConfig("dense-128", epochs=4, batch_size=64)


def training_page() -> None:
    from mnist_app.ui.training import page

    page.page()


def opened(**parameters: str | list[str]) -> AppTest:
    app = AppTest.from_function(training_page, default_timeout=30)
    for key, value in parameters.items():
        app.query_params[key] = value
    app.run()
    assert not app.exception
    return app


def said(app: AppTest) -> str:
    """All sentences on the page."""
    kinds = ("markdown", "caption", "info", "warning", "error", "toast")
    return " ".join(str(getattr(element, "value", "")) for kind in kinds for element in app.get(kind))


def press(app: AppTest, key: str) -> AppTest:
    app.button(key=key).click().run()
    assert not app.exception
    return app


def selected(app: AppTest) -> list[int]:
    """The rows that are selected in the table."""
    sheet = app.session_state["runs-sheet"]
    return list(app.session_state[f"runs-table-{sheet}"]["selection"]["rows"])


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunStore:
    """Copies of the shipped runs, as the app sees them."""
    shutil.copytree(models_dir(), tmp_path / "models")
    monkeypatch.setenv("MNIST_APP_MODELS", str(tmp_path / "models"))
    return RunStore()


@pytest.fixture
def visit(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], None]:
    """Say where the visitor is from now on."""

    def go(context: Any) -> None:
        monkeypatch.setattr(visitors, "st", SimpleNamespace(context=context))

    go(HERE)
    return go


def unfinished(store: RunStore, name: str = "half", epochs: int = 2) -> Path:
    """A training that was stopped after some epochs."""
    trainings = Trainings(store)
    trainings.begin(CONFIG, name)
    write_history(trainings.folder(name), [epoch(n, 4, 0) for n in range(1, epochs + 1)])
    trainings.report(name, {"state": "stopped", "phase": "", "since": "2026-01-01T00:00:00+00:00"})
    return trainings.folder(name)


def test_runs_are_listed_with_their_own_figures() -> None:
    app = opened()
    table = app.dataframe[0].value.set_index("run")
    for file in models_dir().glob(f"*/{RUN_FILE}"):
        facts = json.loads(file.read_text())
        row = table.loc[file.parent.name]
        assert row["test"] == pytest.approx(facts["metrics"]["test_accuracy"] * 100)
        assert row["errors"] == round((1 - facts["metrics"]["test_accuracy"]) * 10_000)
        assert row["validation"] == pytest.approx(facts["metrics"]["val_accuracy"] * 100)
        assert row["parameters"] == facts["parameters"]
    assert len(app.get("vega_lite_chart")) == 2


@pytest.mark.parametrize("damage", ["{", "", '{"format": 99}', '{"format": 1}', "\x00" * 50])
def test_a_run_that_cannot_be_opened_is_named_and_the_others_are_shown(store: RunStore, damage: str) -> None:
    (store.root / "convnet" / RUN_FILE).write_text(damage)
    app = opened()
    assert "'convnet'" in app.warning[0].value
    shown = set(app.dataframe[0].value["run"])
    assert "convnet" not in shown
    assert {"dense-128", "dense-128-128"} <= shown


@pytest.mark.parametrize("content", [b"", b"epoch,loss\n1,2\n", b"\xff\xfe\x00", b"epoch\nnan\n"])
def test_a_history_that_somebody_edited_is_named_and_other_curves_are_shown(
    store: RunStore, content: bytes
) -> None:
    (store.root / "convnet" / HISTORY_FILE).write_bytes(content)
    app = opened(runs=["convnet", "dense-128"])
    assert HISTORY_FILE in app.warning[0].value
    assert len(app.get("vega_lite_chart")) == 2


def test_no_runs_at_all_says_how_to_make_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MNIST_APP_MODELS", str(tmp_path))
    assert "python -m mnist_app train" in opened().info[0].value
    for view in ("Evaluation", "Train", "Data"):
        opened(view=view)


def test_a_link_opens_what_it_names() -> None:
    app = opened(runs=["convnet", "dense-128"], curves=["Learning rate"])
    assert app.multiselect(key="runs").value == ["convnet", "dense-128"]
    assert "Learning rate of 2 runs" in said(app)
    assert len(app.get("vega_lite_chart")) == 1


def test_a_link_to_a_run_that_is_gone_opens_the_others() -> None:
    app = opened(runs=["convnet", "gone"])
    assert app.multiselect(key="runs").value == ["convnet"]
    assert "no run named gone" in said(app)
    assert opened(runs=["gone"], view="nothing").dataframe


def test_rows_and_the_choice_are_kept_in_step() -> None:
    app = opened()
    names = list(app.dataframe[0].value["run"])
    assert selected(app) == [names.index(DEFAULT_RUN)]
    app.multiselect(key="runs").set_value(["convnet", "dense-128"]).run()
    assert {names[row] for row in selected(app)} == {"convnet", "dense-128"}


def test_a_run_has_its_colour_whatever_is_compared_and_new_runs_change_none(tmp_path: Path) -> None:
    make_runs(tmp_path, models_dir() / "dense-128", count=9, epochs=2)
    runs, _ = RunStore(tmp_path).open_all()
    before, after = colours(runs[:8]), colours(runs)
    assert all(after[name] == colour for name, colour in before.items())
    looks = {(after[run.name], dashes(runs, runs)[run.name]) for run in runs}
    assert len(looks) == 9
    assert set(dashes(runs[1:8], runs).values()) == {()}, "who is alone with a colour has a solid line"


@pytest.mark.usefixtures("visit")
def test_a_note_is_kept_and_can_be_taken_away(store: RunStore) -> None:
    app = opened()
    app.text_area(key="text-world").set_value("Read this first.").run()
    press(app, "do-note-world")
    assert store.open("world").note == "Read this first."
    assert "Read this first." in set(app.dataframe[0].value["note"])
    app.text_area(key="text-world").set_value("").run()
    press(app, "do-note-world")
    assert store.open("world").note == ""


@pytest.mark.usefixtures("visit")
def test_a_run_can_be_renamed_and_stays_chosen(store: RunStore) -> None:
    before = store.open("convnet")
    app = opened(runs=["convnet"])
    app.text_input(key="name-convnet").set_value("small").run()
    press(app, "do-rename-convnet")
    assert store.open("small").files == before.files
    assert app.multiselect(key="runs").value == ["small"]
    assert "convnet" not in store.names()


@pytest.mark.usefixtures("visit")
@pytest.mark.parametrize("name", ["dense-128", "../world", "", "a b"])
def test_a_name_that_is_taken_or_none_is_refused_with_a_sentence(store: RunStore, name: str) -> None:
    app = opened(runs=["convnet"])
    app.text_input(key="name-convnet").set_value(name).run()
    press(app, "do-rename-convnet")
    assert app.error[0].value
    assert "convnet" in store.names()


@pytest.mark.usefixtures("visit")
def test_runs_are_deleted_only_after_a_question_and_the_default_never(store: RunStore) -> None:
    app = opened(runs=["convnet", DEFAULT_RUN])
    assert "for good?" in said(app)
    press(app, "do-delete-convnet")
    assert store.names() == ["dense-128", "dense-128-128", DEFAULT_RUN]
    assert app.multiselect(key="runs").value == [DEFAULT_RUN]


@pytest.mark.usefixtures("visit")
def test_a_run_that_another_tab_has_deleted_is_said_to_be_gone(store: RunStore) -> None:
    app = opened(runs=["convnet"])
    app.text_input(key="name-convnet").set_value("small").run()
    store.delete("convnet")
    press(app, "do-rename-convnet")
    assert "no run named 'convnet' any more" in app.error[0].value
    assert "convnet" not in set(app.dataframe[0].value["run"])


@pytest.mark.usefixtures("visit")
def test_a_note_that_somebody_else_wrote_meanwhile_is_not_lost(store: RunStore) -> None:
    app = opened()
    app.text_area(key="text-world").set_value("Mine.").run()
    store.annotate("world", "Theirs.")
    press(app, "do-note-world")
    assert "“Theirs.”" in app.error[0].value
    assert store.open("world").note == "Theirs."
    press(app, "do-note-world")
    assert store.open("world").note == "Mine."


@pytest.mark.usefixtures("visit")
def test_a_run_that_cannot_be_opened_can_be_deleted(store: RunStore) -> None:
    (store.root / "convnet" / RUN_FILE).write_text("{")
    press(opened(), "do-delete-convnet")
    assert not (store.root / "convnet").exists()


@pytest.mark.usefixtures("visit")
def test_what_another_tab_has_deleted_stops_no_others_from_being_deleted(store: RunStore) -> None:
    app = opened(runs=["convnet", "dense-128"])
    store.delete("convnet")
    press(app, "do-delete-convnet-dense-128")
    assert store.names() == ["dense-128-128", DEFAULT_RUN]


def test_a_run_with_a_damaged_file_is_not_offered_for_export(store: RunStore) -> None:
    (store.root / "world" / KERAS_FILE).write_bytes(b"")
    assert KERAS_FILE in opened().warning[0].value


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
    table = opened().dataframe[0].value.set_index("run")
    assert table.loc["convnet", "epochs"] == 24


def test_a_run_is_exported_whole(store: RunStore) -> None:
    from mnist_app.runs.archive import export_run

    with zipfile.ZipFile(BytesIO(export_run(store, store.open("dense-128")))) as archive:
        names = {Path(name).name for name in archive.namelist()}
    assert set(store.open("dense-128").files) | {RUN_FILE} <= names


def test_visitors_from_elsewhere_see_everything_and_no_button_that_changes_anything(
    store: RunStore, visit: Callable[[Any], None]
) -> None:
    unfinished(store)
    visit(ELSEWHERE)
    assert {button.label for button in opened(runs=["convnet"]).button} == set()
    app = opened(view="Train")
    assert not app.button
    assert "half" in said(app)
    assert visitors.OWNERS in app.info[0].value


@pytest.mark.parametrize("key", ["do-rename-convnet", "do-note-convnet", "do-delete-convnet"])
def test_an_action_from_elsewhere_is_refused_by_the_server_itself(
    store: RunStore, visit: Callable[[Any], None], key: str
) -> None:
    """As if its button had been there: the page was opened here, the click comes from elsewhere."""
    app = opened(runs=["convnet"])
    app.text_input(key="name-convnet").set_value("stolen").run()
    app.text_area(key="text-convnet").set_value("stolen").run()
    before = sorted(str(file) for file in store.root.rglob("*"))
    visit(ELSEWHERE)
    press(app, key)
    assert visitors.OWNERS in app.error[0].value
    assert sorted(str(file) for file in store.root.rglob("*")) == before


@pytest.mark.parametrize("key", ["Resume-half", "Save as run-half", "Discard-half", "start-training"])
def test_a_training_from_elsewhere_is_refused_by_the_server_itself(
    store: RunStore, visit: Callable[[Any], None], key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = unfinished(store)
    monkeypatch.setattr(Trainings, "start", lambda *_, **__: pytest.fail("a training was started"))
    app = opened(view="Train")
    visit(ELSEWHERE)
    press(app, key)
    assert visitors.OWNERS in app.error[0].value
    assert folder.exists()
    assert Trainings(store).names() == ["half"]


@pytest.mark.usefixtures("visit")
def test_a_training_begins_with_what_the_form_says(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    started = []
    monkeypatch.setattr(Trainings, "start", lambda _, name, finish=False: started.append((name, finish)))
    app = opened(view="Train", preset="convnet")
    app.number_input(key="epochs-convnet").set_value(3).run()
    app.number_input(key="batch-convnet").set_value(32).run()
    app.number_input(key="rate-convnet").set_value(0.01).run()
    app.number_input(key="seed-convnet").set_value(7).run()
    app.toggle(key="augment-convnet").set_value(False).run()
    app.number_input(key="mnist-convnet").set_value(30).run()
    app.number_input(key="nondigits-convnet").set_value(10).run()
    app.text_input(key="new-convnet").set_value("mine").run()
    press(app, "start-training")
    assert started == [("mine", False)]
    config = Trainings(store).config("mine")
    assert (config.epochs, config.batch_size, config.learning_rate, config.seed) == (3, 32, 0.01, 7)
    assert not config.augment
    assert config.cosine_decay, "what the form does not ask for is the preset's"
    assert dict(config.shares) == {"mnist": 0.75, "nondigits": 0.25}


@pytest.mark.usefixtures("visit", "store")
def test_settings_that_make_no_sense_are_refused_and_nothing_begins(store: RunStore) -> None:
    app = opened(view="Train", preset="convnet")
    app.number_input(key="mnist-convnet").set_value(0).run()
    assert app.button(key="start-training").disabled
    app.number_input(key="nondigits-convnet").set_value(5).run()
    press(app, "start-training")
    assert "shares" in app.error[0].value
    app.number_input(key="mnist-convnet").set_value(1).run()
    app.text_input(key="new-convnet").set_value("world").run()
    press(app, "start-training")
    assert "'world' exists" in app.error[0].value
    assert Trainings(store).names() == []


@pytest.mark.usefixtures("visit")
def test_what_was_stopped_is_shown_with_its_epochs_and_can_go_on(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    unfinished(store)
    started = []
    monkeypatch.setattr(Trainings, "start", lambda _, name, finish=False: started.append((name, finish)))
    app = opened(view="Train")
    assert "2 of 4 epochs are finished and kept" in " ".join(str(bar.text) for bar in app.get("progress"))
    assert len(app.get("vega_lite_chart")) == 2
    press(app, "Resume-half")
    press(app, "Save as run-half")
    assert started == [("half", False), ("half", True)]
    press(app, "Discard-half")
    assert Trainings(store).names() == []


@pytest.mark.usefixtures("visit")
@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("config.json", "{"),
        ("config.json", '{"preset": "x", "speed": 1}'),
        (HISTORY_FILE, "epoch\n1"),
        ("status.json", "["),
    ],
)
def test_a_training_with_a_damaged_file_is_shown_as_what_it_is(
    store: RunStore, file: str, content: str
) -> None:
    (unfinished(store) / file).write_text(content)
    app = opened(view="Train")
    assert "half" in said(app)
    assert opened().dataframe


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "0 s"), (89, "89 s"), (90, "2 min"), (5_000, "83 min"), (12_060, "3 h 21 min")]
)
def test_times_read_well(seconds: float, words: str) -> None:
    assert jobs.duration(seconds) == words
