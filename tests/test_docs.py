"""What the README says is what is there."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from mnist_app.learning.presets import PRESETS
from mnist_app.runs import RunStore

ROOT = Path(__file__).parent.parent
SHIPPED = RunStore(ROOT / "models")
README = (ROOT / "README.md").read_text()
TRANSCRIPTS = re.findall(r"```console\n\$ (.+)\n((?:.+\n)*?)```", README)


def test_every_preset_is_shipped_and_has_its_own_recipe() -> None:
    for name, config in PRESETS.items():
        assert SHIPPED.open(name).config == config


@pytest.mark.parametrize("name", PRESETS)
def test_the_results_table_states_each_runs_own_figures(name: str) -> None:
    run = SHIPPED.open(name)
    (row,) = [line for line in README.splitlines() if line.startswith(f"| `{run.name}`")]
    assert f"{run.metrics['test_accuracy'] * 100:.2f} %" in row
    assert f"{run.parameters:,}" in row
    assert f"python -m mnist_app train {run.config.preset}" in row


@pytest.mark.parametrize("name", PRESETS)
def test_shipped_runs_are_whole_and_small(name: str) -> None:
    store, run = SHIPPED, SHIPPED.open(name)
    assert sum(len(store.read(run, file)) for file in run.files) <= 5 * 2**20
    assert len(store.history(run)) == run.config.epochs


@pytest.mark.parametrize(("command", "output"), TRANSCRIPTS, ids=lambda text: text[:50])
def test_the_examples_print_what_the_readme_shows(command: str, output: str) -> None:
    words = shlex.split(command)
    assert words[:3] == ["python", "-m", "mnist_app"]
    done = subprocess.run([sys.executable, *words[1:]], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout == output


def test_there_are_examples() -> None:
    assert TRANSCRIPTS


def test_both_commands_set_everything_up() -> None:
    set_up = "python3 -m venv .venv && .venv/bin/pip install -q -r requirements.txt && "
    commands = [line.removeprefix(set_up) for line in README.splitlines() if line.startswith(set_up)]
    assert commands == [".venv/bin/streamlit run app.py", ".venv/bin/python -m pytest"]


def test_every_requirement_is_pinned() -> None:
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    names = [line for line in lines if line and not line.startswith("#")]
    assert all(re.fullmatch(r"[a-z0-9-]+==[0-9.]+", name) for name in names)


def test_links_lead_somewhere() -> None:
    targets = re.findall(r"\]\(([^)#:]+)\)", README)
    assert targets
    assert all((ROOT / target).exists() for target in targets)
