"""A picture from straight above, seen aslant: foreshortened, boats standing up, sky on the sea."""

from dataclasses import dataclass, replace
from math import ceil, cos, radians, sin, tan

import cv2
import numpy as np
import numpy.typing as npt

from detection.training.canvas import Points
from detection.training.scene import Box, clip_outlines
from detection.training.world import Kind
from ingest.errors import LibongError

Picture = npt.NDArray[np.uint8]
Matrix = npt.NDArray[np.float64]

MAX_TILT_DEG = 45.0
# The far side of a drone's picture is up, but for tiles beside its middle; so far does that turn it
_MAX_TURN_DEG = 18.0
# Distance of the camera in half sides of the tile: a 32 m tile is seen from some 40 m to 250 m
_RANGE = (3.0, 14.0)
# Metres from the waterline to the edge of the hull: what of the side shows from aslant
_SIDE_M: dict[Kind, float] = {
    Kind.LONG_TAIL: 0.6, Kind.SPEEDBOAT: 0.8, Kind.FISHING_BOAT: 1.2, Kind.KAYAK: 0.2,
}  # fmt: skip


class ObliqueViewError(LibongError, ValueError):
    """A tile cannot be seen aslant as asked."""


@dataclass(frozen=True)
class _Camera:
    """How the tile is seen: tilt off the nadir, where its far side lies, how far the camera is.

    `turn_deg` is clockwise from the picture's top; `range_px` is the camera's distance from the
    tile's centre in pixels of the picture from above.
    """

    tilt_deg: float
    turn_deg: float
    range_px: float

    def warp(self, from_px: int, to_px: int) -> Matrix:
        """From pixels of the square picture from above to pixels of the square view."""
        tilt, turn = radians(self.tilt_deg), radians(self.turn_deg)
        # right of and along the line of sight, metres replaced by pixels, y still downwards
        turned = np.array([[cos(turn), sin(turn), 0], [-sin(turn), cos(turn), 0], [0, 0, 1]])
        far = self.range_px
        seen = np.array([[1.0, 0, 0], [0, cos(tilt), 0], [0, -sin(tilt) / far, 1]])
        whole = _moved(to_px / 2) @ turned.T @ seen @ turned @ _moved(-from_px / 2)
        return np.asarray(whole, dtype=np.float64)


def _moved(by_px: float) -> Matrix:
    return np.array([[1.0, 0, by_px], [0, 1, by_px], [0, 0, 1]])


def _through(warp: Matrix, points: Points) -> Points:
    """Points, N x 2, through a homography."""
    mapped = np.column_stack([points, np.ones(len(points))]) @ warp.T
    return np.asarray(mapped[:, :2] / mapped[:, 2:])


def _nearest_px(tilt_deg: float, size_px: int) -> float:
    """The camera stays farther off the more it is tilted: else the far corners run away."""
    return size_px / 2 * (_RANGE[0] + 7 * (tilt_deg / MAX_TILT_DEG) ** 2)


def _check(tilt_deg: float) -> None:
    if not 0 <= tilt_deg <= MAX_TILT_DEG:
        raise ObliqueViewError(
            f"a view's tilt must be in [0, {MAX_TILT_DEG:g}] degrees off straight down; got "
            f"{tilt_deg:g}; draw it from that range"
        )


def source_size_px(size_px: int, tilt_deg: float) -> int:
    """Side of the square picture from above that a view of `size_px` at this tilt needs at most.

    About 1.15 times `size_px` at 15 degrees, 1.35 at 30 and 1.75 at 45.
    """
    _check(tilt_deg)
    corners = np.array([[0, 0], [size_px, 0], [size_px, size_px], [0, size_px]], dtype=np.float64)
    reach = 0.0
    for turn_deg in (0.0, _MAX_TURN_DEG / 2, _MAX_TURN_DEG):
        camera = _Camera(tilt_deg, turn_deg, _nearest_px(tilt_deg, size_px))
        back = np.asarray(np.linalg.inv(camera.warp(0, size_px)), dtype=np.float64)
        ground = _through(back, corners)
        reach = max(reach, float(np.abs(ground).max()))
    return 2 * ceil(reach + 1)


def oblique_view(
    rgb: Picture,
    boxes: tuple[Box, ...],
    rng: np.random.Generator,
    tilt_deg: float,
    *,
    size_px: int,
    gsd_m: float,
) -> tuple[Picture, tuple[Box, ...]]:
    """The middle of a square picture from straight above as a camera sees it, tilted.

    `rgb` is N x N x 3 at `gsd_m` with N at least `source_size_px(size_px, tilt_deg)`; the view is
    `size_px` x `size_px` x 3. At its centre the scale across the line of sight stays `gsd_m`; along
    it everything is shorter by the cosine of the tilt. The far side lies up, turned a little.
    Boats rise from the water by their freeboard, so that the near side of the hull shows. Boxes
    are cut to the view, and dropped where nothing of them is in it.
    """
    needed = source_size_px(size_px, tilt_deg)
    if rgb.shape[0] != rgb.shape[1] or rgb.shape[0] < needed:
        raise ObliqueViewError(
            f"a view of {size_px} px at {tilt_deg:g} degrees needs a square picture of at least "
            f"{needed} px; got {rgb.shape[1]} x {rgb.shape[0]}; render source_size_px() pixels"
        )
    nearest = _nearest_px(tilt_deg, size_px)
    camera = _Camera(
        tilt_deg,
        float(np.clip(rng.normal(0, 0.5), -1, 1)) * _MAX_TURN_DEG,
        float(np.exp(rng.uniform(np.log(nearest), np.log(max(nearest, size_px / 2 * _RANGE[1]))))),
    )
    raised = rgb.copy()
    standing = [_standing(raised, box, camera, gsd_m) for box in boxes]
    warp = camera.warp(rgb.shape[0], size_px)
    half = _moved(0.5)  # OpenCV counts from pixel centres
    view = cv2.warpPerspective(
        raised, np.linalg.inv(half) @ warp @ half, (size_px, size_px),
        flags=cv2.INTER_AREA if tilt_deg < 1 else cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE,
    )  # fmt: skip
    seen = (_seen(box, warp, size_px) for box in standing)
    veiled = _under_sky(np.asarray(view, dtype=np.uint8), camera, rng)
    return veiled, tuple(box for box in seen if box is not None)


def _seen(box: Box, warp: Matrix, size_px: int) -> Box | None:
    outlines = tuple(_through(warp, outline) for outline in box.outlines_px)
    shown = clip_outlines(outlines, size_px, size_px)
    if shown is None:
        return None
    return replace(box, xyxy_px=shown[0], inside_share=shown[1], outlines_px=outlines)


def _standing(picture: Picture, box: Box, camera: _Camera, gsd_m: float) -> Box:
    """Lift a boat by its freeboard: move it away from the camera, and paint its side below it."""
    lift_px = _SIDE_M.get(box.kind, 0.0) * tan(radians(camera.tilt_deg)) / gsd_m
    if lift_px < 1 or not box.outlines_px:
        return box
    turn = radians(camera.turn_deg)
    away = np.array([sin(turn), -cos(turn)]) * lift_px
    # shafts, paddles and booms have no side to show
    areas = [cv2.contourArea(outline.astype(np.float32)) for outline in box.outlines_px]
    solid = tuple(o for o, a in zip(box.outlines_px, areas, strict=True) if a > 0.1 * max(areas))
    if not solid:
        return box
    lifted = tuple(outline + away for outline in solid)
    corners = np.concatenate([*solid, *lifted])
    low = np.maximum(np.floor(corners.min(axis=0)).astype(int) - 2, 0)
    high = np.minimum(np.ceil(corners.max(axis=0)).astype(int) + 3, picture.shape[1::-1])
    if np.any(high <= low):
        return box
    window = picture[low[1] : high[1], low[0] : high[0]]
    here = _mask(solid, low, window)
    if here.max() <= 128:
        return box
    above = window.astype(np.float32)
    side = np.median(above[here > 128], axis=0)
    steps = np.linspace(0, 1, max(2, ceil(lift_px)))
    for share in steps:  # from the dark waterline up to the rim
        swept = _shifted(here, away * share).astype(np.float32)[..., None] / 255
        above += swept * (side * np.float32(0.38 + 0.3 * share) - above)
    top = _shifted(here, away).astype(np.float32)[..., None] / 255
    above += top * (_shifted(window, away).astype(np.float32) - above)
    window[:] = np.clip(above + 0.5, 0, 255).astype(np.uint8)
    return replace(box, outlines_px=(*box.outlines_px, *lifted))


def _mask(outlines: tuple[Points, ...], corner: npt.NDArray[np.int_], like: Picture) -> Picture:
    mask = np.zeros(like.shape[:2], dtype=np.uint8)
    for outline in outlines:
        fixed = np.rint((outline - corner - 0.5) * 16).astype(np.int32)
        cv2.fillPoly(mask, [fixed], 255, cv2.LINE_AA, 4)
    return mask


def _shifted(picture: Picture, by_px: Points) -> Picture:
    moved = np.array([[1, 0, by_px[0]], [0, 1, by_px[1]]])
    size = (picture.shape[1], picture.shape[0])
    return np.asarray(cv2.warpAffine(picture, moved, size, flags=cv2.INTER_LINEAR), dtype=np.uint8)


def _under_sky(view: Picture, camera: _Camera, rng: np.random.Generator) -> Picture:
    """Sky mirrored by the sea and haze: a grey-blue veil that grows towards the far side.

    A flat sea mirrors 2 % of the light from straight above and 3 % at 45 degrees (Fresnel); its
    waves turned away from the camera mirror much more, so the veil's strength is drawn at random.
    """
    strength = float(rng.uniform(0.03, 0.30))
    colour = np.array([0.70, 0.79, 0.87]) * float(rng.uniform(0.75, 1.1)) * 255
    colour += (colour.mean() - colour) * float(rng.uniform(0, 0.8))  # grey under clouds
    size = view.shape[0]
    turn = radians(camera.turn_deg)
    across = (np.arange(size) + 0.5 - size / 2) / camera.range_px
    forward = across[None, :] * sin(turn) - across[:, None] * cos(turn)
    angle_deg = np.clip(camera.tilt_deg + np.degrees(np.arctan(forward)), 0, 75)
    veil = (strength * (angle_deg / MAX_TILT_DEG) ** 2).astype(np.float32)[..., None]
    mixed = view.astype(np.float32) * (1 - veil) + colour.astype(np.float32) * veil
    return np.asarray(np.clip(mixed + 0.5, 0, 255), dtype=np.uint8)
