"""Summaries of flights, counted by the database, a page of them at a time."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from patrol.flight_log import FlightPage, FlightSummary
from patrol.records import pieces
from patrol.rows import refused_file
from patrol.tables import DetectionRow, FlightRow, FrameRow, RefusedFileRow, SightingRow
from patrol.uploads_rows import UploadRow
from patrol.witness_report import MARKS


def flight_summary(session: Session, flight_id: str) -> FlightSummary:
    """Return the summary of one flight, or of a person's report; raises KeyError without one."""
    found = _summaries(session, [FlightRow.flight_id == flight_id], 1, 0)
    if not found:
        raise KeyError(flight_id)
    return found[0]


def flight_summaries(session: Session) -> tuple[FlightSummary, ...]:
    """Return the summaries of all flights, the last received first."""
    return _summaries(session, _flights_alone(), None, 0)


def flight_page(
    session: Session, *, limit: int, offset: int, for_sender: str | None = None
) -> FlightPage:
    """Return up to `limit` flights after the first `offset`, the last received first.

    For a sender the flights are left out that only others sent.
    """
    within = _flights_alone()
    if for_sender is not None:
        sent = select(UploadRow.flight_id).where(UploadRow.flight_id == FlightRow.flight_id)
        within.append(~sent.exists() | sent.where(UploadRow.owner == for_sender).exists())
    total = session.scalar(select(func.count()).select_from(FlightRow).where(*within)) or 0
    return FlightPage(_summaries(session, within, limit, offset), total)


def _flights_alone() -> list[ColumnElement[bool]]:
    return [FlightRow.model_sha256.not_in(MARKS)]  # reports of people are kept as flights too


def _summaries(
    session: Session, within: Sequence[ColumnElement[bool]], limit: int | None, offset: int
) -> tuple[FlightSummary, ...]:
    query = (
        select(FlightRow)
        .where(*within)
        .order_by(FlightRow.received_at_utc.desc(), FlightRow.flight_id)
        .limit(limit)
        .offset(offset or None)
    )
    flights = session.scalars(query).all()
    flight_ids = [flight.flight_id for flight in flights]
    frames, refused = _frames(session, flight_ids), _refused(session, flight_ids)
    detections = _counts(session, DetectionRow.flight_id, flight_ids)
    sightings = _counts(session, SightingRow.flight_id, flight_ids)
    return tuple(
        FlightSummary(
            flight_id=flight.flight_id,
            site_id=flight.site_id,
            received_at_utc=flight.received_at_utc,
            first_taken_utc=frames[flight.flight_id].first_utc,
            last_taken_utc=frames[flight.flight_id].last_utc,
            frames=frames[flight.flight_id].number,
            refused=tuple(map(refused_file, refused.get(flight.flight_id, ()))),
            detections=detections[flight.flight_id],
            sightings=sightings[flight.flight_id],
            model_sha256=flight.model_sha256,
        )
        for flight in flights
    )


class _Frames(NamedTuple):
    number: int
    first_utc: datetime | None
    last_utc: datetime | None


def _frames(session: Session, flight_ids: Sequence[str]) -> Mapping[str, _Frames]:
    """Return how many frames each flight has, and when.

    For all of them at once: asked for one flight's first frame, PostgreSQL walks through the frames
    of all flights by their time until it meets one of its.
    """
    found = dict.fromkeys(flight_ids, _Frames(0, None, None))
    taken = FrameRow.taken_at_utc
    for piece in pieces(flight_ids):
        query = select(FrameRow.flight_id, func.count(), func.min(taken), func.max(taken)).where(
            FrameRow.flight_id.in_(piece)
        )
        for flight_id, number, first, last in session.execute(query.group_by(FrameRow.flight_id)):
            found[flight_id] = _Frames(number, first, last)
    return found


def _counts(
    session: Session, of_flight: InstrumentedAttribute[str], flight_ids: Sequence[str]
) -> Mapping[str, int]:
    """Return how many rows of a table each flight has."""
    found = dict.fromkeys(flight_ids, 0)
    for piece in pieces(flight_ids):
        query = select(of_flight, func.count()).where(of_flight.in_(piece)).group_by(of_flight)
        for flight_id, number in session.execute(query):
            found[flight_id] = number
    return found


def _refused(session: Session, flight_ids: Sequence[str]) -> dict[str, list[RefusedFileRow]]:
    refused: dict[str, list[RefusedFileRow]] = {}
    for piece in pieces(flight_ids):
        of_these = select(RefusedFileRow).where(RefusedFileRow.flight_id.in_(piece))
        for row in session.scalars(of_these.order_by(RefusedFileRow.ordinal)):
            refused.setdefault(row.flight_id, []).append(row)
    return refused
