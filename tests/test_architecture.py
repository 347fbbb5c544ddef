"""The house rules that imports can break, read from the source."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "mnist_app"
FILES = [ROOT / "app.py", *sorted(PACKAGE.rglob("*.py"))]
SHARED = {"domain", "errors", "runs"}
ALLOWED = {
    "domain": {"domain"},
    "errors": set[str](),
    "runs": {"runs", "domain", "errors"},
    "corrections": {"corrections", "domain", "errors"},
    "ink": {"ink", "domain", "errors"},
    "reading": {"reading", "ink"} | SHARED,
    "explaining": {"explaining", "reading", "ink"} | SHARED,
    "learning": {"learning", "corrections", "explaining", "reading", "ink"} | SHARED,
    "ui": {"ui", "corrections", "explaining", "reading", "ink"} | SHARED,
    "cli": {"cli", "corrections", "learning", "reading", "ink"} | SHARED,
    "__init__": {"reading", "ink"} | SHARED,
    "__main__": {"cli"},
    "app": {"ui"},
}
OWNERS = {
    "streamlit": {"ui", "app"},
    "streamlit_drawable_canvas": {"ui"},
    "starlette": {"ui"},
    "altair": set[str](),  # the tests validate charts by its schema
    "pandas": {"ui"},
    "pyarrow": {"ui"},
    "vl_convert": {"ui"},
    "segno": {"ui"},
    "keras": {"learning"},
    "tensorflow": {"learning"},
    "alembic": {"corrections"},
    "sqlalchemy": {"corrections"},
    "scipy": {"learning"},
    "optuna": {"learning"},
    "unlzw3": {"learning"},
    "cv2": {"explaining", "ink", "learning", "reading", "ui"},
    "filelock": {"runs"},
    "PIL": {"ink", "learning", "reading", "ui"},
}


def room(file: Path) -> str:
    """The part of the house that a file belongs to."""
    return file.stem if file.parent in (PACKAGE, ROOT) else file.relative_to(PACKAGE).parts[0]


def imports(source: str) -> set[str]:
    """Every module that a source imports, at any depth of nesting."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def wrong_arrows(name: str, source: str) -> list[str]:
    parts = [module.split(".") for module in imports(source)]
    rooms = {p[1] for p in parts if p[0] == "mnist_app" and len(p) > 1}
    foreign = {p[0] for p in parts if name not in OWNERS.get(p[0], {name})}
    return sorted(rooms - ALLOWED[name]) + sorted(foreign)


@pytest.mark.parametrize("file", FILES, ids=lambda f: str(f.relative_to(ROOT)))
def test_arrows_point_one_way(file: Path) -> None:
    assert wrong_arrows(room(file), file.read_text()) == []


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("reading", "from mnist_app.learning.model_card import card"),
        ("ink", "from mnist_app.reading import reader"),
        ("ui", "def f():\n    from mnist_app import cli"),
        ("reading", "import keras"),
        ("cli", "def f():\n    import tensorflow.nn"),
        ("learning", "from streamlit import cache_data"),
    ],
)
def test_a_wrong_arrow_is_found(name: str, source: str) -> None:
    assert wrong_arrows(name, source)


def test_only_the_canonical_door_makes_a_model_input() -> None:
    builders = [f for f in FILES if "np.zeros((SIZE, SIZE)" in f.read_text()]
    assert [f.name for f in builders] == ["canonical.py"]


def test_app_holds_page_config_and_navigation_only() -> None:
    assert len((ROOT / "app.py").read_text().splitlines()) <= 40


@pytest.mark.parametrize("page", ["draw", "photo/page", "quiz/page", "training/page"])
def test_pages_stay_small(page: str) -> None:
    assert len((PACKAGE / "ui" / f"{page}.py").read_text().splitlines()) <= 80


READ = "import mnist_app.cli; assert mnist_app.cli.main(['read', 'tests/fixtures/seven.json']) == 0"
SERVE = """
from streamlit.testing.v1 import AppTest
app = AppTest.from_file("app.py", default_timeout=60)
app.session_state["style_there"] = True
app.run()
app.button(key="sample-7").click().run()
assert not app.exception and any("Read as 7" in str(e.value) for e in app.get("html"))
from mnist_app.ui.photo import page
from mnist_app.ui.training import page
"""


@pytest.mark.parametrize("code", [READ, SERVE], ids=["the command line", "the web app"])
def test_reading_never_loads_keras_or_tensorflow(code: str) -> None:
    heavy = {"keras", "tensorflow", "sklearn", "scipy", "optuna"}
    code += f"\nimport sys; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
