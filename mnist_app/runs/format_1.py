"""Run files of format 1, which kept scores, evaluations and predictions in files and under names of its own.

They are still read; a run is written in today's format as soon as something changes it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from mnist_app.domain import Kind, Run, SetScore
from mnist_app.runs import files
from mnist_app.runs.atomic import write_atomically
from mnist_app.runs.decoding import decode_json, read_npz

SCORES_FILE = "scores.json"
EVALUATIONS_FILE = "evaluations.json"
PREDICTIONS_FILE = "answers.npz"
TEST_FILE = "test_probabilities.npz"  # read by nothing
FILES = {SCORES_FILE, EVALUATIONS_FILE, PREDICTIONS_FILE, TEST_FILE}
TRUE = "own"  # the predictions' name of the true class's probability
_SCORE = {"turned_away": "rejection_rate", "error": "calibration_error"}
_KINDS = {"MNIST, ": Kind.CORRUPTED, "no digit: ": Kind.NON_DIGITS}  # by the beginning of a set's key


def parse_scores(scores: bytes, evaluations: bytes | None) -> list[SetScore]:
    """Return the scores of a scores.json with what its evaluations.json adds to them. Raises ValueError."""
    rows = decode_json(scores, list[dict[str, Any]])
    more = {} if evaluations is None else decode_json(evaluations, dict[str, dict[str, Any]])
    return [files.score_from(_todays_row(row, more.get(str(row.get("name")), {}))) for row in rows]


def _todays_row(row: dict[str, Any], evaluation: dict[str, Any]) -> dict[str, Any]:
    score = {_SCORE.get(key, key): value for key, value in row.items()}
    kind = next(
        (kind for start, kind in _KINDS.items() if str(row.get("name")).startswith(start)), Kind.DIGITS
    )
    return {
        **score,
        "kind": kind,
        **{key: evaluation[key] for key in ("digest", "loss", "bins") if key in evaluation},
    }


def upgrade(run: Run, scores: list[SetScore], contents: Mapping[str, bytes]) -> None:
    """Write a run's files in today's format and delete those of format 1. Raises OSError.

    `contents` are the files of format 1. Whenever it is interrupted, run.json and the files that it names
    fit.
    """
    today = {files.SCORES_FILE: files.encode_scores(scores)}
    if PREDICTIONS_FILE in contents:
        found = read_npz(contents[PREDICTIONS_FILE])
        arrays = {name.replace(f"/{TRUE}", f"/{files.TRUE}"): array for name, array in found.items()}
        today[files.PREDICTIONS_FILE] = files.pack(arrays)
    for file, content in today.items():
        write_atomically(run.path / file, content)
    # Digests of files that stay are kept as they are, so that nothing damaged becomes valid.
    kept = {file: digest for file, digest in run.files.items() if file not in contents}
    upgraded = dataclasses.replace(run, files=kept | files.digests(today))
    write_atomically(run.path / files.RUN_FILE, files.encode_run(upgraded))
    for file in contents:
        (run.path / file).unlink(missing_ok=True)
