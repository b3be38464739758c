"""The pose of a camera from a photo's tags: where it was, where it looked, and how sure that is."""

from dataclasses import dataclass
from math import hypot

from ingest.errors import PhotoError
from ingest.exif import ExifRecord
from ingest.frame import Note
from ingest.height import read_height
from ingest.lonlat import LonLat, LonLatError, checked_lonlat
from ingest.pose import CameraPose
from ingest.rotation import Angles, angles_from_pix4d
from ingest.site_reference import SiteReference
from ingest.xmp import DroneTags, Pix4dTags

# Root mean square of a plain GPS fix: the standard promises 8 m in 95 % of cases (GPS SPS
# Performance Standard 2020, table 3.8-3, global average horizontal), which is 1.73 times that.
_GPS_SIGMA_M = 4.6
# An RTK fix is of the antenna; the camera hangs about a hand's breadth beside and below it.
_RTK_LEVER_M = 0.1
# DJI: 16 single point, 32 to 49 float, 50 fixed (Mavic 3E/3T User Manual, XMP field list).
_RTK_FLOAT, _RTK_FIXED = 32, 50
# Allowances, ours: a compass is good to a few degrees, a gimbal's level to about one.
_YAW_SIGMA_DEG, _TILT_SIGMA_DEG = 3.0, 1.0
# Without angles: any yaw is as likely as another (180 / sqrt 3), and a fixed camera leans as the
# drone does in a breeze.
_UNKNOWN_YAW_SIGMA_DEG, _UNKNOWN_TILT_SIGMA_DEG = 104.0, 10.0
_FULL_TURN_DEG = 360.0
_NADIR = Angles(0.0, -90.0, 0.0)

_NADIR_NOTE = Note(
    "nadir_assumed",
    "the photo does not tell where the camera looked; straight down with north at the top is "
    "assumed, and places in it are only rough",
)


@dataclass(frozen=True)
class PoseReading:
    """A pose and what a user should know about it."""

    pose: CameraPose
    notes: tuple[Note, ...]


def read_pose(
    exif: ExifRecord, drone: DroneTags, pix4d: Pix4dTags, site: SiteReference
) -> PoseReading:
    """Read place, height and direction; raises PhotoError `no_gps` or `bad_height`.

    Angles come from the drone's gimbal tags, else from Pix4D's; with neither, nadir is assumed
    and noted.
    """
    position = _position(exif, drone)
    height = read_height(exif, drone, pix4d, site)
    angles = _angles(drone, pix4d)
    assumed = angles is None
    yaw_deg, pitch_deg, roll_deg = angles or _NADIR
    pose = CameraPose(
        position=position,
        height_above_sea_m=height.above_sea_m,
        height_source=height.source,
        yaw_deg=yaw_deg,
        pitch_deg=pitch_deg,
        roll_deg=roll_deg,
        position_sigma_m=_position_sigma_m(exif, drone, pix4d),
        height_sigma_m=height.sigma_m,
        yaw_sigma_deg=_UNKNOWN_YAW_SIGMA_DEG if assumed else _YAW_SIGMA_DEG,
        tilt_sigma_deg=_UNKNOWN_TILT_SIGMA_DEG if assumed else _TILT_SIGMA_DEG,
        assumed_nadir=assumed,
    )
    return PoseReading(pose, (_NADIR_NOTE,) if assumed else ())


def _position(exif: ExifRecord, drone: DroneTags) -> LonLat:
    """Exif first, since tools that correct positions afterwards rewrite that; 0, 0 is no lock."""
    for lon_deg, lat_deg in ((exif.lon_deg, exif.lat_deg), (drone.lon_deg, drone.lat_deg)):
        if lon_deg is None or lat_deg is None or (lon_deg == 0 and lat_deg == 0):
            continue
        try:
            return checked_lonlat(lon_deg, lat_deg)
        except LonLatError as error:
            raise PhotoError("no_gps", f"the photo's position is no place: {error}") from error
    if exif.lon_deg == 0 and exif.lat_deg == 0:
        raise PhotoError("no_gps", "the photo's position is 0, 0: the drone had no GPS lock")
    raise PhotoError("no_gps", "the photo carries no GPS position")


def _position_sigma_m(exif: ExifRecord, drone: DroneTags, pix4d: Pix4dTags) -> float:
    fixed = drone.rtk_flag is not None and _RTK_FLOAT <= drone.rtk_flag <= _RTK_FIXED
    if fixed and drone.rtk_std_lon_m is not None and drone.rtk_std_lat_m is not None:
        return hypot(drone.rtk_std_lon_m, drone.rtk_std_lat_m, _RTK_LEVER_M)
    return exif.horizontal_error_m or pix4d.xy_accuracy_m or _GPS_SIGMA_M


def _angles(drone: DroneTags, pix4d: Pix4dTags) -> Angles | None:
    gimbal = _turns(drone.gimbal_yaw_deg, drone.gimbal_pitch_deg, drone.gimbal_roll_deg or 0.0)
    body = _turns(pix4d.yaw_deg, pix4d.pitch_deg, pix4d.roll_deg)
    return gimbal or (angles_from_pix4d(*body) if body is not None else None)


def _turns(yaw_deg: float | None, pitch_deg: float | None, roll_deg: float | None) -> Angles | None:
    """The three together, or None when one is missing or more than a full turn: a broken tag."""
    if yaw_deg is None or pitch_deg is None or roll_deg is None:
        return None
    angles = Angles(yaw_deg, pitch_deg, roll_deg)
    return angles if all(abs(angle) <= _FULL_TURN_DEG for angle in angles) else None
