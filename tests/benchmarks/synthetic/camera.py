"""A photo of a scene: ink on paper, the paper on a table, in perspective, in some light."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from mnist_app.domain import Box, ByteArray, FloatArray
from tests.benchmarks.synthetic.pages import SUBPIXEL, light_of, paper_of, taken
from tests.benchmarks.synthetic.scene import Pen, Print, Scene, Shot, Stroke

FINER = 2  # pixels that ink is drawn with for one of the sheet
BEYOND = 0.12  # of the longer side, how far paper goes on beyond what the photo is to show
DISTANCE = 2.2  # of the camera, in longer sides of the sheet
GRAIN = 0.012  # digits' heights, of what a pencil leaves out
SOFT = 0.04  # digits' heights, standard deviation of the edge of a stain
SLOWLY = 0.5  # digits' heights, in which a pen's pressure changes


def photograph_scene(scene: Scene) -> ByteArray:
    """Return a scene as (H, W, 3) uint8 RGB, taken as its shot says."""
    shot, rng = scene.shot, scene.rng
    content = scene.extent
    left, top, right, bottom = shot.margins
    seen = Box(
        content.left - left, content.top - top, content.width + left + right, content.height + top + bottom
    )
    size = _photo_size(seen, shot, rng)
    scale = min(shot.digit, shot.side / max(size))  # pixels of a digit's height
    beyond = 0.0 if shot.share else BEYOND * max(seen.width, seen.height)
    sheet = _sheet(scene, seen, beyond, scale)
    photo = _projected(sheet, seen, beyond * scale, scale, (size[0] * scale, size[1] * scale), scene)
    if not shot.flat:
        photo = photo * light_of(rng, (photo.shape[0], photo.shape[1]))[..., None]
    photo = 255 - photo if shot.inverted else photo
    return np.ascontiguousarray(np.rot90(taken(photo, rng, shot.blur), shot.quarters))


def _photo_size(seen: Box, shot: Shot, rng: np.random.Generator) -> tuple[float, float]:
    """Return width and height of the photo in digits' heights."""
    if shot.share is None:
        return seen.width, seen.height
    aspect = float(np.clip(seen.width / seen.height * rng.uniform(0.85, 1.2), 0.65, 1.6))
    area = seen.width * seen.height / shot.share
    width, height = np.sqrt(area * aspect), np.sqrt(area / aspect)
    return max(float(width), seen.width * 1.03), max(float(height), seen.height * 1.03)


def _sheet(scene: Scene, seen: Box, beyond: float, scale: float) -> FloatArray:
    """Return the sheet from above, (H, W, 3), its paper going on beyond what is seen."""
    origin = np.array([seen.left - beyond, seen.top - beyond])
    size = (round((seen.height + 2 * beyond) * scale), round((seen.width + 2 * beyond) * scale))
    start = None
    if scene.start is not None:
        x, y = ((np.array(scene.start) - origin) * scale).tolist()
        start = (x, y)
    sheet = paper_of(scene.look, scene.rng, size, max(scene.pitch * scale, 8.0), start)
    for pen, stains in _by_pen(scene.stains):
        share = cv2.GaussianBlur(_ink(stains, origin, scale, size, scene.rng), (0, 0), scale * SOFT)
        sheet = _covered(sheet, share * pen.strength, pen)
    for word in scene.prints:
        _print(sheet, word, origin, scale)
    for pen, strokes in _by_pen(scene.strokes):
        share = cv2.GaussianBlur(_ink(strokes, origin, scale, size, scene.rng), (0, 0), 0.7)
        if pen.grain:
            share = share * _grain(pen.grain, max(0.9, GRAIN * scale), size, scene.rng)
        sheet = _covered(sheet, share * pen.strength, pen)
    for hole in scene.holes:
        x, y = ((np.array([hole.left, hole.top]) - origin) * scale).tolist()
        centre = (round(x + hole.width * scale / 2), round(y + hole.height * scale / 2))
        axes = (round(hole.width * scale / 2), round(hole.height * scale / 2))
        cv2.ellipse(sheet, centre, axes, 0, 0, 360, (60.0, 55.0, 50.0), -1, cv2.LINE_AA)
    return sheet


def _by_pen(strokes: Sequence[Stroke]) -> list[tuple[Pen, list[Stroke]]]:
    """Group strokes that follow each other and are of one pen."""
    return [(pen, list(group)) for pen, group in groupby(strokes, lambda stroke: stroke.pen)]


def _covered(sheet: FloatArray, share: FloatArray, pen: Pen) -> FloatArray:
    covered = share[..., None]
    return (sheet * (1 - covered) + np.array(pen.colour, np.float32) * covered).astype(np.float32)


def _ink(
    strokes: Sequence[Stroke],
    origin: np.ndarray,
    scale: float,
    size: tuple[int, int],
    rng: np.random.Generator,
) -> FloatArray:
    """Return (H, W) ink, 0..1, of strokes of one pen, with pressure that changes and with its gaps."""
    fine = np.zeros((size[0] * FINER, size[1] * FINER), np.uint8)
    for stroke in strokes:
        path = (stroke.points - origin) * scale * FINER
        width = stroke.pen.width * scale * FINER
        steps = np.linalg.norm(np.diff(path, axis=0), axis=1)
        count = int(np.clip(steps.sum() / (SLOWLY * scale * FINER), 1, 400)) + 2
        pressure = 1 + 0.12 * _slowly(count, len(path), rng)
        weak = _slowly(3 * count, len(path), rng) if stroke.pen.gaps else None
        level = 0.0 if weak is None else float(np.quantile(weak, stroke.pen.gaps))
        fixed = np.rint(path * 2**SUBPIXEL).astype(np.int32)
        for k in range(max(len(path) - 1, 1)):
            if weak is None or weak[k] >= level:
                thick = max(1, round(width * pressure[k]))
                cv2.polylines(fine, [fixed[k : k + 2]], False, 255, thick, cv2.LINE_AA, SUBPIXEL)
    return (cv2.resize(fine, size[::-1], interpolation=cv2.INTER_AREA) / 255).astype(np.float32)


def _slowly(changes: int, count: int, rng: np.random.Generator) -> np.ndarray:
    """Return (count,) normal values that change so many times, with values between them."""
    return np.interp(np.linspace(0, changes - 1, count), np.arange(changes), rng.normal(0, 1, changes))


def _grain(much: float, coarse: float, size: tuple[int, int], rng: np.random.Generator) -> FloatArray:
    """Return (H, W) 0..1, what the paper's grain, `coarse` pixels wide, leaves of a pencil or of chalk."""
    noise = cv2.GaussianBlur(rng.normal(0, 1, size).astype(np.float32), (0, 0), coarse)
    level = noise / float(noise.std())
    return np.asarray(1 - much / (1 + np.exp(-2.5 * (level - 0.2))), np.float32)


def _print(sheet: FloatArray, word: Print, origin: np.ndarray, scale: float) -> None:
    """Print a word in Pillow's own sans-serif font."""
    font = ImageFont.load_default(max(6, round(word.height * scale / 0.72)))
    x, y = ((np.array([word.left, word.top]) - origin) * scale).tolist()
    page = Image.new("L", sheet.shape[1::-1])
    ImageDraw.Draw(page).text((x, y + word.height * scale), word.text, fill=255, font=font, anchor="ls")
    share = (np.asarray(page, np.float32) / 255 * 0.9)[..., None]
    sheet[:] = sheet * (1 - share) + np.array(word.colour, np.float32) * share


def _projected(
    sheet: FloatArray, seen: Box, beyond: float, scale: float, size: tuple[float, float], scene: Scene
) -> FloatArray:
    """Project the sheet into a camera that is tilted and rolled, onto a table if there is one."""
    shot, rng = scene.shot, scene.rng
    width, height = max(round(size[0]), 32), max(round(size[1]), 32)
    inner = np.array([seen.width, seen.height]) * scale
    half = inner / 2
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * half
    flat = _tilted(corners, shot, float(inner.max()))
    if shot.share is not None:
        flat = flat - (flat.min(axis=0) + flat.max(axis=0)) / 2
        flat = flat * min(1.0, float((np.array([width, height]) * 0.985 / np.ptp(flat, axis=0)).min()))
        free = (np.array([width, height]) - np.ptp(flat, axis=0)) / 2
        flat = flat + rng.uniform(-0.8, 0.8, 2) * free.clip(0)
    target = (flat + np.array([width, height]) / 2).astype(np.float32)
    warp = cv2.getPerspectiveTransform((corners + half + beyond).astype(np.float32), target)
    if shot.share is None:
        return np.asarray(
            cv2.warpPerspective(
                sheet, warp, (width, height), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE
            )
        )
    paper = cv2.warpPerspective(sheet, warp, (width, height), flags=cv2.INTER_AREA)
    there = cv2.warpPerspective(np.ones(sheet.shape[:2], np.float32), warp, (width, height))
    shadow = cv2.GaussianBlur(there, (0, 0), 0.012 * max(width, height))
    offset = np.array([[1, 0, rng.normal(0, 0.006) * width], [0, 1, rng.uniform(0, 0.01) * height]])
    shadow = cv2.warpAffine(shadow, offset, (width, height), borderMode=cv2.BORDER_REPLICATE)
    table = table_of(shot.table, (height, width), rng) * (1 - 0.45 * shadow[..., None])
    return np.asarray(table * (1 - there[..., None]) + paper * there[..., None], np.float32)


def _tilted(corners: np.ndarray, shot: Shot, longest: float) -> np.ndarray:
    """Project (4, 2) corners around (0, 0) as a pinhole camera does."""
    back, aside, roll = np.deg2rad([*shot.tilt, shot.roll])
    turned = corners @ np.array([[np.cos(roll), np.sin(roll)], [-np.sin(roll), np.cos(roll)]])
    depth = turned[:, 1] * np.sin(back) + turned[:, 0] * np.sin(aside)
    flat = turned * np.array([np.cos(aside), np.cos(back)])
    away = DISTANCE * longest
    return flat * (away / (away - depth))[:, None]


def table_of(kind: str, size: tuple[int, int], rng: np.random.Generator) -> FloatArray:
    """Return (H, W, 3) of a table: "grey", "dark", "wood" or "leather"."""
    colour = {
        "grey": (172, 172, 170),
        "dark": (48, 45, 44),
        "wood": (150, 105, 65),
        "leather": (88, 52, 36),
    }[kind]
    table = np.empty((*size, 3), np.float32)
    table[:] = np.array(colour) * rng.uniform(0.8, 1.15)
    if kind == "wood":  # long fibres, and boards
        fibres = cv2.resize(rng.normal(0, 1, (size[0] // 3 + 1, 12)).astype(np.float32), size[::-1])
        waves = cv2.resize(rng.normal(0, 1, (size[0] // 40 + 2, 3)).astype(np.float32), size[::-1])
        table *= (1 + 0.08 * fibres + 0.1 * waves)[..., None]
        for y in np.arange(rng.uniform(0.1, 0.3), 1, rng.uniform(0.25, 0.4)):
            cv2.line(table, (0, int(y * size[0])), (size[1], int(y * size[0])), (60.0, 40.0, 25.0), 3)
    elif kind == "leather":
        spots = cv2.resize(
            rng.normal(0, 1, (size[0] // 7 + 1, size[1] // 7 + 1)).astype(np.float32), size[::-1]
        )
        table *= (1 + 0.18 * spots)[..., None]
    table += rng.normal(0, 3, (*size, 1))
    return table.clip(0, 255)
