from __future__ import annotations

import io
import os
import shutil

import pytest

from mnist_app.cli.progress import ProgressLine


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_is_a_line_of_a_terminal_that_comes_late_and_goes_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(shutil, "get_terminal_size", lambda: os.terminal_size((20, 24)))
    now, terminal = [0.0], Terminal()
    progress = ProgressLine(terminal, lambda: now[0])
    progress.show("too early")
    now[0] = 1
    progress.show("reading 1/2 a.png")
    progress.show("too soon")
    now[0] = 2
    progress.show("short")
    now[0] = 3
    progress.show("reading 2/2 a long name.png")
    progress.clear()
    progress.clear()
    assert terminal.getvalue().split("\r") == [
        "",
        "reading 1/2 a.png",
        "short            ",
        "reading 2/2 a long…",
        " " * 19,
        "",
    ]


def test_there_is_no_progress_where_nobody_sees_it() -> None:
    stream = io.StringIO()
    progress = ProgressLine(stream, lambda: 1e9)
    progress.show("reading")
    progress.clear()
    assert stream.getvalue() == ""
