"""Height of the camera above the sea, from whichever altitude the photo carries."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import hypot

from pyproj import CRS
from pyproj.exceptions import CRSError

from ingest.errors import PhotoError
from ingest.exif import ExifRecord
from ingest.frame import Note
from ingest.pose import HeightSource
from ingest.site_reference import SiteReference
from ingest.xmp import DroneTags, Pix4dTags

# 1 sigma allowances, ours, wide on purpose. A barometer drifts with the weather during a flight.
_BAROMETER_SIGMA_M = 2.0
# GPS alone: the standard promises 13 m in 95 % of cases (GPS SPS Performance Standard 2020, table
# 3.8-3, global average vertical), which is 2 sigma.
_GPS_SIGMA_M = 6.5
# Geoid and ellipsoid lie up to 107 m apart (EGM2008), mostly some tens of metres: the allowance
# where neither the datum of an altitude nor the site's sea level is told.
_UNKNOWN_DATUM_SIGMA_M = 30.0
# A drone that stands on its launch point tells a relative altitude of 0, and so does one whose
# firmware does not know it. So far above the launch by its altitude, it flies (allowance, ours).
_SURELY_FLYING_M = 30.0
_HIGHEST_M = 10_000.0  # no drone photographs the sea from higher; broken tags tell any figure
_EPSG = re.compile(r"EPSG:\d{1,6}", re.IGNORECASE)
_RTK_ALTITUDE = "RtkAlt"


@dataclass(frozen=True)
class SeaHeight:
    """Metres above the sea surface, 1 sigma, the kind of altitude it came from, and what is odd."""

    above_sea_m: float
    sigma_m: float
    source: HeightSource
    notes: tuple[Note, ...] = ()


_ZERO_NOTE = Note(
    "relative_height_zero",
    "the drone wrote a height of 0 above its launch point, and an altitude at which it flew; the "
    "altitude is used",
)


def read_height(
    exif: ExifRecord, drone: DroneTags, pix4d: Pix4dTags, site: SiteReference
) -> SeaHeight:
    """Find the height above the sea; raises PhotoError `bad_height` when none is credible."""
    height = next(_heights(exif, drone, pix4d, site), None)
    if height is None:
        raise PhotoError("bad_height", "the photo carries no altitude")
    if not 0 < height.above_sea_m < _HIGHEST_M:
        raise PhotoError(
            "bad_height",
            f"the height above the sea must be more than 0 and less than {_HIGHEST_M:g} m; got "
            f"{height.above_sea_m:.4g} m from {height.source}",
        )
    return height


def _heights(
    exif: ExifRecord, drone: DroneTags, pix4d: Pix4dTags, site: SiteReference
) -> Iterator[SeaHeight]:
    """The height as each kind of altitude tells it, best first."""
    others = list(_absolute_heights(exif, drone, pix4d, site))
    if drone.relative_altitude_m is not None:
        relative = SeaHeight(
            drone.relative_altitude_m + site.launch_height_above_sea_m,
            hypot(_BAROMETER_SIGMA_M, site.launch_height_sigma_m),
            HeightSource.RELATIVE,
        )
        if drone.relative_altitude_m == 0 and others:
            flown_m = others[0].above_sea_m - relative.above_sea_m
            if flown_m > max(_SURELY_FLYING_M, 2 * others[0].sigma_m):
                yield replace(others[0], notes=(_ZERO_NOTE,))
        yield relative
    yield from others


def _absolute_heights(
    exif: ExifRecord, drone: DroneTags, pix4d: Pix4dTags, site: SiteReference
) -> Iterator[SeaHeight]:
    tide_m = site.launch_height_sigma_m  # below, the sea's level that hour is as unsure as there
    altitude_m, sigma_m = _absolute(exif, drone, pix4d)
    if altitude_m is None:
        return
    datum = _vertical_datum(pix4d.vertical_crs)
    # Parrot: above EGM96, of the Anafi Ai alone above the ellipsoid (developer.parrot.com,
    # "Embedded Photo Metadata", GPSAltitude).
    parrot_above_geoid = exif.make.upper() == "PARROT" and not _is_anafi_ai(exif)
    if datum is None and (drone.altitude_is_orthometric or parrot_above_geoid):
        datum = HeightSource.ORTHOMETRIC
    if datum is HeightSource.ORTHOMETRIC:
        yield SeaHeight(altitude_m, hypot(sigma_m, tide_m), HeightSource.ORTHOMETRIC)
    ellipsoidal = (
        datum is HeightSource.ELLIPSOIDAL
        or _is_anafi_ai(exif)
        or drone.altitude_type == _RTK_ALTITUDE
        or site.bare_altitude_is_ellipsoidal
    )
    if ellipsoidal and site.sea_level_ellipsoid_m is not None:
        above_sea_m = altitude_m - site.sea_level_ellipsoid_m
        yield SeaHeight(above_sea_m, hypot(sigma_m, tide_m), HeightSource.ELLIPSOIDAL)
    # Exif 2.3 means sea level; many cameras write the ellipsoid. The error covers both readings.
    unsure_m = abs(site.sea_level_ellipsoid_m or 0.0) or _UNKNOWN_DATUM_SIGMA_M
    yield SeaHeight(altitude_m, hypot(sigma_m, unsure_m, tide_m), HeightSource.GPS)


def _is_anafi_ai(exif: ExifRecord) -> bool:
    return exif.model.upper().replace(" ", "") == "ANAFIAI"


def _absolute(exif: ExifRecord, drone: DroneTags, pix4d: Pix4dTags) -> tuple[float | None, float]:
    """The altitude above whatever datum, and its 1 sigma in metres."""
    sigma_m = drone.rtk_std_height_m or drone.vertical_accuracy_m or _GPS_SIGMA_M
    if exif.altitude_m is not None:
        return exif.altitude_m, pix4d.z_accuracy_m or sigma_m
    return drone.absolute_altitude_m, sigma_m


def _vertical_datum(crs_name: str | None) -> HeightSource | None:
    """What a `Camera:VertCS` measures from: the geoid, the ellipsoid, or None where it is no such.

    Pix4D writes an EPSG code such as EPSG:5773 (EGM96) or the word "ellipsoidal".
    """
    if crs_name is None:
        return None
    if crs_name.lower() == "ellipsoidal":
        return HeightSource.ELLIPSOIDAL
    if not _EPSG.fullmatch(crs_name):  # pyproj takes whole programs of WKT and PROJ strings
        return None
    try:
        crs = CRS.from_user_input(crs_name)
    except CRSError:
        return None
    if crs.is_vertical and crs.axis_info[-1].direction == "up":
        return HeightSource.ORTHOMETRIC
    if crs.is_geographic and len(crs.axis_info) == 3:
        return HeightSource.ELLIPSOIDAL
    return None
