"""Crops as they leave the service: the picture alone, without a word about where it was taken."""

from ingest.errors import LibongError

# JPEG markers, ITU-T T.81 table B.1
_SOI, _EOI, _SOS = 0xD8, 0xD9, 0xDA
_APP0, _APP15, _COMMENT = 0xE0, 0xEF, 0xFE
_RST0, _RST7, _TEM = 0xD0, 0xD7, 0x01
# The two segments that say how colours are coded, each with its one length: a longer JFIF segment
# carries a thumbnail, which would be a second picture.
_KEPT = ((b"\xff\xe0\x00\x10JFIF\x00", 18), (b"\xff\xee\x00\x0eAdobe", 16))


class CropError(LibongError, ValueError):
    """Stored bytes that are not a JPEG, or not the picture of an incident."""


def without_metadata(jpeg: bytes) -> bytes:
    """Return the same JPEG without EXIF, XMP, IPTC, maker notes and comments; pixels untouched.

    It ends at its own end marker: what was appended, such as a second picture with its own EXIF,
    is left behind. Raises CropError for bytes that are not a whole JPEG.
    """
    if jpeg[:2] != bytes((0xFF, _SOI)):
        raise CropError("a crop must be a JPEG; these bytes do not start like one")
    kept = [jpeg[:2]]
    at = 2
    while at + 2 <= len(jpeg):
        marker = jpeg[at + 1]
        if jpeg[at] != 0xFF or marker in (_SOI, _TEM, 0x00) or _RST0 <= marker <= _RST7:
            raise CropError(f"not a JPEG: no segment starts at byte {at}")
        if marker == 0xFF:  # a fill byte before the marker
            at += 1
            continue
        if marker == _EOI:
            return b"".join((*kept, jpeg[at : at + 2]))
        end = at + 2 + _segment_length(jpeg, at)
        if marker == _SOS:
            end = _end_of_scan(jpeg, end)
        segment = jpeg[at:end]
        if not (_APP0 <= marker <= _APP15 or marker == _COMMENT) or _says_colours(segment):
            kept.append(segment)
        at = end
    raise CropError(f"a JPEG that ends before its end marker, after {len(jpeg)} bytes")


def _segment_length(jpeg: bytes, at: int) -> int:
    length = int.from_bytes(jpeg[at + 2 : at + 4], "big")
    if length < 2:  # it counts its own two bytes
        raise CropError(f"not a JPEG: the segment at byte {at} has the length {length}")
    return length


def _end_of_scan(jpeg: bytes, at: int) -> int:
    """Return where the next segment starts: at the first marker that is no part of the scan."""
    while (at := jpeg.find(b"\xff", at)) != -1:
        following = jpeg[at + 1 : at + 2]
        stuffed = following == b"\x00"  # stands for a byte FF of the picture, T.81 B.1.1.5
        if not stuffed and not (following and _RST0 <= following[0] <= _RST7):
            return at
        at += 2
    return len(jpeg)


def _says_colours(segment: bytes) -> bool:
    return any(segment.startswith(start) and len(segment) == length for start, length in _KEPT)
