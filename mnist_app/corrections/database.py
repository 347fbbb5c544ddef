"""The database of corrections: its connections, its version, and its troubles as sentences.

Each use asks for the version first, so that a database that was replaced, deleted or upgraded in the meantime
is noticed. SQLite is opened anew each time for the same reason: a connection would go on writing to a file
that is deleted.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from mnist_app.corrections.schema import VERSION, VERSION_TABLE
from mnist_app.errors import CorrectionsError

PATIENCE = 2  # seconds to wait for another program's lock, or for a server
_LOCK = 5_064_771  # of PostgreSQL, for all that write corrections
_MIGRATIONS = Path(__file__).parent / "migrations"
_alembic = threading.Lock()  # it keeps its state in a module


class Database:
    """A database at a URL as SQLAlchemy has it. Nothing is opened or made before it is used."""

    def __init__(self, url: str) -> None:
        """Raise CorrectionsError if this is no URL of a database that can be used here."""
        try:
            parsed = sa.make_url(url)
            self._engine = sa.create_engine(parsed, **_options(parsed))
        except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
            raise CorrectionsError(
                f"MNIST_APP_DATABASE names no database that can be used here ({error!s:.100}). Write, for "
                "example, sqlite:////folder/file, or postgresql+psycopg://user@host/name after "
                "`pip install 'psycopg[binary]'`."
            ) from error
        self._file: Path | None = None
        if parsed.get_backend_name() == "sqlite":
            name = parsed.database or ":memory:"
            if name == ":memory:":  # it would be another one for each connection
                raise CorrectionsError("MNIST_APP_DATABASE names an SQLite database without a file.")
            self._file = None if name.startswith("file:") else Path(name)
            sa.event.listen(self._engine, "connect", _set_up_sqlite)

    def rows(self, query: sa.Select[*tuple[Any, ...]]) -> Sequence[sa.Row[*tuple[Any, ...]]]:
        """Return what a query finds; nothing before the first correction. Raises CorrectionsError."""
        if self._file and not self._file.exists():  # a look makes no file
            return []
        with _as_sentences():
            with self._engine.connect() as connection:
                version = _version(connection)
                if version == VERSION:
                    return connection.execute(query).all()
            if version is None:
                return []
            with self.writing() as connection:  # by now it is of this version
                return connection.execute(query).all()

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """Give the only connection that writes, to a database of this version: it is made, or upgraded.

        What is done in the block is kept, on the disk, when it ends without an error. Raises
        CorrectionsError.
        """
        with _as_sentences():
            if self._file:
                self._file.parent.mkdir(0o700, parents=True, exist_ok=True)
            with self._engine.begin() as connection:
                _lock(connection)
                _upgrade(connection)
                yield connection


def _options(url: sa.URL) -> dict[str, Any]:
    match url.get_backend_name():
        case "sqlite":
            return {"poolclass": NullPool, "connect_args": {"timeout": PATIENCE}}
        case "postgresql":
            return {"pool_pre_ping": True, "connect_args": {"connect_timeout": PATIENCE}}
    return {"pool_pre_ping": True}


def _set_up_sqlite(connection: Any, _: object) -> None:
    connection.isolation_level = None  # Python's driver would commit before a table is made; see `_lock`
    connection.execute("PRAGMA synchronous=FULL")  # what is committed outlives a power cut
    connection.execute("PRAGMA secure_delete=ON")  # what is deleted is overwritten


def _lock(connection: sa.Connection) -> None:
    """Begin the transaction, alone: other processes that write wait."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA journal_mode=WAL")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    elif connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{PATIENCE}s'")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")


def _version(connection: sa.Connection) -> str | None:
    """Return the version of the tables; None if there are none."""
    if not sa.inspect(connection).has_table(VERSION_TABLE):
        return None
    return connection.scalar(sa.text(f"SELECT version_num FROM {VERSION_TABLE}"))


def _upgrade(connection: sa.Connection) -> None:
    """Bring the tables to VERSION. Raises CorrectionsError if they are of a newer one."""
    version = _version(connection)
    if version == VERSION:
        return
    from alembic import command  # here: it takes as long as SQLAlchemy
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    with _alembic:
        known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
        if version is not None and version not in known:
            raise CorrectionsError(
                f"The database of corrections is of version {version:.40}, which this app does not know. "
                "Update the app, or name another database with MNIST_APP_DATABASE."
            )
        command.upgrade(config, VERSION)


@contextmanager
def _as_sentences() -> Iterator[None]:
    """Turn the errors of databases and disks into CorrectionsError."""
    try:
        yield
    except (SQLAlchemyError, OSError) as error:
        raise CorrectionsError(f"The database of corrections can't be used: {_reason(error)}.") from error


def _reason(error: SQLAlchemyError | OSError) -> str:
    """Say why, without the address or the user of a server."""
    if isinstance(error, OSError):
        return error.strerror or "no access"
    if isinstance(error, DBAPIError) and type(error.orig).__module__ == "sqlite3":
        return str(error.orig)
    return "it does not answer" if isinstance(error, sa.exc.OperationalError) else "it is not as it should be"
