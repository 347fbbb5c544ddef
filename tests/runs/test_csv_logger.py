from __future__ import annotations

import math
import os
from pathlib import Path

import numpy as np
import pytest

from mnist_app.errors import ImportRefusedError, NoModelError, RunExistsError
from mnist_app.reading.reader import Reader
from mnist_app.runs import RunStore
from mnist_app.runs.archive import export_run, keep_import, open_import
from mnist_app.runs.csv_logger import import_log, read_log
from mnist_app.runs.results import read_history

LOG = """\
epoch,accuracy,loss,val_accuracy,val_loss
0,0.90,0.40,0.93,0.25
1,0.94,0.20,0.95,0.20
2,0.96,0.15,0.95,0.18
"""


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    return RunStore(tmp_path / "models")


def test_a_log_becomes_a_run_with_curves_only(store: RunStore, tmp_path: Path) -> None:
    file = tmp_path / "log.csv"
    file.write_text(LOG)
    os.utime(file, (1_700_000_000, 1_700_000_000))
    import_log(store, file, "logged")
    run = store.open("logged")
    assert (run.config, run.parameters, run.calibration, run.preset) == (None, None, None, "")
    assert math.isnan(run.latency_ms)
    assert (run.epochs, run.best_epoch, run.seconds) == (3, 2, 0)
    assert run.metrics == {"accuracy": 0.94, "loss": 0.2, "val_accuracy": 0.95, "val_loss": 0.2}
    assert run.created.timestamp() == 1_700_000_000
    history = read_history(run)
    assert [epoch.val_loss for epoch in history] == [0.25, 0.2, 0.18]
    assert all(math.isnan(epoch.seconds) and math.isnan(epoch.learning_rate) for epoch in history)
    with pytest.raises(NoModelError):
        Reader.load(run)


def test_a_run_with_curves_only_can_be_exported_and_imported(store: RunStore, tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text(LOG)
    run = import_log(store, tmp_path / "log.csv", "logged").run
    (tmp_path / "logged.zip").write_bytes(export_run(store, run))
    again = keep_import(store, open_import(store, tmp_path / "logged.zip", "again"))
    assert (again.metrics, again.files) == (run.metrics, run.files)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_what_keras_itself_writes_is_read(tmp_path: Path, separator: str) -> None:
    import keras

    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2, activation="softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
    inputs, labels = np.eye(3, dtype=np.float32), np.array([0, 1, 0])
    callbacks = [
        keras.callbacks.LearningRateScheduler(lambda epoch: 0.1 / (epoch + 1)),
        keras.callbacks.CSVLogger(tmp_path / "log.csv", separator=separator),
    ]
    fitted = model.fit(
        inputs, labels, epochs=3, validation_data=(inputs, labels), callbacks=callbacks, verbose=0
    ).history
    history = read_log((tmp_path / "log.csv").read_text()).history
    assert [epoch.epoch for epoch in history] == [1, 2, 3]
    for name in ("loss", "accuracy", "val_loss", "val_accuracy", "learning_rate"):
        assert [getattr(epoch, name) for epoch in history] == pytest.approx(fitted[name])


@pytest.mark.parametrize("name", ["accuracy", "acc", "sparse_categorical_accuracy", "categorical_accuracy"])
def test_every_name_of_accuracy_is_known(name: str) -> None:
    (epoch,) = read_log(f"epoch,{name},loss,lr,val_{name}\n0,0.5,1.0,0.01,0.25\n").history
    assert (epoch.accuracy, epoch.val_accuracy, epoch.learning_rate) == (0.5, 0.25, 0.01)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_line_ends_and_a_byte_order_mark_do_not_matter(store: RunStore, tmp_path: Path, end: str) -> None:
    (tmp_path / "log.csv").write_bytes(b"\xef\xbb\xbf" + LOG.replace("\n", end).encode())
    assert import_log(store, tmp_path / "log.csv", "logged").run.epochs == 3


@pytest.mark.parametrize("value", ["nan", "NaN", "inf", "-inf", "NA", ""])
def test_what_is_no_finite_number_was_not_measured(value: str) -> None:
    first, second = read_log(f"epoch,loss,val_loss\n0,{value},0.5\n1,0.25,{value}\n").history
    assert math.isnan(first.loss)
    assert math.isnan(second.val_loss)
    assert (first.val_loss, second.loss) == (0.5, 0.25)


@pytest.mark.parametrize(
    ("columns", "rows", "best"),
    [
        ("accuracy,loss,val_accuracy,val_loss", ["0.5,1,0.7,2", "0.9,1,0.9,3", "0.9,0,0.9,1"], 2),
        ("accuracy,loss,val_loss", ["0.5,1,3", "0.9,0.5,1", "0.9,0.2,1"], 2),
        ("accuracy,loss,val_accuracy,val_loss", ["0.5,1,NA,3", "0.9,0.5,NA,4", "0.9,0.2,nan,2"], 3),
        ("accuracy,loss", ["0.5,0.1", "0.8,0.9", "0.7,0.5"], 2),
        ("loss", ["0.5", "nan", "0.1"], 3),
        ("loss", ["nan", "nan"], 1),
    ],
)
def test_the_best_epoch_is_the_first_with_the_best_figure_that_there_is(
    store: RunStore, tmp_path: Path, columns: str, rows: list[str], best: int
) -> None:
    lines = [f"epoch,{columns}", *(f"{number},{row}" for number, row in enumerate(rows))]
    (tmp_path / "log.csv").write_text("\n".join(lines))
    run = import_log(store, tmp_path / "log.csv", "logged").run
    assert run.best_epoch == best
    assert read_history(run)


def losses(text: str) -> list[float]:
    history = read_log(text).history
    assert [epoch.epoch for epoch in history] == list(range(1, len(history) + 1))
    return [epoch.loss for epoch in history]


def test_a_log_that_was_appended_to_goes_on() -> None:
    assert losses("epoch,loss\n0,5\n1,4\n2,3\n") == [5, 4, 3]
    assert losses("epoch,loss\n0,5\n1,4\nepoch,acc,loss\n2,0.5,3\n") == [5, 4, 3]


def test_a_training_that_was_resumed_replaces_what_it_had_lost() -> None:
    assert losses("epoch,loss\n0,5\n1,4\n2,3\n1,2\n2,1\n") == [5, 2, 1]


def test_a_second_fit_comes_behind_the_first() -> None:
    assert losses("epoch,loss\n0,5\n1,4\n0,3\n1,2\n\n2,1\n") == [5, 4, 3, 2, 1]


def test_a_last_line_that_was_cut_off_is_left_out() -> None:
    assert len(read_log(LOG + "3,0.9").history) == 3
    with pytest.raises(ValueError, match="line 2 has too few"):
        read_log("epoch,accuracy,loss\n0,0.5\n1,0.5,0.1\n")


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("", "1 to 10,000 epochs, got 0"),
        ("epoch,loss\n", "1 to 10,000 epochs, got 0"),
        ("a,b\n1,2\n", "must begin with 'epoch'"),
        ("epoch,mae\n0,1\n", "'loss' or 'accuracy'"),
        ("epoch,loss\n0,many\n", "loss on line 2 must be a number, got 'many'"),
        ("epoch,loss\nfirst,1\n", "number of an epoch, got 'first'"),
        ("epoch,loss\n-1,1\n", "number of an epoch"),
        ("epoch,accuracy\n0,97.5\n", "from 0 to 1, got 97.5"),
        ("epoch,loss\n" + "\n".join(f"{i},1" for i in range(10_001)), "got 10,001"),
        ("epoch,loss\n0," + "1" * 200_000, "field larger"),
        ("\0\xff", "must begin"),
    ],
)
def test_what_is_no_such_log_is_refused(store: RunStore, tmp_path: Path, text: str, match: str) -> None:
    (tmp_path / "log.csv").write_text(text, encoding="latin-1")
    with pytest.raises(ImportRefusedError, match=match):
        import_log(store, tmp_path / "log.csv", "logged")
    assert not store.root.exists()


def test_a_log_that_is_too_large_is_refused_unread(
    store: RunStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (tmp_path / "log.csv").open("wb") as file:
        file.truncate(2**30)
    monkeypatch.setattr(Path, "read_bytes", lambda _: pytest.fail("it was read"))
    with pytest.raises(ImportRefusedError, match="at most 4 MB"):
        import_log(store, tmp_path / "log.csv", "logged")


def test_a_log_may_be_of_any_year(store: RunStore, tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    for name, seconds in (("late", 300_000_000_000), ("early", -300_000_000)):  # of the years 11,476 and 1960
        log.write_text("epoch,loss\n0,1\n")
        os.utime(log, (seconds, seconds))
        assert 1970 <= import_log(store, log, name).run.created.year <= 9999


def test_a_taken_name_is_refused(store: RunStore, tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text(LOG)
    import_log(store, tmp_path / "log.csv", "logged")
    with pytest.raises(RunExistsError):
        import_log(store, tmp_path / "log.csv", "logged")
    assert [path.name for path in store.root.iterdir()] == ["logged"]


def test_columns_that_a_run_has_no_place_for_are_named(store: RunStore, tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text("epoch,loss,mae,val_loss,f1\n0,1,2,3,4\n")
    assert import_log(store, tmp_path / "log.csv", "logged").left_out == ("mae", "f1")
    assert read_log(LOG).left_out == ()


def test_a_loss_may_be_negative_or_huge_and_an_accuracy_rounded_above_one(
    store: RunStore, tmp_path: Path
) -> None:
    (tmp_path / "log.csv").write_text("epoch,loss,val_loss,val_accuracy\n0,-1.5,1e300,1.0000001\n")
    import_log(store, tmp_path / "log.csv", "logged")
    run = store.open("logged")
    assert run.metrics == {"loss": -1.5, "val_loss": 1e300, "val_accuracy": 1.0}
