"""Uploads in the database: what was announced, what has come, what was refused."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import uuid4

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from patrol.database import Database
from patrol.tables import UserRow
from patrol.uploads import (
    FileOffer,
    FileRefusal,
    FileState,
    UnknownUpload,
    Upload,
    UploadError,
    UploadFile,
    UploadState,
    UploadStateError,
)
from patrol.uploads_quota import Quota, check_quota
from patrol.uploads_rows import UploadFileRow, UploadRow, upload_file_of, upload_of

_PIECE = 500  # values in one query; databases have limits


@dataclass(frozen=True)
class NewFile:
    """A file to enter: as offered, and kept already or refused at once where that is so."""

    offer: FileOffer
    state: FileState = FileState.WAITING
    refusal: FileRefusal | None = None


def manifest_sha256(offers: Iterable[FileOffer]) -> str:
    """Return what names a set of files: the same files make the same upload, in any order."""
    lines = sorted(f"{offer.sha256} {offer.size_bytes} {offer.path}" for offer in offers)
    return sha256("\n".join(lines).encode()).hexdigest()


class UploadTable:
    """Uploads and their files; each call is one transaction."""

    def __init__(self, database: Database) -> None:
        """Work in a database that has been migrated."""
        self._database = database

    def find(self, owner: str, manifest: str) -> Upload | None:
        """Return the upload of a user that was announced with these files, if there is one."""
        query = select(UploadRow).where(
            UploadRow.owner == owner, UploadRow.manifest_sha256 == manifest
        )
        with self._reading() as session:
            row = session.scalar(query)
            return None if row is None else _upload(session, row)

    def add(
        self,
        owner: str,
        name: str,
        manifest: str,
        files: Sequence[NewFile],
        *,
        at_utc: datetime,
        expires_at_utc: datetime,
        quota: Quota,
    ) -> Upload:
        """Enter an upload; one that was announced meanwhile with the same files is returned.

        Raises QuotaError.
        """
        with self._writing() as session, session.begin():
            # two of the same would both find that there is none; the user's row makes them queue
            session.get(UserRow, owner, with_for_update=True)
            known = session.scalar(
                select(UploadRow).where(
                    UploadRow.owner == owner, UploadRow.manifest_sha256 == manifest
                )
            )
            if known is not None:
                return _upload(session, known)
            check_quota(session, owner, quota)
            row = UploadRow(
                upload_id=uuid4().hex,
                owner=owner,
                name=name,
                manifest_sha256=manifest,
                state=UploadState.OPEN.value,
                created_at_utc=at_utc,
                expires_at_utc=expires_at_utc,
            )
            session.add(row)
            session.flush()
            session.add_all(
                _file_row(row.upload_id, ordinal, new) for ordinal, new in enumerate(files)
            )
            session.flush()
            return _upload(session, row)

    def add_file(self, owner: str, upload_id: str, new: NewFile, quota: Quota) -> UploadFile:
        """Enter a further file of an open upload, or return it when it is there already.

        Raises UploadStateError when the upload is open no more or has another file of this path,
        UploadError when it has as many files as it may, and QuotaError.
        """
        with self._writing() as session, session.begin():
            session.get(UserRow, owner, with_for_update=True)  # before the upload's, as in `add`
            upload = _locked(session, upload_id, UploadState.OPEN)
            query = select(UploadFileRow).where(UploadFileRow.upload_id == upload.upload_id)
            rows = session.scalars(query).all()
            for row in rows:
                if row.path == new.offer.path:
                    if (row.sha256, row.size_bytes) != (new.offer.sha256, new.offer.size_bytes):
                        raise UploadStateError(
                            f"the flight has another file {new.offer.path!a} already; "
                            "give this one another name"
                        )
                    return upload_file_of(row)
            if len(rows) >= quota.policy.max_files:
                raise UploadError(f"a flight may have {quota.policy.max_files} files")
            check_quota(session, owner, quota)
            row = _file_row(upload_id, len(rows), new)
            session.add(row)
            session.flush()
            return upload_file_of(row)

    def upload(self, upload_id: str) -> Upload:
        """Return an upload; raises UnknownUpload."""
        with self._reading() as session:
            row = session.get(UploadRow, upload_id) if upload_id.isalnum() else None
            if row is None:
                raise UnknownUpload("there is no such upload; announce the flight's files first")
            return _upload(session, row)

    def uploads(self, owner: str | None = None) -> tuple[Upload, ...]:
        """Return a user's uploads, or everybody's, the newest first."""
        query = select(UploadRow).order_by(UploadRow.created_at_utc.desc(), UploadRow.upload_id)
        if owner is not None:
            query = query.where(UploadRow.owner == owner)
        with self._reading() as session:
            return tuple(_upload(session, row) for row in session.scalars(query).all())

    def unfinished(self) -> tuple[Upload, ...]:
        """Return everybody's uploads that have become no logged flight, the newest first."""
        query = (
            select(UploadRow)
            .where(UploadRow.state != UploadState.READY.value)
            .order_by(UploadRow.created_at_utc.desc(), UploadRow.upload_id)
        )
        with self._reading() as session:
            return tuple(_upload(session, row) for row in session.scalars(query).all())

    def file(self, file_id: str) -> UploadFile:
        """Return a file; raises UnknownUpload."""
        with self._reading() as session:
            row = session.get(UploadFileRow, file_id) if file_id.isalnum() else None
            if row is None:
                raise UnknownUpload("there is no such file; announce the flight's files first")
            return upload_file_of(row)

    def sent_by(self, owner: str, sha256s: Collection[str]) -> frozenset[str]:
        """Return those of the hashes whose bytes this user has sent before."""
        query = (
            select(UploadFileRow.sha256)
            .join(UploadRow, UploadRow.upload_id == UploadFileRow.upload_id)
            .where(UploadRow.owner == owner, UploadFileRow.state == FileState.STORED.value)
        )
        wanted = sorted(sha256s)
        with self._reading() as session:
            return frozenset(
                found
                for start in range(0, len(wanted), _PIECE)
                for found in session.scalars(
                    query.where(UploadFileRow.sha256.in_(wanted[start : start + _PIECE]))
                )
            )

    def reopen(
        self, owner: str, upload_id: str, *, expires_at_utc: datetime, quota: Quota
    ) -> Upload:
        """Let an open upload wait anew.

        One that waited too long counts again, so that this may raise QuotaError.
        """
        with self._writing() as session, session.begin():
            session.get(UserRow, owner, with_for_update=True)  # before the upload's, as in `add`
            row = _locked(session, upload_id, None)
            if row.state == UploadState.OPEN.value:
                if row.expires_at_utc <= quota.now:
                    check_quota(session, owner, quota, but=upload_id)
                row.expires_at_utc = expires_at_utc
            session.flush()
            return _upload(session, row)

    def prolong(self, upload_id: str, expires_at_utc: datetime) -> None:
        """Let an open upload wait until then."""
        with self._writing() as session, session.begin():
            session.execute(
                update(UploadRow)
                .where(UploadRow.upload_id == upload_id, UploadRow.state == UploadState.OPEN.value)
                .values(expires_at_utc=expires_at_utc)
            )

    def keep(self, file: UploadFile) -> None:
        """Note that a file's bytes are verified and in the media store, its twins' with it."""
        with self._writing() as session, session.begin():
            session.execute(
                update(UploadFileRow)
                .where(
                    UploadFileRow.upload_id == file.upload_id,
                    UploadFileRow.sha256 == file.sha256,
                    UploadFileRow.state == FileState.WAITING.value,
                )
                .values(state=FileState.STORED.value, code=None, text=None, remedy=None)
            )

    def refuse(self, file: UploadFile, refusal: FileRefusal) -> None:
        """Refuse a file that is still waiting."""
        with self._writing() as session, session.begin():
            session.execute(
                update(UploadFileRow)
                .where(
                    UploadFileRow.file_id == file.file_id,
                    UploadFileRow.state == FileState.WAITING.value,
                )
                .values(
                    state=FileState.REFUSED.value,
                    code=refusal.code,
                    text=refusal.text,
                    remedy=refusal.remedy,
                )
            )

    def count_wrong_hash(self, file: UploadFile, refusal: FileRefusal) -> int:
        """Note that all bytes came and were others than announced; returns how often by now."""
        with self._writing() as session, session.begin():
            row = session.get_one(UploadFileRow, file.file_id, with_for_update=True)
            row.wrong_hashes += 1
            row.code, row.text, row.remedy = refusal.code, refusal.text, refusal.remedy
            return row.wrong_hashes

    def receive(self, upload_id: str, at_utc: datetime) -> Upload:
        """Take an upload as complete: nothing waits, something is kept. Twice changes nothing.

        Raises UploadStateError naming what is missing.
        """
        with self._writing() as session, session.begin():
            row = _locked(session, upload_id, None)
            upload = _upload(session, row)
            if upload.state is not UploadState.OPEN:
                return upload
            waiting = upload.in_state(FileState.WAITING)
            if waiting:
                raise UploadStateError(
                    f"{len(waiting)} of {len(upload.files)} files have not come completely, "
                    f"{waiting[0].path!a} among them; send them, or say that they are left out"
                )
            if not upload.in_state(FileState.STORED):
                raise UploadStateError("no file of this flight could be kept; send other files")
            row.state, row.received_at_utc = UploadState.RECEIVED.value, at_utc
            session.flush()
            return _upload(session, row)

    def senders(self, flight_id: str) -> frozenset[str]:
        """Return the users who sent a logged flight; none when it was processed on the server."""
        query = select(UploadRow.owner).where(UploadRow.flight_id == flight_id)
        with self._reading() as session:
            return frozenset(session.scalars(query))

    def _reading(self) -> Session:
        return Session(self._database.reader)

    def _writing(self) -> Session:
        return Session(self._database.writer, expire_on_commit=False)


def _file_row(upload_id: str, ordinal: int, new: NewFile) -> UploadFileRow:
    refusal = new.refusal
    return UploadFileRow(
        file_id=uuid4().hex,
        upload_id=upload_id,
        ordinal=ordinal,
        path=new.offer.path,
        size_bytes=new.offer.size_bytes,
        sha256=new.offer.sha256,
        state=new.state.value,
        code=None if refusal is None else refusal.code,
        text=None if refusal is None else refusal.text,
        remedy=None if refusal is None else refusal.remedy,
    )


def _locked(session: Session, upload_id: str, state: UploadState | None) -> UploadRow:
    row = session.get(UploadRow, upload_id, with_for_update=True) if upload_id.isalnum() else None
    if row is None:
        raise UnknownUpload("there is no such upload; announce the flight's files first")
    if state is not None and row.state != state.value:
        raise UploadStateError(
            f"this flight is {row.state} and takes no more files; announce further ones as another"
        )
    return row


def _upload(session: Session, row: UploadRow) -> Upload:
    query = select(UploadFileRow).where(UploadFileRow.upload_id == row.upload_id)
    return upload_of(row, session.scalars(query.order_by(UploadFileRow.ordinal)))
