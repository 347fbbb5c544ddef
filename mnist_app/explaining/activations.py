"""What each layer of a served model makes of one image, by LiteRT: the same file gives the same numbers."""

from __future__ import annotations

import threading
from dataclasses import dataclass

import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType

from mnist_app.domain import DIGITS, FloatArray
from mnist_app.ink.canonical import SIZE

_CHUNK = 64  # images an invocation


@dataclass(frozen=True)
class Activations:
    """One image on its way through a model.

    `layers` are the maps of each convolution and pooling, (height, width, channels) float32, by name.
    `features` are what the head judges: (K,) float32. `weights` (10, K) and `bias` (10,) are the head, so
    that `weights @ features + bias` are the logits of the digits.
    """

    layers: dict[str, FloatArray]
    features: FloatArray
    weights: FloatArray
    bias: FloatArray

    @property
    def logits(self) -> FloatArray:
        """(10,) float32, whose softmax is the model's probabilities."""
        return self.weights @ self.features + self.bias


class Inspector:
    """A served model that shows its inside; safe to share between threads."""

    def __init__(self, model: bytes) -> None:
        """Load a model from the content of its file, which a Classifier has accepted before."""
        self._lock = threading.Lock()
        # XNNPACK, which serves, keeps no intermediate tensors; the plain kernels do.
        self._interpreter = Interpreter(
            model_content=model,
            num_threads=1,
            experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
            experimental_preserve_all_tensors=True,
        )
        self._entry = self._interpreter.get_input_details()[0]["index"]
        self._resize(1)
        # Weights are stored in float16, and become float32 tensors like all others.
        shapes = {
            tensor["index"]: tuple(tensor["shape"].tolist())
            for tensor in self._interpreter.get_tensor_details()
            if tensor["dtype"] is np.float32
        }
        heads = [index for index, shape in shapes.items() if len(shape) == 2 and shape[0] == len(DIGITS)]
        self._weights = max(heads)
        self._bias = next(index for index, shape in shapes.items() if shape == (len(DIGITS),))
        self._units = shapes[self._weights][1]
        self._features = max(index for index, shape in shapes.items() if shape == (1, self._units))
        self._maps = [i for i, s in shapes.items() if len(s) == 4 and s[0] == 1 and s[3] > 1]

    def activations(self, image: FloatArray) -> Activations:
        """Return what a (28, 28) float32 image, 1 = ink, becomes in each layer."""
        with self._lock:
            self._invoke(image[None])
            maps = [self._interpreter.get_tensor(index)[0] for index in self._maps]
            features = self._interpreter.get_tensor(self._features)[0]
            weights, bias = map(self._interpreter.get_tensor, (self._weights, self._bias))
        return Activations(_named(maps), features, weights, bias)

    def features(self, images: FloatArray) -> FloatArray:
        """Return what the head judges of (N, 28, 28) images: (N, K) float32."""
        chunks = [np.zeros((0, self._units), np.float32)]
        with self._lock:
            for start in range(0, len(images), _CHUNK):
                self._invoke(images[start : start + _CHUNK])
                chunks.append(self._interpreter.get_tensor(self._features))
        return np.concatenate(chunks)

    def _invoke(self, images: FloatArray) -> None:
        if len(images) != self._size:
            self._resize(len(images))
        self._interpreter.set_tensor(self._entry, np.ascontiguousarray(images, np.float32))
        self._interpreter.invoke()

    def _resize(self, size: int) -> None:
        self._interpreter.resize_tensor_input(self._entry, (size, SIZE, SIZE))
        self._interpreter.allocate_tensors()
        self._size = size


def _named(maps: list[FloatArray]) -> dict[str, FloatArray]:
    """Name convolutions and poolings in their order: a pooling halves the maps and keeps their number."""
    named: dict[str, FloatArray] = {}
    before: tuple[int, ...] = (SIZE, SIZE, 0)
    for each in maps:
        is_pooling = each.shape[0] < before[0] and each.shape[2] == before[2]
        kind = "Pooling" if is_pooling else "Convolution"
        number = 1 + sum(name.startswith(kind) for name in named)
        named[f"{kind} {number}"] = each
        before = each.shape
    return named
