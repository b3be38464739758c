"""How much a request may send: forms and steps are small; only uploads and photos are not."""

import re
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY_BYTES = 64 * 1024  # a reason of 2000 Thai letters takes 18 000 as a form writes them
# A manifest of 10,000 files with long names, some 300 bytes each.
MAX_MANIFEST_BYTES = 4 * 1024 * 1024
_MANIFEST = "/api/v1/uploads"
# A photo with the words and the form around it.
MAX_REPORT_BYTES = 16 * 1024 * 1024
_REPORTS = ("/report", "/api/v1/ranger/reports")
# Bytes of files: counted against the size that was announced, after it is known who sends them.
_FILE = re.compile(r"/api/v1/uploads/files/[0-9a-f]+")


def body_limit(path: str) -> int | None:
    """Return how many bytes a request to this path may send; None where its route counts them."""
    if _FILE.fullmatch(path):
        return None
    if path in _REPORTS:
        return MAX_REPORT_BYTES
    return MAX_MANIFEST_BYTES if path == _MANIFEST else MAX_BODY_BYTES


class BodyLimit:
    """ASGI layer that stops reading a request's body at its limit, announced or not.

    A route that reads a longer one is left with an HTTPException of status 413.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with a body that cannot grow too long."""
        limit = body_limit(scope.get("path", "")) if scope["type"] == "http" else None
        if limit is None:
            await self._app(scope, receive, send)
            return
        announced = Headers(scope=scope).get("content-length", "0")
        too_long = announced.isdecimal() and int(announced) > limit
        received_bytes = 0

        async def receive_limited() -> Message:
            nonlocal received_bytes
            if too_long:
                raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            message = await receive()
            received_bytes += len(message.get("body", b""))
            if received_bytes > limit:
                raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            return message

        await self._app(scope, receive_limited, send)
