"""Gear that a boat carries: floats and nets on a deck are not set in the sea."""

import numpy as np

from detection.boxes import Boxes, areas, intersections

# So much of the gear's box lies within the boat's, and so small it is beside it. Both are our own:
# a net hauled alongside reaches beyond its boat, and a float on deck is a small part of one.
WITHIN_BOAT = 0.9
MOST_OF_BOAT = 0.1
# Found boxes fall short of bow and stern by about so much of the boat's longer side.
MARGIN = 0.02


def without_gear_on_board(boxes: Boxes, gear: int, boat: int) -> Boxes:
    """Leave out the boxes of class `gear` that are small and within one of class `boat`."""
    boats = boxes.xyxy_px[boxes.classes == boat]
    if len(boats) == 0:
        return boxes
    own = areas(boxes.xyxy_px)
    margin = MARGIN * (boats[:, 2:] - boats[:, :2]).max(axis=1, keepdims=True)
    whole = np.hstack([boats[:, :2] - margin, boats[:, 2:] + margin])
    within = intersections(boxes.xyxy_px, whole) >= WITHIN_BOAT * own[:, None]
    small = own[:, None] <= MOST_OF_BOAT * areas(boats)[None, :]
    return boxes.take(~((boxes.classes == gear) & (within & small).any(axis=1)))
