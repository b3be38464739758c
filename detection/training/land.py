"""Land seen from above, so that the detector learns silence over it: trees, roofs, roads, beaches.

No attempt at likeness: overlapping shapes in the colours of land (a "dead leaves" image, Lee,
Mumford and Huang 2001) have edges and sizes like real ground.
"""

import cv2
import numpy as np
import numpy.typing as npt

from detection.training.noise import noise_texture

_PALETTES = (
    ((0.20, 0.32, 0.12), (0.30, 0.42, 0.18), (0.12, 0.20, 0.08), (0.38, 0.45, 0.22)),  # trees
    ((0.76, 0.70, 0.58), (0.68, 0.60, 0.46), (0.84, 0.80, 0.70), (0.35, 0.32, 0.27)),  # beach
    ((0.55, 0.55, 0.54), (0.42, 0.42, 0.43), (0.66, 0.64, 0.60), (0.60, 0.30, 0.22)),
    ((0.36, 0.34, 0.20), (0.48, 0.50, 0.28), (0.56, 0.46, 0.32), (0.28, 0.34, 0.16)),  # scrub
)  # fmt: skip


def random_land(seed: int, size_px: int, gsd_m: float) -> npt.NDArray[np.uint8]:
    """A square picture of land-like shapes, RGB."""
    rng = np.random.default_rng([seed, 79])
    palette = _PALETTES[int(rng.integers(len(_PALETTES)))]
    picture = np.empty((size_px, size_px, 3), dtype=np.float32)
    picture[:] = palette[0]
    rounded = rng.random() < 0.65
    largest_m = float(rng.uniform(2, 9))
    noise = noise_texture(2, 1.3)
    for size_m in np.sort(rng.pareto(1.5, int(rng.integers(60, 300))) + 0.25)[::-1]:
        size = min(size_m, largest_m) / gsd_m
        centre = rng.uniform(0, size_px, 2)
        colour = np.array(palette[int(rng.integers(len(palette)))]) * rng.uniform(0.7, 1.25)
        corners = _outline(rng, centre, size, rounded)
        mask = np.zeros((size_px, size_px), dtype=np.uint8)
        shadow = corners + 0.15 * size
        cv2.fillPoly(mask, [np.rint(shadow).astype(np.int32)], 255, cv2.LINE_AA)
        picture[mask > 0] *= 0.75
        mask[:] = 0
        cv2.fillPoly(mask, [np.rint(corners).astype(np.int32)], 255, cv2.LINE_AA)
        share = (mask.astype(np.float32) / 255)[..., None]
        picture += share * (colour.astype(np.float32) - picture)
    tiled = np.tile(noise, (1 + size_px // 512, 1 + size_px // 512))[:size_px, :size_px]
    picture *= (1 + rng.uniform(0.05, 0.25) * tiled)[..., None]
    return np.clip(picture * 255, 0, 255).astype(np.uint8)


def _outline(
    rng: np.random.Generator, centre: npt.NDArray[np.float64], size_px: float, rounded: bool
) -> npt.NDArray[np.float64]:
    """Corners of a crown, a stone, a roof or a car."""
    turn = rng.uniform(0, np.pi)
    axes = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    if rounded:
        angle = np.linspace(0, 2 * np.pi, 18, endpoint=False)
        radius = size_px / 2 * (1 + rng.normal(0, 0.12, 18))
        shape = np.stack(
            [radius * np.cos(angle), radius * rng.uniform(0.6, 1) * np.sin(angle)], axis=1
        )
    else:
        half = size_px / 2 * np.array([1, rng.uniform(0.15, 1)])
        shape = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * half
    return np.asarray(shape @ axes + centre)
