"""Command lines that nobody would write: an exit status and a sentence."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_app.cli import main
from mnist_app.runs import RunStore
from tests.helpers.fuzzing import TEXTS, at_most, fuzzed
from tests.helpers.shell import LOG

# Not those that train, download or serve.
COMMANDS = [
    "read",
    *(f"runs {word}" for word in ("list", "show", "compare", "export", "import", "note", "tag", "rename")),
]
WORDS = st.one_of(
    st.sampled_from(
        ["--json", "--csv", "--annotate", "--run", "--yes", "--name", "--force", "--clear", "--sort"]
    ),
    st.sampled_from(
        ["tiny", "log.csv", "seven.json", "*.json", ".", "/dev/null", "**", "", "-", "--", "[", "~"]
    ),
    TEXTS.filter(lambda text: not {"\0", "/"} & set(text)),  # or `read` would walk through all of the disk
)


@fuzzed(250)
@given(st.sampled_from(COMMANDS), st.lists(WORDS, max_size=4))
def test_any_command_line(
    tmp_path_factory: pytest.TempPathFactory, tiny_store: RunStore, command: str, words: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("cli", numbered=True)
    (folder / "log.csv").write_text(LOG)
    (folder / "seven.json").write_text('{"strokes": [[[60, 60], [200, 60], [120, 240]]]}')
    words = [os.fsdecode(os.fsencode(word)) if "\ud800" not in word else "?" for word in words]
    with pytest.MonkeyPatch.context() as patch, at_most(10):
        patch.chdir(folder)
        patch.setenv("MNIST_APP_MODELS", str(folder / "models"))
        (folder / "models").mkdir()
        (folder / "models" / "tiny").symlink_to(Path(tiny_store.root / "tiny").resolve())
        try:
            status = main([*command.split(), *words])
        except SystemExit as end:
            status = int(end.code or 0)
        assert status in (0, 2)
