from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mnist_app.cli import main
from mnist_app.domain import Split
from mnist_app.learning import finishing
from mnist_app.learning.data import mnist, test_sets
from mnist_app.learning.data.mnist import Dataset
from mnist_app.learning.data.test_sets import MNIST
from mnist_app.runs import RunStore
from mnist_app.runs.image_sets import SetStore
from mnist_app.runs.results import read_scores


def test_train_and_evaluate_end_to_end(
    small: Dataset,
    kept: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("MNIST_APP_MODELS", str(tmp_path))
    monkeypatch.setattr(mnist, "load_mnist", lambda _: small)
    monkeypatch.setattr(test_sets, "load_test_sets", lambda mnist, _: ({MNIST: mnist}, ["fonts: no npm"]))
    options = "--epochs 2 --batch-size 100 --learning-rate 0.002 --seed 7 --name mine --data anywhere"
    assert main(["train", "dense-128", *options.split()]) == 0
    run = RunStore(tmp_path).open("mine")
    config = run.config
    assert config
    assert (config.epochs, config.batch_size, config.learning_rate, config.seed) == (2, 100, 0.002, 7)
    assert "Not scored: fonts: no npm" in capsys.readouterr().err
    assert main(["evaluate", "mine", "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["accuracy"] == pytest.approx(run.metrics["test_accuracy"])
    assert result["loss"] == pytest.approx(run.metrics["test_loss"], rel=1e-3)
    assert sum(map(sum, result["confusion"])) == len(small.test)
    assert len(result["per_digit"]) == 10
    assert SetStore(kept).has(small.test.digest)
    stored = dataclasses.asdict(read_scores(run)[0])
    del stored["bins"]
    assert result["sets"][0] == pytest.approx(stored, abs=1e-4)
    assert main(["evaluate", "mine"]) == 0
    table = capsys.readouterr().out
    assert f"accuracy {result['accuracy']:.2%}" in table
    assert re.search(rf"^MNIST test +1,000 +{result['accuracy']:.2%} ", table, re.MULTILINE)
    assert main(["train", "dense-128", "--name", "mine"]) == 2
    assert "exists" in capsys.readouterr().err


def test_without_data_the_error_says_where_it_looked(
    clean_environment: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", "dense-128", "--data", str(clean_environment)]) == 2
    assert "MNIST_APP_DATA" in capsys.readouterr().err


def test_an_interrupted_training_says_how_it_goes_on_and_does(
    small: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setenv("MNIST_APP_MODELS", str(tmp_path))
    monkeypatch.setattr(mnist, "load_mnist", lambda _: small)
    monkeypatch.setattr(test_sets, "load_test_sets", lambda mnist, _: ({MNIST: mnist}, []))
    with monkeypatch.context() as patch:
        patch.setattr(finishing, "export", interrupt)
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


def test_a_preview_is_a_picture_of_what_is_trained_on(
    small: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(mnist, "load_mnist", lambda _: small)
    file = tmp_path / "sheet.png"
    assert main(["data", "preview", "convnet", "--output", str(file)]) == 0
    assert capsys.readouterr().out == f"{file}\n"
    assert np.asarray(Image.open(file)).std() > 30
    assert main(["data", "preview", "convnet", "--output", str(tmp_path / "no" / "sheet.png")]) == 2
    assert "cannot be written" in capsys.readouterr().err


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


@pytest.mark.parametrize(
    "arguments",
    [
        ["train", "unknown"],
        ["train", "convnet", "--epochs", "0"],
        ["train", "convnet", "--epochs", "2.5"],
        ["train", "convnet", "--learning-rate", "nan"],
        ["train", "convnet", "--learning-rate", "-1"],
        ["train", "convnet", "--seed", "-1"],
        ["train", "convnet", "--seed", "abc"],
        ["train", "convnet", "--learning-rate", "inf"],
        ["train", "convnet", "--ema", "1"],
        ["train", "convnet", "--resume", "mine"],
        ["train"],
        ["tune", "convnet", "--trials", "0"],
        ["data"],
        ["read"],
        [],
    ],
)
def test_wrong_arguments_are_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert "Traceback" not in (error := capsys.readouterr().err)
    assert "_seed" not in error
