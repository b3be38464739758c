"""Notices: who is told of what, and when. Pure; `notice_records` keeps them.

No notice carries a position, not even those to officers: on its way it passes through the hands of
mail and chat services. Whom it concerns looks at the desk.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from patrol.incident import Incident
from patrol.verdict import Priority
from patrol.zone_status import ZoneStatusChange

_RANK = {Priority.LOW: 0, Priority.NORMAL: 1, Priority.HIGH: 2}

# Tries at a delivery, and how long after each the next comes: a night without network is bridged.
RETRY_AFTER = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 180, 360))


class Audience(StrEnum):
    """What a recipient may hear of, by their role.

    Officers hear of incidents, rangers that flights were processed and what could be used, and the
    public of what the public map says.
    """

    OFFICERS = "officers"
    RANGERS = "rangers"
    PUBLIC = "public"


class News(StrEnum):
    """What happened to incidents."""

    OPENED = "opened"
    RETRACTED = "retracted"


@dataclass(frozen=True)
class Hours:
    """Local times of the day between which a recipient is told; may go over midnight."""

    begin: time
    end: time

    def hold(self, local: datetime) -> bool:
        """Return whether a local time is within them."""
        clock = local.time()
        if self.begin <= self.end:
            return self.begin <= clock < self.end
        return clock >= self.begin or clock < self.end


@dataclass(frozen=True)
class Recipient:
    """Somebody who is told, by the name under which deliveries are recorded.

    `zones` are the ids of those they hear of, all where it is empty. Officers hear of incidents of
    at least `least_priority`; what falls outside `hours` waits for them, but for high priority
    where `urgent_any_time`.
    """

    name: str
    audience: Audience
    zones: frozenset[str] = frozenset()
    least_priority: Priority = Priority.LOW
    hours: Hours | None = None
    urgent_any_time: bool = True

    def hears_of(self, incident: Incident) -> bool:
        """Return whether an incident concerns this recipient."""
        return (
            self.audience is Audience.OFFICERS
            and (not self.zones or incident.zone_id in self.zones)
            and _RANK[incident.priority] >= _RANK[self.least_priority]
        )

    def hears_of_change(self, change: ZoneStatusChange) -> bool:
        """Return whether a change of the public map concerns this recipient."""
        return self.audience is Audience.PUBLIC and (not self.zones or change.zone_id in self.zones)

    def due_at(self, now: datetime, timezone: tzinfo, *, urgent: bool) -> datetime:
        """Return when something that is known `now` (aware) is told: at once, or as hours begin."""
        local = now.astimezone(timezone)
        if self.hours is None or self.hours.hold(local) or (urgent and self.urgent_any_time):
            return now
        begin = local.replace(
            hour=self.hours.begin.hour, minute=self.hours.begin.minute, second=0, microsecond=0
        )
        return begin if begin > local else begin + timedelta(days=1)


@dataclass(frozen=True)
class IncidentNews:
    """What happened to incidents of one flight: told in one notice, however many there are."""

    news: News
    flight_id: str
    incidents: tuple[Incident, ...]

    @property
    def urgent(self) -> bool:
        """Whether any of them is."""
        return any(incident.priority is Priority.HIGH for incident in self.incidents)


@dataclass(frozen=True)
class FlightNews:
    """That a flight was processed: what of it could be used, and how many alerts came of it.

    Neither what was seen nor in which zone: a group of rangers may have many members.
    """

    flight_id: str
    day: date
    frames: int
    refused: int
    alerts: int


@dataclass(frozen=True)
class Happened:
    """What happened at a site since a recipient was last told, up to an entry of the ledger."""

    events: Sequence[tuple[News, Incident]]
    flights: Sequence[FlightNews]
    last_sequence: int


def by_flight(
    events: Collection[tuple[News, Incident]], recipient: Recipient
) -> Sequence[IncidentNews]:
    """Return what a recipient hears of these events, grouped by what happened and by flight."""
    groups: dict[tuple[News, str], dict[str, Incident]] = {}
    for news, incident in events:
        if recipient.hears_of(incident):
            group = groups.setdefault((news, incident.flight_id), {})
            group[incident.incident_id] = incident
    return [
        IncidentNews(news, flight_id, tuple(incidents.values()))
        for (news, flight_id), incidents in groups.items()
    ]


def change_cause(change: ZoneStatusChange) -> str:
    """Return the key under which a change of the public map is told once."""
    return f"zone:{change.zone_id}:{change.since}:{change.status}:{change.reason}:{change.until}"


def news_cause(news: IncidentNews, last_sequence: int) -> str:
    """Return the key of news up to an entry of the ledger."""
    return f"{news.news}:{news.flight_id}:{last_sequence}"


def flight_cause(news: FlightNews) -> str:
    """Return the key under which a processed flight is told once."""
    return f"flight:{news.flight_id}"


def next_try(attempts: int, now: datetime) -> datetime | None:
    """Return when to try again after `attempts` failed ones, or None to give up."""
    return now + RETRY_AFTER[attempts - 1] if attempts <= len(RETRY_AFTER) else None
