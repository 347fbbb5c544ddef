from __future__ import annotations

import dataclasses
import io
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from mnist_app.cli import main
from mnist_app.domain import Run
from mnist_app.runs import DEFAULT_RUN, NOTE_FILE, RUN_FILE, SCORES_FILE, SERVED_FILE, RunStore
from mnist_app.runs.columns import COLUMNS, sort_runs
from mnist_app.runs.job import LOG_FILE
from tests.conftest import TINY_CONFIG
from tests.helpers.trainings import held, write_status
from tests.helpers.zips import with_file, zipped

ROOT = Path(__file__).parent.parent.parent
LOG = "epoch,accuracy,loss,val_accuracy,val_loss\n0,0.90,0.40,0.93,0.25\n1,0.94,0.20,0.95,0.20\n"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def store(tiny_store: RunStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunStore:
    """A copy of the tiny store, which is the command line's."""
    shutil.copytree(tiny_store.root, tmp_path / "models")
    monkeypatch.setenv("MNIST_APP_MODELS", str(tmp_path / "models"))
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    monkeypatch.chdir(tmp_path)
    return RunStore(tmp_path / "models")


class Shell:
    """Runs commands, and has what the last one printed."""

    def __init__(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self._capsys, self._monkeypatch = capsys, monkeypatch
        self.out = self.err = ""

    def __call__(self, *words: object, answer: str | None = None) -> int:
        if answer is not None:
            self._monkeypatch.setattr(sys, "stdin", Terminal(answer))
        status = main(["runs", *map(str, words)])
        self.out, self.err = self._capsys.readouterr()
        assert "Traceback" not in self.err
        return status

    @property
    def json(self) -> list[Any]:
        def no_constant(name: str) -> None:
            raise ValueError(f"{name} is no JSON")

        return [json.loads(line, parse_constant=no_constant) for line in self.out.splitlines()]


@pytest.fixture
def shell(store: RunStore, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    assert store.names() == ["tiny"]
    capsys.readouterr()  # what training the tiny run printed
    return Shell(capsys, monkeypatch)


def copy(store: RunStore, name: str, **facts: Any) -> Path:
    """A second run, with other facts in run.json."""
    shutil.copytree(store.root / "tiny", store.root / name)
    file = store.root / name / RUN_FILE
    file.write_text(json.dumps(json.loads(file.read_text()) | facts))
    return file.parent


def state_of(store: RunStore) -> dict[str, bytes]:
    return {str(f.relative_to(store.root)): f.read_bytes() for f in store.root.rglob("*") if f.is_file()}


def test_the_list_has_a_line_for_each_run(store: RunStore, shell: Shell) -> None:
    store.annotate("tiny", "Too short.\nTry again.")
    assert shell("list") == 0
    head, line = shell.out.splitlines()
    assert re.split(r"  +", head) == [column.name for column in COLUMNS.values()]
    run = store.open("tiny")
    cells = re.split(r"  +", line)
    shown = dict(zip(COLUMNS, cells, strict=True))
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


@pytest.mark.parametrize(
    ("column", "names"),
    [
        ("name", "a b c"),
        ("test_accuracy", "b c a"),
        ("test_errors", "b c a"),
        ("best_epoch", "c a b"),
        ("latency_ms", "c b a"),
        ("created", "c b a"),
        ("note", "b a c"),
    ],
)
def test_the_best_and_the_newest_come_first_and_what_is_unknown_last(
    tiny: Run, column: str, names: str
) -> None:
    def run(name: str, best: int, right: float, **more: Any) -> Run:
        date = tiny.created.replace(year=2000 + ord(name))
        metrics = {"test_accuracy": right, "test_images": 1000.0} if right else {}
        return dataclasses.replace(tiny, name=name, best_epoch=best, metrics=metrics, created=date, **more)

    nan = float("nan")
    runs = [
        run("a", 2, 0, latency_ms=nan, note="z"),
        run("b", 3, 0.9, latency_ms=2.0, note="y"),
        run("c", 1, 0.8, latency_ms=1.0),
    ]
    assert [run.name for run in sort_runs(runs, COLUMNS[column])] == names.split()


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
    copy(store, "newer", format=99)
    copy(store, "cut")
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


def test_compare_shows_what_differs_and_on_which_images(store: RunStore, shell: Shell) -> None:
    config = dataclasses.asdict(TINY_CONFIG) | {"seed": 7}
    copy(store, "other", config=config)
    assert shell("compare", "tiny", "other") == 0
    lines = [re.split(r"  +", line.strip()) for line in shell.out.splitlines()]
    assert ["tiny", "other"] in lines
    assert ["seed", "1", "7"] in lines
    assert not [line for line in lines if line[0] in ("preset", "batch size")]
    accuracy = f"{store.open('tiny').metrics['test_accuracy']:.2%}"
    assert ["test accuracy", accuracy, accuracy] in lines
    assert ["MNIST test, right", accuracy, accuracy] in lines
    only = "MNIST test: only tiny is right on 0 images, only other on 0 (McNemar's p = 1)"
    assert shell.out.splitlines()[-1].strip() == only


def test_compare_does_not_compare_other_images_one_by_one(store: RunStore, shell: Shell) -> None:
    folder = copy(store, "other")
    scores = json.loads((folder / SCORES_FILE).read_text())
    scores[0]["digest"] = "0" * 64
    files = {f"tiny/{RUN_FILE}": (folder / RUN_FILE).read_bytes()}
    for name, content in with_file(files, SCORES_FILE, json.dumps(scores).encode()).items():
        (folder / name.removeprefix("tiny/")).write_bytes(content)
    assert shell("compare", "tiny", "other") == 0
    assert "MNIST test: not the same images" in shell.out
    assert "McNemar" not in shell.out


def test_compare_takes_any_number_of_runs_with_curves_only_too(store: RunStore, shell: Shell) -> None:
    copy(store, "other")
    (store.root / "log.csv").write_text(LOG)
    assert shell("import", store.root / "log.csv") == 0
    assert shell("compare", "tiny", "other", "log") == 0
    assert re.search(r"^ +parameters +101,770 +101,770 +–$", shell.out, re.MULTILINE)
    assert "McNemar" not in shell.out
    assert shell("compare", "tiny", "log") == 0
    assert shell("compare", "tiny", "tiny") == 2
    assert "two runs or more" in shell.err
    assert shell("compare", "tiny", "nobody") == 2


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
    copy(store, DEFAULT_RUN)
    for name in (DEFAULT_RUN, "nobody", "../tiny"):
        assert shell("delete", "tiny", name, "--yes") == 2
        assert store.names() == ["tiny", DEFAULT_RUN]
    copy(store, "cut")
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


def test_export_writes_one_file_and_replaces_none(shell: Shell, tmp_path: Path) -> None:
    assert shell("export", "tiny") == 0
    assert shell.out == "tiny.zip\n"
    content = Path("tiny.zip").read_bytes()
    Path("tiny.zip").write_text("mine")
    assert shell("export", "tiny") == 2
    assert "--force" in shell.err
    assert Path("tiny.zip").read_text() == "mine"
    assert shell("export", "tiny", "--force") == 0
    assert Path("tiny.zip").read_bytes() == content
    (tmp_path / "out").mkdir()
    assert shell("export", "tiny", "out") == 0
    assert (tmp_path / "out" / "tiny.zip").read_bytes() == content
    assert shell("export", "tiny", tmp_path / "none" / "a.zip") == 2
    assert "cannot be written" in shell.err


def test_a_damaged_run_is_not_exported(store: RunStore, shell: Shell) -> None:
    (store.root / "tiny" / SERVED_FILE).write_bytes(b"")
    assert shell("export", "tiny") == 2
    assert "damaged" in shell.err
    assert not Path("tiny.zip").exists()


def test_import_says_what_a_model_is_and_asks_first(store: RunStore, shell: Shell) -> None:
    assert shell("export", "tiny") == 0
    run = store.open("tiny")
    before = state_of(store)
    assert shell("import", "tiny.zip") == 2
    assert "--name" in shell.err
    assert shell("import", "tiny.zip", "--name", "again") == 2
    assert "--yes" in shell.err
    assert shell("import", "tiny.zip", "--name", "again", answer="n\n") == 0
    assert state_of(store) == before
    for text in ("A model is a program", "not who made it", "101,770", run.files[SERVED_FILE]):
        assert text in shell.out
    assert shell("import", "tiny.zip", "--name", "again", answer="y\n") == 0
    again = store.open("again")
    assert again == dataclasses.replace(run, name="again", path=again.path)


def test_an_imported_run_needs_a_name_that_no_unfinished_run_has(store: RunStore, shell: Shell) -> None:
    assert shell("export", "tiny") == 0
    store.create(TINY_CONFIG, "mine")
    assert shell("import", "tiny.zip", "--name", "mine", "--yes") == 2
    assert "--name" in shell.err
    assert shell("import", "tiny.zip", "--name", "a b", "--yes") == 2
    assert "no run name" in shell.err


def served_by_another(store: RunStore, model: bytes) -> bytes:
    """The tiny run's zip with another served model."""
    return zipped(with_file(state_of(store), SERVED_FILE, model))


@pytest.mark.parametrize("outputs", [9, 10, 11, 12])
def test_a_served_model_must_give_ten_digits_or_those_and_one_more(
    store: RunStore, shell: Shell, outputs: int, tmp_path: Path
) -> None:
    import keras
    from keras import layers

    inputs = keras.Input((28, 28))
    features = layers.Flatten()(inputs)
    parts = [layers.Dense(min(outputs, 10), activation="softmax")(features)]
    parts += [layers.Dense(1, activation="sigmoid")(features) for _ in range(outputs - 10)]
    model = keras.Model(inputs, layers.Concatenate()(parts) if len(parts) > 1 else parts[0])
    model.export(tmp_path / "model.tflite", format="litert", verbose=False)
    Path("run.zip").write_bytes(served_by_another(store, (tmp_path / "model.tflite").read_bytes()))
    assert shell("import", "run.zip", "--name", "new", "--yes") == (0 if outputs in (10, 11) else 2)
    assert store.names() == (["new", "tiny"] if outputs in (10, 11) else ["tiny"])


@pytest.mark.parametrize("model", [b"", b"TFL3", b"\0" * 1000])
def test_a_served_model_that_is_none_is_refused(store: RunStore, shell: Shell, model: bytes) -> None:
    Path("run.zip").write_bytes(served_by_another(store, model))
    assert shell("import", "run.zip", "--name", "new", "--yes") == 2
    assert "cannot be loaded" in shell.err
    assert [path.name for path in store.root.iterdir()] == ["tiny"]


def test_nothing_is_left_of_what_is_refused(store: RunStore, shell: Shell) -> None:
    before = state_of(store)
    Path("run.zip").write_bytes(zipped(before | {"tiny/evil.py": b"x"}))
    assert shell("import", "run.zip", "--name", "new", "--yes") == 2
    assert "evil.py" in shell.err
    assert shell("import", "none.zip", "--yes") == 2
    assert state_of(store) == before
    assert [path.name for path in store.root.iterdir()] == ["tiny"]


def test_a_keras_log_is_imported_by_its_name(store: RunStore, shell: Shell) -> None:
    Path("my training (2).csv").write_text(LOG)
    assert shell("import", "my training (2).csv") == 0
    assert "curves of 2 epochs" in shell.out
    assert store.names() == ["my-training-2", "tiny"]
    assert shell("import", "my training (2).csv") == 2
    assert "--name" in shell.err
    assert shell("import", "my training (2).csv", "--name", "logged") == 0
    assert shell("show", "logged") == 0
    assert shell("list", "--sort", "parameters") == 0
    Path("bad.csv").write_text("a,b\n1,2\n")
    assert shell("import", "bad.csv") == 2
    assert "no log of Keras's CSVLogger" in shell.err


def test_curves_alone_are_no_program_and_are_not_asked_for(store: RunStore, shell: Shell) -> None:
    Path("log.csv").write_text(LOG)
    assert shell("import", "log.csv") == 0
    assert shell("export", "log") == 0
    assert shell("import", "log.zip", "--name", "again") == 0
    assert "program" not in shell.out
    assert store.open("again").epochs == 2


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
