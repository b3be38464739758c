"""What other flights saw at the same place before: gear left standing, animals that lie still.

Two things at one place need not be one thing. So the rules say "again at the same place", and a
dugong that did not move is only ever a question to a person: a dead animal, a living one that came
back, a rock or a buoy taken for one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import hypot

from detection.types import ObjectClass, Sighting
from ingest.lonlat import LonLat, distance_m
from patrol.place_error import ERRORS_OF_95_PERCENT
from patrol.rules.place import seen_at
from patrol.rules.zone_rules import Tide, found_zones, grounds_of
from patrol.site import Site
from patrol.verdict import Certainty, Figure, Priority, Verdict
from patrol.zone_times import Holds
from patrol.zones import RuleName


@dataclass(frozen=True)
class EarlierSighting:
    """A sighting of another flight, as far as it matters here; `error_m` is root mean square."""

    sighting_id: str
    flight_id: str
    object_class: ObjectClass
    position: LonLat
    error_m: float
    seen_utc: datetime


# A carcass drifts off or is found within days; later, another animal is likelier.
_LONGEST_STILL = 8  # times the least


def look_back(site: Site) -> timedelta:
    """Return how long before a sighting its place may matter to the rules of a site."""
    days, least_h = site.rule_parameters.gear_again_days, site.rule_parameters.still_dugong_h
    return max(
        timedelta(days=0 if days is None else days.value),
        timedelta(hours=0 if least_h is None else _LONGEST_STILL * least_h.value),
    )


def repeat_verdicts(
    sightings: Sequence[Sighting], earlier: Sequence[EarlierSighting], site: Site, tide: Tide
) -> Iterator[Verdict]:
    """Yield what was seen again at its place; `earlier` are sightings of other flights."""
    for sighting in sightings:
        if sighting.object_class is ObjectClass.FISHING_GEAR:
            yield from _gear_again(sighting, earlier, site, tide)
        elif sighting.object_class is ObjectClass.DUGONG:
            yield from _still(sighting, earlier, site, tide)


def _gear_again(
    gear: Sighting, earlier: Sequence[EarlierSighting], site: Site, tide: Tide
) -> Iterator[Verdict]:
    near_m, days = site.rule_parameters.gear_again_m, site.rule_parameters.gear_again_days
    if near_m is None or days is None:
        return
    seen = _at_same_place(gear, earlier, near_m.value, timedelta(), timedelta(days=days.value))
    if not seen:
        return
    sure = any(certainty is Certainty.INSIDE for _, certainty in seen)
    flights = len({each.flight_id for each, _ in seen}) + 1
    zone = site.reference.timezone
    since = f"{min(each.seen_utc for each, _ in seen).astimezone(zone):%Y-%m-%d %H:%M}"
    doubt = ("", "") if sure else (" ตำแหน่งคลาดเคลื่อนจนบอกไม่ได้แน่", "; the errors leave it open")
    yield _again(
        RuleName.GEAR_SEEN_AGAIN,
        gear,
        Certainty.INSIDE if sure else Certainty.BOUNDARY,
        Priority.NORMAL if sure else Priority.LOW,
        f"พบเครื่องมือประมงที่จุดเดิมใน {flights} เที่ยวบิน ตั้งแต่ {since} "
        f"(ในระยะ {near_m.value:.0f} ม.){doubt[0]}",
        f"Fishing gear at the same place in {flights} flights since {since} "
        f"(within {near_m.value:.0f} m){doubt[1]}",
        near_m.citation,
        [each for each, _ in seen],
        site,
        tide,
    )


def _still(
    dugong: Sighting, earlier: Sequence[EarlierSighting], site: Site, tide: Tide
) -> Iterator[Verdict]:
    near_m, least_h = site.rule_parameters.still_dugong_m, site.rule_parameters.still_dugong_h
    if near_m is None or least_h is None:
        return
    least = timedelta(hours=least_h.value)
    seen = _at_same_place(dugong, earlier, near_m.value, least, _LONGEST_STILL * least)
    if not seen:
        return
    first = min((each for each, _ in seen), key=lambda each: (each.seen_utc, each.sighting_id))
    hours = (seen_at(dugong) - first.seen_utc) / timedelta(hours=1)
    yield _again(
        RuleName.STILL_DUGONG,
        dugong,
        Certainty.UNKNOWN,
        Priority.NORMAL,
        f"สิ่งที่เหมือนพะยูนอยู่ที่จุดเดิมหลังผ่านไป {hours:.0f} ชม. โปรดตรวจภาพ อาจเป็นซากพะยูน พะยูนที่กลับมา "
        "หรือหินหรือทุ่นที่ระบบเข้าใจผิด บอกไม่ได้จากภาพว่าเป็นตัวเดียวกัน",
        f"What looks like a dugong is at the same place {hours:.0f} h later. Look at the pictures: "
        "it may be a carcass, an animal that came back, or a rock or buoy taken for one; pictures "
        "do not tell whether it is the same one",
        near_m.citation,
        [each for each, _ in seen],
        site,
        tide,
    )


def _at_same_place(
    sighting: Sighting,
    earlier: Sequence[EarlierSighting],
    near_m: float,
    least: timedelta,
    most: timedelta,
) -> list[tuple[EarlierSighting, Certainty]]:
    """Return what was seen so long before within `near_m`, surely or as far as errors let say."""
    found = []
    for each in earlier:
        if each.object_class is not sighting.object_class or each.flight_id == sighting.flight_id:
            continue
        if not least <= seen_at(sighting) - each.seen_utc <= most:
            continue
        apart_m = distance_m(sighting.position, each.position)
        margin_m = ERRORS_OF_95_PERCENT * hypot(sighting.error_m, each.error_m)
        if apart_m + margin_m <= near_m:
            found.append((each, Certainty.INSIDE))
        elif apart_m <= near_m + margin_m:
            found.append((each, Certainty.BOUNDARY))
    return found


def _again(
    rule: RuleName,
    sighting: Sighting,
    certainty: Certainty,
    priority: Priority,
    reason_th: str,
    reason_en: str,
    citation: str,
    seen: Sequence[EarlierSighting],
    site: Site,
    tide: Tide,
) -> Verdict:
    holding = [
        each
        for each in found_zones(sighting, site, tide)
        if rule in each.zone.rules and each.place.holds and each.holds is Holds.YES
    ]
    found = min(holding, key=lambda each: each.zone.zone_id, default=None)
    nearest_m = min(distance_m(sighting.position, each.position) for each in seen)
    return Verdict(
        rule=rule,
        zone_id=None if found is None else found.zone.zone_id,
        sighting_id=sighting.sighting_id,
        object_class=sighting.object_class,
        certainty=certainty,
        priority=priority,
        reason_th=reason_th,
        reason_en=reason_en,
        citation=citation,
        grounds=grounds_of(
            found,
            (Figure("distance_m", nearest_m, sighting.error_m),),
            sorted(each.sighting_id for each in seen),
        ),
    )
