"""At which levels a picture is looked at: by the passes of our network, and by the boat network."""

from collections.abc import Callable, Sequence
from functools import cache

from detection import boat_network
from detection.resampling import Search
from detection.tiling import Level, plan_levels, plan_unknown_scale
from ingest.errors import ProjectionError
from ingest.frame import Frame
from ingest.projection import SeaView

# A dugong is at most 3.3 m, 66 px at 5 cm: each is whole, with some sea beside it, in a tile at
# least. On 92 rendered frames recall was the same to the third place as with 128 px, for a tenth
# less tiles.
OVERLAP_PX = 80


def row_gsd_cm(frame: Frame, view: SeaView) -> Callable[[float], float | None]:
    """Return what gives the ground sample distance (cm a pixel) in the middle of a frame's row.

    It gives None at and above the horizon, and asks the view once for each row.
    """

    @cache
    def gsd_cm_at_row(y_px: float) -> float | None:
        try:
            return view.gsd_cm_at((frame.width_px / 2, y_px))
        except ProjectionError:
            return None

    return gsd_cm_at_row


def plan_located(
    frame: Frame,
    view: SeaView,
    passes_gsd_cm: Sequence[float],
    boats_gsd_cm: Sequence[float],
    tile_px: int,
) -> list[Search]:
    """Plan the search of a frame of known scale; each level is looked at by all it suits.

    `passes_gsd_cm` are the ground scales of our network's passes, `boats_gsd_cm` those at which the
    boat network looks, cm per pixel.
    """
    gsd_cm_at_row = row_gsd_cm(frame, view)

    def levels(gsd_cm: float) -> tuple[Level, ...]:
        return plan_levels(
            frame.width_px, frame.height_px, gsd_cm_at_row, gsd_cm, tile_px, OVERLAP_PX
        )

    passes = [levels(gsd_cm) for gsd_cm in passes_gsd_cm]
    boats = [level for gsd_cm in boats_gsd_cm for level in levels(gsd_cm)]
    every = dict.fromkeys([*(level for own in passes for level in own), *boats])
    return [
        Search(x, tuple(n for n, own in enumerate(passes) if x in own), x in boats) for x in every
    ]


def plan_any_scale(width_px: int, height_px: int, tile_px: int) -> list[Search]:
    """Plan the search of a picture of unknown scale: each level is a pass of its own."""
    levels = plan_unknown_scale(width_px, height_px, tile_px, OVERLAP_PX)
    return [
        Search(level, (number,), level.scale in boat_network.UNKNOWN_SCALES)
        for number, level in enumerate(levels)
    ]
