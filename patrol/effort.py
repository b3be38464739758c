"""Survey effort: what a flight looked at on a local day, of the sea as a whole and zone by zone."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import shapely
from shapely.geometry.base import BaseGeometry

from ingest.equal_area import M2_PER_KM2, EqualAreaPlane, union
from ingest.flight_split import flown_m, split_flights
from ingest.frame import Frame
from ingest.quality import FrameQuality
from ingest.summary import usable_looks
from patrol.zones import Zone, sea_of

# Frames of nearly one quality are joined before they are cut from each other: a step of 0.05 moves
# no weight by more than 0.025.
_WEIGHT_STEP = 0.05
# To a centimetre: kept areas change by less than a part in ten thousand.
_KEPT_M = 0.01
# Land is cut a hundred metres beside what was seen, or its cut edge would leave slivers of sea.
_BESIDE_DEGREES = 0.001


@dataclass(frozen=True)
class SeaEffort:
    """Areas of sea in km², each place once; land is left out.

    `seen_km2` lies within the frames; `usable_km2` within usable ones, as far out as the detector
    can look. `effective_km2` weighs each place of that by its best frame: the part of that picture
    that is neither glare nor black nor white, taken to be spread evenly over it.
    """

    seen_km2: float
    usable_km2: float
    effective_km2: float


@dataclass(frozen=True)
class ZoneEffort:
    """What of one zone was looked at; `zone_km2` is the zone's own sea."""

    zone_id: str
    zone_km2: float
    sea: SeaEffort


@dataclass(frozen=True)
class DayEffort:
    """What one flight did on one local day.

    `minutes` and `flown_km` are from frame to frame, without pauses. `usable_area` is the sea
    looked at (lon, lat degrees), so that days can be joined. `ashore` counts finds that were
    dropped because no dugong lies on dry land. `zones` holds those of which something was seen.
    """

    day: date
    frames: int
    usable_frames: int
    flown_km: float
    minutes: float
    sea: SeaEffort
    zones: tuple[ZoneEffort, ...]
    usable_area: BaseGeometry
    ashore: int


@dataclass(frozen=True)
class _Seen:
    """What was seen, on a plane; `layers` are (weight, area), the best first, none over another."""

    seen: BaseGeometry
    usable: BaseGeometry
    layers: tuple[tuple[float, BaseGeometry], ...]

    def within(self, area: BaseGeometry) -> SeaEffort:
        """Return the effort within an area on the plane."""
        return SeaEffort(
            seen_km2=self.seen.intersection(area).area / M2_PER_KM2,
            usable_km2=self.usable.intersection(area).area / M2_PER_KM2,
            effective_km2=sum(
                weight * layer.intersection(area).area for weight, layer in self.layers
            )
            / M2_PER_KM2,
        )


def day_efforts(
    frames: Sequence[Frame],
    qualities: Sequence[FrameQuality],
    zones: Sequence[Zone],
    land: shapely.MultiPolygon,
    timezone: ZoneInfo,
    ashore: Iterable[date] = (),
) -> tuple[DayEffort, ...]:
    """Return a flight's effort on each local day, in order.

    `qualities` are those of the frames, in the same order; `land` is in lon, lat degrees; `ashore`
    names the local day of each find on dry land. Raises ValueError when there are not as many
    qualities as frames.
    """
    days: dict[date, list[tuple[Frame, FrameQuality]]] = defaultdict(list)
    for frame, quality in zip(frames, qualities, strict=True):
        days[frame.taken_at_utc.astimezone(timezone).date()].append((frame, quality))
    dropped = Counter(ashore)
    return tuple(
        _day_effort(day, looks, zones, land, dropped) for day, looks in sorted(days.items())
    )


def weight_of(quality: FrameQuality) -> float:
    """Return the part of a usable frame in which something could be seen, in steps of 0.05.

    How clear the water looks does not count: that estimate is too rough (`ingest.water_clarity`).
    """
    lost = quality.clipped_share + (quality.glare_share or 0.0)
    return max(round((1 - lost) / _WEIGHT_STEP), 0) * _WEIGHT_STEP


def _day_effort(
    day: date,
    looks: Sequence[tuple[Frame, FrameQuality]],
    zones: Sequence[Zone],
    land: shapely.MultiPolygon,
    dropped: Mapping[date, int],
) -> DayEffort:
    frames = [frame for frame, _ in looks]
    plane = EqualAreaPlane(frames[0].pose.position)
    seen = _seen(looks, plane, land)
    parts = split_flights(frames)
    return DayEffort(
        day=day,
        frames=len(frames),
        usable_frames=sum(quality.usable for _, quality in looks),
        flown_km=sum(map(flown_m, parts)) / 1000,
        minutes=sum((part[-1].taken_at_utc - part[0].taken_at_utc for part in parts), timedelta())
        / timedelta(minutes=1),
        sea=seen.within(seen.seen.union(seen.usable)),
        zones=tuple(_zone_efforts(day, seen, zones, plane, land)),
        usable_area=plane.degrees(shapely.set_precision(seen.usable, _KEPT_M)),
        ashore=dropped.get(day, 0),
    )


def _zone_efforts(
    day: date,
    seen: _Seen,
    zones: Sequence[Zone],
    plane: EqualAreaPlane,
    land: shapely.MultiPolygon,
) -> Iterator[ZoneEffort]:
    for zone in sorted(zones, key=lambda zone: zone.zone_id):
        if not zone.holds_on(day):
            continue
        area = plane.metres(sea_of(zone, land))
        effort = seen.within(area)
        if effort.seen_km2 > 0:
            yield ZoneEffort(zone.zone_id, area.area / M2_PER_KM2, effort)


def _seen(
    looks: Sequence[tuple[Frame, FrameQuality]], plane: EqualAreaPlane, land: shapely.MultiPolygon
) -> _Seen:
    seen = [shapely.Polygon(frame.footprint) for frame, _ in looks if frame.footprint]
    by_weight: dict[float, list[BaseGeometry]] = defaultdict(list)
    for frame, quality in looks:
        for usable in usable_looks([frame], [quality]):
            if usable.footprint:
                by_weight[weight_of(quality)].append(
                    plane.metres(shapely.Polygon(usable.footprint))
                )
    dry: BaseGeometry = shapely.Polygon()
    if seen:
        west, south, east, north = shapely.total_bounds(seen)
        dry = plane.metres(
            shapely.clip_by_rect(
                land,
                west - _BESIDE_DEGREES,
                south - _BESIDE_DEGREES,
                east + _BESIDE_DEGREES,
                north + _BESIDE_DEGREES,
            )
        )
    better: BaseGeometry = shapely.Polygon()
    layers = []
    for weight, footprints in sorted(by_weight.items(), reverse=True):
        layer = union(footprints).difference(dry).difference(better)
        layers.append((weight, layer))
        better = better.union(layer)
    return _Seen(
        seen=union([plane.metres(polygon) for polygon in seen]).difference(dry),
        usable=better,
        layers=tuple(layers),
    )
