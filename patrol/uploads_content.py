"""What a file is by what is in it: photo, video, telemetry, flight log, ZIP; no name counts."""

import re
from enum import StrEnum

# Enough for the signature of every kind, and for the first lines of a text.
HEAD_BYTES = 4096

_TIFF = (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")  # TIFF 6.0 and BigTIFF; DNG is a TIFF
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
# Brands of ISO 14496-12 files that hold pictures: HEIF (ISO 23008-12) and AVIF.
_PNG, _WEBP = b"\x89PNG\r\n\x1a\n", b"WEBP"
_PICTURE_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1", b"avif", b"avis")
_SRT = re.compile(r"\d+\s*\n\s*\d+:\d\d:\d\d[,.]\d+\s*-->", re.ASCII)
_MARKUP = re.compile(r"\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--.*?-->\s*)?<([A-Za-z]\w*)", re.S)


class Content(StrEnum):
    """What a flight may hold."""

    PHOTO = "photo"
    VIDEO = "video"
    TELEMETRY = "telemetry"
    TABLE = "table"
    ZIP = "zip"


def content_of(head: bytes) -> Content | None:
    """Return what a file is that begins with `head` (HEAD_BYTES, or the whole file); or None."""
    if head.startswith((b"\xff\xd8\xff", _PNG, *_TIFF)):
        return Content.PHOTO
    if head.startswith(b"RIFF") and head[8:12] == _WEBP:
        return Content.PHOTO
    if head.startswith(_ZIP):
        return Content.ZIP
    if head[4:8] == b"ftyp":
        return Content.PHOTO if head[8:12] in _PICTURE_BRANDS else Content.VIDEO
    # QuickTime without a file type box; Matroska; AVI
    if head[4:8] in (b"moov", b"mdat", b"wide") or head.startswith(b"\x1a\x45\xdf\xa3"):
        return Content.VIDEO
    if head.startswith(b"RIFF") and head[8:12] == b"AVI ":
        return Content.VIDEO
    return _text_content(head)


def _text_content(head: bytes) -> Content | None:
    """Tell SRT, GPX and tables with a row of names from other texts and from binary files."""
    if b"\x00" in head:
        return None
    text = head.decode("utf-8-sig", errors="replace").replace("\r\n", "\n").replace("\r", "\n")
    if _SRT.match(text.lstrip()):
        return Content.TELEMETRY
    markup = _MARKUP.match(text)
    if markup is not None:
        return Content.TELEMETRY if markup[1].lower() == "gpx" else None
    names = text.split("\n", 1)[0].split(",")
    is_table = len(names) > 2 and all(name.strip() and name.isprintable() for name in names[:3])
    return Content.TABLE if is_table else None
