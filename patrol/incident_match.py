"""Which incidents of other flights may be about the same thing: a moored boat, a net left out."""

from collections.abc import Iterable
from datetime import timedelta
from math import hypot

from ingest.lonlat import distance_m
from patrol.incident import Incident
from patrol.incident_step import may_be_same

# Two standard errors hold 95 % of a difference of positions along one axis.
_ERRORS = 2.0

# A moored boat swings about its anchor and gear drifts with the tide; indicative, from no source.
SWING_M = 40.0

# Beyond a month of spring tides the same place says little; indicative, from no source.
LONGEST_APART = timedelta(days=30)


def likely_same(incident: Incident, others: Iterable[Incident]) -> tuple[Incident, ...]:
    """Return those of other flights that may be about the same thing, the nearest first.

    Each must be of the same class and zone, within the errors of both positions and the swing of
    a mooring, at most thirty days apart, and joined to none. Nothing is ever joined by itself.
    """
    near = (
        (distance_m(incident.position, other.position), other.incident_id, other)
        for other in others
        if _comparable(incident, other)
    )
    reach = (
        found
        for found in near
        if found[0] <= SWING_M + _ERRORS * hypot(incident.error_m, found[2].error_m)
    )
    return tuple(other for _, _, other in sorted(reach, key=lambda found: found[:2]))


def _comparable(incident: Incident, other: Incident) -> bool:
    return (
        other.flight_id != incident.flight_id
        and other.joined_to is None
        and other.zone_id == incident.zone_id
        and may_be_same(incident, other)
        and abs(other.occurred_at_utc - incident.occurred_at_utc) <= LONGEST_APART
    )
