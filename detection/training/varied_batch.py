"""Tiles as a batch to train on, each turned, mirrored and lit anew every time it is drawn."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from detection.training.site_tiles import TrainingTile


def varied_batch(
    tiles: Sequence[TrainingTile], side_px: int, rng: np.random.Generator
) -> dict[str, torch.Tensor]:
    """Pictures and boxes as Ultralytics' loss takes them, turned, mirrored and lit at random."""
    pictures, numbers, classes, shares = [], [], [], []
    for number, tile in enumerate(tiles):
        rgb, boxes = varied(tile, side_px, rng)
        pictures.append(torch.from_numpy(rgb).permute(2, 0, 1))
        numbers += [float(number)] * len(boxes)
        classes += [[float(c)] for c in tile.classes]
        shares += [
            [(b[0] + b[2]) / 2, (b[1] + b[3]) / 2, b[2] - b[0], b[3] - b[1]]
            for b in (boxes / side_px).tolist()
        ]
    images = torch.stack(pictures).float() / 255
    return {
        "img": images.contiguous(memory_format=torch.channels_last),
        "batch_idx": torch.tensor(numbers),
        "cls": torch.tensor(classes).reshape(-1, 1),
        "bboxes": torch.tensor(shares).reshape(-1, 4),
    }


def varied(
    tile: TrainingTile, side_px: int, rng: np.random.Generator
) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """A tile turned by quarters, mirrored, brighter or darker; seen from above all are as likely.

    A pixel stays a fixed part of a metre: sizes are not changed.
    """
    rgb, boxes = tile.rgb(), np.array(tile.boxes_px, dtype=np.float64).reshape(-1, 4)
    for _ in range(int(rng.integers(4))):
        rgb = np.rot90(rgb)  # x becomes y, and y counts from the other end
        boxes = np.stack(
            [boxes[:, 1], side_px - boxes[:, 2], boxes[:, 3], side_px - boxes[:, 0]], axis=1
        )
    if rng.random() < 0.5:
        rgb = rgb[:, ::-1]
        boxes = np.stack(
            [side_px - boxes[:, 2], boxes[:, 1], side_px - boxes[:, 0], boxes[:, 3]], axis=1
        )
    gains = np.exp(rng.normal(0, 0.1) + rng.normal(0, 0.03, 3))
    return np.clip(rgb * gains, 0, 255).astype(np.uint8), boxes
