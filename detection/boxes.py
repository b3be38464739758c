"""Boxes as arrays: decoding of the network's output and overlaps."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

# The sides of a box as bits, in the order of its coordinates.
LEFT, TOP, RIGHT, BOTTOM = SIDES = np.array([1, 2, 4, 8], np.uint8)


@dataclass(frozen=True)
class Boxes:
    """Boxes of one picture.

    `xyxy_px` is (n, 4): left, top, right, bottom; `scores` (n,); `classes` (n,) the index in the
    model's class list; `cut` (n,) the `SIDES` on which the box ends at the inner edge of its tile,
    so that the object probably goes on in the next: 0 for a whole one.
    """

    xyxy_px: Floats
    scores: Floats
    classes: NDArray[np.int64]
    cut: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.scores)

    def take(self, index: NDArray[np.int64] | NDArray[np.bool_]) -> "Boxes":
        """Return the boxes an index or mask picks, in its order."""
        return Boxes(self.xyxy_px[index], self.scores[index], self.classes[index], self.cut[index])


def no_boxes() -> Boxes:
    """Return an empty set of boxes."""
    return Boxes(
        np.zeros((0, 4), np.float32),
        np.zeros(0, np.float32),
        np.zeros(0, np.int64),
        np.zeros(0, np.uint8),
    )


def concatenate(parts: list[Boxes]) -> Boxes:
    """Join sets of boxes of one picture."""
    if not parts:
        return no_boxes()
    return Boxes(
        np.concatenate([p.xyxy_px for p in parts]),
        np.concatenate([p.scores for p in parts]),
        np.concatenate([p.classes for p in parts]),
        np.concatenate([p.cut for p in parts]),
    )


# Boxes of one class that overlap so much show one object.
SAME_IOU = 0.5
# More objects are in no tile; a threshold near zero would make thousands of boxes of noise.
MOST_BOXES_A_TILE = 300


def decode(
    raw: Floats, thresholds: Floats, most: int = MOST_BOXES_A_TILE
) -> tuple[Floats, Floats, NDArray[np.int64]]:
    """Decode one tile's output of shape (4 + classes, anchors).

    An anchor becomes a box for its best class when that score reaches the class's threshold. Of
    more than `most` the best of each object stays, and of more objects the best.
    Returns (n, 4) xyxy in tile pixels, (n,) scores, (n,) class indices, best score first.
    """
    class_scores = raw[4:]
    classes = class_scores.argmax(axis=0)
    scores = class_scores[classes, np.arange(raw.shape[1])]
    keep = np.flatnonzero(scores >= thresholds[classes])
    keep = keep[np.argsort(-scores[keep], kind="stable")]
    centre, half = raw[:2, keep].T, raw[2:4, keep].T / 2
    xyxy = np.concatenate([centre - half, centre + half], axis=1).astype(np.float32)
    if len(keep) > most:
        best = _best_of_each(xyxy, scores[keep], classes[keep], most)
        xyxy, keep = xyxy[best], keep[best]
    return xyxy, scores[keep].astype(np.float32), classes[keep].astype(np.int64)


def _best_of_each(
    xyxy: Floats, scores: Floats, classes: NDArray[np.int64], most: int
) -> NDArray[np.int64]:
    """Which boxes are the best of an object each, at most so many, best score first."""
    xywh = np.concatenate([xyxy[:, :2], xyxy[:, 2:] - xyxy[:, :2]], axis=1)
    best = cv2.dnn.NMSBoxesBatched(
        xywh.tolist(), scores.tolist(), classes.tolist(), score_threshold=0, nms_threshold=SAME_IOU
    )
    return np.asarray(best[:most], np.int64)


def intersections(a: Floats, b: Floats) -> Floats:
    """Return the pairwise intersection areas of (n, 4) and (m, 4) boxes, shape (n, m)."""
    low = np.maximum(a[:, None, :2], b[None, :, :2])
    high = np.minimum(a[:, None, 2:], b[None, :, 2:])
    sides = np.clip(high - low, 0, None)
    product: Floats = sides[..., 0] * sides[..., 1]
    return product


def areas(xyxy: Floats) -> Floats:
    """Return the areas of (n, 4) boxes."""
    sides = np.clip(xyxy[:, 2:] - xyxy[:, :2], 0, None)
    product: Floats = sides[:, 0] * sides[:, 1]
    return product
