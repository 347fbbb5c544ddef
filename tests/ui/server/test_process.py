from __future__ import annotations

import ctypes
import json
import subprocess
import sys
from pathlib import Path

import pytest
from streamlit import config

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


@pytest.mark.skipif(sys.platform != "linux", reason="glibc alone has these settings")
def test_memory_of_many_threads_goes_back_to_the_system() -> None:
    code = """
import json, threading
import psutil
from mnist_app.ui.server import process
process.bound_malloc()
memory = psutil.Process().memory_info
before = memory().rss
def fill():  # as many small pieces as a photo's digits are
    kept = [bytes(3_000) for _ in range(4_000)]
    done.wait()
done = threading.Barrier(17)
threads = [threading.Thread(target=fill) for _ in range(16)]
for thread in threads: thread.start()
done.wait()
for thread in threads: thread.join()
process.trim_malloc()
print(json.dumps({"more": memory().rss - before}))
"""
    assert in_a_process(code)["more"] < 30e6


def test_where_there_is_no_glibc_nothing_is_asked_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(ctypes, "CDLL", None)
    process.bound_malloc()
    process.trim_malloc()


def test_the_theme_is_looked_up_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def look_up(section: str) -> dict[str, str]:
        asked.append(section)
        return {"primaryColor": section}

    monkeypatch.setattr(config, "get_options_for_section", look_up)
    process.keep_settings()
    process.keep_settings()
    for section in ("theme.light", "theme.dark", "theme.light"):
        assert config.get_options_for_section(section) == {"primaryColor": section}
    assert asked == ["theme.light", "theme.dark"]


def test_nothing_else_freezes_what_visitors_have() -> None:
    sources = {file.name for file in (ROOT / "mnist_app").rglob("*.py") if "gc.freeze" in file.read_text()}
    assert sources == {"process.py"}
