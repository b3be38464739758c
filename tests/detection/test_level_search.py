"""What comes of a tile's boxes when they are put back into the picture."""

import numpy as np

from detection.boxes import BOTTOM, LEFT, RIGHT, TOP
from detection.level_search import search_level
from detection.tiling import Level, grid


class Filled:
    """Stands in for the network: one box as large as its tile."""

    input_px, outputs = 640, 7

    def infer(self, tiles):
        return [np.array([[320, 320, 640, 640, 0, 0.9, 0]], np.float32).T for _ in tiles]


def test_a_box_tells_on_which_sides_its_tile_cuts_it():
    level = Level(0.5, 1200, 1200, grid(1200, 1200, 640, 80))
    pixels = np.zeros((1200, 1200, 3), np.uint8)
    found = search_level(Filled(), np.full(3, 0.5, np.float32), pixels, level)
    assert [boxes.xyxy_px.tolist() for boxes in found[::3]] == [
        [[0, 0, 1280, 1280]],
        [[1120, 1120, 2400, 2400]],
    ]
    assert [boxes.cut.tolist() for boxes in found] == [
        [RIGHT | BOTTOM], [LEFT | BOTTOM], [RIGHT | TOP], [LEFT | TOP],
    ]  # fmt: skip
