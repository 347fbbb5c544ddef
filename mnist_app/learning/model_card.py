"""A run's model card, as its README: generated from run.json and the scores, never written by hand.

After Mitchell and others, "Model Cards for Model Reporting" (2019).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mnist_app.domain import SetScore, TrainConfig
from mnist_app.domain.presets import ABOUT, PRESETS
from mnist_app.runs import CARD_FILE, SCORES_FILE

_SOURCES = {
    "mnist": "MNIST (LeCun, Cortes, Burges; CC BY-SA 3.0)",
    "pen": "pen strokes of 22 writers, re-drawn at many pen widths (UCI; Alpaydin, Alimoglu; CC BY 4.0)",
    "fonts": "school and other handwriting of many countries, from fonts (SIL Open Font License)",
    "nondigits": "what is no digit: letters, scribbles, shapes, pairs of digits, noise",
}

_SCORED = (
    "Each set was scored once, after everything was chosen by validation images. No model was trained on the "
    "five people of the pen strokes, nor on the fonts and shapes."
)
_EXPLAINED = (
    "*Calibration error* is the mean distance of confidence from accuracy, in 15 bins. *Covered*: how often "
    "the written digit is among the candidates, whose mean number is beside it. *Turned away*: taken for "
    "no digit."
)


def write_card(folder: Path, facts: Mapping[str, Any]) -> None:
    """Write a draft's card from the facts that its run.json will state and the scores that are there."""
    rows = json.loads((folder / SCORES_FILE).read_text(encoding="utf-8"))
    (folder / CARD_FILE).write_text(card(facts, [SetScore(**row) for row in rows]), encoding="utf-8")


def card(facts: Mapping[str, Any], scores: list[SetScore]) -> str:
    """The card of a run as Markdown. Its title is the preset: a run can be renamed."""
    config, versions = TrainConfig(**facts["config"]), facts["versions"]
    about = ABOUT.get(config.preset, "A network that a search tried.")
    table = [_SCORED, "", *score_table(scores), "", _EXPLAINED] if scores else ["On no test set."]
    return "\n".join(
        [
            f"# {config.preset}",
            "",
            about,
            f"It takes one digit as a 28×28 picture, as `mnist_app.ink.canonical` makes it, and has "
            f"{facts['parameters']:,} parameters.",
            "",
            "## Made by",
            "",
            f"`{_command(config.preset)}`, finished on {facts['created'][:10]} with Keras "
            f"{versions['keras']} on {versions['keras backend']}, in {_minutes(facts['seconds'])}. Epoch "
            f"{facts['best_epoch']} was the best on validation images and is kept.",
            "",
            "It learned from:",
            "",
            *(f"- {share:.0%} {_SOURCES[source]}" for source, share in config.shares.items()),
            "",
            "## Scored",
            "",
            *table,
            "",
            "## Limits",
            "",
            *_limits(config, facts["calibration"]),
            "",
        ]
    )


def _command(preset: str) -> str:
    return f"python -m mnist_app train {preset}" if preset in PRESETS else "python -m mnist_app tune"


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:.0f} minutes" if seconds >= 90 else f"{seconds:.0f} seconds"


def score_table(scores: list[SetScore]) -> list[str]:
    """Markdown lines of a table with every set's score."""
    head = "| set | images | accuracy | calibration error | covered | candidates | turned away |"
    return [head, "|---|---|---|---|---|---|---|", *(_row(score) for score in scores)]


def _row(score: SetScore) -> str:
    shares = [score.accuracy, score.calibration_error, score.coverage]
    cells = ["" if share is None else f"{share * 100:.2f} %" for share in shares]
    mean = "" if score.candidates is None else f"{score.candidates:.2f}"
    turned = f"{score.rejection_rate * 100:.2f} %"
    return f"| {score.name} | {score.images:,} | {' | '.join(cells)} | {mean} | {turned} |"


def _limits(config: TrainConfig, calibration: Mapping[str, float]) -> list[str]:
    other = (
        "It learned what is no digit, but a letter that looks like one (O, l, Z, S …) is read as that."
        if config.learns_non_digits
        else "It never saw anything but digits, and takes most letters and scribbles for one."
    )
    return [
        "- One digit at a time, 0 to 9, as they are written in the West.",
        f"- {other}",
        "- Confidence and candidates are for handwriting like the validation images'; the table says how far "
        "they hold elsewhere.",
        f"- Temperature {calibration['temperature']:.3f}; no digit below "
        f"{calibration['min_digit_probability']:.3f}; candidates up to "
        f"{calibration['threshold']:.4f} probability.",
    ]
