"""Training page without a browser, for several test files."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from mnist_app.domain import Status, TrainConfig
from mnist_app.runs import RunStore
from mnist_app.runs.files import write_history
from mnist_app.runs.job import Job, JobStatus
from mnist_app.ui import rights
from tests.helpers.runs import epoch
from tests.ui.pages import open_page

REFUSAL = "You can look at everything here."
CONFIG = TrainConfig("dense-128", epochs=4, batch_size=64)


def training_page() -> None:
    from mnist_app.ui.training import page

    page.page()


def opened(**link: str | list[str]) -> AppTest:
    """Open the page as a link with these parameters does."""
    return open_page(training_page, link)


def refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the visitor one who may only look, from now on."""
    monkeypatch.setattr(rights, "refusal", lambda _: REFUSAL)


def stopped_run(store: RunStore, name: str = "half", epochs: int = 2) -> Path:
    """Make a run that was stopped after some epochs. Returns its folder."""
    folder = store.create(CONFIG, name).path
    write_history(folder, [epoch(n, 4, 0) for n in range(1, epochs + 1)])
    Job(folder).report(JobStatus(Status.STOPPED))
    return folder
