"""The command line: parse, call, print. The only place beside the pages where errors become messages."""

from __future__ import annotations

import argparse
import dataclasses
import math
import os
import sys
from collections.abc import Callable, Sequence

from mnist_app.errors import MnistAppError
from mnist_app.learning.presets import PRESETS
from mnist_app.runs import RunStore

EXIT_UNREADABLE = 2
EXIT_INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. Returns the exit status: 0, 2 for what can't be done, 130 for Ctrl-C."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.command(options))
    except MnistAppError as error:
        print(error, file=sys.stderr)
        return EXIT_UNREADABLE
    except KeyboardInterrupt:
        print("\nStopped. Nothing was saved.", file=sys.stderr)
        return EXIT_INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m mnist_app", description="Read handwritten digits.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    train = commands.add_parser("train", help="train a preset and save it as a run")
    train.add_argument("preset", choices=PRESETS)
    train.add_argument("--epochs", type=_positive(int))
    train.add_argument("--batch-size", type=_positive(int))
    train.add_argument("--learning-rate", type=_positive(float))
    train.add_argument("--seed", type=int)
    train.add_argument("--name", help="the run's name; the preset's, or the next free one, if left out")
    train.add_argument("--data", metavar="PATH", help="mnist.npz, or a folder with it or with the IDX files")
    train.set_defaults(command=_train)
    return parser


def _train(options: argparse.Namespace) -> int:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # before TensorFlow is imported: its start-up chatter
    store = RunStore()
    name = options.name or store.free_name(options.preset)
    store.claim(name)
    given = ("epochs", "batch_size", "learning_rate", "seed")
    changes = {key: getattr(options, key) for key in given if getattr(options, key) is not None}
    config = dataclasses.replace(PRESETS[options.preset], **changes)

    from mnist_app.learning.dataset import load_mnist
    from mnist_app.learning.training import train

    data = load_mnist(options.data)
    run = train(config, data, store, name, verbose=1 if sys.stdout.isatty() else 2)
    print(f"{run.path}: {run.metrics['test_accuracy']:.2%} right on the test set, {run.seconds:.0f} s")
    return 0


def _positive(kind: Callable[[str], float]) -> Callable[[str], float]:
    def parse(text: str) -> float:
        value = kind(text)
        if not 0 < value < math.inf:
            raise argparse.ArgumentTypeError(f"must be above 0, got {text}")
        return value

    parse.__name__ = kind.__name__  # argparse names it in "invalid int value"
    return parse
