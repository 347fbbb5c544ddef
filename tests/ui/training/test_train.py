from __future__ import annotations

import pytest

from mnist_app.runs import HISTORY_FILE, RunStore, training_job
from mnist_app.runs.job import STATUS_FILE
from tests.ui.pages import press, words
from tests.ui.training_page import REFUSAL, opened, refuse, stopped_run


@pytest.mark.usefixtures("owner")
def test_a_training_begins_with_what_the_form_says(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    started = []
    monkeypatch.setattr(training_job, "start", lambda _, name, finish=False: started.append((name, finish)))
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
    config = store.settings("mine")
    assert (config.epochs, config.batch_size, config.learning_rate, config.seed) == (3, 32, 0.01, 7)
    assert not config.augment
    assert config.cosine_decay, "what the form does not ask for is the preset's"
    assert dict(config.shares) == {"mnist": 0.75, "nondigits": 0.25}


@pytest.mark.usefixtures("owner")
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
    assert all(run.is_finished for run in store.open_all()[0])


@pytest.mark.usefixtures("owner")
@pytest.mark.parametrize("key", ["Resume-half", "Save as run-half", "Discard-half", "start-training"])
def test_a_training_of_a_guest_is_refused_by_the_server_itself(
    store: RunStore, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    folder = stopped_run(store)
    monkeypatch.setattr(training_job, "start", lambda *_, **__: pytest.fail("a training was started"))
    app = opened(view="Train")
    refuse(monkeypatch)
    press(app, key)
    assert app.error[0].value == REFUSAL
    assert folder.exists()
    assert [run.name for run in store.open_all()[0] if not run.is_finished] == ["half"]


@pytest.mark.usefixtures("owner")
def test_what_was_stopped_is_shown_with_its_epochs_and_can_go_on(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped_run(store)
    started = []
    monkeypatch.setattr(training_job, "start", lambda _, name, finish=False: started.append((name, finish)))
    app = opened(view="Train")
    assert "2 of 4 epochs are finished and kept" in " ".join(str(bar.text) for bar in app.get("progress"))
    assert len(app.get("vega_lite_chart")) == 2
    press(app, "Resume-half")
    press(app, "Save as run-half")
    assert started == [("half", False), ("half", True)]
    press(app, "Discard-half")
    assert "half" not in store.names()


@pytest.mark.usefixtures("owner")
@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("config.json", "{"),
        ("config.json", '{"preset": "x", "speed": 1}'),
        (HISTORY_FILE, "epoch\n1"),
        (STATUS_FILE, "["),
    ],
)
def test_a_training_with_a_damaged_file_is_shown_as_what_it_is(
    store: RunStore, file: str, content: str
) -> None:
    (stopped_run(store) / file).write_text(content)
    app = opened(view="Train")
    assert "half" in words(app)
    assert opened().dataframe
