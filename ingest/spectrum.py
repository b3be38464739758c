"""Whether a picture is one of daylight in its colours, which alone the search knows."""

from ingest.errors import PhotoError
from ingest.exif import ExifRecord
from ingest.xmp import DroneTags, Pix4dTags

# "InfraredCamera" of Zenmuse H20T/H30T and Mavic 3T, by drone-dji:ImageSource; "MS_NIR_CAMERA" of
# the Mavic 3M (DJI, Mavic 3M Image Processing Guide).
_INFRARED, _ONE_BAND = "infrared", "ms_"
_MAKER = "flir"
_COLOUR = " EO"  # "electro-optical": the colour half of FLIR's Hadron
# Pixels of the usual microbolometers, and of pictures enlarged twice (Zenmuse XT, XT 2 and H20T,
# Mavic 2 and 3 Enterprise, EVO II Dual: makers' specifications). No colour camera of theirs is 5:4.
_SIZES = frozenset({(320, 256), (336, 256), (640, 512), (1280, 1024)})


def check_daylight(
    width_px: int, height_px: int, exif: ExifRecord, drone: DroneTags, pix4d: Pix4dTags
) -> None:
    """Raise PhotoError `thermal` or `multispectral` for a picture without daylight's colours."""
    if is_thermal(width_px, height_px, exif, drone):
        raise PhotoError(
            "thermal",
            "it is a thermal picture, and the search knows animals and boats by daylight only",
        )
    if _is_one_band(drone, pix4d):
        band = f" ({pix4d.bands[0]})" if pix4d.bands else ""
        raise PhotoError(
            "multispectral",
            f"it is a single band{band} of a multispectral camera, and the search knows animals "
            "and boats by their colours",
        )


def is_thermal(width_px: int, height_px: int, exif: ExifRecord, drone: DroneTags) -> bool:
    """Whether the tags or the size of a picture say that a thermal camera took it."""
    named = _INFRARED in (drone.image_source or "").lower()
    flir = _MAKER in exif.make.lower() or exif.model.lower().startswith(_MAKER)
    flir = flir and not exif.model.upper().endswith(_COLOUR)
    size = max(width_px, height_px), min(width_px, height_px)
    return named or flir or size in _SIZES


def _is_one_band(drone: DroneTags, pix4d: Pix4dTags) -> bool:
    told = (drone.image_source or "").lower().startswith(_ONE_BAND)
    return told or (len(pix4d.bands) == 1 and pix4d.bands[0].upper() != "RGB")
