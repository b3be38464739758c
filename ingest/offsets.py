"""Faults that all poses of a flight share: what each is, and how a pose is without it."""

from dataclasses import dataclass, replace
from enum import StrEnum
from math import exp

import numpy as np
from pyproj import Geod

from ingest.ground import Array
from ingest.lonlat import LonLat
from ingest.pose import CameraPose
from ingest.rotation import Angles, leaned

_WGS84 = Geod(ellps="WGS84")


class Fault(StrEnum):
    """A fault of a flight's poses, by the name of the field of `PoseOffsets` that mends it."""

    YAW = "yaw_deg"
    PITCH = "pitch_deg"
    LEAN = "lean_deg"
    SCALE = "log_scale"
    LAG = "lag_s"


@dataclass(frozen=True)
class PoseOffsets:
    """What mends every pose of a flight.

    `yaw_deg` and `pitch_deg` are added, `lean_deg` turns the camera about the level line of its
    heading (see `rotation.leaned`), the height is multiplied by e to the `log_scale`, and the place
    is moved to where the drone was `lag_s` seconds after it was at the told place.
    """

    yaw_deg: float = 0.0
    pitch_deg: float = 0.0
    lean_deg: float = 0.0
    log_scale: float = 0.0
    lag_s: float = 0.0

    def mended(self, pose: CameraPose, velocity_m_s: Array) -> CameraPose:
        """The pose with the offsets applied; a velocity (east, north) of NaN leaves its place."""
        angles = Angles(pose.yaw_deg + self.yaw_deg, pose.pitch_deg + self.pitch_deg, pose.roll_deg)
        if self.lean_deg:
            angles = leaned(angles, self.lean_deg)
        return replace(
            pose,
            position=_moved(pose.position, np.nan_to_num(velocity_m_s) * self.lag_s),
            height_above_sea_m=pose.height_above_sea_m * exp(self.log_scale),
            yaw_deg=(angles.yaw_deg + 180) % 360 - 180 if self.yaw_deg else angles.yaw_deg,
            pitch_deg=angles.pitch_deg,
            roll_deg=angles.roll_deg,
        )


def _moved(place: LonLat, east_north_m: Array) -> LonLat:
    if not east_north_m.any():
        return place
    azimuth = float(np.degrees(np.arctan2(*east_north_m)))
    lon, lat, _ = _WGS84.fwd(*place, azimuth, float(np.hypot(*east_north_m)))
    return LonLat(lon, lat)
