"""From a pixel to the sea surface and back, with the error of the place found."""

from dataclasses import dataclass
from functools import cached_property
from math import inf, radians, sin, sqrt

import numpy as np
import numpy.typing as npt
from pyproj import Geod

from ingest.camera import CameraIntrinsics
from ingest.errors import ProjectionError
from ingest.lonlat import LonLat
from ingest.pose import CameraPose
from ingest.rotation import Angles, camera_from_enu

# A degree of tilt moves the place a ray 1 degree below the horizon meets the sea without bound.
HORIZON_MARGIN_DEG = 1.0
_WGS84 = Geod(ellps="WGS84")
_TURN_STEP_RAD = 1e-5
_FOCAL_STEP = 1e-5

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class GroundPoint:
    """A place on the sea surface.

    `error_m` is the root mean square of the horizontal distance to the true place (the radius that
    holds about two thirds of them).
    """

    position: LonLat
    error_m: float


@dataclass(frozen=True)
class SeaView:
    """What one camera sees of the sea: a pinhole above a flat surface at height 0.

    Pixels are (x, y) from the left and top edge of the stored picture, in pixels of the full
    resolution; the first pixel's centre is (0.5, 0.5). What the lens bends is straightened, where
    its distortion is known. The surface is flat: within the heights of drones (below 500 m) the
    earth's curve moves no point by more than the errors stated here.
    """

    camera: CameraIntrinsics
    pose: CameraPose

    def to_ground(self, xy_px: tuple[float, float]) -> GroundPoint:
        """Find where the ray of a pixel meets the sea.

        Raises ProjectionError when the ray is less than 1 degree below the horizon.
        """
        lonlat, error_m = self.to_ground_many(np.array([xy_px], dtype=np.float64))
        if np.isnan(error_m[0]):
            raise self._too_high(xy_px)
        return GroundPoint(LonLat(float(lonlat[0, 0]), float(lonlat[0, 1])), float(error_m[0]))

    def _too_high(self, xy_px: tuple[float, float]) -> ProjectionError:
        return ProjectionError(
            f"the pixel must look at least {HORIZON_MARGIN_DEG:g} degree below the horizon; "
            f"{xy_px} of {self.camera.width_px} x {self.camera.height_px} does not "
            f"(camera pitch {self.pose.pitch_deg:g}): choose a lower point of the picture"
        )

    def to_ground_many(self, xy_px: Array) -> tuple[Array, Array]:
        """Places (N x 2, lon lat) and errors (N, metres) of N x 2 pixels; NaN at the horizon."""
        rays = self._rays_enu(xy_px)
        seen = self._below_horizon(rays)
        lonlat = np.full((len(rays), 2), np.nan)
        error_m = np.full(len(rays), np.nan)
        lonlat[seen] = self._lonlat_from_enu(self._meet_sea(rays[seen]))
        error_m[seen] = self._errors_m(xy_px[seen])
        return lonlat, error_m

    def to_pixel(self, point: LonLat) -> tuple[float, float]:
        """Find the pixel, inside the picture or not, that a place on the sea falls on.

        Raises ProjectionError when the place is behind the camera.
        """
        x, y = self.to_pixel_many(np.array([point], dtype=np.float64))[0]
        if np.isnan(x):
            raise ProjectionError(
                f"the point must be in front of the camera; {point.lon}, {point.lat} is behind it"
            )
        return float(x), float(y)

    def to_pixel_many(self, lonlat: Array) -> Array:
        """Pixels (N x 2) of N x 2 places (lon lat); NaN for those behind the camera."""
        home = self.pose.position
        count = len(lonlat)
        azimuth, _, distance = _WGS84.inv(
            np.full(count, home.lon), np.full(count, home.lat), lonlat[:, 0], lonlat[:, 1]
        )
        east, north = distance * np.sin(np.radians(azimuth)), distance * np.cos(np.radians(azimuth))
        in_camera = self.homography_from_enu() @ np.stack([east, north, np.ones(count)])
        depth = np.where(in_camera[2] > 0, in_camera[2], np.nan)
        return self.camera.bent_px((in_camera[:2] / depth).T)

    def gsd_cm_at(self, xy_px: tuple[float, float]) -> float:
        """Ground sample distance at a pixel: centimetres a pixel, the geometric mean of both ways.

        Raises ProjectionError when a pixel's ray is less than 1 degree below the horizon.
        """
        x, y = xy_px
        if not self._below_horizon(self._rays_enu(np.array([xy_px], dtype=np.float64)))[0]:
            raise self._too_high(xy_px)
        around = np.array([[x - 0.5, y], [x + 0.5, y], [x, y - 0.5], [x, y + 0.5]])
        left, right, above, below = self._meet_sea(self._rays_enu(around))
        across, along = right - left, below - above
        return 100 * sqrt(abs(float(across[0] * along[1] - across[1] * along[0])))

    @property
    def centre_gsd_cm(self) -> float | None:
        """As `gsd_cm_at` in the picture's middle, cm a pixel; None where there is no sea."""
        try:
            return self.gsd_cm_at((self.camera.width_px / 2, self.camera.height_px / 2))
        except ProjectionError:
            return None

    def homography_from_enu(self) -> Array:
        """3 x 3 matrix from (east m, north m, 1) on the sea, about the point below the camera.

        It yields (x w, y w, w) in straight pixels, as a lens without distortion would have them
        (`CameraIntrinsics.straight_px`); w is the distance along the optical axis in metres.
        """
        turn = self._camera_from_enu
        below = np.column_stack(
            [turn[:, 0], turn[:, 1], -turn[:, 2] * self.pose.height_above_sea_m]
        )
        principal_x, principal_y = self.camera.principal_px
        focal = self.camera.focal_px
        intrinsic = np.array([[focal, 0, principal_x], [0, focal, principal_y], [0, 0, 1]])
        homography: Array = intrinsic @ below
        return homography

    def directions_enu(self, xy_px: Array) -> Array:
        """Unit vectors (N x 3, east north up) in which N x 2 pixels look."""
        rays = self._rays_enu(xy_px)
        directions: Array = rays / np.linalg.norm(rays, axis=1, keepdims=True)
        return directions

    def footprint(self, *, coarsest_gsd_cm: float = inf) -> tuple[LonLat, ...] | None:
        """The ring of the seen sea: closed, counter-clockwise; None when only sky is seen.

        Where the horizon crosses the picture the ring ends just below it; with a
        `coarsest_gsd_cm`, it ends where a pixel covers more of the sea than that.
        """
        outline = self._straight_corners_above_sea_px(coarsest_gsd_cm)
        if len(outline) == 0:
            return None
        ring = self._meet_sea(self._straight_rays_enu(outline))
        if _signed_area(ring) < 0:
            ring = ring[::-1]
        lonlat = self._lonlat_from_enu(np.vstack([ring, ring[:1]]))
        return tuple(LonLat(float(lon), float(lat)) for lon, lat in lonlat)

    @cached_property
    def _camera_from_enu(self) -> Array:
        pose = self.pose
        return camera_from_enu(Angles(pose.yaw_deg, pose.pitch_deg, pose.roll_deg))

    def _rays_enu(self, xy_px: Array) -> Array:
        """Directions (N x 3, east north up, 1 along the optical axis) of N x 2 pixels."""
        return self._straight_rays_enu(self.camera.straight_px(xy_px))

    def _straight_rays_enu(self, xy_px: Array, focal_px: float | None = None) -> Array:
        in_camera = np.ones((len(xy_px), 3))
        in_camera[:, :2] = (xy_px - self.camera.principal_px) / (focal_px or self.camera.focal_px)
        rays: Array = in_camera @ self._camera_from_enu
        return rays

    @staticmethod
    def _below_horizon(rays: Array) -> npt.NDArray[np.bool_]:
        below: npt.NDArray[np.bool_] = -rays[:, 2] > sin(
            radians(HORIZON_MARGIN_DEG)
        ) * np.linalg.norm(rays, axis=1)
        return below

    def _meet_sea(self, rays: Array) -> Array:
        """East and north metres (N x 2) from below the camera to where the rays meet the sea."""
        met: Array = rays[:, :2] * (self.pose.height_above_sea_m / -rays[:, 2:])
        return met

    def _lonlat_from_enu(self, enu: Array) -> Array:
        home = self.pose.position
        azimuth = np.degrees(np.arctan2(enu[:, 0], enu[:, 1]))
        lon, lat, _ = _WGS84.fwd(
            np.full(len(enu), home.lon),
            np.full(len(enu), home.lat),
            azimuth,
            np.hypot(enu[:, 0], enu[:, 1]),
        )
        return np.column_stack([lon, lat])

    def _errors_m(self, xy_px: Array) -> Array:
        """Root-sum-square of what 1 sigma of each part of the pose and lens moves the places by."""
        pose, rays = self.pose, self._rays_enu(xy_px)
        distance = np.linalg.norm(self._meet_sea(rays), axis=1)
        moves = [
            np.full(len(xy_px), pose.position_sigma_m),
            distance * pose.height_sigma_m / pose.height_above_sea_m,
            distance * radians(pose.yaw_sigma_deg),
            self._move_by_focal(xy_px),
            # Pitch and roll together are the camera's tilt about the two level axes; those stay
            # apart where the gimbal's own two axes coincide with yaw, at nadir.
            self._move_by_tilt(rays, np.array([1.0, 0.0, 0.0])),
            self._move_by_tilt(rays, np.array([0.0, 1.0, 0.0])),
        ]
        errors: Array = np.sqrt(sum(move**2 for move in moves))
        return errors

    def _move_by_focal(self, xy_px: Array) -> Array:
        focal, straight_px = self.camera.focal_px, self.camera.straight_px(xy_px)
        longer = self._meet_sea(self._straight_rays_enu(straight_px, focal * (1 + _FOCAL_STEP)))
        shorter = self._meet_sea(self._straight_rays_enu(straight_px, focal * (1 - _FOCAL_STEP)))
        slope = np.linalg.norm(longer - shorter, axis=1) / (2 * _FOCAL_STEP)
        moved: Array = slope * self.camera.focal_rel_error
        return moved

    def _move_by_tilt(self, rays: Array, axis_enu: Array) -> Array:
        turn = _TURN_STEP_RAD * np.cross(axis_enu, rays)
        slope = np.linalg.norm(self._meet_sea(rays + turn) - self._meet_sea(rays - turn), axis=1)
        moved: Array = slope / (2 * _TURN_STEP_RAD) * radians(self.pose.tilt_sigma_deg)
        return moved

    def _straight_corners_above_sea_px(self, coarsest_gsd_cm: float) -> Array:
        """The picture's outline (N x 2) without the part at or above the horizon; N may be 0.

        In straight pixels: in those, how far a ray sinks is linear in x and y, so that the outline
        is cut by a line, and has straight sides on the sea as well. The line is the one that keeps
        every ray, the longest too, a degree below the horizon. The ground sample distance is
        h / f / sink^(3/2), so that a limit to it is a line of the same direction.
        """
        corners = self.camera.straight_px(_outline_px(self.camera))
        rays = self._straight_rays_enu(corners)
        longest = float(np.linalg.norm(rays, axis=1).max())
        finest_gsd_cm = 100 * self.pose.height_above_sea_m / self.camera.focal_px
        least_sink = max(
            longest * sin(radians(HORIZON_MARGIN_DEG)), (finest_gsd_cm / coarsest_gsd_cm) ** (2 / 3)
        )
        below = -rays[:, 2] - least_sink
        outline: list[Array] = []
        for index, corner in enumerate(corners):
            following = (index + 1) % len(corners)
            here, there = below[index], below[following]
            if here >= 0:
                outline.append(corner)
            if here * there < 0:
                outline.append(corner + (corners[following] - corner) * here / (here - there))
        return np.array(outline).reshape(-1, 2)


def _outline_px(camera: CameraIntrinsics) -> Array:
    """Corners of the picture, and the middles of its sides where the lens bends those."""
    width, height = camera.width_px, camera.height_px
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float64)
    if camera.distortion is None:
        return corners
    middles = (corners + np.roll(corners, -1, axis=0)) / 2
    outline: Array = np.stack([corners, middles], axis=1).reshape(-1, 2)
    return outline


def _signed_area(ring: Array) -> float:
    """Twice the area of an open ring, positive when it runs counter-clockwise."""
    following = np.roll(ring, -1, axis=0)
    return float(np.sum(ring[:, 0] * following[:, 1] - ring[:, 1] * following[:, 0]))
