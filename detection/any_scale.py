"""Scores of pictures searched without their scale, told on the scale of the others.

Searched at seven scales, and without a size that is impossible, a picture gives other scores to the
same things. So that one threshold and one calibration serve both, 0, the threshold of such
pictures and 1 become 0, the operating threshold and 1.
"""

from dataclasses import replace

import numpy as np

from detection.boxes import Boxes
from detection.manifest import Manifest


def as_of_known_scale(boxes: Boxes, manifest: Manifest) -> Boxes:
    """Return boxes of a picture without scale, their scores as if it had been known.

    Classes without a threshold of their own for such pictures keep their scores.
    """
    scores = boxes.scores.copy()
    for index, object_class in enumerate(manifest.classes):
        theirs = manifest.any_scale_thresholds.get(object_class)
        if theirs is not None:
            own = boxes.classes == index
            points = (0.0, theirs, 1.0), (0.0, manifest.threshold(object_class), 1.0)
            scores[own] = np.interp(scores[own], *points)
    return replace(boxes, scores=scores)
