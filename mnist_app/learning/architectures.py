"""Networks by preset name. Each takes (N, 28, 28) float32, 1 = ink, and gives (N, 10) probabilities.

A network that learns non-digits has two named outputs: DIGIT, (N, 10), which digit it is if it is one, and
KIND, (N, 13): the probabilities of a digit, of something else, and of each sign.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import keras
from keras import layers

from mnist_app.domain import DIGITS, SIGNS, TrainConfig
from mnist_app.errors import RunError
from mnist_app.ink.canonical import SIZE

DIGIT, KIND = "digit", "kind"
KINDS = 2 + len(SIGNS)  # a digit, something else, and each sign
MOMENTUM = 0.9  # of the moving statistics: of the last ten batches, not the last hundred


def build(config: TrainConfig, fused: bool = False) -> keras.Model:
    """Build an uncompiled network: `convnet`, `world`, or `dense-N-M…` with hidden layers of N, M … units.

    With `fused` it normalizes batches as fast as TensorFlow can; the weights are the same, but it is for
    training only. Raises RunError for any other name.
    """
    inputs = keras.Input((SIZE, SIZE))
    kind, *units = config.preset.split("-")
    if kind == "dense" and units and all(u.isdecimal() and int(u) > 0 for u in units):
        x = layers.Flatten()(inputs)  # (N, 784)
        for u in units:
            x = layers.Dense(int(u), activation="relu")(x)  # (N, u)
    elif config.preset in CONVOLUTIONAL:
        x = CONVOLUTIONAL[config.preset](
            inputs, FusedBatchNormalization if fused else layers.BatchNormalization
        )
    else:
        raise RunError(
            f"There is no network named {config.preset!r:.60}. Put the preset right, or train anew."
        )
    digit = layers.Dense(len(DIGITS), activation="softmax", dtype="float32", name=DIGIT)(x)  # (N, 10)
    if not config.learns_non_digits:
        return keras.Model(inputs, digit)
    kind = layers.Dense(KINDS, activation="softmax", dtype="float32", name=KIND)(x)  # (N, 13)
    return keras.Model(inputs, {DIGIT: digit, KIND: kind})


def served(model: keras.Model) -> keras.Model:
    """Join the outputs to one: (N, 10) probabilities, or (N, 23) with KIND's behind them."""
    if len(model.outputs) == 1:
        return model
    outputs = layers.Concatenate(dtype="float32")([model.output[DIGIT], model.output[KIND]])  # (N, 23)
    return keras.Model(model.input, outputs)


def apply_temperature(model: keras.Model, output: str, temperature: float) -> None:
    """Divide the logits of an output by a temperature, for good: softmax((Wx + b) / T)."""
    head = model.get_layer(output)
    head.set_weights([weights / temperature for weights in head.get_weights()])


def convolutions(
    inputs: keras.KerasTensor,
    normalization: type[layers.Layer],
    filters: tuple[int, ...],
    depths: tuple[int, ...],
) -> keras.KerasTensor:
    """Stack 3×3 convolutions in stages, each at half the resolution of the last, then average each map."""
    x = layers.Reshape((SIZE, SIZE, 1))(inputs)
    for stage, (width, depth) in enumerate(zip(filters, depths, strict=True)):
        if stage:
            x = layers.MaxPooling2D()(x)
        for _ in range(depth):
            x = layers.Conv2D(width, 3, padding="same", use_bias=False)(x)
            x = normalization(momentum=MOMENTUM)(x)
            x = layers.ReLU()(x)
    return layers.Dropout(0.2)(layers.GlobalAveragePooling2D()(x))


class FusedBatchNormalization(layers.BatchNormalization):
    """Batch normalization of images by TensorFlow's one operation for it, which takes a third off a step.

    Keras normalizes by several operations. With a backend other than TensorFlow this is Keras's layer.
    """

    def call(
        self, inputs: keras.KerasTensor, training: bool | None = None, mask: Any = None
    ) -> keras.KerasTensor:
        """Normalize (N, H, W, C) images, and in training count their statistics."""
        if not training or keras.backend.backend() != "tensorflow":
            return super().call(inputs, training=training, mask=mask)
        import tensorflow as tf

        scale, offset = (tf.cast(weights, tf.float32) for weights in (self.gamma, self.beta))
        outputs, mean, variance, *_ = tf.raw_ops.FusedBatchNormV3(
            x=inputs, scale=scale, offset=offset, mean=[], variance=[], epsilon=self.epsilon
        )
        for moving, new in ((self.moving_mean, mean), (self.moving_variance, variance)):
            moving.assign(moving * self.momentum + new * (1 - self.momentum))
        return outputs


CONVOLUTIONAL: dict[str, Callable[..., keras.KerasTensor]] = {
    # (N, 28, 28, 24) → (N, 14, 14, 48) → (N, 7, 7, 96) → (N, 96)
    "convnet": partial(convolutions, filters=(24, 48, 96), depths=(2, 2, 2)),
    # (N, 28, 28, 32) → (N, 14, 14, 80) → (N, 7, 7, 160) → (N, 160)
    "world": partial(convolutions, filters=(32, 80, 160), depths=(2, 3, 3)),
}
