"""Zone statuses, from what the store holds of dugongs and surveys."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from patrol.coverage import ZoneSurvey
from patrol.incident import State
from patrol.incident_histories import incident_histories
from patrol.incident_state import TAKEN_BACK
from patrol.presence import zone_statuses
from patrol.records import Records
from patrol.site import Site
from patrol.tables import FlightRow, IncidentRow, SurveyRow
from patrol.zone_history import DugongCase, ZoneChange, zone_changes
from patrol.zone_status import ZoneStatus
from patrol.zone_version_table import site_in_force, site_of_days
from patrol.zones import RuleName


class StatusRecords(Records):
    """What the public side is given, and nothing finer."""

    def zone_statuses(self, site: Site, today: date) -> tuple[ZoneStatus, ...]:
        """Return the status of a site's zones on a local day, from this site's flights alone."""
        least = site.rule_parameters.survey_min_fraction
        surveys = (
            select(SurveyRow.zone_id, func.max(SurveyRow.day))
            .join(FlightRow, FlightRow.flight_id == SurveyRow.flight_id)
            .where(
                FlightRow.site_id == site.site_id,
                SurveyRow.day <= today,
                SurveyRow.seen_fraction >= least,
            )
            .group_by(SurveyRow.zone_id)
        )
        with self._reading() as session:
            now = site_in_force(session, site)
            dugong_incidents = _recent_dugongs(session, site, today)
            surveyed = [
                ZoneSurvey(zone_id, day, least) for zone_id, day in session.execute(surveys)
            ]
        return zone_statuses(now, dugong_incidents, surveyed, today)

    def zone_changes(self, site: Site, since: date, today: date) -> tuple[ZoneChange, ...]:
        """Return what changed in the statuses of a site's zones, the newest first.

        Both local days are inclusive; the end of a zone that was taken away is told too. The public
        side is given the `told` of each alone.
        """
        with self._reading() as session:
            of_days = site_of_days(session, site, since, today)
            cases = dugong_cases(session, site, since, today)
        return zone_changes(of_days, cases, since, today)


def dugong_cases(session: Session, site: Site, since: date, today: date) -> tuple[DugongCase, ...]:
    """Return the dugong incidents that statuses of these days hang on, and their steps."""
    timezone = site.reference.timezone
    # the day before `since` must be known too, to tell what changed
    first = since - timedelta(days=site.rule_parameters.status_days + 1)
    histories = incident_histories(
        session,
        FlightRow.site_id == site.site_id,
        IncidentRow.rule == RuleName.DUGONG_SIGHTING.value,
        IncidentRow.occurred_at_utc >= datetime.combine(first, time(), timezone),
        IncidentRow.occurred_at_utc < datetime.combine(today, time(), timezone) + timedelta(days=1),
    )
    return tuple(DugongCase(incident, events) for incident, events in histories)


@dataclass(frozen=True)
class _Sighted:
    """Of an incident what a status asks of it, and no more: years of them may be read."""

    zone_id: str | None
    rule: RuleName
    state: State
    score: float
    occurred_at_utc: datetime
    joined_to: str | None


def _recent_dugongs(session: Session, site: Site, today: date) -> tuple[_Sighted, ...]:
    """Return the dugong incidents of a site that the statuses of `today` can depend on.

    A sighting counts for `status_days` after its own day, and adds to a run of raised days that
    one at most a day later began. So from today backwards, periods of that length are read until
    one holds no sighting, before which none can matter.
    """
    days = timedelta(days=site.rule_parameters.status_days + 1)
    midnight = datetime.combine(today, time(), site.reference.timezone)
    until_utc = midnight + timedelta(days=1)
    query = (
        select(
            IncidentRow.zone_id,
            IncidentRow.state,
            IncidentRow.score,
            IncidentRow.occurred_at_utc,
            IncidentRow.joined_to,
        )
        .join(FlightRow, FlightRow.flight_id == IncidentRow.flight_id)
        .where(
            FlightRow.site_id == site.site_id,
            IncidentRow.rule == RuleName.DUGONG_SIGHTING.value,
            IncidentRow.state.not_in(TAKEN_BACK),
        )
    )
    found: list[_Sighted] = []
    while True:
        since_utc = until_utc - days
        period = query.where(
            IncidentRow.occurred_at_utc >= since_utc, IncidentRow.occurred_at_utc < until_utc
        )
        sighted = [
            _Sighted(zone_id, RuleName.DUGONG_SIGHTING, State(state), score, at_utc, joined_to)
            for zone_id, state, score, at_utc, joined_to in session.execute(period)
        ]
        if not sighted:
            return tuple(found)
        found += sighted
        until_utc = since_utc
