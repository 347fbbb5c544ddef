"""`runs compare`: runs side by side."""

from __future__ import annotations

from collections.abc import Sequence

import click

from mnist_app.cli.options import open_finished, readable, report
from mnist_app.cli.tables import aligned, figure, printable, settings, shown
from mnist_app.domain import Run, SetScore, compare_predictions
from mnist_app.errors import RunDamagedError, RunError
from mnist_app.runs import PREDICTIONS_FILE, SCORES_FILE, RunStore
from mnist_app.runs.columns import COLUMNS
from mnist_app.runs.results import read_predictions, read_scores

Rows = list[list[str]]
_NOT_FIGURES = ("name", "preset", "tags", "note")  # the head, a setting, and too long


@click.command()
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
def compare(names: tuple[str, ...]) -> int:
    """Show runs side by side; of two, also the number of images that only one of them reads."""
    unique = list(dict.fromkeys(names))
    if len(unique) < 2:
        raise RunError("Comparing takes two runs or more. Name another one.")
    store, errors = RunStore(), list[RunError]()
    runs = [open_finished(store, name) for name in unique]
    scores = [
        {score.name: score for score in readable(lambda run=run: read_scores(run), errors)}  # type: ignore[misc]
        for run in runs
    ]
    rows = [["", *unique]]
    for title, part in (
        ("Settings that differ", _differing_settings(runs)),
        ("Figures", _figures(runs)),
        ("Test sets", _set_rows(scores)),
    ):
        if part:
            rows += [[title, *[""] * len(runs)], *([f"  {name}", *cells] for name, *cells in part)]
    print(aligned(rows, left=(0,)))
    lines = readable(lambda: _image_by_image(runs, scores), errors) if len(runs) == 2 else []
    if lines:
        print("", "Image by image", *(f"  {line}" for line in lines), sep="\n")
    return report(errors)


def _differing_settings(runs: Sequence[Run]) -> Rows:
    known = [settings(run) for run in runs]
    names = dict.fromkeys(name for each in known for name in each)
    rows = [[name.replace("_", " "), *(figure(each.get(name)) for each in known)] for name in names]
    return [row for row in rows if len(set(row[1:])) > 1]


def _figures(runs: Sequence[Run]) -> Rows:
    rows = [
        [column.name, *(shown(column, run) for run in runs)]
        for column in COLUMNS.values()
        if column.key not in _NOT_FIGURES and not column.is_setting
    ]
    others = dict.fromkeys(name for run in runs for name in run.metrics if name not in COLUMNS)
    return rows + [
        [printable(name.replace("_", " ")), *(figure(run.metrics.get(name)) for run in runs)]
        for name in others
    ]


def _set_rows(scores: Sequence[dict[str, SetScore]]) -> Rows:
    """Return a row for each set: the accuracy, or the rejection rate if nothing in it is a digit."""
    rows = []
    for name in dict.fromkeys(name for each in scores for name in each):
        found = [each.get(name) for each in scores]
        has_digits = any(score.accuracy is not None for score in found if score)
        shares = [score and (score.accuracy if has_digits else score.rejection_rate) for score in found]
        title = f"{printable(name)}, {'right' if has_digits else 'rejected'}"
        rows.append([title, *(figure(None) if share is None else f"{share:.2%}" for share in shares)])
    return rows


def _image_by_image(runs: Sequence[Run], scores: Sequence[dict[str, SetScore]]) -> list[str]:
    """Return a line for each set of digits that both runs were scored on. Raises RunDamagedError."""
    first, second = scores
    lines = []
    for name in (name for name in first if name in second and first[name].digest and second[name].digest):
        if first[name].digest != second[name].digest:
            lines.append(f"{printable(name)}: not the same images, so not compared one by one")
            continue
        try:
            result = compare_predictions(*(read_predictions(run, name) for run in runs))
        except ValueError as error:
            raise RunDamagedError(
                f"{SCORES_FILE} and {PREDICTIONS_FILE} contradict each other: {error}."
            ) from error
        lines.append(
            f"{printable(name)}: only {runs[0].name} is right on {len(result.only_first):,} images, only "
            f"{runs[1].name} on {len(result.only_second):,} (McNemar's p {result.shown_p})"
        )
    return lines
