"""Rendered tiles as a model was first trained on, of other worlds: to rehearse or calibrate."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import cv2
import numpy as np

from detection.labels.sheet import Sheet
from detection.labels.tool_box import CLASSES
from detection.labels.yolo import read_yolo
from detection.own_processes import side_by_side
from detection.progress_lines import ProgressLines
from detection.training.dataset import TilePlan, label_lines, make_tile
from detection.training.site_tiles import TrainingTile, encoded_tile

# Drawn from numbers far from those that the model was trained on.
_FIRST_TILE = 3_000_000


def rehearsal_tiles(
    count: int,
    side_px: int,
    photo_folder: Path | None,
    *,
    processes: int,
    tell: Callable[[str], None],
) -> tuple[TrainingTile, ...]:
    """So many square tiles of so many pixels a side, some over real sea where there are photos.

    `tell` is given a line a minute on how far they are.
    """
    plan = TilePlan("train", count, side_px, photo_folder, _FIRST_TILE)
    lines = ProgressLines(tell).of("rendering tiles")
    tiles: list[TrainingTile] = []
    with side_by_side(partial(_tile, plan), range(count), processes, chunk=8) as drawn:
        for tile in drawn:
            tiles.append(tile)
            lines(len(tiles), count)
    return tuple(tiles)


def _tile(plan: TilePlan, number: int) -> TrainingTile:
    cv2.setNumThreads(1)
    tile = make_tile(plan, number)
    side = plan.size_px
    boxes = read_yolo(label_lines(tile), Sheet(side, side), source=f"rendered tile {number}")
    return encoded_tile(
        np.ascontiguousarray(tile.rgb[..., ::-1]),
        tuple(CLASSES.index(box.object_class) for box in boxes),
        tuple(box.xyxy_px for box in boxes),
    )
