"""A tile taken at another scale than it is searched at, and resampled to it as a search does.

A search shrinks or enlarges every picture to its own ground scale, after the camera has sharpened
and compressed it: a frame from low down comes out cleaner than one taken at that scale, one from
high up soft, with the blocks of its JPEG enlarged.
"""

from collections.abc import Sequence
from dataclasses import replace
from math import ceil

import numpy as np
import numpy.typing as npt

from detection.limits import COARSEST_TAUGHT_GSD_CM
from detection.resampling import resized
from detection.tiling import MAX_ENLARGEMENT
from detection.training.camera_effects import through_jpeg
from detection.training.scene import Box

Picture = npt.NDArray[np.uint8]

# Half of the tiles are taken at the scale they are searched at: the sharpest there are.
_SHARE = 0.5
# Finer pictures than twice what is wanted look like those, at four times the cost of drawing.
_LEAST_ENLARGEMENT = 0.55
_COARSEST_GSD_M = COARSEST_TAUGHT_GSD_CM / 100


def random_enlargement(rng: np.random.Generator, gsd_m: float) -> float:
    """By how much a search at `gsd_m` enlarges a picture; 1 where it was taken at that scale."""
    if rng.random() >= _SHARE:
        return 1.0
    most = max(1.0, min(MAX_ENLARGEMENT, _COARSEST_GSD_M / gsd_m))
    return float(np.exp(rng.uniform(*np.log((_LEAST_ENLARGEMENT, most)))))


def taken_size_px(size_px: int, enlargement: float) -> int:
    """The side of what a camera took, for a tile of `size_px` after the search's enlargement."""
    return ceil(size_px / enlargement)


def as_searched(
    taken: Picture, boxes: Sequence[Box], size_px: int, quality: int
) -> tuple[Picture, tuple[Box, ...]]:
    """A square picture as the network gets it, `size_px` a side, and its boxes, resampled with it.

    `taken` is the camera's, side x side x 3 RGB; `quality` is that of its JPEG. What is resampled
    is the file's picture, as in a search.
    """
    factor = size_px / taken.shape[0]
    picture = resized(through_jpeg(taken, quality), size_px, size_px)
    return picture, tuple(_resized(box, factor) for box in boxes)


def _resized(box: Box, factor: float) -> Box:
    left, top, right, bottom = (side * factor for side in box.xyxy_px)
    outlines = tuple(outline * factor for outline in box.outlines_px)
    return replace(box, xyxy_px=(left, top, right, bottom), outlines_px=outlines)
