"""PNG and WebP pictures, as programs write them, with the Exif and XMP they kept.

Chunks are those of the PNG specification (third edition, eXIf and iTXt) and of Google's "WebP
Container Specification" (VP8X, EXIF, XMP).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from ingest.errors import PhotoError

_PNG, _RIFF, _WEBP = b"\x89PNG\r\n\x1a\n", b"RIFF", b"WEBP"
_EXIF_SIGNATURE = b"Exif\0\0"
# keyword, no compression, no language, no translation
_PNG_XMP = b"XML:com.adobe.xmp\0\0\0\0\0"
_KEPT = frozenset({b"IHDR", b"eXIf", b"iTXt", b"VP8X", b"VP8 ", b"VP8L", b"EXIF", b"XMP "})
_MOST_BYTES = 1 << 20  # of metadata; of pixels only the beginning is read
_MOST_CHUNKS = 100_000


@dataclass(frozen=True)
class WebHead:
    """Size of the picture, its Exif structure or None, and its XMP packets."""

    width_px: int
    height_px: int
    exif: bytes | None
    xmp: tuple[bytes, ...]


def is_web_picture(beginning: bytes) -> bool:
    """Whether the first 12 bytes of a file are those of a PNG or WebP."""
    is_webp = beginning.startswith(_RIFF) and beginning[8:12] == _WEBP
    return beginning.startswith(_PNG) or is_webp


def read_web_head(stream: BinaryIO) -> WebHead:
    """Read size and metadata; pixels are not decoded. Raises PhotoError `damaged`, `truncated`."""
    stream.seek(0)
    if stream.read(len(_PNG)) == _PNG:
        chunks = list(_png_chunks(stream))
    else:
        stream.seek(12)
        chunks = list(_webp_chunks(stream))
    size = next((size for name, data in chunks if (size := _size(name, data)) is not None), None)
    if size is None:
        raise PhotoError("damaged", "the picture does not tell its width and height")
    exif = next((data for name, data in chunks if name in (b"eXIf", b"EXIF")), None)
    xmp = [data for name, data in chunks if name == b"XMP "]
    xmp += [
        data.removeprefix(_PNG_XMP)
        for name, data in chunks
        if name == b"iTXt" and data.startswith(_PNG_XMP)
    ]
    return WebHead(*size, exif.removeprefix(_EXIF_SIGNATURE) if exif else None, tuple(xmp))


def _png_chunks(stream: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    for _ in range(_MOST_CHUNKS):
        head = stream.read(8)
        length, name = int.from_bytes(head[:4], "big"), head[4:]
        if name == b"IEND":
            return
        yield name, _chunk(stream, name, length, length + 4)  # a checksum follows
    raise PhotoError("damaged", "the PNG has too many parts")


def _webp_chunks(stream: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    stream.seek(4)
    end = 8 + int.from_bytes(stream.read(4), "little")
    stream.seek(12)
    while stream.tell() + 8 <= end:
        name, length = stream.read(4), int.from_bytes(stream.read(4), "little")
        yield name, _chunk(stream, name, length, length + length % 2)


def _chunk(stream: BinaryIO, name: bytes, length: int, step: int) -> bytes:
    """The data of a chunk that is kept; leaves the stream behind it."""
    start = stream.tell()
    data = stream.read(min(length, _MOST_BYTES)) if name in _KEPT else b""
    # the last byte is read, to know that it is there
    stream.seek(start + max(step - 1, 0))
    if len(name) < 4 or (step and len(stream.read(1)) < 1):
        raise PhotoError("truncated", "the picture ends before its last part")
    return data


def _size(name: bytes, data: bytes) -> tuple[int, int] | None:
    """Width and height, of the chunks that tell them; VP8 and VP8L by RFC 6386 and RFC 9649."""
    if name == b"IHDR" and len(data) >= 8:
        return int.from_bytes(data[:4], "big"), int.from_bytes(data[4:8], "big")
    if name == b"VP8X" and len(data) >= 10:
        return int.from_bytes(data[4:7], "little") + 1, int.from_bytes(data[7:10], "little") + 1
    if name == b"VP8 " and len(data) >= 10:
        width, height = (int.from_bytes(data[at : at + 2], "little") & 0x3FFF for at in (6, 8))
        return width, height
    if name == b"VP8L" and len(data) >= 5:
        bits = int.from_bytes(data[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    return None
