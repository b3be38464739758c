"""Summaries of flights, counted by the database, a page of them at a time."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

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
    frame_of_it = FrameRow.flight_id == FlightRow.flight_id
    query = (
        select(
            FlightRow,
            select(func.count(FrameRow.ordinal)).where(frame_of_it).scalar_subquery(),
            select(func.min(FrameRow.taken_at_utc)).where(frame_of_it).scalar_subquery(),
            select(func.max(FrameRow.taken_at_utc)).where(frame_of_it).scalar_subquery(),
            select(func.count(DetectionRow.ordinal))
            .where(DetectionRow.flight_id == FlightRow.flight_id)
            .scalar_subquery(),
            select(func.count(SightingRow.ordinal))
            .where(SightingRow.flight_id == FlightRow.flight_id)
            .scalar_subquery(),
        )
        .where(*within)
        .order_by(FlightRow.received_at_utc.desc(), FlightRow.flight_id)
        .limit(limit)
        .offset(offset or None)
    )
    found = session.execute(query).all()
    refused = _refused(session, [flight.flight_id for flight, *_ in found])
    return tuple(
        FlightSummary(
            flight_id=flight.flight_id,
            site_id=flight.site_id,
            received_at_utc=flight.received_at_utc,
            first_taken_utc=first,
            last_taken_utc=last,
            frames=frames,
            refused=tuple(map(refused_file, refused.get(flight.flight_id, ()))),
            detections=detections,
            sightings=sightings,
            model_sha256=flight.model_sha256,
        )
        for flight, frames, first, last, detections, sightings in found
    )


def _refused(session: Session, flight_ids: Sequence[str]) -> dict[str, list[RefusedFileRow]]:
    refused: dict[str, list[RefusedFileRow]] = {}
    for piece in pieces(flight_ids):
        of_these = select(RefusedFileRow).where(RefusedFileRow.flight_id.in_(piece))
        for row in session.scalars(of_these.order_by(RefusedFileRow.ordinal)):
            refused.setdefault(row.flight_id, []).append(row)
    return refused
