"""Sea and weather in the store: entries of the ledger about a flight, and nothing beside them."""

from datetime import datetime

from sqlalchemy import select

from patrol.conditions import (
    CONDITIONS_TOLD,
    Conditions,
    ConditionsError,
    ToldConditions,
    conditions_of,
)
from patrol.flight_records import unknown_flight
from patrol.ledger_table import append_conditions, lock_ledger
from patrol.records import Records, storable
from patrol.rows import ledger_entry
from patrol.tables import FlightRow, LedgerRow


class ConditionsRecords(Records):
    """What people told of sea and weather; a later telling stands beside the earlier one."""

    def tell(self, flight_id: str, conditions: Conditions, actor: str, at_utc: datetime) -> None:
        """Keep what somebody told of a flight; raises UnknownFlight and ConditionsError."""
        if not actor.strip() or not actor.isprintable():
            raise ConditionsError(f"say who tells it; got {actor!r}")
        with self._writing() as session, session.begin():
            lock_ledger(session)
            if not storable(flight_id) or session.get(FlightRow, flight_id) is None:
                raise unknown_flight(flight_id)
            append_conditions(session, flight_id, conditions, actor, at_utc)

    def of_flight(self, flight_id: str) -> tuple[ToldConditions, ...]:
        """Return what was told of a flight, the oldest first."""
        if not storable(flight_id):
            return ()
        query = (
            select(LedgerRow)
            .where(LedgerRow.subject == flight_id, LedgerRow.kind == CONDITIONS_TOLD)
            .order_by(LedgerRow.sequence)
        )
        with self._reading() as session:
            return tuple(conditions_of(ledger_entry(row)) for row in session.scalars(query))
