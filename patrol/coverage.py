"""Survey effort by zone: how much of a zone a flight saw, in usable pictures, on a day."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

import shapely

from ingest.frame import Frame
from patrol.zones import Zone


@dataclass(frozen=True)
class ZoneSurvey:
    """That a flight saw `seen_fraction` (0 to 1) of a zone's area on a local day."""

    zone_id: str
    day: date
    seen_fraction: float


def zone_surveys(
    frames: Sequence[Frame], zones: Sequence[Zone], timezone: ZoneInfo
) -> tuple[ZoneSurvey, ...]:
    """Return the share of each zone that the frames saw, per local day; unseen zones are left out.

    `frames` are those that count as a look at the sea: a blurred or glaring picture surveys nothing
    (`ingest.summary.usable_looks` tells them, with the part of their footprints that counts).
    Overlapping frames count once: the union of their footprints is intersected with the zone.
    Frames without a footprint add nothing. Ordered by day, then zone.
    """
    footprints: dict[date, list[shapely.Polygon]] = defaultdict(list)
    for frame in frames:
        if frame.footprint is not None:
            footprints[frame.taken_at_utc.astimezone(timezone).date()].append(
                shapely.Polygon(frame.footprint)
            )
    surveys = []
    for day, polygons in sorted(footprints.items()):
        # A footprint seen across a tilted edge can cross itself; its valid parts still count.
        seen = shapely.union_all(shapely.make_valid(polygons))
        for zone in sorted(zones, key=lambda zone: zone.zone_id):
            # Degrees are not metres, but they stretch seen and whole area alike.
            fraction = zone.area.intersection(seen).area / zone.area.area
            if fraction > 0 and zone.holds_on(day):
                surveys.append(ZoneSurvey(zone.zone_id, day, min(fraction, 1.0)))
    return tuple(surveys)
