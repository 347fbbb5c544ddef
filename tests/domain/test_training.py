from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from mnist_app.domain import PRESETS


@pytest.mark.parametrize("name", ["epochs", "learning_rate", "seed", "weight_decay", "epoch_images", "ema"])
@pytest.mark.parametrize("value", [10**400, -(10**400), float("nan"), float("inf"), "1", None, True, []])
def test_a_setting_that_is_no_sensible_number_is_a_value_error(name: str, value: Any) -> None:
    with pytest.raises(ValueError, match=name):
        dataclasses.replace(PRESETS["convnet"], **{name: value})


@pytest.mark.parametrize("share", [10**400, float("nan"), "1", None])
def test_a_share_that_is_no_sensible_number_is_a_value_error(share: Any) -> None:
    with pytest.raises(ValueError, match="shares must"):
        dataclasses.replace(PRESETS["convnet"], shares={"mnist": share})
