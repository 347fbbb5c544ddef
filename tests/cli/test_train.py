from __future__ import annotations

import dataclasses
import errno
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import psutil
import pytest
import tensorflow as tf
from filelock import FileLock

from mnist_app.cli import main
from mnist_app.cli.train import _mixed
from mnist_app.domain import Split, TestSet, TrainConfig, best_epoch
from mnist_app.learning import checkpoints, export
from mnist_app.learning.data import mnist, test_sets
from mnist_app.learning.data.mnist import Dataset
from mnist_app.learning.data.test_sets import MNIST
from mnist_app.reading.classifier import Classifier
from mnist_app.runs import KERAS_FILE, SERVED_FILE, RunStore, training_job
from mnist_app.runs.files import CONFIG_FILE, read_epochs
from mnist_app.runs.results import read_history
from mnist_app.runs.training_job import MACHINE_FILE
from tests.helpers.processes import ROOT, cache, environment, eventually

# Keras's batches come by tf.data, which stays as it is when functions run without being compiled.
pytestmark = pytest.mark.filterwarnings(
    "ignore:Even though the `tf.config.experimental_run_functions_eagerly`"
)

CONFIG = TrainConfig("dense-128", epochs=2, batch_size=64)
START = "from mnist_app.runs import RunStore, training_job; training_job.start(RunStore(), 'mine')"


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunStore:
    """A store that commands work on, here and in processes of their own, whose data are no data."""
    data = tmp_path / "data"
    data.mkdir()
    (data / "mnist.npz").write_text("no archive")
    monkeypatch.setenv("MNIST_APP_DATA", str(data))
    for key, value in environment(tmp_path / "models").items():
        monkeypatch.setenv(key, value)
    return RunStore()


@pytest.fixture(autouse=True)
def _quick(tiny_store: RunStore, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Learn without compiling, and export what the tiny run has: tests/learning tries both in earnest.

    For a few images, Keras compiles and LiteRT converts a hundred times as long as they learn.
    """

    def copied(_model: Any, folder: Path, _images: Any) -> Classifier:
        for file in (KERAS_FILE, SERVED_FILE):
            shutil.copy(tiny_store.path("tiny") / file, folder)
        return Classifier((folder / SERVED_FILE).read_bytes(), folder.name)

    monkeypatch.setattr(export, "export", copied)
    tf.config.run_functions_eagerly(True)
    yield
    tf.config.run_functions_eagerly(False)


def offer_few(small: Dataset, patch: pytest.MonkeyPatch) -> None:
    split = Split(small.train.images[:400], small.train.labels[:400])
    patch.setattr(mnist, "load_mnist", lambda _: Dataset(split, split))
    patch.setattr(test_sets, "load_test_sets", lambda mnist, _: ({MNIST: mnist}, []))


@pytest.fixture
def few(small: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    """400 images are all that can be loaded."""
    offer_few(small, monkeypatch)


def test_an_interrupted_training_says_how_it_goes_on_and_does(
    small: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setenv("MNIST_APP_MODELS", str(tmp_path))
    monkeypatch.setattr(mnist, "load_mnist", lambda _: small)
    monkeypatch.setattr(test_sets, "load_test_sets", lambda mnist, _: ({MNIST: mnist}, []))
    with monkeypatch.context() as patch:
        patch.setattr(export, "export", interrupt)
        assert main(["train", "dense-128", "--epochs", "1", "--name", "mine"]) == 130
    assert "--resume" in capsys.readouterr().err
    assert main(["train", "dense-128", "--name", "mine"]) == 2
    assert "--resume mine" in capsys.readouterr().err
    assert main(["train", "--resume", "mine"]) == 0
    assert RunStore(tmp_path).names() == ["mine"]
    assert main(["train", "--resume", "other"]) == 2


@pytest.mark.parametrize("option", ["--epochs=3", "--seed=1", "--name=other", "--learning-rate=0.1"])
def test_a_training_goes_on_with_its_own_settings(
    option: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MNIST_APP_MODELS", str(tmp_path))
    assert main(["train", "--resume", "mine", option]) == 2
    assert "its own settings" in capsys.readouterr().err


def test_tune_searches_and_names_the_best(
    small: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    few = Dataset(Split(small.train.images[:400], small.train.labels[:400]), small.test)
    monkeypatch.setenv("MNIST_APP_MODELS", str(tmp_path))
    monkeypatch.setattr(mnist, "load_mnist", lambda _: few)
    assert main(["tune", "dense-128", "--trials", "2", "--epochs", "1"]) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("Best of 2: trial ")
    assert RunStore(tmp_path).names() == ["tune-dense-128-001", "tune-dense-128-002"]


def test_ctrl_c_before_the_first_epoch_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setenv("MNIST_APP_MODELS", str(tmp_path))
    monkeypatch.setattr(mnist, "load_mnist", interrupt)
    assert main(["train", "dense-128"]) == 130
    assert "Stopped" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_training_outlives_who_started_it_waits_and_is_stopped_by_others(store: RunStore) -> None:
    store.create(CONFIG, "mine")
    folder = cache(store.root) / "mnist-app"
    folder.mkdir(parents=True)
    with FileLock(folder / MACHINE_FILE):  # as another training holds it
        subprocess.run([sys.executable, "-c", START], cwd=ROOT, check=True)
        assert store.open("mine").status == "queued"
        eventually(lambda: store.open("mine").progress.phase == "Waiting for another training")
        assert training_job.log(store, "mine", 1) == [  # at once, though Python's output goes to a file
            "Another training is running on this machine. This one begins when that has ended."
        ]
        training_job.stop(store, "mine")
        eventually(lambda: store.open("mine").status == "stopped")
    assert store.open("mine").progress.reason == ""


def test_a_training_that_was_started_keeps_its_reason_and_leaves_no_zombie(store: RunStore) -> None:
    store.create(CONFIG, "mine")
    before = set(psutil.Process().children())
    training_job.start(store, "mine")
    eventually(lambda: store.open("mine").status == "failed")
    assert "mnist.npz is no readable .npz" in store.open("mine").progress.reason
    # It is printed once the run is settled.
    eventually(lambda: "mnist.npz is no readable .npz" in "".join(training_job.log(store, "mine", 1)))
    eventually(lambda: set(psutil.Process().children()) <= before)


def test_a_new_training_without_an_epoch_leaves_nothing_behind(store: RunStore) -> None:
    command = [sys.executable, "-m", "mnist_app", "train", "dense-128"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "mnist.npz is no readable .npz" in done.stderr
    assert list(store.root.iterdir()) == []


@pytest.mark.usefixtures("few")
def test_learning_begins_before_the_test_sets_are_read(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Any] = []

    def load_test_sets(mnist: Split, _: object) -> tuple[Mapping[TestSet, Split], list[str]]:
        seen.append(store.open("mine"))
        return {MNIST: mnist}, []

    monkeypatch.setattr(test_sets, "load_test_sets", load_test_sets)
    assert main(["train", "dense-128", "--epochs", "2", "--name", "mine"]) == 0
    (found,) = seen
    assert (found.status, found.progress.phase, found.progress.done) == (
        "running",
        "Reading the test sets",
        2,
    )
    assert store.open("mine").is_finished


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize(
    ("where", "what", "epochs"),
    [
        (checkpoints, "flush", 0),
        (export, "write_run", 2),
    ],
)
def test_a_full_disk_ends_a_training_that_goes_on_later(
    store: RunStore,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    where: Any,
    what: str,
    epochs: int,
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    store.create(CONFIG, "mine")
    with monkeypatch.context() as patch:
        patch.setattr(where, what, full)
        assert main(["train", "--resume", "mine"]) == 2
    assert "The disk is full. Free some space" in capsys.readouterr().err
    found = store.open("mine")
    assert (found.status, len(found.history)) == ("failed", epochs)
    assert "The disk is full" in found.progress.reason
    assert not [file for file in found.path.iterdir() if file.name.startswith((".draft", "unfinished"))]
    assert main(["train", "--resume", "mine"]) == 0
    assert [path.name for path in store.root.iterdir()] == ["mine"]


@pytest.fixture(scope="module")
def stopped(small: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a training of four epochs that was stopped in its third, to be copied."""
    root = tmp_path_factory.mktemp("stopped") / "models"
    begin = checkpoints.CheckpointCallback.on_epoch_begin

    def interrupt(self: Any, epoch: int, logs: Any = None) -> None:
        if epoch == 2:
            raise KeyboardInterrupt
        begin(self, epoch, logs)

    with pytest.MonkeyPatch.context() as patch:
        for key, value in environment(root).items():
            patch.setenv(key, value)
        offer_few(small, patch)
        patch.setattr(checkpoints.CheckpointCallback, "on_epoch_begin", interrupt)
        RunStore().create(dataclasses.replace(CONFIG, epochs=4), "mine")
        assert main(["train", "--resume", "mine"]) == 130
    return root / "mine"


@pytest.fixture
def interrupted(store: RunStore, stopped: Path) -> Path:
    """The folder of a training in the store that was stopped in its third epoch."""
    folder = shutil.copytree(stopped, store.path("mine"))
    assert store.open("mine").status == "stopped"
    return folder


@pytest.mark.usefixtures("few")
def test_a_stopped_training_becomes_a_run_of_its_best_epoch(store: RunStore, interrupted: Path) -> None:
    history = read_epochs(interrupted)
    assert main(["train", "--resume", "mine", "--finish"]) == 0
    run = store.open("mine")
    assert (run.epochs, run.best_epoch) == (2, best_epoch(history).epoch)
    assert read_history(run) == history


@pytest.mark.usefixtures("few")
def test_without_an_epoch_there_is_nothing_to_make_a_run_of(
    store: RunStore, capsys: pytest.CaptureFixture[str]
) -> None:
    store.create(CONFIG, "mine")
    assert main(["train", "--resume", "mine", "--finish"]) == 2
    assert "No epoch is finished yet" in capsys.readouterr().err
    assert store.open("mine").status == "failed"


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize(
    ("pattern", "does", "arguments"),
    [
        ("epoch-*", "delete", []),
        ("epoch-*", "truncate", []),
        ("best-*", "delete", ["--finish"]),
        ("best-*", "truncate", ["--finish"]),
        (CONFIG_FILE, "resize", []),
        (CONFIG_FILE, "resize", ["--finish"]),
        (CONFIG_FILE, "rename", ["--finish"]),
    ],
)
def test_a_training_whose_files_do_not_belong_together_says_which(
    store: RunStore,
    interrupted: Path,
    pattern: str,
    does: str,
    arguments: list[str],
) -> None:
    (file,) = interrupted.glob(pattern)
    content = file.read_bytes()
    if does == "delete":
        file.unlink()
    elif does == "truncate":
        file.write_bytes(content[: len(content) // 2])
    else:
        file.write_bytes(content.replace(b"dense-128", b"dense-64" if does == "resize" else b"convent"))
    assert main(["train", "--resume", "mine", *arguments]) == 2
    found = store.open("mine")
    assert (found.status, len(found.history)) == ("failed", 2)
    assert "train anew" in found.progress.reason
    assert "bug" not in found.progress.reason


def test_what_an_epoch_leaves_is_the_latest_and_the_best(interrupted: Path) -> None:
    best = best_epoch(read_epochs(interrupted)).epoch
    files = {file.name for file in interrupted.iterdir() if file.suffix in (".h5", ".npz")}
    assert files == {"epoch-002.weights.h5", f"best-{best:03d}.npz"}


@pytest.mark.parametrize(
    ("shares", "mixed"),
    [
        ("corrections=0.1", {"corrections": 0.1, "mnist": 0.54, "pen": 0.36}),
        ("corrections=0.1, pen=0", {"corrections": 0.1, "pen": 0.0, "mnist": 0.9}),
        ("mnist=1", {"mnist": 1.0}),
    ],
)
def test_shares_that_are_not_given_keep_their_proportions(shares: str, mixed: dict[str, float]) -> None:
    assert _mixed({"mnist": 0.6, "pen": 0.4}, shares) == pytest.approx(mixed)


@pytest.mark.parametrize(
    "shares", ["", "corrections", "corrections=much", "corrections=1.5", "chalk=0.1", "mnist=nan"]
)
def test_shares_that_make_no_sense_are_refused(shares: str) -> None:
    with pytest.raises(SystemExit):
        main(["train", "dense-128", "--shares", shares])
