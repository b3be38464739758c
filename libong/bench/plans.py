"""How a database goes about a question: which of its big tables it reads from end to end."""

import json
import re
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, event

from patrol.database import Database

# tables that grow with every flight
BIG = frozenset({"frames", "sightings", "detections", "incidents", "ledger", "surveys", "efforts"})

_Asked = list[tuple[str, Any]]


def whole_reads(database: Database, ask: Callable[[], object]) -> list[str]:
    """Return the big tables that a question makes the database read whole, by its own plans.

    PostgreSQL is asked for them with such reading made dear, as it is in a large store: a small
    table is read whole with reason.
    """
    with database.reader.connect() as connection:
        asked = statements(database, ask)
        if connection.dialect.name == "sqlite":
            return [table for each in asked for table in _sqlite_scans(connection, *each)]
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        return [table for each in asked for table in _postgresql_scans(connection, *each)]


def statements(database: Database, ask: Callable[[], object]) -> _Asked:
    """Return what a question says to the database: statements with their parameters."""
    asked: _Asked = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        asked.append((statement, parameters))

    event.listen(database.reader, "before_cursor_execute", note)
    try:
        ask()
    finally:
        event.remove(database.reader, "before_cursor_execute", note)
    return asked


def _sqlite_scans(connection: Connection, statement: str, parameters: Any) -> list[str]:
    # the first few of a table in the order it is kept in are no reading of all
    if "LIMIT" in statement and "WHERE" not in statement:
        return []
    rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
    found = [re.fullmatch(r"SCAN (\w+)", row[3]) for row in rows]
    return [hit[1] for hit in found if hit and hit[1] in BIG]


def _postgresql_scans(connection: Connection, statement: str, parameters: Any) -> list[str]:
    plan = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters)
    named = re.findall(r'"Seq Scan".*?"Relation Name": "(\w+)"', json.dumps(plan.scalar_one()))
    return [table for table in named if table in BIG]
