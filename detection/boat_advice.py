"""The boat network asked beside ours: its tiles searched, and both networks' boxes made one."""

import numpy as np

from detection import boat_network
from detection.boat_network import Opinions
from detection.boxes import Boxes, Floats, concatenate
from detection.engine import Engine
from detection.errors import ModelError
from detection.level_search import search_level
from detection.manifest import BoatNetwork, Manifest
from detection.merge import merge
from detection.resampling import Look
from detection.types import ObjectClass

# A box at this share of its threshold is remembered until the other network has been asked.
DOUBTFUL = 0.5


class BoatAdvice:
    """Asks a model's boat network; `thresholds` are the least scores that our network reports."""

    def __init__(
        self,
        engine: Engine,
        entry: BoatNetwork,
        input_px: int,
        manifest: Manifest,
        thresholds: Floats,
    ) -> None:
        """Compare how the two networks score.

        Raises:
            ModelError: when the engine runs another network.
        """
        if engine.outputs != boat_network.OUTPUTS or engine.input_px != input_px:
            raise ModelError(
                f"the boat network must give {boat_network.OUTPUTS} values a box on tiles of "
                f"{input_px} px; it gives {engine.outputs} on {engine.input_px} px. Export it anew "
                "with `libong export-model`"
            )
        self.engine = engine
        boat = manifest.classes.index(ObjectClass.BOAT)
        self._opinions = Opinions(boat, manifest.threshold(ObjectClass.BOAT), entry.threshold)
        self._thresholds = thresholds
        self.decoded_from = thresholds.copy()
        self.decoded_from[boat] *= DOUBTFUL
        lowest = np.interp(
            self.decoded_from[boat],
            (0, self._opinions.threshold, 1),
            (0, self._opinions.coco_threshold, 1),
        )
        self._theirs_from = boat_network.thresholds(float(lowest))

    def of(self, look: Look) -> Boxes:
        """What the boat network sees in one resampling of a picture."""
        return concatenate(
            search_level(self.engine, self._theirs_from, look.pixels, look.search.level)
        )

    def fused(self, mine: Boxes, theirs: list[Boxes]) -> Boxes:
        """Return our boxes with the boat network's opinion of them, from our thresholds up."""
        fused = boat_network.fuse(
            _merged_by_doubt(mine, self._thresholds),
            _merged_by_doubt(concatenate(theirs), self._theirs_from / DOUBTFUL),
            self._opinions,
        )
        return fused.take(fused.scores >= self._thresholds[fused.classes])


def _merged_by_doubt(boxes: Boxes, thresholds: Floats) -> Boxes:
    """Merge the boxes that reach their threshold, then add doubtful ones where none of them is.

    Apart, because merging lets a whole box displace a better one that a tile's edge has cut.
    """
    doubtful = boxes.scores < thresholds[boxes.classes]
    return boat_network.with_doubtful(merge(boxes.take(~doubtful)), merge(boxes.take(doubtful)))
