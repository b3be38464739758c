"""The history of what the public was told of each zone, replayed from the steps of incidents.

Nothing of it is kept beside the ledger: each step of an incident has its time there, so what
counted at the end of any local day can be told again, and nobody changes it afterwards unseen.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from patrol.incident import Incident, IncidentEvent, State
from patrol.presence import counts, holds_until, raising_days, status_of
from patrol.site import Site
from patrol.watched_zones import days_until_told
from patrol.zone_status import ChangeReason, ZoneStatusChange
from patrol.zones import Zone


@dataclass(frozen=True)
class DugongCase:
    """An incident of the rule dugong_sighting, with its events from the oldest to the newest."""

    incident: Incident
    events: tuple[IncidentEvent, ...]

    def state_on(self, day: date, timezone: ZoneInfo) -> State | None:
        """Return the state at the end of a local day; None while it stood not for itself.

        That is before it was known, and while it was joined to another.
        """
        known = [e for e in self.events if e.at_utc.astimezone(timezone).date() <= day]
        return known[-1].to_state if known and known[-1].standing.joined_to is None else None


@dataclass(frozen=True)
class ZoneChange:
    """A change as officers may see it: `causes` are the incidents that brought it about."""

    told: ZoneStatusChange
    causes: tuple[str, ...]


@dataclass(frozen=True)
class _Told:
    """What is told of a zone on a day; `raised_until` is None while no sighting raises it."""

    raised_until: date | None
    incident_ids: frozenset[str]


def zone_changes(
    site: Site, cases: Sequence[DugongCase], since: date, today: date
) -> tuple[ZoneChange, ...]:
    """Return what changed from the local day `since` through `today`, the newest first.

    `cases` must hold those sighted from `status_days` before `since` on. Each day is told as it
    stood at its end: what was raised and taken back on one day does not show. A zone drawn
    anew within these days has its latest outline.
    """
    by_zone: dict[str | None, list[DugongCase]] = defaultdict(list)
    for case in cases:
        by_zone[case.incident.zone_id].append(case)
    changes = [
        change
        for zone in site.zones
        for change in _changes_of(zone, by_zone[zone.zone_id], since, today, site)
    ]
    return tuple(sorted(changes, key=lambda c: (-c.told.since.toordinal(), c.told.zone_id)))


def days_raised(
    zone: Zone, cases: Sequence[DugongCase], first: date, last: date, site: Site
) -> int:
    """Return on how many local days, both inclusive, sightings kept a zone raised."""
    of_zone = [case for case in cases if case.incident.zone_id == zone.zone_id]
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    waits = timedelta(days=days_until_told(zone, site.coast))
    told = (_told(zone, of_zone, day, waits, site) for day in days)
    return sum(found is not None and found.raised_until is not None for found in told)


def _changes_of(
    zone: Zone, cases: Sequence[DugongCase], since: date, today: date, site: Site
) -> Iterator[ZoneChange]:
    waits = timedelta(days=days_until_told(zone, site.coast))
    before = _told(zone, cases, since - timedelta(days=1), waits, site)
    for number in range((today - since).days + 1):
        day = since + timedelta(days=number)
        now = _told(zone, cases, day, waits, site)
        reason = _reason(before, now, day)
        if reason is not None:
            yield _change(zone, day, before, now, reason)
        before = now


def _told(
    zone: Zone, cases: Sequence[DugongCase], day: date, waits: timedelta, site: Site
) -> _Told | None:
    """Return what was told of a zone on a day; `waits` is how long a sighting is kept back."""
    parameters, timezone = site.rule_parameters, site.reference.timezone
    if not zone.holds_on(day):
        return None
    counting: dict[date, list[str]] = defaultdict(list)
    for case in cases:
        sighted = case.incident.occurred_at_utc.astimezone(timezone).date()
        if not sighted <= day <= holds_until(sighted, parameters):
            continue
        state = case.state_on(day, timezone)
        if state is not None and counts(case.incident.rule, state, case.incident.score, parameters):
            counting[sighted].append(case.incident.incident_id)
    sighted_days = [sighted for sighted, ids in counting.items() for _ in ids]
    raising = raising_days(sighted_days, day - waits, parameters)
    if not raising:
        return _Told(None, frozenset())
    return _Told(
        holds_until(raising[-1], parameters),
        frozenset(incident_id for raised in raising for incident_id in counting[raised]),
    )


def _reason(before: _Told | None, now: _Told | None, day: date) -> ChangeReason | None:
    if before is None and now is None:
        return None
    if now is None:
        return ChangeReason.ZONE_ENDED
    if before is None:
        # a zone that begins with dugongs in it is told of as raised
        return ChangeReason.ZONE_BEGAN if now.raised_until is None else ChangeReason.SIGHTED
    return _raise_reason(before.raised_until, now.raised_until, day)


def _raise_reason(before: date | None, now: date | None, day: date) -> ChangeReason | None:
    if before == now:
        return None
    if before is None:
        return ChangeReason.SIGHTED
    if now is None:
        return ChangeReason.EXPIRED if before < day else ChangeReason.TAKEN_BACK
    return ChangeReason.EXTENDED if now > before else ChangeReason.TAKEN_BACK


def _change(
    zone: Zone, day: date, before: _Told | None, now: _Told | None, reason: ChangeReason
) -> ZoneChange:
    ids_before = frozenset() if before is None else before.incident_ids
    ids_now = frozenset() if now is None else now.incident_ids
    raised_until = None if now is None else now.raised_until
    told = ZoneStatusChange(
        zone_id=zone.zone_id,
        status=None if now is None else status_of(zone.kind, raised=raised_until is not None),
        since=day,
        until=raised_until or (None if now is None else zone.valid_until),
        reason=reason,
    )
    return ZoneChange(told, tuple(sorted(ids_before ^ ids_now)))
