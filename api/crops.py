"""Crops as they leave the service: the picture alone, without a word about where it was taken."""

from ingest.errors import LibongError

# JPEG markers, ITU-T T.81 table B.1
_SOI, _SOS = 0xD8, 0xDA
_APP0, _APP15, _COMMENT = 0xE0, 0xEF, 0xFE
_ADOBE_APP14 = 0xEE  # says how colours are coded; without it some pictures turn pink
_KEPT = frozenset({_APP0, _ADOBE_APP14})


class CropError(LibongError, ValueError):
    """Stored bytes that are not a JPEG."""


def without_metadata(jpeg: bytes) -> bytes:
    """Return the same JPEG without EXIF, XMP, IPTC, maker notes and comments; pixels untouched.

    Raises CropError for bytes that are not a JPEG or end inside its header.
    """
    if jpeg[:2] != bytes((0xFF, _SOI)):
        raise CropError("a crop must be a JPEG; these bytes do not start like one")
    kept = [jpeg[:2]]
    at = 2
    while at + 4 <= len(jpeg):
        marker = jpeg[at + 1]
        if jpeg[at] != 0xFF:
            raise CropError(f"not a JPEG: no marker at byte {at}")
        end = at + 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big")
        if marker == _SOS:
            kept.append(jpeg[at:])
            return b"".join(kept)
        describes = _APP0 <= marker <= _APP15 or marker == _COMMENT
        if not describes or marker in _KEPT:
            kept.append(jpeg[at:end])
        at = end
    raise CropError(f"a JPEG that ends inside its header, after {len(jpeg)} bytes")
