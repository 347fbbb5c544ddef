from __future__ import annotations

import os
import threading
from pathlib import Path

from mnist_app.runs.atomic import DELETED, delete_abandoned, write_atomically


def test_threads_that_write_one_file_leave_one_of_their_texts_whole(tmp_path: Path) -> None:
    texts = [str(k).encode() * 10_000 for k in range(8)]
    errors: list[OSError] = []

    def write(text: bytes) -> None:
        try:
            for _ in range(20):
                write_atomically(tmp_path / "file", text)
        except OSError as error:
            errors.append(error)

    threads = [threading.Thread(target=write, args=[text]) for text in texts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert (tmp_path / "file").read_bytes() in texts
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_what_killed_processes_left_goes_after_an_hour_and_nothing_else(tmp_path: Path) -> None:
    for name in (f"{DELETED}old", f"{DELETED}new", "old"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").touch()
        if name.endswith("old"):
            os.utime(tmp_path / name, (0, 0))
    delete_abandoned(tmp_path, DELETED)
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"{DELETED}new", "old"]
