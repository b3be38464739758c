"""The tables of the store, as SQLAlchemy maps them; `migrations/` builds them."""

from datetime import UTC, date, datetime
from typing import Annotated

from sqlalchemy import (
    BigInteger,
    Date,
    DateTime,
    Dialect,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    MetaData,
    String,
    Text,
    TypeDecorator,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedAsDataclass, mapped_column


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC time; SQLite, which has no zones, keeps it naive but in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware time into UTC; raises ValueError for a naive one."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"times in the store must be aware; got {value.isoformat()}")
        in_utc = value.astimezone(UTC)
        return in_utc.replace(tzinfo=None) if dialect.name == "sqlite" else in_utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the time back aware, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(MappedAsDataclass, DeclarativeBase):
    """Root of the mapped classes; named constraints so that later migrations can change them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012  read by SQLAlchemy as a class attribute
        datetime: UtcDateTime(),
        date: Date(),
        float: Double(),
        str: Text(),
    }


_FlightKey = Annotated[
    str, mapped_column(String(64), ForeignKey("flights.flight_id"), primary_key=True)
]


class FlightRow(Base):
    """A flight that was logged."""

    __tablename__ = "flights"

    flight_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    site_id: Mapped[str] = mapped_column(String(64), index=True)
    model_sha256: Mapped[str] = mapped_column(String(64))
    received_at_utc: Mapped[datetime] = mapped_column(index=True)


class FrameRow(Base):
    """A frame of a flight: enough to find the original again and to say where it was taken."""

    __tablename__ = "frames"

    flight_id: Mapped[_FlightKey]
    ordinal: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    file_name: Mapped[str]
    taken_at_utc: Mapped[datetime] = mapped_column(index=True)
    width_px: Mapped[int]
    height_px: Mapped[int]
    lon: Mapped[float]
    lat: Mapped[float]
    height_above_sea_m: Mapped[float]
    error_m: Mapped[float | None]


class RefusedFileRow(Base):
    """A file that did not become a frame."""

    __tablename__ = "refused_files"

    flight_id: Mapped[_FlightKey]
    ordinal: Mapped[int] = mapped_column(primary_key=True)
    path: Mapped[str]
    sha256: Mapped[str | None] = mapped_column(String(64))
    code: Mapped[str]
    text: Mapped[str]
    remedy: Mapped[str]


class SightingRow(Base):
    """A sighting; its detections carry its id."""

    __tablename__ = "sightings"
    __table_args__ = (Index(None, "object_class", "first_seen_utc"),)

    flight_id: Mapped[_FlightKey]
    sighting_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    ordinal: Mapped[int]
    object_class: Mapped[str]
    score: Mapped[float]
    lon: Mapped[float]
    lat: Mapped[float]
    error_m: Mapped[float]
    first_seen_utc: Mapped[datetime]
    last_seen_utc: Mapped[datetime]
    speed_m_s: Mapped[float | None]
    speed_sigma_m_s: Mapped[float | None]


class DetectionRow(Base):
    """A detection; `sighting_id` is empty for one that became no sighting."""

    __tablename__ = "detections"
    __table_args__ = (
        ForeignKeyConstraint(
            ["flight_id", "sighting_id"], ["sightings.flight_id", "sightings.sighting_id"]
        ),
    )

    flight_id: Mapped[_FlightKey]
    ordinal: Mapped[int] = mapped_column(primary_key=True)
    sighting_id: Mapped[str | None] = mapped_column(String(64))
    is_best: Mapped[bool]
    object_class: Mapped[str]
    score: Mapped[float]
    left_px: Mapped[float]
    top_px: Mapped[float]
    right_px: Mapped[float]
    bottom_px: Mapped[float]
    frame_sha256: Mapped[str] = mapped_column(String(64))
    taken_at_utc: Mapped[datetime | None]
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    error_m: Mapped[float | None]
    model_sha256: Mapped[str] = mapped_column(String(64))


class SurveyRow(Base):
    """How much of a zone a flight saw on a local day."""

    __tablename__ = "surveys"

    flight_id: Mapped[_FlightKey]
    zone_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    seen_fraction: Mapped[float]


class IncidentRow(Base):
    """An incident as it stands; how it came to stand there is in the ledger.

    `priority` is the rule's, `set_priority` what an officer set instead. Two more indices, of
    expressions, are built by migration 0015 alone.
    """

    __tablename__ = "incidents"
    __table_args__ = (
        Index(None, "occurred_at_utc"),
        Index(None, "state", "occurred_at_utc"),
        Index(None, "zone_id", "occurred_at_utc"),
        Index(None, "rule", "occurred_at_utc"),
        Index(None, "object_class", "occurred_at_utc"),
        Index(None, "assignee", "occurred_at_utc"),
    )

    incident_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    rule: Mapped[str]
    zone_id: Mapped[str | None] = mapped_column(String(64))
    object_class: Mapped[str]
    state: Mapped[str]
    priority: Mapped[str]
    certainty: Mapped[str]
    reason_th: Mapped[str]
    reason_en: Mapped[str]
    flight_id: Mapped[str] = mapped_column(String(64), ForeignKey("flights.flight_id"), index=True)
    sighting_id: Mapped[str] = mapped_column(String(64))
    score: Mapped[float]
    lon: Mapped[float]
    lat: Mapped[float]
    error_m: Mapped[float]
    occurred_at_utc: Mapped[datetime]
    frame_sha256: Mapped[str] = mapped_column(String(64))
    left_px: Mapped[float]
    top_px: Mapped[float]
    right_px: Mapped[float]
    bottom_px: Mapped[float]
    crop_sha256: Mapped[str | None] = mapped_column(String(64), index=True)
    version: Mapped[int]
    citation: Mapped[str]
    set_priority: Mapped[str | None] = mapped_column(String(16), default=None)
    assignee: Mapped[str | None] = mapped_column(String(64), default=None)
    joined_to: Mapped[str | None] = mapped_column(String(64), default=None, index=True)
    grounds: Mapped[str | None] = mapped_column(default=None)
    split_from: Mapped[str | None] = mapped_column(default=None)


class LedgerRow(Base):
    """An entry of the ledger; triggers refuse to change or delete one."""

    __tablename__ = "ledger"

    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at_utc: Mapped[str] = mapped_column(String(32))
    kind: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(64), index=True)
    payload: Mapped[str]
    previous_hash: Mapped[str] = mapped_column(String(64))
    entry_hash: Mapped[str] = mapped_column(String(64))


class LedgerHeadRow(Base):
    """Where the ledger ends: one row, which every writer locks first."""

    __tablename__ = "ledger_head"

    head_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sequence: Mapped[int]
    entry_hash: Mapped[str] = mapped_column(String(64))


class UserRow(Base):
    """Someone who may sign in; `factor_step` is the last step of the second factor that passed."""

    __tablename__ = "users"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    password_hash: Mapped[str]
    role: Mapped[str] = mapped_column(String(16))
    created_at_utc: Mapped[datetime]
    session_epoch: Mapped[int]
    closed_at_utc: Mapped[datetime | None] = mapped_column(default=None)
    factor_secret: Mapped[str | None] = mapped_column(String(64), default=None)
    factor_since_utc: Mapped[datetime | None] = mapped_column(default=None)
    factor_step: Mapped[int] = mapped_column(BigInteger, default=0)


class LabelRow(Base):
    """A version of what a person says is, or is not, in a box; the highest version holds."""

    __tablename__ = "labels"

    flight_id: Mapped[_FlightKey]
    label_key: Mapped[str] = mapped_column(String(64), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    frame_sha256: Mapped[str] = mapped_column(String(64))
    verdict: Mapped[str] = mapped_column(String(16))
    object_class: Mapped[str]
    left_px: Mapped[float]
    top_px: Mapped[float]
    right_px: Mapped[float]
    bottom_px: Mapped[float]
    origin: Mapped[str] = mapped_column(String(16))
    actor: Mapped[str] = mapped_column(String(64))
    role: Mapped[str] = mapped_column(String(16))
    at_utc: Mapped[datetime]
    model_sha256: Mapped[str | None] = mapped_column(String(64))


class FrameReviewRow(Base):
    """That a person said everything in a frame is labelled, or took that back."""

    __tablename__ = "frame_reviews"

    flight_id: Mapped[_FlightKey]
    frame_sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    complete: Mapped[bool]
    actor: Mapped[str] = mapped_column(String(64))
    role: Mapped[str] = mapped_column(String(16))
    at_utc: Mapped[datetime]
