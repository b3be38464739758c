"""The rules: from sightings, zones and the day to verdicts. Pure; the same input, the same output.

A position counts as the circle that holds it with 95 % probability: inside a zone when the whole
circle is, at its boundary when the circle only touches it, and otherwise not there.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from math import cos, hypot, log, radians, sqrt

import numpy as np
import shapely

from detection.types import ObjectClass, Sighting
from ingest.lonlat import MEAN_EARTH_RADIUS_M, LonLat, distance_m
from patrol.site import RuleParameters, Site
from patrol.verdict import Certainty, Priority, Verdict
from patrol.zones import Binding, RuleName, Zone

# `error_m` is the root mean square distance, √2 sigma along each axis. The 95 % circle of a round
# normal error has the radius √(2 ln 20) sigma (chi-square with two degrees of freedom), so √(ln 20)
# times the error.
ERRORS_OF_95_PERCENT = sqrt(log(20))

_METRES_PER_DEGREE = radians(1) * MEAN_EARTH_RADIUS_M

_ZONE_RULES = {
    RuleName.BOAT_IN_CLOSED_ZONE: ObjectClass.BOAT,
    RuleName.BOAT_IN_GO_SLOW_ZONE: ObjectClass.BOAT,
    RuleName.GEAR_IN_NO_FISHING_ZONE: ObjectClass.FISHING_GEAR,
    RuleName.DUGONG_SIGHTING: ObjectClass.DUGONG,
}

# What is surely so and harms now comes first; a boat in a slow zone only asks to be looked at,
# for a picture seldom tells how fast it goes.
_PRIORITY = {
    (RuleName.BOAT_IN_CLOSED_ZONE, Certainty.INSIDE): Priority.HIGH,
    (RuleName.BOAT_IN_CLOSED_ZONE, Certainty.BOUNDARY): Priority.NORMAL,
    (RuleName.GEAR_IN_NO_FISHING_ZONE, Certainty.INSIDE): Priority.HIGH,
    (RuleName.GEAR_IN_NO_FISHING_ZONE, Certainty.BOUNDARY): Priority.NORMAL,
    (RuleName.BOAT_NEAR_DUGONG, Certainty.INSIDE): Priority.HIGH,
    (RuleName.BOAT_NEAR_DUGONG, Certainty.BOUNDARY): Priority.NORMAL,
    (RuleName.DUGONG_SIGHTING, Certainty.INSIDE): Priority.NORMAL,
    (RuleName.DUGONG_SIGHTING, Certainty.BOUNDARY): Priority.NORMAL,
    (RuleName.BOAT_IN_GO_SLOW_ZONE, Certainty.INSIDE): Priority.LOW,
    (RuleName.BOAT_IN_GO_SLOW_ZONE, Certainty.BOUNDARY): Priority.LOW,
}

_PRIORITY_RANK = {priority: rank for rank, priority in enumerate(Priority)}
_RULE_RANK = {rule: rank for rank, rule in enumerate(RuleName)}

_SUBJECT = {
    ObjectClass.BOAT: ("เรือ", "Boat"),
    ObjectClass.FISHING_GEAR: ("เครื่องมือประมง", "Fishing gear"),
    ObjectClass.DUGONG: ("พะยูน", "Dugong"),
}

_RULE_WORDS = {
    RuleName.BOAT_IN_CLOSED_ZONE: ("เขตห้ามเรือเข้า", "zone closed to boats"),
    RuleName.BOAT_IN_GO_SLOW_ZONE: ("เขตชะลอความเร็ว", "go-slow zone"),
    RuleName.GEAR_IN_NO_FISHING_ZONE: ("เขตห้ามทำประมง", "no-fishing zone"),
    RuleName.DUGONG_SIGHTING: ("เขตเฝ้าระวังพะยูน", "zone watched for dugongs"),
}

# A proposal asks; only a law forbids.
_PROPOSAL_WORDS = _RULE_WORDS | {
    RuleName.BOAT_IN_CLOSED_ZONE: ("พื้นที่ที่ขอให้งดเรือ", "zone that boats are asked to keep out of"),
    RuleName.GEAR_IN_NO_FISHING_ZONE: ("พื้นที่ที่ขอให้งดทำประมง", "zone that fishers are asked to spare"),
}


@dataclass(frozen=True)
class _Place:
    """Where a sighting lies with respect to a zone, how surely, and how far from its edge."""

    holds: bool
    certainty: Certainty
    edge_m: float


def judge(sightings: Sequence[Sighting], site: Site, day: date) -> tuple[Verdict, ...]:
    """Return every rule that a sighting falls under on a local day.

    Zones that are not valid on `day` are left out. A dugong outside every zone that watches for
    dugongs still gets a verdict, without a zone, so that a person reviews it. Ordered by priority,
    rule, zone and sighting id.
    """
    zones = tuple(zone for zone in site.zones if zone.holds_on(day))
    verdicts = [
        *_zone_verdicts(sightings, zones),
        *_stray_dugongs(sightings, zones),
        *_boats_near_dugongs(sightings, zones, site.rule_parameters),
    ]
    return tuple(
        sorted(
            verdicts,
            key=lambda verdict: (
                _PRIORITY_RANK[verdict.priority],
                _RULE_RANK[verdict.rule],
                verdict.zone_id or "",
                verdict.sighting_id,
            ),
        )
    )


def _zone_verdicts(sightings: Sequence[Sighting], zones: Sequence[Zone]) -> Iterator[Verdict]:
    for sighting in sightings:
        near = [(z, place) for z in zones if (place := _place(sighting, z)) is not None]
        for rule, object_class in _ZONE_RULES.items():
            if object_class is not sighting.object_class:
                continue
            found = [(z, place) for z, place in near if rule in z.rules]
            if rule is RuleName.DUGONG_SIGHTING and found:
                # One zone an animal: two raised together would tell the public that it is where
                # they meet.
                found = [min(found, key=_nearest_first)]
            for zone, place in found:
                yield _zone_verdict(rule, zone, sighting, place)


def _nearest_first(found: tuple[Zone, _Place]) -> tuple[bool, float, str]:
    """Order zones: the one that holds the place, then the nearest edge."""
    zone, place = found
    return not place.holds, place.edge_m, zone.zone_id


def _place(sighting: Sighting, zone: Zone) -> _Place | None:
    radius_m = ERRORS_OF_95_PERCENT * sighting.error_m
    # Metres about the sighting: true near it, which is where they matter.
    lon, lat = sighting.position
    metres = np.array((_METRES_PER_DEGREE * cos(radians(lat)), _METRES_PER_DEGREE))
    local_m = shapely.transform(zone.area, lambda degrees: (degrees - (lon, lat)) * metres)
    origin = shapely.Point(0, 0)
    edge_m = local_m.boundary.distance(origin)
    if local_m.contains(origin):
        certainty = Certainty.INSIDE if edge_m >= radius_m else Certainty.BOUNDARY
        return _Place(True, certainty, edge_m)
    return _Place(False, Certainty.BOUNDARY, edge_m) if edge_m <= radius_m else None


def _zone_verdict(rule: RuleName, zone: Zone, sighting: Sighting, place: _Place) -> Verdict:
    subject_th, subject_en = _SUBJECT[sighting.object_class]
    is_request = zone.binding is Binding.PROPOSAL and rule is not RuleName.DUGONG_SIGHTING
    words_th, words_en = (_PROPOSAL_WORDS if is_request else _RULE_WORDS)[rule]
    force_th, force_en = (
        (" (ข้อเสนอ ยังไม่มีผลทางกฎหมาย)", " (a proposal, not law)") if is_request else ("", "")
    )
    margin_m = ERRORS_OF_95_PERCENT * sighting.error_m
    if place.certainty is Certainty.INSIDE:
        where_th = f"อยู่ใน{words_th} “{zone.name_th}” ห่างจากขอบเขต"
        where_en = f"in the {words_en} “{zone.name_en}”,"
        doubt_th = doubt_en = ""
    else:
        where_th = f"อยู่ที่ขอบของ{words_th} “{zone.name_th}” ห่างจากขอบเขต"
        where_en = f"at the edge of the {words_en} “{zone.name_en}”,"
        doubt_th = " อาจอยู่นอกหรือในเขต"
        doubt_en = ", so it may be inside or outside"
    speed_th, speed_en = _speed(sighting)
    drawn_th, drawn_en = (
        (" (แนวเขตโดยประมาณ)", " (outline indicative)") if zone.indicative else ("", "")
    )
    return Verdict(
        rule=rule,
        zone_id=zone.zone_id,
        sighting_id=sighting.sighting_id,
        object_class=sighting.object_class,
        certainty=place.certainty,
        priority=_PRIORITY[rule, place.certainty],
        reason_th=f"{subject_th}{where_th} {place.edge_m:.0f} ± {margin_m:.0f} ม.{doubt_th}"
        f"{speed_th}{force_th}{drawn_th}",
        reason_en=f"{subject_en} {where_en} {place.edge_m:.0f} ± {margin_m:.0f} m from its edge"
        f"{doubt_en}{speed_en}{force_en}{drawn_en}",
        citation=zone.citation,
    )


def _speed(sighting: Sighting) -> tuple[str, str]:
    """Return the measured speed in words; nothing for a sighting without one, or no boat."""
    speed_m_s, sigma_m_s = sighting.speed_m_s, sighting.speed_sigma_m_s
    if sighting.object_class is not ObjectClass.BOAT or speed_m_s is None or sigma_m_s is None:
        return "", ""
    kmh, margin_kmh = speed_m_s * 3.6, ERRORS_OF_95_PERCENT * sigma_m_s * 3.6
    return (
        f" ความเร็วที่วัดได้ {kmh:.0f} ± {margin_kmh:.0f} กม./ชม.",
        f"; measured speed {kmh:.0f} ± {margin_kmh:.0f} km/h",
    )


def _stray_dugongs(sightings: Sequence[Sighting], zones: Sequence[Zone]) -> Iterator[Verdict]:
    watching = [zone for zone in zones if RuleName.DUGONG_SIGHTING in zone.rules]
    for sighting in sightings:
        if sighting.object_class is not ObjectClass.DUGONG:
            continue
        if all(_place(sighting, zone) is None for zone in watching):
            margin_m = ERRORS_OF_95_PERCENT * sighting.error_m
            yield Verdict(
                rule=RuleName.DUGONG_SIGHTING,
                zone_id=None,
                sighting_id=sighting.sighting_id,
                object_class=sighting.object_class,
                certainty=Certainty.INSIDE,
                priority=Priority.NORMAL,
                reason_th=f"พะยูนอยู่นอกเขตทั้งหมด ตำแหน่ง ± {margin_m:.0f} ม.",
                reason_en=f"Dugong outside all zones, position ± {margin_m:.0f} m",
                citation="",
            )


def _boats_near_dugongs(
    sightings: Sequence[Sighting], zones: Sequence[Zone], parameters: RuleParameters
) -> Iterator[Verdict]:
    dugongs = [s for s in sightings if s.object_class is ObjectClass.DUGONG]
    for boat in sightings:
        if boat.object_class is not ObjectClass.BOAT:
            continue
        meetings = [
            meeting
            for dugong in dugongs
            if (meeting := _meeting(boat, dugong, parameters)) is not None
        ]
        if meetings:
            # One verdict a boat: the surest meeting, then the nearest.
            surest = min(
                meetings, key=lambda m: (m.certainty is Certainty.BOUNDARY, m.distance_m, m.gap_s)
            )
            yield _near_verdict(boat, surest, zones, parameters)


@dataclass(frozen=True)
class _Meeting:
    """A boat and a dugong: how far apart, to within what (95 %), and seen how long apart."""

    distance_m: float
    margin_m: float
    gap_s: float
    certainty: Certainty


def _meeting(boat: Sighting, dugong: Sighting, parameters: RuleParameters) -> _Meeting | None:
    gap_s = _gap_s(boat, dugong)
    if gap_s > parameters.boat_near_dugong_gap_s:
        return None
    apart_m = distance_m(boat.position, dugong.position)
    margin_m = ERRORS_OF_95_PERCENT * hypot(boat.error_m, dugong.error_m)
    if apart_m - margin_m > parameters.boat_near_dugong_m:
        return None
    # Seen at different times, the two were near only as far as the boat's speed lets one say so.
    drift_m = 0.0 if gap_s == 0 else None if boat.speed_m_s is None else boat.speed_m_s * gap_s
    surely = drift_m is not None and apart_m + margin_m + drift_m <= parameters.boat_near_dugong_m
    return _Meeting(apart_m, margin_m, gap_s, Certainty.INSIDE if surely else Certainty.BOUNDARY)


def _gap_s(a: Sighting, b: Sighting) -> float:
    """Return the seconds between the times two things were seen; 0 where these overlap."""
    between = max(a.first_seen_utc, b.first_seen_utc) - min(a.last_seen_utc, b.last_seen_utc)
    return max(between.total_seconds(), 0.0)


def _near_verdict(
    boat: Sighting, meeting: _Meeting, zones: Sequence[Zone], parameters: RuleParameters
) -> Verdict:
    zone = _zone_at(boat.position, zones)
    at_th, at_en = ("", "") if zone is None else (f" ใน “{zone.name_th}”", f" in “{zone.name_en}”")
    later_th, later_en = (
        ("", "")
        if meeting.gap_s == 0
        else (f" เห็นห่างกัน {meeting.gap_s:.0f} วินาที", f", seen {meeting.gap_s:.0f} s apart")
    )
    speed_th, speed_en = _speed(boat)
    distance = f"{meeting.distance_m:.0f} ± {meeting.margin_m:.0f}"
    limit = f"{parameters.boat_near_dugong_m:.0f}"
    return Verdict(
        rule=RuleName.BOAT_NEAR_DUGONG,
        zone_id=None if zone is None else zone.zone_id,
        sighting_id=boat.sighting_id,
        object_class=boat.object_class,
        certainty=meeting.certainty,
        priority=_PRIORITY[RuleName.BOAT_NEAR_DUGONG, meeting.certainty],
        reason_th=f"เรืออยู่ห่างพะยูน {distance} ม.{at_th} (ระยะเตือน {limit} ม.){later_th}{speed_th}",
        reason_en=f"Boat {distance} m from a dugong{at_en} (warning distance {limit} m)"
        f"{later_en}{speed_en}",
        citation=parameters.boat_near_dugong_citation,
    )


def _zone_at(position: LonLat, zones: Sequence[Zone]) -> Zone | None:
    """Return the first zone by id that watches boats near dugongs and holds the position."""
    holding = [
        zone
        for zone in zones
        if RuleName.BOAT_NEAR_DUGONG in zone.rules and zone.area.contains(shapely.Point(position))
    ]
    return min(holding, key=lambda zone: zone.zone_id, default=None)
