"""What a rendered flight is: a world, a camera, the shots, and what should come of them."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
from pyproj import Geod

from detection.training.world import World
from ingest.camera import CameraIntrinsics
from ingest.lonlat import LonLat

BANGKOK = ZoneInfo("Asia/Bangkok")
_WGS84 = Geod(ellps="WGS84")
_DIAGONAL_35MM = float(np.hypot(36.0, 24.0))


@dataclass(frozen=True)
class RenderCamera:
    """A camera without distortion, its focal length given as a 35 mm equivalent."""

    width_px: int = 1600
    height_px: int = 1200
    focal_35mm: int = 24

    def intrinsics(self) -> CameraIntrinsics:
        """The camera as ingest describes it."""
        diagonal_px = float(np.hypot(self.width_px, self.height_px))
        focal_px = self.focal_35mm / _DIAGONAL_35MM * diagonal_px
        middle = (self.width_px / 2, self.height_px / 2)
        return CameraIntrinsics(
            "Libong",
            "Render",
            self.width_px,
            self.height_px,
            focal_px,
            middle,
            0.0,
            "35mm_equivalent",
        )


@dataclass(frozen=True)
class Shot:
    """Where the camera truly was, in world metres, and looked, `time_s` after the start."""

    time_s: float
    east_m: float
    north_m: float
    height_above_sea_m: float
    yaw_deg: float
    pitch_deg: float = -90.0
    roll_deg: float = 0.0


@dataclass(frozen=True)
class ExpectedIncident:
    """What the zones' rules should make of an object; written down by the plan's author."""

    rule: str
    zone_id: str
    object_id: int


@dataclass(frozen=True)
class TagErrors:
    """1 sigma of the errors put into the tags; a shift is shared by the whole flight."""

    shared_position_m: float = 1.5
    position_m: float = 0.4
    height_m: float = 0.8
    yaw_deg: float = 1.0
    tilt_deg: float = 0.3


@dataclass(frozen=True)
class FlightPlan:
    """A flight to render: a world, its place on earth, the shots, and what should come of it.

    `origin` is the place of the world's (0, 0); `start` the aware local time of the first shot;
    `launch_height_m` the drone's zero of relative altitude above the sea. A `rough_camera` blurs,
    discolours and sharpens as in training; otherwise there is only a little noise. In a
    `flat_profile` there is little contrast and colour, less than in any training.
    """

    name: str
    title: str
    origin: LonLat
    start: datetime
    launch_height_m: float
    world: World
    shots: tuple[Shot, ...]
    camera: RenderCamera = RenderCamera()
    expected_incidents: tuple[ExpectedIncident, ...] = ()
    tag_errors: TagErrors = TagErrors()
    rough_camera: bool = False
    flat_profile: bool = False
    jpeg_quality: int = 85
    seed: int = 0


def lawnmower(
    lines: int,
    shots_per_line: int,
    along_m: float,
    across_m: float,
    height_m: float,
    speed_m_s: float,
) -> tuple[Shot, ...]:
    """Parallel lines flown north and south by turns, each picture's top to the flight's direction.

    The first shot is at the world's (0, 0).
    """
    shots, time_s = [], 0.0
    for line in range(lines):
        north_bound = line % 2 == 0
        for step in range(shots_per_line):
            row = step if north_bound else shots_per_line - 1 - step
            shots.append(
                Shot(
                    time_s,
                    line * across_m,
                    row * along_m,
                    height_m,
                    0.0 if north_bound else 180.0,
                )
            )
            time_s += along_m / speed_m_s
        time_s += 6.0  # the turn to the next line
    return tuple(shots)


def place(origin: LonLat, east_m: float, north_m: float) -> LonLat:
    """The point on earth of world metres."""
    azimuth, distance = np.degrees(np.arctan2(east_m, north_m)), np.hypot(east_m, north_m)
    lon, lat, _ = _WGS84.fwd(origin.lon, origin.lat, azimuth, distance)
    return LonLat(float(lon), float(lat))
