"""Flights in the database: written once, read back as frames, detections and sightings."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from detection.types import Detection, Sighting
from patrol.effort_table import effort_documents, efforts_of, insert_efforts
from patrol.field_table import insert_origin, origin_document
from patrol.flight_log import FlightLog, LoggedFrame
from patrol.frame_views import insert_views
from patrol.ledger import flight_payload
from patrol.rows import (
    detection_of,
    detection_rows,
    frame_rows,
    incident_row,
    logged_frame,
    refused_file,
    refused_file_rows,
    sighting_rows,
    sightings_of,
    zone_survey,
)
from patrol.tables import (
    DetectionRow,
    FlightRow,
    FrameRow,
    RefusedFileRow,
    SightingRow,
    SurveyRow,
)


def insert_flight(session: Session, log: FlightLog) -> FlightRow:
    """Write all rows of a flight and its incidents; raises FlightLogError."""
    flight = FlightRow(log.flight.flight_id, log.site_id, log.model_sha256, log.received_at_utc)
    session.add(flight)
    session.flush()  # rows that point to others go in after them
    session.add_all((*frame_rows(log.flight), *refused_file_rows(log.flight)))
    insert_views(session, log.flight)
    session.add_all(sighting_rows(log))
    session.flush()
    session.add_all(detection_rows(log))
    session.add_all(
        SurveyRow(flight.flight_id, survey.zone_id, survey.day, survey.seen_fraction)
        for survey in log.surveyed
    )
    insert_efforts(session, flight.flight_id, log.efforts)
    insert_origin(session, flight.flight_id, log.record, log.field_source)
    session.add_all(map(incident_row, log.incidents))
    session.flush()
    return flight


def stored_frames(session: Session, flight_id: str) -> tuple[LoggedFrame, ...]:
    """Return a flight's frames in the order they were logged."""
    query = select(FrameRow.__table__).where(FrameRow.flight_id == flight_id)
    return tuple(map(logged_frame, _plain(session, query.order_by(FrameRow.ordinal))))


def stored_sightings(session: Session, flight_id: str) -> tuple[Sighting, ...]:
    """Return a flight's sightings in the order they were logged."""
    return _stored_finds(session, flight_id)[1]


def stored_sighting(session: Session, flight_id: str, sighting_id: str) -> Sighting:
    """Return one sighting of a flight; raises ValueError where it is gone."""
    (found,) = _stored_finds(session, flight_id, sighting_id)[1]
    return found


def _stored_finds(
    session: Session, flight_id: str, sighting_id: str | None = None
) -> tuple[tuple[Detection, ...], tuple[Sighting, ...]]:
    """Return a flight's detections and its sightings, each in the order they were logged.

    With an id they are those of that sighting alone.
    """
    query = select(DetectionRow.__table__).where(DetectionRow.flight_id == flight_id)
    sightings = select(SightingRow.__table__).where(SightingRow.flight_id == flight_id)
    if sighting_id is not None:
        query = query.where(DetectionRow.sighting_id == sighting_id)
        sightings = sightings.where(SightingRow.sighting_id == sighting_id)
    found = [
        (row.sighting_id, row.is_best, detection_of(row))
        for row in _plain(session, query.order_by(DetectionRow.ordinal))
    ]
    rows = _plain(session, sightings.order_by(SightingRow.ordinal))
    return tuple(detection for _, _, detection in found), sightings_of(rows, found)


def _plain(session: Session, query: Select[Any]) -> Sequence[Any]:
    """Return rows as plain values of the same names: objects of the mapper take as long again."""
    return session.execute(query).all()


def stored_flight_payload(session: Session, flight: FlightRow) -> str:
    """Return what the ledger says of a flight whose rows are as they are now."""
    refused = select(RefusedFileRow).where(RefusedFileRow.flight_id == flight.flight_id)
    surveys = select(SurveyRow).where(SurveyRow.flight_id == flight.flight_id)
    detections, sightings = _stored_finds(session, flight.flight_id)
    return flight_payload(
        site_id=flight.site_id,
        model_sha256=flight.model_sha256,
        received_at_utc=flight.received_at_utc,
        frames=stored_frames(session, flight.flight_id),
        refused=map(refused_file, session.scalars(refused.order_by(RefusedFileRow.ordinal))),
        detections=detections,
        sightings=sightings,
        surveys=map(zone_survey, session.scalars(surveys)),
        efforts=effort_documents(efforts_of(session, flight.flight_id)),
        origin=origin_document(session, flight.flight_id),
    )
