"""Kinds of pages that people photograph, by name: what is written on which paper, seen how.

A kind is a function that writes on a Scene; `page_of` makes the k-th page of a kind, always the same.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence

import numpy as np

from tests.benchmarks.synthetic.camera import photograph_scene
from tests.benchmarks.synthetic.kinds import marks, nothing, papers, pens, texts, views
from tests.benchmarks.synthetic.pages import Look, Page
from tests.benchmarks.synthetic.scene import LINES, PAPERS, Scene, Shot
from tests.benchmarks.synthetic.writers import DIGITS, Writer

KINDS: dict[str, Callable[[Scene], None]] = {
    **views.KINDS,
    **papers.KINDS,
    **marks.KINDS,
    **pens.KINDS,
    **texts.KINDS,
    **nothing.KINDS,
}


def page_of(kind: str, k: int, writers: Sequence[Writer]) -> Page:
    """Return the k-th page of a kind, in one of these people's hands. Raises KeyError for an unknown kind."""
    scene = scene_of(kind, k, writers)
    written = tuple(row.replace(" ", "") for row in scene.rows)
    digits = tuple("".join(c for c in row if c in DIGITS) for row in written)
    return Page(photograph_scene(scene), digits, written)


def scene_of(kind: str, k: int, writers: Sequence[Writer]) -> Scene:
    """Return what is to be photographed for it. Raises KeyError for an unknown kind."""
    seed = zlib.crc32(kind.encode())
    scene = _any_scene(writers[(seed + k) % len(writers)], np.random.default_rng([seed, k]))
    KINDS[kind](scene)
    return scene


def _any_scene(writer: Writer, rng: np.random.Generator) -> Scene:
    """Any pen on any paper, mostly blank, from nearly straight above."""
    paper, lines = PAPERS[int(rng.integers(len(PAPERS)))], LINES[int(rng.integers(len(LINES)))]
    look = Look((0, 0, 0), paper, str(rng.choice(["blank", "ruled", "squared"], p=[0.7, 0.15, 0.15])), lines)
    shot = Shot(
        digit=float(rng.uniform(45, 110)),
        side=int(rng.integers(1_000, 1_600)),
        margins=tuple(rng.uniform(0.8, 2.5, 4).tolist()),
        roll=float(rng.normal(0, 1.5)),
        tilt=(float(rng.normal(0, 4)), float(rng.normal(0, 3))),
    )
    scene = Scene(writer, rng, pens.any_pen(rng), look, shot)
    scene.pitch = float(rng.uniform(0.6, 1.0) if look.kind == "squared" else rng.uniform(1.2, 1.9))
    return scene
