"""The rules: from sightings, zones and the clock to verdicts. Pure: nothing else changes them.

A rule never rounds a doubt to certainty: a place is inside, outside, or at the boundary; a speed
is above the advice only when its error leaves no doubt; what was not measured is said so.
"""

from collections.abc import Iterator, Sequence

from detection.types import ObjectClass, Sighting
from patrol.place_error import ERRORS_OF_95_PERCENT
from patrol.rules.encounters import encounter_verdicts
from patrol.rules.repeats import EarlierSighting, look_back, repeat_verdicts
from patrol.rules.zone_rules import Tide, found_zones, grounds_of, zone_verdicts
from patrol.site import Site
from patrol.verdict import Certainty, Priority, Verdict
from patrol.zones import RuleName

__all__ = ["EarlierSighting", "Tide", "judge", "look_back"]

_PRIORITY_RANK = {priority: rank for rank, priority in enumerate(Priority)}
_RULE_RANK = {rule: rank for rank, rule in enumerate(RuleName)}


def judge(
    sightings: Sequence[Sighting],
    site: Site,
    *,
    earlier: Sequence[EarlierSighting] = (),
    tide: Tide = lambda _: None,
) -> tuple[Verdict, ...]:
    """Return every rule that the sightings of one flight fall under.

    Each is judged by the zones that held when it was seen. `earlier` are sightings of other
    flights. A dugong outside every zone that watches for dugongs still gets a verdict, without a
    zone, so that a person reviews it. Ordered by priority, rule, zone and sighting id.
    """
    verdicts = [
        *zone_verdicts(sightings, site, tide),
        *_stray_dugongs(sightings, site, tide),
        *encounter_verdicts(sightings, site, tide),
        *repeat_verdicts(sightings, earlier, site, tide),
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


def _stray_dugongs(sightings: Sequence[Sighting], site: Site, tide: Tide) -> Iterator[Verdict]:
    for sighting in sightings:
        if sighting.object_class is not ObjectClass.DUGONG:
            continue
        near = found_zones(sighting, site, tide)
        if any(RuleName.DUGONG_SIGHTING in each.zone.rules for each in near):
            continue
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
            grounds=grounds_of(None),
        )
