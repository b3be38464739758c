"""A month of rendered flights that go the whole way, and what the detector got wrong in them.

Every frame is rendered, with the metadata a drone writes, over worlds the detector never saw; then
it is read, searched, placed, judged and logged like any other. All of it is made up: nothing here
says how often anything is met at Libong, nor how well anything is found in the field.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from detection.detector import Detector
from detection.training.flight import render_flight
from detection.training.flight_plan import FlightPlan
from detection.training.random_flight import random_flight
from detection.types import ObjectClass, Sighting
from ingest.equal_area import EqualAreaPlane
from ingest.lonlat import LonLat, distance_m
from libong.pipeline import process_flight
from patrol.incident import Incident, State
from patrol.media import MediaStore
from patrol.report.costs import CostFigure, PatrolCosts
from patrol.report.month import Month
from patrol.site import Site
from patrol.store import Store
from patrol.zones import AdvisedSpeed, Zone, sea_of

# Ko Muk is not flown, so that the report shows what it says of a zone nobody looked at.
FLOWN_ZONES = ("laem_chu_hoi", "chu_hoi_seagrass", "mod_tanoi_bay", "hat_yao_channel")
SHOTS = 4  # a line of some 200 m
_FIRST_NUMBER = 500  # of random flights; `libong evaluate` takes the first ones
_SHORE_M = 250.0  # a line keeps this far from a zone's edge, so that all of it is inside
_SAME_THING_M = 8.0  # a find this near a thing of its class, or within 3 sigma, is of that thing

_MADE_UP = "Made up for the sample month of rendered flights; no figure of Libong."
_ADVISED = AdvisedSpeed(6.0, _MADE_UP)
_COSTS = PatrolCosts(
    drone_hour_baht=CostFigure(600.0, _MADE_UP),
    boat_hour_baht=CostFigure(1500.0, _MADE_UP),
    boat_km2_per_hour=CostFigure(1.0, _MADE_UP),
)
# A line of four frames looks at a hundredth of the smallest zone at most.
_SURVEYED_FRACTION = 0.001
_REVIEWER = "reviewer by truth"


@dataclass(frozen=True)
class ClassScore:
    """How finds of a class compare with the truth: things seen fairly, found, and false finds."""

    things: int = 0
    found: int = 0
    false: int = 0

    def plus(self, other: "ClassScore") -> "ClassScore":
        """Return both together."""
        return ClassScore(
            self.things + other.things, self.found + other.found, self.false + other.false
        )


Scores = Mapping[ObjectClass, ClassScore]


@dataclass(frozen=True)
class RenderedFlight:
    """A flight of the month: in which zone, from when, and how its finds compare with the truth."""

    flight_id: str
    zone_id: str
    started_utc: datetime
    frames: int
    scores: Scores


@dataclass(frozen=True)
class _Sent:
    """A rendered flight that lies in a folder with its truth."""

    plan: FlightPlan
    zone: Zone
    folder: Path


def sample_site(site: Site) -> Site:
    """Return a site with made-up figures where the report needs some and the site has none.

    Its zones advise six knots, patrols cost something, and a day counts as surveyed from a
    thousandth of a zone on, since a rendered flight is a few frames long.
    """
    return replace(
        site,
        zones=tuple(replace(zone, advised_speed=_ADVISED) for zone in site.zones),
        costs=_COSTS,
        rule_parameters=replace(
            site.rule_parameters,
            survey_min_fraction=_SURVEYED_FRACTION,
            survey_min_fraction_citation=_MADE_UP,
        ),
    )


def fly_month(
    store: Store,
    media: MediaStore,
    detector: Detector,
    site: Site,
    month: Month,
    *,
    flights: int,
    seed: int,
    folder: Path,
    on_flight: Callable[[int, int], None],
) -> tuple[RenderedFlight, ...]:
    """Render flights spread over a month, process each, and let a reviewer decide by the truth.

    `site` is that of `sample_site`. Frames are left in `folder`. The same seed gives the same
    frames. `on_flight(done, flights)` is told of each.
    """
    rng = np.random.default_rng([seed, month.year, month.month])
    store.zones.follow_file(site, month.span_utc(site.reference.timezone)[0])
    flown = []
    for number in range(flights):
        on_flight(number, flights)
        sent = _rendered(site, month, number, flights, seed, folder, rng)
        flown.append(_processed(sent, store, media, detector, site, rng))
    on_flight(flights, flights)
    return tuple(flown)


def month_scores(flown: Sequence[RenderedFlight]) -> Scores:
    """Return the scores of all flights together."""
    total = dict.fromkeys(ObjectClass, ClassScore())
    for flight in flown:
        for object_class, score in flight.scores.items():
            total[object_class] = total[object_class].plus(score)
    return total


def _rendered(
    site: Site,
    month: Month,
    number: int,
    flights: int,
    seed: int,
    folder: Path,
    rng: np.random.Generator,
) -> _Sent:
    zones = {zone.zone_id: zone for zone in site.zones}
    zone = zones[FLOWN_ZONES[number % len(FLOWN_ZONES)]]
    day = month.first + timedelta(days=number * month.days // flights)
    local = datetime.combine(day, time(8, 30), site.reference.timezone)
    plan = random_flight("test", _FIRST_NUMBER + 100 * seed + number, SHOTS)
    plan = replace(
        plan,
        title=f"rendered flight {number + 1} of {month}, {plan.world.family}: not real",
        origin=_start_in(zone, site, rng),
        start=local + timedelta(minutes=int(rng.integers(0, 120))),
    )
    into = folder / f"{month}-{number + 1:02d}"
    render_flight(plan, into)
    return _Sent(plan, zone, into)


def _start_in(zone: Zone, site: Site, rng: np.random.Generator) -> LonLat:
    """Return a place in a zone, far enough from its edge that the whole line is over its sea."""
    sea = sea_of(zone, site.coast)
    plane = EqualAreaPlane(LonLat(*sea.centroid.coords[0]))
    inside = plane.metres(sea).buffer(-_SHORE_M)
    west, south, east, north = inside.bounds
    while True:
        point = shapely.Point(rng.uniform(west, east), rng.uniform(south, north))
        if inside.contains(point):
            return LonLat(*plane.degrees(point).coords[0])


def _processed(
    sent: _Sent,
    store: Store,
    media: MediaStore,
    detector: Detector,
    site: Site,
    rng: np.random.Generator,
) -> RenderedFlight:
    landed_utc = sent.plan.start.astimezone(UTC) + timedelta(seconds=sent.plan.shots[-1].time_s)
    received_utc = landed_utc + timedelta(minutes=int(rng.integers(20, 180)))
    report = process_flight(
        [sent.folder],
        site,
        detector,
        store,
        media,
        on_progress=lambda _stage, _done, _total: None,
        received_at_utc=received_utc,
    )
    truth = json.loads((sent.folder / "truth.json").read_text(encoding="utf-8"))
    names = {frame.sha256: frame.file_name for frame in store.frames(report.flight_id)}
    scores, real = _compared(report.sightings, truth, names)
    for incident in report.incidents:
        _decide(store, incident, received_utc, rng, right=incident.sighting_id in real)
    return RenderedFlight(
        report.flight_id,
        sent.zone.zone_id,
        sent.plan.start.astimezone(UTC),
        report.frames,
        scores,
    )


def _compared(
    sightings: Sequence[Sighting], truth: Mapping[str, Any], names: Mapping[str, str]
) -> tuple[Scores, frozenset[str]]:
    """Return the scores by class, and which sightings are of a thing that was there.

    A thing counts where a frame shows it fairly. A find of one that is not fairly shown is neither
    right nor false.
    """
    things = {thing["object_id"]: thing for thing in truth["objects"]}
    fair = {number for number, thing in things.items() if any(it["fair"] for it in thing["frames"])}
    real, matched = set(), set()
    pairs = sorted(_near(sightings, things, names), key=lambda pair: pair[0])
    for _, sighting, number in pairs:
        if sighting.sighting_id not in real and number not in matched:
            real.add(sighting.sighting_id)
            matched.add(number)
    return {
        object_class: ClassScore(
            things=sum(things[number]["class"] == object_class for number in fair),
            found=sum(things[number]["class"] == object_class for number in fair & matched),
            false=sum(
                it.object_class is object_class and it.sighting_id not in real for it in sightings
            ),
        )
        for object_class in ObjectClass
    }, frozenset(real)


def _near(
    sightings: Sequence[Sighting], things: Mapping[int, Mapping[str, Any]], names: Mapping[str, str]
) -> Iterator[tuple[float, Sighting, int]]:
    for sighting in sightings:
        frame = names[sighting.best.frame_sha256]
        reach_m = max(3 * sighting.error_m, _SAME_THING_M)
        for number, thing in things.items():
            if thing["class"] != sighting.object_class:
                continue
            for shown in thing["frames"]:
                away_m = distance_m(LonLat(shown["lon"], shown["lat"]), sighting.position)
                if shown["frame"] == frame and away_m <= reach_m:
                    yield away_m, sighting, number


def _decide(
    store: Store,
    incident: Incident,
    received_utc: datetime,
    rng: np.random.Generator,
    *,
    right: bool,
) -> None:
    """Confirm what was there and dismiss what was not; go out for boats and gear."""
    at_utc = received_utc
    states = [State.CONFIRMED if right else State.DISMISSED]
    if right and incident.object_class is not ObjectClass.DUGONG:
        states += [State.RESPONDING, State.RESOLVED]
    for state in states:
        at_utc += timedelta(minutes=int(rng.integers(5, 90)))
        store.transition(
            incident.incident_id,
            state,
            actor=_REVIEWER,
            reason="as the truth of the rendered flight says",
            expected_version=None,
            at_utc=at_utc,
        )
