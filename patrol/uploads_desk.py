"""Where flights arrive: bytes are appended to parts, whole files are verified and kept by content.

How far a file has come is the length of its part and nothing else, so that a server that is killed
at any moment knows, when it is back, exactly which byte comes next. Nothing that a user sent is
deleted here: what expired waits in its part, and is taken up when it is announced again; bytes that
turned out to be others than announced are moved aside.
"""

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import file_digest
from pathlib import Path

from ingest.disk_room import room_needed
from patrol.media import MediaStore
from patrol.uploads import (
    FileOffer,
    FileState,
    OffsetError,
    QuotaError,
    UnknownUpload,
    Upload,
    UploadError,
    UploadExpired,
    UploadFile,
    UploadPolicy,
    UploadState,
    UploadStateError,
)
from patrol.uploads_content import HEAD_BYTES, content_of
from patrol.uploads_offer import bytes_to_come, check_list, check_offer, judge_offer, refusal
from patrol.uploads_quota import Quota
from patrol.uploads_table import NewFile, UploadTable, manifest_sha256
from patrol.user import Role, User

# A bad copy is bad every time; without an end it would fill the disk with what is moved aside.
MOST_WRONG_HASHES = 3
_NO_ROOM_ADVICE = (
    "the server's disk is full; what was sent is kept. Tell who looks after it, keep the drone's "
    "card, and send the same files again when there is room"
)
_SEES_ALL = frozenset({Role.OFFICER, Role.ADMIN})


@dataclass(frozen=True)
class Desk:
    """Takes in what users send. `now` is the clock, aware UTC; `folder` holds the parts."""

    table: UploadTable
    media: MediaStore
    folder: Path
    policy: UploadPolicy
    now: Callable[[], datetime]

    def announce(self, user: User, name: str, offers: Sequence[FileOffer]) -> Upload:
        """Take note of a flight that is to come, and say what of it is here already.

        The same files announced again are the same upload: an unfinished one goes on where it was,
        also after it expired. Raises UploadError for a list that cannot be one, and QuotaError.
        """
        if not name.isprintable():
            raise UploadError(f"a flight's name must be printable; got {name[:80]!a}")
        check_list(offers, self.policy)
        manifest = manifest_sha256(offers)
        upload = self.table.find(user.name, manifest)
        now, expires = self.now(), self._expiry()
        if upload is None:
            new = self._judged(user, offers)
            wanted_bytes = bytes_to_come(n.offer for n in new if n.state is FileState.WAITING)
            self._check_disk(wanted_bytes)
            return self.table.add(
                user.name,
                name,
                manifest,
                new,
                at_utc=now,
                expires_at_utc=expires,
                quota=self._quota(wanted_bytes),
            )
        if upload.state is not UploadState.OPEN:
            return upload
        return self.table.reopen(
            user.name,
            upload.upload_id,
            expires_at_utc=expires,
            quota=self._quota(bytes_to_come(upload.in_state(FileState.WAITING))),
        )

    def add_file(self, user: User, upload_id: str, offer: FileOffer) -> UploadFile:
        """Take note of one more file of an open upload, or return it when it was announced."""
        upload = self.own_upload(user, upload_id)
        self._check_open(upload)
        check_offer(offer)
        (new,) = self._judged(user, [offer])
        wanted_bytes = offer.size_bytes if new.state is FileState.WAITING else 0
        if all(file.path != offer.path for file in upload.files):
            self._check_disk(wanted_bytes)
        return self.table.add_file(user.name, upload_id, new, self._quota(wanted_bytes))

    def own_upload(self, user: User, upload_id: str) -> Upload:
        """Return an upload of this user; raises UnknownUpload for any other."""
        upload = self.table.upload(upload_id)
        if upload.owner != user.name:
            raise UnknownUpload("there is no such upload; announce the flight's files first")
        return upload

    def visible_upload(self, user: User, upload_id: str) -> Upload:
        """Return an upload of this user, or any for those who see all; raises UnknownUpload."""
        if user.role in _SEES_ALL:
            return self.table.upload(upload_id)
        return self.own_upload(user, upload_id)

    def visible_uploads(self, user: User) -> tuple[Upload, ...]:
        """Return a user's uploads, or everybody's for those who see all; the newest first."""
        return self.table.uploads(None if user.role in _SEES_ALL else user.name)

    def own_file(self, user: User, file_id: str) -> UploadFile:
        """Return a file of this user.

        Raises UnknownUpload, and UploadExpired when it is unfinished and waited too long.
        """
        file = self.table.file(file_id)
        upload = self.own_upload(user, file.upload_id)
        if file.state is FileState.WAITING:
            self._check_open(upload)
        return file

    def offset(self, file: UploadFile) -> int:
        """Return how many bytes of a file are here: which one comes next."""
        if file.state is FileState.STORED:
            return file.size_bytes
        return self._part_bytes(file.upload_id, file.file_id)

    def append(self, file: UploadFile, offset: int, data: bytes) -> int:
        """Append bytes that follow the first `offset`; returns the new offset.

        Raises OffsetError when others are there by now: an earlier connection that was thought
        dead, say. Raises UploadError for more bytes than were announced, and DiskFull.
        """
        if offset + len(data) > file.size_bytes:
            raise UploadError(
                f"the file was announced with {file.size_bytes} bytes; more were sent"
            )
        part = self._part(file)
        with room_needed(_NO_ROOM_ADVICE), _locked(part) as handle:
            there = os.fstat(handle).st_size
            if there != offset:
                raise OffsetError(f"the next byte of this file is {there}; got {offset}")
            view = memoryview(data)
            while view:
                view = view[os.write(handle, view) :]
        return offset + len(data)

    def take_back(self, file: UploadFile, offset: int, until: int) -> None:
        """Drop the bytes from `offset` on that did not match the checksum sent with them.

        They were never acknowledged, and the sender still has them. Does nothing when others
        followed them meanwhile.
        """
        with _locked(self._part(file)) as handle:
            if os.fstat(handle).st_size == until:
                os.ftruncate(handle, offset)

    def settle(self, file: UploadFile) -> UploadFile:
        """Refuse a file of a wrong kind once its beginning is here; verify and keep a whole one."""
        there = self.offset(file)
        if file.state is not FileState.WAITING or not there:
            return file
        whole = there == file.size_bytes
        try:
            if whole or there >= HEAD_BYTES:
                self._check_content(file)
            self.table.prolong(file.upload_id, self._expiry())
            if whole and self.table.file(file.file_id).state is FileState.WAITING:
                self._verify(file)
        except FileNotFoundError:
            # another connection that was thought dead, or `finish`, has settled it meanwhile
            if self._part(file).exists():
                raise
        return self.table.file(file.file_id)

    def finish(self, user: User, upload_id: str, *, leave_out_missing: bool = False) -> Upload:
        """Take a flight as received: all its files are verified, or refused and told.

        `leave_out_missing` refuses those that have not come. Raises UploadStateError otherwise.
        """
        upload = self.own_upload(user, upload_id)
        if upload.state is not UploadState.OPEN:
            return upload
        self._check_open(upload)
        for file in upload.in_state(FileState.WAITING):
            # a server that died between the last byte and the check of the file left it to this
            if self.settle(file).state is FileState.WAITING and leave_out_missing:
                self.table.refuse(file, refusal("not_sent", "the file was announced, not sent"))
        return self.table.receive(upload_id, self.now())

    def _expiry(self) -> datetime:
        return self.now() + timedelta(days=self.policy.unfinished_days)

    def _check_open(self, upload: Upload) -> None:
        if upload.expired(self.now()):
            raise UploadExpired(
                f"this upload waited more than {self.policy.unfinished_days} days; announce the "
                "same files again and it goes on where it was"
            )
        if upload.state is not UploadState.OPEN:
            raise UploadStateError(
                f"this flight is {upload.state} and takes no more files; "
                "announce further ones as another flight"
            )

    def _judged(self, user: User, offers: Sequence[FileOffer]) -> list[NewFile]:
        """Say of each file whether it is refused at once, here already, or to be sent.

        Rangers are told of what they sent themselves alone: a hash is no proof of having the photo,
        and naming one must not bring another's into one's own flight.
        """
        wanted = {offer.sha256 for offer in offers}
        ours = wanted if user.role in _SEES_ALL else self.table.sent_by(user.name, wanted)
        here = {sha256 for sha256 in ours if self.media.has(sha256)}
        return [judge_offer(offer, here, self.policy) for offer in offers]

    def _check_disk(self, wanted_bytes: int) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        free = shutil.disk_usage(self.folder).free - self.policy.keep_free_bytes
        if wanted_bytes > free:
            raise QuotaError(
                f"this flight takes {wanted_bytes >> 20} MiB, the server has {max(0, free) >> 20} "
                "MiB to spare; tell who looks after it, and keep the drone's card until then"
            )

    def _quota(self, wanted_bytes: int) -> Quota:
        return Quota(self.policy, self.now(), wanted_bytes, self._part_bytes)

    def _part_bytes(self, upload_id: str, file_id: str) -> int:
        try:
            return self._part_of(upload_id, file_id).stat().st_size
        except FileNotFoundError:
            return 0

    def _check_content(self, file: UploadFile) -> None:
        with self._part(file).open("rb") as part:
            head = part.read(HEAD_BYTES)
        if content_of(head) is None:
            self.table.refuse(
                file,
                refusal("wrong_type", "its content is no photo, video, telemetry or flight log"),
            )

    def _verify(self, file: UploadFile) -> None:
        part = self._part(file)
        with part.open("rb") as stream:
            found = file_digest(stream, "sha256").hexdigest()
            os.fsync(stream.fileno())
        if found == file.sha256:
            # kept first and noted second: dying in between only means to do both again
            with room_needed(_NO_ROOM_ADVICE):
                self.media.put_file(part, found)
            self.table.keep(file)
            part.unlink(missing_ok=True)
            return
        refused = refusal(
            "wrong_hash", f"its SHA-256 is {found}; it was announced with {file.sha256}"
        )
        count = self.table.count_wrong_hash(file, refused)
        part.rename(part.with_suffix(f".{count}.aside"))
        if count >= MOST_WRONG_HASHES:
            self.table.refuse(file, refused)

    def _part(self, file: UploadFile) -> Path:
        return self._part_of(file.upload_id, file.file_id)

    def _part_of(self, upload_id: str, file_id: str) -> Path:
        return self.folder / upload_id / f"{file_id}.part"


@contextmanager
def _locked(part: Path) -> Iterator[int]:
    """Open a part to append to, with nobody else in between, in this process or another."""
    part.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(part, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield handle
    finally:
        os.close(handle)
