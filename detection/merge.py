"""Merging the boxes of overlapping tiles into one box per object, the same on every run.

Three rules, each within a class only, so that neighbours are never joined because they are near
(a calf lies inside its mother's box) but an object cut by a tile's edge is counted once:

1. of two boxes that overlap by IoU, the one with the better score stays;
2. a cut box that lies mostly within another box is a part of it and goes;
3. cut boxes of one object become their union: where one lies mostly within the other, and where one
   goes on in the other over the edge that cuts both, spanning the same part of that edge. Boxes
   that the same edge cuts are of neighbours; over an edge a box goes on in one other, the fittest.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

from detection.boxes import (
    SAME_IOU,
    SIDES,
    Boxes,
    Floats,
    areas,
    concatenate,
    intersections,
    no_boxes,
)

PART_OF = 0.6
# Two pieces of one long thing lie on the same line: what they share along the edge between them is
# most of the thinner one. Bars to 280 px, at most ten times as long as wide, that an edge cuts at
# any angle share 0.65; boats side by side along the picture's sides share next to nothing.
SHARED_SPAN = 0.6


def merge(boxes: Boxes) -> Boxes:
    """Return one box per object, best score first; ties in the order of class and place."""
    merged = [_merge_class(boxes.take(boxes.classes == c)) for c in np.unique(boxes.classes)]
    return in_order(concatenate(merged) if merged else no_boxes())


def hull(xyxy: Floats) -> Floats:
    """The box around boxes of shape (n, 4), n at least 1."""
    return np.concatenate([xyxy[:, :2].min(axis=0), xyxy[:, 2:].max(axis=0)])


def in_order(boxes: Boxes) -> Boxes:
    """Return boxes best score first; ties in the order of class and place."""
    x = boxes.xyxy_px
    keys = (boxes.cut, x[:, 3], x[:, 2], x[:, 1], x[:, 0], boxes.classes, -boxes.scores)
    return boxes.take(np.lexsort(keys).astype(np.int64))


def _merge_class(boxes: Boxes) -> Boxes:
    boxes = _suppress(in_order(boxes))
    while True:
        joined = _join_cut(boxes)
        if len(joined) == len(boxes):
            return boxes
        boxes = _suppress(in_order(joined))


def _suppress(boxes: Boxes) -> Boxes:
    """Rules 1 and 2 for boxes ordered by score. An uncut box may displace a better cut one."""
    order = np.argsort(boxes.cut > 0, kind="stable")  # whole boxes first, each group by score
    boxes = boxes.take(order.astype(np.int64))
    overlap, area = intersections(boxes.xyxy_px, boxes.xyxy_px), areas(boxes.xyxy_px)
    iou = overlap / np.maximum(area[:, None] + area[None, :] - overlap, 1e-9)
    part = overlap / np.maximum(area[None, :], 1e-9)  # share of the column's box
    beaten = (iou >= SAME_IOU) | ((boxes.cut > 0)[None, :] & (part >= PART_OF))
    alive = np.ones(len(boxes), np.bool_)
    for i in range(len(boxes)):
        if alive[i]:
            gone = beaten[i].copy()
            gone[: i + 1] = False
            alive &= ~gone
    return boxes.take(alive)


def _join_cut(boxes: Boxes) -> Boxes:
    """Rule 3: replace cut pieces of one object by their union."""
    cut = boxes.cut > 0
    pieces = boxes.take(cut)
    if len(pieces) < 2:
        return boxes
    shared, area = intersections(pieces.xyxy_px, pieces.xyxy_px), areas(pieces.xyxy_px)
    of_one = shared >= PART_OF * np.minimum(area[:, None], area[None, :])
    fit, by = _fit(pieces)
    first, second = np.nonzero(np.triu(fit * (shared > 0), 1))
    best_first = np.argsort(-fit[first, second], kind="stable")
    ends = pieces.cut.copy()
    for i, j in np.stack([first, second], axis=1)[best_first]:
        if ends[i] & by[i, j] and ends[j] & by[j, i]:
            of_one[i, j] = True
            ends[i] &= ~by[i, j]
            ends[j] &= ~by[j, i]
    count, chain = connected_components(of_one, directed=False)
    pieces = replace(pieces, cut=ends)
    unions = [_union(pieces.take(chain == k)) for k in range(count)]
    return concatenate([boxes.take(~cut), *unions])


def _fit(pieces: Boxes) -> tuple[Floats, NDArray[np.uint8]]:
    """How well pieces go on in each other, (n, n), and on which sides of the row's they do.

    Where the edges between them cut both, it is the IoU of what they span along these; else 0.
    """
    fit = np.ones((len(pieces), len(pieces)), np.float32)
    by = np.zeros(fit.shape, np.uint8)
    for over, along in ((0, 1), (1, 0)):
        low, high = pieces.xyxy_px[:, over], pieces.xyxy_px[:, 2 + over]
        starts, ends = ((pieces.cut & SIDES[side]) > 0 for side in (over, 2 + over))
        goes_on = ends[:, None] & starts & (low[:, None] < low) & (high[:, None] < high)
        fit = np.where(goes_on | goes_on.T, np.minimum(fit, _span_iou(pieces, along)), fit)
        by |= SIDES[2 + over] * goes_on | SIDES[over] * goes_on.T
    return fit * (by > 0), by


def _span_iou(pieces: Boxes, axis: int) -> Floats:
    """The IoU of what pieces span along an axis, (n, n); 0 for those that are not in line.

    What lies beyond an edge that cuts a piece speaks neither for nor against it.
    """
    low, high = pieces.xyxy_px[:, axis], pieces.xyxy_px[:, 2 + axis]
    starts, ends = ((pieces.cut & SIDES[side]) > 0 for side in (axis, 2 + axis))
    seen = np.minimum(high[:, None], np.where(ends, high, np.inf))
    seen -= np.maximum(low[:, None], np.where(starts, low, -np.inf))
    shared = np.minimum(high[:, None], high) - np.maximum(low[:, None], low)
    both = np.maximum(high[:, None], high) - np.minimum(low[:, None], low)
    in_line = (shared > 0) & (shared >= SHARED_SPAN * np.minimum(seen, seen.T))
    return np.where(in_line, shared / np.maximum(both, 1e-9), 0).astype(np.float32)


def _union(pieces: Boxes) -> Boxes:
    """The box around pieces of one object, cut where the one that reaches so far is."""
    around = hull(pieces.xyxy_px)
    cut = np.where(pieces.xyxy_px == around, pieces.cut[:, None] & SIDES, np.uint8(0))
    return Boxes(
        around[None],
        pieces.scores.max(keepdims=True),
        pieces.classes[:1],
        np.bitwise_or.reduce(cut, axis=None, keepdims=True)[0],
    )
