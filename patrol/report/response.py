"""How soon somebody acted: from the frame to the alert, the decision and the response."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from statistics import median

from patrol.incident import Incident, IncidentEvent, State


class Moment(StrEnum):
    """What an incident passes, in this order."""

    TAKEN = "taken"
    ALERTED = "alerted"
    DECIDED = "decided"
    RESPONDED = "responded"
    RESOLVED = "resolved"


_DECISIONS = frozenset({State.CONFIRMED, State.DISMISSED})


@dataclass(frozen=True)
class Lapse:
    """The time from one moment to the next: of how many incidents, in the middle, at the longest.

    Both are None where no incident got that far.
    """

    since: Moment
    until: Moment
    incidents: int
    median: timedelta | None
    longest: timedelta | None


def lapses(
    cases: Iterable[tuple[Incident, Sequence[IncidentEvent]]],
) -> tuple[Lapse, ...]:
    """Return the lapse from each moment to the next.

    A case is an incident with its events, the oldest first. A camera's clock that runs ahead of
    the alert gives no lapse.
    """
    passed = [moments_of(incident, events) for incident, events in cases]
    return tuple(_lapse(since, until, passed) for since, until in pairwise(Moment))


def moments_of(incident: Incident, events: Sequence[IncidentEvent]) -> Mapping[Moment, datetime]:
    """Return when an incident first passed each moment; those it has not are left out."""
    moments = {Moment.TAKEN: incident.occurred_at_utc}
    for event in events:
        if event.from_state is None:
            moments.setdefault(Moment.ALERTED, event.at_utc)
        elif event.to_state in _DECISIONS and event.from_state is State.NEW:
            moments.setdefault(Moment.DECIDED, event.at_utc)
        elif event.to_state is State.RESPONDING:
            moments.setdefault(Moment.RESPONDED, event.at_utc)
        elif event.to_state is State.RESOLVED:
            moments.setdefault(Moment.RESOLVED, event.at_utc)
    return moments


def _lapse(since: Moment, until: Moment, passed: Iterable[Mapping[Moment, datetime]]) -> Lapse:
    times = [
        moments[until] - moments[since]
        for moments in passed
        if since in moments and until in moments and moments[until] >= moments[since]
    ]
    if not times:
        return Lapse(since, until, 0, None, None)
    middle = timedelta(seconds=median(time.total_seconds() for time in times))
    return Lapse(since, until, len(times), middle, max(times))
