"""Boxes written as rows, and read back as rows."""

import numpy as np

from detection.boxes import Boxes, no_boxes


def boxes(*rows: tuple) -> Boxes:
    """rows: (left, top, right, bottom, score, class), and the sides at which it is cut"""
    if not rows:
        return no_boxes()
    return Boxes(
        np.array([row[:4] for row in rows], np.float32),
        np.array([row[4] for row in rows], np.float32),
        np.array([row[5] for row in rows], np.int64),
        np.array([row[6] if len(row) > 6 else 0 for row in rows], np.uint8),
    )


def listed(merged: Boxes) -> list[tuple]:
    """(left, top, right, bottom, class) of each"""
    return [
        (*xyxy, cls)
        for xyxy, cls in zip(merged.xyxy_px.tolist(), merged.classes.tolist(), strict=True)
    ]
