"""The outer structure of a JPEG file: picture size, metadata segments, and whether it is whole.

Marker codes are those of ITU-T T.81, table B.1; APP1 signatures those of Exif 2.32 (4.7.2) and of
the XMP specification, part 3 (1.1.3).
"""

import re
from dataclasses import dataclass
from io import SEEK_CUR
from typing import BinaryIO

from ingest.errors import PhotoError

_START_OF_IMAGE = b"\xff\xd8"
_END_OF_IMAGE, _START_OF_SCAN, _APP1 = 0xD9, 0xDA, 0xE1
_STANDALONE = frozenset({0x01, *range(0xD0, 0xD8)})  # TEM and the restart markers: no length
_START_OF_FRAME = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # less DHT, JPG and DAC
_EXIF_SIGNATURE = b"Exif\0\0"
_XMP_SIGNATURE = b"http://ns.adobe.com/xap/1.0/\0"
_CHUNK_BYTES = 1 << 18  # stays in the processor's cache
_MARKER_START = b"\xff"

# In compressed pixels 0xFF is followed by 0x00 (stuffing), a restart or 0xFF (fill); anything else
# is a real marker.
_MARKER_IN_SCAN = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]", re.DOTALL)

_OTHER_FORMATS = (
    (4, b"ftypavif", "an AVIF"),
    (4, b"ftypcrx", "a Canon raw file"),
    (0, b"FUJIFILM", "a Fuji raw file"),
    (0, b"II*\0", "a TIFF or DNG"),
    (0, b"MM\0*", "a TIFF or DNG"),
    (0, b"\x89PNG", "a PNG"),
    (8, b"WEBP", "a WebP"),
    (0, b"II+\0", "a BigTIFF"),
    (0, b"MM\0+", "a BigTIFF"),
    (0, b"IIU\0", "a Panasonic raw file"),
    (0, b"BM", "a BMP"),
    (0, b"GIF8", "a GIF"),
    (0, b"%PDF", "a PDF"),
    (4, b"ftyp", "a video"),
)


@dataclass(frozen=True)
class JpegHead:
    """What stands before the compressed pixels of a JPEG.

    `exif` is the TIFF structure of the Exif segment or None; `xmp` the XMP packets;
    `scan_offset` where the compressed pixels begin, in bytes.
    """

    width_px: int
    height_px: int
    exif: bytes | None
    xmp: tuple[bytes, ...]
    scan_offset: int


def read_jpeg_head(stream: BinaryIO) -> JpegHead:
    """Read a JPEG's segments up to its pixels, which are not touched.

    Raises PhotoError with code `not_an_image`, `unsupported_format`, `truncated` or `damaged`.
    """
    _expect_jpeg(stream)
    size: tuple[int, int] | None = None
    exif: bytes | None = None
    xmp: list[bytes] = []
    while True:
        marker = _next_marker(stream)
        if marker in _STANDALONE:
            continue
        length = int.from_bytes(_read(stream, 2), "big") - 2
        if marker == _END_OF_IMAGE or length < 0:
            raise PhotoError("damaged", "the JPEG ends before its pixels begin")
        payload = _read(stream, length)
        if marker == _APP1 and payload.startswith(_EXIF_SIGNATURE):
            exif = exif or payload[len(_EXIF_SIGNATURE) :]
        elif marker == _APP1 and payload.startswith(_XMP_SIGNATURE):
            xmp.append(payload[len(_XMP_SIGNATURE) :])
        elif marker in _START_OF_FRAME:
            size = int.from_bytes(payload[3:5], "big"), int.from_bytes(payload[1:3], "big")
        elif marker == _START_OF_SCAN:
            break
    if size is None or not all(size):
        raise PhotoError("damaged", "the JPEG does not tell its width and height")
    return JpegHead(*size, exif=exif, xmp=tuple(xmp), scan_offset=stream.tell())


def is_whole(stream: BinaryIO, scan_offset: int) -> bool:
    """Whether the picture that begins at `scan_offset` reaches its end-of-image marker.

    The pixels are searched from their beginning, since drones append previews and debug data, which
    may hold end markers of their own, behind the real one.
    """
    stream.seek(scan_offset)
    while chunk := stream.read(_CHUNK_BYTES):
        while chunk.endswith(_MARKER_START) and (code := stream.read(1)):
            chunk += code
        found = _MARKER_IN_SCAN.search(chunk)
        if found is None:
            continue
        if chunk[found.end() - 1] == _END_OF_IMAGE:
            return True
        # Tables or a further scan, as progressive pictures have: step over the segment.
        stream.seek(found.end() - len(chunk), SEEK_CUR)
        length = int.from_bytes(stream.read(2), "big")
        stream.seek(max(length - 2, 0), SEEK_CUR)
    return False


def _expect_jpeg(stream: BinaryIO) -> None:
    beginning = stream.read(12)
    if not beginning:
        raise PhotoError("truncated", "the file is empty (0 bytes)")
    if not beginning.startswith(_START_OF_IMAGE):
        for offset, signature, name in _OTHER_FORMATS:
            if beginning[offset:].startswith(signature):
                raise PhotoError("unsupported_format", f"the file is {name}, not a JPEG")
        raise PhotoError("not_an_image", "the file is not a JPEG photo, whatever its name says")
    stream.seek(len(_START_OF_IMAGE))


def _next_marker(stream: BinaryIO) -> int:
    if _read(stream, 1) != b"\xff":
        raise PhotoError("damaged", f"the JPEG is broken before byte {stream.tell()}")
    while (code := _read(stream, 1)) == b"\xff":
        continue
    return code[0]


def _read(stream: BinaryIO, count: int) -> bytes:
    data = stream.read(count)
    if len(data) < count:
        raise PhotoError("truncated", f"the file ends at byte {stream.tell()}, within its header")
    return data
