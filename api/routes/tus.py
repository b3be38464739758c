"""The bytes of files, by the tus protocol 1.0.0 with creation, checksum and expiration.

See https://tus.io/protocols/resumable-upload. The file's part on disk is the one record of how far
it is. Termination is not offered: nothing that was sent is deleted.

tuspyserver 4.4.3 (MIT, kept up) was read for this and does not fit. It has no checksum extension;
it writes a PATCH's bytes before it asks who sends them; its offset is kept in a file beside the
part, written after the bytes, so that a killed server repeats bytes within the file when it is
resumed; nothing ties an upload to its user, and another's may be concatenated by its id; expired
uploads are deleted; and it waits for locks within the event loop.
"""

import asyncio
import binascii
import hashlib
import re
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator
from dataclasses import dataclass
from email.utils import format_datetime
from enum import Enum, auto
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.deps import ServicesDep
from api.errors import PROBLEM_MEDIA_TYPE
from api.sender import DeskDep, Sender, TusVersionError
from api.uploads_models import FILES_URL
from patrol.uploads import (
    FileOffer,
    FileRefusal,
    FileState,
    UploadError,
    UploadFile,
    UploadState,
)
from patrol.uploads_content import HEAD_BYTES
from patrol.uploads_desk import Desk

VERSION = "1.0.0"
EXTENSIONS = "creation,checksum,expiration"
CHECKSUM_MISMATCH = 460  # of the protocol's own; no name in HTTP
# Bytes are written when so many are here, or the connection ends: small enough to lose little when
# the server is killed, and large enough not to hop between threads for each packet.
_WRITE_BYTES = 256 * 1024
# A network that is lost without a word leaves its connections open: what came is kept by then, and
# who still sends, however slowly, is told where to go on.
STALLED_S = 60.0
_ABOUT_FILES = re.compile(r"/api/v1/uploads/(?:[0-9a-f]+/)?files\b")
_BODY_TYPE = "application/offset+octet-stream"
# Of the protocol: SHA-1 must be offered, to find errors on the way, not to prove anything.
_ALGORITHMS = ("sha256", "sha1")

router = APIRouter(prefix="/api/v1/uploads", include_in_schema=False)


class Fate(Enum):
    """What became of a request's bytes on their way."""

    WHOLE = auto()
    CUT = auto()
    STALLED = auto()
    DAMAGED = auto()


@dataclass(frozen=True)
class Checksum:
    """What the bytes of one request must hash to."""

    algorithm: str
    digest: bytes


@router.options("/files")
@router.options("/files/{file_id}")
def discover() -> Response:
    """Say what of the protocol is spoken here."""
    return Response(
        status_code=HTTPStatus.NO_CONTENT,
        headers={
            "Tus-Version": VERSION,
            "Tus-Extension": EXTENSIONS,
            "Tus-Checksum-Algorithm": ",".join(_ALGORITHMS),
        },
    )


@router.post("/{upload_id}/files")
def create(
    request: Request, at_hand: ServicesDep, desk: DeskDep, user: Sender, upload_id: str
) -> Response:
    """Announce one file of an open upload; its metadata name `filename` and `sha256`."""
    _check_version(request)
    told = _metadata(request.headers.get("upload-metadata", ""))
    sha256 = told.get("sha256", "").lower()
    if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
        raise UploadError("Upload-Metadata must name the file's sha256, 64 hex digits in base64")
    path = told.get("filename", "")
    if not 0 < len(path) <= 500:
        raise UploadError("Upload-Metadata must name the file's filename, 1 to 500 characters")
    offer = FileOffer(path, _whole_number(request, "Upload-Length"), sha256)
    file = desk.add_file(user, upload_id, offer)
    if file.state is FileState.REFUSED and file.refusal is not None:
        return _refused(file.refusal)
    return Response(
        status_code=HTTPStatus.CREATED,
        headers={"Location": f"{FILES_URL}/{file.file_id}", **_expiry(desk, file)},
    )


@router.head("/files/{file_id}")
def offset(
    request: Request, at_hand: ServicesDep, desk: DeskDep, user: Sender, file_id: str
) -> Response:
    """Say which byte comes next."""
    _check_version(request)
    file = desk.own_file(user, file_id)
    if file.state is FileState.REFUSED and file.refusal is not None:
        return _refused(file.refusal)
    name = b64encode(file.path.encode()).decode()
    return Response(
        headers={
            "Upload-Offset": str(desk.offset(file)),
            "Upload-Length": str(file.size_bytes),
            "Upload-Metadata": f"filename {name}",
            "Cache-Control": "no-store",
            **_expiry(desk, file),
        }
    )


@router.post("/files/{file_id}")
async def append_overridden(
    request: Request, at_hand: ServicesDep, desk: DeskDep, user: Sender, file_id: str
) -> Response:
    """Append bytes where something on the way lets no PATCH pass (X-HTTP-Method-Override)."""
    if request.headers.get("x-http-method-override", "").upper() != "PATCH":
        return Response(
            status_code=HTTPStatus.METHOD_NOT_ALLOWED, headers={"Allow": "HEAD, PATCH, OPTIONS"}
        )
    return await append(request, at_hand, desk, user, file_id)


@router.patch("/files/{file_id}")
async def append(
    request: Request, at_hand: ServicesDep, desk: DeskDep, user: Sender, file_id: str
) -> Response:
    """Append the request's bytes from Upload-Offset on; all that arrives before a cut is kept."""
    _check_version(request)
    if request.headers.get("content-type") != _BODY_TYPE:
        raise UploadError(f"the Content-Type must be {_BODY_TYPE}")
    checksum = _checksum(request.headers.get("upload-checksum"))
    start = _whole_number(request, "Upload-Offset")
    file = await run_in_threadpool(desk.own_file, user, file_id)
    if file.state is FileState.REFUSED and file.refusal is not None:
        return _refused(file.refusal)
    if file.state is FileState.STORED:
        return _offset_answer(HTTPStatus.NO_CONTENT, file.size_bytes, desk, file)
    end, fate = await _receive(request, desk, file, start, checksum)
    if fate is Fate.DAMAGED:
        return Response(status_code=CHECKSUM_MISMATCH)
    if fate is Fate.STALLED:
        return _offset_answer(HTTPStatus.REQUEST_TIMEOUT, end, desk, file)
    settled = await run_in_threadpool(desk.settle, file)
    if settled.state is FileState.REFUSED and settled.refusal is not None:
        return _refused(settled.refusal)
    if end == file.size_bytes and settled.state is FileState.WAITING and settled.refusal:
        return _problem(HTTPStatus.CONFLICT, settled.refusal)
    return _offset_answer(HTTPStatus.NO_CONTENT, end, desk, settled)


async def _receive(
    request: Request, desk: Desk, file: UploadFile, start: int, checksum: Checksum | None
) -> tuple[int, Fate]:
    """Write the body to the file's part; returns where it ends, and what became of it.

    Raises OffsetError before anything is written when `start` is not where the file ends.
    """
    digest = hashlib.new(checksum.algorithm) if checksum else None
    end = await run_in_threadpool(desk.append, file, start, b"")
    waiting = bytearray()
    fate = Fate.WHOLE
    try:
        async for chunk in _arriving(request):
            waiting += chunk
            if digest:
                digest.update(chunk)
            if len(waiting) < _WRITE_BYTES:
                continue
            before, end = end, await run_in_threadpool(desk.append, file, end, bytes(waiting))
            waiting.clear()
            if before < HEAD_BYTES <= end < file.size_bytes:
                # a film of the wrong kind should not take the network for an hour first
                settled = await run_in_threadpool(desk.settle, file)
                if settled.state is not FileState.WAITING:
                    return end, fate
    except ClientDisconnect:
        fate = Fate.CUT
    except TimeoutError:
        fate = Fate.STALLED
    end = await run_in_threadpool(desk.append, file, end, bytes(waiting))
    if fate is Fate.WHOLE and checksum and digest and digest.digest() != checksum.digest:
        await run_in_threadpool(desk.take_back, file, start, end)
        return start, Fate.DAMAGED
    return end, fate


async def _arriving(request: Request) -> AsyncIterator[bytes]:
    """Yield a body's pieces as they come; raises TimeoutError when none has for too long."""
    pieces = request.stream()
    while True:
        try:
            piece = await asyncio.wait_for(anext(pieces), STALLED_S)
        except StopAsyncIteration:
            return
        yield piece


def _check_version(request: Request) -> None:
    said = request.headers.get("tus-resumable")
    if said != VERSION:
        raise TusVersionError(f"the header Tus-Resumable must say {VERSION}; got {said!a}")


def _whole_number(request: Request, header: str) -> int:
    said = request.headers.get(header, "")
    if not (said.isascii() and said.isdecimal() and len(said) < 19):
        raise UploadError(f"the header {header} must be a whole number; got {said[:40]!a}")
    return int(said)


def _metadata(header: str) -> dict[str, str]:
    told: dict[str, str] = {}
    for pair in filter(None, header.split(",")):
        key, _, value = pair.strip().partition(" ")
        try:
            told[key] = b64decode(value, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError) as error:
            raise UploadError(
                f"the value of {key[:40]!a} in Upload-Metadata is no base64"
            ) from error
    return told


def _checksum(header: str | None) -> Checksum | None:
    if header is None:
        return None
    algorithm, _, value = header.partition(" ")
    if algorithm not in _ALGORITHMS:
        raise UploadError(
            f"Upload-Checksum must use one of {', '.join(_ALGORITHMS)}; got {algorithm[:40]!a}"
        )
    try:
        return Checksum(algorithm, b64decode(value, validate=True))
    except binascii.Error as error:
        raise UploadError("the value of Upload-Checksum is no base64") from error


def _expiry(desk: Desk, file: UploadFile) -> dict[str, str]:
    upload = desk.table.upload(file.upload_id)
    if upload.state is not UploadState.OPEN or file.state is not FileState.WAITING:
        return {}
    return {"Upload-Expires": format_datetime(upload.expires_at_utc, usegmt=True)}


def _offset_answer(status: int, end: int, desk: Desk, file: UploadFile) -> Response:
    return Response(status_code=status, headers={"Upload-Offset": str(end), **_expiry(desk, file)})


def _refused(refusal: FileRefusal) -> Response:
    return _problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, refusal)


def _problem(status: HTTPStatus, refusal: FileRefusal) -> Response:
    problem: dict[str, Any] = {
        "type": "about:blank",
        "title": status.phrase,
        "status": status.value,
        "code": refusal.code,
        "detail": refusal.text,
        "remedy": refusal.remedy,
    }
    return JSONResponse(problem, status, media_type=PROBLEM_MEDIA_TYPE)


class TusHeaders:
    """ASGI layer that names the protocol's version in every answer about files, errors too."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and complete the headers of its answer."""
        if scope["type"] != "http" or not _ABOUT_FILES.match(scope["path"]):
            await self._app(scope, receive, send)
            return

        async def send_completed(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["Tus-Resumable"] = VERSION
            await send(message)

        await self._app(scope, receive, send_completed)
