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
from ingest.sensors import sensor_width_mm
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
# The gimbal follows the drone's heading within some degrees; allowance, ours.
_FOLLOWING_YAW_SIGMA_DEG = 10.0
# A drone that tells 0 for all its camera's angles, and this heading or more of itself, knows none.
_LEAST_HEADING_DEG = 1.0
_PHONE_HEIGHT_M = 2.0  # held by someone standing in a boat
# As phones write themselves into Exif Make. Sony is left out: its cameras fly on survey drones.
_PHONE_MAKERS = frozenset(
    {"apple", "samsung", "google", "xiaomi", "redmi", "oppo", "vivo", "huawei", "honor", "realme"}
    | {"oneplus", "motorola", "nokia", "hmd global", "lge", "lg electronics", "asus", "infinix"}
    | {
        "infinix mobility limited",
        "tecno",
        "tecno mobile limited",
        "nothing",
        "itel",
        "poco",
        "zte",
    }
    | {"zte", "lenovo", "tcl", "wiko", "meizu", "blackberry", "htc", "fairphone"}
)
# Makers of drones, and of cameras that hang under them, as they write themselves into Exif Make.
_DRONE_MAKERS = (
    *("dji", "hasselblad", "autel", "parrot", "skydio", "sensefly", "yuneec", "wingtra", "quantum"),
    *(
        "micasense",
        "sentera",
        "teledyne flir",
        "ageagle",
        "phase one",
        "fimi",
        "hubsan",
        "powervision",
    ),
)
# Nobody stands so high above the sea in a boat; allowance, ours.
_SURELY_FLYING_M = 30.0
_FULL_TURN_DEG = 360.0
_NADIR = Angles(0.0, -90.0, 0.0)

_NADIR_NOTE = Note(
    "nadir_assumed",
    "the photo does not tell where the camera looked; straight down with north at the top is "
    "assumed, and places in it are only rough",
)


_HEADING_NOTE = Note(
    "nadir_assumed",
    "the photo tells the drone's heading, not where the camera looked; straight down is assumed, "
    "and places in it are only rough",
)
_ZEROS_NOTE = Note(
    "gimbal_zeros",
    "the drone wrote 0 for every angle of its camera, whose heading it is not; straight down with "
    "the drone's own heading is assumed, and places in it are only rough",
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
    and noted, with the drone's heading where that is told. A phone's photo, or that of another
    camera in somebody's hand, keeps its place alone.
    """
    position = _position(exif, drone)
    angles = _angles(drone, pix4d)
    assumed = angles is None
    if assumed and is_phone(exif.make):
        return _handheld_reading(position, _position_sigma_m(exif, drone, pix4d), "a phone")
    if assumed and not _is_flown(exif, drone, pix4d):
        return _handheld_reading(
            position, _position_sigma_m(exif, drone, pix4d), "a camera in somebody's hand"
        )
    height = read_height(exif, drone, pix4d, site)
    heading_deg = drone.flight_yaw_deg
    if heading_deg is not None and abs(heading_deg) > _FULL_TURN_DEG:
        heading_deg = None
    yaw_deg, pitch_deg, roll_deg = angles or _NADIR._replace(yaw_deg=heading_deg or 0.0)
    unknown_yaw_deg = UNKNOWN_YAW_SIGMA_DEG if heading_deg is None else _FOLLOWING_YAW_SIGMA_DEG
    pose = CameraPose(
        position=position,
        height_above_sea_m=height.above_sea_m,
        height_source=height.source,
        yaw_deg=yaw_deg,
        pitch_deg=pitch_deg,
        roll_deg=roll_deg,
        position_sigma_m=_position_sigma_m(exif, drone, pix4d),
        height_sigma_m=height.sigma_m,
        yaw_sigma_deg=unknown_yaw_deg if assumed else YAW_SIGMA_DEG,
        tilt_sigma_deg=_UNKNOWN_TILT_SIGMA_DEG if assumed else TILT_SIGMA_DEG,
        assumed_nadir=assumed,
    )
    notes = (*height.notes, *(_nadir_notes(drone, heading_deg) if assumed else ()))
    if drone.reversed:
        pose = replace(pose, yaw_sigma_deg=UNKNOWN_YAW_SIGMA_DEG)
        notes += (_REVERSED_NOTE,)
    if _is_invalid(exif, drone):
        notes += (_INVALID_GPS_NOTE,)
    return PoseReading(pose, notes)


def _nadir_notes(drone: DroneTags, heading_deg: float | None) -> tuple[Note, ...]:
    if _zeros_for_angles(drone):
        return (_ZEROS_NOTE,)
    return (_NADIR_NOTE if heading_deg is None else _HEADING_NOTE,)


def _zeros_for_angles(drone: DroneTags) -> bool:
    """Whether a drone wrote zeros for angles it does not know.

    A Mini 2 that looked straight down did, with a heading of 179.9° of its own (DJI Mobile SDK,
    issue 1233), and a Zenmuse P1 under a Matrice 400 (Mobile SDK V5, issue 772).
    """
    gimbal = drone.gimbal_yaw_deg, drone.gimbal_pitch_deg, drone.gimbal_roll_deg
    return gimbal == (0, 0, 0) and abs(drone.flight_yaw_deg or 0.0) >= _LEAST_HEADING_DEG


def _is_flown(exif: ExifRecord, drone: DroneTags, pix4d: Pix4dTags) -> bool:
    """Whether a camera hung under a drone, by its tags, its maker, its model or its height."""
    tagged = drone != DroneTags() or pix4d != Pix4dTags()
    made = exif.make.strip().lower().startswith(_DRONE_MAKERS)
    high = (exif.altitude_m or 0.0) >= _SURELY_FLYING_M
    return tagged or made or high or sensor_width_mm(exif.model, None) is not None


def _is_invalid(exif: ExifRecord, drone: DroneTags) -> bool:
    return drone.gps_status == "Invalid" or (exif.gps_void and drone.gps_status is None)


def is_phone(make: str) -> bool:
    """Whether the maker named in Exif makes phones, not drones."""
    return make.strip().lower() in _PHONE_MAKERS


def _handheld_reading(position: LonLat, position_sigma_m: float, what: str) -> PoseReading:
    """The pose of a camera on a boat, turned to the sky so that no pixel of it meets the sea."""
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
        f"position only: {what} took it, within {position_sigma_m:.0f} m of there; it does not "
        "tell where it looked, and nothing in the picture is placed on the sea"
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
    if _is_invalid(exif, drone):
        return _INVALID_GPS_SIGMA_M
    told_m = exif.horizontal_error_m or drone.horizontal_accuracy_m or pix4d.xy_accuracy_m
    return told_m or GPS_SIGMA_M


def _angles(drone: DroneTags, pix4d: Pix4dTags) -> Angles | None:
    gimbal = None
    if not _zeros_for_angles(drone):
        gimbal = _turns(drone.gimbal_yaw_deg, drone.gimbal_pitch_deg, drone.gimbal_roll_deg or 0.0)
    body = _turns(pix4d.yaw_deg, pix4d.pitch_deg, pix4d.roll_deg)
    return gimbal or (angles_from_pix4d(*body) if body is not None else None)


def _turns(yaw_deg: float | None, pitch_deg: float | None, roll_deg: float | None) -> Angles | None:
    """The three together, or None when one is missing or more than a full turn: a broken tag."""
    if yaw_deg is None or pitch_deg is None or roll_deg is None:
        return None
    angles = Angles(yaw_deg, pitch_deg, roll_deg)
    return angles if all(abs(angle) <= _FULL_TURN_DEG for angle in angles) else None
