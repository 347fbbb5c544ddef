from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import zipfile

import pytest

from mnist_app.runs import DEFAULT_RUN, NOTE_FILE, RUN_FILE, SCORES_FILE, SERVED_FILE, RunStore
from mnist_app.runs.columns import COLUMNS
from mnist_app.runs.job import LOG_FILE
from tests.conftest import TINY_CONFIG
from tests.helpers.processes import ROOT
from tests.helpers.shell import LOG, Shell, copy_run
from tests.helpers.trainings import held, write_status


def test_the_list_has_a_line_for_each_run(store: RunStore, shell: Shell) -> None:
    store.annotate("tiny", "Too short.\nTry again.")
    assert shell("list") == 0
    head, line = shell.out.splitlines()
    columns = [column for column in COLUMNS.values() if not column.is_setting]
    assert re.split(r"  +", head) == [column.name for column in columns]
    run = store.open("tiny")
    cells = re.split(r"  +", line)
    shown = dict(zip([column.key for column in columns], cells, strict=True))
    assert (shown["name"], shown["preset"], shown["parameters"]) == ("tiny", "dense-128", "101,770")
    assert (shown["epochs"], shown["best_epoch"]) == ("3", "3")
    assert shown["val_accuracy"] == f"{run.metrics['val_accuracy']:.2%}"
    assert shown["test_accuracy"] == f"{run.metrics['test_accuracy']:.2%}"
    assert shown["test_errors"] == f"{round((1 - run.metrics['test_accuracy']) * 1000)}"
    assert cells[-1] == "Too short.…"


def test_the_list_as_json_has_an_object_for_each_run(store: RunStore, shell: Shell) -> None:
    (store.root / "log.csv").write_text(LOG)
    assert shell("import", store.root / "log.csv") == 0
    assert shell("list", "--json") == 0
    logged, tiny = shell.json
    assert list(tiny) == [
        "name",
        "state",
        *(key for key in COLUMNS if key != "name"),
    ]
    assert tiny["size_bytes"] == (store.root / "tiny" / SERVED_FILE).stat().st_size
    assert (logged["name"], logged["val_accuracy"], logged["latency_ms"]) == ("log", 0.95, None)


@pytest.mark.parametrize("column", ["calibration-error", "test_accuracy", "test", "Seconds", "date"])
def test_a_column_is_named_by_its_title_its_key_or_a_beginning(shell: Shell, column: str) -> None:
    assert shell("list", "--sort", column) == 0


@pytest.mark.parametrize("column", ["speed", "", "t"])
def test_a_column_that_is_not_one_is_refused(
    shell: Shell, column: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        shell("list", "--sort", column)
    assert "Choose one of: name, preset, test accuracy" in capsys.readouterr().err


def test_what_cannot_be_opened_is_listed_as_what_it_is_beside_the_others(
    store: RunStore, shell: Shell
) -> None:
    copy_run(store, "newer", format=99)
    copy_run(store, "cut")
    (store.root / "cut" / RUN_FILE).write_text('{"created"')
    assert shell("list") == 2
    assert [line.split()[0] for line in shell.out.splitlines()] == ["name", "tiny"]
    cut, newer = shell.err.splitlines()
    assert "'cut' is damaged" in cut
    assert "newer version" in newer
    assert shell("list", "--json") == 2
    assert [(o["name"], o["state"]) for o in shell.json] == [
        ("tiny", "finished"),
        ("cut", "damaged"),
        ("newer", "newer"),
    ]


def test_runs_that_are_not_finished_are_listed_below(store: RunStore, shell: Shell) -> None:
    store.create(TINY_CONFIG, "broke")
    write_status(store, "broke", state="failed", reason="The disk\nis full.")
    store.create(TINY_CONFIG, "killed")
    write_status(store, "killed", since="2026-01-01T00:00:01+00:00")
    shutil.copy(store.root / "tiny" / "history.csv", store.path("killed"))
    assert shell("list") == 0
    broke, killed = shell.out.splitlines()[-2:]
    assert re.fullmatch(r"broke +failed +0/3 +– +The disk\\nis full\.", broke)
    assert re.fullmatch(r"killed +crashed +3/3 +\d\d\.\d\d% +Its process ended .+", killed)
    assert shell("list", "--json") == 0
    assert [(o["name"], o["state"], o.get("history")) for o in shell.json[1:]] == [
        ("broke", "failed", 0),
        ("killed", "crashed", 3),
    ]


def test_an_empty_store_says_how_a_run_is_made(store: RunStore, shell: Shell) -> None:
    store.delete("tiny")
    assert shell("list") == 0
    assert "python -m mnist_app train" in shell.out
    assert shell("list", "--json") == 0
    assert shell.out == ""


def test_show_says_all_that_is_known_of_a_run(store: RunStore, shell: Shell) -> None:
    store.annotate("tiny", "Too \x1b[31mshort.\nTry again.")
    assert shell("show", "tiny") == 0
    run = store.open("tiny")
    for text in ("101,770", "one_hot", "temperature", "MNIST test", "  Try again.", *run.files.values()):
        assert text in shell.out
    assert "\x1b" not in shell.out
    assert re.search(r"^ +3( +[\d.]+){6}$", shell.out, re.MULTILINE)
    assert shell("show", "tiny", "--json") == 0
    (about,) = shell.json
    assert about["files"] == run.files
    assert about["config"]["preset"] == "dense-128"
    assert [epoch["epoch"] for epoch in about["history"]] == [1, 2, 3]
    assert about["scores"][0]["name"] == "MNIST test"


def test_show_says_what_is_damaged_and_shows_the_rest(store: RunStore, shell: Shell) -> None:
    (store.root / "tiny" / SCORES_FILE).write_text("[]")
    assert shell("show", "tiny") == 2
    assert f"{SCORES_FILE} is not the file" in shell.err
    assert "101,770" in shell.out
    assert shell("show", "nobody") == 2
    assert "no run named 'nobody'" in shell.err


def test_show_says_how_far_a_training_came_and_why_it_ended(store: RunStore, shell: Shell) -> None:
    store.create(TINY_CONFIG, "mine")
    shutil.copy(store.root / "tiny" / "history.csv", store.path("mine"))
    write_status(store, "mine", state="failed", reason="The disk is full.")
    (store.path("mine") / LOG_FILE).write_text("Epoch 1/3\nno \x07space left\n")
    assert shell("show", "mine") == 0
    for text in ("failed", "The disk is full.", "3/3", "dense-128", "Epoch 1/3", "no \\x07space left"):
        assert text in shell.out
    assert shell("show", "mine", "--json") == 0
    (about,) = shell.json
    assert about["log"] == ["Epoch 1/3", "no \x07space left"]
    assert about["loss"] is None


def test_delete_asks_first(store: RunStore, shell: Shell) -> None:
    for answer in ("n\n", "\n", "", "what\n"):
        assert shell("delete", "tiny", answer=answer) == 0
        assert "Delete tiny for good? [y/N]" in shell.err
        assert shell.out == "Nothing was deleted.\n"
        assert store.names() == ["tiny"]
    assert shell("delete", "tiny", answer="y\n") == 0
    assert store.names() == []


def test_delete_asks_nobody_where_there_is_no_terminal(store: RunStore, shell: Shell) -> None:
    assert shell("delete", "tiny") == 2
    assert "--yes" in shell.err
    assert store.names() == ["tiny"]
    assert shell("delete", "tiny", "--yes") == 0
    assert list(store.root.iterdir()) == []


def test_delete_takes_all_or_none(store: RunStore, shell: Shell) -> None:
    copy_run(store, DEFAULT_RUN)
    for name in (DEFAULT_RUN, "nobody", "../tiny"):
        assert shell("delete", "tiny", name, "--yes") == 2
        assert store.names() == ["tiny", DEFAULT_RUN]
    copy_run(store, "cut")
    (store.root / "cut" / RUN_FILE).write_text("{")
    store.create(TINY_CONFIG, "mine")
    assert shell("delete", "tiny", "cut", "mine", "--yes") == 0
    assert [path.name for path in store.root.iterdir()] == [DEFAULT_RUN]


def test_a_training_that_is_running_is_not_deleted(store: RunStore, shell: Shell) -> None:
    store.create(TINY_CONFIG, "mine")
    with held(store, "mine"):
        assert shell("delete", "tiny", "mine", "--yes") == 2
    assert "Stop it first" in shell.err
    assert store.names() == ["mine", "tiny"]


def test_a_run_can_be_renamed(store: RunStore, shell: Shell) -> None:
    assert shell("rename", "tiny", "small") == 0
    assert shell.out == "tiny is small now.\n"
    assert store.names() == ["small"]
    copy_of = store.root / DEFAULT_RUN
    shutil.copytree(store.root / "small", copy_of)
    for old, new in (("nobody", "new"), ("small", DEFAULT_RUN), (DEFAULT_RUN, "new"), ("small", "../new")):
        assert shell("rename", old, new) == 2
    assert store.names() == ["small", DEFAULT_RUN]


def test_a_note_is_written_printed_and_taken_away(store: RunStore, shell: Shell) -> None:
    assert shell("note", "tiny") == 0
    assert shell.out == ""
    assert shell("note", "tiny", "Made in a hurry.\n\x1b[31mStill good.") == 0
    assert shell("note", "tiny") == 0
    assert shell.out == "Made in a hurry.\n\\x1b[31mStill good.\n"
    assert shell("note", "tiny", "x" * 2_001) == 2
    assert shell("note", "tiny", "--clear") == 0
    assert store.open("tiny").note == ""
    assert shell("note", "nobody", "text") == 2


def test_runs_are_handled_without_keras(store: RunStore) -> None:
    (store.root / "tiny" / NOTE_FILE).write_text("note")
    code = """
import sys
from mnist_app.cli import main
for words in ("list", "show tiny", "export tiny", "import tiny.zip --name again --yes", "compare tiny again"):
    assert main(["runs", *words.split()]) == 0
print(sorted({"keras", "tensorflow", "sklearn", "scipy", "streamlit", "optuna"} & set(sys.modules)))
"""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment
    )
    assert done.stdout.splitlines()[-1] == "[]"
    with zipfile.ZipFile("tiny.zip") as archive:
        assert archive.read(f"tiny/{NOTE_FILE}") == b"note"


def test_tags_are_written_printed_and_taken_away(store: RunStore, shell: Shell) -> None:
    assert shell("tag", "tiny", "Paper", "small") == 0
    assert shell("tag", "tiny") == 0
    assert shell.out.split() == ["paper", "small"]
    assert shell("tag", "tiny", "--clear") == 0
    assert store.open("tiny").tags == ()
    assert shell("tag", "tiny", "a b") == 2
    assert "no tag" in shell.err
