"""A second opinion on boats: the untouched COCO network beside the one trained on scenes.

A network trained on rendered boats loses some of what photographs taught it. The original is asked
too, at the same places, and the two opinions are made one:

- a boat that only one of them sees counts by that one's own threshold;
- where both see it they strengthen each other;
- where one sees two boats apart and the other one box around both, they are two;
- what COCO is surer to be a road vehicle is no dugong, no fishing gear and no boat of ours, nor a
  boat that COCO itself doubts. One that reaches its threshold stays: from above a hull may look
  like a lorry, and no boat is lost that the untouched network would have reported.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detection.boxes import Boxes, Floats, areas, concatenate, intersections
from detection.errors import ModelError
from detection.merge import in_order

# What the network's scores stand for, in their order; the third is only there to win over them.
BOAT, VEHICLE, OTHER = range(3)
OUTPUTS = 7
# Our own choice: high, because a wrong vehicle would take a boat or an animal away.
VEHICLE_SCORE = 0.4
# Boxes of the two networks often differ by a wake or a mast: one within the other is the same boat.
SAME_IOU = 0.4
SAME_PART = 0.7
# A kayak within a ferry's box is a boat of its own.
LEAST_PART = 0.15
# Boxes that share no more than this of the smaller are of two boats, and those of two boats side by
# side fill at least half of the box around both. Our own figures.
APART = 0.2
LEAST_FILLED = 0.5
# Levels at which it looks for boats, by our network's: half and a quarter of its scale. A kayak is
# 30 px long at half of it. On 288 rendered frames looking at the full scale too found no boat more
# and made two false alarms more, for four times the tiles.
COARSER = (2.0, 4.0)
# Scales at which they are looked for in a picture without pose: native pixels and smaller.
UNKNOWN_SCALES = (1.0, 0.5, 0.25)


@dataclass(frozen=True)
class Opinions:
    """How the scores of the two networks compare: the thresholds that mean the same."""

    boat_index: int
    threshold: float
    coco_threshold: float

    def __post_init__(self) -> None:
        """Refuse thresholds that no score can be measured against."""
        for value in (self.threshold, self.coco_threshold):
            if not 0 < value < 1:
                raise ModelError(f"a threshold for boats must be in (0, 1); got {value}")

    def as_ours(self, coco_scores: Floats) -> Floats:
        """COCO's scores on our scale: 0, its threshold and 1 become 0, our threshold and 1."""
        points = (0.0, self.coco_threshold, 1.0), (0.0, self.threshold, 1.0)
        return np.interp(coco_scores, *points).astype(np.float32)


def thresholds(lowest_boat: float) -> Floats:
    """Scores from which the network's boxes are decoded; those of other things never are."""
    return np.array([lowest_boat, VEHICLE_SCORE, 2.0], np.float32)


def fuse(ours: Boxes, coco: Boxes, opinions: Opinions) -> Boxes:
    """Return our boxes with COCO's boats among them, each boat once, in order of score.

    Both sets are merged already; `coco` has the classes BOAT and VEHICLE.
    """
    vehicles, boats = coco.take(coco.classes == VEHICLE), coco.take(coco.classes == BOAT)
    if len(vehicles):
        ours = ours.take(~_beaten(ours, vehicles))
        doubted = boats.scores < opinions.coco_threshold
        boats = boats.take(~(doubted & _beaten(boats, vehicles)))
    own_boat = ours.classes == opinions.boat_index
    mine, rest = ours.take(own_boat), ours.take(~own_boat)
    theirs = Boxes(
        boats.xyxy_px,
        opinions.as_ours(boats.scores),
        np.full(len(boats), opinions.boat_index, np.int64),
        boats.cut,
    )
    apart = concatenate([mine, theirs])
    apart = apart.take(apart.scores >= opinions.threshold)
    mine, theirs = (x.take(~_around_several(x.xyxy_px, apart.xyxy_px)) for x in (mine, theirs))
    return in_order(concatenate([rest, _without_parts(_united(mine, theirs))]))


def _around_several(xyxy: Floats, boats: Floats) -> NDArray[np.bool_]:
    """Which boxes are around two of the boats that lie apart from each other and fill the box."""
    shared, area, of_boats = intersections(xyxy, boats), areas(xyxy)[:, None], areas(boats)
    within = (shared >= SAME_PART * of_boats) & (of_boats >= LEAST_PART * area)
    within &= of_boats < SAME_PART * area  # the same boat once more is no part
    common = intersections(boats, boats)
    apart = common <= APART * np.minimum(of_boats[:, None], of_boats[None, :])
    fill = shared[:, :, None] + shared[:, None, :] - common[None, :, :]
    pairs = within[:, :, None] & within[:, None, :] & apart[None, :, :]
    pairs &= fill >= LEAST_FILLED * area[:, :, None]
    return np.asarray(pairs.any(axis=(1, 2)), np.bool_)


def _without_parts(boats: Boxes) -> Boxes:
    """Leave out boxes that lie within a better one's: the hull, or the hull with its wake."""
    boats = in_order(boats)
    kept: list[int] = []
    for i in range(len(boats)):
        better, this = boats.xyxy_px[kept], boats.xyxy_px[[i]]
        shared, area, others = intersections(this, better), areas(this), areas(better)
        within = shared[0] >= SAME_PART * np.minimum(area[0], others)
        alike = np.minimum(area[0], others) >= LEAST_PART * np.maximum(area[0], others)
        if not (within & alike).any():
            kept.append(i)
    return boats.take(np.array(kept, np.int64))


def with_doubtful(sure: Boxes, doubtful: Boxes) -> Boxes:
    """Return the sure boxes, and the doubtful ones that show nothing a sure one of theirs does."""
    if not len(sure) or not len(doubtful):
        return concatenate([sure, doubtful])
    same = _same(doubtful.xyxy_px, sure.xyxy_px)
    same &= doubtful.classes[:, None] == sure.classes[None, :]
    return concatenate([sure, doubtful.take(~_any_of_row(same))])


def _united(mine: Boxes, theirs: Boxes) -> Boxes:
    """Each of our boats with its best match of theirs, and those of theirs that match none."""
    if not len(mine) or not len(theirs):
        return concatenate([mine, theirs])
    same = _same(mine.xyxy_px, theirs.xyxy_px)
    best = np.where(same, theirs.scores[None, :], 0).max(axis=1)
    scores = 1 - (1 - mine.scores) * (1 - best)
    agreed = Boxes(mine.xyxy_px, scores.astype(np.float32), mine.classes, mine.cut)
    return concatenate([agreed, theirs.take(~_any_of_row(same.T))])


def _beaten(boxes: Boxes, vehicles: Boxes) -> NDArray[np.bool_]:
    """Which boxes COCO is surer to be a road vehicle than they are what they are taken for."""
    surer = vehicles.scores[None, :] > boxes.scores[:, None]
    return _any_of_row(_same(boxes.xyxy_px, vehicles.xyxy_px) & surer)


def _any_of_row(table: NDArray[np.bool_]) -> NDArray[np.bool_]:
    return np.asarray(table.any(axis=1), np.bool_)


def _same(a: Floats, b: Floats) -> NDArray[np.bool_]:
    """Which boxes show the same thing, (n, m): they overlap well, or one lies within the other."""
    shared, area_a, area_b = intersections(a, b), areas(a)[:, None], areas(b)[None, :]
    union = np.maximum(area_a + area_b - shared, 1e-9)
    part = shared / np.maximum(np.minimum(area_a, area_b), 1e-9)
    alike = np.minimum(area_a, area_b) >= LEAST_PART * np.maximum(area_a, area_b)
    return np.asarray((shared / union >= SAME_IOU) | ((part >= SAME_PART) & alike), np.bool_)
