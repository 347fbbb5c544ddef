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

from mnist_app.domain import DIGITS, Digit, Evaluation, Material, SetScore, Split, TrainConfig
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
        print("\nStopped." + getattr(options, "stopped", ""), file=sys.stderr)
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
    what = train.add_mutually_exclusive_group(required=True)
    what.add_argument("preset", nargs="?", choices=PRESETS)
    what.add_argument("--resume", metavar="NAME", help="go on with a training that was interrupted")
    train.add_argument("--epochs", type=_positive(int))
    train.add_argument("--batch-size", type=_positive(int))
    train.add_argument("--learning-rate", type=_positive(float))
    train.add_argument("--seed", type=_seed)
    train.add_argument("--patience", type=_positive(int), help="stop after so many epochs without a gain")
    train.add_argument("--ema", type=_share, help="momentum of the weights' moving average")
    train.add_argument("--name", help="the run's name; the preset's, or the next free one, if left out")
    _add_data(train)
    train.set_defaults(command=_train, stopped=" Finished epochs are kept: `train --resume NAME` goes on.")

    tune = commands.add_parser("tune", help="search for better settings; each trial is a run")
    tune.add_argument("preset", choices=PRESETS, help="where the search starts from")
    tune.add_argument("--trials", type=_positive(int), default=20, help="in all, earlier ones included")
    tune.add_argument("--epochs", type=_positive(int), help="at most, of each trial")
    tune.add_argument("--name", help="the study's name (default: tune-PRESET); an existing one goes on")
    _add_data(tune)
    tune.set_defaults(command=_tune, stopped=" What was tried is kept: the same command goes on.")

    data = commands.add_parser("data", help="look at what is trained on")
    preview = data.add_subparsers(required=True, metavar="COMMAND").add_parser(
        "preview", help="a contact sheet of the images as the model gets them"
    )
    preview.add_argument("preset", nargs="?", choices=PRESETS, default=DEFAULT_RUN)
    preview.add_argument("--output", type=Path, default=Path("preview.png"), metavar="FILE")
    preview.add_argument("--seed", type=_seed, default=0)
    _add_data(preview)
    preview.set_defaults(command=_preview)

    evaluate = commands.add_parser("evaluate", help="score a run on MNIST's and every other test set")
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
    return f"{outcome.place}: " + " ".join(map(words, digits))


def words(digit: Digit) -> str:
    """A digit, its confidence, and what else it may be."""
    if not digit.is_digit:
        return "? (not a digit)"
    doubt = "" if digit.is_single else f", {digit.certainty}"
    return f"{digit.digit} ({digit.confidence:.1%}{doubt})"


def _train(options: argparse.Namespace) -> int:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # before TensorFlow is imported: its start-up chatter
    from mnist_app.learning.training import resume, train, unfinished

    store = RunStore()
    verbose = 1 if sys.stdout.isatty() else 2
    if options.resume is not None:
        config = unfinished(options.resume, store)
        run = resume(options.resume, _material(config, options.data), store, verbose)
    else:
        if options.name is not None:
            store.claim(options.name)  # before the data sets are fetched
        given = ("epochs", "batch_size", "learning_rate", "seed", "patience", "ema")
        changes = {key: getattr(options, key) for key in given if getattr(options, key) is not None}
        config = dataclasses.replace(PRESETS[options.preset], **changes)
        run = train(config, _material(config, options.data), store, options.name, verbose)
    print(f"{run.path}: {run.metrics['test_accuracy']:.2%} right on MNIST's test set, {run.seconds:.0f} s")
    return 0


def _material(config: TrainConfig, path: str | None) -> Material:
    """What is trained and scored on."""
    from mnist_app.learning.dataset import load_mnist
    from mnist_app.learning.material import gather

    mnist = load_mnist(path)
    sets = _test_sets(mnist.test, path)
    return dataclasses.replace(gather(config, mnist.train, path), test=sets)


def _training_material(config: TrainConfig, path: str | None) -> Material:
    from mnist_app.learning.dataset import load_mnist
    from mnist_app.learning.material import gather

    return gather(config, load_mnist(path).train, path)


def _test_sets(mnist: Split, path: str | None) -> dict[str, Split]:
    """Every test set; those that can't be had are named on standard error."""
    from mnist_app.learning.challenges import load_test_sets

    sets, missing = load_test_sets(mnist, path)
    for line in missing:
        print(f"Not scored: {line}", file=sys.stderr)
    return sets


def _tune(options: argparse.Namespace) -> int:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

    from mnist_app.learning.tuning import tune

    base = PRESETS[options.preset]
    if options.epochs is not None:
        base = dataclasses.replace(base, epochs=options.epochs)
    material = _training_material(base, options.data)
    study = tune(base, material, RunStore(), options.name or f"tune-{options.preset}", options.trials)
    best = study.best_trial
    print(
        f"Best of {len(study.trials)}: trial {best.number + 1}, {best.value:.2%} on validation, {best.params}"
    )
    return 0


def _preview(options: argparse.Namespace) -> int:
    from mnist_app.learning.preview import write_contact_sheet

    config = dataclasses.replace(PRESETS[options.preset], seed=options.seed)
    write_contact_sheet(config, _training_material(config, options.data), options.output)
    print(options.output)
    return 0


def _evaluate(options: argparse.Namespace) -> int:
    reader = open_reader(options.run)

    from mnist_app.learning.challenges import MNIST
    from mnist_app.learning.dataset import load_mnist
    from mnist_app.learning.evaluation import evaluate, score_all

    sets = _test_sets(load_mnist(options.data).test, options.data)
    answers = {name: reader.classifier.predict(from_bytes(split.images)) for name, split in sets.items()}
    scores = score_all(answers, sets, reader.calibration)
    result = evaluate(answers[MNIST].probabilities, sets[MNIST].labels)
    if options.json:
        sets_json = [dataclasses.asdict(s) for s in scores]
        print(json.dumps({"run": options.run, **dataclasses.asdict(result), "sets": sets_json}))
    else:
        print(_set_table(scores), _table(result), sep="\n\n")
    return 0


def _set_table(scores: Sequence[SetScore]) -> str:
    """Every test set for people: one line each; what is no digit has only what was turned away."""
    titles = (
        ("images", 7),
        ("accuracy", 9),
        ("calib.", 8),
        ("covered", 8),
        ("cand.", 6),
        ("turned away", 12),
    )
    head = f"{'set':<28} " + " ".join(f"{title:>{width}}" for title, width in titles)
    lines = []
    for s in scores:
        figures = [s.accuracy, s.error, s.coverage]
        cells = [" " * w if f is None else f"{f:>{w}.2%}" for f, w in zip(figures, (9, 8, 8), strict=True)]
        mean = " " * 6 if s.candidates is None else f"{s.candidates:>6.2f}"
        lines.append(f"{s.name:<28} {s.images:>7,} {' '.join(cells)} {mean} {s.turned_away:>12.2%}")
    return "\n".join([head, *lines])


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


def _share(text: str) -> float:
    value = _positive(float)(text)
    if not value < 1:
        raise argparse.ArgumentTypeError(f"must be below 1, got {text}")
    return value


def _seed(text: str) -> int:
    try:
        value = int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"must be a whole number, got {text}") from None
    if not 0 <= value < 2**32:
        raise argparse.ArgumentTypeError(f"must be from 0 to {2**32 - 1}, got {text}")
    return value
