"""Boats and dugongs: how near they came, a boat between two animals, many boats around one.

Which of two dugongs is a calf cannot be told from the detector's boxes: two animals close together
may be a mother with her calf, and are told so.
"""

from collections.abc import Iterator, Sequence
from itertools import combinations
from math import hypot

import shapely

from detection.types import ObjectClass, Sighting
from ingest.lonlat import distance_m, offset_m
from patrol.place_error import ERRORS_OF_95_PERCENT
from patrol.rules.approach import Approach, closest_approach, fixes, seconds_apart
from patrol.rules.precedence import Found
from patrol.rules.words import Words, joined, speed_words
from patrol.rules.zone_rules import Tide, found_zones, grounds_of
from patrol.site import Site
from patrol.verdict import Certainty, Figure, Priority, Verdict
from patrol.zone_times import Holds
from patrol.zones import RuleName

_RANK = {Certainty.INSIDE: 0, Certainty.BOUNDARY: 1, Certainty.UNKNOWN: 2}


def encounter_verdicts(sightings: Sequence[Sighting], site: Site, tide: Tide) -> Iterator[Verdict]:
    """Yield what the encounters of a flight's boats and dugongs fall under."""
    dugongs = _of(sightings, ObjectClass.DUGONG)
    boats = _of(sightings, ObjectClass.BOAT)
    gap_s = site.rule_parameters.boat_near_dugong_gap_s
    met: dict[str, list[tuple[Sighting, Approach]]] = {}
    pairs = _pairs(dugongs, site)
    for boat in boats:
        approaches = [
            approach
            for dugong in dugongs
            if (approach := closest_approach(boat, dugong)).gap_s <= gap_s
        ]
        yield from _near(boat, approaches, site, tide)
        yield from _through_pairs(boat, pairs, site, tide)
        for approach in approaches:
            met.setdefault(approach.dugong_id, []).append((boat, approach))
    yield from _gatherings(dugongs, met, site, tide)


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


def _pairs(dugongs: Sequence[Sighting], site: Site) -> list[tuple[float, Sighting, Sighting]]:
    """Return the animals that were close together at about the same time, with their distance."""
    pair_m, gap_s = site.rule_parameters.dugong_pair_m, site.rule_parameters.boat_near_dugong_gap_s
    if pair_m is None:
        return []
    return [
        (apart_m, one, other)
        for one, other in combinations(sorted(dugongs, key=lambda it: it.sighting_id), 2)
        if (apart_m := distance_m(one.position, other.position)) <= pair_m.value
        and seconds_apart(one, other) <= gap_s
    ]


def _through_pairs(
    boat: Sighting, pairs: Sequence[tuple[float, Sighting, Sighting]], site: Site, tide: Tide
) -> Iterator[Verdict]:
    """Yield one verdict a boat whose way went between two animals close together, the surest."""
    pair_m = site.rule_parameters.dugong_pair_m
    if pair_m is None or len(fixes(boat)) < 2:
        return
    gap_s = site.rule_parameters.boat_near_dugong_gap_s
    crossings = []
    for apart_m, one, other in pairs:
        if max(seconds_apart(boat, one), seconds_apart(boat, other)) > gap_s:
            continue
        certainty = _crosses(boat, one, other)
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
    places = [offset_m(origin, place) for _, place in fixes(boat)]
    reach_m = distance_m(one.position, other.position) + ERRORS_OF_95_PERCENT * hypot(
        boat.error_m, max(one.error_m, other.error_m)
    )
    for axis in zip(*places, strict=True):  # most boats of a flight are nowhere near
        if min(axis) > reach_m or max(axis) < -reach_m:
            return None
    way = shapely.LineString(places)
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
