from __future__ import annotations

import ctypes
import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session

from mnist_app.ui.server import process

ROOT = Path(__file__).parents[3]


def in_a_process(code: str) -> dict[str, int]:
    """Run Python code that prints JSON, in a process of its own."""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    found: dict[str, int] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_what_is_loaded_at_the_start_is_never_collected_and_what_comes_later_is() -> None:
    code = """
import gc, json, resource
from mnist_app.ui.server import process
process.prepare()
frozen = gc.get_freeze_count()
class Node: pass
node = Node(); node.itself = node; del node
soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
enough = soft in (hard, process.MAX_DESCRIPTORS)
print(json.dumps({"frozen": frozen, "left": len(gc.get_objects()), "found": gc.collect(), "enough": enough}))
"""
    found = in_a_process(code)
    assert found["frozen"] > 10_000
    assert found["left"] < found["frozen"] / 10
    assert found["found"] > 0
    assert found["enough"]


def test_glibc_is_told_to_give_memory_back(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[Any, int] = {}
    library = SimpleNamespace(mallopt=asked.__setitem__, malloc_trim=lambda pad: asked.update(trimmed=pad))
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(ctypes, "CDLL", lambda _: library)
    process.bound_malloc()
    process.trim_malloc()
    assert asked == {-1: 131_072, -3: 131_072, -8: 2, "trimmed": 0}
    monkeypatch.setattr(ctypes, "CDLL", lambda _: SimpleNamespace())  # musl has neither
    process.bound_malloc()
    process.trim_malloc()


def test_where_there_is_no_glibc_nothing_is_asked_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(ctypes, "CDLL", None)
    process.bound_malloc()
    process.trim_malloc()


def test_the_theme_is_put_together_once_and_stays_what_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else Streamlit has changed, and `keep_theme` with it, or strokes cost more."""
    populate, asked = app_session._populate_theme_msg, list[str]()

    def populate_and_note(message: CustomThemeConfig, section: str = "theme") -> None:
        asked.append(section)
        populate(message, section)

    monkeypatch.setattr(app_session, "_populate_theme_msg", populate_and_note)
    process.keep_theme()
    process.keep_theme()
    sections = ["theme", "theme.light", "theme.dark", "theme.light.sidebar"]
    for section in sections * 2:
        expected, message = CustomThemeConfig(), CustomThemeConfig()
        populate(expected, section)
        app_session._populate_theme_msg(message, section)
        assert message == expected
    assert asked == sections


def test_nothing_else_freezes_what_visitors_have() -> None:
    sources = {file.name for file in (ROOT / "mnist_app").rglob("*.py") if "gc.freeze" in file.read_text()}
    assert sources == {"process.py"}
