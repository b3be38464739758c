"""The rules that zones carry: boats in closed and go-slow zones, fishing gear, dugongs."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from math import sqrt

from detection.tracks import KNOTS_PER_M_S
from detection.types import ObjectClass, Sighting
from ingest.tide import SeaTide
from patrol.compliance import BoatSeen, Pace, pace_of
from patrol.permits import Permit, permits_in_force
from patrol.rules.place import place_in, seen_at
from patrol.rules.precedence import Found, answering
from patrol.rules.words import Words, joined, speed_words, zone_words
from patrol.site import Site
from patrol.verdict import Certainty, Figure, Grounds, Priority, Verdict
from patrol.zone_document import zone_sha256
from patrol.zone_times import Holds
from patrol.zones import AdvisedSpeed, RuleName, Zone

# The sea's height above its mean in metres at a time (UTC); None where nobody knows it.
Tide = Callable[[datetime], SeaTide | None]

# The questions that are asked of an area about each class, by the rules that answer them.
_QUESTIONS = {
    ObjectClass.BOAT: (RuleName.BOAT_IN_CLOSED_ZONE, RuleName.BOAT_IN_GO_SLOW_ZONE),
    ObjectClass.FISHING_GEAR: (RuleName.GEAR_IN_NO_FISHING_ZONE,),
    ObjectClass.DUGONG: (RuleName.DUGONG_SIGHTING,),
}

# What is surely so and harms now comes first.
_PRIORITY = {
    (RuleName.BOAT_IN_CLOSED_ZONE, Certainty.INSIDE): Priority.HIGH,
    (RuleName.GEAR_IN_NO_FISHING_ZONE, Certainty.INSIDE): Priority.HIGH,
}

_NOTHING: Words = ("", "")
_TIDE_UNKNOWN: Words = (
    " ไม่ทราบระดับน้ำ จึงบอกไม่ได้ว่าเขตมีผลในขณะนั้นหรือไม่",
    "; the tide is not known, so it cannot be told whether the zone held then",
)
_TIDE_IN_DOUBT: Words = (
    " ระดับน้ำใกล้เกณฑ์เกินไป จึงบอกไม่ได้ว่าเขตมีผลในขณะนั้นหรือไม่",
    "; the tide was too near the limit to tell whether the zone held then",
)


def zone_verdicts(sightings: Sequence[Sighting], site: Site, tide: Tide) -> Iterator[Verdict]:
    """Yield what the zones that held when each sighting was made say of it."""
    for sighting in sightings:
        rules = _QUESTIONS[sighting.object_class]
        found = [each for each in found_zones(sighting, site, tide) if each.zone.rules & set(rules)]
        if sighting.object_class is ObjectClass.DUGONG:
            # One zone an animal: two raised together would tell the public that it is where
            # they meet.
            yield from (
                _verdict(RuleName.DUGONG_SIGHTING, sighting, each, Priority.NORMAL, _NOTHING)
                for each in sorted(found, key=_nearest_first)[:1]
            )
            continue
        for each in answering(found):
            for rule in rules:
                if rule in each.zone.rules:
                    yield from _answer(rule, sighting, each, site)


def found_zones(sighting: Sighting, site: Site, tide: Tide) -> list[Found]:
    """Return the zones a sighting lies in or at, and that held then or may have."""
    at = seen_at(sighting)
    local, sea = at.astimezone(site.reference.timezone), tide(at)
    found = []
    for zone in site.zones:
        holds = zone.holds_at(local, sea)
        place = None if holds is Holds.NO else place_in(sighting, zone)
        if place is not None:
            found.append(Found(zone, place, holds, sea))
    return found


def grounds_of(
    found: Found | None, figures: Sequence[Figure] = (), sightings: Sequence[str] = ()
) -> Grounds:
    """Return what a verdict rests on: the zone's version, if there is one, and its figures."""
    if found is None:
        return Grounds(figures=tuple(figures), sightings=tuple(sightings))
    tides: tuple[Figure, ...] = ()
    if found.zone.tide is not None and found.tide is not None:
        tides = (Figure("tide_m", found.tide.above_mean_m, found.tide.sigma_m),)
    return Grounds(
        zone_version=found.zone.version,
        zone_sha256=zone_sha256(found.zone),
        probability=found.place.probability,
        figures=(*figures, *tides),
        sightings=tuple(sightings),
    )


def _nearest_first(found: Found) -> tuple[bool, float, str]:
    """Order zones: the one that holds the place, then the nearest edge."""
    return not found.place.holds, found.place.edge_m, found.zone.zone_id


def _answer(rule: RuleName, sighting: Sighting, found: Found, site: Site) -> Iterator[Verdict]:
    certainty = found.place.certainty
    if rule is RuleName.BOAT_IN_GO_SLOW_ZONE:
        yield from _go_slow(sighting, found, site)
        return
    priority = _PRIORITY.get((rule, certainty), Priority.NORMAL)
    if rule is RuleName.GEAR_IN_NO_FISHING_ZONE:
        local = seen_at(sighting).astimezone(site.reference.timezone)
        permits = permits_in_force(site.permits, found.zone.zone_id, local.date())
        if permits:
            yield _verdict(rule, sighting, found, Priority.LOW, _permit_words(permits))
            return
    yield _verdict(rule, sighting, found, priority, speed_words(sighting))


def _go_slow(sighting: Sighting, found: Found, site: Site) -> Iterator[Verdict]:
    """Yield what a go-slow zone says of a boat that is faster than it advises, beyond its error.

    Of others it says nothing: officers can do nothing about a boat whose speed is not known, or is
    too near the advice to tell. The month's figures count them.
    """
    advice = advised_speed(found.zone, site)
    speed_m_s, sigma_m_s = sighting.speed_m_s, sighting.speed_sigma_m_s
    pace = pace_of(BoatSeen(sighting.position, speed_m_s, sigma_m_s), advice)
    if pace is not Pace.FAST or advice is None or speed_m_s is None:
        return
    yield _verdict(
        RuleName.BOAT_IN_GO_SLOW_ZONE,
        sighting,
        found,
        Priority.NORMAL if found.place.certainty is Certainty.INSIDE else Priority.LOW,
        joined(
            speed_words(sighting),
            (" เร็วเกินคำแนะนำ", ", above the advice"),
            (f" (คำแนะนำไม่เกิน {advice.knots:g} นอต)", f" (advice: at most {advice.knots:g} kn)"),
        ),
        (Figure("speed_m_s", speed_m_s, sigma_m_s, advice.knots / KNOTS_PER_M_S),),
        f"{found.zone.citation} {advice.citation}",
    )


def advised_speed(zone: Zone, site: Site) -> AdvisedSpeed | None:
    """Return the speed above which a boat goes too fast in a zone: its own, or the site's."""
    return zone.advised_speed or site.rule_parameters.advised_speed


def _permit_words(permits: Sequence[Permit]) -> Words:
    """Name permits by their numbers: who holds them is told by the site's file, not here."""
    told_th = ", ".join(f"{permit.permit_id} ({permit.gear})" for permit in permits)
    return (
        f" มีใบอนุญาตที่ใช้ได้ในเขตนี้ในวันนั้น {told_th} โปรดตรวจว่าเป็นเครื่องมือของผู้รับอนุญาตหรือไม่",
        f"; permits held in this zone on that day: {told_th}: see whether the gear is theirs",
    )


def _verdict(
    rule: RuleName,
    sighting: Sighting,
    found: Found,
    priority: Priority,
    more: Words,
    figures: Sequence[Figure] = (),
    citation: str = "",
) -> Verdict:
    zone, place = found.zone, found.place
    certainty = place.certainty
    if found.holds is Holds.UNKNOWN:
        certainty, priority = Certainty.UNKNOWN, Priority.LOW
        more = joined(more, _TIDE_UNKNOWN if found.tide is None else _TIDE_IN_DOUBT)
    reason_th, reason_en = zone_words(rule, zone, sighting, place, more)
    # across an edge counts one axis of the two that the error is made of
    edge = Figure("edge_m", place.edge_m, sighting.error_m / sqrt(2))
    return Verdict(
        rule=rule,
        zone_id=zone.zone_id,
        sighting_id=sighting.sighting_id,
        object_class=sighting.object_class,
        certainty=certainty,
        priority=priority,
        reason_th=reason_th,
        reason_en=reason_en,
        citation=citation or zone.citation,
        grounds=grounds_of(found, (edge, *figures)),
    )
