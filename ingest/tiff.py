"""The pictures within a TIFF or DNG file: its directories, and the largest JPEG among them.

Tags are those of TIFF 6.0 and of the DNG specification 1.6 (SubIFDs, tag 330; previews are JPEG
compressed with photometric interpretation YCbCr, raw data colour filter arrays).
"""

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO

from ingest.errors import PhotoError
from ingest.jpeg import is_whole, read_jpeg_head

SIGNATURES = (b"II*\0", b"MM\0*")
_WIDTH, _HEIGHT, _COMPRESSION, _PHOTOMETRIC = 256, 257, 259, 262
_STRIP_OFFSETS, _ORIENTATION, _STRIP_LENGTHS, _SUB_IFDS = 273, 274, 279, 330
_JPEG_OFFSET, _JPEG_LENGTH, _XMP = 513, 514, 700
_JPEG_COMPRESSIONS, _YCBCR = frozenset({6, 7}), 6
_FORMATS = {1: "B", 3: "H", 4: "I", 7: "B", 13: "I"}  # byte, short, long, undefined, IFD
_MOST_IFDS, _MOST_ENTRIES, _MOST_VALUES, _MOST_XMP_BYTES = 32, 512, 64, 1 << 20

_Tags = Mapping[int, tuple[int, ...]]


@dataclass(frozen=True)
class TiffHead:
    """Size of the picture that is looked at, its XMP packets, and where its JPEG lies.

    `jpeg_offset` and `jpeg_bytes` are None for a TIFF whose own pixels are looked at.
    """

    width_px: int
    height_px: int
    xmp: tuple[bytes, ...]
    jpeg_offset: int | None = None
    jpeg_bytes: int | None = None


def read_tiff_head(stream: BinaryIO) -> TiffHead:
    """Find the picture to look at: the largest JPEG preview, else the first directory's own.

    Raises PhotoError `damaged` or `truncated`.
    """
    ifds = list(_ifds(stream))
    if not ifds:
        raise PhotoError("damaged", "the TIFF holds no readable directory")
    # DJI keeps it in a sub-directory of some of its raw files
    xmp = next((packets for ifd in ifds if (packets := _xmp(stream, ifd))), ())
    previews = [head for ifd in ifds if (head := _preview(stream, ifd, xmp)) is not None]
    if previews:
        return max(previews, key=lambda head: head.width_px * head.height_px)
    width, height = ifds[0].get(_WIDTH, (0,)), ifds[0].get(_HEIGHT, (0,))
    if _PHOTOMETRIC in ifds[0] and ifds[0][_PHOTOMETRIC][0] > 0x7FFF:
        raise PhotoError("damaged", "the raw file holds no JPEG preview that is whole")
    if not (width[0] and height[0]):
        raise PhotoError("damaged", "the TIFF does not tell its width and height")
    return TiffHead(width[0], height[0], xmp)


def unturned(tiff: bytes) -> bytes:
    """The file as one that is shown as it is stored: OpenCV turns a TIFF even when told not to."""
    order = "<" if tiff.startswith(b"II") else ">"
    start = _unpack(order, "I", tiff[4:8])[0]
    count = _unpack(order, "H", tiff[start : start + 2])[0]
    for at in range(start + 2, start + 2 + 12 * count, 12):
        if _unpack(order, "H", tiff[at : at + 2]) == (_ORIENTATION,):
            return tiff[: at + 8] + struct.pack(f"{order}HH", 1, 0) + tiff[at + 12 :]
    return tiff


def _preview(stream: BinaryIO, ifd: _Tags, xmp: tuple[bytes, ...]) -> TiffHead | None:
    if _JPEG_OFFSET in ifd and _JPEG_LENGTH in ifd:
        offset, length = ifd[_JPEG_OFFSET][0], ifd[_JPEG_LENGTH][0]
    elif (
        ifd.get(_COMPRESSION, (0,))[0] in _JPEG_COMPRESSIONS
        and ifd.get(_PHOTOMETRIC) == (_YCBCR,)
        and len(ifd.get(_STRIP_OFFSETS, ())) == len(ifd.get(_STRIP_LENGTHS, ())) == 1
    ):
        offset, length = ifd[_STRIP_OFFSETS][0], ifd[_STRIP_LENGTHS][0]
    else:
        return None
    stream.seek(offset)
    jpeg = BytesIO(stream.read(length))
    try:
        head = read_jpeg_head(jpeg)
    except PhotoError:
        return None  # another one may be whole
    if not is_whole(jpeg, head.scan_offset):
        return None
    return TiffHead(head.width_px, head.height_px, xmp, offset, length)


def _xmp(stream: BinaryIO, ifd: _Tags) -> tuple[bytes, ...]:
    offset, length = ifd.get(_XMP, (0, 0))
    if not length or length > _MOST_XMP_BYTES:
        return ()
    stream.seek(offset)
    return (stream.read(length),)


def _ifds(stream: BinaryIO) -> Iterator[_Tags]:
    """The directories in the order found: the chain of pages, and the sub-directories of each."""
    stream.seek(0)
    order = "<" if stream.read(2) == b"II" else ">"
    stream.seek(4)
    waiting, seen = [_unpack(order, "I", stream.read(4))[:1]], set[int]()
    while waiting and len(seen) < _MOST_IFDS:
        for offset in waiting.pop(0):
            if offset in seen or not offset or len(seen) >= _MOST_IFDS:
                continue
            seen.add(offset)
            tags, following = _ifd(stream, order, offset)
            waiting += [tags.get(_SUB_IFDS, ()), following]
            if tags:
                yield tags


def _ifd(stream: BinaryIO, order: str, offset: int) -> tuple[_Tags, tuple[int, ...]]:
    stream.seek(offset)
    counts = _unpack(order, "H", stream.read(2))
    if not counts or counts[0] > _MOST_ENTRIES:
        return {}, ()
    table = stream.read(counts[0] * 12)
    following = _unpack(order, "I", stream.read(4))
    tags: dict[int, tuple[int, ...]] = {}
    for start in range(0, len(table) - 11, 12):
        tag, kind, count, value = struct.unpack_from(f"{order}HHI4s", table, start)
        if tag == _XMP:  # where it is, and how long
            tags[tag] = (*_unpack(order, "I", value), count)
        elif kind in _FORMATS and 0 < count <= _MOST_VALUES:
            size = struct.calcsize(_FORMATS[kind]) * count
            if size > 4:
                stream.seek(_unpack(order, "I", value)[0])
                value = stream.read(size)
            if values := _unpack(order, _FORMATS[kind], value[:size]):
                tags[tag] = values
    return tags, following


def _unpack(order: str, kind: str, data: bytes) -> tuple[int, ...]:
    count = len(data) // struct.calcsize(kind)
    return struct.unpack(f"{order}{count}{kind}", data[: count * struct.calcsize(kind)])
