"""The trainings that have a name. No keras here, so that listing them costs nothing."""

from __future__ import annotations

from mnist_app.domain import TrainConfig

PRESETS: dict[str, TrainConfig] = {
    # The two dense networks that MNIST notebooks train, with their own recipes.
    "dense-128": TrainConfig("dense-128", epochs=5, batch_size=64, one_hot=True),
    "dense-128-128": TrainConfig("dense-128-128", epochs=15, batch_size=32),
    "convnet": TrainConfig(
        "convnet",
        epochs=24,
        batch_size=128,
        learning_rate=3e-3,
        validation_share=1 / 12,  # 5,000 images
        augment=True,
        cosine_decay=True,
        weight_decay=1e-2,
    ),
}
