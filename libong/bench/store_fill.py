"""A store filled with made-up flights, in bulk: as large as after years of patrols, and honest.

Every row is one that the software could have written: the ledger vouches for all of it, so that
`verify` finds nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from random import Random
from typing import Any

import shapely
from sqlalchemy import insert
from sqlalchemy.orm import Session

from detection.types import Detection, ObjectClass, Sighting
from ingest.lonlat import LonLat
from patrol.coverage import ZoneSurvey
from patrol.database import Database
from patrol.flight_log import LoggedFrame
from patrol.incident import Incident, IncidentEvent, State, open_incidents
from patrol.incident_event import Deed
from patrol.ledger import (
    FLIGHT_LOGGED,
    INCIDENT_EVENT,
    LedgerEntry,
    LedgerHead,
    appended,
    flight_payload,
    head_after,
    incident_payload,
    opening_event,
)
from patrol.ledger_table import lock_ledger
from patrol.rows import incident_row, write_decisions
from patrol.site import Site
from patrol.tables import (
    Base,
    DetectionRow,
    FlightRow,
    FrameRow,
    IncidentRow,
    LedgerHeadRow,
    LedgerRow,
    SightingRow,
    SurveyRow,
)
from patrol.verdict import Certainty, Figure, Grounds, Priority, Verdict
from patrol.zones import RuleName, Zone

MODEL = sha256(b"made-up weights").hexdigest()
DETECTIONS_A_FLIGHT, FRAMES_A_FLIGHT, SIGHTINGS_A_FLIGHT = 500, 100, 100
OFFICERS = ("mali", "nid", "don")
FIRST_UTC = datetime(2024, 1, 1, 2, tzinfo=UTC)
_BETWEEN_FLIGHTS = timedelta(hours=12)
_FLIGHTS_AT_ONCE = 20

_RULES = (
    (RuleName.DUGONG_SIGHTING, ObjectClass.DUGONG, Priority.NORMAL),
    (RuleName.BOAT_IN_CLOSED_ZONE, ObjectClass.BOAT, Priority.HIGH),
    (RuleName.BOAT_IN_GO_SLOW_ZONE, ObjectClass.BOAT, Priority.NORMAL),
    (RuleName.GEAR_IN_NO_FISHING_ZONE, ObjectClass.FISHING_GEAR, Priority.LOW),
)
# how most incidents end; those of the last flights are still open
_ENDS = (
    (State.CONFIRMED, State.RESPONDING, State.RESOLVED),
    (State.CONFIRMED, State.RESPONDING, State.RESOLVED),
    (State.DISMISSED,),
    (State.CONFIRMED, State.RETRACTED),
)
_OPEN = ((), (), (State.CONFIRMED,), (State.CONFIRMED, State.RESPONDING))


@dataclass(frozen=True)
class StoreSize:
    """How much is made up: `open_alerts` of the incidents, the last ones, wait for a person."""

    detections: int = 1_000_000
    incidents: int = 100_000
    open_alerts: int = 3_000

    @property
    def flights(self) -> int:
        """How many flights hold so many detections."""
        return max(self.detections // DETECTIONS_A_FLIGHT, 1)


@dataclass(frozen=True)
class Filled:
    """What was written: entries of the ledger, and when the last flight was."""

    entries: int
    last_utc: datetime


def fill(database: Database, site: Site, size: StoreSize) -> Filled:
    """Write flights, incidents and their entries into an empty database that was migrated.

    One flight follows another every twelve hours from `FIRST_UTC` on; the same size gives the same
    store. Raises ValueError for more incidents than sightings, or a ledger that is not empty.
    """
    if size.incidents > size.flights * SIGHTINGS_A_FLIGHT:
        raise ValueError(f"{size.flights} flights have no {size.incidents} sightings")
    maker = _Maker(site, size, Random(0))  # noqa: S311  the same store each time
    with Session(database.writer) as session, session.begin():
        head = lock_ledger(session)
        if head.sequence:
            raise ValueError("the store to be filled must be empty")
        for start in range(0, size.flights, _FLIGHTS_AT_ONCE):
            batch = _Batch([], [], [], [], [], [], [])
            for number in range(start, min(start + _FLIGHTS_AT_ONCE, size.flights)):
                head = maker.flight(number, batch, head)
            batch.write(session)
        session.get_one(LedgerHeadRow, 1).sequence = head.sequence
        session.get_one(LedgerHeadRow, 1).entry_hash = head.entry_hash
    return Filled(head.sequence, maker.taken_utc(size.flights - 1))


@dataclass
class _Batch:
    """Rows of some flights, as plain values, for one insertion a table."""

    flights: list[dict[str, Any]]
    frames: list[dict[str, Any]]
    sightings: list[dict[str, Any]]
    detections: list[dict[str, Any]]
    surveys: list[dict[str, Any]]
    incidents: list[dict[str, Any]]
    ledger: list[dict[str, Any]]

    def write(self, session: Session) -> None:
        for table, rows in (
            (FlightRow, self.flights),
            (FrameRow, self.frames),
            (SightingRow, self.sightings),
            (DetectionRow, self.detections),
            (SurveyRow, self.surveys),
            (IncidentRow, self.incidents),
            (LedgerRow, self.ledger),
        ):
            if rows:
                session.execute(insert(Base.metadata.tables[table.__tablename__]), rows)


class _Maker:
    """Makes one flight after another."""

    def __init__(self, site: Site, size: StoreSize, chance: Random) -> None:
        self._site, self._size, self._chance = site, size, chance
        self._zones = [zone for zone in site.zones if zone.rules]

    def taken_utc(self, number: int) -> datetime:
        return FIRST_UTC + number * _BETWEEN_FLIGHTS

    def flight(self, number: int, batch: _Batch, head: LedgerHead) -> LedgerHead:
        flight_id = sha256(f"flight {number}".encode()).hexdigest()[:16]
        taken_utc = self.taken_utc(number)
        frames = list(self._frames(flight_id, taken_utc))
        zone = self._zones[number % len(self._zones)]
        sightings = [
            self._sighting(flight_id, place, frames, zone) for place in range(SIGHTINGS_A_FLIGHT)
        ]
        detections = [each for sighting in sightings for each in sighting.detections]
        day = taken_utc.astimezone(self._site.reference.timezone).date()
        surveys = [ZoneSurvey(each.zone_id, day, 0.5) for each in self._zones]
        incidents = list(self._incidents(number, sightings, zone))
        received = taken_utc + timedelta(hours=2)
        _add_rows(batch, flight_id, self._site.site_id, received, frames, sightings, surveys)
        payload = flight_payload(
            site_id=self._site.site_id,
            model_sha256=MODEL,
            received_at_utc=received,
            frames=frames,
            refused=(),
            detections=detections,
            sightings=sightings,
            surveys=surveys,
        )
        entry = appended(
            head, at_utc=received, kind=FLIGHT_LOGGED, subject=flight_id, payload=payload
        )
        batch.ledger.append(vars(entry))
        head = head_after(entry)
        for place, incident in enumerate(incidents):
            head = self._steps(number, place, incident, received, batch, head)
        return head

    def _frames(self, flight_id: str, taken_utc: datetime) -> Iterator[LoggedFrame]:
        for place in range(FRAMES_A_FLIGHT):
            yield LoggedFrame(
                sha256=sha256(f"{flight_id} {place}".encode()).hexdigest(),
                file_name=f"DJI_{place:04d}.JPG",
                taken_at_utc=taken_utc + timedelta(seconds=4 * place),
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

    def _incidents(
        self, number: int, sightings: Sequence[Sighting], zone: Zone
    ) -> Iterator[Incident]:
        before = number * self._size.incidents // self._size.flights
        until = (number + 1) * self._size.incidents // self._size.flights
        verdicts = []
        for sighting, place in zip(sightings, range(until - before), strict=False):
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

    def _steps(
        self,
        number: int,
        place: int,
        incident: Incident,
        opened_utc: datetime,
        batch: _Batch,
        head: LedgerHead,
    ) -> LedgerHead:
        nth = number * self._size.incidents // self._size.flights + place
        is_open = nth >= self._size.incidents - self._size.open_alerts
        way = self._chance.choice(_OPEN if is_open else _ENDS)
        event = opening_event(incident, opened_utc)
        head = _append(batch, event, incident, head)
        for version, state in enumerate(way, start=2):
            event = IncidentEvent(
                incident_id=incident.incident_id,
                version=version,
                at_utc=opened_utc + timedelta(minutes=10 * version),
                actor=OFFICERS[nth % len(OFFICERS)],
                from_state=incident.state,
                to_state=state,
                reason="as seen in the picture",
                deed=Deed.MOVED,
            )
            incident = replace(incident, state=state, version=version)
            head = _append(batch, event, incident, head)
        row = incident_row(incident)
        write_decisions(row, incident)
        batch.incidents.append(_values(row))
        return head


def _append(
    batch: _Batch, event: IncidentEvent, incident: Incident, head: LedgerHead
) -> LedgerHead:
    entry: LedgerEntry = appended(
        head,
        at_utc=event.at_utc,
        kind=INCIDENT_EVENT,
        subject=incident.incident_id,
        payload=incident_payload(event, incident),
    )
    batch.ledger.append(vars(entry))
    return head_after(entry)


def _add_rows(
    batch: _Batch,
    flight_id: str,
    site_id: str,
    received_at_utc: datetime,
    frames: Sequence[LoggedFrame],
    sightings: Sequence[Sighting],
    surveys: Sequence[ZoneSurvey],
) -> None:
    of_flight = {"flight_id": flight_id}
    batch.flights.append(
        of_flight | {"site_id": site_id, "model_sha256": MODEL, "received_at_utc": received_at_utc}
    )
    batch.frames += (
        of_flight | {"ordinal": at, **_located(vars(frame))} for at, frame in enumerate(frames)
    )
    batch.surveys += (of_flight | vars(survey) for survey in surveys)
    ordinal = 0
    for at, sighting in enumerate(sightings):
        plain = _located(vars(sighting)) | {"ordinal": at}
        del plain["detections"], plain["best"]
        batch.sightings.append(plain)
        for detection in sighting.detections:
            left, top, right, bottom = detection.xyxy_px
            plain = _located(vars(detection))
            del plain["xyxy_px"], plain["raw_score"]
            batch.detections.append(
                of_flight
                | plain
                | {
                    "ordinal": ordinal,
                    "sighting_id": sighting.sighting_id,
                    "is_best": detection is sighting.best,
                    "left_px": left,
                    "top_px": top,
                    "right_px": right,
                    "bottom_px": bottom,
                }
            )
            ordinal += 1


def _located(values: dict[str, Any]) -> dict[str, Any]:
    """Return the values of a row: a place as two columns, a class as its word."""
    plain = dict(values)
    place = plain.pop("position")
    plain |= {"lon": place.lon, "lat": place.lat}
    if "object_class" in plain:
        plain["object_class"] = plain["object_class"].value
    return plain


def _values(row: IncidentRow) -> dict[str, Any]:
    return {column.key: getattr(row, column.key) for column in IncidentRow.__table__.columns}
