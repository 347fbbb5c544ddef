"""Networks by preset name. Each takes (N, 28, 28) float32, 1 = ink, and gives (N, 10) probabilities.

Where non-digits are learned it gives two things by name: DIGIT, (N, 10), which digit it is if it is one, and
IS_DIGIT, (N, 1).
"""

from __future__ import annotations

from collections.abc import Callable

import keras
from keras import layers

from mnist_app.domain import TrainConfig
from mnist_app.ink.canonical import SIZE

DIGIT, IS_DIGIT = "digit", "is_digit"
MOMENTUM = 0.9  # of the moving statistics: of the last ten batches, not the last hundred


def build(config: TrainConfig) -> keras.Model:
    """A fresh, uncompiled network: `convnet`, `world`, or `dense-N-M…` with hidden layers of N, M … units.

    Raises KeyError for any other name.
    """
    inputs = keras.Input((SIZE, SIZE))
    x = _features(config.preset)(inputs)
    digit = layers.Dense(10, activation="softmax", dtype="float32", name=DIGIT)(x)  # (N, 10)
    if not config.learns_non_digits:
        return keras.Model(inputs, digit)
    written = layers.Dense(1, activation="sigmoid", dtype="float32", name=IS_DIGIT)(x)  # (N, 1)
    return keras.Model(inputs, {DIGIT: digit, IS_DIGIT: written})


def _features(preset: str) -> Callable[[keras.KerasTensor], keras.KerasTensor]:
    kind, *units = preset.split("-")
    if kind == "dense" and units and all(u.isdecimal() and int(u) > 0 for u in units):
        return lambda inputs: _dense(inputs, [int(u) for u in units])
    return _FEATURES[preset]


def served(model: keras.Model) -> keras.Model:
    """The network with one output: (N, 10) probabilities, and behind them, if it has that head, IS_DIGIT."""
    if len(model.outputs) == 1:
        return model
    outputs = layers.Concatenate(dtype="float32")([model.output[DIGIT], model.output[IS_DIGIT]])  # (N, 11)
    return keras.Model(model.input, outputs)


def apply_temperature(model: keras.Model, temperature: float) -> None:
    """Divide the logits of the digits by a temperature, for good: softmax((Wx + b) / T)."""
    head = model.get_layer(DIGIT)
    head.set_weights([weights / temperature for weights in head.get_weights()])


def _dense(x: keras.KerasTensor, units: list[int]) -> keras.KerasTensor:
    """Hidden layers one after another, as MNIST notebooks have them."""
    x = layers.Flatten()(x)  # (N, 784)
    for n in units:
        x = layers.Dense(n, activation="relu")(x)  # (N, n)
    return x


def _convnet(x: keras.KerasTensor) -> keras.KerasTensor:
    """Three pairs of 3×3 convolutions, each pair at half the resolution of the one before."""
    # (N, 28, 28, 24) → (N, 14, 14, 48) → (N, 7, 7, 96) → (N, 96)
    return layers.Dropout(0.2)(_stages(x, filters=(24, 48, 96), depths=(2, 2, 2)))


def _world(x: keras.KerasTensor) -> keras.KerasTensor:
    """Wider and deeper than `convnet`."""
    # (N, 28, 28, 32) → (N, 14, 14, 64) → (N, 7, 7, 128) → (N, 128)
    return layers.Dropout(0.2)(_stages(x, filters=(32, 64, 128), depths=(2, 3, 3)))


def _stages(
    inputs: keras.KerasTensor, filters: tuple[int, ...], depths: tuple[int, ...]
) -> keras.KerasTensor:
    """3×3 convolutions in stages, each at half the resolution of the last, then the mean of each map."""
    x = layers.Reshape((SIZE, SIZE, 1))(inputs)
    for stage, (width, depth) in enumerate(zip(filters, depths, strict=True)):
        if stage:
            x = layers.MaxPooling2D()(x)
        for _ in range(depth):
            x = layers.Conv2D(width, 3, padding="same", use_bias=False)(x)
            x = layers.BatchNormalization(momentum=MOMENTUM)(x)
            x = layers.ReLU()(x)
    return layers.GlobalAveragePooling2D()(x)


_FEATURES: dict[str, Callable[[keras.KerasTensor], keras.KerasTensor]] = {
    "convnet": _convnet,
    "world": _world,
}
