"""The pose of a camera from a photo's tags: where it was, where it looked, and how sure that is."""

from dataclasses import dataclass, replace
from math import hypot

from ingest.errors import PhotoError
from ingest.exif import ExifRecord
from ingest.frame import Note
from ingest.height import read_height
from ingest.lonlat import LonLat, LonLatError, checked_lonlat
from ingest.pose import CameraPose, HeightSource
from ingest.rotation import Angles, angles_from_pix4d
from ingest.site_reference import SiteReference
from ingest.xmp import DroneTags, Pix4dTags

# Root mean square of a plain GPS fix: the standard promises 8 m in 95 % of cases (GPS SPS
# Performance Standard 2020, table 3.8-3, global average horizontal), which is 1.73 times that.
GPS_SIGMA_M = 4.6
# An RTK fix is of the antenna; the camera hangs about a hand's breadth beside and below it.
_RTK_LEVER_M = 0.1
# DJI: 16 single point, 32 to 49 float, 50 fixed (Mavic 3E/3T User Manual, XMP field list).
_RTK_FLOAT, _RTK_FIXED = 32, 50
# Allowances, ours: a compass is good to a few degrees, a gimbal's level to about one.
YAW_SIGMA_DEG, TILT_SIGMA_DEG = 3.0, 1.0
# Without angles: any yaw is as likely as another (180 / sqrt 3), and a fixed camera leans as the
# drone does in a breeze.
UNKNOWN_YAW_SIGMA_DEG, _UNKNOWN_TILT_SIGMA_DEG = 104.0, 10.0
# DJI's status of a fix (Mavic 3M Image Processing Guide): "Invalid" is written without a fix, and
# by some Mini 3 Pro beside good ones. Allowance, ours.
_INVALID_GPS_SIGMA_M = 30.0
_PHONE_HEIGHT_M = 2.0  # held by someone standing in a boat
# As phones write themselves into Exif Make. Sony is left out: its cameras fly on survey drones.
_PHONE_MAKERS = frozenset(
    {"apple", "samsung", "google", "xiaomi", "redmi", "oppo", "vivo", "huawei", "honor", "realme"}
    | {"oneplus", "motorola", "nokia", "hmd global", "lge", "asus", "infinix", "tecno", "nothing"}
)
_FULL_TURN_DEG = 360.0
_NADIR = Angles(0.0, -90.0, 0.0)

_NADIR_NOTE = Note(
    "nadir_assumed",
    "the photo does not tell where the camera looked; straight down with north at the top is "
    "assumed, and places in it are only rough",
)


_REVERSED_NOTE = Note(
    "gimbal_reversed",
    "the drone says that its camera hangs the other way round; the heading may be wrong by 180°",
)
_INVALID_GPS_NOTE = Note(
    "gps_invalid",
    f"the drone calls its position invalid; its error is taken as {_INVALID_GPS_SIGMA_M:g} m",
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
    and noted. A phone's photo keeps its place alone.
    """
    position = _position(exif, drone)
    angles = _angles(drone, pix4d)
    assumed = angles is None
    if assumed and is_phone(exif.make):
        return _phone_reading(position, _position_sigma_m(exif, drone, pix4d))
    height = read_height(exif, drone, pix4d, site)
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
        yaw_sigma_deg=UNKNOWN_YAW_SIGMA_DEG if assumed else YAW_SIGMA_DEG,
        tilt_sigma_deg=_UNKNOWN_TILT_SIGMA_DEG if assumed else TILT_SIGMA_DEG,
        assumed_nadir=assumed,
    )
    notes: tuple[Note, ...] = (_NADIR_NOTE,) if assumed else ()
    if drone.reversed:
        pose = replace(pose, yaw_sigma_deg=UNKNOWN_YAW_SIGMA_DEG)
        notes += (_REVERSED_NOTE,)
    if drone.gps_status == "Invalid":
        notes += (_INVALID_GPS_NOTE,)
    return PoseReading(pose, notes)


def is_phone(make: str) -> bool:
    """Whether the maker named in Exif makes phones, not drones."""
    return make.strip().lower() in _PHONE_MAKERS


def _phone_reading(position: LonLat, position_sigma_m: float) -> PoseReading:
    """The pose of a phone on a boat, turned to the sky so that no pixel of it meets the sea."""
    pose = CameraPose(
        position=position,
        height_above_sea_m=_PHONE_HEIGHT_M,
        height_source=HeightSource.GPS,
        yaw_deg=0.0,
        pitch_deg=90.0,
        roll_deg=0.0,
        position_sigma_m=position_sigma_m,
        height_sigma_m=_PHONE_HEIGHT_M,
        yaw_sigma_deg=UNKNOWN_YAW_SIGMA_DEG,
        tilt_sigma_deg=UNKNOWN_YAW_SIGMA_DEG,
        position_only=True,
    )
    text = (
        f"position only: a phone took it, within {position_sigma_m:.0f} m of there; phones do not "
        "tell where they look, and nothing in the picture is placed on the sea"
    )
    return PoseReading(pose, (Note("position_only", text),))


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
    if drone.gps_status == "Invalid":
        return _INVALID_GPS_SIGMA_M
    return exif.horizontal_error_m or pix4d.xy_accuracy_m or GPS_SIGMA_M


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
