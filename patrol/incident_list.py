"""Lists of incidents: which are asked for, in which order, and a page of them at a time."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from detection.types import ObjectClass
from ingest.errors import LibongError
from patrol.incident import Incident, State
from patrol.verdict import Priority
from patrol.zones import RuleName

# How a place in a list is written in addresses: urgency, microseconds since 1970, incident.
PLACE_PATTERN = r"^[0-3]\.-?[0-9]{1,16}\.[0-9A-Za-z_-]{1,64}$"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class PlaceError(LibongError, ValueError):
    """A text that names no place in a list."""


class Listing(StrEnum):
    """Which list.

    `WAITING` holds what still wants a person (new, confirmed, responding), the most urgent first,
    then the newest; an incident that is joined to another is left out, for the other stands for
    both. `EVERY` holds all, the newest first.
    """

    WAITING = "waiting"
    EVERY = "every"


@dataclass(frozen=True)
class IncidentFilter:
    """What narrows a list; None leaves everything in. `priority` is the one that holds now."""

    states: frozenset[State] | None = None
    zone_id: str | None = None
    flight_id: str | None = None
    object_class: ObjectClass | None = None
    rule: RuleName | None = None
    priority: Priority | None = None
    assignee: str | None = None
    since_utc: datetime | None = None


EVERYTHING = IncidentFilter()


@dataclass(frozen=True)
class Place:
    """Where an incident stands in a list; what follows it is the same whatever comes before.

    `urgency` counts from 0, the most urgent; it is 0 for all in a list that does not go by it.
    """

    urgency: int
    occurred_at_utc: datetime
    incident_id: str

    @property
    def text(self) -> str:
        """The place as addresses name it; `place_of` reads it back."""
        microseconds = (self.occurred_at_utc - _EPOCH) // _MICROSECOND
        return f"{self.urgency}.{microseconds}.{self.incident_id}"


def place_of(text: str) -> Place:
    """Return the place that a text names; raises PlaceError."""
    if re.fullmatch(PLACE_PATTERN, text) is None:
        raise PlaceError(f"a place in a list is named as the page before names it; got {text!r}")
    urgency, microseconds, incident_id = text.split(".")
    try:
        at_utc = _EPOCH + int(microseconds) * _MICROSECOND
    except OverflowError as error:
        raise PlaceError(f"no place in a list lies at {microseconds} µs") from error
    return Place(int(urgency), at_utc, incident_id)


@dataclass(frozen=True)
class IncidentPage:
    """A piece of a list of `total` incidents; `following` is where the next piece goes on.

    It is None on the last.
    """

    incidents: tuple[Incident, ...]
    total: int
    following: Place | None
