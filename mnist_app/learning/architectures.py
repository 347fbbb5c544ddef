"""Networks by preset name. Each takes (N, 28, 28) float32, 1 = ink, and gives (N, 10) probabilities.

A network that learns non-digits has two named outputs: DIGIT, (N, 10), which digit it is if it is one, and
IS_DIGIT, (N, 1).
"""

from __future__ import annotations

import keras
from keras import layers

from mnist_app.domain import DIGITS, TrainConfig
from mnist_app.errors import RunError
from mnist_app.ink.canonical import SIZE

DIGIT, IS_DIGIT = "digit", "is_digit"
MOMENTUM = 0.9  # of the moving statistics: of the last ten batches, not the last hundred


def build(config: TrainConfig) -> keras.Model:
    """Build an uncompiled network: `convnet`, `world`, or `dense-N-M…` with hidden layers of N, M … units.

    Raises RunError for any other name.
    """
    inputs = keras.Input((SIZE, SIZE))
    kind, *units = config.preset.split("-")
    if kind == "dense" and units and all(u.isdecimal() and int(u) > 0 for u in units):
        x = layers.Flatten()(inputs)  # (N, 784)
        for u in units:
            x = layers.Dense(int(u), activation="relu")(x)  # (N, u)
    elif config.preset in CONVOLUTIONAL:
        x = CONVOLUTIONAL[config.preset](inputs)
    else:
        raise RunError(
            f"There is no network named {config.preset!r:.60}. Put the preset right, or train anew."
        )
    digit = layers.Dense(len(DIGITS), activation="softmax", dtype="float32", name=DIGIT)(x)  # (N, 10)
    if not config.learns_non_digits:
        return keras.Model(inputs, digit)
    is_digit = layers.Dense(1, activation="sigmoid", dtype="float32", name=IS_DIGIT)(x)  # (N, 1)
    return keras.Model(inputs, {DIGIT: digit, IS_DIGIT: is_digit})


def served(model: keras.Model) -> keras.Model:
    """Join the outputs to one: (N, 10) probabilities, or (N, 11) with IS_DIGIT behind them."""
    if len(model.outputs) == 1:
        return model
    outputs = layers.Concatenate(dtype="float32")([model.output[DIGIT], model.output[IS_DIGIT]])  # (N, 11)
    return keras.Model(model.input, outputs)


def apply_temperature(model: keras.Model, temperature: float) -> None:
    """Divide the logits of the digits by a temperature, for good: softmax((Wx + b) / T)."""
    head = model.get_layer(DIGIT)
    head.set_weights([weights / temperature for weights in head.get_weights()])


def convolutions(
    inputs: keras.KerasTensor, filters: tuple[int, ...], depths: tuple[int, ...]
) -> keras.KerasTensor:
    """Stack 3×3 convolutions in stages, each at half the resolution of the last, then average each map."""
    x = layers.Reshape((SIZE, SIZE, 1))(inputs)
    for stage, (width, depth) in enumerate(zip(filters, depths, strict=True)):
        if stage:
            x = layers.MaxPooling2D()(x)
        for _ in range(depth):
            x = layers.Conv2D(width, 3, padding="same", use_bias=False)(x)
            x = layers.BatchNormalization(momentum=MOMENTUM)(x)
            x = layers.ReLU()(x)
    return layers.Dropout(0.2)(layers.GlobalAveragePooling2D()(x))


CONVOLUTIONAL = {
    # (N, 28, 28, 24) → (N, 14, 14, 48) → (N, 7, 7, 96) → (N, 96)
    "convnet": lambda x: convolutions(x, filters=(24, 48, 96), depths=(2, 2, 2)),
    # (N, 28, 28, 32) → (N, 14, 14, 64) → (N, 7, 7, 128) → (N, 128)
    "world": lambda x: convolutions(x, filters=(32, 64, 128), depths=(2, 3, 3)),
}
