"""Check the parts of a model.keras without loading it.

Keras builds whatever a file names, and its safe mode has been bypassed again and again. So the file is read
as a zip with JSON in it, and everything that it names must be on a list.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mnist_app.runs.decoding import decode_json
from mnist_app.runs.safe_zip import unzip

_CONFIG, _WEIGHTS, _METADATA = "config.json", "model.weights.h5", "metadata.json"
_HDF5 = b"\x89HDF\r\n\x1a\n"  # how such a file begins
_NAMING = ("module", "class_name", "registered_name")
_INITIALIZERS = """
Constant GlorotNormal GlorotUniform HeNormal HeUniform Ones RandomNormal RandomUniform TruncatedNormal Zeros
"""
# Layers that compute and do nothing else: none that runs code of its own, reads files or wraps other models.
_LAYERS = """
Activation Add AveragePooling2D BatchNormalization Concatenate Conv2D Dense DepthwiseConv2D Dropout Flatten
GlobalAveragePooling2D GlobalMaxPooling2D InputLayer LayerNormalization MaxPooling2D ReLU Reshape
SeparableConv2D Softmax ZeroPadding2D
"""
_KNOWN: dict[str | None, set[str]] = {
    "keras": {"DTypePolicy", "Functional", "Sequential"},
    "keras.src.models.functional": {"Functional"},
    None: {"__keras_tensor__"},
    "keras.initializers": set(_INITIALIZERS.split()),
    "keras.layers": set(_LAYERS.split()),
}


def check_model(content: bytes) -> None:
    """Check that a model.keras is plain layers and weights. Raises ValueError."""
    parts = unzip(content)
    if set(parts) != {_CONFIG, _WEIGHTS, _METADATA}:
        raise ValueError(f"it must have {_CONFIG}, {_METADATA} and {_WEIGHTS}, got {sorted(parts)!r:.80}")
    if not parts[_WEIGHTS].startswith(_HDF5):
        raise ValueError(f"{_WEIGHTS} is no HDF5 file")
    if not isinstance(decode_json(parts[_METADATA], Any), dict):
        raise ValueError(f"{_METADATA} describes nothing")
    named = list(_named(decode_json(parts[_CONFIG], Any)))
    if not named:
        raise ValueError(f"{_CONFIG} describes no model")
    for what in named:
        module, name, registered = (what.get(key) for key in _NAMING)
        is_text = all(part is None or isinstance(part, str) for part in (module, name))
        if not (is_text and name in _KNOWN.get(module, ()) and registered in (None, name)):
            shown = ".".join(str(part) for part in (module, name) if part is not None)
            raise ValueError(f"it names {shown!r:.80}, which is none of the layers that a model may have")


def _named(config: Any) -> Iterator[dict[str, Any]]:
    """Yield everything in a model's description that Keras would build."""
    waiting = [config]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            if any(key in value for key in _NAMING):
                yield value
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
