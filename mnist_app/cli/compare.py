"""`runs compare`: runs side by side."""

from __future__ import annotations

import argparse

from mnist_app.cli.run_tables import COLUMNS, aligned, figure, settings, versus_line
from mnist_app.cli.runs import known, reported
from mnist_app.cli.tables import printable
from mnist_app.domain import Run, SetScore, compare_predictions
from mnist_app.errors import RunDamagedError, RunError
from mnist_app.runs import EVALUATIONS_FILE, PREDICTIONS_FILE, SCORES_FILE, RunStore


def compare(options: argparse.Namespace) -> int:
    """Print runs side by side; of two also on how many images only one is right. Returns the exit status."""
    names = list(dict.fromkeys(options.names))
    if len(names) < 2:
        raise RunError("Comparing takes two runs or more. Name another one.")
    store, errors = RunStore(), list[RunError]()
    runs = [store.open(name) for name in names]
    parts = {
        "Settings that differ": _settings_that_differ(runs),
        "Figures": _metrics(runs),
        "Test sets": _set_scores(store, runs, errors),
    }
    rows = [["", *names]]
    for title, part in parts.items():
        rows += (
            [[title, *[""] * len(runs)], *([f"  {name}", *cells] for name, *cells in part)] if part else []
        )
    print(aligned(rows, left=(0,)))
    lines = known(lambda: _versus(store, runs), errors) if len(runs) == 2 else []
    if lines:
        print("", "Image by image", *(f"  {line}" for line in lines), sep="\n")
    return reported(errors)


def _settings_that_differ(runs: list[Run]) -> list[list[str]]:
    known = [settings(run) for run in runs]
    names = dict.fromkeys(name for own in known for name in own)
    rows = [[name.replace("_", " "), *(figure(own.get(name)) for own in known)] for name in names]
    return [row for row in rows if len(set(row[1:])) > 1]


def _metrics(runs: list[Run]) -> list[list[str]]:
    own = ("name", "preset", "note")  # at the top, a setting, and too long
    rows = [[title, *(c.shown(run) for run in runs)] for title, c in COLUMNS.items() if title not in own]
    shown = {column.key for column in COLUMNS.values()}
    others = dict.fromkeys(name for run in runs for name in run.metrics if name not in shown)
    rows += [
        [printable(name.replace("_", " ")), *(figure(run.metrics.get(name)) for run in runs)]
        for name in others
    ]
    return rows


def _set_scores(store: RunStore, runs: list[Run], errors: list[RunError]) -> list[list[str]]:
    """A row for each set: the accuracy, or what was turned away where nothing in it is a digit."""
    scores = [_scores(store, run, errors) for run in runs]
    rows = []
    for name in dict.fromkeys(name for own in scores for name in own):
        found = [own.get(name) for own in scores]
        is_of_digits = any(score.accuracy is not None for score in found if score)
        shares = [score and (score.accuracy if is_of_digits else score.rejection_rate) for score in found]
        title = f"{printable(name)}, {'right' if is_of_digits else 'turned away'}"
        rows.append([title, *(figure(None) if share is None else f"{share:.2%}" for share in shares)])
    return rows


def _scores(store: RunStore, run: Run, errors: list[RunError]) -> dict[str, SetScore]:
    if SCORES_FILE not in run.files:
        return {}
    return {score.name: score for score in known(lambda: store.scores(run), errors)}


def _versus(store: RunStore, runs: list[Run]) -> list[str]:
    """A line for each set that both runs were scored on, if it had the same images."""
    if not all(EVALUATIONS_FILE in run.files for run in runs):
        return []
    first, second = (store.evaluations(run) for run in runs)
    common = [name for name in first if name in second]
    lines = []
    for name in common:
        if first[name].digest != second[name].digest:
            lines.append(f"{printable(name)}: not the same images, so not compared one by one")
            continue
        one, other = (store.answers(run, name) for run in runs)
        try:
            lines.append(versus_line(name, runs, compare_predictions(one, other)))
        except ValueError as error:
            raise RunDamagedError(
                f"{EVALUATIONS_FILE} and {PREDICTIONS_FILE} contradict each other: {error}."
            ) from error
    return lines
