"""Answers to programs that ask again: told by 304 when nothing has changed, to spare thin networks.

An answer of the JSON interface that carries no ETag of its own is given the hash of its bytes.
Browsers are still told to store none of it (no-store): it holds positions.
"""

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.revalidation import etag_of, is_known

_PREFIX = "/api/v1/"
_JSON = ("application/json", "application/geo+json")


class ConditionalAnswers:
    """ASGI layer that gives JSON answers their ETag, and answers 304 to who has them already."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; hold a JSON answer back until all of it is there."""
        asks = scope["type"] == "http" and scope["method"] == "GET"
        if not asks or not scope["path"].startswith(_PREFIX):
            await self._app(scope, receive, send)
            return
        asked = Headers(scope=scope).get("if-none-match", "")
        start: Message | None = None
        pieces: list[bytes] = []

        async def send_whole(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start" and _is_json(message):
                start = message
                return
            if start is None:
                await send(message)
                return
            pieces.append(message.get("body", b""))
            if message.get("more_body", False):
                return
            await _answer(start, b"".join(pieces), asked, send)

        await self._app(scope, receive, send_whole)


def _is_json(start: Message) -> bool:
    kind = Headers(raw=start["headers"]).get("content-type", "")
    return bool(start["status"] == 200) and kind.split(";")[0] in _JSON


async def _answer(start: Message, body: bytes, asked: str, send: Send) -> None:
    headers = MutableHeaders(scope=start)
    etag = headers.setdefault("ETag", etag_of(body))
    if asked and is_known(asked, etag):
        start["status"], body = 304, b""
        for name in ("content-length", "content-type"):
            del headers[name]
    await send(start)
    await send({"type": "http.response.body", "body": body})
