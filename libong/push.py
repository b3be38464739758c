"""Sends a folder to a server by tus 1.0: what it has not yet, from the byte where it stopped.

Nothing is remembered on this side. The list of files names the upload, so that the same folder sent
again, after whatever happened, goes on.
"""

import random
import time
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any

import httpx

from ingest.errors import LibongError
from ingest.refusal import remedy_for
from patrol.uploads_content import HEAD_BYTES, content_of

_TUS = {"Tus-Resumable": "1.0.0"}
# One request carries so much, with a checksum of its own; a bad network repeats no more than this.
PIECE_BYTES = 4 << 20
_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.5, 60.0
_RETRIED = frozenset({408, 425, 429, 500, 502, 503, 504})
_CHECKSUM_MISMATCH = 460
_LOOK_S = 1.0  # between two looks at how far a flight is

OnBytes = Callable[[str, int, int], None]


class PushError(LibongError, RuntimeError):
    """A folder that could not be sent; the same command again goes on where it stopped."""


@dataclass(frozen=True)
class LocalFile:
    """A file to send."""

    path: Path
    name: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True)
class NotSent:
    """A file that was not taken: by which code, why, and what to do."""

    name: str
    code: str
    reason: str
    remedy: str


@dataclass(frozen=True)
class PushReport:
    """What became of a folder: `known` files were on the server already.

    `fault` says why the server gave up the processing of a flight that failed.
    """

    upload_id: str
    state: str
    sent: int
    known: int
    sent_bytes: int
    refused: tuple[NotSent, ...]
    fault: str | None = None


@dataclass
class _Patience:
    """Waits longer after each failure in a row, up to a minute, and not in step with others."""

    most_failures: int
    sleep: Callable[[float], None]
    failures: int = 0

    def again(self, why: str) -> None:
        self.failures += 1
        if self.failures > self.most_failures:
            raise PushError(
                f"the server could not be reached {self.failures} times in a row ({why}); "
                "the same command again goes on where it stopped"
            )
        longest = min(_LONGEST_WAIT_S, _FIRST_WAIT_S * 2 ** (self.failures - 1))
        self.sleep(longest * random.uniform(0.5, 1))  # noqa: S311  spreads load, hides nothing

    def reached(self) -> None:
        self.failures = 0


def files_in(folder: Path) -> tuple[tuple[LocalFile, ...], tuple[NotSent, ...]]:
    """Return the files of a folder that a flight may hold, hashed, and those that it may not.

    Hidden files are passed over.
    """
    found, left_out = [], []
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if any(part.startswith(".") for part in inside.parts) or not path.is_file():
            continue
        name = inside.as_posix()
        try:
            with path.open("rb") as file:
                if content_of(file.read(HEAD_BYTES)) is None:
                    left_out.append(_left_out(name, "wrong_type", "no photo, video or flight log"))
                    continue
                file.seek(0)
                digest = file_digest(file, "sha256").hexdigest()
                found.append(LocalFile(path, name, file.tell(), digest))
        except OSError as error:
            left_out.append(_left_out(name, "unreadable", str(error.strerror)))
    return tuple(found), tuple(left_out)


def _left_out(name: str, code: str, reason: str) -> NotSent:
    return NotSent(name, code, reason, remedy_for(code))


@dataclass(frozen=True)
class Pusher:
    """Sends files to one server. `client` has its address and the device's token."""

    client: httpx.Client
    most_failures: int = 30
    piece_bytes: int = PIECE_BYTES
    sleep: Callable[[float], None] = time.sleep
    _patience: _Patience = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_patience", _Patience(self.most_failures, self.sleep))

    def push(self, name: str, files: Sequence[LocalFile], on_bytes: OnBytes) -> PushReport:
        """Send what the server has not, and see the flight received.

        `on_bytes(name, done, total)` is told how far each file is. Raises PushError.
        """
        manifest = {
            "name": name,
            "files": [
                {"path": file.name, "size_bytes": file.size_bytes, "sha256": file.sha256}
                for file in files
            ],
        }
        upload = self._asked("POST", "/api/v1/uploads", json=manifest).json()
        by_name = {file.name: file for file in files}
        done: set[str] = set()
        sent = known = sent_bytes = 0
        for listed in upload["listed"]:
            file = by_name[listed["path"]]
            if listed["state"] == "waiting" and file.sha256 not in done:
                sent_bytes += self._send(file, listed["url"], on_bytes)
                sent += 1
                done.add(file.sha256)
            else:
                known += listed["state"] != "refused"
                on_bytes(file.name, file.size_bytes, file.size_bytes)
        finished = self._asked("POST", f"/api/v1/uploads/{upload['id']}/finish", json={}).json()
        return PushReport(
            upload["id"],
            finished["state"],
            sent,
            known,
            sent_bytes,
            tuple(_refused(finished)),
            finished["fault"],
        )

    def watch(
        self, upload_id: str, on_progress: Callable[[str, int, int], None], *, patience_s: float
    ) -> dict[str, Any]:
        """Wait until a received flight is processed; returns what the server says of it then.

        `on_progress(stage, done, total)` is told how far the work is. After `patience_s` without
        any progress the flight is left to itself, in whatever state it is. Raises PushError.
        """
        last: object = None
        waited_s = 0.0
        while True:
            upload: dict[str, Any] = self._asked("GET", f"/api/v1/uploads/{upload_id}").json()
            progress = upload["progress"]
            if upload["state"] in ("ready", "failed"):
                return upload
            if progress is not None:
                on_progress(progress["stage"], progress["done"], progress["total"])
            now = (upload["state"], progress and (progress["stage"], progress["done"]))
            waited_s = 0.0 if now != last else waited_s + _LOOK_S
            if waited_s >= patience_s:
                return upload
            last = now
            self.sleep(_LOOK_S)

    def _send(self, file: LocalFile, url: str, on_bytes: OnBytes) -> int:
        """Send a file until it is there whole, or refused; returns the bytes that were sent."""
        sent_bytes = 0
        offset: int | None = None
        while True:
            if offset is None:
                offset = self._offset(url)
                if offset is None:
                    break
            on_bytes(file.name, offset, file.size_bytes)
            piece = _piece(file, offset, self.piece_bytes)
            answer = self._tried(
                "PATCH",
                url,
                content=piece,
                headers={
                    **_TUS,
                    "Content-Type": "application/offset+octet-stream",
                    "Upload-Offset": str(offset),
                    "Upload-Checksum": f"sha256 {b64encode(sha256(piece).digest()).decode()}",
                },
            )
            if answer is None or answer.status_code in (409, _CHECKSUM_MISMATCH):
                if answer is not None:
                    self._patience.again(_said(answer))
                # cut, damaged on the way, or another connection was faster: ask how far it is
                offset = None
                continue
            if answer.status_code == 415:
                break
            _check(answer)
            self._patience.reached()
            sent_bytes += len(piece)
            offset = int(answer.headers["Upload-Offset"])
            if offset == file.size_bytes:
                break
        on_bytes(file.name, file.size_bytes, file.size_bytes)
        return sent_bytes

    def _offset(self, url: str) -> int | None:
        """Return which byte comes next; None when the file was refused."""
        answer = self._asked("HEAD", url, headers=_TUS, accepted=(415,))
        return None if answer.status_code == 415 else int(answer.headers["Upload-Offset"])

    def _asked(
        self, method: str, url: str, *, accepted: Sequence[int] = (), **options: Any
    ) -> httpx.Response:
        """Ask until there is an answer; raises PushError for a refusal."""
        while (answer := self._tried(method, url, **options)) is None:
            pass
        if answer.status_code not in accepted:
            _check(answer)
        self._patience.reached()
        return answer

    def _tried(self, method: str, url: str, **options: Any) -> httpx.Response | None:
        """Ask once; None, after a wait, where asking again may help."""
        try:
            answer = self.client.request(method, url, **options)
        except httpx.TransportError as error:
            self._patience.again(str(error) or type(error).__name__)
            return None
        if answer.status_code in _RETRIED:
            self._patience.again(_said(answer))
            return None
        return answer


def _piece(file: LocalFile, offset: int, size: int) -> bytes:
    # of a file that has grown no more is sent than was announced: its hash will tell
    size = min(size, file.size_bytes - offset)
    try:
        with file.path.open("rb") as stream:
            stream.seek(offset)
            piece = stream.read(size)
    except OSError as error:
        raise PushError(
            f"{file.name} can be read no more ({error.strerror}); see that the card is in, and run "
            "the same command again: it goes on where it stopped"
        ) from error
    if len(piece) < size:
        raise PushError(f"{file.name} became shorter while it was sent; run the command again")
    return piece


def _refused(upload: dict[str, Any]) -> Iterator[NotSent]:
    for listed in upload["listed"]:
        if listed["state"] == "refused":
            refusal = listed["refusal"]
            yield NotSent(listed["path"], refusal["code"], refusal["reason"], refusal["remedy"])


def _check(answer: httpx.Response) -> None:
    if not answer.is_success:
        raise PushError(f"the server says no: {_said(answer)}")


def _said(answer: httpx.Response) -> str:
    """Return what an answer says in words, or its status where it has none."""
    try:
        return str(answer.json()["detail"])
    except (ValueError, KeyError, TypeError, httpx.StreamError):
        return f"HTTP {answer.status_code}"
