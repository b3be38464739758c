"""Rows of many flights as plain values, written with one insertion a table."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from detection.types import Sighting
from patrol.checkpoint import Checkpoint
from patrol.checkpoint_table import CheckpointRow
from patrol.coverage import ZoneSurvey
from patrol.flight_log import LoggedFrame
from patrol.incident import Incident
from patrol.ledger import LedgerEntry
from patrol.rows import incident_row, write_decisions
from patrol.tables import (
    Base,
    DetectionRow,
    FlightRow,
    FrameRow,
    IncidentRow,
    LedgerRow,
    SightingRow,
    SurveyRow,
)

Rows = list[dict[str, Any]]


@dataclass
class Batch:
    """Rows that wait to be written."""

    flights: Rows = field(default_factory=list)
    frames: Rows = field(default_factory=list)
    sightings: Rows = field(default_factory=list)
    detections: Rows = field(default_factory=list)
    surveys: Rows = field(default_factory=list)
    incidents: Rows = field(default_factory=list)
    ledger: Rows = field(default_factory=list)
    checkpoints: Rows = field(default_factory=list)

    def add_flight(
        self,
        flight_id: str,
        site_id: str,
        model_sha256: str,
        received_at_utc: datetime,
        frames: Sequence[LoggedFrame],
        sightings: Sequence[Sighting],
        surveys: Sequence[ZoneSurvey],
    ) -> None:
        """Add the rows of a flight: every detection is of one of its sightings."""
        of_flight = {"flight_id": flight_id}
        self.flights.append(
            of_flight
            | {
                "site_id": site_id,
                "model_sha256": model_sha256,
                "received_at_utc": received_at_utc,
            }
        )
        self.frames += (
            of_flight | {"ordinal": at, **_located(vars(frame))} for at, frame in enumerate(frames)
        )
        self.surveys += (of_flight | vars(survey) for survey in surveys)
        for at, sighting in enumerate(sightings):
            plain = _located(vars(sighting)) | {"ordinal": at}
            del plain["detections"], plain["best"]
            self.sightings.append(plain)
        self.detections += _detection_rows(of_flight, sightings)

    def add_incident(self, incident: Incident) -> None:
        """Add an incident as it stands."""
        row = incident_row(incident)
        write_decisions(row, incident)
        columns = IncidentRow.__table__.columns
        self.incidents.append({column.key: getattr(row, column.key) for column in columns})

    def add_entry(self, entry: LedgerEntry) -> None:
        """Add an entry of the ledger."""
        self.ledger.append(vars(entry))

    def add_checkpoint(self, checkpoint: Checkpoint) -> None:
        """Add a checkpoint of the ledger."""
        self.checkpoints.append(vars(checkpoint))

    def write(self, session: Session) -> None:
        """Write all of it."""
        for table, rows in (
            (FlightRow, self.flights),
            (FrameRow, self.frames),
            (SightingRow, self.sightings),
            (DetectionRow, self.detections),
            (SurveyRow, self.surveys),
            (IncidentRow, self.incidents),
            (LedgerRow, self.ledger),
            (CheckpointRow, self.checkpoints),
        ):
            if rows:
                session.execute(insert(Base.metadata.tables[table.__tablename__]), rows)


def _detection_rows(of_flight: dict[str, Any], sightings: Sequence[Sighting]) -> Rows:
    rows: Rows = []
    for sighting in sightings:
        for detection in sighting.detections:
            left, top, right, bottom = detection.xyxy_px
            plain = _located(vars(detection))
            del plain["xyxy_px"], plain["raw_score"]
            rows.append(
                of_flight
                | plain
                | {
                    "ordinal": len(rows),
                    "sighting_id": sighting.sighting_id,
                    "is_best": detection is sighting.best,
                    "left_px": left,
                    "top_px": top,
                    "right_px": right,
                    "bottom_px": bottom,
                }
            )
    return rows


def _located(values: dict[str, Any]) -> dict[str, Any]:
    """Return the values of a row: a place as two columns, a class as its word."""
    plain = dict(values)
    place = plain.pop("position")
    plain |= {"lon": place.lon, "lat": place.lat}
    if "object_class" in plain:
        plain["object_class"] = plain["object_class"].value
    return plain
