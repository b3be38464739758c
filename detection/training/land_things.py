"""What stands on land, painted from above: what is easily taken for a dugong or a boat.

Boulders, logs and shaded ground have been taken for dugongs, cars, sheds and benches for boats; so
there are many of them, in all colours.
"""

from math import cos, radians, sin

import cv2
import numpy as np
import numpy.typing as npt

from detection.training.canvas import Canvas, Points, ellipse, ribbon, scaled
from detection.training.noise import noise_texture, smooth_step
from detection.training.world import Colour

Palette = tuple[Colour, ...]

CROWNS: Palette = (
    (0.22, 0.31, 0.13), (0.29, 0.38, 0.18), (0.16, 0.24, 0.11), (0.35, 0.41, 0.22),
    (0.26, 0.30, 0.20), (0.38, 0.38, 0.20),
)  # fmt: skip
STONES: Palette = (
    (0.46, 0.43, 0.38), (0.36, 0.34, 0.31), (0.55, 0.52, 0.47), (0.40, 0.33, 0.27),
    (0.28, 0.27, 0.26), (0.62, 0.57, 0.48),
)  # fmt: skip
PAINTS: Palette = (
    (0.92, 0.92, 0.91), (0.85, 0.86, 0.87), (0.66, 0.67, 0.69), (0.40, 0.41, 0.43),
    (0.10, 0.10, 0.11), (0.58, 0.10, 0.10), (0.13, 0.22, 0.45), (0.16, 0.34, 0.24),
    (0.83, 0.70, 0.18), (0.70, 0.62, 0.50), (0.80, 0.38, 0.12), (0.22, 0.48, 0.66),
)  # fmt: skip
ROOFS: Palette = (
    (0.62, 0.32, 0.24), (0.50, 0.27, 0.21), (0.70, 0.70, 0.69), (0.55, 0.58, 0.62),
    (0.45, 0.36, 0.29), (0.30, 0.42, 0.55), (0.32, 0.45, 0.36), (0.80, 0.79, 0.76),
    (0.48, 0.34, 0.24),
)  # fmt: skip


def pick(rng: np.random.Generator, palette: Palette, spread: float = 0.12) -> Colour:
    """A colour of the palette, a little lighter or darker."""
    return scaled(palette[int(rng.integers(len(palette)))], float(np.exp(rng.normal(0, spread))))


def placed(shape_m: npt.ArrayLike, centre_m: npt.ArrayLike, heading_deg: float) -> Points:
    """World points of a shape given in (right, forward) metres about its centre."""
    right, forward = np.asarray(shape_m, dtype=np.float64).T
    turn = radians(heading_deg)
    east = right * cos(turn) + forward * sin(turn)
    north = forward * cos(turn) - right * sin(turn)
    return np.stack([east, north], axis=1) + np.asarray(centre_m, dtype=np.float64)


def rectangle(
    width_m: float, length_m: float, right_m: float = 0.0, forward_m: float = 0.0
) -> Points:
    """Corners about a middle point."""
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) / 2
    return corners * [width_m, length_m] + [right_m, forward_m]


def paint_domes(
    canvas: Canvas,
    rng: np.random.Generator,
    centres_m: Points,
    radii_m: tuple[float, float],
    palette: Palette,
    shadow_m: tuple[float, float],
    *,
    bump: float,
    rough: float,
    ragged: float,
) -> None:
    """Rounded bodies lit from one side, with shadows: tree crowns, bushes, boulders, pebbles.

    Where bodies meet, the nearer centre owns the ground. `shadow_m` is the way east and north that
    a shadow of a body of radius 1 m falls; `ragged` is the falloff of the noise in the outlines,
    leafy at 1.7 and smooth at 3.
    """
    grid = canvas.grid
    height_px, width_px = canvas.rgb.shape[:2]
    at = np.floor(grid.to_px(centres_m)).astype(int)
    at = at[(at >= 0).all(axis=1) & (at[:, 0] < width_px) & (at[:, 1] < height_px)]
    if len(at) == 0:
        return
    free = np.ones((height_px, width_px), dtype=np.uint8)
    free[at[:, 1], at[:, 0]] = 0
    away, labels = cv2.distanceTransformWithLabels(
        free, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    count = int(labels.max()) + 1
    radius = rng.uniform(*radii_m, count).astype(np.float32) / np.float32(grid.gsd_m)
    tones = np.array([pick(rng, palette) for _ in range(count)], dtype=np.float32)
    lumps = np.clip(_noise(rng, ragged, (height_px, width_px)), -2, 2)
    mean_px = float(np.mean(radii_m)) / grid.gsd_m
    away, labels = _bent(rng, np.asarray(away, np.float32), np.asarray(labels), 0.3 * mean_px)
    far = away * (1 + 0.22 * lumps) / radius[labels]
    height = np.clip(1 - far * far, 0, 1)
    mask = smooth_step(height, 0.0, 0.25)
    fall = np.array([shadow_m[0], -shadow_m[1]]) * mean_px * 0.7
    move = np.array([[1, 0, fall[0]], [0, 1, fall[1]]])
    shadow = cv2.warpAffine(mask, move, (width_px, height_px), borderMode=cv2.BORDER_REPLICATE)
    canvas.rgb *= (1 - 0.5 * cv2.GaussianBlur(shadow, (0, 0), 1.2) * (1 - mask))[..., None]
    body = cv2.GaussianBlur(np.sqrt(height) + 0.08 * lumps, (0, 0), max(0.6, 0.06 * mean_px))
    slope_x, slope_y = cv2.Sobel(body, -1, 1, 0), cv2.Sobel(body, -1, 0, 1)
    norm = max(1e-6, float(np.hypot(*fall)))
    lit = (slope_x * fall[0] + slope_y * fall[1]) / norm * (0.12 * mean_px)
    fine = _noise(rng, 0.9, (height_px, width_px))
    shade = (0.55 + 0.5 * np.sqrt(height)) * (1 - bump * np.clip(-lit, -1, 1)) + rough * fine
    canvas.rgb += mask[..., None] * (np.maximum(shade, 0.1)[..., None] * tones[labels] - canvas.rgb)


def _bent(
    rng: np.random.Generator,
    away: npt.NDArray[np.float32],
    labels: npt.NDArray[np.generic],
    reach_px: float,
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int32]]:
    """Distances and owners with their straight borders bent by up to about `reach_px`."""
    height_px, width_px = away.shape
    wave = reach_px * _noise(rng, 2.8, (height_px, width_px))
    columns = np.arange(width_px, dtype=np.float32)[None, :] + wave
    rows = np.arange(height_px, dtype=np.float32)[:, None] + wave[::-1, ::-1]
    borders = cv2.BORDER_REPLICATE
    owners = cv2.remap(
        labels.astype(np.float32), columns, rows, cv2.INTER_NEAREST, borderMode=borders
    )
    moved = cv2.remap(away, columns, rows, cv2.INTER_LINEAR, borderMode=borders)
    return np.asarray(moved, dtype=np.float32), owners.astype(np.int32)


def _noise(
    rng: np.random.Generator, falloff: float, size: tuple[int, int]
) -> npt.NDArray[np.float32]:
    """A window of noise one texel a pixel, at a random place."""
    texture = noise_texture(int(rng.integers(4)), falloff)
    texture = np.roll(texture, tuple(rng.integers(0, 512, 2)), axis=(0, 1))
    tiles = (1 + size[0] // 512, 1 + size[1] // 512)
    return np.asarray(np.tile(texture, tiles)[: size[0], : size[1]], dtype=np.float32)


def paint_palm(canvas: Canvas, rng: np.random.Generator, centre_m: Points) -> None:
    """A coconut palm: fronds around a stem."""
    reach = float(rng.uniform(1.8, 3.2))
    colour = pick(rng, CROWNS, 0.2)
    for angle in np.arange(0, 360, 26) + rng.uniform(0, 20):
        bend = float(rng.normal(0, 12))
        length = reach * float(rng.uniform(0.75, 1.1))
        path = np.array([
            placed([[0, length * t]], centre_m, angle + bend * t)[0] for t in (0, 0.35, 0.7, 1.0)
        ])  # fmt: skip
        width = np.array([0.2, 0.55, 0.5, 0.08])
        canvas.shade(ribbon(path + np.array([0.5, -0.5]), width), 0.65, 0.1)
        canvas.fill(ribbon(path, width), scaled(colour, float(rng.uniform(0.7, 1.35))), grain=0.2)


def paint_car(
    canvas: Canvas,
    rng: np.random.Generator,
    centre_m: npt.ArrayLike,
    heading_deg: float,
    shadow_m: tuple[float, float],
) -> None:
    """A car, a pickup or a van of 3.6 to 6 m in one of the colours cars have."""
    length, width = float(rng.uniform(3.6, 5.4)), float(rng.uniform(1.6, 1.95))
    paint = pick(rng, PAINTS, 0.08)
    kind = rng.choice(["saloon", "pickup", "van"], p=[0.5, 0.35, 0.15])
    corner = 0.16 * length
    outline = np.array([
        [-0.5, -0.46], [-0.42, -0.5], [0.42, -0.5], [0.5, -0.46],
        [0.5, 0.40], [0.40, 0.5], [-0.40, 0.5], [-0.5, 0.40],
    ]) * [width, length]  # fmt: skip
    body = placed(outline, centre_m, heading_deg)
    canvas.shade(body + 0.8 * np.asarray(shadow_m), 0.5, 0.08)
    canvas.fill(body, paint, grain=0.03)
    glass = (0.10, 0.12, 0.14)
    front, rear = 0.22 * length, {"saloon": -0.3, "pickup": -0.02, "van": -0.46}[kind] * length
    window = np.array([
        [-0.43 * width, rear], [0.43 * width, rear], [0.43 * width, front], [-0.43 * width, front],
    ])  # fmt: skip
    canvas.fill(placed(window, centre_m, heading_deg), glass)
    roof = window * [0.9, 1.0]
    roof[:2, 1] += 0.35 if kind != "van" else 0.05
    roof[2:, 1] -= 0.7 * corner
    canvas.fill(placed(roof, centre_m, heading_deg), scaled(paint, float(rng.uniform(0.95, 1.1))))
    if kind == "pickup":
        bed = rectangle(0.84 * width, 0.4 * length, 0, -0.27 * length)
        inside = scaled(paint, 0.35) if rng.random() < 0.6 else pick(rng, PAINTS)
        canvas.fill(placed(bed, centre_m, heading_deg), inside, grain=0.1)


def paint_roof(
    canvas: Canvas,
    rng: np.random.Generator,
    centre_m: npt.ArrayLike,
    heading_deg: float,
    size_m: tuple[float, float],
    shadow_m: tuple[float, float],
) -> None:
    """A house or a shed: a gable or a flat roof with sheets, rust and patches."""
    width, length = size_m
    colour = pick(rng, ROOFS)
    whole = placed(rectangle(width, length), centre_m, heading_deg)
    canvas.shade(whole + 2.5 * np.asarray(shadow_m), 0.5, 0.15)
    canvas.fill(whole, colour, grain=0.08)
    if rng.random() < 0.7:
        half = rectangle(width / 2, length, width / 4)
        canvas.fill(placed(half, centre_m, heading_deg), scaled(colour, 0.72), grain=0.08)
    apart = float(rng.uniform(0.5, 1.2))
    for forward in np.arange(-length / 2 + apart, length / 2, apart):
        seam = rectangle(width, 0.07, 0, float(forward))
        canvas.fill(placed(seam, centre_m, heading_deg), scaled(colour, 0.6), alpha=0.45)
    for _ in range(int(rng.integers(0, 4))):
        patch = rectangle(
            *rng.uniform(0.4, 1.6, 2), *(rng.uniform(-0.35, 0.35, 2) * [width, length])
        )
        canvas.fill(placed(patch, centre_m, heading_deg), pick(rng, ROOFS), alpha=0.7, grain=0.1)


def paint_log(
    canvas: Canvas, rng: np.random.Generator, centre_m: npt.ArrayLike, shadow_m: tuple[float, float]
) -> None:
    """A trunk on the ground, with a branch or two."""
    length = float(rng.uniform(1.2, 7))
    heading = float(rng.uniform(0, 360))
    colour = scaled((0.46, 0.38, 0.29), float(rng.uniform(0.5, 1.4)))
    bow = float(rng.normal(0, 0.06)) * length
    path = placed([[0, -0.5 * length], [bow, 0], [0, 0.5 * length]], centre_m, heading)
    width = float(rng.uniform(0.15, 0.7)) * np.array([1.1, 1.0, 0.6])
    canvas.shade(ribbon(path + 0.3 * np.asarray(shadow_m), width), 0.55, 0.05)
    canvas.fill(ribbon(path, width), colour, grain=0.2)
    canvas.fill(ribbon(path + 0.03, width / 3), scaled(colour, 1.3), alpha=0.5)
    for _ in range(int(rng.integers(0, 3))):
        root = path[1] + rng.normal(0, 0.2 * length, 2)
        tip = root + rng.normal(0, 0.25 * length, 2)
        canvas.fill(ribbon(np.array([root, tip]), 0.09), colour)


def paint_furniture(
    canvas: Canvas, rng: np.random.Generator, centre_m: npt.ArrayLike, shadow_m: tuple[float, float]
) -> None:
    """A bench, a table with benches, a sunshade, a cool box or a heap of nets on land."""
    heading = float(rng.uniform(0, 360))
    wood = scaled((0.50, 0.38, 0.26), float(rng.uniform(0.6, 1.6)))
    kind = int(rng.integers(4))
    if kind == 0:
        parts = [(rectangle(0.45, 1.7), wood), (rectangle(0.08, 1.7, 0.25), scaled(wood, 0.6))]
    elif kind == 1:
        parts = [
            (rectangle(0.8, 1.8), wood),
            (rectangle(0.28, 1.8, 0.75), scaled(wood, 0.85)),
            (rectangle(0.28, 1.8, -0.75), scaled(wood, 0.85)),
        ]
    elif kind == 2:
        radius = float(rng.uniform(0.9, 1.7))
        paint = pick(rng, PAINTS)
        wedge = ellipse(0, 0, radius, radius)
        parts = [(wedge, paint)]
        parts += [
            (np.array([[0, 0], *wedge[n : n + 4]]), scaled(paint, 0.8)) for n in range(0, 17, 8)
        ]
    else:
        parts = [(rectangle(*rng.uniform(0.4, 2.2, 2)), pick(rng, PAINTS))]
    for shape, _ in parts:
        canvas.shade(placed(shape, centre_m, heading) + 0.6 * np.asarray(shadow_m), 0.55, 0.05)
    for shape, colour in parts:
        canvas.fill(placed(shape, centre_m, heading), colour, grain=0.08)


def paint_person(
    canvas: Canvas, rng: np.random.Generator, centre_m: npt.ArrayLike, shadow_m: tuple[float, float]
) -> None:
    """Somebody walking: a long shadow, shoulders, a head."""
    heading = float(rng.uniform(0, 360))
    foot = np.asarray(centre_m, dtype=np.float64)
    canvas.shade(ribbon(np.array([foot, foot + 1.6 * np.asarray(shadow_m)]), 0.35), 0.5, 0.04)
    shirt = pick(rng, PAINTS)
    canvas.fill(placed(ellipse(0, 0, 0.26, 0.15), foot, heading), shirt)
    canvas.fill(placed(ellipse(0, 0.03, 0.1, 0.11), foot, heading), (0.14, 0.11, 0.09))
