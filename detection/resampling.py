"""A picture at the scales the networks look at it: decoded once, resampled for each."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from detection.tiling import Level, Tile, decode_denominator
from ingest.pixels import decode_bgr

# The grey that the network saw as "no picture" in training.
PADDING_GREY = 114


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


class DecodedPicture:
    """A picture's pixels, decoded when asked for.

    `denominator` tells by how much the sides were reduced when it was last decoded; None before.
    """

    def __init__(self, path: Path, width_px: int, height_px: int, *, keep: bool = False) -> None:
        """Remember where the picture is; nothing is decoded yet.

        `keep` holds the pixels for being asked again; without it they are the asker's alone.
        """
        self._path, self._keep = path, keep
        self.size_px = (width_px, height_px)
        self.denominator: int | None = None
        self._held: tuple[int, NDArray[np.uint8]] | None = None

    def reduced(self, scale: float) -> tuple[int, NDArray[np.uint8]]:
        """Return how often the picture was halved while decoding, as 1, 2, 4 or 8, and its pixels.

        They have all the detail that `scale` (resampled pixels per original one) can show, and
        more where more was asked for before and kept.

        Raises:
            PhotoError: when the picture cannot be decoded.
        """
        denominator = decode_denominator(scale)
        if self._held is not None and self._held[0] <= denominator:
            return self._held
        decoded = denominator, decode_bgr(self._path, scale_denominator=denominator)
        self.denominator = denominator
        if self._keep:
            self._held = decoded
        return decoded

    def piece(self, level: Level, tile: Tile, side_px: int) -> NDArray[np.uint8]:
        """Return one tile of a level, as if the whole level had been resampled.

        Raises:
            PhotoError: when the picture cannot be decoded.
        """
        denominator, pixels = self.reduced(level.scale)
        step = 1 / (level.scale * denominator)  # decoded pixels per pixel of the level
        start_x, start_y = ((at + 0.5) * step - 0.5 for at in (tile.x_px, tile.y_px))
        piece = cv2.warpAffine(
            pixels,
            np.array([[step, 0, start_x], [0, step, start_y]]),
            (side_px, side_px),
            flags=cv2.WARP_INVERSE_MAP | (cv2.INTER_CUBIC if step < 1 else cv2.INTER_LINEAR),
            borderMode=cv2.BORDER_REPLICATE,
        )
        piece[max(0, level.height_px - tile.y_px) :] = PADDING_GREY
        piece[:, max(0, level.width_px - tile.x_px) :] = PADDING_GREY
        return np.asarray(piece, np.uint8)


def looks(picture: DecodedPicture, searches: Sequence[Search]) -> Iterator[Look]:
    """Decode a picture once, as small as its finest level allows, and resample it for each level.

    Coarser levels start from exact halves, which stand in for decoding it again at a smaller size.

    Raises:
        PhotoError: when the picture cannot be decoded.
    """
    by_reduction: dict[int, list[Search]] = defaultdict(list)
    for search in searches:
        by_reduction[decode_denominator(search.level.scale)].append(search)
    if not by_reduction:
        return
    held, pixels = picture.reduced(1 / min(by_reduction))
    for denominator, group in sorted(by_reduction.items()):
        while held < denominator:
            height_px, width_px = (ceil(side / 2) for side in pixels.shape[:2])
            halved = cv2.resize(pixels, (width_px, height_px), interpolation=cv2.INTER_AREA)
            pixels, held = np.asarray(halved, np.uint8), held * 2
        for search in group:
            yield Look(search, resized(pixels, search.level.width_px, search.level.height_px))


def resized(pixels: NDArray[np.uint8], width_px: int, height_px: int) -> NDArray[np.uint8]:
    """Return a decoded picture at a level's size, whatever the order of its channels.

    Down to half, two source pixels a side are all there is to average, so that interpolating
    between them loses nothing and takes an eighth of the time of exact areas.
    """
    size = (width_px, height_px)
    if (pixels.shape[1], pixels.shape[0]) == size:
        return pixels
    shrinking = width_px / pixels.shape[1]
    how = cv2.INTER_LINEAR
    if shrinking > 1:
        how = cv2.INTER_CUBIC
    elif shrinking < 0.49:
        how = cv2.INTER_AREA
    return np.asarray(cv2.resize(pixels, size, interpolation=how), np.uint8)
