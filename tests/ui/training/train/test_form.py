from __future__ import annotations

import pytest

from mnist_app.runs import RunStore, training_job
from tests.ui.pages import press
from tests.ui.training_page import opened


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
