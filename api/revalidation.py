"""Answers that a browser may keep as long as it asks each time whether they still hold."""

from hashlib import sha256

from fastapi import Request, Response


def revalidated(request: Request, body: bytes, media_type: str, cache_control: str) -> Response:
    """Return `body` with its ETag, or 304 without it where the reader has these bytes already."""
    etag = f'"{sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": etag, "Cache-Control": cache_control}
    if etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=media_type, headers=headers)
