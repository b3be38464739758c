"""Opening and migrating databases."""

import shutil
import sqlite3
from pathlib import Path

import pytest
import sqlalchemy
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

import patrol.database
from patrol.store import Store, StoreError
from patrol.tables import Base

LATEST = max(path.name for path in patrol.database._MIGRATIONS.glob("versions/0*.py"))[:4]


def tables_of(database_url: str) -> set[str]:
    engine = sqlalchemy.create_engine(database_url)
    try:
        return set(sqlalchemy.inspect(engine).get_table_names())
    finally:
        engine.dispose()


@pytest.fixture
def opened(empty_database_url):
    store = Store(empty_database_url)
    yield store
    store.close()


# SQLAlchemy can read an index of an expression back from neither database
EXPRESSIONS = {"ix_incidents_waiting", "ix_incidents_priority_now", "ix_ledger_actor"}


@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index")
def test_migrating_an_empty_database_builds_what_the_code_maps(opened, empty_database_url) -> None:
    assert tables_of(empty_database_url) == set()
    opened.migrate()
    engine = sqlalchemy.create_engine(empty_database_url)
    try:
        with engine.connect() as connection:
            context = MigrationContext.configure(
                connection, opts={"include_name": lambda name, *_: name not in EXPRESSIONS}
            )
            assert compare_metadata(context, Base.metadata) == []
            assert context.get_current_revision() == LATEST
    finally:
        engine.dispose()
    assert tables_of(empty_database_url) == set(Base.metadata.tables) | {"alembic_version"}


def test_migrating_twice_keeps_what_is_there(opened, make_log) -> None:
    opened.migrate()
    opened.log_flight(make_log())
    opened.migrate()
    assert len(opened.flights()) == 1
    assert opened.verify().faults == ()


BROKEN = '''"""Fails half way."""
from alembic import op
import sqlalchemy as sa
revision = "9998"
down_revision = "LATEST"
def upgrade():
    op.create_table("half_done", sa.Column("x", sa.Integer()))
    op.execute("UPDATE flights SET site_id = 'lost'")
    op.execute("SELECT x FROM nowhere")
'''.replace("LATEST", LATEST)


@pytest.fixture
def broken_migration(monkeypatch, tmp_path) -> None:
    """A copy of the migrations with one more that fails after its first statements."""
    folder = tmp_path / "100% migrations"
    shutil.copytree(patrol.database._MIGRATIONS, folder)
    (folder / "versions" / "9998_broken.py").write_text(BROKEN)
    monkeypatch.setattr(patrol.database, "_MIGRATIONS", folder)


def test_a_migration_that_fails_on_an_empty_database_leaves_it_empty(
    opened, empty_database_url, broken_migration
) -> None:
    with pytest.raises(StoreError, match="left as it was"):
        opened.migrate()
    assert tables_of(empty_database_url) == set()


def test_a_migration_that_fails_on_a_full_one_leaves_it_as_it_was(
    store, database_url, make_log, request
) -> None:
    log = make_log()
    store.log_flight(log)
    before = (tables_of(database_url), store.verify())
    request.getfixturevalue("broken_migration")
    with pytest.raises(StoreError, match="nowhere"):
        store.migrate()
    assert (tables_of(database_url), store.verify()) == before
    assert store.log_flight(log) is False


def test_a_database_of_a_newer_version_is_refused(store, database_url) -> None:
    engine = sqlalchemy.create_engine(database_url)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    engine.dispose()
    with pytest.raises(StoreError, match="newer version"):
        store.migrate()


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("", "must be a URL"),
        ("nonsense", "must be a URL"),
        ("sqlite://", "in memory is lost"),
        ("sqlite:///:memory:", "in memory is lost"),
        ("postgresql+pg8000://localhost/x", "no driver for postgresql.pg8000 is installed"),
        ("sqlite+nothing:///x", "no driver for sqlite.nothing is installed"),
        ("mysql://localhost/x", "sqlite or postgresql; got mysql"),
    ],
)
def test_urls_that_are_refused(url, fault) -> None:
    with pytest.raises(StoreError, match=fault):
        Store(url)


def test_a_folder_that_is_not_there_is_named_as_a_cause(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/nowhere/x.sqlite3")
    with pytest.raises(StoreError, match="check that its folder or server is there"):
        store.migrate()
    store.close()


def test_sqlite_runs_with_a_write_ahead_log_and_checks_references(tmp_path: Path) -> None:
    path = tmp_path / "x.sqlite3"
    store = Store(f"sqlite:///{path}")
    store.migrate()
    with store._database.reader.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 30_000
    store.close()
    raw = sqlite3.connect(path)
    assert raw.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    raw.close()
