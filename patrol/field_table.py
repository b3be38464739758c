"""What a flight was logged from, in the database: its whole record, and where it was made."""

import json
import zlib
from hashlib import sha256
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, Session, mapped_column

from patrol.database import Database
from patrol.field_flight import FieldSource
from patrol.tables import Base

# Names and numbers shrink to a tenth; more than this is no flight's record.
_MOST_BYTES = 1 << 30


class FlightRecordRow(Base):
    """All that was read and found of a flight, as a compressed document."""

    __tablename__ = "flight_records"

    flight_id: Mapped[str] = mapped_column(
        String(64), ForeignKey("flights.flight_id"), primary_key=True
    )
    document: Mapped[bytes] = mapped_column(LargeBinary)


class FieldFlightRow(Base):
    """Where a flight was processed that came from the field."""

    __tablename__ = "field_flights"

    flight_id: Mapped[str] = mapped_column(
        String(64), ForeignKey("flights.flight_id"), primary_key=True
    )
    sender: Mapped[str] = mapped_column(String(64))
    bundle_sha256: Mapped[str] = mapped_column(String(64))
    model_known: Mapped[bool]
    pictures: Mapped[str]


class FlightOrigins:
    """Reads what flights were logged from; each call is one transaction."""

    def __init__(self, database: Database) -> None:
        """Work in a database that has been migrated."""
        self._database = database

    def record(self, flight_id: str) -> bytes | None:
        """Return the record of a flight as it was logged; None for one of an earlier version."""
        with Session(self._database.reader) as session:
            row = session.get(FlightRecordRow, flight_id)
            return None if row is None else _unpacked(row)

    def field_source(self, flight_id: str) -> FieldSource | None:
        """Return where a flight was processed; None for one that was processed here."""
        with Session(self._database.reader) as session:
            return stored_source(session, flight_id)


def stored_source(session: Session, flight_id: str) -> FieldSource | None:
    """Return where a flight was processed; None for one that was processed here."""
    row = session.get(FieldFlightRow, flight_id)
    return None if row is None else _source(row)


def insert_origin(
    session: Session, flight_id: str, record: bytes, source: FieldSource | None
) -> None:
    """Keep the record of a flight whose own row is written, and where it was made."""
    if record:
        session.add(FlightRecordRow(flight_id, zlib.compress(record)))
    if source is not None:
        session.add(
            FieldFlightRow(
                flight_id,
                source.sender,
                source.bundle_sha256,
                source.model_known,
                json.dumps(dict(source.pictures), sort_keys=True),
            )
        )


def origin_document(session: Session, flight_id: str) -> dict[str, Any]:
    """Return what the ledger says of a flight's origin; nothing for one logged without."""
    said: dict[str, Any] = {}
    record = session.get(FlightRecordRow, flight_id)
    if record is not None:
        said["record"] = sha256(_unpacked(record)).hexdigest()
    source = stored_source(session, flight_id)
    if source is not None:
        said["field"] = {
            "sender": source.sender,
            "bundle": source.bundle_sha256,
            "model_known": source.model_known,
            "pictures": dict(source.pictures),
        }
    return said


def _unpacked(row: FlightRecordRow) -> bytes:
    # a changed row is told as a fault of the ledger, whatever it was changed to
    try:
        return zlib.decompressobj().decompress(row.document, _MOST_BYTES)
    except zlib.error as error:
        raise ValueError(f"the record of flight {row.flight_id} is damaged") from error


def _source(row: FieldFlightRow) -> FieldSource:
    return FieldSource(row.sender, row.bundle_sha256, row.model_known, json.loads(row.pictures))
