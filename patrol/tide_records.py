"""Tide tables in the store: entries of the ledger, and nothing beside them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import func, select

from ingest.tide import TideTable
from patrol.ledger_table import append_tides, lock_ledger
from patrol.records import Records
from patrol.rows import ledger_entry
from patrol.site import Site
from patrol.tables import FlightRow, FrameRow, LedgerRow
from patrol.tide_history import (
    TIDES_IMPORTED,
    ImportedTable,
    check_import,
    imported_payload,
    imported_tables,
    tides_subject,
)
from patrol.witness_report import MARKS


class TideRecords(Records):
    """Tide tables that were imported, beside the constants of a site's file."""

    def tables(self, site_id: str) -> Sequence[ImportedTable]:
        """Return all tables of a site, the newest first."""
        query = (
            select(LedgerRow)
            .where(LedgerRow.subject == tides_subject(site_id), LedgerRow.kind == TIDES_IMPORTED)
            .order_by(LedgerRow.sequence)
        )
        with self._reading() as session:
            return imported_tables(site_id, map(ledger_entry, session.scalars(query)))

    def in_force(self, site: Site) -> Site:
        """Return a site whose reference tells the tide by the imported tables too."""
        tables = tuple(each.table for each in self.tables(site.site_id))
        if not tables:
            return site
        tides = replace(site.reference.tides, tables=tables)
        return replace(site, reference=replace(site.reference, tides=tides))

    def flights_before(self, site_id: str, table: TideTable) -> int:
        """Return how many drone flights within a table are logged already, judged without it."""
        flights = (
            select(FrameRow.flight_id)
            .join(FlightRow, FlightRow.flight_id == FrameRow.flight_id)
            .where(
                FlightRow.site_id == site_id,
                FlightRow.model_sha256.not_in(MARKS),
                FrameRow.taken_at_utc >= table.readings[0][0],
                FrameRow.taken_at_utc <= table.readings[-1][0],
            )
            .distinct()
            .subquery()
        )
        with self._reading() as session:
            return session.scalar(select(func.count()).select_from(flights)) or 0

    def add(self, site_id: str, table: TideTable, actor: str, at_utc: datetime) -> None:
        """Keep a table; it holds before those of before. Raises TideError."""
        check_import(table, actor)
        with self._writing() as session, session.begin():
            lock_ledger(session)
            append_tides(session, site_id, imported_payload(site_id, table, actor.strip()), at_utc)
