"""The end of a round: how many drawings were read right, and each of them."""

from __future__ import annotations

from html import escape

import cv2
import numpy as np
import streamlit as st

from mnist_app.domain import Drawing
from mnist_app.reading.formats import Cell, to_csv
from mnist_app.ui.paper.paper import SIDE
from mnist_app.ui.quiz.rounds import Answer, Round
from mnist_app.ui.widgets import download, picture_url
from mnist_app.ui.words import percent, yes_or_no

HEADER = ("task", "digit", "read", "certainty", "confidence", "right")
THUMBNAIL, PEN = 112, 16  # pixels a side, two for one of the page's; units of the paper


def show(quiz: Round) -> None:
    """Show the score and a row for each task."""
    st.html(
        f'<div class="score" role="status"><b>{quiz.score} of {len(quiz.tasks)}</b> read right</div>'
        '<table class="results"><thead><tr><th scope=col>Task</th><th scope=col>Drawing</th>'
        "<th scope=col>Read as</th><th scope=col>Right</th></tr></thead>"
        f"<tbody>{''.join(map(_row, quiz.answers))}</tbody></table>"
    )


def show_download(quiz: Round) -> None:
    """Show a button for the rows as CSV."""
    download("CSV", lambda: to_bytes(quiz), "quiz.csv", "text/csv")


def to_bytes(quiz: Round) -> bytes:
    """Return CSV with a row for each task, in the order of HEADER."""
    rows = [HEADER, *map(_cells, quiz.answers)]
    return to_csv(rows).encode("utf-8-sig")  # Excel takes it for Latin-1 without the mark


def _cells(answer: Answer) -> tuple[Cell, ...]:
    digit = answer.digit
    read = str(digit.digit) if digit.is_digit else ""
    confidence = round(digit.confidence, 6)
    return (
        answer.task.text,
        answer.task.digit,
        read,
        digit.certainty,
        confidence,
        yes_or_no(answer.is_right),
    )


def _row(answer: Answer) -> str:
    digit = answer.digit
    sure = f"{digit.certainty}, {percent(digit.confidence)}" if digit.is_single else digit.certainty
    mark = "" if answer.is_right else ' class="wrong"'
    return (
        f"<tr{mark}><th scope=row>{escape(answer.task.text)}</th><td>{_picture(answer.drawing)}</td>"
        f"<td><b>{escape(digit.text)}</b> {escape(sure)}</td><td>{yes_or_no(answer.is_right)}</td></tr>"
    )


def _picture(drawing: Drawing) -> str:
    """Return the paper with a drawing, white on black: the style sheet shows the difference from paper."""
    scale = THUMBNAIL / SIDE
    pixels = np.zeros((THUMBNAIL, THUMBNAIL), np.uint8)
    paths = [np.rint(stroke * scale).astype(np.int32) for stroke in drawing.strokes]
    cv2.polylines(
        pixels, paths, isClosed=False, color=255, thickness=round(PEN * scale), lineType=cv2.LINE_AA
    )
    return f'<div class="sheet"><img src="{picture_url(pixels)}" alt="The drawing"></div>'
