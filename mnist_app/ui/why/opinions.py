"""Other models: the same image read by every run."""

from __future__ import annotations

from html import escape

import streamlit as st

from mnist_app.domain import MNIST_TEST, Digit
from mnist_app.errors import RunError
from mnist_app.runs import RunStore
from mnist_app.ui import resources
from mnist_app.ui.why.subject import Subject
from mnist_app.ui.words import percent, precise


def show(subject: Subject) -> None:
    """Show a table of all models: what each reads, how surely, and how good it is on MNIST's test set."""
    rows = []
    for name in RunStore().models():
        try:
            digit, accuracy = resources.reader(name).read_image(subject.digit.image), _accuracy(name)
        except RunError:
            continue
        mark = ' class="wins"' if name == subject.model else ""
        rows.append(
            f"<tr{mark}><th scope=row>{escape(name)}</th><td><b>{escape(digit.text)}</b></td>"
            f"<td>{escape(_words(digit))}</td><td>{accuracy}</td></tr>"
        )
    st.html(
        '<table class="why-models"><thead><tr><th scope=col>Model</th><th scope=col>Reads</th>'
        f"<th scope=col>How surely</th><th scope=col>{MNIST_TEST}</th></tr></thead>"
        f"<tbody>{''.join(rows)}</tbody></table>"
    )


def _words(digit: Digit) -> str:
    return percent(digit.confidence) if digit.is_digit else digit.certainty


def _accuracy(name: str) -> str:
    run = RunStore().open(name)
    return precise(run.metrics["test_accuracy"]) if "test_accuracy" in run.metrics else "–"
