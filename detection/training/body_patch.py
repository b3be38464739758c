"""A piece of the picture in the own axes of one body, to shade its surface pixel by pixel."""

from dataclasses import dataclass, field
from math import cos, radians, sin

import cv2
import numpy as np
import numpy.typing as npt

from detection.training.canvas import Canvas, Points
from detection.training.noise import Image, noise_texture, smooth_step
from detection.training.world import SceneObject, World

_FRACTION_BITS = 4  # OpenCV takes polygon corners in 1/16 pixel


@dataclass
class BodyPatch:
    """A window of the picture around a body, a layer to paint on and lay over the picture.

    `right_m` and `forward_m`, height x width, are each pixel's place in the body's axes. Later
    paint covers earlier; the whole layer is blurred once, when it is laid over the picture.
    """

    canvas: Canvas
    rows: slice
    columns: slice
    right_m: Image
    forward_m: Image
    _paint: Image = field(init=False)  # colour times cover
    _cover: Image = field(init=False)

    def __post_init__(self) -> None:
        """Start with nothing painted."""
        self._cover = np.zeros_like(self.right_m)
        self._paint = np.zeros((*self.right_m.shape, 3), dtype=np.float32)

    @property
    def gsd_m(self) -> float:
        """Metres per pixel."""
        return self.canvas.grid.gsd_m

    def noise(self, seed: int, falloff: float, period_m: float) -> Image:
        """Noise fixed to the body, mean 0 and deviation 1, repeating every `period_m`."""
        texture = noise_texture(seed % 4, falloff)
        texel_per_m = texture.shape[0] / period_m
        shift = np.random.default_rng(seed).uniform(0, texture.shape[0], 2)
        x = np.float32(texel_per_m) * self.right_m + np.float32(shift[0])
        y = np.float32(texel_per_m) * self.forward_m + np.float32(shift[1])
        return np.asarray(
            cv2.remap(texture, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP), dtype=np.float32
        )

    def polygon(self, corners_m: Points) -> Image:
        """Cover, 0..1, of a polygon of world points."""
        corners = self.canvas.grid.to_px(corners_m) - [
            self.columns.start + 0.5,
            self.rows.start + 0.5,
        ]
        mask = np.zeros(self.right_m.shape, dtype=np.uint8)
        fixed = np.rint(corners * (1 << _FRACTION_BITS)).astype(np.int32)
        cv2.fillPoly(mask, [fixed], 255, cv2.LINE_AA, _FRACTION_BITS)
        return mask.astype(np.float32) / np.float32(255)

    def blurred(self, mask: Image, blur_m: float) -> Image:
        """A mask softened by `blur_m`."""
        sigma = blur_m / self.gsd_m
        return np.asarray(cv2.GaussianBlur(mask, (0, 0), sigma)) if sigma > 0.3 else mask

    def cover(self, mask: Image, colour: npt.ArrayLike) -> None:
        """Paint a colour, three numbers or height x width x 3, where the mask is above 0."""
        paint = np.asarray(colour, dtype=np.float32)
        self._paint *= (1 - mask)[..., None]
        self._paint += mask[..., None] * paint
        self._cover += mask * (1 - self._cover)

    def lay(self, blur_m: float) -> None:
        """Lay what was painted over the picture, its edges softened by `blur_m`.

        The white glints of a photograph stay: they lie on the surface, above what is in the water.
        """
        cover, paint = self.blurred(self._cover, blur_m), self.blurred(self._paint, blur_m)
        under = self.canvas.rgb[self.rows, self.columns]
        clear = 1 - smooth_step(under.min(axis=2), 0.75, 0.92)
        under *= (1 - clear * cover)[..., None]
        under += clear[..., None] * paint

    def shade(self, mask: Image, factor: float) -> None:
        """Multiply the picture under the layer: a shadow."""
        self.canvas.rgb[self.rows, self.columns] *= (1 + (factor - 1) * mask)[..., None]

    def tint(self, mask: Image, colour: npt.ArrayLike) -> None:
        """Mix a colour into the picture under the layer."""
        under = self.canvas.rgb[self.rows, self.columns]
        under += mask[..., None] * (np.asarray(colour, dtype=np.float32) - under)


def patch_of(canvas: Canvas, placed: SceneObject, reach_m: float) -> BodyPatch | None:
    """The patch around a body's centre, or None where it lies outside the picture."""
    return patch_over(canvas, placed, np.array([[placed.east_m, placed.north_m]]), reach_m)


def patch_over(
    canvas: Canvas, placed: SceneObject, corners_m: Points, margin_m: float
) -> BodyPatch | None:
    """The patch over world points and a margin, or None where it lies outside the picture."""
    grid = canvas.grid
    corners, margin = grid.to_px(corners_m), margin_m / grid.gsd_m + 2
    (low_x, low_y), (high_x, high_y) = corners.min(axis=0) - margin, corners.max(axis=0) + margin
    left, right = max(0, int(low_x)), min(grid.width_px, int(high_x) + 1)
    top, bottom = max(0, int(low_y)), min(grid.height_px, int(high_y) + 1)
    if left >= right or top >= bottom:
        return None
    east = grid.west_m + (np.arange(left, right) + 0.5) * grid.gsd_m - placed.east_m
    north = grid.north_m - (np.arange(top, bottom) + 0.5) * grid.gsd_m - placed.north_m
    heading = radians(placed.heading_deg)
    right_m = east[None, :] * cos(heading) - north[:, None] * sin(heading)
    forward_m = east[None, :] * sin(heading) + north[:, None] * cos(heading)
    return BodyPatch(
        canvas, slice(top, bottom), slice(left, right),
        right_m.astype(np.float32), forward_m.astype(np.float32),
    )  # fmt: skip


def seen_through_water(colour: npt.ArrayLike, depth_m: Image, world: World) -> Image:
    """Colours, three numbers or height x width x 3, each at its own depth as seen from above."""
    deep = np.asarray(world.water.deep_colour, dtype=np.float32)
    loss = np.asarray(world.water.attenuation_per_m, dtype=np.float32)
    left = np.exp(-np.maximum(depth_m, 0)[..., None] * loss)
    return np.asarray(deep + (np.asarray(colour, dtype=np.float32) - deep) * left, dtype=np.float32)
