"""A picture of a drawing with its answer, for chats and slides."""

from __future__ import annotations

import math

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from mnist_app.domain import ByteArray, Drawing, Reading
from mnist_app.ink.drawing import box_of_drawing
from mnist_app.ui.colours import EDGE, FAINT, GREY, NIGHT, SHEET, SKY, WHITE
from mnist_app.ui.menu import NAME
from mnist_app.ui.prediction_view import certainty, numeral, shares, words_of
from mnist_app.ui.words import percent

WIDTH, HEIGHT = 1200, 630  # what chats show in full
_MARGIN = 40
_SIDE = HEIGHT - 2 * _MARGIN  # of the paper
_LEFT, _RIGHT = _MARGIN + _SIDE + 60, WIDTH - _MARGIN  # of the answer
_PEN, _ROOM = 0.06, 0.1  # of the paper's side: the pen's width, and what is free around the drawing
_FINER = 4  # times as large is the drawing painted, then reduced
_MAX_ROWS = 11

Row = tuple[str, float, bool]


def card(drawing: Drawing, reading: Reading) -> ByteArray:
    """Return (HEIGHT, WIDTH, 3) RGB: the drawing on paper, what it was read as, and the probabilities."""
    image = Image.new("RGB", (WIDTH, HEIGHT), WHITE)
    draw = ImageDraw.Draw(image)
    draw.rectangle((_MARGIN - 1, _MARGIN - 1, _MARGIN + _SIDE, _MARGIN + _SIDE), SHEET, EDGE)
    pen = _PEN / math.sqrt(max(1, len(reading.digits)))  # digits beside each other are smaller
    image.paste(NIGHT, (_MARGIN, _MARGIN), Image.fromarray(_ink(drawing, pen)))
    text, words, rows = _answer(reading)
    _write(draw, NAME, (_RIGHT, 52), 22, FAINT, anchor="rm")
    _write(draw, text, (_LEFT, 140), 180, NIGHT)
    _write(draw, words, (_LEFT, 242), 38, NIGHT)
    for k, row in enumerate(rows[:_MAX_ROWS]):
        _draw_row(draw, row, 300 + 27 * k)
    return np.asarray(image)


def _answer(reading: Reading) -> tuple[str, str, list[Row]]:
    """Return the answer, its certainty, and rows: each possible digit, or each digit of a number."""
    if len(reading.digits) == 1 and not reading.signs:
        digit = reading.digits[0]
        return numeral(digit), words_of(digit)[0], shares(digit)
    rows = [(digit.text, digit.confidence, not digit.is_doubtful) for digit in reading.digits]
    return "   ".join(reading.written), certainty(reading.digits), rows


def _ink(drawing: Drawing, pen: float) -> ByteArray:
    """Return the drawing as large as the paper allows, (_SIDE, _SIDE), 255 = ink; `pen` is a part of that."""
    box = box_of_drawing(drawing)
    side = _SIDE * _FINER
    scale = side * (1 - 2 * _ROOM - pen) / max(box.width, box.height)
    middle = np.array([box.left + box.width / 2, box.top + box.height / 2])
    paths = [np.rint((stroke - middle) * scale + side / 2).astype(np.int32) for stroke in drawing.strokes]
    ink = np.zeros((side, side), np.uint8)
    cv2.polylines(ink, paths, isClosed=False, color=255, thickness=round(pen * side))
    return cv2.resize(ink, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA).astype(np.uint8)


def _draw_row(draw: ImageDraw.ImageDraw, row: Row, y: int) -> None:
    """Draw a name, a bar and a percentage; `y` is their middle."""
    name, share, wins = row
    _write(draw, name, (_LEFT, y), 22, NIGHT)
    start, end = _LEFT + 100, _RIGHT - 85
    if length := round(share * (end - start)):
        draw.rectangle((start, y - 8, start + length, y + 8), SKY if wins else GREY)
    _write(draw, percent(share), (_RIGHT, y), 22, NIGHT, anchor="rm")


def _write(
    draw: ImageDraw.ImageDraw, text: str, place: tuple[int, int], size: int, colour: str, anchor: str = "lm"
) -> None:
    """Write a line, smaller if the room for the answer is too narrow for it."""
    width = draw.textlength(text, ImageFont.load_default(size))
    font = ImageFont.load_default(size * min(1.0, (_RIGHT - _LEFT) / max(width, 1.0)))
    draw.text(place, text, colour, font, anchor=anchor)
