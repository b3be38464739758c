"""A month in figures, zone by zone; pure: facts of the store in, figures out."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise
from statistics import median

import shapely
from shapely.geometry.base import BaseGeometry

from ingest.equal_area import M2_PER_KM2, EqualAreaPlane, union
from ingest.lonlat import LonLat
from patrol.compliance import (
    BoatSeen,
    Compliance,
    Pace,
    asks_for_slowness,
    boats_in,
    compliance,
    pace_of,
)
from patrol.effort import SeaEffort, ZoneEffort
from patrol.effort_table import FlightEffort
from patrol.incident import Incident, IncidentEvent, State
from patrol.incident_state import TAKEN_BACK
from patrol.report.costs import CostIndicators, PatrolCosts, cost_indicators
from patrol.report.intervals import Rate, rate
from patrol.report.month import Month
from patrol.report.response import Lapse, lapses
from patrol.rules.zone_rules import advised_speed
from patrol.site import Site
from patrol.verdict import Certainty
from patrol.zones import AdvisedSpeed, RuleName, Zone, sea_of

# Rules that speak of boats and gear, as drones see them: what people report has no effort to go by.
VIOLATION_RULES = tuple(
    rule
    for rule in RuleName
    if rule not in (RuleName.DUGONG_SIGHTING, RuleName.REPORTED, RuleName.STILL_DUGONG)
)
# What officers say was not so.


class Looked(StrEnum):
    """What a month says of dugongs in a zone: that none was seen is not that nobody looked."""

    NOT_SURVEYED = "not_surveyed"
    NONE_SEEN = "none_seen"
    SEEN = "seen"


@dataclass(frozen=True)
class MonthFacts:
    """What the store holds of a month.

    `zones` are those that stood in it, each as it was drawn at its end or when it was taken away;
    `cases` are the incidents of that month with their events, `boats` the boats that were seen,
    without those that officers dismissed.
    `flights_without_effort` were logged before effort was kept. `days_raised` says on how many
    days each zone was raised for dugongs, `sea_states` what was told last of a flight's sea, by its
    id (Douglas scale).
    """

    month: Month
    zones: tuple[Zone, ...]
    efforts: tuple[FlightEffort, ...]
    flights_without_effort: int
    boats: tuple[BoatSeen, ...]
    cases: tuple[tuple[Incident, tuple[IncidentEvent, ...]], ...]
    days_raised: Mapping[str, int]
    sea_states: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class ZoneFigures:
    """One zone in a month.

    `covered` is the share (0 to 1) of its sea that was looked at once at least, `distinct_km2` how
    much that is; `effort` counts a place once a flight. `survey_days` are those on which one flight
    looked at as much of it as the site asks for; `advice` is the speed that boats are held against,
    the zone's own or the site's; `revisit_days` is the middle of the gaps between
    them, `longest_gap_days` the most days in a row without one.
    """

    zone: Zone
    zone_km2: float
    effort: SeaEffort
    distinct_km2: float
    covered: float
    survey_days: int
    revisit_days: float | None
    longest_gap_days: int
    looked: Looked
    dugongs: Rate
    violations: Rate
    advice: AdvisedSpeed | None
    compliance: Compliance | None
    days_raised: int


@dataclass(frozen=True)
class MonthFigures:
    """A month in figures.

    Rates are per km² of usable sea, summed over flights, for a sighting counts once a flight;
    `distinct_km2` counts each place once in the month.
    `dugongs` leaves out what officers dismissed, took back or joined to another; `unreviewed` of
    them nobody has looked at yet. `violations` are boats and gear, each once a flight however many
    rules it falls under; `by_rule` counts it under each. `sea_states` counts flights by the state
    of the sea that was told of them, None where nobody did. `in_doubt` are the violations of which
    no rule was sure (at the edge of a zone, speed or tide not measured), nor an officer.
    """

    month: Month
    through: date
    flights: int
    flights_without_effort: int
    days_flown: int
    flown_km: float
    minutes: float
    effort: SeaEffort
    distinct_km2: float
    ashore: int
    sea_states: tuple[tuple[int | None, int], ...]
    dugongs: Rate
    unreviewed: int
    violations: Rate
    in_doubt: int
    by_rule: tuple[tuple[RuleName, Rate], ...]
    compliance: Compliance
    lapses: tuple[Lapse, ...]
    costs: CostIndicators
    given_costs: PatrolCosts
    zones: tuple[ZoneFigures, ...]


def month_figures(facts: MonthFacts, site: Site, today: date) -> MonthFigures:
    """Return the figures of a month; of one that is not over, those through `today`."""
    month = facts.month
    through = min(month.last, max(today, month.first))
    days = [found.effort for found in facts.efforts]
    effort = _summed(day.sea for day in days)
    standing = [
        incident
        for incident, _ in facts.cases
        if incident.state not in TAKEN_BACK and incident.joined_to is None
    ]
    dugongs = [i for i in standing if i.rule is RuleName.DUGONG_SIGHTING]
    violations = [i for i in standing if i.rule in VIOLATION_RULES]
    by_rule = Counter(incident.rule for incident in violations)
    minutes = sum(day.minutes for day in days)
    zones = [zone for zone in facts.zones if _holds_in(zone, month)]
    plane = EqualAreaPlane(LonLat(*site.coast.centroid.coords[0]))
    looked_at = union([plane.metres(day.usable_area) for day in days if day.usable_area.area])
    return MonthFigures(
        month=month,
        through=through,
        flights=len({found.flight_id for found in facts.efforts}) + facts.flights_without_effort,
        flights_without_effort=facts.flights_without_effort,
        days_flown=len({day.day for day in days}),
        flown_km=sum(day.flown_km for day in days),
        minutes=minutes,
        effort=effort,
        distinct_km2=looked_at.area / M2_PER_KM2,
        ashore=sum(day.ashore for day in days),
        sea_states=_sea_states(facts),
        dugongs=rate(_things(dugongs), effort.usable_km2),
        unreviewed=sum(incident.state is State.NEW for incident in dugongs),
        violations=rate(_things(violations), effort.usable_km2),
        in_doubt=_things(violations) - _things(filter(_is_sure, violations)),
        by_rule=tuple((rule, rate(by_rule[rule], effort.usable_km2)) for rule in VIOLATION_RULES),
        compliance=_site_compliance(zones, facts.boats, site),
        lapses=lapses(facts.cases),
        costs=cost_indicators(site.costs, minutes, effort.usable_km2),
        given_costs=site.costs,
        zones=tuple(
            _zone_figures(zone, facts, site, dugongs, violations, plane, looked_at, through)
            for zone in zones
        ),
    )


def _sea_states(facts: MonthFacts) -> tuple[tuple[int | None, int], ...]:
    flights = {found.flight_id for found in facts.efforts}
    told = Counter(facts.sea_states.get(flight_id) for flight_id in flights)
    unknown = told.pop(None, 0) + facts.flights_without_effort
    known = sorted((state, count) for state, count in told.items() if state is not None)
    return (*known, *([(None, unknown)] if unknown else []))


def _zone_figures(
    zone: Zone,
    facts: MonthFacts,
    site: Site,
    dugongs: Sequence[Incident],
    violations: Sequence[Incident],
    plane: EqualAreaPlane,
    looked_at: BaseGeometry,
    through: date,
) -> ZoneFigures:
    parts = [
        (found.effort.day, part)
        for found in facts.efforts
        for part in found.effort.zones
        if part.zone_id == zone.zone_id
    ]
    effort = _summed(part.sea for _, part in parts)
    sea = plane.metres(sea_of(zone, site.coast))
    distinct_m2 = looked_at.intersection(sea).area
    least = site.rule_parameters.survey_min_fraction
    survey_days = sorted({day for day, part in parts if _fraction(part) >= least})
    seen = rate(_in_zone(dugongs, zone), effort.usable_km2)
    boats = boats_in(zone, facts.boats)
    advice = advised_speed(zone, site)
    return ZoneFigures(
        zone=zone,
        zone_km2=sea.area / M2_PER_KM2,
        effort=effort,
        distinct_km2=distinct_m2 / M2_PER_KM2,
        covered=min(distinct_m2 / sea.area, 1.0) if sea.area else 0.0,
        survey_days=len(survey_days),
        revisit_days=_revisit_days(survey_days),
        longest_gap_days=_longest_gap(survey_days, facts.month.first, through),
        looked=_looked(seen, survey_days),
        dugongs=seen,
        violations=rate(_in_zone(violations, zone), effort.usable_km2),
        advice=advice,
        compliance=(
            compliance(pace_of(boat, advice) for boat in boats) if asks_for_slowness(zone) else None
        ),
        days_raised=facts.days_raised.get(zone.zone_id, 0),
    )


def _looked(dugongs: Rate, survey_days: Sequence[date]) -> Looked:
    if dugongs.count:
        return Looked.SEEN
    return Looked.NONE_SEEN if survey_days else Looked.NOT_SURVEYED


def _fraction(part: ZoneEffort) -> float:
    return part.sea.usable_km2 / part.zone_km2 if part.zone_km2 else 0.0


def _in_zone(incidents: Iterable[Incident], zone: Zone) -> int:
    return _things(incident for incident in incidents if incident.zone_id == zone.zone_id)


def _things(incidents: Iterable[Incident]) -> int:
    """Return of how many things incidents tell."""
    return len({(incident.flight_id, incident.sighting_id) for incident in incidents})


def _is_sure(incident: Incident) -> bool:
    return incident.certainty is Certainty.INSIDE or incident.state is not State.NEW


def _holds_in(zone: Zone, month: Month) -> bool:
    return any(zone.holds_on(month.first + timedelta(days=day)) for day in range(month.days))


def _summed(areas: Iterable[SeaEffort]) -> SeaEffort:
    parts = list(areas)
    return SeaEffort(
        sum(part.seen_km2 for part in parts),
        sum(part.usable_km2 for part in parts),
        sum(part.effective_km2 for part in parts),
    )


def _site_compliance(zones: Sequence[Zone], boats: Sequence[BoatSeen], site: Site) -> Compliance:
    """Return the compliance of all zones; a boat in two of them counts once, as the faster."""
    paces = []
    for boat in boats:
        found = {
            pace_of(boat, advised_speed(zone, site))
            for zone in zones
            if asks_for_slowness(zone) and zone.area.covers(shapely.Point(boat.position))
        }
        if found:
            order = (Pace.FAST, Pace.CANNOT_TELL, Pace.SLOW, Pace.STILL)
            paces.append(min(found, key=order.index))
    return compliance(paces)


def _revisit_days(days: Sequence[date]) -> float | None:
    gaps = [(after - before).days for before, after in pairwise(days)]
    return median(gaps) if gaps else None


def _longest_gap(days: Sequence[date], first: date, through: date) -> int:
    """Return the most days in a row without a survey, from `first` through `through`."""
    marks = [first - timedelta(days=1), *days, through + timedelta(days=1)]
    return max((after - before).days - 1 for before, after in pairwise(marks))
