"""Mirror images of a piece of the sea: other pictures to the network, the same things to find.

From above nothing in the water has a right side up. What the network sees in a piece and in its
mirror images differs by chance alone, and their mean by less of it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detection.boxes import Floats


@dataclass(frozen=True)
class Mirror:
    """How a picture is mirrored: left and right exchanged, up and down, both or neither."""

    across: bool
    down: bool

    def of(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return the mirror image of a picture, height x width x channels."""
        return np.ascontiguousarray(pixels[:: -1 if self.down else 1, :: -1 if self.across else 1])

    def undone(self, xyxy_px: Floats, side_px: int) -> Floats:
        """Return boxes seen in the mirror image of a square as they lie in the square itself."""
        boxes = xyxy_px.copy()
        if self.across:
            boxes[:, [0, 2]] = side_px - xyxy_px[:, [2, 0]]
        if self.down:
            boxes[:, [1, 3]] = side_px - xyxy_px[:, [3, 1]]
        return boxes


# The first is the picture itself, the second it turned by half: it differs most.
IMAGES = (
    Mirror(across=False, down=False),
    Mirror(across=True, down=True),
    Mirror(across=True, down=False),
    Mirror(across=False, down=True),
)
