from __future__ import annotations

import dataclasses
import gzip
from pathlib import Path

import numpy as np
import pytest

from mnist_app.domain import FIRST_SIGN, NOT_A_DIGIT, SIGNS, Drawing
from mnist_app.errors import DataError
from mnist_app.learning.data import pens, unipen
from mnist_app.learning.data.pen_strokes import PenStrokes
from mnist_app.learning.data.pens import (
    OVERLAP,
    UJI_FILE,
    UJI_URL,
    by_writers,
    label_of,
    load_digits,
    parse_uji,
    side_by_side,
)
from mnist_app.learning.data.stroke_files import Record, digest, encode_lines
from tests.learning.data.conftest import unipen_archive, zipped

UJI = """//
// ASCII char: 5
WORD 5 trn_UPV_W12-01
 NUMSTROKES 2
  POINTS 3 # 10 20 11 25 -3 40
  POINTS 1 # 7 7
WORD 5 trn_UPV_W12-02
 NUMSTROKES 1
  POINTS 2 # 1 2 3 4
WORD 5 tst_UJI_W41-01
 NUMSTROKES 1
  POINTS 1 # 1 1
WORD 5 trn_UJI_W11-01
 NUMSTROKES 1
  POINTS 1 # 1 1
WORD 6 tst_UPV_W40-01
 NUMSTROKES 1
  POINTS 2 # 9 8 7 6
// Non-ASCII char: ñ
WORD ñ trn_UPV_W12-01
 NUMSTROKES 1
  POINTS 1 # 1 1
"""
UJI_RECORDS = [
    Record(5, "uji2:12", (((10, 20), (11, 25), (-3, 40)), ((7, 7),))),
    Record(5, "uji2:12", (((1, 2), (3, 4)),)),
    Record(6, "uji2:40", (((9, 8), (7, 6)),)),
]
LINE = (((0, 0), (30, 90)),)


def publish(monkeypatch: pytest.MonkeyPatch, name: str, records: list[Record], folder: Path) -> None:
    """Take records for a published set of `pens`, and put them into a folder."""
    published = dataclasses.replace(getattr(pens, name), sha256=digest(records))
    monkeypatch.setattr(pens, name, published)
    (folder / next(iter(published.parsers))).write_bytes(gzip.compress(encode_lines(records)))


def test_uji_characters_are_the_digits_of_its_writers_in_their_order() -> None:
    assert parse_uji(UJI.encode()) == UJI_RECORDS


def test_a_point_without_its_y_is_an_error() -> None:
    with pytest.raises(ValueError, match="zip"):
        parse_uji(UJI.replace("1 2 3 4", "1 2 3").encode())


def test_uji_is_fetched_verified_and_kept(web: dict[str, bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    web[UJI_URL] = zipped({f"data/{UJI_FILE}": UJI.encode("latin-1")})
    uji = dataclasses.replace(pens.UJI_DIGITS, sha256=digest(UJI_RECORDS))
    assert uji.load() == UJI_RECORDS
    assert uji.load() == UJI_RECORDS
    web[UJI_URL] = zipped({UJI_FILE: UJI.replace("9 8", "9 9").encode()})
    monkeypatch.setattr(pens, "UJI_DIGITS", uji)
    with pytest.raises(DataError, match=r"not the published UJI digits.*MNIST_APP_DATA"):
        dataclasses.replace(uji, parsers={"elsewhere": parse_uji}).load()


@pytest.mark.usefixtures("clean_environment")
def test_unipens_archive_has_digits_and_letters(tmp_path: Path) -> None:
    files = {
        "include/aga/data/a.dat": ".WRITER_ID amy\n.PEN_DOWN\n0 90\n30 0\n.PEN_UP\n",
        "data/1a/aga/a.dat": '.INCLUDE aga/data/a.dat\n.SEGMENT CHARACTER 0 OK "1"\n',
        "data/1b/aga/a.dat": '.INCLUDE aga/data/a.dat\n.SEGMENT CHARACTER 0 OK "J"\n',
    }
    (tmp_path / unipen.ARCHIVE).write_bytes(unipen_archive(files))
    for published, label in ((pens.UNIPEN_DIGITS, 1), (pens.UNIPEN_LETTERS, "J")):
        records = [Record(label, "aga:amy", (((0, 0), (167, 500)),))]
        assert dataclasses.replace(published, sha256=digest(records)).load(tmp_path) == records
        with pytest.raises(DataError, match=rf"{unipen.ARCHIVE}: not the published UNIPEN"):
            published.load(tmp_path)


@pytest.mark.usefixtures("web")
def test_what_cannot_be_fetched_says_what_to_do() -> None:
    for published in (pens.UNIPEN_DIGITS, pens.UNIPEN_LETTERS, pens.UJI_DIGITS):
        file = next(iter(published.parsers))
        with pytest.raises(
            DataError, match=rf"{published.title} could not be had.*Put {file} or .*MNIST_APP_DATA"
        ):
            published.load()


@pytest.mark.usefixtures("clean_environment")
def test_digits_of_both_sets_follow_one_another_without_mistaken_ones(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    publish(monkeypatch, "UNIPEN_DIGITS", [Record(k, f"aga:{k}", LINE) for k in range(4)], tmp_path)
    publish(monkeypatch, "UJI_DIGITS", UJI_RECORDS, tmp_path)
    monkeypatch.setattr(pens, "NO_DIGITS", {1, 2})
    strokes = load_digits(tmp_path)
    assert strokes.labels.tolist() == [0, 3, 5, 5, 6]
    assert strokes.writers.tolist() == ["aga:0", "aga:3", "uji2:12", "uji2:12", "uji2:40"]


@pytest.mark.usefixtures("clean_environment")
def test_characters_that_look_like_digits_are_no_letters(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    characters = "oAS+.x|%"
    publish(monkeypatch, "UNIPEN_LETTERS", [Record(c, "aga:1", LINE) for c in characters], tmp_path)
    kept = pens.load_letters(tmp_path)
    assert kept.labels.tolist() == [label_of(c) for c in "A+×%"]


def test_a_label_is_of_a_sign_or_of_no_digit() -> None:
    assert [label_of(sign) for sign in SIGNS] == list(range(FIRST_SIGN, FIRST_SIGN + len(SIGNS)))
    assert label_of("x") == label_of("X") == label_of("×")
    assert label_of("A") == label_of("~") == NOT_A_DIGIT


def test_letters_side_by_side_touch_and_are_by_one_writer() -> None:
    heights = [10.0, 20.0, 30.0, 40.0, 50.0, 60.0]
    drawings = tuple(Drawing((np.array([[5, 0], [9, h]], np.float32),)) for h in heights)
    writers = np.array(["amy", "bob", "amy", "bob", "amy", "carl"])  # carl has nothing to put beside
    letters = PenStrokes(drawings, np.full(6, NOT_A_DIGIT, np.uint8), writers)
    pairs = side_by_side(letters, 10, np.random.default_rng(0))
    assert sorted(pairs.writers.tolist()) == ["amy", "amy", "bob"]
    assert set(pairs.labels.tolist()) == {NOT_A_DIGIT}
    writer_of = dict(zip(heights, writers.tolist(), strict=True))
    for drawing, writer in zip(pairs.drawings, pairs.writers.tolist(), strict=True):
        left, right = drawing.strokes
        assert {writer_of[float(np.ptp(stroke, axis=0)[1])] for stroke in (left, right)} == {writer}
        overlap = left[:, 0].max() - right[:, 0].min()
        assert 0 <= overlap <= OVERLAP * np.ptp(left, axis=0).max() + 1e-3
        assert left[:, 1].min() == pytest.approx(right[:, 1].min())
    assert len(side_by_side(letters, 2, np.random.default_rng(0))) == 2


def drawn_by(writers: list[str]) -> PenStrokes:
    count = len(writers)
    return PenStrokes((Drawing(()),) * count, np.zeros(count, np.uint8), np.array(writers))


def test_no_writer_is_in_two_parts_and_about_one_of_ten_is_in_each_that_is_held_out() -> None:
    parts = by_writers(drawn_by([f"team:{k}" for k in range(1000)] * 2))
    sets = [set(part.writers.tolist()) for part in parts]
    assert sum(map(len, sets)) == len(set.union(*sets)) == 1000
    assert sum(map(len, parts)) == 2000
    assert 60 < len(sets[1]) < 140
    assert 60 < len(sets[2]) < 140


def test_a_writer_is_in_the_same_part_of_every_set() -> None:
    names = [f"team:{k}" for k in range(200)]
    of_all, of_some = by_writers(drawn_by(names)), by_writers(drawn_by(names[::-3]))
    for some, every in zip(of_some, of_all, strict=True):
        assert set(some.writers.tolist()) == set(every.writers.tolist()) & set(names[::-3])


def test_the_parts_are_those_that_shipped_runs_were_trained_on() -> None:
    names = ["aga:amywldrp", "gmd:alek", "gmd:kast", "uji2:15", "uji2:18", "uji2:20"]
    assert [part.writers.tolist() for part in by_writers(drawn_by(names))] == [
        ["aga:amywldrp", "gmd:kast", "uji2:20"],
        ["uji2:18"],
        ["gmd:alek", "uji2:15"],
    ]
