"""Received flights waiting for a worker: leases, progress, what each frame gave, files that fail.

A worker holds a flight by a lease that it renews. Everything it writes names the lease, so that one
which was thought dead and was only slow can change nothing once another has taken over.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import and_, delete, or_, select, update
from sqlalchemy.orm import Session

from ingest.errors import LibongError
from patrol.database import Database
from patrol.uploads import UnknownUpload, Upload, UploadState, UploadStateError
from patrol.uploads_rows import FileTryRow, FrameLookRow, UploadFileRow, UploadRow, upload_of

# Workers that end without a word (killed, out of memory, power cut) this often in a row on one
# flight, without having finished a single frame more, will not fare better the next time.
MOST_IDLE_CLAIMS = 25
# Longer than any worker's lease: one that ends later than that was given by another clock.
_CLOCK_SET_BACK = timedelta(hours=1)


class LeaseLost(LibongError, RuntimeError):  # noqa: N818  says what is wrong without "Error"
    """Another worker has the flight by now."""


@dataclass(frozen=True)
class Claim:
    """A flight that a worker holds; `idle_claims` counts this claim and those that came to nothing.

    A flight that is claimed the first time, or right after a frame was done, has one.
    """

    upload: Upload
    lease_token: str
    idle_claims: int


@dataclass(frozen=True)
class StoredLook:
    """What a frame gave, as a document, and the hash of all that it was made from."""

    frame_sha256: str
    inputs_sha256: str
    document: str


@dataclass(frozen=True)
class FailedFile:
    """A file that made the software fail: how often, and how it did last."""

    sha256: str
    tries: int
    reason: str


class FlightQueue:
    """Hands received flights to workers; each call is one transaction."""

    def __init__(self, database: Database) -> None:
        """Work in a database that has been migrated."""
        self._database = database

    def now(self) -> datetime:
        """Return the time that leases go by: a worker's own clock may be minutes off another's."""
        return self._database.now()

    def claim(self, now: datetime, lease: timedelta) -> Claim | None:
        """Take the flight that waits longest, or one whose worker went silent; None without one."""
        until = UploadRow.lease_until_utc
        # a lease by another clock might last for years; who still holds a flight renews it by the
        # clock as it is now
        over = or_(until.is_(None), until < now, until > now + lease + _CLOCK_SET_BACK)
        free = or_(
            UploadRow.state == UploadState.RECEIVED.value,
            and_(UploadRow.state == UploadState.PROCESSING.value, over),
        )
        next_one = (
            select(UploadRow)
            .where(free)
            .order_by(UploadRow.received_at_utc, UploadRow.upload_id)
            .limit(1)
            # other workers pass over a row that is being taken; SQLite lets one writer in at a time
            .with_for_update(skip_locked=True)
        )
        with self._writing() as session, session.begin():
            while (row := session.scalar(next_one)) is not None:
                row.idle_claims += 1
                if row.idle_claims > MOST_IDLE_CLAIMS:
                    row.state = UploadState.FAILED.value
                    row.fault = (
                        f"the worker ended {MOST_IDLE_CLAIMS} times without getting further; "
                        "look for a lack of memory, then `libong flights retry`"
                    )
                    session.flush()
                    continue
                row.state = UploadState.PROCESSING.value
                row.lease_token, row.lease_until_utc = uuid4().hex, now + lease
                session.flush()
                files = select(UploadFileRow).where(UploadFileRow.upload_id == row.upload_id)
                ordered = session.scalars(files.order_by(UploadFileRow.ordinal))
                return Claim(upload_of(row, ordered), row.lease_token, row.idle_claims)
        return None

    def renew(self, claim: Claim, now: datetime, lease: timedelta) -> None:
        """Hold a flight for longer; raises LeaseLost."""
        with self._writing() as session, session.begin():
            _change(session, claim, lease_until_utc=now + lease)

    def report(self, claim: Claim, stage: str, done: int, total: int, now: datetime) -> None:
        """Tell how far the work is; raises LeaseLost."""
        with self._writing() as session, session.begin():
            row = _held(session, claim)
            if row.stage != stage:
                row.stage, row.stage_began_utc = stage, now
            row.frames_done, row.frames_total = done, total

    def keep_look(self, claim: Claim, look: StoredLook, done: int, total: int) -> None:
        """Keep what a frame gave, with how far the work is by now; raises LeaseLost."""
        with self._writing() as session, session.begin():
            row = _held(session, claim)
            row.frames_done, row.frames_total, row.idle_claims = done, total, 0
            session.merge(
                FrameLookRow(
                    upload_id=row.upload_id,
                    frame_sha256=look.frame_sha256,
                    inputs_sha256=look.inputs_sha256,
                    document=look.document,
                )
            )

    def looks(self, upload_id: str) -> dict[str, StoredLook]:
        """Return what an upload's frames gave so far, by the frame's SHA-256."""
        query = select(FrameLookRow).where(FrameLookRow.upload_id == upload_id)
        with Session(self._database.reader) as session:
            return {
                row.frame_sha256: StoredLook(row.frame_sha256, row.inputs_sha256, row.document)
                for row in session.scalars(query)
            }

    def count_failure(self, claim: Claim, sha256: str, reason: str) -> FailedFile:
        """Count that a file made the software fail; raises LeaseLost."""
        with self._writing() as session, session.begin():
            upload_id = _held(session, claim).upload_id
            row = session.get(FileTryRow, (upload_id, sha256))
            if row is None:
                row = FileTryRow(upload_id=upload_id, sha256=sha256, tries=0, reason="")
                session.add(row)
            row.tries, row.reason = row.tries + 1, reason
            return FailedFile(sha256, row.tries, reason)

    def failures(self, upload_id: str) -> dict[str, FailedFile]:
        """Return an upload's files that made the software fail, by SHA-256."""
        query = select(FileTryRow).where(FileTryRow.upload_id == upload_id)
        with Session(self._database.reader) as session:
            return {
                row.sha256: FailedFile(row.sha256, row.tries, row.reason)
                for row in session.scalars(query)
            }

    def finish(self, claim: Claim, flight_id: str) -> None:
        """Note that the flight is logged, and let go of it; raises LeaseLost."""
        with self._writing() as session, session.begin():
            row = _held(session, claim)
            row.state, row.flight_id, row.fault = UploadState.READY.value, flight_id, None
            row.lease_token = row.lease_until_utc = None
            # what the frames gave is in the flight's own tables now
            session.execute(
                delete(FrameLookRow).where(FrameLookRow.upload_id == claim.upload.upload_id)
            )

    def let_go(self, claim: Claim) -> None:
        """Put a flight back in line, for any worker to take at once; raises LeaseLost.

        The claim counts as if it had not been: this worker ended with a word.
        """
        with self._writing() as session, session.begin():
            row = _held(session, claim)
            row.state, row.lease_token, row.lease_until_utc = UploadState.RECEIVED.value, None, None
            row.idle_claims = max(0, row.idle_claims - 1)

    def fail(self, claim: Claim, fault: str) -> None:
        """Give a flight up, with the reason; raises LeaseLost."""
        with self._writing() as session, session.begin():
            _change(
                session,
                claim,
                state=UploadState.FAILED.value,
                fault=fault,
                lease_token=None,
                lease_until_utc=None,
            )

    def retry(self, upload_id: str) -> None:
        """Put a flight that was given up back in line, its files with new tries.

        Raises UnknownUpload, and UploadStateError when it was not given up.
        """
        with self._writing() as session, session.begin():
            row = session.get(UploadRow, upload_id) if upload_id.isalnum() else None
            if row is None:
                raise UnknownUpload(f"no upload {upload_id!r}; `libong flights list` lists them")
            if row.state != UploadState.FAILED.value:
                raise UploadStateError(f"upload {upload_id} is {row.state}; only failed ones wait")
            row.state, row.fault, row.idle_claims = UploadState.RECEIVED.value, None, 0
            session.execute(delete(FileTryRow).where(FileTryRow.upload_id == upload_id))

    def _writing(self) -> Session:
        return Session(self._database.writer, expire_on_commit=False)


def _held(session: Session, claim: Claim) -> UploadRow:
    row = session.get(UploadRow, claim.upload.upload_id, with_for_update=True)
    if row is None or row.lease_token != claim.lease_token:
        raise LeaseLost(f"another worker has taken over the flight {claim.upload.upload_id}")
    return row


def _change(session: Session, claim: Claim, **values: object) -> None:
    done = session.execute(
        update(UploadRow)
        .where(
            UploadRow.upload_id == claim.upload.upload_id,
            UploadRow.lease_token == claim.lease_token,
        )
        .values(**values)
    )
    if done.rowcount != 1:  # type: ignore[attr-defined]  # of an UPDATE, always a CursorResult
        raise LeaseLost(f"another worker has taken over the flight {claim.upload.upload_id}")
