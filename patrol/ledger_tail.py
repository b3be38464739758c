"""What was written last: the end of the ledger, followed by those who watch and those who audit.

Every process that serves reads it from the database, so that a step taken at one is told by all.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, literal_column, or_, select
from sqlalchemy.orm import Session

from patrol.database import Database
from patrol.incident_event import SOFTWARE
from patrol.ledger import FLIGHT_LOGGED, canonical_json
from patrol.tables import IncidentRow, LedgerRow

# Written out, not bound: only so does a database see that the index of migration 0017 serves it.
_INDEXED = 64
_ACTOR = {
    "sqlite": "CASE WHEN json_valid(payload) "
    "THEN substr(json_extract(payload, '$.actor'), 1, 64) END",
    "postgresql": r"""left(substring(payload from '"actor":"((?:[^"\\]|\\.)*)"'), 64)""",
}


@dataclass(frozen=True)
class LedgerNews:
    """One entry of the ledger as people read it.

    `kind` and `subject` are the entry's own. `actor` is who did it, the software where no person
    did; `facts` are the plain values of the payload, without hashes.
    """

    sequence: int
    at_utc: datetime
    kind: str
    subject: str
    actor: str
    facts: dict[str, str | int | float | bool | None]


class LedgerTail:
    """Reads the ledger from its end; each call is one transaction that locks nothing."""

    def __init__(self, database: Database) -> None:
        """Work in a database that has been migrated."""
        self._database = database

    def last_sequence(self) -> int:
        """Return the number of the last entry; 0 before the first."""
        with Session(self._database.reader) as session:
            return session.scalar(select(func.max(LedgerRow.sequence))) or 0

    def after(self, sequence: int, limit: int = 100) -> tuple[LedgerNews, ...]:
        """Return what followed entry `sequence`, oldest first, at most `limit` of it."""
        query = (
            select(LedgerRow)
            .where(LedgerRow.sequence > sequence)
            .order_by(LedgerRow.sequence)
            .limit(limit)
        )
        with Session(self._database.reader) as session:
            return tuple(map(_news, session.scalars(query)))

    def trail(
        self,
        *,
        actor: str | None = None,
        subject: str | None = None,
        kinds: Collection[str] | None = None,
        before: int | None = None,
        limit: int = 100,
    ) -> tuple[LedgerNews, ...]:
        """Return the newest entries first; each filter that is given narrows them.

        `subject` is the id of an incident or flight; that of an incident brings its flight along.
        `kinds` are kinds of entries, as the ledger names them.
        `before` is the number of an entry: only older ones are returned.
        """
        query = select(LedgerRow).order_by(LedgerRow.sequence.desc()).limit(limit)
        if actor is not None:
            # a quotation mark within a text is written \" in JSON, so that only the key matches
            written = f'"actor":{canonical_json(actor)}'
            query = query.where(
                _acted(actor, self._database.reader.dialect.name),
                LedgerRow.payload.contains(written, autoescape=True),
            )
        if subject is not None:
            flight = select(IncidentRow.flight_id).where(IncidentRow.incident_id == subject)
            query = query.where(
                or_(LedgerRow.subject == subject, LedgerRow.subject == flight.scalar_subquery())
            )
        if kinds is not None:
            query = query.where(LedgerRow.kind.in_(kinds))
        if before is not None:
            query = query.where(LedgerRow.sequence < before)
        with Session(self._database.reader) as session:
            return tuple(map(_news, session.scalars(query)))


def _acted(actor: str, dialect: str) -> ColumnElement[bool]:
    """Return what holds for the entries of all whose names begin as this one."""
    named = actor if dialect == "sqlite" else canonical_json(actor)[1:-1]
    by_name: ColumnElement[str] = literal_column(_ACTOR[dialect])
    return by_name == named[:_INDEXED]


def _news(row: LedgerRow) -> LedgerNews:
    payload: dict[str, Any] = json.loads(row.payload)
    hashed = {"facts"} if row.kind != FLIGHT_LOGGED else {"frames", "refused", "detections"}
    facts = {
        key: value
        for key, value in payload.items()
        if key not in hashed | {"actor", "sightings", "surveys"}
        and isinstance(value, str | int | float | bool | None)
    }
    return LedgerNews(
        sequence=row.sequence,
        at_utc=datetime.fromisoformat(row.at_utc),
        kind=row.kind,
        subject=row.subject,
        actor=str(payload.get("actor", SOFTWARE)),
        facts=facts,
    )
