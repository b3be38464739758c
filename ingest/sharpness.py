"""How blurred a picture is, told from its edges.

Variance of the Laplacian, the usual measure, is larger over trees than over the sea whatever the
lens does. How much less steep an edge becomes by a known further blur depends on the blur it has
already, and not on its contrast (Zhuo and Sim, "Defocus map estimation from a single image",
Pattern Recognition 44, 2011): an edge of blur s is steeper by sqrt(1 + r^2 / s^2) than the same
edge blurred by r more.
"""

from math import inf, sqrt

import cv2
import numpy as np
import numpy.typing as npt

_FURTHER_BLUR_PX = 1.5
# Camera shake and a moving drone blur across the motion and leave edges along it sharp: each
# direction is judged by itself, and the worst is the picture's. (Rows, columns) to the next pixel
# for edges that face right, right and down, down, left and down.
_ACROSS = ((0, 1), (1, 1), (1, 0), (1, -1))
# Of all pixels, by direction: few enough to be the clear edges, and enough for a median.
_EDGE_SHARE = 0.002
_FEWEST_EDGES = 100
# Grey levels per pixel after the further blur. Sensor noise and JPEG's blocks stay below one there.
_LEAST_STEEPNESS = 3.0

_Grey = npt.NDArray[np.float32]


def edge_blur_px(grey: _Grey) -> float | None:
    """Standard deviation of the blur of a picture's clear edges, in its pixels.

    `grey` is H x W, 0 to 255. Infinite where no edge is steeper than a blur of many pixels leaves
    it; None when there are too few clear edges to tell, as over calm water. Bright spots a few
    pixels wide, such as the sun's glitter, pass for sharper than they are.
    """
    before = np.hypot(*_gradient(grey))
    across, down = _gradient(
        np.asarray(cv2.GaussianBlur(grey, (0, 0), _FURTHER_BLUR_PX), np.float32)
    )
    after = np.hypot(across, down)
    eighths = cv2.phase(across, down) / np.float32(2 * np.pi) * (2 * len(_ACROSS))
    direction = np.round(eighths).astype(np.uint8) % len(_ACROSS)
    clear = after > _LEAST_STEEPNESS
    blurs = []
    for number, (rows, columns) in enumerate(_ACROSS):
        edge = clear & (direction == number) & _is_ridge(after, rows, columns)
        blurs.append(_blur_px(before[edge], after[edge], round(grey.size * _EDGE_SHARE)))
    return max((blur for blur in blurs if blur is not None), default=None)


def _is_ridge(steepness: _Grey, rows: int, columns: int) -> npt.NDArray[np.bool_]:
    """Where the picture is as steep as one step before and behind, or steeper: on the edge itself.

    Beside an edge the further blur adds steepness, and the formula does not hold.
    """
    ridge: npt.NDArray[np.bool_] = (steepness >= np.roll(steepness, (rows, columns), (0, 1))) & (
        steepness >= np.roll(steepness, (-rows, -columns), (0, 1))
    )
    return ridge


def _gradient(grey: _Grey) -> tuple[_Grey, _Grey]:
    """Slopes across and down, grey levels a pixel."""
    across = cv2.Sobel(grey, cv2.CV_32F, 1, 0, scale=1 / 8)
    down = cv2.Sobel(grey, cv2.CV_32F, 0, 1, scale=1 / 8)
    return np.asarray(across, np.float32), np.asarray(down, np.float32)


def _blur_px(before: _Grey, after: _Grey, most: int) -> float | None:
    """Median blur of the steepest edges of one direction."""
    if len(after) < _FEWEST_EDGES:
        return None
    most = min(max(most, _FEWEST_EDGES), len(after))
    steepest = np.argpartition(after, -most)[-most:]
    ratio = float(np.median(before[steepest] / after[steepest]))
    return _FURTHER_BLUR_PX / sqrt(ratio**2 - 1) if ratio > 1 else inf
