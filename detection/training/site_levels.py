"""At which levels a labelled frame is searched, and which of them show a thing at its size."""

from collections.abc import Callable
from dataclasses import dataclass
from math import log, sqrt
from pathlib import Path

from detection.evaluation.scoring import Xyxy
from detection.labels.label import LabelledFrame
from detection.labels.located import Unusable, located_frame
from detection.resampling import Search
from detection.search_plan import plan_located, row_gsd_cm
from detection.tiling import LEVEL_STEP, MOST_COARSER, Level, wanted_scale
from detection.training.dataset import TARGET_GSD_M
from ingest.projection import SeaView
from ingest.site_reference import SiteReference

_TARGET_GSD_CM = 100 * TARGET_GSD_M
# A level is at most this factor off the scale that its own rows want, and a little for those
# between the rows it is planned from.
_MOST_OFF = sqrt(LEVEL_STEP) / (1 - MOST_COARSER) * 1.05


@dataclass(frozen=True)
class SiteLevels:
    """The levels of a frame, and the scale wanted at a row of it, None where it is not searched.

    Boxes are in pixels of the frame.
    """

    searches: tuple[Search, ...]
    wanted_at: Callable[[float], float | None]

    def at_size(self, level: Level, xyxy_px: Xyxy) -> bool:
        """Whether what a box holds has in a level about the size at which it is searched for."""
        off = self._off(level, xyxy_px)
        return off is not None and off <= log(_MOST_OFF)

    def own(self, xyxy_px: Xyxy) -> Level | None:
        """The level that is nearest to the size at which a box's place is searched."""
        offs = {s.level: self._off(s.level, xyxy_px) for s in self.searches}
        known = {level: off for level, off in offs.items() if off is not None}
        return min(known, key=lambda level: known[level], default=None)

    def _off(self, level: Level, xyxy_px: Xyxy) -> float | None:
        wanted = self.wanted_at((xyxy_px[1] + xyxy_px[3]) / 2)
        return None if wanted is None else abs(log(level.scale / wanted))


def site_levels(
    path: Path, frame: LabelledFrame, site: SiteReference, tile_px: int
) -> SiteLevels | Unusable:
    """Plan the levels as a search does, by the frame's own place and scale; or why there are none.

    `path` is where the frame's picture lies, `tile_px` the side of a tile.
    """
    located = located_frame(path, frame, site)
    if isinstance(located, Unusable):
        return located
    view = SeaView(located.camera, located.pose)
    searches = tuple(plan_located(located, view, (_TARGET_GSD_CM,), (), tile_px))
    if not searches:
        return Unusable.TOO_COARSE
    gsd_cm_at_row = row_gsd_cm(located, view)
    return SiteLevels(searches, lambda y_px: wanted_scale(gsd_cm_at_row(y_px), _TARGET_GSD_CM))
