"""The pose and the lens of a video's camera at one moment, and how sure they are."""

from dataclasses import dataclass, replace
from math import hypot

from ingest.camera import CameraIntrinsics, read_intrinsics
from ingest.errors import VideoError
from ingest.exif import ExifRecord
from ingest.frame import Note
from ingest.height import read_height
from ingest.pose import CameraPose, HeightSource
from ingest.pose_reading import GPS_SIGMA_M, TILT_SIGMA_DEG, UNKNOWN_YAW_SIGMA_DEG, YAW_SIGMA_DEG
from ingest.site_reference import SiteReference
from ingest.video.container import VideoFacts
from ingest.video.flight_path import Moment
from ingest.xmp import DroneTags, Pix4dTags

# 35 mm equivalents of the fixed wide lenses, from the makers' specification pages; by a part of
# what the file calls its maker, the more special names first.
_FOCAL_35MM_BY_DEVICE = {
    "air2s": 22.0, "air 2s": 22.0, "fc3411": 22.0,
    "mavic2pro": 28.0, "mavic 2 pro": 28.0, "l1d-20c": 28.0,
    "mavicair": 24.0, "mavic air": 24.0, "fc2103": 24.0, "fc3170": 24.0,
    "mavicpro": 26.0, "mavic pro": 26.0, "fc220": 26.0,
    "mavic3": 24.0, "mavic 3": 24.0, "l2d-20c": 24.0,
    "mini": 24.0, "fc7203": 24.0, "fc7303": 24.0, "fc3582": 24.0,
    "phantom4pro": 24.0, "phantom 4 pro": 24.0, "fc6310": 24.0,
    "phantom": 20.0, "fc330": 20.0, "fc300": 20.0,
}  # fmt: skip
_FOCAL_35MM_BY_DIALECT = {
    "mavic_pro": 26.0, "mavic_air": 24.0, "mavic_mini": 24.0, "phantom_4_rtk": 24.0,
}  # fmt: skip
_USUAL_FOCAL_35MM = 24.0  # of most drones since 2017; the others lie between 20 and 28
# Films are often cropped a little from the sensor, by resolution and frame rate, untold.
_FILM_CROP_ERROR, _TABLE_ERROR, _ASSUMED_ERROR = 0.06, 0.08, 0.15

# Allowances, ours. A film's camera without told angles may look anywhere between straight down and
# ahead; most drones look where they fly, but not when they circle.
_UNKNOWN_TILT_SIGMA_DEG = 20.0
_COURSE_YAW_SIGMA_DEG = 40.0
# What a drone calls absolute comes from air pressure, 100 m off and more (`TelemetryRecord`).
_ALTITUDE_SIGMA_M = 60.0
# Positions come once to ten times a second, and lie between two of them for the rest.
_BETWEEN_SHARE = 0.15


@dataclass(frozen=True)
class VideoPose:
    """A pose, and what a user should know about it."""

    pose: CameraPose
    notes: tuple[Note, ...]


def pose_at(moment: Moment, site: SiteReference, *, time_sigma_s: float = 0.0) -> VideoPose:
    """The pose at a moment; raises VideoError or PhotoError `bad_height`.

    `time_sigma_s` is how well telemetry and pictures are known to be of the same time.
    """
    height = _height(moment, site)
    angles, yaw_sigma_deg, tilt_sigma_deg, notes = _angles(moment)
    position_sigma_m = hypot(
        GPS_SIGMA_M, moment.speed_m_s * hypot(time_sigma_s, _BETWEEN_SHARE * moment.silence_s)
    )
    yaw_deg, pitch_deg, roll_deg = angles
    pose = CameraPose(
        position=moment.position,
        height_above_sea_m=height[0],
        height_source=height[2],
        yaw_deg=yaw_deg,
        pitch_deg=pitch_deg,
        roll_deg=roll_deg,
        position_sigma_m=position_sigma_m,
        height_sigma_m=height[1],
        yaw_sigma_deg=yaw_sigma_deg,
        tilt_sigma_deg=tilt_sigma_deg,
        assumed_nadir=moment.gimbal is None,
    )
    return VideoPose(pose, notes + height[3])


def camera_at(
    moment: Moment, facts: VideoFacts, dialect: str
) -> tuple[CameraIntrinsics, list[Note]]:
    """The lens at a moment: as telemetry tells it, else by the model, else as most drones have it.

    Raises PhotoError `no_camera` for a focal length no lens could have.
    """
    zoom = moment.digital_zoom or 1.0
    focal_35mm, error, notes = moment.focal_length_35mm, _FILM_CROP_ERROR, list[Note]()
    if focal_35mm is None:
        focal_35mm, error, notes = _focal_by_model(facts, dialect)
    camera = read_intrinsics(
        facts.width_px,
        facts.height_px,
        ExifRecord(model=facts.device, focal_length_35mm=focal_35mm, digital_zoom=max(zoom, 1.0)),
        DroneTags(),
        Pix4dTags(),
    )
    return replace(camera, focal_rel_error=max(camera.focal_rel_error, error)), notes


def _focal_by_model(facts: VideoFacts, dialect: str) -> tuple[float, float, list[Note]]:
    device = facts.device.lower()
    told = next((mm for name, mm in _FOCAL_35MM_BY_DEVICE.items() if name in device), None)
    told = told or _FOCAL_35MM_BY_DIALECT.get(dialect)
    if told is not None:
        return told, _TABLE_ERROR, []
    note = Note(
        "lens_assumed",
        f"nothing tells the lens; {_USUAL_FOCAL_35MM:g} mm (35 mm equivalent) is assumed, within "
        f"{_ASSUMED_ERROR:.0%}",
    )
    return _USUAL_FOCAL_35MM, _ASSUMED_ERROR, [note]


def _height(
    moment: Moment, site: SiteReference
) -> tuple[float, float, HeightSource, tuple[Note, ...]]:
    if moment.relative_height_m is not None:
        height = read_height(
            ExifRecord(),
            DroneTags(relative_altitude_m=moment.relative_height_m),
            Pix4dTags(),
            site,
        )
        return height.above_sea_m, height.sigma_m, height.source, ()
    altitude_m = moment.absolute_altitude_m
    if altitude_m is None or altitude_m <= 0:
        raise VideoError(
            "bad_height", "the telemetry tells no height above take-off and no altitude above 0"
        )
    note = Note(
        "height_from_altitude",
        "only the drone's own altitude tells the height, which may be 100 m off; the error was "
        "widened",
    )
    return altitude_m, _ALTITUDE_SIGMA_M, HeightSource.GPS, (note,)


def _angles(moment: Moment) -> tuple[tuple[float, float, float], float, float, tuple[Note, ...]]:
    if moment.gimbal is not None:
        return moment.gimbal, YAW_SIGMA_DEG, TILT_SIGMA_DEG, ()
    if moment.flight is not None:
        yaw_deg, yaw_sigma_deg, top = moment.flight.yaw_deg, 2 * YAW_SIGMA_DEG, "the drone's nose"
    elif moment.course_deg is not None:
        yaw_deg, yaw_sigma_deg, top = moment.course_deg, _COURSE_YAW_SIGMA_DEG, "where it flew"
    else:
        yaw_deg, yaw_sigma_deg, top = 0.0, UNKNOWN_YAW_SIGMA_DEG, "north"
    note = Note(
        "nadir_assumed",
        f"the telemetry does not tell where the camera looked; straight down with {top} at the top "
        "is assumed, and places are only rough",
    )
    return (yaw_deg, -90.0, 0.0), yaw_sigma_deg, _UNKNOWN_TILT_SIGMA_DEG, (note,)
