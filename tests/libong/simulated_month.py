"""A month of made-up patrols with known truth, to check a report's figures and to show one.

No pictures: drones fly lines over the zones, and what they find is drawn at known rates on the very
sea that their usable frames saw. Finds, boats' speeds and officers' steps all go through the same
store and ledger as real ones. Nothing of it says anything of the real sea.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from hashlib import sha256
from pathlib import Path

import numpy as np
import shapely
from pyproj import Geod
from shapely.geometry.base import BaseGeometry

from detection.types import Detection, ObjectClass, Sighting
from ingest.camera import CameraIntrinsics
from ingest.equal_area import EqualAreaPlane
from ingest.frame import Flight, Frame, Note
from ingest.lonlat import LonLat
from ingest.pose import CameraPose, HeightSource
from ingest.projection import SeaView
from ingest.quality import FrameQuality
from patrol.effort import DayEffort, day_efforts
from patrol.flight_log import FlightLog
from patrol.incident import Incident, State, open_incidents
from patrol.report.month import Month
from patrol.rules import judge
from patrol.site import Site
from patrol.store import Store
from patrol.zones import AdvisedSpeed, Zone, sea_of

_WGS84 = Geod(ellps="WGS84")
_MODEL = sha256(b"simulated month").hexdigest()
_CAMERA = CameraIntrinsics(
    "simulated", "simulated", 4000, 3000, 3000.0, (2000.0, 1500.0), 0.005, "calibrated"
)
_HEIGHT_M = 100.0  # 133 m by 100 m of sea a frame
_ALONG_M, _ACROSS_M, _FLOWN_M_S = 70.0, 90.0, 8.0
_ERROR_M, _SPEED_SIGMA_M_S = 4.0, 0.5
_FALSE_SHARE = 0.25  # of the dugong finds, for officers to dismiss
_SLOW_M_S, _FAST_M_S = 1.5, 7.0
_ADVISED = AdvisedSpeed(6.0, "Simulated: a figure for the sample month alone, no rule of Libong.")
# how long each step takes in the simulation
_RECEIVED, _DECIDED, _STARTED, _SETTLED = (
    timedelta(minutes=minutes) for minutes in (90, 25, 15, 80)
)


@dataclass(frozen=True)
class ZoneTruth:
    """What is true of a zone in the simulation.

    Dugongs and boats a flight meets per km² of usable sea, the share of boats that go slowly, on
    how many days of the month a drone flies, and how much of the zone (0 to 1) it then covers.
    """

    dugongs_per_km2: float
    boats_per_km2: float
    slow_share: float
    days: int
    covered: float


TRUTH = {
    "laem_chu_hoi": ZoneTruth(4.0, 0.6, 0.5, 7, 0.5),
    "chu_hoi_seagrass": ZoneTruth(2.5, 1.0, 0.7, 9, 0.12),
    "mod_tanoi_bay": ZoneTruth(0.8, 2.0, 0.6, 7, 0.4),
    "hat_yao_channel": ZoneTruth(0.0, 3.0, 0.5, 7, 0.35),
    # and Ko Muk is not flown at all: not surveyed is not none seen
}


@dataclass
class MonthTruth:
    """What the simulation really made: the counts that a report must reach."""

    flights: int = 0
    dugongs: Counter[str] = field(default_factory=Counter)
    slow: Counter[str] = field(default_factory=Counter)
    fast: Counter[str] = field(default_factory=Counter)
    unmeasured: Counter[str] = field(default_factory=Counter)
    usable_km2: dict[str, float] = field(default_factory=dict)


def simulated_site(site: Site) -> Site:
    """Return a site whose go-slow zones name a speed, made up so that there is one to compare."""
    return replace(site, zones=tuple(replace(zone, advised_speed=_ADVISED) for zone in site.zones))


def simulate_month(store: Store, site: Site, month: Month, seed: int) -> MonthTruth:
    """Fly a month into an empty store, and return what is true of it.

    `site` is that of `simulated_site`. The same seed gives the same month.
    """
    rng = np.random.default_rng(seed)
    truth = MonthTruth()
    for zone in site.zones:
        told = TRUTH.get(zone.zone_id)
        if told is None:
            continue
        days = sorted(rng.choice(np.arange(month.days), told.days, replace=False).tolist())
        for day in days:
            local = datetime.combine(
                month.first + timedelta(days=day), time(8, 30), site.reference.timezone
            )
            _fly(store, site, zone, told, local.astimezone(UTC), rng, truth)
    return truth


def _fly(
    store: Store,
    site: Site,
    zone: Zone,
    told: ZoneTruth,
    start_utc: datetime,
    rng: np.random.Generator,
    truth: MonthTruth,
) -> None:
    flight_id = sha256(f"{zone.zone_id} {start_utc.isoformat()}".encode()).hexdigest()[:16]
    frames = tuple(_frames(zone, site, told.covered, start_utc, flight_id))
    qualities = [_quality(rng) for _ in frames]
    (effort,) = day_efforts(frames, qualities, site.zones, site.coast, site.reference.timezone)
    (part,) = (part for part in effort.zones if part.zone_id == zone.zone_id)
    looked_at = effort.usable_area.intersection(sea_of(zone, site.coast))
    found: list[tuple[Sighting, bool]] = []
    for object_class, per_km2 in (
        (ObjectClass.DUGONG, told.dugongs_per_km2),
        (ObjectClass.BOAT, told.boats_per_km2),
    ):
        false = _FALSE_SHARE if object_class is ObjectClass.DUGONG else 0.0
        for really, share in ((True, 1.0), (False, false)):
            for _ in range(int(rng.poisson(per_km2 * share * part.sea.usable_km2))):
                place = _place_in(looked_at, rng)
                sighting = _sighting(
                    object_class, place, told.slow_share, frames, len(found), flight_id, rng
                )
                found.append((sighting, really))
    _count(zone, [sighting for sighting, really in found if really], effort, truth)
    sightings = tuple(sighting for sighting, _ in found)
    incidents = open_incidents(judge(sightings, site), sightings, {})
    received_utc = frames[-1].taken_at_utc + _RECEIVED
    store.log_flight(
        FlightLog(
            flight=Flight(flight_id, frames, ()),
            sightings=sightings,
            detections=tuple(sighting.best for sighting in sightings),
            incidents=incidents,
            surveyed=(),
            model_sha256=_MODEL,
            site_id=site.site_id,
            received_at_utc=received_utc,
            efforts=(effort,),
        )
    )
    wrong = {sighting.sighting_id for sighting, really in found if not really}
    for incident in incidents:
        _decide(store, incident, received_utc, right=incident.sighting_id not in wrong)


def _count(zone: Zone, real: list[Sighting], effort: DayEffort, truth: MonthTruth) -> None:
    truth.flights += 1
    for part in effort.zones:
        known = truth.usable_km2.get(part.zone_id, 0.0)
        truth.usable_km2[part.zone_id] = known + part.sea.usable_km2
    for sighting in real:
        if sighting.object_class is ObjectClass.DUGONG:
            truth.dugongs[zone.zone_id] += 1
        elif sighting.speed_m_s is None:
            truth.unmeasured[zone.zone_id] += 1
        else:
            middle = (_SLOW_M_S + _FAST_M_S) / 2
            (truth.slow if sighting.speed_m_s < middle else truth.fast)[zone.zone_id] += 1


def _decide(store: Store, incident: Incident, received_utc: datetime, *, right: bool) -> None:
    steps = [(State.CONFIRMED if right else State.DISMISSED, received_utc + _DECIDED)]
    if right and incident.object_class is not ObjectClass.DUGONG:
        steps.append((State.RESPONDING, steps[-1][1] + _STARTED))
        steps.append((State.RESOLVED, steps[-1][1] + _SETTLED))
    for state, at_utc in steps:
        store.transition(
            incident.incident_id,
            state,
            actor="simulation",
            reason="simulated",
            expected_version=None,
            at_utc=at_utc,
        )


def _frames(
    zone: Zone, site: Site, covered: float, start_utc: datetime, flight_id: str
) -> Iterator[Frame]:
    """Yield frames along lines over the zone's inside, until the share to cover is reached."""
    sea = sea_of(zone, site.coast)
    plane = EqualAreaPlane(LonLat(*sea.centroid.coords[0]))
    inside = plane.metres(sea).buffer(-90)
    least_m2 = covered * plane.metres(sea).area
    west, south, east, north = inside.bounds
    number = 0
    for line, x in enumerate(np.arange(west, east, _ACROSS_M)):
        stops = np.arange(south, north, _ALONG_M)
        for y in stops if line % 2 == 0 else stops[::-1]:
            if not inside.contains(shapely.Point(x, y)):
                continue
            if number * _ALONG_M * _ACROSS_M >= least_m2:
                return
            lon, lat = plane.degrees(shapely.Point(x, y)).coords[0]
            taken_utc = start_utc + timedelta(seconds=number * _ALONG_M / _FLOWN_M_S)
            yield _frame(LonLat(lon, lat), taken_utc, number, flight_id)
            number += 1


def _frame(position: LonLat, taken_utc: datetime, number: int, flight_id: str) -> Frame:
    pose = CameraPose(
        position, _HEIGHT_M, HeightSource.RELATIVE, 0.0, -90.0, 0.0, _ERROR_M / 2, 1.0, 1.0, 0.5
    )
    return Frame(
        path=Path(f"SIMULATED_{number:04d}.JPG"),
        sha256=sha256(f"{flight_id} {number}".encode()).hexdigest(),
        width_px=_CAMERA.width_px,
        height_px=_CAMERA.height_px,
        taken_at_utc=taken_utc,
        camera=_CAMERA,
        pose=pose,
        gsd_cm=_HEIGHT_M / 30,
        footprint=SeaView(_CAMERA, pose).footprint(),
        error_m=_ERROR_M,
    )


def _quality(rng: np.random.Generator) -> FrameQuality:
    """Return what a picture is worth: one in twelve is blurred, some have glare."""
    blurred = (Note("too_blurred", "simulated blur"),) if rng.random() < 1 / 12 else ()
    return FrameQuality(0.9, 0.0, float(rng.choice([0.0, 0.1, 0.2])), False, blurred)


def _place_in(area: BaseGeometry, rng: np.random.Generator) -> LonLat:
    """Return a place in an area, anywhere with the same chance."""
    west, south, east, north = area.bounds
    while True:
        place = LonLat(float(rng.uniform(west, east)), float(rng.uniform(south, north)))
        if area.contains(shapely.Point(place)):
            return place


def _sighting(
    object_class: ObjectClass,
    place: LonLat,
    slow_share: float,
    frames: tuple[Frame, ...],
    number: int,
    flight_id: str,
    rng: np.random.Generator,
) -> Sighting:
    away_m = [_WGS84.inv(*place, *frame.pose.position)[2] for frame in frames]
    frame = frames[int(np.argmin(away_m))]
    detection = Detection(
        object_class,
        float(rng.uniform(0.5, 0.79)),  # none is sure enough to count before an officer looked
        (1900.0, 1450.0, 2000.0, 1500.0),
        frame.sha256,
        frame.taken_at_utc,
        place,
        _ERROR_M,
        _MODEL,
    )
    speed = None
    if object_class is ObjectClass.BOAT and rng.random() < 0.8:
        true_m_s = _SLOW_M_S if rng.random() < slow_share else _FAST_M_S
        speed = max(true_m_s + float(rng.normal(0, 0.2)), 0.1)
    return Sighting(
        sighting_id=sha256(f"{flight_id} sighting {number}".encode()).hexdigest()[:16],
        flight_id=flight_id,
        object_class=object_class,
        score=detection.score,
        position=place,
        error_m=_ERROR_M,
        first_seen_utc=frame.taken_at_utc,
        last_seen_utc=frame.taken_at_utc,
        detections=(detection,),
        best=detection,
        speed_m_s=speed,
        speed_sigma_m_s=None if speed is None else _SPEED_SIGMA_M_S,
    )
