"""A reading drawn on its photo."""

from __future__ import annotations

import io
from collections.abc import Sequence
from statistics import median

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from PIL.PngImagePlugin import PngInfo

from mnist_app.domain import Box, ByteArray, Digit, Photo, Reading

SURE, DOUBTFUL, CORRECTED = "#009E73", "#D55E00", "#0072B2"  # Okabe and Ito's green, vermillion and blue
UNREAD = "#767676"  # gray
CASING = "white"  # around lines and letters, so that they stand out on dark photos and on ink too
MIN_SIDE = 320  # pixels of the longer side; smaller photos are enlarged, or no letter could be read
TEXT = 0.45  # of a row's digits' height; most rows are further apart than that
MIN_TEXT, MAX_TEXT = 0.022, 0.08  # of the photo's longer side
ROOM = 0.7  # of the paper above or below a frame, for the text's height with its halo
CRAMPED = 0.6  # of the text's height if there is less room than that; it lies on the frame then
LINE = 0.05  # of a row's digits' height
MIN_LINE, MAX_LINE = 0.0025, 0.006  # of the photo's longer side
HALO, BOLD = 0.1, 0.02  # of the text's height; BOLD is how much thicker the font gets
DASH = 4  # times the line's width
SOFTWARE = "mnist_app"  # the program that wrote a PNG, as it says itself

Corners = tuple[float, float, float, float]  # left, top, right, bottom


def annotated(photo: Photo, reading: Reading) -> ByteArray:
    """Return the photo, turned as it was read, with each digit framed and its text above: (H, W, 3) RGB.

    Sure digits are green; doubtful ones vermillion, their frames dashed and with a question mark behind
    the digit; corrected ones blue. What was seen and not read has a thin gray frame. Very small photos are
    enlarged by a whole factor.
    """
    page = np.rot90(photo.pixels, reading.turned // 90)
    factor = max(1, -(-MIN_SIDE // max(page.shape[:2])))
    image = Image.fromarray(np.ascontiguousarray(page.repeat(factor, axis=0).repeat(factor, axis=1)))

    def place(box: Box) -> Corners:
        height, width = photo.pixels.shape[:2]
        shown = box.scaled(photo.scale).turned(reading.turned, width, height).scaled(factor)
        return shown.left, shown.top, shown.right, shown.bottom

    line = max(1, round(MIN_LINE * max(image.size)))
    for left_out in reading.boxes_left_out:
        frame = _frame(place(left_out.box), line, image.size)
        _draw_frame(ImageDraw.Draw(image), frame, line, UNREAD, dashed=True)
    for k, row in enumerate(reading.rows, 1):
        _draw_row(image, row, [place(digit.box) for digit in row], is_last=k == len(reading.rows))
    return np.asarray(image)


def png(pixels: ByteArray) -> bytes:
    """Return (H, W, 3) RGB as a PNG file's content; SOFTWARE is in its first hundred bytes."""
    about = PngInfo()
    about.add_text("Software", SOFTWARE)
    content = io.BytesIO()
    # Level 1: a fifth larger than Pillow's usual 6, in a third of its time.
    Image.fromarray(pixels).save(content, "PNG", compress_level=1, pnginfo=about)
    return content.getvalue()


def _draw_row(image: Image.Image, row: Sequence[Digit], places: Sequence[Corners], is_last: bool) -> None:
    """Draw the frames of a row, then its texts above; below if there is more room and no other row."""
    draw, side = ImageDraw.Draw(image), max(image.size)
    height = median(bottom - top for _, top, _, bottom in places)
    line = max(1, round(min(max(LINE * height, MIN_LINE * side), MAX_LINE * side)))
    frames = [_frame(place, line, image.size) for place in places]
    for digit, frame in zip(row, frames, strict=True):
        _draw_frame(draw, frame, line, _colour(digit), dashed=digit.is_doubtful)
    above = min(top for _, top, _, _ in frames)
    below = min(image.height - bottom for _, _, _, bottom in frames) if is_last else 0
    wanted = max(min(TEXT * height, MAX_TEXT * side), MIN_TEXT * side, 10)
    under = ROOM * above < min(wanted, ROOM * below)
    room = ROOM * (below if under else above)
    font = ImageFont.load_default(min(wanted, max(room, CRAMPED * wanted)))
    for digit, frame in zip(row, frames, strict=True):
        _draw_text(draw, frame, digit.marked, font, _colour(digit), under)


def _colour(digit: Digit) -> str:
    if digit.label is not None:
        return CORRECTED
    return DOUBTFUL if digit.is_doubtful else SURE


def _frame(place: Corners, line: int, size: tuple[int, int]) -> Corners:
    """Return the frame's outer pixels: its line is as far from the digit as it is wide, on the page."""
    left, top, right, bottom = map(round, place)
    outer = (left - 2 * line, top - 2 * line, right + 2 * line - 1, bottom + 2 * line - 1)
    left, top, right, bottom = (min(max(v, 0), n - 1) for v, n in zip(outer, size * 2, strict=True))
    return left, top, right, bottom


def _draw_frame(draw: ImageDraw.ImageDraw, frame: Corners, line: int, colour: str, dashed: bool) -> None:
    left, top, right, bottom = frame
    casing = max(1, line // 2)
    around = (left - casing, top - casing, right + casing, bottom + casing)
    draw.rectangle(around, outline=CASING, width=line + 2 * casing)
    if not dashed:
        draw.rectangle(frame, outline=colour, width=line)
        return
    for x, x_end in _dashes(left, right, line):
        draw.rectangle((x, top, x_end, top + line - 1), colour)
        draw.rectangle((x, bottom - line + 1, x_end, bottom), colour)
    for y, y_end in _dashes(top, bottom, line):
        draw.rectangle((left, y, left + line - 1, y_end), colour)
        draw.rectangle((right - line + 1, y, right, y_end), colour)


def _dashes(start: float, end: float, line: int) -> list[tuple[int, int]]:
    """Return the ends of dashes as long as the gaps between them, half a gap from either end."""
    number = max(1, round((end - start) / (2 * DASH * line)))
    step = (end - start) / number
    return [(round(start + (k + 0.25) * step), round(start + (k + 0.75) * step)) for k in range(number)]


def _draw_text(
    draw: ImageDraw.ImageDraw,
    frame: Corners,
    text: str,
    font: ImageFont.FreeTypeFont | ImageFont.ImageFont,
    colour: str,
    under: bool,
) -> None:
    """Draw text over or under the middle of a frame, within the page."""
    size = getattr(font, "size", 10)  # of the font that Pillow has without FreeType
    bold = round(BOLD * size)
    halo = bold + max(1, round(HALO * size))
    left, top, right, bottom = draw.textbbox((0, 0), text, font, stroke_width=halo)
    width, height = right - left, bottom - top
    x = (frame[0] + frame[2] - width) / 2
    y = frame[3] + halo if under else frame[1] - halo - height
    x, y = min(max(x, 0), draw.im.size[0] - width), min(max(y, 0), draw.im.size[1] - height)
    for fill, stroke in ((CASING, halo), (colour, bold)):
        draw.text((x - left, y - top), text, fill, font, stroke_width=stroke)
