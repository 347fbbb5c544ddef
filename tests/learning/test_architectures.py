from __future__ import annotations

import keras
import numpy as np
import pytest

from mnist_app.domain import PRESETS, TrainConfig
from mnist_app.errors import RunError
from mnist_app.learning.architectures import FusedBatchNormalization, build


@pytest.mark.parametrize(("name", "units"), [("dense-32", [32]), ("dense-64-16-8", [64, 16, 8])])
def test_dense_networks_have_the_layers_that_their_names_say(name: str, units: list[int]) -> None:
    network = build(TrainConfig(name, 1, 32)).layers
    assert [layer.units for layer in network if hasattr(layer, "units")] == [*units, 10]


@pytest.mark.parametrize("name", ["dense", "dense-x", "dense-0", "dense--5", "resnet"])
def test_a_network_of_another_name_is_refused(name: str) -> None:
    with pytest.raises(RunError, match="no network named"):
        build(TrainConfig(name, 1, 32))


def test_dense_presets_are_the_notebooks_networks() -> None:
    for preset, units in (("dense-128", [128, 10]), ("dense-128-128", [128, 128, 10])):
        network = build(PRESETS[preset]).layers
        dense = [layer.units for layer in network if isinstance(layer, keras.layers.Dense)]
        assert dense == units
    assert PRESETS["dense-128"] == TrainConfig("dense-128", 5, 64, validation_share=0.2, one_hot=True)
    assert PRESETS["dense-128-128"] == TrainConfig("dense-128-128", 15, 32, validation_share=0.2)


def test_fused_batches_are_normalized_as_keras_does() -> None:
    images = np.random.default_rng(0).normal(3, 2, (16, 8, 8, 4)).astype(np.float32)
    plain, fused = keras.layers.BatchNormalization(momentum=0.9), FusedBatchNormalization(momentum=0.9)
    for training, tolerance in ((True, 1e-4), (False, 0.01)):
        expected, found = (np.asarray(layer(images, training=training)) for layer in (plain, fused))
        assert np.allclose(found, expected, atol=tolerance)
    # The one operation counts the variance of a sample: 1/1,023 more of these.
    for expected, found in zip(plain.get_weights(), fused.get_weights(), strict=True):
        assert np.allclose(found, expected, rtol=2e-3)
    assert np.asarray(fused.moving_mean).mean() > 0.2
