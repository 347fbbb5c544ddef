"""Model card of a run, its README: generated from the run and its scores, never written by hand.

After Mitchell and others, "Model Cards for Model Reporting" (2019).
"""

from __future__ import annotations

from collections.abc import Sequence

from mnist_app.domain import ABOUT, PRESETS, SOURCES, Run, SetScore

_SCORED = (
    "Each set was scored once, after everything was chosen by validation images. Nobody who wrote for these "
    "sets wrote a training image, and none of their fonts and shapes was trained on."
)
_EXPLAINED = (
    "*Calibration error* is the mean distance of confidence from accuracy, in 15 bins. *Coverage*: how often "
    "the written digit is among the candidates, whose mean number is beside it. *Rejected*: taken for no "
    "digit."
)


def card(run: Run, scores: Sequence[SetScore]) -> str:
    """Return the card of a trained run as Markdown. Its title is the preset: a run can be renamed.

    Raises ValueError if the run has curves only.
    """
    config, calibration, seconds = run.config, run.calibration, run.seconds
    if config is None or calibration is None:
        raise ValueError(f"{run.name} has no model that a card could be about")
    command = f"train {config.preset}" if config.preset in PRESETS else "tune"
    duration = f"{seconds / 60:.0f} minutes" if seconds >= 90 else f"{seconds:.0f} seconds"
    sources = "\n".join(
        f"- {share:.0%} **{SOURCES[key].title}**. {SOURCES[key].about}. {SOURCES[key].origin}"
        for key, share in config.shares.items()
    )
    scored = "\n".join([_SCORED, "", *score_table(scores), "", _EXPLAINED]) if scores else "On no test set."
    if config.learns_non_digits:
        non_digits = (
            "It learned what is no digit, but takes a letter that looks like a digit (O, l, Z, S …) for one."
        )
    else:
        non_digits = "It never saw anything but digits, and takes most letters and scribbles for one."
    return f"""# {config.preset}

{ABOUT.get(config.preset, "A network that a search tried.")}
It takes one digit as a 28×28 picture, as `mnist_app.ink.canonical` makes it, and has \
{run.parameters:,} parameters.

## Made by

`python -m mnist_app {command}`, finished on {run.created:%Y-%m-%d} with Keras {run.versions["keras"]} on \
{run.versions["keras backend"]}, in {duration}. Epoch {run.best_epoch} was the best on \
validation images and is kept.

It learned from:

{sources}

## Scored

{scored}

## Limits

- One digit at a time, 0 to 9, as they are written in the West.
- {non_digits}
- Confidence and candidates are for handwriting like the validation images'; the table says how far they \
hold elsewhere.
- Temperature {calibration.temperature:.3f}; no digit below {calibration.min_digit_probability:.3f}; \
candidates up to {calibration.threshold:.4f} probability.
"""


def score_table(scores: Sequence[SetScore]) -> list[str]:
    """Return the lines of a Markdown table with every set's score."""
    lines = [
        "| set | images | accuracy | calibration error | coverage | candidates | rejected |",
        "|---|---|---|---|---|---|---|",
    ]
    for score in scores:
        shares = [score.accuracy, score.calibration_error, score.coverage]
        cells = ["" if share is None else f"{share * 100:.2f} %" for share in shares]
        cells.append("" if score.candidates is None else f"{score.candidates:.2f}")
        cells.append(f"{score.rejection_rate * 100:.2f} %")
        lines.append(f"| {score.name} | {score.images:,} | {' | '.join(cells)} |")
    return lines
