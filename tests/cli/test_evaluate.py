from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path

import pytest

from mnist_app.cli import main
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
