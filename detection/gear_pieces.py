"""Pieces of gear in one picture: which are of one net, line or trap, and which of its neighbours.

The network gives a long line in several boxes, and gear is often set beside other gear. A box says
where a thing ends but not which way it runs, so that the boxes of a line aslant and of a trap
beside it overlap as those of two pieces of the line do. What tells them apart best, of what was
tried on 189 rendered frames with 159 pieces of gear, of the seas that training knows, at one
threshold: 129 were found so, with 12 false alarms and 6 further pieces of what was found. With all
joined that lies within a metre, on 153 of them with 140: 108, 11 and 3, for 115, 11 and 6; with
nothing joined 118, 12 and 65.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

from detection.boxes import Boxes, Floats, areas, concatenate, intersections
from detection.merge import hull, in_order

# A box of which so much lies in another is of the same thing; 0.3 to 0.4 gave the same, less joined
# neighbours, more left pieces.
MOSTLY_SHARED = 1 / 3
# Long pieces this near go on in each other where they do so at a corner, each half of its side
# beyond the other along both of the picture's. 0 to 3 m gave the same, and 0.4 to 0.6 of a side.
GAP_M = 1.0
LONG_M = 10.0
BEYOND = 0.5
# A box this many times as long as wide is of a line that runs along it. Of such a line a piece is
# missed more often than that two end to end are two nets: so far may such pieces lie apart.
ELONGATED = 4.0
IN_LINE_M = 15.0
# A box that holds so much of each of two surer ones, which share next to nothing, is of neither.
HELD = 0.75
APART = 0.1
# In 84 rendered pictures without their scale these left 8 of 43 pieces, and lost 2 of 61 finds.
WITHIN = 0.85
WHOLE_SCORE = 0.8

Pairs = NDArray[np.bool_]


def join_pieces(boxes: Boxes, class_index: int, metre_px: float) -> Boxes:
    """Make one of the boxes of a class that are pieces of one thing; best score first.

    `metre_px` is a metre of sea in the boxes' pixels.
    """
    own = boxes.classes == class_index
    pieces = _without_covers(boxes.take(own))
    if len(pieces) == 0:
        return in_order(boxes)
    xyxy = pieces.xyxy_px
    apart_m = _apart(xyxy) / metre_px
    table = _same(xyxy) | _goes_on(xyxy, apart_m, metre_px) | _in_line(xyxy, apart_m)
    count, chain = connected_components(table, directed=False)
    wholes = [pieces.take(chain == k) for k in range(count)]
    joined = Boxes(
        np.array([hull(whole.xyxy_px) for whole in wholes], np.float32),
        np.array([whole.scores.max() for whole in wholes], np.float32),
        np.full(count, class_index, np.int64),
        np.zeros(count, np.uint8),
    )
    return in_order(concatenate([boxes.take(~own), joined]))


def without_pieces(boxes: Boxes, class_index: int) -> Boxes:
    """Leave out boxes of a class that lie within a larger one of it with about their score or more.

    For gear in pictures of unknown scale, where no length in metres says what belongs together: a
    finer scale finds the floats of what a coarser one finds whole.
    """
    own = np.flatnonzero(boxes.classes == class_index)
    pieces = boxes.take(own)
    area = areas(pieces.xyxy_px)
    shared = intersections(pieces.xyxy_px, pieces.xyxy_px)
    within = (shared >= WITHIN * area[:, None]) & (area[None, :] > area[:, None])
    within &= pieces.scores[None, :] >= WHOLE_SCORE * pieces.scores[:, None]
    keep = np.ones(len(boxes), np.bool_)
    keep[own] = ~within.any(axis=1)
    return boxes.take(keep)


def _without_covers(pieces: Boxes) -> Boxes:
    """Leave out the boxes around two things that were found on their own, more surely."""
    area = areas(pieces.xyxy_px)
    shared = intersections(pieces.xyxy_px, pieces.xyxy_px)
    held = shared >= HELD * area[None, :]  # the column's box, by the row's
    held &= pieces.scores[None, :] > pieces.scores[:, None]
    apart = shared <= APART * np.minimum(area[:, None], area[None, :])
    # of the things that a row holds, whether any two are apart
    covers = np.array([apart[np.ix_(row, row)].any() for row in held], np.bool_)
    return pieces.take(~covers)


def _same(xyxy: Floats) -> Pairs:
    area = areas(xyxy)
    least = np.minimum(area[:, None], area[None, :])
    return np.asarray(intersections(xyxy, xyxy) >= MOSTLY_SHARED * least, np.bool_)


def _goes_on(xyxy: Floats, apart_m: Floats, metre_px: float) -> Pairs:
    """Long pieces, each of which lies beyond a corner of the other and near to it."""
    sides = xyxy[:, 2:] - xyxy[:, :2]
    middles = (xyxy[:, 2:] + xyxy[:, :2]) / 2
    long = sides.max(axis=1) >= LONG_M * metre_px
    off = np.abs(middles[:, None] - middles[None, :])
    beyond = (off >= BEYOND * np.minimum(sides[:, None], sides[None, :])).all(axis=2)
    near = np.hypot(*apart_m) <= GAP_M
    return np.asarray(near & beyond & long[:, None] & long[None, :], np.bool_)


def _in_line(xyxy: Floats, apart_m: Floats) -> Pairs:
    """Pieces of a line that runs along one of the picture's sides, with a part of it missed."""
    sides = xyxy[:, 2:] - xyxy[:, :2]
    table = np.zeros((len(xyxy), len(xyxy)), np.bool_)
    for along in (0, 1):
        long = sides[:, along] >= ELONGATED * sides[:, 1 - along]
        in_line = (apart_m[1 - along] == 0) & (apart_m[along] <= IN_LINE_M)
        table |= in_line & long[:, None] & long[None, :]
    return table


def _apart(xyxy: Floats) -> Floats:
    """How far boxes lie apart along x and along y, (2, n, n); 0 where they overlap."""
    low = np.maximum(xyxy[:, None, :2], xyxy[None, :, :2])
    high = np.minimum(xyxy[:, None, 2:], xyxy[None, :, 2:])
    return np.moveaxis(np.maximum(low - high, 0), -1, 0)
