"""A true-to-scale picture of a world from straight above, with the exact box of every object."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from math import sqrt

import cv2
import numpy as np
import numpy.typing as npt

from detection.training.animals import ANIMAL_PAINTERS
from detection.training.boats import paint_boat
from detection.training.canvas import Canvas, Points
from detection.training.covering import covered_px, uncovered_share
from detection.training.distractors import paint_distractor
from detection.training.gear import paint_gear
from detection.training.noise import Grid, Image
from detection.training.sea import (
    cloud_shade,
    foam_texture,
    refract,
    surface_light,
    through_water,
    white_caps,
)
from detection.training.sun_glint import Eye
from detection.training.wakes import paint_wake
from detection.training.world import UNDER_WATER, Kind, SceneObject, World
from detection.types import ObjectClass

_GEAR = (
    Kind.FLOAT_LINE, Kind.NET_RING, Kind.TRAP_BUOYS, Kind.STAKE_TRAP, Kind.PUSH_NET,
    Kind.HAULED_NET,
)  # fmt: skip
_BOATS = (Kind.LONG_TAIL, Kind.SPEEDBOAT, Kind.FISHING_BOAT, Kind.KAYAK)


_SURELY_SEEN = 0.08  # contrast at which a careful person surely sees an animal
# Pairs of a dark and a light line across a thing, at which half of all people tell what kind it is:
# 3 across the square root of its area (the two-dimensional form of Johnson 1958, Analysis of image
# forming systems), a line being a pixel.
_RECOGNISED_BY_HALF = 3.0


@dataclass(frozen=True)
class Box:
    """Where one object shows in a picture.

    `xyxy_px` is the bounding box of the part of its outline inside the picture; `inside_share` is
    how much of the outline's area that is, `uncovered_share` how much of an animal's no other thing
    lies over; `contrast` is the colour difference to what lies behind it as it comes out of the
    water, 0..1 of full scale in the channel that differs most, and 1 where it is not measured.
    `outlines_px` are the polygons, N x 2, it was painted with, uncut: what
    another view of the same picture makes its box from.
    """

    object_id: int
    kind: Kind
    object_class: ObjectClass
    xyxy_px: tuple[float, float, float, float]
    depth_m: float
    inside_share: float
    contrast: float
    outlines_px: tuple[Points, ...] = field(default=(), repr=False, compare=False)
    uncovered_share: float = 1.0

    @property
    def visible_share(self) -> float:
        """The share of it that is neither outside the picture nor under another thing, 0..1."""
        return self.inside_share * self.uncovered_share

    @property
    def recognised_by(self) -> float:
        """The share of people who would tell what it is by its size in pixels alone, 0..1.

        The target transfer probability function of Johnson's criteria; 1 for what floats, and for
        a box without outlines.
        """
        if self.kind is not Kind.DUGONG or not self.outlines_px:
            return 1.0
        times = 0.5 * sqrt(covered_px(self.outlines_px)) / _RECOGNISED_BY_HALF
        odds: float = times ** (2.7 + 0.7 * times)
        return odds / (1 + odds)

    @property
    def visibility(self) -> float:
        """How well the object can be made out, 0..1: what shows of it, its contrast, its pixels.

        The share that shows, times what the contrast makes seen (half at 0.08, where a careful
        person surely sees a whole animal; each 0.08 more halves what is missing to 1), times
        `recognised_by`. What floats counts as far as it lies inside the picture.
        """
        seen = 1 - 0.5 ** (self.contrast / _SURELY_SEEN)
        return float(self.visible_share * seen * self.recognised_by)


@dataclass(frozen=True)
class Render:
    """A picture, height x width x 3 RGB uint8, and the boxes of what the detector should find."""

    rgb: npt.NDArray[np.uint8]
    boxes: tuple[Box, ...]


def render_ortho(
    world: World,
    grid: Grid,
    *,
    time_s: float = 0.0,
    photo: npt.NDArray[np.uint8] | None = None,
    eye: Eye | None = None,
) -> Render:
    """The world as seen from straight above at `time_s`.

    The sun is mirrored into the `eye`; without one, into a camera somewhere about the origin.
    With `photo` (height x width x 3 RGB of real sea, at the grid's scale) the objects are painted
    into that picture instead of rendered water.
    """
    placed = [thing.at(time_s) for thing in world.objects]
    under = sorted((t for t in placed if t.kind in UNDER_WATER), key=lambda t: -t.depth_m)
    above = [t for t in placed if t.kind not in UNDER_WATER]
    if photo is None:
        canvas = Canvas(grid, through_water(world, grid))
    else:
        canvas = Canvas(grid, photo.astype(np.float32) / np.float32(255))
    painted = [_paint(canvas, thing, world) for thing in under]
    if photo is None:
        canvas.rgb = refract(world, grid, canvas.rgb, time_s)
        factor, white = surface_light(world, grid, time_s, eye)
        factor *= cloud_shade(world, grid)
        canvas.rgb *= factor[..., None]
        canvas.rgb += white[..., None] * (1 - canvas.rgb)
        light = world.light.brightness * sum(world.light.tint) / 3
        painted = [_under_surface(one, grid, factor, white, light) for one in painted]
        canvas.foam = white_caps(world, grid, time_s)
    for thing in above:
        if thing.kind in _BOATS:
            paint_wake(canvas, thing, world)
    _lay_foam(canvas, foam_texture(world, grid, time_s))
    painted += [_paint(canvas, thing, world) for thing in above]
    _lay_foam(canvas, foam_texture(world, grid, time_s))
    if photo is None:
        tint = np.asarray(world.light.tint, dtype=np.float32)
        canvas.rgb *= tint * np.float32(world.light.brightness)
    picture = np.clip(canvas.rgb * 255 + 0.5, 0, 255).astype(np.uint8)
    return Render(picture, tuple(_boxes(painted, grid)))


def _lay_foam(canvas: Canvas, texture: Image) -> None:
    """Whiten the picture with the foam collected so far, and start anew."""
    if canvas.foam.any():
        cover = np.clip(canvas.foam * (0.35 + 0.9 * texture) * (0.2 + canvas.foam), 0, 0.95)
        canvas.rgb += cover[..., None] * (np.float32(0.95) - canvas.rgb)
        canvas.foam = np.zeros_like(canvas.foam)


@dataclass(frozen=True)
class _Painted:
    """A thing as painted: its solid outlines, and how far its colour is from what was there."""

    thing: SceneObject
    outlines: tuple[Points, ...]
    contrast: float


def _paint(canvas: Canvas, thing: SceneObject, world: World) -> _Painted:
    """Paint one object where it can reach the picture."""
    canvas.outlines.clear()
    if not _near(canvas.grid, thing):
        return _Painted(thing, (), 0.0)
    before = _shrunk(canvas, thing)
    if thing.kind in ANIMAL_PAINTERS:
        ANIMAL_PAINTERS[thing.kind](canvas, thing, world)
    elif thing.kind in _BOATS:
        paint_boat(canvas, thing, world)
    elif thing.kind in _GEAR:
        paint_gear(canvas, thing, world)
    else:
        paint_distractor(canvas, thing, world)
    return _Painted(thing, tuple(canvas.outlines), _contrast(canvas, thing, before))


def _under_surface(
    one: _Painted, grid: Grid, factor: Image, white: Image, light: float
) -> _Painted:
    """A thing under water with the contrast that the surface over it and the light leave.

    `factor` and `white` are the surface's, height x width. The median over its outlines counts: a
    sparkle on its back does not hide it.
    """
    if one.thing.kind is not Kind.DUGONG or not one.outlines:
        return one
    window = _window(grid, one.thing)
    left = factor[window] * (1 - white[window]).clip(0) * np.float32(light)
    share = _median_over(left, one.outlines, window)
    return one if share is None else replace(one, contrast=one.contrast * share)


def _boxes(painted: Sequence[_Painted], grid: Grid) -> Iterator[Box]:
    """The boxes of things to be found that show in the picture; they were painted in this order."""
    for place, one in enumerate(painted):
        thing = one.thing
        if thing.object_class is None or not one.outlines:
            continue
        shown = clip_outlines(one.outlines, grid.width_px, grid.height_px)
        if shown is None:
            continue
        free = 1.0
        if thing.kind is Kind.DUGONG:
            over = [outline for other in painted[place + 1 :] for outline in other.outlines]
            free = uncovered_share(one.outlines, over)
        yield Box(
            thing.object_id, thing.kind, thing.object_class, shown[0], thing.depth_m, shown[1],
            one.contrast, one.outlines, free,
        )  # fmt: skip


def _near(grid: Grid, thing: SceneObject) -> bool:
    """Whether any part of the object, with a long-tail's shaft, can reach the picture."""
    reach_m = 0.75 * max(thing.length_m, thing.width_m) + 5
    (x, y), reach = grid.to_px([[thing.east_m, thing.north_m]])[0], reach_m / grid.gsd_m
    return bool(-reach < x < grid.width_px + reach and -reach < y < grid.height_px + reach)


def _window(grid: Grid, thing: SceneObject) -> tuple[slice, slice]:
    """Rows and columns of the picture within an animal's length from its centre."""
    x, y = grid.to_px([[thing.east_m, thing.north_m]])[0]
    reach = max(2.0, 0.7 * thing.length_m / grid.gsd_m)
    rows = slice(max(0, int(y - reach)), max(0, int(y + reach) + 1))
    return rows, slice(max(0, int(x - reach)), max(0, int(x + reach) + 1))


def _shrunk(canvas: Canvas, thing: SceneObject) -> Image | None:
    """A copy of the picture around an animal, to compare before and after."""
    if thing.kind is not Kind.DUGONG:
        return None
    part = canvas.rgb[_window(canvas.grid, thing)]
    return part.copy() if part.size else None


def _contrast(canvas: Canvas, thing: SceneObject, before: Image | None) -> float:
    """How strongly the painted object differs from what was there; 1 where it was not measured.

    The median over the pixels of its outlines, so that shadow and silt beside it do not count.
    """
    if before is None:
        return 1.0
    window = _window(canvas.grid, thing)
    change = np.abs(canvas.rgb[window] - before).max(axis=2)
    return _median_over(change, canvas.outlines, window) or 0.0


def _median_over(
    values: Image, outlines: Sequence[Points], window: tuple[slice, slice]
) -> float | None:
    """The median of a window's values over the pixels that outlines fill; None where none does."""
    if values.size == 0:
        return None
    rows, columns = window
    inside = np.zeros(values.shape, dtype=np.uint8)
    for outline in outlines:
        corners = outline - [columns.start + 0.5, rows.start + 0.5]
        cv2.fillPoly(inside, [np.rint(corners).astype(np.int32)], 1)
    filled = values[inside > 0]
    return float(np.median(filled)) if filled.size else None


def clip_outlines(
    outlines: Sequence[Points], width_px: int, height_px: int
) -> tuple[tuple[float, float, float, float], float] | None:
    """Bounding box of polygons cut to the picture and the share of their area inside, or None."""
    whole_area, inside_area = 0.0, 0.0
    low, high = np.array([np.inf, np.inf]), np.array([-np.inf, -np.inf])
    for outline in outlines:
        area = cv2.contourArea(outline.astype(np.float32))
        whole_area += area
        part = outline
        if outline.min() < 0 or outline[:, 0].max() > width_px or outline[:, 1].max() > height_px:
            part = _clipped(outline, width_px, height_px)
            if len(part) < 3:
                continue
            area = cv2.contourArea(part.astype(np.float32))
        inside_area += area
        low, high = np.minimum(low, part.min(axis=0)), np.maximum(high, part.max(axis=0))
    if not np.all(high > low):
        return None
    box = (float(low[0]), float(low[1]), float(high[0]), float(high[1]))
    return box, min(1.0, inside_area / max(whole_area, 1e-9))


def _clipped(polygon: Points, width_px: int, height_px: int) -> Points:
    """A polygon cut to the picture (Sutherland and Hodgman 1974)."""
    for axis, limit, sign in ((0, 0, 1), (0, width_px, -1), (1, 0, 1), (1, height_px, -1)):
        if len(polygon) == 0:
            break
        inside = sign * (polygon[:, axis] - limit)
        kept: list[Points] = []
        for this, following, d0, d1 in zip(
            polygon, np.roll(polygon, -1, axis=0), inside, np.roll(inside, -1), strict=True
        ):
            if d0 >= 0:
                kept.append(this)
            if (d0 >= 0) != (d1 >= 0):
                kept.append(this + (following - this) * (d0 / (d0 - d1)))
        polygon = np.array(kept).reshape(-1, 2)
    return polygon
