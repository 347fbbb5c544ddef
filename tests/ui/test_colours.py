from __future__ import annotations

import re
from pathlib import Path

from mnist_app.reading import annotate
from mnist_app.runs import RunStore, models_dir
from mnist_app.ui import colours, style
from mnist_app.ui.colours import run_colours, run_dashes
from tests.helpers.runs import make_runs

ROOT = Path(__file__).parents[2]
PALETTE = {value for value in vars(colours).values() if re.fullmatch(r"#[0-9A-F]{6}", str(value))}
PAPER = {"#FCFBF7", "#1D2129"}  # light and dark


def test_a_run_has_its_colour_whatever_is_compared_and_new_runs_change_none(tmp_path: Path) -> None:
    make_runs(tmp_path, models_dir() / "dense-128", count=9, epochs=2)
    runs, _ = RunStore(tmp_path).open_all()
    before, after = run_colours(runs[:8]), run_colours(runs)
    assert all(after[name] == colour for name, colour in before.items())
    looks = {(after[run.name], run_dashes(runs, runs)[run.name]) for run in runs}
    assert len(looks) == 9
    assert set(run_dashes(runs[1:8], runs).values()) == {()}, "a run alone with its colour has a solid line"


def test_hex_colours_stand_in_the_palette_alone() -> None:
    files = [file for file in (ROOT / "mnist_app" / "ui").rglob("*.py") if file.name != "colours.py"]
    assert [file.name for file in files if re.search(r"#[0-9A-Fa-f]{6}\b", file.read_text())] == []


def test_what_must_repeat_a_colour_repeats_the_palettes() -> None:
    used = set(re.findall(r"#[0-9A-F]{6}", style.STYLE.read_text()))
    assert used - PAPER <= PALETTE
    assert {annotate.SURE, annotate.DOUBTFUL, annotate.CORRECTED} <= PALETTE
    config = (ROOT / ".streamlit" / "config.toml").read_text()
    accents = set(re.findall(r'primaryColor = "(.*)"', config))
    assert accents == {colours.BLUE, colours.SKY}
    assert f'backgroundColor = "{colours.NIGHT}"' in config
