"""The tables of flights on their way, as SQLAlchemy maps them, and what their rows mean."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from patrol.tables import Base
from patrol.uploads import FileRefusal, FileState, Progress, Upload, UploadFile, UploadState


class DeviceTokenRow(Base):
    """A token of one device of a user: its hash, never the token."""

    __tablename__ = "device_tokens"

    token_id: Mapped[str] = mapped_column(String(16), primary_key=True)
    owner: Mapped[str] = mapped_column(String(64), ForeignKey("users.name"), index=True)
    label: Mapped[str]
    token_sha256: Mapped[str] = mapped_column(String(64))
    created_at_utc: Mapped[datetime]
    revoked_at_utc: Mapped[datetime | None]


class UploadRow(Base):
    """An upload; `idle_claims` counts the workers that took it up and got nowhere since."""

    __tablename__ = "uploads"
    __table_args__ = (
        Index(None, "state", "received_at_utc"),
        Index(None, "owner", "manifest_sha256", unique=True),
    )

    upload_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    owner: Mapped[str] = mapped_column(String(64), ForeignKey("users.name"))
    name: Mapped[str]
    manifest_sha256: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(16))
    created_at_utc: Mapped[datetime]
    expires_at_utc: Mapped[datetime]
    received_at_utc: Mapped[datetime | None] = mapped_column(default=None)
    flight_id: Mapped[str | None] = mapped_column(
        String(64), ForeignKey("flights.flight_id"), index=True, default=None
    )
    fault: Mapped[str | None] = mapped_column(default=None)
    stage: Mapped[str | None] = mapped_column(String(16), default=None)
    stage_began_utc: Mapped[datetime | None] = mapped_column(default=None)
    frames_done: Mapped[int] = mapped_column(default=0)
    frames_total: Mapped[int] = mapped_column(default=0)
    lease_token: Mapped[str | None] = mapped_column(String(32), default=None)
    lease_until_utc: Mapped[datetime | None] = mapped_column(default=None)
    idle_claims: Mapped[int] = mapped_column(default=0)


class UploadFileRow(Base):
    """A file of an upload."""

    __tablename__ = "upload_files"
    __table_args__ = (Index(None, "upload_id", "ordinal", unique=True),)

    file_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    upload_id: Mapped[str] = mapped_column(String(32), ForeignKey("uploads.upload_id"))
    ordinal: Mapped[int]
    path: Mapped[str]
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    state: Mapped[str] = mapped_column(String(16))
    wrong_hashes: Mapped[int] = mapped_column(default=0)
    code: Mapped[str | None] = mapped_column(default=None)
    text: Mapped[str | None] = mapped_column(default=None)
    remedy: Mapped[str | None] = mapped_column(default=None)


class FrameLookRow(Base):
    """What one frame of an upload gave, kept until the whole flight is logged."""

    __tablename__ = "frame_looks"

    upload_id: Mapped[str] = mapped_column(
        String(32), ForeignKey("uploads.upload_id"), primary_key=True
    )
    frame_sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    inputs_sha256: Mapped[str] = mapped_column(String(64))
    document: Mapped[str]


class FileTryRow(Base):
    """How often a file made the software fail, and how it did last."""

    __tablename__ = "file_tries"

    upload_id: Mapped[str] = mapped_column(
        String(32), ForeignKey("uploads.upload_id"), primary_key=True
    )
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    tries: Mapped[int]
    reason: Mapped[str]


def upload_file_of(row: UploadFileRow) -> UploadFile:
    """Return the file of a row."""
    refusal = None if row.code is None else FileRefusal(row.code, row.text or "", row.remedy or "")
    return UploadFile(
        row.file_id,
        row.upload_id,
        row.path,
        row.size_bytes,
        row.sha256,
        FileState(row.state),
        refusal,
    )


def upload_of(row: UploadRow, files: Iterable[UploadFileRow]) -> Upload:
    """Return the upload of a row, with its files in order."""
    progress = None
    if row.stage is not None and row.stage_began_utc is not None:
        progress = Progress(row.stage, row.frames_done, row.frames_total, row.stage_began_utc)
    return Upload(
        upload_id=row.upload_id,
        owner=row.owner,
        name=row.name,
        state=UploadState(row.state),
        created_at_utc=row.created_at_utc,
        expires_at_utc=row.expires_at_utc,
        received_at_utc=row.received_at_utc,
        flight_id=row.flight_id,
        fault=row.fault,
        progress=progress,
        files=tuple(map(upload_file_of, files)),
    )
