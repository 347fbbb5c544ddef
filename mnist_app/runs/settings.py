"""A training's settings, as its folder's config.json states them."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mnist_app.domain import TrainConfig
from mnist_app.errors import RunError

CONFIG_FILE = "config.json"
_KNOWN = {field.name for field in dataclasses.fields(TrainConfig)}


def settings_as_bytes(config: TrainConfig) -> bytes:
    """The content of a config.json."""
    return (json.dumps(dataclasses.asdict(config), indent=2) + "\n").encode()


def changed(config: TrainConfig, changes: Mapping[str, Any]) -> TrainConfig:
    """Other settings than a config has. Raises RunError where one makes no sense."""
    try:
        return dataclasses.replace(config, **changes)
    except ValueError as error:
        raise RunError(f"This can't be trained: {error}.") from None


def read_settings(folder: Path) -> TrainConfig:
    """The settings in a training's folder. Raises RunError where they are none, or FileNotFoundError."""
    file = folder / CONFIG_FILE
    try:
        raw = json.loads(file.read_bytes())
        if unknown := sorted(set(raw) - _KNOWN):
            raise ValueError(f"this version of the app knows no {', '.join(unknown)}, a newer one may")
        return TrainConfig(**raw)
    except FileNotFoundError:
        if not folder.exists():
            raise
        why = "it is not there"
    except (OSError, ValueError, TypeError, AttributeError, RecursionError) as error:
        why = f"{error!s:.120}"
    raise RunError(f"{file} cannot be read: {why}. Put it right, or delete the training and train anew.")
