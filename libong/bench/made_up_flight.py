"""Flights that nobody flew, as many as after years of patrols: the same ones each time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from random import Random

import shapely

from detection.types import Detection, ObjectClass, Sighting
from ingest.lonlat import LonLat
from patrol.coverage import ZoneSurvey
from patrol.flight_log import LoggedFrame
from patrol.incident import Incident, open_incidents
from patrol.site import Site
from patrol.verdict import Certainty, Figure, Grounds, Priority, Verdict
from patrol.zones import RuleName, Zone

MODEL = sha256(b"made-up weights").hexdigest()
DETECTIONS_A_FLIGHT, FRAMES_A_FLIGHT, SIGHTINGS_A_FLIGHT = 500, 100, 100
FIRST_UTC = datetime(2024, 1, 1, 2, tzinfo=UTC)
_BETWEEN_FLIGHTS = timedelta(hours=12)
_UNTIL_RECEIVED = timedelta(hours=2)

_RULES = (
    (RuleName.DUGONG_SIGHTING, ObjectClass.DUGONG, Priority.NORMAL),
    (RuleName.BOAT_IN_CLOSED_ZONE, ObjectClass.BOAT, Priority.HIGH),
    (RuleName.BOAT_IN_GO_SLOW_ZONE, ObjectClass.BOAT, Priority.NORMAL),
    (RuleName.GEAR_IN_NO_FISHING_ZONE, ObjectClass.FISHING_GEAR, Priority.LOW),
)


@dataclass(frozen=True)
class MadeUpFlight:
    """One flight, with all that would be logged of it."""

    flight_id: str
    received_at_utc: datetime
    frames: tuple[LoggedFrame, ...]
    sightings: tuple[Sighting, ...]
    surveys: tuple[ZoneSurvey, ...]
    incidents: tuple[Incident, ...]


def taken_utc(number: int) -> datetime:
    """Return when a flight began."""
    return FIRST_UTC + number * _BETWEEN_FLIGHTS


class FlightMaker:
    """Makes flights of a site; each call draws on one row of chances, so their order matters."""

    def __init__(self, site: Site, chance: Random) -> None:
        """Take the zones that carry rules."""
        self._site, self._chance = site, chance
        self._zones = [zone for zone in site.zones if zone.rules]

    def flight(self, number: int, incidents: int) -> MadeUpFlight:
        """Return a flight of which so many sightings become incidents."""
        flight_id = sha256(f"flight {number}".encode()).hexdigest()[:16]
        began_utc = taken_utc(number)
        frames = tuple(self._frames(flight_id, began_utc))
        zone = self._zones[number % len(self._zones)]
        sightings = tuple(
            self._sighting(flight_id, place, frames, zone) for place in range(SIGHTINGS_A_FLIGHT)
        )
        day = began_utc.astimezone(self._site.reference.timezone).date()
        return MadeUpFlight(
            flight_id=flight_id,
            received_at_utc=began_utc + _UNTIL_RECEIVED,
            frames=frames,
            sightings=sightings,
            surveys=tuple(ZoneSurvey(each.zone_id, day, 0.5) for each in self._zones),
            incidents=tuple(_incidents(sightings[:incidents], zone)),
        )

    def _frames(self, flight_id: str, began_utc: datetime) -> Iterator[LoggedFrame]:
        for place in range(FRAMES_A_FLIGHT):
            yield LoggedFrame(
                sha256=sha256(f"{flight_id} {place}".encode()).hexdigest(),
                file_name=f"DJI_{place:04d}.JPG",
                taken_at_utc=began_utc + timedelta(seconds=4 * place),
                width_px=4000,
                height_px=3000,
                position=self._somewhere(self._zones[0]),
                height_above_sea_m=100.0,
                error_m=4.0,
            )

    def _sighting(
        self, flight_id: str, place: int, frames: Sequence[LoggedFrame], zone: Zone
    ) -> Sighting:
        _, object_class, _ = _RULES[place % len(_RULES)]
        position = self._somewhere(zone)
        score = round(self._chance.uniform(0.3, 1), 3)
        count = DETECTIONS_A_FLIGHT // SIGHTINGS_A_FLIGHT
        first = place * (len(frames) - count) // SIGHTINGS_A_FLIGHT
        detections = tuple(
            Detection(
                object_class=object_class,
                score=score,
                xyxy_px=(10.5 * at, 20.0 + place, 10.5 * at + 40, 60.25 + place),
                frame_sha256=frame.sha256,
                taken_at_utc=frame.taken_at_utc,
                position=position,
                error_m=4.0,
                model_sha256=MODEL,
            )
            for at, frame in enumerate(frames[first : first + count])
        )
        return Sighting(
            sighting_id=f"s{place:04d}",
            flight_id=flight_id,
            object_class=object_class,
            score=score,
            position=position,
            error_m=3.0,
            first_seen_utc=frames[first].taken_at_utc,
            last_seen_utc=frames[first + count - 1].taken_at_utc,
            detections=detections,
            best=detections[0],
            speed_m_s=3.5 if object_class is ObjectClass.BOAT else None,
            speed_sigma_m_s=0.5 if object_class is ObjectClass.BOAT else None,
        )

    def _somewhere(self, zone: Zone) -> LonLat:
        west, south, east, north = zone.area.bounds
        while True:
            at = self._chance.uniform(west, east), self._chance.uniform(south, north)
            if shapely.contains_xy(zone.area, *at):
                return LonLat(*at)


def _incidents(sightings: Sequence[Sighting], zone: Zone) -> Iterator[Incident]:
    verdicts = []
    for place, sighting in enumerate(sightings):
        rule, object_class, priority = _RULES[place % len(_RULES)]
        verdicts.append(
            Verdict(
                rule=rule,
                zone_id=zone.zone_id,
                sighting_id=sighting.sighting_id,
                object_class=object_class,
                certainty=Certainty.INSIDE,
                priority=priority,
                reason_th=f"พบใน{zone.name_th} ตำแหน่ง ± 5 ม.",
                reason_en=f"Seen in {zone.name_en}, position ± 5 m",
                citation=zone.citation,
                grounds=Grounds(0, "b" * 64, 0.97, (Figure("edge_m", 40.0, 3.0),)),
            )
        )
    crops = {
        each.sighting_id: sha256(f"{each.flight_id} {each.sighting_id}".encode()).hexdigest()
        for each in sightings
    }
    yield from open_incidents(verdicts, sightings, crops)
