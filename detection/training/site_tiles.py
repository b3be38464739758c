"""Training tiles cut from labelled frames, at the ground scale that the network knows."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from detection.evaluation.scoring import Xyxy
from detection.labels.label import Label, LabelledFrame, Undecided
from detection.labels.tool_box import CLASSES
from detection.level_search import PADDING_GREY, empty_tile
from detection.search_plan import OVERLAP_PX
from detection.tiling import MAX_ENLARGEMENT, grid
from detection.training.dataset import TARGET_GSD_M
from detection.types import ObjectClass
from ingest.pixels import decode_bgr

_Pixels = npt.NDArray[np.uint8]
_JPEG_QUALITY = 95
# Of a dugong or boat cut by a tile's edge this much must show to be asked for; of gear, which is
# long and thin, any part.
_SHOWN_SHARE = 0.4
# Empty sea is most of every frame; a few tiles of it are enough beside those with something in.
_EMPTY_TILES_A_FRAME = 2
# A box larger than this share of a crop shows too little of its surroundings.
_MOST_OF_CROP = 0.8


@dataclass(frozen=True)
class TrainingTile:
    """A square picture as JPEG, and its boxes: class numbers and n x 4 corners in its pixels."""

    jpeg: bytes
    classes: tuple[int, ...]
    boxes_px: tuple[Xyxy, ...]

    def rgb(self) -> _Pixels:
        """The pixels, height x width x 3."""
        bgr = cv2.imdecode(np.frombuffer(self.jpeg, np.uint8), cv2.IMREAD_COLOR)
        return np.ascontiguousarray(np.asarray(bgr, dtype=np.uint8)[..., ::-1])


def encoded_tile(
    bgr: _Pixels, classes: tuple[int, ...], boxes_px: tuple[Xyxy, ...]
) -> TrainingTile:
    """A tile of pixels."""
    done, data = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
    if not done:
        raise ValueError(f"a tile must be height x width x 3 of bytes; got {bgr.shape}")
    return TrainingTile(data.tobytes(), classes, boxes_px)


def tiles_of_frame(
    path: Path, frame: LabelledFrame, tile_px: int, rng: np.random.Generator
) -> tuple[TrainingTile, ...]:
    """The tiles that a reviewed frame gives; none where its scale is unknown or too coarse.

    A fully labelled frame is cut into overlapping tiles. Of another only the surroundings of
    decided boxes are shown, four to a tile, since what else is in it nobody said.
    """
    if frame.gsd_cm is None or frame.gsd_cm / (100 * TARGET_GSD_M) > MAX_ENLARGEMENT:
        return ()
    scale = frame.gsd_cm / (100 * TARGET_GSD_M)
    pixels = decode_bgr(path)
    size = (max(1, round(frame.width_px * scale)), max(1, round(frame.height_px * scale)))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    scaled = np.asarray(cv2.resize(pixels, size, interpolation=how), np.uint8)
    if frame.complete:
        return tuple(_cut_all(scaled, frame, scale, tile_px, rng))
    crops = tuple(_surroundings(scaled, frame, scale, tile_px // 2, rng))
    return tuple(_four_to_a_tile(crops, tile_px))


def _cut_all(
    scaled: _Pixels, frame: LabelledFrame, scale: float, tile_px: int, rng: np.random.Generator
) -> Iterator[TrainingTile]:
    height, width = scaled.shape[:2]
    empty = []
    for tile in grid(width, height, tile_px, min(OVERLAP_PX, tile_px // 2)):
        window = (tile.x_px, tile.y_px, tile.x_px + tile_px, tile.y_px + tile_px)
        made = _cut(scaled, window, frame.objects, scale)
        if made.classes or _inside(frame.false_alarms, window, scale):
            yield made
        else:
            empty.append(made)
    for number in rng.permutation(len(empty))[:_EMPTY_TILES_A_FRAME]:
        yield empty[int(number)]


def _surroundings(
    scaled: _Pixels, frame: LabelledFrame, scale: float, side_px: int, rng: np.random.Generator
) -> Iterator[TrainingTile]:
    """A crop around each decided box, unless it shows something nobody decided on."""
    for label in (*frame.objects, *frame.false_alarms):
        left, top, right, bottom = (scale * v for v in label.xyxy_px)
        free_px = (side_px - (right - left), side_px - (bottom - top))
        if min(free_px) < (1 - _MOST_OF_CROP) * side_px:
            continue
        x = int(left - rng.uniform(0.25, 0.75) * free_px[0])
        y = int(top - rng.uniform(0.25, 0.75) * free_px[1])
        window = (x, y, x + side_px, y + side_px)
        if not _inside(frame.undecided, window, scale):
            yield _cut(scaled, window, frame.objects, scale)


def _inside(boxes: tuple[Label, ...] | tuple[Undecided, ...], window: Xyxy, scale: float) -> bool:
    return any(_shown(tuple(scale * v for v in b.xyxy_px), window)[1] > 0 for b in boxes)


def _cut(scaled: _Pixels, window: Xyxy, objects: tuple[Label, ...], scale: float) -> TrainingTile:
    """The pixels of a window, grey beyond the picture's edge, and the boxes that show in it."""
    left, top, right, bottom = (int(v) for v in window)
    height, width = scaled.shape[:2]
    piece = np.full((bottom - top, right - left, 3), PADDING_GREY, np.uint8)
    rows, columns = slice(max(top, 0), min(bottom, height)), slice(max(left, 0), min(right, width))
    seen = scaled[rows, columns]
    y, x = rows.start - top, columns.start - left
    piece[y : y + seen.shape[0], x : x + seen.shape[1]] = seen
    classes, boxes = [], []
    for label in objects:
        box, share = _shown(tuple(scale * v for v in label.xyxy_px), window)
        if share >= (1e-6 if label.object_class is ObjectClass.FISHING_GEAR else _SHOWN_SHARE):
            classes.append(CLASSES.index(label.object_class))
            boxes.append((box[0] - left, box[1] - top, box[2] - left, box[3] - top))
    return encoded_tile(piece, tuple(classes), tuple(boxes))


def _shown(box: tuple[float, ...], window: Xyxy) -> tuple[Xyxy, float]:
    """The part of a box inside a window, and which share of its area that is."""
    left, top = max(box[0], window[0]), max(box[1], window[1])
    right, bottom = min(box[2], window[2]), min(box[3], window[3])
    area = (box[2] - box[0]) * (box[3] - box[1])
    if right <= left or bottom <= top or area <= 0:
        return (0.0, 0.0, 0.0, 0.0), 0.0
    return (left, top, right, bottom), (right - left) * (bottom - top) / area


def _four_to_a_tile(crops: tuple[TrainingTile, ...], tile_px: int) -> Iterator[TrainingTile]:
    half = tile_px // 2
    for number in range(ceil(len(crops) / 4)):
        tile = empty_tile(tile_px)
        classes: list[int] = []
        boxes: list[Xyxy] = []
        for place, crop in enumerate(crops[4 * number : 4 * number + 4]):
            x, y = half * (place % 2), half * (place // 2)
            tile[y : y + half, x : x + half] = crop.rgb()[..., ::-1]
            classes += crop.classes
            boxes += [(b[0] + x, b[1] + y, b[2] + x, b[3] + y) for b in crop.boxes_px]
        yield encoded_tile(tile, tuple(classes), tuple(boxes))
