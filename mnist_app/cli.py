"""The command line: parse, call, print. The only place beside the pages where errors become messages."""

from __future__ import annotations

import argparse
import dataclasses
import io
import json
import math
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from mnist_app.domain import DIGITS, Evaluation
from mnist_app.errors import MnistAppError
from mnist_app.ink.canonical import from_bytes
from mnist_app.learning.presets import PRESETS
from mnist_app.reading.batch import Outcome, outcome_to_json, read_files
from mnist_app.reading.reader import open_reader
from mnist_app.runs import DEFAULT_RUN, RunStore

EXIT_UNREADABLE = 2
EXIT_INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. Returns the exit status: 0, 2 for what can't be done, 130 for Ctrl-C."""
    options = _parser().parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):  # a file's name may be no text in any encoding
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        status = int(options.command(options))
        sys.stdout.flush()  # here, where a closed pipe is handled
        return status
    except MnistAppError as error:
        print(error, file=sys.stderr)
        return EXIT_UNREADABLE
    except KeyboardInterrupt:
        print("\nStopped. Nothing was saved.", file=sys.stderr)
        return EXIT_INTERRUPTED
    except BrokenPipeError:  # the reader of our output has gone, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_UNREADABLE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m mnist_app", description="Read handwritten digits.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    read = commands.add_parser("read", help="read images and drawings")
    read.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="image, .json, .jsonl or .jsonl.gz")
    read.add_argument("--run", default=DEFAULT_RUN, help=f"the model to read with (default: {DEFAULT_RUN})")
    read.add_argument("--json", action="store_true", help="one JSON object a line for each drawing or image")
    read.set_defaults(command=_read)

    train = commands.add_parser("train", help="train a preset and save it as a run")
    train.add_argument("preset", choices=PRESETS)
    train.add_argument("--epochs", type=_positive(int))
    train.add_argument("--batch-size", type=_positive(int))
    train.add_argument("--learning-rate", type=_positive(float))
    train.add_argument("--seed", type=_seed)
    train.add_argument("--name", help="the run's name; the preset's, or the next free one, if left out")
    _add_data(train)
    train.set_defaults(command=_train)

    evaluate = commands.add_parser("evaluate", help="score a run on MNIST's test set")
    evaluate.add_argument("run", metavar="RUN")
    evaluate.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    _add_data(evaluate)
    evaluate.set_defaults(command=_evaluate)
    return parser


def _add_data(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--data", metavar="PATH", help="mnist.npz, or a folder with it or with the IDX files"
    )


def _read(options: argparse.Namespace) -> int:
    status = 0
    for outcome in read_files(open_reader(options.run), options.paths):
        if outcome.error:
            print(f"{outcome.place}: {outcome.error}", file=sys.stderr)
            status = EXIT_UNREADABLE
        if options.json:
            print(json.dumps(outcome_to_json(outcome)))
        elif outcome.reading:
            print(_line(outcome))
    return status


def _line(outcome: Outcome) -> str:
    digits = outcome.reading.digits if outcome.reading else ()
    return f"{outcome.place}: " + " ".join(f"{d.digit} ({d.confidence:.1%})" for d in digits)


def _train(options: argparse.Namespace) -> int:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # before TensorFlow is imported: its start-up chatter
    store = RunStore()
    if options.name is not None:
        store.claim(options.name)  # before the data set is fetched
    given = ("epochs", "batch_size", "learning_rate", "seed")
    changes = {key: getattr(options, key) for key in given if getattr(options, key) is not None}
    config = dataclasses.replace(PRESETS[options.preset], **changes)

    from mnist_app.learning.dataset import load_mnist
    from mnist_app.learning.training import train

    data = load_mnist(options.data)
    run = train(config, data, store, options.name, verbose=1 if sys.stdout.isatty() else 2)
    print(f"{run.path}: {run.metrics['test_accuracy']:.2%} right on the test set, {run.seconds:.0f} s")
    return 0


def _evaluate(options: argparse.Namespace) -> int:
    classifier = open_reader(options.run).classifier

    from mnist_app.learning.dataset import load_mnist
    from mnist_app.learning.evaluation import evaluate

    test = load_mnist(options.data).test
    result = evaluate(classifier.predict(from_bytes(test.images)), test.labels)
    print(json.dumps({"run": options.run, **dataclasses.asdict(result)}) if options.json else _table(result))
    return 0


def _table(result: Evaluation) -> str:
    """Scores for people: one line a digit, then what was taken for what."""
    scores = [
        f"{s.digit:>5} {s.precision:>10.2%} {s.recall:>8.2%} {s.f1:>8.2%} {s.support:>7,}"
        for s in result.per_digit
    ]
    counts = [f"{d:>5} " + "".join(f"{n:>6,}" for n in row) for d, row in enumerate(result.confusion)]
    return "\n".join(
        [
            f"accuracy {result.accuracy:.2%}, loss {result.loss:.4f}, {result.images:,} images",
            "",
            "digit  precision   recall       F1  images",
            *scores,
            "",
            "written (down) and what was read (across)",
            "      " + "".join(f"{d:>6}" for d in DIGITS),
            *counts,
        ]
    )


def _positive(kind: Callable[[str], float]) -> Callable[[str], float]:
    def parse(text: str) -> float:
        value = kind(text)
        if not 0 < value < math.inf:
            raise argparse.ArgumentTypeError(f"must be finite and above 0, got {text}")
        return value

    parse.__name__ = kind.__name__  # argparse names it in "invalid int value"
    return parse


def _seed(text: str) -> int:
    try:
        value = int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"must be a whole number, got {text}") from None
    if not 0 <= value < 2**32:
        raise argparse.ArgumentTypeError(f"must be from 0 to {2**32 - 1}, got {text}")
    return value
