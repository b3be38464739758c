"""Which zone answers where several lie over each other: one question, one answer.

A boat is asked two things of an area, whether it may be there and how fast; a fishing gear one.
The zones that answer are put in this order, and all up to the first that surely holds the sighting
give a verdict; those after it are told nothing of:

1. the kind: closed, no fishing, go slow, then seagrass, tour route, anchorage, survey block;
2. law before a proposal;
3. an official outline before an indicative one;
4. the lower advised speed;
5. the smaller area: what is drawn within another zone is meant to differ from it;
6. the zone's id, so that the order never hangs on anything else.

A tour route or an anchorage does not open a closed zone: draw a hole into it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import inf

from ingest.tide import SeaTide
from patrol.rules.place import Place
from patrol.verdict import Certainty
from patrol.zone_times import Holds
from patrol.zones import Binding, Zone, ZoneKind

_KINDS = (
    ZoneKind.CLOSED,
    ZoneKind.NO_FISHING,
    ZoneKind.GO_SLOW,
    ZoneKind.SEAGRASS,
    ZoneKind.TOUR_ROUTE,
    ZoneKind.ANCHORAGE,
    ZoneKind.SURVEY_BLOCK,
)


def rank(zone: Zone) -> tuple[int, bool, bool, float, float, str]:
    """Return by what zones are ordered; the lowest answers first."""
    return (
        _KINDS.index(zone.kind),
        zone.binding is not Binding.LAW,
        zone.indicative,
        inf if zone.advised_speed is None else zone.advised_speed.knots,
        zone.area.area,
        zone.zone_id,
    )


@dataclass(frozen=True)
class Found:
    """A zone that a sighting lies in or at, and whether it holds at that moment and its tide."""

    zone: Zone
    place: Place
    holds: Holds
    tide: SeaTide | None = None


def answering(found: Iterable[Found]) -> Iterator[Found]:
    """Yield the zones that answer, in their order, up to the first that surely holds."""
    for each in sorted(found, key=lambda it: rank(it.zone)):
        yield each
        if each.place.certainty is Certainty.INSIDE and each.holds is Holds.YES:
            return
