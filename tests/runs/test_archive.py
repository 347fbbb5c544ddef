from __future__ import annotations

import dataclasses
import hashlib
import io
import json
import shutil
import stat
import struct
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mnist_app.domain import Run
from mnist_app.errors import (
    ImportRefusedError,
    RunDamagedError,
    RunError,
    RunExistsError,
    RunNewerError,
    RunNotFoundError,
)
from mnist_app.runs import (
    HISTORY_FILE,
    KERAS_FILE,
    NOTE_FILE,
    PREDICTIONS_FILE,
    RUN_FILE,
    SCORES_FILE,
    SERVED_FILE,
    RunStore,
    safe_zip,
)
from mnist_app.runs.archive import export_run, keep_import, open_import
from mnist_app.runs.results import read_predictions
from tests.helpers.zips import Files, with_facts, with_file, zipped

EVENTS = "tensorboard/train/events.out.tfevents.1763000000.host.7.0.v2"


@pytest.fixture
def store(tiny_store: RunStore, tmp_path: Path) -> RunStore:
    """A copy of the tiny store, to be damaged."""
    shutil.copytree(tiny_store.root, tmp_path / "models")
    return RunStore(tmp_path / "models")


@pytest.fixture
def other(tmp_path: Path) -> RunStore:
    """A store with nothing in it."""
    return RunStore(tmp_path / "other")


@pytest.fixture
def contents(store: RunStore) -> Files:
    """The files of the tiny run, by their names in a zip."""
    with zipfile.ZipFile(io.BytesIO(export_run(store, store.open("tiny")))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def files_below(folder: Path) -> Files:
    return {str(f.relative_to(folder)): f.read_bytes() for f in folder.rglob("*") if f.is_file()}


def assert_refused(store: RunStore, content: bytes, match: str) -> None:
    """Nothing of it is kept, and the message says why."""
    store.root.parent.mkdir(exist_ok=True)
    file = store.root.parent / "run.zip"
    file.write_bytes(content)
    with pytest.raises(ImportRefusedError, match=match):
        keep_import(store, open_import(store, file))
    assert not store.root.exists()


def test_what_is_exported_and_imported_is_the_same_run(
    store: RunStore, other: RunStore, tmp_path: Path
) -> None:
    store.annotate("tiny", "Made in a hurry.\nStill good.")
    events = store.path("tiny") / EVENTS
    events.parent.mkdir(parents=True)
    events.write_bytes(b"events")
    run = store.open("tiny")
    (tmp_path / "tiny.zip").write_bytes(export_run(store, run))
    kept = keep_import(other, open_import(other, tmp_path / "tiny.zip"))
    assert kept == dataclasses.replace(run, path=other.root / "tiny")
    assert files_below(kept.path) == files_below(run.path)
    assert read_predictions(kept, "MNIST test").right.mean() == pytest.approx(run.metrics["test_accuracy"])
    assert (kept.path.stat().st_mode & 0o777) == 0o755


def test_the_same_run_is_the_same_zip(store: RunStore) -> None:
    run = store.open("tiny")
    first = export_run(store, run)
    for file in run.path.iterdir():
        file.touch()
    assert export_run(store, run) == first
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        names = archive.namelist()
        assert names == sorted(names)
        assert {name.partition("/")[0] for name in names} == {"tiny"}
        assert {entry.date_time[0] for entry in archive.infolist()} == {1980}


def test_a_run_can_be_imported_under_another_name(store: RunStore, tmp_path: Path) -> None:
    (tmp_path / "tiny.zip").write_bytes(export_run(store, store.open("tiny")))
    assert keep_import(store, open_import(store, tmp_path / "tiny.zip", "again")).name == "again"
    with pytest.raises(RunExistsError):
        keep_import(store, open_import(store, tmp_path / "tiny.zip"))
    with pytest.raises(RunNotFoundError, match="no run name"):
        open_import(store, tmp_path / "tiny.zip", "../away")
    assert store.names() == ["again", "tiny"]


def test_what_is_no_part_of_a_run_is_not_exported(store: RunStore, contents: Files) -> None:
    folder = store.path("tiny")
    (folder / "secret.txt").write_text("mine")
    (folder / "tensorboard").mkdir()
    (folder / "tensorboard" / "notes.txt").write_text("mine")
    with zipfile.ZipFile(io.BytesIO(export_run(store, store.open("tiny")))) as archive:
        assert set(archive.namelist()) == set(contents)


@pytest.mark.parametrize("file", [KERAS_FILE, HISTORY_FILE])
def test_a_damaged_run_cannot_be_exported(store: RunStore, file: str) -> None:
    run = store.open("tiny")
    (run.path / file).write_bytes((run.path / file).read_bytes()[:-1])
    with pytest.raises(RunDamagedError, match="SHA-256"):
        export_run(store, run)
    (run.path / file).unlink()
    with pytest.raises(RunDamagedError, match="cannot be read"):
        export_run(store, run)


def test_no_file_outside_a_run_is_exported_with_it(store: RunStore, tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"mine")
    file = store.path("tiny") / RUN_FILE
    facts = json.loads(file.read_text())
    facts["files"]["../../secret"] = hashlib.sha256(b"mine").hexdigest()
    file.write_text(json.dumps(facts))
    with pytest.raises(RunDamagedError, match="secret"):
        export_run(store, store.open("tiny"))


def test_a_run_that_was_deleted_in_another_tab_cannot_be_exported(store: RunStore) -> None:
    run = store.open("tiny")
    store.delete("tiny")
    with pytest.raises(RunNotFoundError):
        export_run(store, run)


@pytest.mark.parametrize(
    "name",
    [
        "../evil.txt",
        "tiny/../../evil.txt",
        "/etc/evil.txt",
        "tiny//evil.txt",
        "tiny\\..\\evil.txt",
        "tiny/evil.py",
        "tiny/tensorboard/../evil.txt",
        "tiny/tensorboard/evil.txt",
        "tiny/tensorboard/a/b/c/events.out.tfevents.1",
        "tiny/tiny/run.json",
        "evil.txt",
        "two/run.json",
    ],
)
def test_a_file_that_no_run_has_is_refused(other: RunStore, contents: Files, name: str) -> None:
    assert_refused(other, zipped(contents | {name: b"x"}), "which no run has|must hold one folder")


def test_a_link_is_refused(other: RunStore, contents: Files) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
        link = zipfile.ZipInfo(f"tiny/{NOTE_FILE}")
        link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    assert_refused(other, packed.getvalue(), "is a link")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_files_of_one_name_are_refused(other: RunStore, contents: Files) -> None:
    packed = io.BytesIO(zipped(contents))
    with zipfile.ZipFile(packed, "a") as archive:
        archive.writestr(f"tiny/{RUN_FILE}", contents[f"tiny/{RUN_FILE}"])
    assert_refused(other, packed.getvalue(), "two files of the same name")


def test_a_zip_that_unpacks_to_too_much_is_refused_before_it_is_unpacked(
    other: RunStore, contents: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(safe_zip, "MAX_BYTES", 8 * 2**20)
    bomb = zipped(contents | {f"tiny/{EVENTS}": bytes(9 * 2**20)})
    assert len(bomb) < 8 * 2**20
    monkeypatch.setattr(zipfile.ZipFile, "read", lambda *_: pytest.fail("it was unpacked"))
    assert_refused(other, bomb, "too large unpacked")


def test_a_zip_that_lies_about_its_size_is_refused(other: RunStore, contents: Files) -> None:
    content = bytearray(zipped(contents | {f"tiny/{EVENTS}": bytes(1_234_567)}))
    size = struct.pack("<I", 1_234_567)
    assert content.count(size) == 2
    assert_refused(other, bytes(content.replace(size, struct.pack("<I", 100))), "damaged")


def test_too_many_files_are_refused_before_they_are_listed(
    other: RunStore, contents: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = {f"tiny/tensorboard/events.out.tfevents.{i}": b"" for i in range(3_000)}
    content = zipped(contents | many)
    some = zipped(contents | dict(list(many.items())[:1_200]))
    assert_refused(other, some, "too large unpacked")
    monkeypatch.setattr(zipfile, "ZipFile", lambda *_: pytest.fail("it was listed"))
    assert_refused(other, content, "too large")


def test_a_bomb_inside_a_file_is_refused(
    other: RunStore, contents: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(safe_zip, "MAX_BYTES", 8 * 2**20)
    inner = zipped({"MNIST test/read.npy": bytes(9 * 2**20)})
    assert_refused(other, zipped(with_file(contents, PREDICTIONS_FILE, inner)), "predictions.npz.*too large")


def test_an_array_that_says_it_is_larger_than_it_is_is_refused(other: RunStore, contents: Files) -> None:
    arrays = zipfile.ZipFile(io.BytesIO(contents[f"tiny/{PREDICTIONS_FILE}"]))
    inner = {name: arrays.read(name) for name in arrays.namelist()}
    huge = io.BytesIO()
    np.lib.format.write_array_header_1_0(huge, {"descr": "|u1", "fortran_order": False, "shape": (10**15,)})
    name = next(name for name in inner if name.endswith("read.npy"))
    answers = zipped(inner | {name: huge.getvalue()})
    assert_refused(
        other, zipped(with_file(contents, PREDICTIONS_FILE, answers)), f"{PREDICTIONS_FILE} is not what"
    )


def test_a_file_without_a_name_is_refused(other: RunStore, contents: Files) -> None:
    content = zipped(contents | {"NAME": b""}, zipfile.ZIP_STORED).replace(b"NAME", bytes(4))
    assert_refused(other, content, "without a name")


def test_an_encrypted_file_is_refused(other: RunStore, contents: Files) -> None:
    content = bytearray(zipped(contents))
    for begin, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(begin) + offset] |= 1
    assert_refused(other, bytes(content), "encrypted")


def test_unusual_packing_is_refused(other: RunStore, contents: Files) -> None:
    assert_refused(other, zipped(contents, zipfile.ZIP_LZMA), "unusual")


@pytest.mark.parametrize("file", [SERVED_FILE, KERAS_FILE, HISTORY_FILE, SCORES_FILE])
def test_a_changed_byte_is_refused(other: RunStore, contents: Files, file: str) -> None:
    changed = bytearray(contents[f"tiny/{file}"])
    changed[len(changed) // 2] ^= 1
    assert_refused(other, zipped(contents | {f"tiny/{file}": bytes(changed)}), f"{file}.*SHA-256")


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.99])
def test_a_truncated_zip_is_refused(other: RunStore, contents: Files, share: float) -> None:
    content = zipped(contents)
    assert_refused(other, content[: int(share * len(content))], "no whole zip")


def test_a_zip_with_changed_bytes_is_refused_whatever_they_are(other: RunStore, contents: Files) -> None:
    content, random = zipped(contents), np.random.default_rng(0)
    file = other.root.parent / "run.zip"
    table = content.rindex(b"PK\x01\x02") - 500
    for _ in range(200):
        changed = bytearray(content)
        for place in random.integers(table, len(changed), 3):
            changed[place] = random.integers(256)
        file.write_bytes(changed)
        try:
            found = open_import(other, file)
        except (ImportRefusedError, RunNotFoundError):
            continue
        assert set(found.run.files) < set(found.contents)  # a date or an attribute was changed


def test_a_file_that_is_missing_or_not_listed_is_refused(other: RunStore, contents: Files) -> None:
    left = {name: content for name, content in contents.items() if not name.endswith(HISTORY_FILE)}
    assert_refused(other, zipped(left), f"differ.*{HISTORY_FILE}")
    facts = json.loads(contents[f"tiny/{RUN_FILE}"])
    del facts["files"][SCORES_FILE]
    assert_refused(other, zipped(with_facts(contents, files=facts["files"])), f"differ.*{SCORES_FILE}")


def test_a_run_needs_its_model_unless_it_has_curves_only(
    other: RunStore, contents: Files, tmp_path: Path
) -> None:
    facts = json.loads(contents[f"tiny/{RUN_FILE}"])
    curves = {name: contents[f"tiny/{name}"] for name in (HISTORY_FILE,)}
    listed = {name: digest for name, digest in facts["files"].items() if name in curves}
    alone = {f"tiny/{name}": content for name, content in curves.items()}
    alone[f"tiny/{RUN_FILE}"] = contents[f"tiny/{RUN_FILE}"]
    alone = with_facts(alone, files=listed)
    assert_refused(other, zipped(alone), f"has no {KERAS_FILE}, no {SERVED_FILE}")
    assert_refused(other, zipped(with_facts(alone, config=None)), "half a model")
    (tmp_path / "curves.zip").write_bytes(
        zipped(with_facts(alone, config=None, parameters=None, calibration=None, latency_ms=None))
    )
    assert keep_import(other, open_import(other, tmp_path / "curves.zip")).preset == ""


def test_a_run_of_a_newer_version_says_that_the_app_must_be_updated(
    other: RunStore, contents: Files, tmp_path: Path
) -> None:
    (tmp_path / "run.zip").write_bytes(zipped(with_facts(contents, format=3, config="new")))
    with pytest.raises(RunNewerError, match=r"format 3.*Update the app"):
        open_import(other, tmp_path / "run.zip")


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '{"created": 1}', "null", "[" * 9999, '{"format": 1e999}', '{"files": 3}']
)
def test_a_broken_description_is_refused(other: RunStore, contents: Files, text: str) -> None:
    assert_refused(other, zipped(contents | {f"tiny/{RUN_FILE}": text.encode()}), "no run that can be")


@pytest.mark.parametrize(
    ("facts", "match"),
    [
        ({"best_epoch": 9}, "3 epochs"),
        ({"epochs": 40}, "3 epochs"),
        ({"created": "2026-11-21T17:11:23"}, "timezone"),
        ({"parameters": None}, "half a model"),
    ],
)
def test_facts_that_contradict_each_other_are_refused(
    other: RunStore, contents: Files, facts: dict[str, Any], match: str
) -> None:
    assert_refused(other, zipped(with_facts(contents, **facts)), match)


@pytest.mark.parametrize("file", [HISTORY_FILE, SCORES_FILE, PREDICTIONS_FILE, KERAS_FILE])
@pytest.mark.parametrize(
    "content", [b"", b"[1]", b"{", b"\xff\xfe", b"[" * 99_999, b"PK\x05\x06" + bytes(18)]
)
def test_a_file_that_is_not_what_it_should_be_is_refused(
    other: RunStore, contents: Files, file: str, content: bytes
) -> None:
    assert_refused(other, zipped(with_file(contents, file, content)), "no run that can be")


def test_a_note_that_is_too_long_is_refused(other: RunStore, contents: Files) -> None:
    assert_refused(other, zipped(contents | {f"tiny/{NOTE_FILE}": b"x" * 2_001}), "2,000 characters")


def test_what_is_no_file_is_refused(other: RunStore, tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.zip"):
        with pytest.raises(ImportRefusedError, match="no file"):
            open_import(other, path)


def test_a_full_disk_leaves_nothing(
    store: RunStore, other: RunStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tiny: Run
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    (tmp_path / "tiny.zip").write_bytes(export_run(store, tiny))
    found = open_import(other, tmp_path / "tiny.zip")
    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(RunError, match="No space left on device"):
        keep_import(other, found)
    assert list(other.root.iterdir()) == []
