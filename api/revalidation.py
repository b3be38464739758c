"""Answers that a browser may keep as long as it asks each time whether they still hold."""

from hashlib import sha256

from fastapi import Request, Response


def etag_of(body: bytes) -> str:
    """Return the ETag of these bytes."""
    return f'"{sha256(body).hexdigest()[:32]}"'


def is_known(if_none_match: str, etag: str) -> bool:
    """Return whether a reader's If-None-Match names this ETag; a weak one is as good here."""
    named = [each.strip().removeprefix("W/") for each in if_none_match.split(",")]
    return "*" in named or etag.removeprefix("W/") in named


def revalidated(request: Request, body: bytes, media_type: str, cache_control: str) -> Response:
    """Return `body` with its ETag, or 304 without it where the reader has these bytes already."""
    etag = etag_of(body)
    headers = {"ETag": etag, "Cache-Control": cache_control}
    if is_known(request.headers.get("if-none-match", ""), etag):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=media_type, headers=headers)
