"""What the store holds of a month."""

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session

from detection.types import ObjectClass
from ingest.lonlat import LonLat
from patrol.compliance import BoatSeen
from patrol.conditions import CONDITIONS_TOLD, conditions_of
from patrol.effort_table import EffortRow, efforts_between
from patrol.incident import Incident, IncidentEvent
from patrol.incident_histories import incident_histories
from patrol.incident_state import TAKEN_BACK
from patrol.records import Records, pieces
from patrol.report.figures import MonthFacts
from patrol.report.month import Month
from patrol.rows import ledger_entry
from patrol.site import Site
from patrol.status_records import dugong_cases
from patrol.tables import FlightRow, FrameRow, IncidentRow, LedgerRow, SightingRow
from patrol.witness_report import MARKS
from patrol.zone_history import days_raised
from patrol.zone_version_table import site_of_days


class ReportRecords(Records):
    """What a report is made of."""

    def facts(self, site: Site, month: Month, today: date) -> MonthFacts:
        """Return the facts of a month, with its zones; of one that is not over, those so far."""
        with self._reading() as session:
            efforts = efforts_between(session, site.site_id, month.first, month.last)
            cases = _cases(session, site, month)
            named = {part.zone_id for found in efforts for part in found.effort.zones}
            named |= {case.zone_id for case, _ in cases if case.zone_id is not None}
            of_month = site_of_days(session, site, month.first, month.last, named)
            return MonthFacts(
                month=month,
                zones=of_month.zones,
                efforts=efforts,
                flights_without_effort=_flights_without_effort(session, site, month),
                boats=_boats(session, site, month),
                cases=cases,
                days_raised=_days_raised(session, of_month, month, today),
                sea_states=_sea_states(session, sorted({found.flight_id for found in efforts})),
            )

    def first_month(self, site: Site) -> Month | None:
        """Return the month of a site's oldest frame; None while there is none."""
        query = (
            select(func.min(FrameRow.taken_at_utc))
            .join(FlightRow, FlightRow.flight_id == FrameRow.flight_id)
            .where(*_of_drones(site))
        )
        with self._reading() as session:
            oldest = session.scalar(query)
        if oldest is None:
            return None
        local = oldest.astimezone(site.reference.timezone)
        return Month(local.year, local.month)


def _of_drones(site: Site) -> tuple[ColumnElement[bool], ...]:
    """Return what keeps to a site's flights: people's reports have no effort to go by."""
    return FlightRow.site_id == site.site_id, FlightRow.model_sha256.not_in(MARKS)


def _flights_without_effort(session: Session, site: Site, month: Month) -> int:
    first, after = month.span_utc(site.reference.timezone)
    flown = (
        select(FrameRow.flight_id)
        .join(FlightRow, FlightRow.flight_id == FrameRow.flight_id)
        .where(
            *_of_drones(site),
            FrameRow.taken_at_utc >= first,
            FrameRow.taken_at_utc < after,
            FrameRow.flight_id.not_in(select(EffortRow.flight_id)),
        )
        .distinct()
        .subquery()
    )
    return session.scalar(select(func.count()).select_from(flown)) or 0


def _boats(session: Session, site: Site, month: Month) -> tuple[BoatSeen, ...]:
    """Return the boats seen, without those of which officers dismissed all that was told."""
    first, after = month.span_utc(site.reference.timezone)
    told = (
        IncidentRow.flight_id == SightingRow.flight_id,
        IncidentRow.sighting_id == SightingRow.sighting_id,
    )
    query = (
        select(SightingRow)
        .join(FlightRow, FlightRow.flight_id == SightingRow.flight_id)
        .where(
            *_of_drones(site),
            SightingRow.object_class == ObjectClass.BOAT.value,
            SightingRow.first_seen_utc >= first,
            SightingRow.first_seen_utc < after,
            or_(
                ~exists().where(*told), exists().where(*told, IncidentRow.state.not_in(TAKEN_BACK))
            ),
        )
        .order_by(SightingRow.first_seen_utc, SightingRow.sighting_id)
    )
    return tuple(
        BoatSeen(LonLat(row.lon, row.lat), row.speed_m_s, row.speed_sigma_m_s)
        for row in session.scalars(query)
    )


def _sea_states(session: Session, flight_ids: Sequence[str]) -> Mapping[str, int]:
    """Return the state of the sea that was told last of each flight of which one was told."""
    states: dict[str, int] = {}
    for piece in pieces(flight_ids):
        query = select(LedgerRow).where(
            LedgerRow.subject.in_(piece), LedgerRow.kind == CONDITIONS_TOLD
        )
        for row in session.scalars(query.order_by(LedgerRow.sequence)):
            told = conditions_of(ledger_entry(row)).conditions
            if told.sea_state is not None:
                states[row.subject] = told.sea_state
    return states


def _cases(
    session: Session, site: Site, month: Month
) -> tuple[tuple[Incident, tuple[IncidentEvent, ...]], ...]:
    first, after = month.span_utc(site.reference.timezone)
    return incident_histories(
        session,
        *_of_drones(site),
        IncidentRow.occurred_at_utc >= first,
        IncidentRow.occurred_at_utc < after,
    )


def _days_raised(session: Session, site: Site, month: Month, today: date) -> Mapping[str, int]:
    through = min(month.last, today)
    cases = dugong_cases(session, site, month.first, through)
    return {
        zone.zone_id: days_raised(zone, cases, month.first, through, site) for zone in site.zones
    }
