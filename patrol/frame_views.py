"""The camera and pose each frame was logged with, so that its pixels can be measured later."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from ingest.camera import CameraIntrinsics
from ingest.frame import Flight
from ingest.pose import CameraPose
from ingest.projection import SeaView
from patrol.database import Database
from patrol.tables import Base


@dataclass(frozen=True)
class _Record:
    """What is kept of a view, as a document."""

    camera: CameraIntrinsics
    pose: CameraPose


_RECORDS = TypeAdapter(_Record)


class FrameViewRow(Base):
    """The camera and pose of a frame."""

    __tablename__ = "frame_views"

    flight_id: Mapped[str] = mapped_column(
        String(64), ForeignKey("flights.flight_id"), primary_key=True
    )
    frame_sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    document: Mapped[str]


class FrameViews:
    """Reads the views of frames; each call is one transaction."""

    def __init__(self, database: Database) -> None:
        """Work in a database that has been migrated."""
        self._database = database

    def of_frame(self, flight_id: str, frame_sha256: str) -> SeaView | None:
        """Return how a frame of a flight sees the sea.

        None for a frame logged before views were kept, and for a record that cannot be read.
        """
        query = select(FrameViewRow.document).where(
            FrameViewRow.flight_id == flight_id, FrameViewRow.frame_sha256 == frame_sha256
        )
        with Session(self._database.reader) as session:
            document = session.scalar(query)
        if document is None:
            return None
        try:
            record = _RECORDS.validate_json(document)
        except ValidationError:
            return None
        return SeaView(record.camera, record.pose)

    def of_flight(self, flight_id: str) -> dict[str, SeaView]:
        """Return how a flight's frames see the sea, by their SHA-256; those `of_frame` knows."""
        with Session(self._database.reader) as session:
            return {
                sha256: SeaView(record.camera, record.pose)
                for sha256, record in _records(session, flight_id)
            }


def stored_poses(session: Session, flight_id: str) -> dict[str, CameraPose]:
    """Return the poses of a flight's frames by their SHA-256, of those that can be read."""
    return {sha256: record.pose for sha256, record in _records(session, flight_id)}


def _records(session: Session, flight_id: str) -> Iterator[tuple[str, _Record]]:
    query = select(FrameViewRow).where(FrameViewRow.flight_id == flight_id)
    for row in session.scalars(query):
        with suppress(ValidationError):
            yield row.frame_sha256, _RECORDS.validate_json(row.document)


def insert_views(session: Session, flight: Flight) -> None:
    """Keep the view of every frame of a flight whose own row is written."""
    by_frame = {frame.sha256: frame for frame in flight.frames}
    session.add_all(
        FrameViewRow(
            flight.flight_id,
            sha256,
            _RECORDS.dump_json(_Record(frame.camera, frame.pose)).decode(),
        )
        for sha256, frame in by_frame.items()
    )
