"""Training tiles cut from labelled frames, at the ground scale that the network knows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil, floor
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from detection.evaluation.scoring import Xyxy
from detection.labels.label import Label, LabelledFrame, Undecided
from detection.labels.tool_box import CLASSES
from detection.level_search import empty_tile
from detection.resampling import PADDING_GREY
from detection.search_plan import OVERLAP_PX
from detection.tiling import MAX_ENLARGEMENT, grid
from detection.training.dataset import TARGET_GSD_M
from detection.types import ObjectClass
from ingest.pixels import decode_bgr

_Pixels = npt.NDArray[np.uint8]
_JPEG_QUALITY = 95
# Of a dugong or boat cut by a tile's edge this much must show to be asked for.
_SHOWN_SHARE = 0.4
# A box around a line that runs aslant is mostly water: a part of it may hold nothing. Gear counts
# whole, or cut where its box is so narrow that the line fills it.
_WHOLE_SHARE = 0.95
_NARROW_PX = 40.0
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
    decided boxes are shown, since what else is in it nobody said: four to a tile, or one where the
    box is too large for that.
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
    decided = (*frame.objects, *frame.false_alarms)
    small = tuple(x for x in decided if _leaves_room(x, scale, tile_px // 2))
    large = tuple(x for x in decided if x not in small and _leaves_room(x, scale, tile_px))
    crops = tuple(_surroundings(scaled, frame, small, scale, tile_px // 2, rng))
    return (
        *_four_to_a_tile(crops, tile_px),
        *_surroundings(scaled, frame, large, scale, tile_px, rng),
    )


def _cut_all(
    scaled: _Pixels, frame: LabelledFrame, scale: float, tile_px: int, rng: np.random.Generator
) -> Iterator[TrainingTile]:
    height, width = scaled.shape[:2]
    tiles = grid(width, height, tile_px, min(OVERLAP_PX, tile_px // 2))
    windows = [(t.x_px, t.y_px, t.x_px + tile_px, t.y_px + tile_px) for t in tiles]
    empty = []
    for window in (*windows, *_around_cut_gear(frame.objects, windows, scale, rng)):
        made = _cut(scaled, window, frame.objects, scale)
        if made is None:
            continue
        if made.classes or _inside(frame.false_alarms, window, scale):
            yield made
        else:
            empty.append(made)
    for number in rng.permutation(len(empty))[:_EMPTY_TILES_A_FRAME]:
        yield empty[int(number)]


def _around_cut_gear(
    objects: tuple[Label, ...], windows: Sequence[Xyxy], scale: float, rng: np.random.Generator
) -> Iterator[Xyxy]:
    """A window more for each piece of gear that fits into one, and is whole in none."""
    side_px = int(windows[0][2] - windows[0][0])
    for label in objects:
        box = _scaled(label.xyxy_px, scale)
        free_px = (side_px - (box[2] - box[0]), side_px - (box[3] - box[1]))
        if label.object_class is not ObjectClass.FISHING_GEAR or min(free_px) < 0:
            continue
        if not any(_shown(box, window)[1] >= _WHOLE_SHARE for window in windows):
            x = int(box[0] - rng.uniform(0, 1) * free_px[0])
            y = int(box[1] - rng.uniform(0, 1) * free_px[1])
            yield x, y, x + side_px, y + side_px


def _leaves_room(label: Label, scale: float, side_px: int) -> bool:
    """Whether a crop around a box shows enough besides."""
    left, top, right, bottom = _scaled(label.xyxy_px, scale)
    return max(right - left, bottom - top) <= _MOST_OF_CROP * side_px


def _surroundings(
    scaled: _Pixels,
    frame: LabelledFrame,
    decided: Sequence[Label],
    scale: float,
    side_px: int,
    rng: np.random.Generator,
) -> Iterator[TrainingTile]:
    """A crop around each decided box, unless it shows something nobody decided on."""
    for label in decided:
        left, top, right, bottom = _scaled(label.xyxy_px, scale)
        free_px = (side_px - (right - left), side_px - (bottom - top))
        x = int(left - rng.uniform(0.25, 0.75) * free_px[0])
        y = int(top - rng.uniform(0.25, 0.75) * free_px[1])
        window = (x, y, x + side_px, y + side_px)
        if _inside(frame.undecided, window, scale):
            continue
        made = _cut(scaled, window, frame.objects, scale)
        if made is not None:
            yield made


def _inside(boxes: tuple[Label, ...] | tuple[Undecided, ...], window: Xyxy, scale: float) -> bool:
    return any(_shown(_scaled(b.xyxy_px, scale), window)[1] > 0 for b in boxes)


def _scaled(xyxy_px: Xyxy, scale: float) -> Xyxy:
    left, top, right, bottom = (scale * v for v in xyxy_px)
    return left, top, right, bottom


def _cut(
    scaled: _Pixels, window: Xyxy, objects: tuple[Label, ...], scale: float
) -> TrainingTile | None:
    """The pixels of a window, grey beyond the picture's edge, and the boxes that show in it.

    Where gear lies of which nobody can tell what the window shows is grey too; None where that
    would hide something else.
    """
    left, top, right, bottom = (int(v) for v in window)
    height, width = scaled.shape[:2]
    piece = np.full((bottom - top, right - left, 3), PADDING_GREY, np.uint8)
    rows, columns = slice(max(top, 0), min(bottom, height)), slice(max(left, 0), min(right, width))
    seen = scaled[rows, columns]
    y, x = rows.start - top, columns.start - left
    piece[y : y + seen.shape[0], x : x + seen.shape[1]] = seen
    classes: list[int] = []
    boxes: list[Xyxy] = []
    unsure: list[Xyxy] = []
    for label in objects:
        whole = _scaled(label.xyxy_px, scale)
        box, share = _shown(whole, window)
        inside = (box[0] - left, box[1] - top, box[2] - left, box[3] - top)
        if share > 0 and _is_cut_aslant(label, whole, share):
            unsure.append(inside)
        elif share >= (
            _SHOWN_SHARE if label.object_class is not ObjectClass.FISHING_GEAR else 1e-6
        ):
            classes.append(CLASSES.index(label.object_class))
            boxes.append(inside)
    for hidden in unsure:
        if any(_shown(box, hidden)[1] > 0 for box in boxes):
            return None
        x0, y0, x1, y1 = floor(hidden[0]), floor(hidden[1]), ceil(hidden[2]), ceil(hidden[3])
        piece[y0:y1, x0:x1] = PADDING_GREY
    return encoded_tile(piece, tuple(classes), tuple(boxes))


def _is_cut_aslant(label: Label, box: Xyxy, share: float) -> bool:
    """Whether of gear a part shows that may be water alone."""
    if label.object_class is not ObjectClass.FISHING_GEAR or share >= _WHOLE_SHARE:
        return False
    return min(box[2] - box[0], box[3] - box[1]) > _NARROW_PX


def _shown(box: Xyxy, window: Xyxy) -> tuple[Xyxy, float]:
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
