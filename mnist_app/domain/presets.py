"""The trainings that have a name. No keras here, so that listing them costs nothing."""

from __future__ import annotations

from mnist_app.domain.training import TrainConfig

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
    # What people everywhere write, and what is no digit at all.
    "world": TrainConfig(
        "world",
        epochs=40,
        batch_size=128,
        learning_rate=3e-3,
        validation_share=1 / 12,
        augment=True,
        cosine_decay=True,
        weight_decay=2e-2,
        shares={"mnist": 0.6, "pen": 0.25, "fonts": 0.05, "nondigits": 0.1},
        epoch_images=80_000,
        precision="mixed_bfloat16",
    ),
}

ABOUT = {
    "dense-128": "One hidden layer of 128 units, as MNIST notebooks begin.",
    "dense-128-128": "Two hidden layers of 128 units, as MNIST notebooks go on.",
    "convnet": "A small convolutional network, trained on MNIST alone.",
    "world": "A convolutional network for everybody's handwriting that also says when there is no digit.",
}
