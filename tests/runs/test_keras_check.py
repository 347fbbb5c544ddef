"""Models from elsewhere: anything but plain layers and weights is refused without loading it."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mnist_app.domain import PRESETS, Run
from mnist_app.learning.architectures import build, served
from mnist_app.runs import KERAS_FILE
from mnist_app.runs.keras_check import check_model
from tests.helpers.zips import zipped

Change = Callable[[dict[str, Any]], object]


@pytest.fixture
def model(tiny: Run) -> bytes:
    """The tiny run's model.keras."""
    return (tiny.path / KERAS_FILE).read_bytes()


def with_config(model: bytes, change: Change) -> bytes:
    with zipfile.ZipFile(io.BytesIO(model)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    config = json.loads(parts["config.json"])
    change(config)
    return zipped(parts | {"config.json": json.dumps(config).encode()})


def layer(module: str | None, name: str, **more: Any) -> Change:
    own = {"module": module, "class_name": name, "config": {}, "registered_name": None, **more}
    return lambda config: config["config"]["layers"].append(own)


def activation(value: Any) -> Change:
    return lambda config: config["config"]["layers"][-1]["config"].update(activation=value)


@pytest.mark.parametrize(
    "change",
    [
        layer("keras.layers", "Lambda"),
        layer("keras.layers", "TFSMLayer"),
        layer("keras.layers", "TorchModuleWrapper"),
        layer("keras.layers", "StringLookup"),
        layer("keras.layers", "Dense", registered_name="evil>Dense"),
        layer("mine", "Dense"),
        layer(None, "Dense"),
        layer("os", "system"),
        layer("keras.utils", "get_file"),
        layer("keras.layers", "__lambda__"),
        layer("keras.layers", ["Dense"]),  # type: ignore[arg-type]
        activation({"class_name": "__lambda__", "config": {"value": "4wAA"}}),
        activation({"class_name": "function", "module": "builtins", "config": "eval"}),
        activation({"module": "builtins"}),
        activation([[{"registered_name": "evil>f"}]]),
        lambda config: config.update(compile_config={"loss": {"module": "mine", "class_name": "Loss"}}),
        lambda config: config.clear(),
    ],
)
def test_a_model_that_names_more_than_plain_layers_is_refused(model: bytes, change: Change) -> None:
    with pytest.raises(ValueError, match=r"none of the layers|describes no model"):
        check_model(with_config(model, change))


def test_a_model_with_more_than_its_three_parts_is_refused(model: bytes) -> None:
    packed = io.BytesIO(model)
    with zipfile.ZipFile(packed, "a") as archive:
        archive.writestr("assets/code.py", "import os")
    with pytest.raises(ValueError, match=r"must have config\.json"):
        check_model(packed.getvalue())


@pytest.mark.parametrize("preset", PRESETS)
def test_every_preset_is_made_of_layers_that_can_be_imported(preset: str, tmp_path: Path) -> None:
    served(build(PRESETS[preset])).save(tmp_path / KERAS_FILE)
    check_model((tmp_path / KERAS_FILE).read_bytes())
