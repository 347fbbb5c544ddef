from __future__ import annotations

import csv
import dataclasses
import io
import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_app.domain import Box, LeftOut, Sign, Verdict
from mnist_app.reading.formats import (
    CSV_HEADER,
    FORMULA,
    csv_error,
    csv_rows,
    no_formula,
    reading_to_json,
    to_csv,
)
from tests.helpers.readings import digit, reading, row

ROWS = row("1024 007", top=10), row("31", top=50)
PAGE = reading(*ROWS)


def parsed(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_the_keys_of_a_reading_stay_in_their_order() -> None:
    answer = json.loads(json.dumps(reading_to_json(PAGE)))
    assert list(answer) == ["text", "rows", "digits", "numbers", "turned", "left_out", "written"]
    assert list(answer["digits"][0]) == [
        "digit",
        "confidence",
        "is_digit",
        "candidates",
        "box",
        "probabilities",
        "verdict",
    ]


def test_rows_are_texts_and_numbers_are_apart() -> None:
    upright = reading_to_json(PAGE)
    assert upright["text"] == "1024007\n31"
    assert upright["rows"] == ["1024007", "31"]
    assert upright["numbers"] == [["1024", "007"], ["31"]]
    assert upright["turned"] == 0
    assert reading_to_json(reading(*ROWS, turned=90))["turned"] == 90


def test_a_page_of_several_has_its_number() -> None:
    answer = reading_to_json(dataclasses.replace(PAGE, page=2, pages=3))
    assert list(answer)[-2:] == ["page", "pages"]
    assert (answer["page"], answer["pages"]) == (2, 3)


def test_signs_are_in_what_is_written_alone() -> None:
    one, two, three = row("314")
    page = reading([one, Sign(".", Box(10, 13, 1, 1), 0.9), two, three])
    answer = reading_to_json(page)
    assert (answer["text"], answer["written"], len(answer["digits"])) == ("314", ["3.14"], 3)
    (cells,) = csv_rows("page.jpg", page)
    assert (cells[CSV_HEADER.index("text")], cells[-1]) == ("314", "3.14")


@pytest.mark.parametrize(("sign", "cell"), [("-", "-42"), ("+", "+42"), ("=", "'=42")])
def test_a_spreadsheet_takes_a_negative_number_for_one_and_nothing_for_a_formula(
    sign: str, cell: str
) -> None:
    (line,) = parsed(
        to_csv([CSV_HEADER, *csv_rows("a.jpg", reading([Sign(sign, Box(-8, 7, 5, 1), 0.9), *row("42")]))])
    )
    assert line["written"] == cell


@given(text=st.text(max_size=20) | st.from_regex(r"[-+=@\t\r\n].{0,10}", fullmatch=True))
def test_no_text_is_a_formula(text: str) -> None:
    safe = no_formula(text)
    assert not safe.startswith(FORMULA) or re.fullmatch(r"[-+][0-9.,]+([eE][-+]?[0-9]+)?", safe)
    assert safe in (text, f"'{text}")


@pytest.mark.parametrize("text", ["-1", "+3.5", "-1,000.25", "-1e-5", "007", "1-2", "–"])
def test_a_number_stays_one(text: str) -> None:
    assert no_formula(text) == text


@pytest.mark.parametrize("text", ["=1", "-1+1", "+cmd|' /C calc'!A0", "@SUM(A1)", "-", "-x", "\t=1", "-1 "])
def test_a_formula_is_none_any_more(text: str) -> None:
    assert no_formula(text) == f"'{text}"


def test_what_a_photo_has_left_out_has_a_place_and_a_reason() -> None:
    page = dataclasses.replace(PAGE, left_out=(LeftOut(Box(1, 2, 30, 4), "line"),))
    assert reading_to_json(page)["left_out"] == [{"box": [1, 2, 30, 4], "reason": "line"}]


def test_csv_has_the_page_in_a_late_column_where_no_other_moved() -> None:
    assert CSV_HEADER[-3:] == ("error", "page", "written")
    read = dataclasses.replace(PAGE, page=2, pages=3)
    rows = [*csv_rows("scan.pdf", read), csv_error("scan.pdf", "It is damaged.", page=3)]
    assert [row[-2] for row in rows] == [2, 2, 2, 3]
    assert {row[-2] for row in csv_rows("page.jpg", PAGE)} == {None}
    assert {len(row) for row in rows} == {len(CSV_HEADER)}


def test_only_a_corrected_digit_has_a_label() -> None:
    read = digit(4)
    answers = reading_to_json(reading([read, read.corrected(9)]))["digits"]
    assert "label" not in answers[0]
    assert (answers[1]["label"], answers[1]["digit"], answers[1]["candidates"]) == (9, 9, [9])


def test_a_number_is_a_line_of_csv() -> None:
    lines = parsed(to_csv([CSV_HEADER, *csv_rows("page.jpg", PAGE)]))
    assert [(line["row"], line["number"], line["text"]) for line in lines] == [
        ("1", "1", "1024"),
        ("1", "2", "007"),
        ("2", "1", "31"),
    ]
    assert {(line["file"], line["line"], line["error"]) for line in lines} == {("page.jpg", "", "")}


def test_a_numbers_box_is_around_all_its_digits() -> None:
    digits = (digit(1, (10, 30, 5, 20)), digit(2, (17, 25.126, 8, 20)))
    (line,) = parsed(to_csv([CSV_HEADER, *csv_rows("a.png", reading(digits), 3)]))
    assert [line[key] for key in ("left", "top", "width", "height")] == ["10", "25.13", "15", "24.87"]
    assert line["line"] == "3"


def test_a_number_is_as_sure_as_its_least_sure_digit() -> None:
    digits = (digit(1), digit(2, (11, 0, 10, 20), 0.8), digit(3, (22, 0, 10, 20), 0.6, (3, 8)))
    (line,) = parsed(to_csv([CSV_HEADER, *csv_rows("a.png", reading(digits))]))
    assert (line["confidence"], line["doubtful"]) == ("0.6", "2")


def test_what_could_not_be_read_has_an_error_and_nothing_else() -> None:
    (line,) = parsed(to_csv([CSV_HEADER, csv_error("a.png", "The image is damaged.", 7)]))
    assert (line.pop("file"), line.pop("line"), line.pop("error")) == ("a.png", "7", "The image is damaged.")
    assert set(line.values()) == {""}


@pytest.mark.parametrize("name", ['a,"b".png', "two\nlines.png", "é, 数字.png", "a;=1+1.png", " blank .png"])
def test_any_name_comes_back_from_csv(name: str) -> None:
    (line,) = parsed(to_csv([CSV_HEADER, csv_error(name, "No.")]))
    assert line["file"] == name


@pytest.mark.parametrize("name", ["=cmd()", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_name_is_no_formula_and_names_the_same_file(name: str) -> None:
    (line,) = parsed(to_csv([CSV_HEADER, csv_error(name, "No.")]))
    assert line["file"][0] == "."
    assert Path(line["file"]) == Path(name)


def test_texts_are_quoted_so_that_no_zero_is_lost() -> None:
    text = to_csv(csv_rows("a.png", reading(row("007"))))
    assert text.startswith('"a.png","",1,1,"007",0.99,0,')
    assert text.endswith("\n")
    assert "\r" not in text


def test_a_sign_is_no_formula() -> None:
    for sign, cell in (("=", "'="), ("-", "'-"), ("/", "/")):
        read = dataclasses.replace(digit(1), verdict=Verdict.SIGN, sign=sign)
        (line,) = parsed(to_csv([CSV_HEADER, *csv_rows("plus.jpg", reading([read]))]))
        assert line["text"] == cell
