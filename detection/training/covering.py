"""How much of a picture a thing in the water covers, and how much of that others leave free."""

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt
from shapely import Polygon, make_valid, union_all

from detection.training.canvas import Points

_SUBPIXELS = 4  # a calf may be ten pixels long


def uncovered_share(outlines: Sequence[Points], covers: Sequence[Points]) -> float:
    """Share of the area of polygons, N x 2 pixels each, that polygons painted over them leave free.

    1 where the outlines have no area.
    """
    corners = np.concatenate(outlines)
    low, high = np.floor(corners.min(axis=0)) - 1, np.ceil(corners.max(axis=0)) + 1
    near = [c for c in covers if (c.max(axis=0) > low).all() and (c.min(axis=0) < high).all()]
    if not near:
        return 1.0
    width, height = ((high - low) * _SUBPIXELS).astype(int)
    mask = np.zeros((height, width), np.uint8)
    _fill(mask, outlines, low, 1)
    whole = int(mask.sum())
    _fill(mask, near, low, 0)
    return int(mask.sum()) / whole if whole else 1.0


def covered_px(outlines: Sequence[Points]) -> float:
    """The area that polygons, N x 2 pixels each, cover together, in square pixels."""
    return float(union_all([make_valid(Polygon(outline)) for outline in outlines]).area)


def _fill(mask: npt.NDArray[np.uint8], polygons: Sequence[Points], low: Points, value: int) -> None:
    # one by one: filled together, what two of them share would count as a hole
    for polygon in polygons:
        fixed = np.rint((polygon - low) * _SUBPIXELS - 0.5).astype(np.int32)
        cv2.fillPoly(mask, [fixed], value)
