from __future__ import annotations

from typing import Any

import pytest

from mnist_app.domain import Status
from mnist_app.runs import preparation_job
from mnist_app.runs.job import JobStatus
from mnist_app.runs.preparation_job import preparation_process
from mnist_app.ui import rights
from mnist_app.ui.training import preparation
from tests.ui.data_page import opened, tiles
from tests.ui.pages import press, words


@pytest.mark.usefixtures("clean_environment", "owner")
def test_without_images_owners_can_get_them() -> None:
    assert opened().button(key="get-images").label == "Get the images"


@pytest.mark.usefixtures("clean_environment", "guest")
def test_without_images_guests_are_told_who_can_get_them() -> None:
    app = opened()
    assert not app.button
    assert "`python -m mnist_app data prepare` makes them" in words(app)


@pytest.mark.usefixtures("clean_environment", "owner")
def test_only_owners_start_a_download(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[bool] = []
    monkeypatch.setattr(preparation_job, "start", lambda offline: started.append(offline))
    app = opened()
    monkeypatch.setattr(rights, "refusal", lambda _: "You can look at everything here.")
    app.button(key="get-images").click().run()
    assert started == []
    monkeypatch.setattr(rights, "refusal", lambda _: "")
    press(app.run(), "get-images")
    assert started == [False]


@pytest.mark.usefixtures("clean_environment")
@pytest.mark.parametrize("refusal", ["", "You can look at everything here."])
def test_what_is_at_hand_is_made_once_without_asking_or_downloading(
    refusal: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    statuses = [None, JobStatus(Status.RUNNING, lines=("test: MNIST test, 10 images",))]
    started: list[bool] = []

    def start(offline: bool) -> None:
        started.append(offline)
        statuses.pop(0)

    monkeypatch.setattr(rights, "refusal", lambda _: refusal)
    monkeypatch.setattr(preparation_job, "is_data_at_hand", lambda: True)
    monkeypatch.setattr(preparation_job, "status", lambda: statuses[0])
    monkeypatch.setattr(preparation_job, "start", start)
    app = opened()
    assert started == [True]
    assert "Making the images, 1 set so far" in words(app)
    app.run()
    assert started == [True]


@pytest.mark.usefixtures("clean_environment", "owner")
def test_what_failed_is_said_and_not_tried_again_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    failed = JobStatus(Status.FAILED, reason="MNIST could not be downloaded.")
    monkeypatch.setattr(preparation_job, "is_data_at_hand", lambda: True)
    monkeypatch.setattr(preparation_job, "status", lambda: failed)
    monkeypatch.setattr(preparation_job, "start", never)
    assert "MNIST could not be downloaded." in words(opened())


def never(*_: Any, **__: Any) -> None:
    raise AssertionError("not to be called")


@pytest.mark.usefixtures("image_sets", "owner")
def test_what_could_not_be_made_is_listed_beside_the_images() -> None:
    assert preparation.is_complete()
    with preparation_process() as report:
        report.end(["test: pen strokes: no network"])
    app = opened()
    assert tiles(app)
    assert "1 set could not be made" in words(app)
    assert "no network" in words(app)
    assert not preparation.is_complete()
