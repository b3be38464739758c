"""A picture at the scales the networks look at it: decoded once, resampled for each."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from detection.tiling import Level, decode_denominator
from ingest.pixels import decode_bgr


@dataclass(frozen=True)
class Search:
    """One resampling of the picture and who looks at it.

    `passes` are the numbers of our network's passes that it belongs to, `boats` whether the boat
    network looks.
    """

    level: Level
    passes: tuple[int, ...]
    boats: bool


@dataclass(frozen=True)
class Look:
    """The pixels of one resampling of the picture, BGR."""

    search: Search
    pixels: NDArray[np.uint8]


def looks(path: Path, searches: Sequence[Search]) -> Iterator[Look]:
    """Decode a picture once, as small as its finest level allows, and resample it for each level.

    Coarser levels start from exact halves, which stand in for decoding it again at a smaller size.
    """
    by_reduction: dict[int, list[Search]] = defaultdict(list)
    for search in searches:
        by_reduction[decode_denominator(search.level.scale)].append(search)
    pixels, held = np.empty((0, 0, 3), np.uint8), 0
    for denominator, group in sorted(by_reduction.items()):
        if not held:
            pixels, held = decode_bgr(path, scale_denominator=denominator), denominator
        while held < denominator:
            height_px, width_px = (ceil(side / 2) for side in pixels.shape[:2])
            halved = cv2.resize(pixels, (width_px, height_px), interpolation=cv2.INTER_AREA)
            pixels, held = np.asarray(halved, np.uint8), held * 2
        for search in group:
            yield Look(search, _resampled(pixels, search.level))


def _resampled(pixels: NDArray[np.uint8], level: Level) -> NDArray[np.uint8]:
    """A decoded picture at a level's size.

    Down to half, two source pixels a side are all there is to average, so that interpolating
    between them loses nothing and takes an eighth of the time of exact areas.
    """
    size = (level.width_px, level.height_px)
    if (pixels.shape[1], pixels.shape[0]) == size:
        return pixels
    shrinking = level.width_px / pixels.shape[1]
    how = cv2.INTER_LINEAR
    if shrinking > 1:
        how = cv2.INTER_CUBIC
    elif shrinking < 0.49:
        how = cv2.INTER_AREA
    return np.asarray(cv2.resize(pixels, size, interpolation=how), np.uint8)
