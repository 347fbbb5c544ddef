from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mnist_app.domain import Status, TrainConfig
from mnist_app.runs import RunStore, audit
from mnist_app.runs.audit import COUNTS, Event, acting, record
from mnist_app.runs.job import Job
from mnist_app.runs.job_process import JobReport

Lines = list[dict[str, object]]


def test_an_event_is_a_line_of_json_with_who_and_when(audit_lines: Lines) -> None:
    before = COUNTS[Event.RUN_DELETED]
    with acting(by="ann", address="10.0.0.1"):
        record(Event.RUN_DELETED, run="a\nb")
    record(Event.RUN_DELETED, run="c")
    first, second = audit_lines
    time = datetime.fromisoformat(str(first.pop("time")))
    assert abs(datetime.now(UTC) - time).total_seconds() < 60
    assert first == {"event": "run_deleted", "by": "ann", "address": "10.0.0.1", "run": "a\nb"}
    assert "by" not in second
    assert COUNTS[Event.RUN_DELETED] == before + 2


def test_what_the_store_does_is_recorded(audit_lines: Lines, tmp_path: Path) -> None:
    store = RunStore(tmp_path)
    store.create(TrainConfig("convnet", epochs=1, batch_size=64), "a")
    store.annotate("a", "a secret note")
    store.rename("a", "b")
    store.delete("b")
    assert [line["event"] for line in audit_lines] == ["run_annotated", "run_renamed", "run_deleted"]
    assert "secret" not in json.dumps(audit_lines)


def test_how_a_job_ended_is_recorded(audit_lines: Lines, tmp_path: Path) -> None:
    JobReport(Job(tmp_path)).end(Status.FAILED, "The disk is full.")
    (line,) = audit_lines
    assert (line["state"], line["reason"], line["job"]) == ("failed", "The disk is full.", tmp_path.name)


@pytest.mark.usefixtures("audit_lines")
def test_the_environment_names_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(audit.LOG, str(tmp_path / "log"))
    audit.start_log()
    record(Event.READING, kind="drawing")
    assert json.loads((tmp_path / "log").read_text())["event"] == "reading"


@pytest.mark.usefixtures("audit_lines")
def test_a_server_prints_all_but_readings(capfd: pytest.CaptureFixture[str]) -> None:
    audit.start_log(is_server=True)
    record(Event.READING)
    record(Event.RUN_DELETED, run="a")
    assert [json.loads(line)["event"] for line in capfd.readouterr().err.splitlines()] == ["run_deleted"]


def test_the_command_line_writes_to_the_same_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MNIST_APP_MODELS", str(tmp_path / "models"))
    RunStore().create(TrainConfig("convnet", epochs=1, batch_size=64), "a")
    environment = os.environ | {audit.LOG: str(tmp_path / "log")}
    delete = [sys.executable, "-m", "mnist_app", "runs", "delete", "a", "--yes"]
    subprocess.run(delete, env=environment, check=True, capture_output=True)
    line = json.loads((tmp_path / "log").read_text())
    assert (line["event"], line["by"], line["run"]) == ("run_deleted", "command line", "a")
    elsewhere = environment | {audit.LOG: str(tmp_path / "none" / "log")}
    done = subprocess.run(delete, env=elsewhere, check=False, capture_output=True, text=True)
    assert done.returncode == 2
    assert "cannot be written" in done.stderr
