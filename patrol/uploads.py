"""What a ranger sends at once: its files, how far each has come, and what became of the flight."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ingest.errors import LibongError


class UploadState(StrEnum):
    """How far a flight has come, in this order; `FAILED` in place of `READY`."""

    OPEN = "open"
    RECEIVED = "received"
    PROCESSING = "processing"
    READY = "ready"
    FAILED = "failed"


class FileState(StrEnum):
    """Whether a file is still to come, kept and verified, or refused."""

    WAITING = "waiting"
    STORED = "stored"
    REFUSED = "refused"


class UploadError(LibongError, ValueError):
    """Something sent that is against the rules of sending."""


class UnknownUpload(LibongError, LookupError):  # noqa: N818  says what is wrong without "Error"
    """No such upload, or not one that this user may see."""


class UploadStateError(LibongError, ValueError):
    """A step that an upload's state does not allow."""


class QuotaError(LibongError, ValueError):
    """More than a user may send, or than the disk holds."""


class UploadExpired(LibongError, ValueError):  # noqa: N818
    """An unfinished upload that waited too long; announcing it again takes it up where it was."""


class OffsetError(LibongError, ValueError):
    """Bytes that do not follow those that are there."""


@dataclass(frozen=True)
class UploadPolicy:
    """What a user may send, and how long unfinished uploads wait."""

    # A day of four batteries of film at 100 Mbit/s is 60 GB; this is for the rolling `quota_days`.
    quota_bytes: int = 200 << 30
    quota_days: int = 30
    # As ingest.archive: half an hour of film, a battery's worth, at 70 Mbit/s.
    max_file_bytes: int = 16 << 30
    # As ingest.archive: five drones that take a photo every five seconds for two hours.
    max_files: int = 10_000
    # Left free on the disk, for the database and its log.
    keep_free_bytes: int = 1 << 30
    # From the last byte received; a season of bad weather can keep a ranger from the network.
    unfinished_days: int = 14


@dataclass(frozen=True)
class FileOffer:
    """A file that a client means to send: its path within the flight, size and SHA-256."""

    path: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True)
class FileRefusal:
    """Why a file was refused, by a stable code, and what to do."""

    code: str
    text: str
    remedy: str


@dataclass(frozen=True)
class UploadFile:
    """A file of an upload. `refusal` is set for refused ones, and tells of a failed first try."""

    file_id: str
    upload_id: str
    path: str
    size_bytes: int
    sha256: str
    state: FileState
    refusal: FileRefusal | None


@dataclass(frozen=True)
class Progress:
    """How far the processing is: `done` of `total` in a stage that began at `began_at_utc`."""

    stage: str
    done: int
    total: int
    began_at_utc: datetime

    def seconds_left(self, now: datetime) -> float | None:
        """Return the time left in this stage at the pace so far; None before there is a pace."""
        if not self.done or self.done > self.total:
            return None
        spent_s = (now - self.began_at_utc).total_seconds()
        if spent_s <= 0:  # `now` is of a clock behind the one that the stage began by
            return None
        return spent_s / self.done * (self.total - self.done)


@dataclass(frozen=True)
class Upload:
    """What one user sent, or is sending, at once. `flight_id` is set when the flight is logged."""

    upload_id: str
    owner: str
    name: str
    state: UploadState
    created_at_utc: datetime
    expires_at_utc: datetime
    received_at_utc: datetime | None
    flight_id: str | None
    fault: str | None
    progress: Progress | None
    files: tuple[UploadFile, ...]

    def expired(self, now: datetime) -> bool:
        """Return whether it waited too long for the rest of its files."""
        return self.state is UploadState.OPEN and now >= self.expires_at_utc

    def in_state(self, state: FileState) -> Sequence[UploadFile]:
        """Return the files in a state."""
        return [file for file in self.files if file.state is state]
