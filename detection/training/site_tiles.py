"""Training tiles cut from labelled frames, at the levels that a search looks at."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil, floor
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from detection.evaluation.scoring import Xyxy
from detection.labels.label import Label, LabelledFrame, Undecided
from detection.labels.located import Unusable
from detection.labels.tool_box import CLASSES
from detection.level_search import empty_tile
from detection.resampling import PADDING_GREY, DecodedPicture, Look, looks
from detection.tiling import Level
from detection.training.site_levels import SiteLevels, site_levels
from detection.types import ObjectClass
from ingest.site_reference import SiteReference

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


@dataclass(frozen=True)
class _AtLevel:
    """A frame as one of its levels shows it; boxes and windows are in pixels of the level."""

    frame: LabelledFrame
    levels: SiteLevels
    look: Look

    @property
    def level(self) -> Level:
        return self.look.search.level

    def box(self, label: Label | Undecided) -> Xyxy:
        left, top, right, bottom = (self.level.scale * v for v in label.xyxy_px)
        return left, top, right, bottom

    def is_own(self, label: Label) -> bool:
        """Whether this is the level that suits a label best."""
        return self.levels.own(label.xyxy_px) == self.level

    def at_size(self, box: Xyxy) -> bool:
        """Whether what a box holds has about the size at which its place is searched."""
        left, top, right, bottom = (v / self.level.scale for v in box)
        return self.levels.at_size(self.level, (left, top, right, bottom))

    def stands_alone(self, label: Label) -> bool:
        """Whether no other object's box meets a label's."""
        others = (x for x in self.frame.objects if x is not label)
        return not any(_shown(x.xyxy_px, label.xyxy_px)[1] > 0 for x in others)


def tiles_of_frame(
    path: Path, frame: LabelledFrame, site: SiteReference, tile_px: int, rng: np.random.Generator
) -> tuple[TrainingTile, ...]:
    """The tiles that a reviewed frame gives; none where it is of unknown scale, or not searched.

    A fully labelled frame is cut into the tiles that a search looks at: those of several levels
    where it looks aslant. Of another only the surroundings of decided boxes are shown, since what
    else is in it nobody said: four to a tile, or one where the box is too large for that. A thing
    is taught at the size at which its place is searched.
    """
    levels = site_levels(path, frame, site, tile_px)
    return () if isinstance(levels, Unusable) else _tiles(path, frame, levels, tile_px, rng)


def why_no_tile(path: Path, frame: LabelledFrame, site: SiteReference, tile_px: int) -> Unusable:
    """Why `tiles_of_frame` cuts nothing out of a frame that gives no tile."""
    levels = site_levels(path, frame, site, tile_px)
    return levels if isinstance(levels, Unusable) else Unusable.NOT_CUT_OUT


def _tiles(
    path: Path, frame: LabelledFrame, levels: SiteLevels, tile_px: int, rng: np.random.Generator
) -> tuple[TrainingTile, ...]:
    holding: list[TrainingTile] = []
    empty: list[TrainingTile] = []
    quarters: list[TrainingTile] = []
    wholes: list[TrainingTile] = []
    for look in looks(DecodedPicture(path, frame.width_px, frame.height_px), levels.searches):
        at = _AtLevel(frame, levels, look)
        if frame.complete:
            for made, holds in _cut_all(at, tile_px, rng):
                (holding if holds else empty).append(made)
        else:
            small, large = _by_room(at, tile_px)
            quarters += _surroundings(at, small, tile_px // 2, rng)
            wholes += _surroundings(at, large, tile_px, rng)
        del look, at  # one level at a time is in memory: of a large picture each is large
    some = rng.permutation(len(empty))[:_EMPTY_TILES_A_FRAME]
    around = (*_four_to_a_tile(tuple(quarters), tile_px), *wholes)
    return (*holding, *(empty[int(n)] for n in some), *around)


def _cut_all(
    at: _AtLevel, tile_px: int, rng: np.random.Generator
) -> Iterator[tuple[TrainingTile, bool]]:
    """The tiles of a level, and whether each holds what somebody decided on."""
    tiles = at.level.tiles
    windows = [(t.x_px, t.y_px, t.x_px + tile_px, t.y_px + tile_px) for t in tiles]
    for window in (*windows, *_around_what_is_cut(at, windows, rng)):
        made = _cut(at, window)
        if made is not None:
            parts = (_shown(at.box(x), window) for x in at.frame.false_alarms)
            alarm = any(share > 0 and at.at_size(part) for part, share in parts)
            yield made, bool(made.classes) or alarm


def _around_what_is_cut(
    at: _AtLevel, windows: Sequence[Xyxy], rng: np.random.Generator
) -> Iterator[Xyxy]:
    """A window more for each thing of this level that fits into one, and is asked for in none."""
    side_px = int(windows[0][2] - windows[0][0])
    for label in at.frame.objects:
        box = at.box(label)
        free_px = (side_px - (box[2] - box[0]), side_px - (box[3] - box[1]))
        if min(free_px) < 0 or not at.is_own(label):
            continue
        least = _WHOLE_SHARE if label.object_class is ObjectClass.FISHING_GEAR else _SHOWN_SHARE
        if not any(_shown(box, window)[1] >= least for window in windows):
            x = int(box[0] - rng.uniform(0, 1) * free_px[0])
            y = int(box[1] - rng.uniform(0, 1) * free_px[1])
            yield x, y, x + side_px, y + side_px


def _by_room(at: _AtLevel, tile_px: int) -> tuple[tuple[Label, ...], tuple[Label, ...]]:
    """Labels of this level around which a quarter of a tile shows enough, and a tile alone does."""
    decided = [x for x in (*at.frame.objects, *at.frame.false_alarms) if at.is_own(x)]
    small = tuple(x for x in decided if _leaves_room(at.box(x), tile_px // 2))
    large = tuple(x for x in decided if x not in small and _leaves_room(at.box(x), tile_px))
    return small, large


def _leaves_room(box: Xyxy, side_px: int) -> bool:
    """Whether a crop around a box shows enough besides."""
    left, top, right, bottom = box
    return max(right - left, bottom - top) <= _MOST_OF_CROP * side_px


def _surroundings(
    at: _AtLevel, decided: Sequence[Label], side_px: int, rng: np.random.Generator
) -> Iterator[TrainingTile]:
    """A crop around each of the boxes, unless it shows something nobody decided on."""
    for label in decided:
        left, top, right, bottom = at.box(label)
        free_px = (side_px - (right - left), side_px - (bottom - top))
        x = int(left - rng.uniform(0.25, 0.75) * free_px[0])
        y = int(top - rng.uniform(0.25, 0.75) * free_px[1])
        window = (x, y, x + side_px, y + side_px)
        if any(_shown(at.box(other), window)[1] > 0 for other in at.frame.undecided):
            continue
        made = _cut(at, window)
        if made is not None:
            yield made


def _cut(at: _AtLevel, window: Xyxy) -> TrainingTile | None:
    """The pixels of a window, grey beyond the picture's edge, and the boxes that show in it.

    Where gear lies of which nobody can tell what the window shows is grey too; None where that
    would hide something else. What is not of the size at which its place is searched is grey
    where it stands alone: another level shows it.
    """
    left, top, right, bottom = (int(v) for v in window)
    height, width = at.look.pixels.shape[:2]
    piece = np.full((bottom - top, right - left, 3), PADDING_GREY, np.uint8)
    rows, columns = slice(max(top, 0), min(bottom, height)), slice(max(left, 0), min(right, width))
    seen = at.look.pixels[rows, columns]
    y, x = rows.start - top, columns.start - left
    piece[y : y + seen.shape[0], x : x + seen.shape[1]] = seen
    classes: list[int] = []
    boxes: list[Xyxy] = []
    unsure: list[Xyxy] = []
    for label in at.frame.objects:
        whole = at.box(label)
        box, share = _shown(whole, window)
        if share == 0:
            continue
        inside = (box[0] - left, box[1] - top, box[2] - left, box[3] - top)
        out_of_size = not at.at_size(box) and at.stands_alone(label)
        if out_of_size or _is_cut_aslant(label, whole, share):
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
