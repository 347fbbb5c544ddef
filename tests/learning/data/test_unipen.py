from __future__ import annotations

import pytest

from mnist_app.errors import DataError
from mnist_app.learning.data.downloads import offline
from mnist_app.learning.data.stroke_files import Record
from mnist_app.learning.data.unipen import DIGITS, LETTERS, URL, download, parse_archive
from tests.learning.data.conftest import unipen_archive as archive

STROKES = """.WRITER_ID Amy_W
.STYLE PRINTED
.COORD X Y
.PEN_DOWN
	100	200
	100	100
.PEN_UP
.PEN_DOWN
 110 150
 150 150
.DT 100
.PEN_UP
 150 150
 300 10
.PEN_UP
.PEN_DOWN
0 0
.PEN_UP
.PEN_DOWN
10 10
15 10
20 10
20 12
30 10
60 60
"""
# By their numbers: down, down, up, down (a point), down.
LABELS = """.VERSION 1.0
.INCLUDE apb/app.doc
.INCLUDE apb/data/one.dat
"""


def segments(*lines: str) -> str:
    return LABELS + "".join(f".SEGMENT CHARACTER {line}\n" for line in lines)


def labelled(*lines: str, category: str = "1c") -> list[Record]:
    files = {"include/apb/data/one.dat": STROKES, f"data/{category}/apb/apb02/one.dat": segments(*lines)}
    return parse_archive(archive(files), [category])


def test_a_character_is_its_pen_down_components_upright_and_scaled() -> None:
    assert labelled('0-2 OK "t"') == [
        Record("t", "apb:Amy_W", (((0, 0), (0, 500)), ((50, 250), (250, 250)))),
    ]


@pytest.mark.parametrize("span", ["0,1", "0,1-2", "0:0-1:1", "0:1-1:0"])
def test_components_are_named_in_many_ways(span: str) -> None:
    assert labelled(f'{span} ? "t"') == labelled('0-1 ? "t"')


def test_a_point_beside_a_stroke_is_one() -> None:
    (record,) = labelled('1-3 ? "i"')
    assert record.strokes == (((367, 0), (500, 0)), ((0, 500),))


def test_points_that_hardly_move_are_left_out() -> None:
    (record,) = labelled('4 ? "j"')  # ten units are a unit here
    assert record.strokes == (((0, 500), (50, 500), (100, 500), (100, 480), (200, 500), (500, 0)),)
    strokes = STROKES.replace("60 60", "60 60\n60 800")  # three fifths of one
    files = {"include/apb/data/one.dat": strokes, "data/1c/apb/one.dat": segments('4 ? "j"')}
    (record,) = parse_archive(archive(files), LETTERS)
    assert record.strokes == (((0, 500), (6, 500), (13, 500), (32, 468), (32, 0)),)


def test_a_point_and_labels_of_more_than_a_character_are_left_out() -> None:
    assert labelled('3 ? "."', '0 ? "\\@"', '0 ? "\\""', '0 ? "ab"', '9 ? "x"', '2 ? "u"') == []
    assert [record.label for record in labelled('0 ? "\\"', '0 ? "\'"')] == ["\\", "'"]


def test_digits_have_numbers_for_labels() -> None:
    assert [record.label for record in labelled('0 ? "1"', '0-1 OK "7"', category="1a")] == [1, 7]


def test_files_are_read_in_the_order_of_their_names_whatever_the_archives() -> None:
    files = {
        "data/1d/aga/a.dat": LABELS.replace("apb", "aga") + '.SEGMENT CHARACTER 0 ? "/"\n',
        "data/1b/tos/f2/a.dat": segments('0 ? "L"'),
        "include/apb/data/one.dat": STROKES,
        "data/1b/tos/f1/b.dat": segments('0 ? "I"'),
        "data/1b/ibm/a.dat": segments('0 ? "M"'),
        "data/2/apb/a.dat": segments('0 ? "C"'),
        "data/1a/apb/a.dat": segments('0 ? "1"'),
        "include/aga/data/one.dat": STROKES.replace("Amy_W", "amy"),
        "data/1b/apb/a.dat": segments('0 ? "J"'),
    }
    records = parse_archive(archive(files), LETTERS)
    assert [(record.label, record.writer) for record in records] == [
        ("J", "apb:Amy_W"),
        ("I", "tos:Amy_W"),
        ("L", "tos:Amy_W"),
        ("/", "aga:amy"),
    ]
    assert [record.label for record in parse_archive(archive(files), DIGITS)] == [1]


def test_labels_without_strokes_are_nothing() -> None:
    assert parse_archive(archive({"data/1c/apb/a.dat": segments('0 ? "t"')}), LETTERS) == []
    assert parse_archive(archive({}), LETTERS) == []


def test_the_archive_is_downloaded(web: dict[str, bytes]) -> None:
    files = {"include/apb/data/one.dat": STROKES, "data/1a/apb/a.dat": segments('0 ? "1"')}
    web[URL] = archive(files)
    assert [record.label for record in download(DIGITS)] == [1]
    web[URL] = b"<html>"
    with pytest.raises(DataError, match="cannot be unpacked"):
        download(DIGITS)
    with offline("no network here"), pytest.raises(DataError, match="no network here"):
        download(DIGITS)
