"""A database that is away or full is told apart from everything else that may go wrong in it."""

import sqlite3

import pytest
from sqlalchemy.exc import OperationalError, ProgrammingError

from patrol.database import Database, DatabaseAway


def test_a_full_disk_is_told_and_nothing_is_left_of_the_attempt(tmp_path):
    database = Database(f"sqlite:///{tmp_path}/a.sqlite3")
    database.migrate()
    with database.reader.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE big (x TEXT)")
        connection.exec_driver_sql("PRAGMA max_page_count = 1")  # no page more than there are
        with pytest.raises(DatabaseAway, match=r"full.*disk has room"):
            connection.exec_driver_sql("INSERT INTO big VALUES (?)", ("x" * 100_000,))
        connection.rollback()
        connection.exec_driver_sql("PRAGMA max_page_count = 100000")
        names = connection.exec_driver_sql("SELECT name FROM sqlite_master").scalars().all()
    assert "big" not in names
    database.migrate()
    database.close()


def test_a_lock_that_is_never_let_go_is_told(tmp_path):
    path = tmp_path / "a.sqlite3"
    database = Database(f"sqlite:///{path}")
    database.migrate()
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with database.reader.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout = 1")
        connection.rollback()
    with pytest.raises(DatabaseAway, match="locked"), database.writer.begin():
        pass
    other.execute("ROLLBACK")
    other.close()
    database.close()


def test_a_server_that_is_not_there_is_told():
    database = Database("postgresql+psycopg://nobody@127.0.0.1:1/none")
    with pytest.raises(DatabaseAway, match="server runs"):
        database.now()


def test_a_server_that_hangs_up_is_told_and_asked_again(store):
    database = store.database
    if database.reader.dialect.name != "postgresql":
        pytest.skip("a file hangs up on nobody")
    with database.reader.connect() as connection, pytest.raises(DatabaseAway):
        connection.exec_driver_sql("SELECT pg_terminate_backend(pg_backend_pid())")
    # connections of the pool that were hung up on are opened anew without a word
    with database.reader.connect() as first, database.reader.connect() as second:
        number = second.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
        second.close()
        first.exec_driver_sql(f"SELECT pg_terminate_backend({number})")
    assert store.users() == ()


def test_what_is_wrong_in_a_query_is_no_absence(store):
    with (
        pytest.raises((OperationalError, ProgrammingError)),
        store.database.reader.connect() as connection,
    ):
        connection.exec_driver_sql("SELECT * FROM no_such_table")
