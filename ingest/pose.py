"""Where a camera was and where it looked."""

from dataclasses import dataclass
from enum import StrEnum

from ingest.lonlat import LonLat


class HeightSource(StrEnum):
    """How the height above the sea was obtained, best first."""

    RELATIVE = "relative_altitude"  # above the launch point, plus that point's height above the sea
    ORTHOMETRIC = "orthometric_altitude"  # a height above mean sea level (geoid), as tagged
    ELLIPSOIDAL = "ellipsoidal_altitude"  # GPS height above WGS 84 minus the site's sea level
    GPS = "gps_altitude"  # an EXIF altitude whose datum the camera does not tell


@dataclass(frozen=True)
class CameraPose:
    """Position and direction of a camera at one moment.

    Angles in degrees turn the camera from "level, facing true north": first `yaw_deg` clockwise
    seen from above, then `pitch_deg` up (0 level, -90 straight down), then `roll_deg` clockwise
    about the optical axis. At pitch -90 the top of the picture points to `yaw_deg`.
    Every `*_sigma_*` is one standard deviation; `position_sigma_m` is the root mean square of the
    horizontal distance, `tilt_sigma_deg` is that about either level axis. `assumed_nadir` marks a
    pose without angle tags. `position_only` marks a phone's: height and angles are not known, and
    stand for a camera that looks at the sky, so that no pixel of it is placed on the sea.
    """

    position: LonLat
    height_above_sea_m: float
    height_source: HeightSource
    yaw_deg: float
    pitch_deg: float
    roll_deg: float
    position_sigma_m: float
    height_sigma_m: float
    yaw_sigma_deg: float
    tilt_sigma_deg: float
    assumed_nadir: bool = False
    position_only: bool = False
