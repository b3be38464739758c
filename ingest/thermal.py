"""Whether a picture is one of heat, not of light."""

from ingest.exif import ExifRecord
from ingest.xmp import DroneTags

_SOURCE = "infrared"  # "InfraredCamera" of Zenmuse H20T/H30T and Mavic 3T, by drone-dji:ImageSource
_MAKER = "flir"
_COLOUR = " EO"  # "electro-optical": the colour half of FLIR's Hadron
# Pixels of the usual microbolometers, and of pictures enlarged twice (Zenmuse XT, XT 2 and H20T,
# Mavic 2 and 3 Enterprise, EVO II Dual: makers' specifications). No colour camera of theirs is 5:4.
_SIZES = frozenset({(320, 256), (336, 256), (640, 512), (1280, 1024)})


def is_thermal(width_px: int, height_px: int, exif: ExifRecord, drone: DroneTags) -> bool:
    """Whether the tags or the size of a picture say that a thermal camera took it."""
    named = _SOURCE in (drone.image_source or "").lower()
    flir = _MAKER in exif.make.lower() or exif.model.lower().startswith(_MAKER)
    flir = flir and not exif.model.upper().endswith(_COLOUR)
    size = max(width_px, height_px), min(width_px, height_px)
    return named or flir or size in _SIZES
