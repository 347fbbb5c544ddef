"""Model card of a run, its README: generated from the run and its scores, never written by hand.

After Mitchell and others, "Model Cards for Model Reporting" (2019).
"""

from __future__ import annotations

from collections.abc import Sequence

from mnist_app.domain import ABOUT, PRESETS, SOURCES, Calibration, Run, SetScore, TrainConfig

_SCORED = (
    "Each set was scored once, after everything was chosen by validation images. No model was trained on the "
    "five people of the pen strokes, nor on the fonts and shapes."
)
_EXPLAINED = (
    "*Calibration error* is the mean distance of confidence from accuracy, in 15 bins. *Covered*: how often "
    "the written digit is among the candidates, whose mean number is beside it. *Turned away*: taken for "
    "no digit."
)


def card(run: Run, scores: Sequence[SetScore]) -> str:
    """Return the card of a trained run as Markdown. Its title is the preset: a run can be renamed.

    Raises ValueError if the run has curves only.
    """
    config, calibration = run.config, run.calibration
    if config is None or calibration is None:
        raise ValueError(f"{run.name} has no model that a card could be about")
    command = f"train {config.preset}" if config.preset in PRESETS else "tune"
    seconds = run.seconds
    duration = f"{seconds / 60:.0f} minutes" if seconds >= 90 else f"{seconds:.0f} seconds"
    table = [_SCORED, "", *score_table(scores), "", _EXPLAINED] if scores else ["On no test set."]
    return "\n".join(
        [
            f"# {config.preset}",
            "",
            ABOUT.get(config.preset, "A network that a search tried."),
            f"It takes one digit as a 28×28 picture, as `mnist_app.ink.canonical` makes it, and has "
            f"{run.parameters:,} parameters.",
            "",
            "## Made by",
            "",
            f"`python -m mnist_app {command}`, finished on {run.created:%Y-%m-%d} with Keras "
            f"{run.versions['keras']} on {run.versions['keras backend']}, in {duration}. Epoch "
            f"{run.best_epoch} was the best on validation images and is kept.",
            "",
            "It learned from:",
            "",
            *(f"- {share:.0%} {SOURCES[key].on_card}" for key, share in config.shares.items()),
            "",
            "## Scored",
            "",
            *table,
            "",
            "## Limits",
            "",
            *_limits(config, calibration),
            "",
        ]
    )


def score_table(scores: Sequence[SetScore]) -> list[str]:
    """Return the lines of a Markdown table with every set's score."""
    lines = [
        "| set | images | accuracy | calibration error | covered | candidates | turned away |",
        "|---|---|---|---|---|---|---|",
    ]
    for score in scores:
        shares = [score.accuracy, score.calibration_error, score.coverage]
        cells = ["" if share is None else f"{share * 100:.2f} %" for share in shares]
        cells.append("" if score.candidates is None else f"{score.candidates:.2f}")
        cells.append(f"{score.rejection_rate * 100:.2f} %")
        lines.append(f"| {score.name} | {score.images:,} | {' | '.join(cells)} |")
    return lines


def _limits(config: TrainConfig, calibration: Calibration) -> list[str]:
    non_digits = (
        "It learned what is no digit, but a letter that looks like one (O, l, Z, S …) is read as that."
        if config.learns_non_digits
        else "It never saw anything but digits, and takes most letters and scribbles for one."
    )
    return [
        "- One digit at a time, 0 to 9, as they are written in the West.",
        f"- {non_digits}",
        "- Confidence and candidates are for handwriting like the validation images'; the table says how far "
        "they hold elsewhere.",
        f"- Temperature {calibration.temperature:.3f}; no digit below "
        f"{calibration.min_digit_probability:.3f}; candidates up to "
        f"{calibration.threshold:.4f} probability.",
    ]
