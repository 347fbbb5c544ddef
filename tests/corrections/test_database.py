from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from mnist_app.corrections import database
from mnist_app.corrections.database import Database
from mnist_app.corrections.schema import CORRECTIONS, VERSION, VERSION_TABLE
from mnist_app.corrections.store import CorrectionStore, Filter
from mnist_app.errors import CorrectionsError
from tests.helpers.corrections import correction

POSTGRES = os.environ.get("MNIST_APP_TEST_POSTGRES", "")


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "PATIENCE", 0.05)


@contextmanager
def opened(file: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        yield connection


def test_migrations_make_the_table_that_the_store_uses(store: CorrectionStore, file: Path) -> None:
    store.add([correction()], "me")
    found = sa.inspect(sa.create_engine(f"sqlite:///{file}")).get_columns("corrections")
    made = {column["name"]: (str(column["type"]), column["nullable"]) for column in found}
    assert made == {c.name: (str(c.type), c.nullable) for c in CORRECTIONS.columns}


def test_a_crash_loses_nothing_that_was_stored(store: CorrectionStore, file: Path) -> None:
    store.add([correction()], "me")
    with opened(file) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_two_first_writers_make_one_table(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "PATIENCE", 30)
    stores = [CorrectionStore(f"sqlite:///{file}") for _ in range(4)]
    threads = [threading.Thread(target=store.add, args=([correction()], "me")) for store in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert stores[0].count() == 4


def test_an_empty_database_is_of_no_version_and_is_made_by_the_first_correction(
    store: CorrectionStore, file: Path
) -> None:
    file.parent.mkdir()
    file.touch()
    assert store.count() == 0
    store.add([correction()], "me")
    with opened(file) as connection:
        assert connection.execute(f"SELECT version_num FROM {VERSION_TABLE}").fetchall() == [(VERSION,)]


def test_an_older_database_is_migrated_by_a_look(store: CorrectionStore, file: Path) -> None:
    store.add([correction()], "me")
    with opened(file) as connection:  # as if there had been a version before the first
        connection.execute("DROP TABLE corrections")
        connection.execute(f"DELETE FROM {VERSION_TABLE}")
    assert store.count() == 0
    store.add([correction()], "me")
    assert store.count() == 1


def test_a_newer_database_is_refused_and_left_alone(store: CorrectionStore, file: Path) -> None:
    store.add([correction()], "me")
    with opened(file) as connection:
        connection.execute(f"UPDATE {VERSION_TABLE} SET version_num = '0999'")
    for use in (store.count, lambda: store.add([correction()], "me"), lambda: store.delete([1])):
        with pytest.raises(CorrectionsError, match=r"version 0999, which this app does not know\. Update"):
            use()
    with opened(file) as connection:
        assert connection.execute("SELECT count(*) FROM corrections").fetchone() == (1,)


def test_a_locked_database_is_a_sentence(store: CorrectionStore, file: Path) -> None:
    store.add([correction()], "me")
    with opened(file) as connection:
        connection.execute("BEGIN IMMEDIATE")
        with pytest.raises(CorrectionsError, match="can't be used: database is locked"):
            store.add([correction()], "me")
        assert store.count() == 1  # looking goes on


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    store = CorrectionStore(f"sqlite:///{tmp_path}/file/corrections.sqlite3")
    with pytest.raises(CorrectionsError, match="can't be used: "):
        store.add([correction()], "me")


def test_a_read_only_database_is_a_sentence_and_can_be_looked_at(store: CorrectionStore, file: Path) -> None:
    store.add([correction()], "me")
    read_only = CorrectionStore(f"sqlite:///file:{file}?mode=ro&uri=true")
    with pytest.raises(CorrectionsError, match="attempt to write a readonly database"):
        read_only.add([correction()], "me")
    assert read_only.count() == 1


def test_a_full_disk_is_a_sentence_and_keeps_what_was_there(store: CorrectionStore) -> None:
    store.add([correction()], "me")

    def fill(connection: sqlite3.Connection, _: object) -> None:
        connection.execute("PRAGMA max_page_count = 1")

    sa.event.listen(store._database._engine, "connect", fill)
    with pytest.raises(CorrectionsError, match="database or disk is full"):
        store.add([correction()] * 100, "me")
    assert store.count() == 1


def test_what_is_no_database_is_a_sentence(store: CorrectionStore, file: Path) -> None:
    file.parent.mkdir()
    file.write_bytes(b"no database at all" * 100)
    with pytest.raises(CorrectionsError, match="file is not a database"):
        store.count()


def test_a_database_that_is_deleted_meanwhile_is_made_anew(store: CorrectionStore, file: Path) -> None:
    store.add([correction(), correction()], "me")
    for each in file.parent.iterdir():
        each.unlink()
    assert store.count() == 0
    store.add([correction()], "me")
    assert store.count() == 1


@pytest.mark.parametrize(
    "url", ["nonsense", "sqlite://", "sqlite:///:memory:", "oracle9://x/y", "postgresql+asyncpg://host/name"]
)
def test_an_address_that_names_no_usable_database_is_a_sentence(url: str) -> None:
    with pytest.raises(CorrectionsError, match="MNIST_APP_DATABASE names"):
        Database(url)


@pytest.mark.skipif(not POSTGRES, reason="MNIST_APP_TEST_POSTGRES names no database")
def test_postgresql_keeps_corrections_too() -> None:
    store = CorrectionStore(POSTGRES)
    with store._database._engine.begin() as connection:
        for table in ("corrections", VERSION_TABLE):
            connection.exec_driver_sql(f"DROP TABLE IF EXISTS {table}")
    assert store.count() == 0
    store.add([correction(4), correction(7)], "me")
    (first, _) = store.find()
    assert (first.id, first.time, first.label) == (1, correction().time, 4)
    store.fix(1, 5)
    assert store.counts("label") == {5: 1, 7: 1}
    assert store.labelled().labels.tolist() == [5, 7]
    assert store.delete_all(Filter(visitor="me")) == 2
    store._database._engine.dispose()
