from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
import tomllib
import urllib.request
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from mnist_app import read_photo
from mnist_app.domain import PRESETS

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
PINNED = [
    Requirement(line)
    for line in (ROOT / "requirements.txt").read_text().splitlines()
    if line and not line.startswith("#")
]


def test_requirements_pin_each_dependency_of_the_package_and_its_extras_and_no_other() -> None:
    groups = [PROJECT["dependencies"], *PROJECT["optional-dependencies"].values()]
    declared = {r.name: r.specifier for group in groups for r in map(Requirement, group)}
    del declared[PROJECT["name"]]  # an extra that includes another
    assert sorted(declared) == sorted(r.name for r in PINNED)
    for requirement in PINNED:
        (pin,) = requirement.specifier
        assert pin.operator == "=="
        assert declared[requirement.name].contains(pin.version)


def locked(name: str) -> dict[str, set[str]]:
    """Return the versions of each package in a lock. Raises AssertionError for one without a hash."""
    found: dict[str, set[str]] = {}
    for entry in re.split(r"\n(?=\S)", (ROOT / ".ci" / f"{name}.lock").read_text().strip()):
        assert "--hash=sha256:" in entry, entry
        requirement = Requirement(entry.partition(" \\")[0])
        found.setdefault(requirement.name, set()).update(pin.version for pin in requirement.specifier)
    return found


def test_the_locks_have_each_pin_and_the_app_is_a_part_of_everything() -> None:
    """Else run .ci/lock again."""
    app, everything = locked("app"), locked("all")
    pinned = {requirement.name: {pin.version for pin in requirement.specifier} for requirement in PINNED}
    required = {Requirement(line).name for line in PROJECT["dependencies"]}
    assert pinned.items() <= everything.items()
    assert app.items() <= everything.items()
    assert required <= app.keys()
    assert not {"tensorflow", "keras", "pytest"} & app.keys()


def test_the_app_does_not_require_tensorflow() -> None:
    names = {Requirement(line).name for line in PROJECT["dependencies"]}
    assert not names & {"tensorflow", "keras", "scikit-learn", "scipy", "optuna"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    (file,) = folder.iterdir()
    return zipfile.ZipFile(file)


def test_the_wheel_has_the_package_the_app_and_the_shipped_runs_but_no_tests(wheel: zipfile.ZipFile) -> None:
    names = set(wheel.namelist())
    assert {name.split("/")[0] for name in names} == {
        "mnist_app",
        f"mnist_app-{PROJECT['version']}.dist-info",
    }
    own = [file for file in (ROOT / "mnist_app").rglob("*") if file.is_file() and file.suffix != ".pyc"]
    package = {name for name in names if name.startswith("mnist_app/") and "/shipped/" not in name}
    assert package == {str(file.relative_to(ROOT)) for file in own}
    shipped = {
        Path("app.py"),
        Path(".streamlit/config.toml"),
        *(file.relative_to(ROOT) for name in PRESETS for file in (ROOT / "models" / name).iterdir()),
    }
    assert {name for name in names if "/shipped/" in name} == {
        f"mnist_app/shipped/{path}" for path in shipped
    }


@pytest.fixture(scope="module")
def environment(wheel: zipfile.ZipFile, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Environment of a process for which the wheel is installed and the clone is not there."""
    folder = tmp_path_factory.mktemp("site-packages")
    wheel.extractall(folder)
    inherited = {key: value for key, value in os.environ.items() if key != "MNIST_APP_MODELS"}
    return {**inherited, "PYTHONPATH": str(folder), "XDG_DATA_HOME": str(folder / "data")}


def test_an_installed_package_reads_from_any_folder(environment: dict[str, str], tmp_path: Path) -> None:
    photo = Path(environment["PYTHONPATH"]) / "mnist_app/ui/photo/samples/1-lined-paper.jpg"
    command = [sys.executable, "-m", "mnist_app", "read", str(photo)]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    lines = read_photo(photo).spaced.splitlines()
    printed = done.stdout.splitlines()
    assert len(printed) == len(lines) == 3
    for row, line in enumerate(lines):
        assert printed[row].startswith(f"{photo}:{row + 1}: {line}")


COMMANDS = """
from mnist_app.cli import main
print(main(["runs", "import", "log.csv"]))
print(main(["runs", "list", "--json"]))
for words in (["rename", "convnet", "mine"], ["delete", "convnet", "--yes"], ["note", "convnet", "text"]):
    print(main(["runs", *words]))
"""


def test_an_installed_package_keeps_new_runs_apart_from_those_that_it_came_with(
    environment: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "log.csv").write_text("epoch,loss\n0,0.5\n1,0.4\n")
    command = [sys.executable, "-c", COMMANDS]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    folder = Path(environment["XDG_DATA_HOME"]) / "mnist-app" / "models"
    first, status, *listed, last, _, _, _ = done.stdout.splitlines()
    assert first == f"{folder / 'log'}: curves of 2 epochs, the best is 2"
    assert [json.loads(line)["name"] for line in listed] == sorted(["log", *PRESETS])
    assert (status, last, done.stdout.splitlines()[-3:]) == ("0", "0", ["2", "2", "2"])
    assert done.stderr.count("'convnet' came with the app") == 3
    assert [file.name for file in folder.iterdir()] == ["log"]


def test_the_installed_command_serves_the_app_from_any_folder(
    environment: dict[str, str], tmp_path: Path
) -> None:
    port = 8765
    command = [
        sys.executable,
        "-m",
        "mnist_app",
        "app",
        "--server.port",
        str(port),
        "--server.headless",
        "true",
    ]
    home = {**environment, "HOME": str(tmp_path)}  # without anybody's settings of Streamlit
    with subprocess.Popen(command, cwd=tmp_path, env=home, stdout=subprocess.DEVNULL) as server:
        try:
            assert answer(f"http://localhost:{port}/_stcore/health") == b"ok"
        finally:
            server.terminate()


def answer(url: str, seconds: float = 60) -> bytes:
    """Return what a server answers, once it is up."""
    end = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5) as response:
                return bytes(response.read())
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)
