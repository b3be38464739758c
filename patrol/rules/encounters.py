"""Boats and dugongs: how near they came, a boat between two animals, many boats around one.

Which of two dugongs is a calf cannot be told from the detector's boxes: two animals close together
may be a mother with her calf, and are told so.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations, pairwise
from math import hypot

import numpy as np
import shapely

from detection.types import ObjectClass, Sighting
from ingest.lonlat import LonLat, distance_m, offset_m
from patrol.rules.place import ERRORS_OF_95_PERCENT
from patrol.rules.precedence import Found
from patrol.rules.words import Words, joined, speed_words
from patrol.rules.zone_rules import Tide, found_zones, grounds_of
from patrol.site import Site
from patrol.verdict import Certainty, Figure, Priority, Verdict
from patrol.zone_times import Holds
from patrol.zones import RuleName

_RANK = {Certainty.INSIDE: 0, Certainty.BOUNDARY: 1, Certainty.UNKNOWN: 2}


@dataclass(frozen=True)
class Approach:
    """How near a boat came to a dugong, to within what (95 %), and seen how long apart."""

    dugong_id: str
    distance_m: float
    margin_m: float
    gap_s: float
    drift_m: float | None

    def within(self, limit_m: float) -> Certainty | None:
        """Say whether it came as near as a limit; None where it surely did not."""
        if self.distance_m - self.margin_m > limit_m:
            return None
        # Seen at different times, the two were near only as far as the boat's speed lets one say.
        sure = (
            self.drift_m is not None and self.distance_m + self.margin_m + self.drift_m <= limit_m
        )
        return Certainty.INSIDE if sure else Certainty.BOUNDARY


def encounter_verdicts(sightings: Sequence[Sighting], site: Site, tide: Tide) -> Iterator[Verdict]:
    """Yield what the encounters of a flight's boats and dugongs fall under."""
    dugongs = _of(sightings, ObjectClass.DUGONG)
    boats = _of(sightings, ObjectClass.BOAT)
    gap_s = site.rule_parameters.boat_near_dugong_gap_s
    met: dict[str, list[tuple[Sighting, Approach]]] = {}
    for boat in boats:
        approaches = [
            approach
            for dugong in dugongs
            if (approach := closest_approach(boat, dugong)).gap_s <= gap_s
        ]
        yield from _near(boat, approaches, site, tide)
        yield from _through_pairs(boat, dugongs, site, tide)
        for approach in approaches:
            met.setdefault(approach.dugong_id, []).append((boat, approach))
    yield from _gatherings(dugongs, met, site, tide)


def closest_approach(boat: Sighting, dugong: Sighting) -> Approach:
    """Return how near two tracks came.

    While both were seen, each goes straight from fix to fix. Otherwise the fixes that are nearest
    in time are compared, `gap_s` apart, in which the boat may have gone `drift_m`.
    """
    margin_m = ERRORS_OF_95_PERCENT * hypot(boat.error_m, dugong.error_m)
    gap_s = _gap_s(boat, dugong)
    if gap_s > 0:
        before = boat.last_seen_utc <= dugong.first_seen_utc
        a = _fixes(boat)[-1 if before else 0][1]
        b = _fixes(dugong)[0 if before else -1][1]
        drift_m = None if boat.speed_m_s is None else boat.speed_m_s * gap_s
        return Approach(dugong.sighting_id, distance_m(a, b), margin_m, gap_s, drift_m)
    return Approach(dugong.sighting_id, _least_m(boat, dugong), margin_m, 0.0, 0.0)


def _least_m(boat: Sighting, dugong: Sighting) -> float:
    """Return the least distance in metres of two tracks that were seen at the same time."""
    first = max(boat.first_seen_utc, dugong.first_seen_utc)
    last = min(boat.last_seen_utc, dugong.last_seen_utc)
    ways = _fixes(boat), _fixes(dugong)
    times = {first, last, *(at for way in ways for at, _ in way if first <= at <= last)}
    apart = [np.array(offset_m(_at(ways[1], at), _at(ways[0], at))) for at in sorted(times)]
    least = min(float(np.hypot(*each)) for each in apart)
    for a, b in pairwise(apart):
        way = b - a
        length2 = float(way @ way)
        if length2 > 0:
            share = min(max(float(-a @ way) / length2, 0.0), 1.0)
            least = min(least, float(np.hypot(*(a + share * way))))
    return least


def _near(
    boat: Sighting, approaches: Sequence[Approach], site: Site, tide: Tide
) -> Iterator[Verdict]:
    """Yield one verdict a boat: the surest approach, then the nearest."""
    parameters = site.rule_parameters
    limit_m = parameters.boat_near_dugong_m
    near = [
        (certainty, approach)
        for approach in approaches
        if (certainty := approach.within(limit_m)) is not None
    ]
    if not near:
        return
    certainty, approach = min(
        near, key=lambda it: (_RANK[it[0]], it[1].distance_m, it[1].gap_s, it[1].dugong_id)
    )
    distance = f"{approach.distance_m:.0f} ± {approach.margin_m:.0f}"
    found = _zone_of(boat, RuleName.BOAT_NEAR_DUGONG, site, tide)
    at_th, at_en = _at_words(found)
    told = joined(
        (f"เรืออยู่ห่างพะยูน {distance} ม.{at_th}", f"Boat {distance} m from a dugong{at_en}"),
        (f" (ระยะเตือน {limit_m:.0f} ม.)", f" (warning distance {limit_m:.0f} m)"),
        _apart_words(approach.gap_s),
        speed_words(boat),
    )
    yield _encounter(
        RuleName.BOAT_NEAR_DUGONG,
        boat,
        certainty,
        Priority.HIGH if certainty is Certainty.INSIDE else Priority.NORMAL,
        told,
        parameters.boat_near_dugong_citation,
        found,
        (_distance(approach, limit_m),),
        (approach.dugong_id,),
    )


def _through_pairs(
    boat: Sighting, dugongs: Sequence[Sighting], site: Site, tide: Tide
) -> Iterator[Verdict]:
    """Yield one verdict a boat whose way went between two animals close together, the surest."""
    pair_m = site.rule_parameters.dugong_pair_m
    if pair_m is None or len(_fixes(boat)) < 2:
        return
    gap_s = site.rule_parameters.boat_near_dugong_gap_s
    crossings = []
    for one, other in combinations(sorted(dugongs, key=lambda it: it.sighting_id), 2):
        if max(_gap_s(one, other), _gap_s(boat, one), _gap_s(boat, other)) > gap_s:
            continue
        apart_m = distance_m(one.position, other.position)
        certainty = _crosses(boat, one, other) if apart_m <= pair_m.value else None
        if certainty is not None:
            crossings.append((_RANK[certainty], apart_m, certainty, one, other))
    if not crossings:
        return
    _, apart_m, certainty, one, other = min(
        crossings, key=lambda it: (*it[:2], it[3].sighting_id, it[4].sighting_id)
    )
    found = _zone_of(boat, RuleName.BOAT_THROUGH_PAIR, site, tide)
    at_th, at_en = _at_words(found)
    doubt: Words = (
        ("", "")
        if certainty is Certainty.INSIDE
        else (" หรือผ่านใกล้มาก ตำแหน่งคลาดเคลื่อนจนบอกไม่ได้", ", or close by: the errors leave it open")
    )
    told = joined(
        (
            f"เรือแล่นผ่านระหว่างพะยูนสองตัวที่อยู่ห่างกัน {apart_m:.0f} ม.{at_th}",
            f"Boat went between two dugongs {apart_m:.0f} m apart{at_en}",
        ),
        doubt,
        (" อาจเป็นแม่กับลูก", "; they may be a mother and calf"),
        speed_words(boat),
    )
    yield _encounter(
        RuleName.BOAT_THROUGH_PAIR,
        boat,
        certainty,
        Priority.HIGH,
        told,
        pair_m.citation,
        found,
        (Figure("pair_apart_m", apart_m, hypot(one.error_m, other.error_m), pair_m.value),),
        (one.sighting_id, other.sighting_id),
    )


def _crosses(boat: Sighting, one: Sighting, other: Sighting) -> Certainty | None:
    """Say whether a boat's way went between two animals; None where it surely did not."""
    origin = one.position
    way = shapely.LineString([offset_m(origin, place) for _, place in _fixes(boat)])
    ends = [shapely.Point(offset_m(origin, each.position)) for each in (one, other)]
    between = shapely.LineString(ends)
    margins_m = [ERRORS_OF_95_PERCENT * hypot(boat.error_m, each.error_m) for each in (one, other)]
    if way.distance(between) > max(margins_m):
        return None
    clear = all(way.distance(end) > margin for end, margin in zip(ends, margins_m, strict=True))
    return Certainty.INSIDE if way.crosses(between) and clear else Certainty.BOUNDARY


def _gatherings(
    dugongs: Sequence[Sighting],
    met: dict[str, list[tuple[Sighting, Approach]]],
    site: Site,
    tide: Tide,
) -> Iterator[Verdict]:
    """Yield a verdict for each crowd of boats: told of the animal that most surely has it."""
    most, reach_m = site.rule_parameters.boats_around_dugong, site.rule_parameters.boats_around_m
    if most is None or reach_m is None:
        return
    crowds = []
    for dugong in dugongs:
        near = [
            (boat, certainty)
            for boat, approach in met.get(dugong.sighting_id, ())
            if (certainty := approach.within(reach_m.value)) is not None
        ]
        if len(near) > most.value:
            sure = sum(certainty is Certainty.INSIDE for _, certainty in near)
            certainty = Certainty.INSIDE if sure > most.value else Certainty.BOUNDARY
            boats = tuple(sorted(boat.sighting_id for boat, _ in near))
            crowds.append((_RANK[certainty], -len(near), dugong.sighting_id, dugong, boats))
    told_of: set[str] = set()
    for rank, _, _, dugong, boats in sorted(crowds, key=lambda it: it[:3]):
        if told_of >= set(boats):
            continue
        told_of |= set(boats)
        sure = rank == _RANK[Certainty.INSIDE]
        found = _zone_of(dugong, RuleName.BOATS_AROUND_DUGONG, site, tide)
        at_th, at_en = _at_words(found)
        limits = f"{most.value:.0f}", f"{reach_m.value:.0f}"
        told = (
            f"เรือ {len(boats)} ลำอยู่รอบพะยูนในระยะ {limits[1]} ม.{at_th} (เตือนเมื่อเกิน {limits[0]} ลำ)",
            f"{len(boats)} boats within {limits[1]} m of a dugong{at_en} "
            f"(warning above {limits[0]})",
        )
        doubt: Words = (
            ("", "")
            if sure
            else (" ตำแหน่งคลาดเคลื่อนจนบอกจำนวนไม่ได้แน่", "; the errors leave the number open")
        )
        yield _encounter(
            RuleName.BOATS_AROUND_DUGONG,
            dugong,
            Certainty.INSIDE if sure else Certainty.BOUNDARY,
            Priority.HIGH if sure else Priority.NORMAL,
            joined(told, doubt),
            f"{most.citation} {reach_m.citation}",
            found,
            (Figure("boats", len(boats), None, most.value),),
            boats,
        )


def _encounter(
    rule: RuleName,
    sighting: Sighting,
    certainty: Certainty,
    priority: Priority,
    told: Words,
    citation: str,
    found: Found | None,
    figures: Sequence[Figure],
    others: Sequence[str],
) -> Verdict:
    return Verdict(
        rule=rule,
        zone_id=None if found is None else found.zone.zone_id,
        sighting_id=sighting.sighting_id,
        object_class=sighting.object_class,
        certainty=certainty,
        priority=priority,
        reason_th=told[0],
        reason_en=told[1],
        citation=citation,
        grounds=grounds_of(found, figures, others),
    )


def _of(sightings: Sequence[Sighting], object_class: ObjectClass) -> list[Sighting]:
    found = [each for each in sightings if each.object_class is object_class]
    return sorted(found, key=lambda each: each.sighting_id)


def _zone_of(sighting: Sighting, rule: RuleName, site: Site, tide: Tide) -> Found | None:
    """Return the first zone by id that carries the rule, holds then, and holds the position."""
    holding = [
        each
        for each in found_zones(sighting, site, tide)
        if rule in each.zone.rules and each.place.holds and each.holds is Holds.YES
    ]
    return min(holding, key=lambda each: each.zone.zone_id, default=None)


def _at_words(found: Found | None) -> Words:
    if found is None:
        return "", ""
    return f" ใน “{found.zone.name_th}”", f" in “{found.zone.name_en}”"


def _apart_words(gap_s: float) -> Words:
    if gap_s == 0:
        return "", ""
    return f" เห็นห่างกัน {gap_s:.0f} วินาที", f", seen {gap_s:.0f} s apart"


def _distance(approach: Approach, limit_m: float) -> Figure:
    sigma_m = approach.margin_m / ERRORS_OF_95_PERCENT
    return Figure("distance_m", approach.distance_m, sigma_m, limit_m)


def _gap_s(a: Sighting, b: Sighting) -> float:
    """Return the seconds between the times two things were seen; 0 where these overlap."""
    between = max(a.first_seen_utc, b.first_seen_utc) - min(a.last_seen_utc, b.last_seen_utc)
    return max(between.total_seconds(), 0.0)


def _fixes(sighting: Sighting) -> list[tuple[datetime, LonLat]]:
    """Return when and where a sighting was found, by time; its own place where nothing tells."""
    fixes = {
        each.taken_at_utc: each.position
        for each in sighting.detections
        if each.taken_at_utc is not None and each.position is not None
    }
    return sorted(fixes.items()) or [(sighting.first_seen_utc, sighting.position)]


def _at(way: Sequence[tuple[datetime, LonLat]], at: datetime) -> LonLat:
    """Return where a track was: straight between its fixes, at its ends before and after them."""
    if at <= way[0][0]:
        return way[0][1]
    for (t0, a), (t1, b) in pairwise(way):
        if at <= t1:
            share = (at - t0) / (t1 - t0)
            return LonLat(a.lon + share * (b.lon - a.lon), a.lat + share * (b.lat - a.lat))
    return way[-1][1]
