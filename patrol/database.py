"""The database behind the store: SQLite in a file, or a PostgreSQL server."""

import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import alembic.command
import alembic.config
import alembic.util
from sqlalchemy import Connection, Engine, ExceptionContext, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from ingest.errors import LibongError
from patrol.checkpoint_key import SiteKey

_MIGRATIONS = Path(__file__).parent / "migrations"

# Long enough for another process to log a large flight; then the user is told.
_BUSY_TIMEOUT_MS = 30_000

# Any fixed number: it names the lock under which two starting servers migrate one after the other.
_MIGRATION_LOCK = 7_250_994

# https://www.sqlite.org/rescode.html: no room, locked for too long, a disk that is away or broken.
_PASSING_SQLITE = frozenset({"FULL", "BUSY", "LOCKED", "IOERR", "CANTOPEN", "READONLY"})
# Appendix A of PostgreSQL's manual: connection exceptions, insufficient resources (a full disk, too
# many connections), and a server that is shut down, has crashed or is starting.
_PASSING_STATES = ("08", "53", "57P01", "57P02", "57P03")

_WRITES = "libong_writes"
SITE_KEY = "libong_site_key"


class StoreError(LibongError, RuntimeError):
    """A database that cannot be used: a wrong URL, or tables of another version."""


class DatabaseAway(StoreError):  # noqa: N818  says what is wrong without "Error"
    """A database that does not answer, or cannot write for lack of room; nothing is wrong in it."""


class Database:
    """Views of one pool of connections: `reader`, and `writer`, whose transactions queue up.

    A transaction of `snapshot` sees one moment throughout, and keeps nobody waiting.

    On SQLite a writing transaction takes the write lock at its start: one that read first and
    locked later would fail, not wait, when another had written in between.
    """

    def __init__(self, url: str, site_key: SiteKey | None = None) -> None:
        """Open `sqlite:///file` or `postgresql+psycopg://…`; raises StoreError for others.

        With a `site_key` the ledger is signed whenever that is due.
        """
        self.reader = _engine(url)
        self.writer = self.reader.execution_options(**{_WRITES: True, SITE_KEY: site_key})
        # each transaction of SQLite in WAL mode is one already
        self.snapshot = (
            self.reader.execution_options(isolation_level="REPEATABLE READ")
            if self.reader.dialect.name == "postgresql"
            else self.reader
        )

    def migrate(self, revision: str = "head") -> None:
        """Bring the tables to a revision, this version's, all or nothing; or find them there.

        Raises StoreError when the tables are of a newer version than the software.
        """
        config = alembic.config.Config()
        # Alembic reads this through ConfigParser, to which a percent sign is special.
        config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
        try:
            with self.writer.begin() as connection:
                if connection.dialect.name == "postgresql":
                    connection.execute(
                        text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _MIGRATION_LOCK}
                    )
                config.attributes["connection"] = connection
                alembic.command.upgrade(config, revision)
        except (alembic.util.CommandError, SQLAlchemyError, DatabaseAway) as error:
            raise StoreError(
                "the database could not be opened or brought to this version, and was left as it "
                f"was: {str(error).splitlines()[0]}; check that its folder or server is there, and "
                "if a newer version of this software wrote it, use that one"
            ) from error

    def now(self) -> datetime:
        """Return the time by the database's clock, aware UTC: the one that all machines share.

        An embedded database has its machine's.
        """
        if self.reader.dialect.name != "postgresql":
            return datetime.now(UTC)
        with self.reader.connect() as connection:
            at: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
        return at.astimezone(UTC)

    def take_statistics(self) -> None:
        """Let the database count its tables, by which it chooses how to search them.

        PostgreSQL does so by itself, a while after much was written.
        """
        with self.writer.begin() as connection:
            connection.exec_driver_sql("ANALYZE")

    def close(self) -> None:
        """Close all connections."""
        self.reader.dispose()


def _engine(url: str) -> Engine:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise StoreError(
            f"the database must be a URL like sqlite:///libong.sqlite3; got {url!r}"
        ) from error
    backend = parsed.get_backend_name()
    if backend == "sqlite" and parsed.database in (None, "", ":memory:"):
        raise StoreError(
            "a database in memory is lost when the program ends; name a file, as in "
            "sqlite:///libong.sqlite3"
        )
    if backend not in ("sqlite", "postgresql"):
        raise StoreError(f"the database must be sqlite or postgresql; got {backend}")
    try:
        # A server may have been restarted since a pooled connection was last used.
        engine = create_engine(parsed, pool_pre_ping=backend == "postgresql")
    except (ArgumentError, ModuleNotFoundError) as error:
        raise StoreError(
            f"no driver for {parsed.drivername} is installed; install libong-watch[postgres] and "
            "use postgresql+psycopg://, or use sqlite:///"
        ) from error
    event.listen(engine, "handle_error", _tell_of_absence)
    if backend == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _tell_of_absence(context: ExceptionContext) -> None:
    """Raise DatabaseAway for what would pass without any change here."""
    error = context.original_exception
    if context.is_pre_ping:  # of a pooled connection; another is opened in its place
        return
    if context.is_disconnect or _passes(error):
        raise DatabaseAway(
            f"the database cannot be used at the moment: {str(error).strip().splitlines()[0]}; "
            "see that its server runs and its disk has room"
        ) from error


def _passes(error: BaseException) -> bool:
    if isinstance(error, sqlite3.Error):
        # such as SQLITE_IOERR_WRITE; none for what Python's own part raises
        name = getattr(error, "sqlite_errorname", "").removeprefix("SQLITE_")
        return name.partition("_")[0] in _PASSING_SQLITE
    if type(error).__name__ == "ConnectionTimeout":
        return True
    state = getattr(error, "sqlstate", "")
    # psycopg tells no state where no server was reached
    unreached = state is None and type(error).__name__ == "OperationalError"
    return unreached or str(state).startswith(_PASSING_STATES)


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    # The driver must not begin transactions by itself: it would leave out table changes.
    connection.isolation_level = None
    # Bytes that are no UTF-8 can only come from an edit: read, they are found; refused, they would
    # stop the check that names them.
    connection.text_factory = lambda text: text.decode(errors="surrogateescape")
    connection.execute(f"PRAGMA busy_timeout = {_BUSY_TIMEOUT_MS}")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA foreign_keys = ON")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
