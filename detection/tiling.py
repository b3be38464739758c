"""GSD-normalised tiling: at which scales a picture is looked at, and in which tiles.

Every level resamples the picture so that a metre has the pixels the model was trained on. A picture
looking straight down needs one level; an oblique one needs several, each covering the rows
whose ground sample distance it suits; one of unknown scale is searched at several.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, log, sqrt

from detection.errors import TilingError

# Neighbouring levels of an oblique picture: a factor small enough for the scale jitter of training.
LEVEL_STEP = 1.6
# Enlarging beyond this invents detail. Coarser rows are looked at enlarged so far, up to three
# times the scale asked for: in rendered pictures of 12 cm a pixel 0.7 of the clear dugongs were
# found so, and all boats, with a model of 5 cm.
MAX_ENLARGEMENT = 2.0
MAX_COARSENESS = 3.0
# Below this a dugong of 2.5 m would be under 3 px in the original at 5 cm per model pixel.
MIN_SCALE = 1 / 16
# A level of known scale may be this much coarser than asked for when that saves tiles: far within
# the scale jitter of training (0.75 to 1.35).
MOST_COARSER = 0.08
# Scales tried for a picture without pose, √2 apart, which serve 0.7 to 8 cm a pixel at 5 cm. A
# large picture is not enlarged: what sees so much sea so coarsely is no drone's.
UNKNOWN_SCALES = tuple(2 ** (0.5 - step / 2) for step in range(7))
MOST_ENLARGED_PX = 9_000_000


@dataclass(frozen=True)
class Tile:
    """A square of the resampled picture; `x_px`, `y_px` is its left top corner there."""

    x_px: int
    y_px: int


@dataclass(frozen=True)
class Level:
    """One resampling of the picture and the tiles looked at in it.

    `scale` is resampled pixels per original pixel; `width_px` x `height_px` the resampled size.
    """

    scale: float
    width_px: int
    height_px: int
    tiles: tuple[Tile, ...]


def starts(length_px: int, tile_px: int, overlap_px: int) -> tuple[int, ...]:
    """Return where tiles start along one side, the last flush with the end.

    Neighbours share at least `overlap_px`; a side shorter than a tile has one start, 0.

    Raises:
        TilingError: when the overlap is not in [0, tile).
    """
    if not 0 <= overlap_px < tile_px:
        raise TilingError(
            f"tile overlap must be in [0, {tile_px}) pixels, the tile's side; got {overlap_px}"
        )
    if length_px <= tile_px:
        return (0,)
    count = ceil((length_px - tile_px) / (tile_px - overlap_px)) + 1
    span = length_px - tile_px
    return tuple(round(i * span / (count - 1)) for i in range(count))


def grid(width_px: int, height_px: int, tile_px: int, overlap_px: int) -> tuple[Tile, ...]:
    """Return tiles that cover a picture, row by row."""
    return tuple(
        Tile(x, y)
        for y in starts(height_px, tile_px, overlap_px)
        for x in starts(width_px, tile_px, overlap_px)
    )


def _level(width_px: int, height_px: int, scale: float, tile_px: int, overlap_px: int) -> Level:
    width, height = max(1, round(width_px * scale)), max(1, round(height_px * scale))
    return Level(scale, width, height, grid(width, height, tile_px, overlap_px))


def _frugal_level(
    width_px: int, height_px: int, scale: float, tile_px: int, overlap_px: int
) -> Level:
    """Return the level at a scale, or a slightly coarser one that fewer tiles cover.

    Of equal numbers of tiles the one for which the picture is decoded smaller wins, then the finer.
    """
    step_px = tile_px - overlap_px
    scales = {scale} | {1 / d for d in (2, 4, 8)}
    for side_px in (width_px, height_px):
        count = len(starts(round(side_px * scale), tile_px, overlap_px))
        scales |= {(tile_px + (n - 1) * step_px) / side_px for n in (count - 1, count - 2) if n > 0}
    allowed = [s for s in scales if (1 - MOST_COARSER) * scale <= s <= scale]
    levels = [_level(width_px, height_px, s, tile_px, overlap_px) for s in allowed]
    return min(levels, key=lambda x: (len(x.tiles), -decode_denominator(x.scale), -x.scale))


def level_scales(smallest: float, largest: float) -> tuple[float, ...]:
    """Return the fewest scales, largest first, with one within √LEVEL_STEP of any in the range."""
    count = max(1, ceil(log(largest / smallest) / log(LEVEL_STEP) - 1e-9))
    ratio = (largest / smallest) ** (1 / count)
    return tuple(largest / ratio ** (i + 0.5) for i in range(count))


def plan_levels(
    width_px: int,
    height_px: int,
    gsd_cm_at_row: Callable[[float], float | None],
    target_gsd_cm: float,
    tile_px: int,
    overlap_px: int,
) -> tuple[Level, ...]:
    """Plan the levels and tiles of a picture whose ground scale is known.

    `gsd_cm_at_row(y_px)` gives the ground sample distance (cm per pixel) at the middle of a row of
    the original, or None at and above the horizon. Rows are enlarged MAX_ENLARGEMENT at most; those
    that want MAX_COARSENESS and more, and rows without sea, are covered by no tile.
    """
    wanted = _wanted_scales(height_px, gsd_cm_at_row, target_gsd_cm)
    if not wanted:
        return ()
    levels = []
    for scale in level_scales(min(wanted.values()), max(wanted.values())):
        full = _frugal_level(width_px, height_px, scale, tile_px, overlap_px)
        rows = [y * full.scale for y, want in wanted.items() if _suits(scale, want)]
        tiles = tuple(t for t in full.tiles if any(t.y_px <= r <= t.y_px + tile_px for r in rows))
        if tiles:
            levels.append(Level(full.scale, full.width_px, full.height_px, tiles))
    return tuple(levels)


def _suits(scale: float, wanted: float) -> bool:
    return max(scale / wanted, wanted / scale) <= sqrt(LEVEL_STEP) * 1.001


def _wanted_scales(
    height_px: int, gsd_cm_at_row: Callable[[float], float | None], target_gsd_cm: float
) -> dict[float, float]:
    """Scale wanted at rows a 64th of the picture apart, without those that cannot be served."""
    rows = [height_px * (i + 0.5) / 64 for i in range(64)]
    scales = {y: wanted_scale(gsd_cm_at_row(y), target_gsd_cm) for y in rows}
    return {y: scale for y, scale in scales.items() if scale is not None}


def wanted_scale(gsd_cm: float | None, target_gsd_cm: float) -> float | None:
    """Return the scale that a place of a ground sample distance is searched at.

    None where it is not searched: for want of sea (no distance), or of detail.
    """
    if gsd_cm is None or gsd_cm / target_gsd_cm > MAX_COARSENESS:
        return None
    return min(max(gsd_cm / target_gsd_cm, MIN_SCALE), MAX_ENLARGEMENT)


def plan_unknown_scale(
    width_px: int,
    height_px: int,
    tile_px: int,
    overlap_px: int,
    scales: Sequence[float] = UNKNOWN_SCALES,
) -> tuple[Level, ...]:
    """Plan the search of a picture without pose: a level for each scale, the finest first.

    Levels that shrink to less than an eighth of a tile on their longer side are left out. In 24
    rendered crops of 416 px, searched so, dugongs 100, 200, 280 and 380 px long were found 24, 23,
    20 and 16 times; without the levels under half a tile 17, 0, 0 and 0 times.
    """
    enlarge = width_px * height_px <= MOST_ENLARGED_PX
    wanted = [s for s in scales if s <= 1.001 or enlarge]
    levels = [_level(width_px, height_px, s, tile_px, overlap_px) for s in wanted]
    return tuple(
        level
        for level in levels
        if level.scale > 0.999 or max(level.width_px, level.height_px) * 8 >= tile_px
    )


def decode_denominator(scale: float) -> int:
    """Return the largest JPEG reduction (1, 2, 4, 8) that still has all pixels a level needs."""
    return next(d for d in (8, 4, 2, 1) if d == 1 or scale * d <= 1 + 1e-9)
