"""The network asked once for what two searches of one picture want to know of a tile."""

from collections import OrderedDict
from collections.abc import Sequence
from hashlib import blake2b

import numpy as np

from detection.engine import Engine, RawOutput, TileBGR

# Boxes below this score are forgotten: a search keeps none of them, and they are nearly all.
_LEAST_SCORE = 0.01
# More than a picture of 100 MP has at all scales; some kilobytes each.
_MOST_TILES = 8192


class RecallingEngine:
    """An engine that answers a tile it saw before from memory, boxes of no score left out."""

    def __init__(self, engine: Engine) -> None:
        """Ask `engine` for tiles that are new."""
        self._engine = engine
        self.input_px, self.outputs = engine.input_px, engine.outputs
        self._known: OrderedDict[bytes, RawOutput] = OrderedDict()

    def infer(self, tiles: Sequence[TileBGR]) -> list[RawOutput]:
        """Run the network on the tiles that are new; the answers stand in the order of the tiles.

        An answer holds the anchors whose best score is worth anything, in their order.
        """
        keys = [blake2b(tile.tobytes(), digest_size=16).digest() for tile in tiles]
        new = {key: tile for key, tile in zip(keys, tiles, strict=True) if key not in self._known}
        asked = self._engine.infer(list(new.values())) if new else []
        for key, raw in zip(new, asked, strict=True):
            worth = raw[4:].max(axis=0) >= _LEAST_SCORE
            self._known[key] = np.ascontiguousarray(raw[:, worth])
        answers = [self._known[key] for key in keys]
        while len(self._known) > _MOST_TILES:
            self._known.popitem(last=False)
        return answers
