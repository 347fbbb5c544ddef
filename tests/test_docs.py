"""The documentation says what is there."""

from __future__ import annotations

import dataclasses
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from mnist_app.domain import PRESETS
from mnist_app.learning.model_card import card
from mnist_app.runs import CARD_FILE, SERVED_FILE, RunStore
from mnist_app.runs.files import LOOK_ALIKES_FILE
from mnist_app.runs.results import read_file, read_history, read_scores
from tests.generate_docs import PARTS, with_part

ROOT = Path(__file__).parent.parent
SHIPPED = RunStore(ROOT / "models")
README = (ROOT / "README.md").read_text()
DOCUMENTS = [
    *ROOT.glob("*.md"),
    *(file for folder in ("models", "mnist_app", "tests") for file in (ROOT / folder).rglob("README.md")),
]
TRANSCRIPTS = [
    transcript
    for document in DOCUMENTS
    for transcript in re.findall(r"```console\n\$ (.+)\n((?:.+\n)*?)```", document.read_text())
]


def test_every_preset_is_shipped_and_has_its_own_recipe() -> None:
    for name, config in PRESETS.items():
        shipped = SHIPPED.open(name).config
        assert shipped
        # The fastest precision is another on other machines.
        assert dataclasses.replace(shipped, precision=config.precision) == config


@pytest.mark.parametrize("name", PRESETS)
def test_a_runs_card_says_what_its_files_say(name: str) -> None:
    run = SHIPPED.open(name)
    assert read_file(run, CARD_FILE).decode() == card(run, read_scores(run))


@pytest.mark.parametrize("name", PRESETS)
def test_shipped_runs_are_whole_and_small(name: str) -> None:
    run = SHIPPED.open(name)
    sizes = {file: len(read_file(run, file)) for file in run.files}
    assert sizes.pop(LOOK_ALIKES_FILE, 0) <= 5 * 2**20
    assert sum(sizes.values()) <= 5 * 2**20
    assert len(read_history(run)) == run.epochs
    assert len(read_file(run, SERVED_FILE)) <= 2e6


@pytest.mark.parametrize(("command", "output"), TRANSCRIPTS, ids=lambda text: text[:50])
def test_transcripts_are_what_the_commands_print(command: str, output: str) -> None:
    words = shlex.split(command)
    assert words[:3] == ["python", "-m", "mnist_app"]
    done = subprocess.run([sys.executable, *words[1:]], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout == output


def test_there_are_transcripts() -> None:
    assert len(TRANSCRIPTS) >= 3


@pytest.mark.parametrize("name", PARTS)
def test_generated_parts_are_up_to_date(name: str) -> None:
    file, make = PARTS[name]
    assert with_part(file.read_text(), name, make()) == file.read_text(), "run python -m tests.generate_docs"


def test_the_readme_is_short() -> None:
    assert len(README.splitlines()) <= 150


def test_both_commands_set_everything_up() -> None:
    set_up = "python3 -m venv .venv && .venv/bin/pip install -q -r requirements.txt && "
    commands = [line.removeprefix(set_up) for line in README.splitlines() if line.startswith(set_up)]
    assert commands == [".venv/bin/streamlit run app.py", ".venv/bin/python -m pytest"]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda file: str(file.relative_to(ROOT)))
def test_links_lead_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", document.read_text()):
        assert (document.parent / target).exists(), target
