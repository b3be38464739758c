"""The frames of a flight on one flat ground, in metres."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from pyproj import Geod

from ingest.frame import Frame
from ingest.lonlat import LonLat
from ingest.projection import SeaView

Array = npt.NDArray[np.float64]

_WGS84 = Geod(ellps="WGS84")
# Ground farther than this many heights is seen at less than 18 degrees: there a degree of tilt
# moves a place by a sixth of the height, too much to compare frames by.
FARTHEST_HEIGHTS = 3.0


def east_north_m(origin: LonLat, places: Array) -> Array:
    """East and north metres (N x 2) from `origin` to N x 2 places (lon lat), on the ellipsoid."""
    start = np.broadcast_to(np.asarray(origin), places.shape)
    azimuth, _, metres = _WGS84.inv(start[:, 0], start[:, 1], places[:, 0], places[:, 1])
    turn = np.radians(azimuth)
    return np.column_stack([metres * np.sin(turn), metres * np.cos(turn)])


def stations_m(frames: Sequence[Frame]) -> Array:
    """East and north metres (N x 2) of the points below the cameras, from that of the first."""
    places = np.array([frame.pose.position for frame in frames], dtype=np.float64).reshape(-1, 2)
    return east_north_m(frames[0].pose.position, places) if len(frames) else places


def places_m(view: SeaView, xy_px: Array) -> Array:
    """East and north metres (N x 2) from below the camera to what N x 2 pixels see.

    NaN for pixels at the horizon or farther than `FARTHEST_HEIGHTS`.
    """
    homogeneous = np.column_stack([view.camera.straight_px(xy_px), np.ones(len(xy_px))])
    seen = homogeneous @ np.linalg.inv(view.homography_from_enu()).T
    depth = np.where(seen[:, 2] > 0, seen[:, 2], np.nan)
    places: Array = seen[:, :2] / depth[:, None]
    too_far = np.hypot(*places.T) > FARTHEST_HEIGHTS * view.pose.height_above_sea_m
    places[too_far] = np.nan
    return places
