"""Networks by preset name. Each takes (N, 28, 28) float32, 1 = ink, and gives (N, 10) probabilities."""

from __future__ import annotations

from collections.abc import Callable

import keras
from keras import layers

from mnist_app.ink.canonical import SIZE


def build(preset: str) -> keras.Model:
    """A fresh, uncompiled network. Raises KeyError for a preset that has none."""
    return _BUILDERS[preset]()


def _dense(*units: int) -> keras.Model:
    hidden = [layers.Dense(n, activation="relu") for n in units]
    return keras.Sequential(
        [
            keras.Input((SIZE, SIZE)),  # (N, 28, 28)
            layers.Flatten(),  # (N, 784)
            *hidden,  # (N, 128)
            layers.Dense(10, activation="softmax"),  # (N, 10)
        ]
    )


def _convnet() -> keras.Model:
    """Three pairs of 3×3 convolutions, each pair at half the resolution of the one before."""
    inputs = keras.Input((SIZE, SIZE))
    x = layers.Reshape((SIZE, SIZE, 1))(inputs)
    for stage, filters in enumerate((24, 48, 96)):  # (N, 28, 28, 24) → (N, 14, 14, 48) → (N, 7, 7, 96)
        if stage:
            x = layers.MaxPooling2D()(x)
        for _ in range(2):
            x = layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
            x = layers.BatchNormalization()(x)
            x = layers.ReLU()(x)
    x = layers.GlobalAveragePooling2D()(x)  # (N, 96)
    x = layers.Dropout(0.2)(x)
    return keras.Model(inputs, layers.Dense(10, activation="softmax")(x))  # (N, 10)


_BUILDERS: dict[str, Callable[[], keras.Model]] = {
    "dense-128": lambda: _dense(128),
    "dense-128-128": lambda: _dense(128, 128),
    "convnet": _convnet,
}
