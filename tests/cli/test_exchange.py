from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from mnist_app.runs import SERVED_FILE, RunStore
from tests.conftest import TINY_CONFIG
from tests.helpers.shell import LOG, Shell, state_of
from tests.helpers.zips import with_file, zipped


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
