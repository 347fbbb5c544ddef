"""`evaluate`: score a run on every test set."""

from __future__ import annotations

import dataclasses
import json

import click

from mnist_app.cli import options
from mnist_app.cli.data import load_test_sets
from mnist_app.cli.tables import digit_table, set_table
from mnist_app.domain import MNIST_TEST, Evaluation, SetPredictions
from mnist_app.ink.canonical import from_bytes
from mnist_app.reading.reader import open_reader


@click.command()
@click.argument("run", metavar="RUN")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of tables.")
@options.data
def evaluate(run: str, as_json: bool, data: str | None) -> None:
    """Score a run on MNIST's and every other test set."""
    reader = open_reader(run)  # an unknown run is refused before anything heavy is imported

    from mnist_app.learning import evaluation

    sets = load_test_sets(data)
    predictions = {
        test.key: reader.classifier.predict(from_bytes(split.images)) for test, split in sets.items()
    }
    scores = evaluation.evaluate(predictions, sets, reader.calibration)
    (mnist,) = (score for score in scores if score.name == MNIST_TEST)
    (labels,) = (split.labels for test, split in sets.items() if test.key == MNIST_TEST)
    result = Evaluation.from_predictions(
        mnist, SetPredictions.from_probabilities(predictions[MNIST_TEST].probabilities, labels)
    )
    if as_json:
        rows = [{k: v for k, v in dataclasses.asdict(score).items() if k != "bins"} for score in scores]
        print(json.dumps({"run": run, **dataclasses.asdict(result), "sets": rows}))
    else:
        print(set_table(scores), digit_table(result), sep="\n\n")
