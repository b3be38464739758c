"""Painting shapes given in metres on a picture, and keeping the exact outline of each object."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import cos, radians, sin

import cv2
import numpy as np
import numpy.typing as npt

from detection.training.noise import Grid, Image, noise_texture
from detection.training.world import Colour, SceneObject

Points = npt.NDArray[np.float64]
_FRACTION_BITS = 4  # OpenCV takes polygon corners in 1/16 pixel


@dataclass
class Canvas:
    """A float picture, height x width x 3 in 0..1, with the outlines painted as solid.

    `foam` collects what wakes and surf whiten, 0..1. `outlines` are pixel polygons, N x 2.
    """

    grid: Grid
    rgb: Image
    foam: Image = field(init=False)
    outlines: list[Points] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Start without foam."""
        self.foam = np.zeros(self.rgb.shape[:2], dtype=np.float32)

    def fill(
        self,
        corners_m: Points,
        colour: Colour,
        *,
        alpha: float = 1.0,
        blur_m: float = 0.0,
        grain: float = 0.0,
        solid: bool = False,
    ) -> None:
        """Fill a polygon of world points; `grain` mottles it; `solid` parts make the box."""
        corners = self.grid.to_px(corners_m)
        if solid:
            self.outlines.append(corners)
        part = self._mask([corners], blur_m)
        if part is None:
            return
        rows, columns, mask = part
        under = self.rgb[rows, columns]
        paint = np.asarray(colour, dtype=np.float32)
        if grain > 0:
            noise = noise_texture(3, 1.2)
            tile = noise[: mask.shape[0], : mask.shape[1]]
            if tile.shape == mask.shape:  # larger shapes stay plain
                paint = paint * (1 + grain * tile[..., None])
        under += (alpha * mask)[..., None] * (paint - under)

    def shade(self, corners_m: Points, factor: float, blur_m: float = 0.0) -> None:
        """Multiply the picture inside a polygon: a shadow."""
        self.shade_together([corners_m], factor, blur_m)

    def shade_together(self, parts_m: Sequence[Points], factor: float, blur_m: float) -> None:
        """One shadow of several polygons: where they overlap it is no darker."""
        part = self._mask([self.grid.to_px(corners) for corners in parts_m], blur_m)
        if part is not None:
            rows, columns, mask = part
            self.rgb[rows, columns] *= (1 + (factor - 1) * mask)[..., None]

    def froth(self, corners_m: Points, strength: float, blur_m: float) -> None:
        """Whiten the water inside a polygon with foam."""
        part = self._mask([self.grid.to_px(corners_m)], blur_m)
        if part is not None:
            rows, columns, mask = part
            np.maximum(self.foam[rows, columns], strength * mask, out=self.foam[rows, columns])

    def colour_at(self, corners_m: Points) -> Colour:
        """Mean colour now under a polygon's bounding box; black outside the picture."""
        box = self._window(self.grid.to_px(corners_m), 0)
        if box is None:
            return (0.0, 0.0, 0.0)
        red, green, blue = self.rgb[box].reshape(-1, 3).mean(axis=0)
        return float(red), float(green), float(blue)

    def _window(self, corners: Points, margin_px: int) -> tuple[slice, slice] | None:
        low = np.floor(corners.min(axis=0)).astype(int) - margin_px
        high = np.ceil(corners.max(axis=0)).astype(int) + margin_px + 1
        left, top = max(low[0], 0), max(low[1], 0)
        right, bottom = min(high[0], self.grid.width_px), min(high[1], self.grid.height_px)
        if left >= right or top >= bottom:
            return None
        return slice(top, bottom), slice(left, right)

    def _mask(self, polygons: Sequence[Points], blur_m: float) -> tuple[slice, slice, Image] | None:
        """The window that polygons touch and their coverage there, 0..1, softened by `blur_m`."""
        sigma = blur_m / self.grid.gsd_m
        window = self._window(np.concatenate(polygons), int(3 * sigma) + 1)
        if window is None:
            return None
        rows, columns = window
        mask = np.zeros((rows.stop - rows.start, columns.stop - columns.start), dtype=np.uint8)
        # OpenCV counts from pixel centres, our corners from the corner of the first pixel
        for corners in polygons:
            fixed = (corners - [columns.start + 0.5, rows.start + 0.5]) * (1 << _FRACTION_BITS)
            cv2.fillPoly(mask, [np.rint(fixed).astype(np.int32)], 255, cv2.LINE_AA, _FRACTION_BITS)
        if sigma > 0.3:
            mask = cv2.GaussianBlur(mask, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE)
        return rows, columns, mask.astype(np.float32) / np.float32(255)


@dataclass(frozen=True)
class Body:
    """The own axes of an object: (right, forward) in metres from its centre to world points."""

    placed: SceneObject

    def world(self, right_forward_m: npt.ArrayLike) -> Points:
        """World points, N x 2, of points in the body's axes."""
        points = np.asarray(right_forward_m, dtype=np.float64).reshape(-1, 2)
        heading = radians(self.placed.heading_deg)
        right, forward = points[:, 0], points[:, 1]
        return np.stack(
            [
                self.placed.east_m + right * cos(heading) + forward * sin(heading),
                self.placed.north_m - right * sin(heading) + forward * cos(heading),
            ],
            axis=1,
        )


def ellipse(right_m: float, forward_m: float, half_width_m: float, half_length_m: float) -> Points:
    """Corners of an ellipse in body axes."""
    turn = np.linspace(0, 2 * np.pi, 20, endpoint=False)
    return np.stack(
        [right_m + half_width_m * np.cos(turn), forward_m + half_length_m * np.sin(turn)], axis=1
    )


def ribbon(path_m: Points, width_m: float | Points) -> Points:
    """The polygon of a line of points drawn `width_m` wide (one width, or one for each point)."""
    along = np.gradient(path_m, axis=0)
    along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-9)
    side = np.stack([-along[:, 1], along[:, 0]], axis=1) * np.reshape(width_m, (-1, 1)) / 2
    return np.concatenate([path_m + side, (path_m - side)[::-1]])


def mixed(a: Colour, b: Colour, share_of_b: float) -> Colour:
    """A colour between two."""
    red, green, blue = (x + (y - x) * share_of_b for x, y in zip(a, b, strict=True))
    return red, green, blue


def scaled(colour: Colour, factor: float) -> Colour:
    """A lighter or darker colour."""
    red, green, blue = (min(1.0, max(0.0, x * factor)) for x in colour)
    return red, green, blue
