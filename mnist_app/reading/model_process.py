"""Run a served model once, in a process that `model_check` starts: a damaged one may end it.

    python model_process.py SECONDS MAX_MEMORY SIDE IMAGES < model.tflite

Run by its path, with nothing but LiteRT: importing the package would take longer.
"""

from __future__ import annotations

import sys

import numpy as np
from ai_edge_litert.interpreter import Interpreter

if sys.platform != "win32":
    import resource


def main(seconds: str, max_memory: str, side: str, images: str) -> None:
    """Load a model of standard input as `Classifier` does, and run it on one image and on several."""
    if sys.platform != "win32":
        resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds)))
        resource.setrlimit(resource.RLIMIT_AS, (int(max_memory), int(max_memory)))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    interpreter = Interpreter(model_content=sys.stdin.buffer.read(), num_threads=1)
    entry = interpreter.get_input_details()[0]
    output = interpreter.get_output_details()[0]["index"]
    if tuple(entry["shape_signature"][1:]) != (int(side), int(side)):
        return  # the classifier will say so, and run nothing
    for count in (1, int(images), 1):
        interpreter.resize_tensor_input(entry["index"], (count, int(side), int(side)))
        interpreter.allocate_tensors()
        for ink in (0, 1):
            interpreter.set_tensor(entry["index"], np.full((count, int(side), int(side)), ink, np.float32))
            interpreter.invoke()
            interpreter.get_tensor(output)


if __name__ == "__main__":
    main(*sys.argv[1:])
