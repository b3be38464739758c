"""What two pictures of the same ground share: features that look alike and lie alike."""

from dataclasses import dataclass
from math import atan2, degrees, hypot

import cv2
import numpy as np
import numpy.typing as npt

from ingest.frame import Frame
from ingest.ground import Array, places_m
from ingest.pixels import decode_bgr
from ingest.projection import SeaView

_REDUCED_SIDE_PX = 900  # about a thousand pixels a side hold features enough and are quick to match
_DENOMINATORS = (8, 4, 2, 1)
_FEATURES_PER_FRAME = 3000
# Lowe, "Distinctive Image Features from Scale-Invariant Keypoints" (2004), section 7.1: keeps 95 %
# of the right matches and drops 90 % of the wrong ones.
_LOWE_RATIO = 0.8
# Of the height: leaves room for what stands above the ground (a 5 m tree, seen from 60 m up by
# frames 30 m apart, lies 2.7 m off) and for the stretched corners of a camera told wrongly level.
_RELIEF = 0.05
# Chance fits one similarity to threes to fives (Brighton Beach, frames that do not overlap).
_FEWEST_MATCHES = 12
# One barometer told the heights of both frames: where the scales differ more the fit is chance.
_LARGEST_SCALE = 1.25
# Over open water a boat under way may hold the only features two frames share. On a long-tail boat
# of 10 m they lie 3 to 4 m about their middle; ground that holds still shows farther apart.
_SMALLEST_SPREAD_M = 5.0
_RANSAC_ROUNDS = 2000


@dataclass(frozen=True)
class Features:
    """SIFT features of one frame: N x 2 pixels of the full picture, N x 128 descriptors."""

    xy_px: Array
    descriptors: npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Match:
    """Features that frames a and b share: N x 2 pixels of each.

    `turn_deg`, -180 to 180, is how far the ground that b shows is turned, counter-clockwise seen
    from above, against that of a: 0 when both headings are right.
    """

    a_px: Array
    b_px: Array
    turn_deg: float


def features_of(frame: Frame) -> Features:
    """Find the features of a frame's reduced picture; raises PhotoError when it cannot be read."""
    longer_px = max(frame.width_px, frame.height_px)
    denominator = next((d for d in _DENOMINATORS if longer_px / d >= _REDUCED_SIDE_PX), 1)
    grey = cv2.cvtColor(decode_bgr(frame.path, scale_denominator=denominator), cv2.COLOR_BGR2GRAY)
    # without the precise upscale OpenCV puts features a quarter of a pixel off
    sift = cv2.SIFT.create(_FEATURES_PER_FRAME, enable_precise_upscale=True)
    keypoints, descriptors = sift.detectAndCompute(grey, np.empty(0, np.uint8))
    # OpenCV counts from the first pixel's centre, SeaView from its corner.
    reduced_px = np.array([keypoint.pt for keypoint in keypoints]).reshape(-1, 2) + 0.5
    return Features(
        reduced_px * (frame.width_px / grey.shape[1], frame.height_px / grey.shape[0]),
        # SIFT's descriptors are whole numbers up to 255; so they take a quarter of the memory.
        np.asarray(descriptors if keypoints else [], np.uint8).reshape(-1, 128),
    )


def match(a: Frame, b: Frame, of_a: Features, of_b: Features) -> Match | None:
    """Match two frames; None when they share too little to tell it from chance.

    Features are kept when one similarity (shift, turn, scale) takes their places on the ground,
    as each frame's pose has them, into each other. So a wrong heading, height or place does not
    hinder; glint, foam and most false matches fall out.
    """
    a_px, b_px = _alike_px(of_a, of_b)
    on_a = places_m(SeaView(a.camera, a.pose), a_px)
    on_b = places_m(SeaView(b.camera, b.pose), b_px)
    placed = ~np.isnan(on_a[:, 0] + on_b[:, 0])
    if np.count_nonzero(placed) < _FEWEST_MATCHES:
        return None
    similarity, inliers = cv2.estimateAffinePartial2D(
        on_a[placed],
        on_b[placed],
        ransacReprojThreshold=_RELIEF * min(a.pose.height_above_sea_m, b.pose.height_above_sea_m),
        maxIters=_RANSAC_ROUNDS,
    )
    if np.count_nonzero(inliers) < _FEWEST_MATCHES:
        return None
    scale = hypot(similarity[0, 0], similarity[1, 0])
    if not 1 / _LARGEST_SCALE < scale < _LARGEST_SCALE:
        return None
    kept = np.flatnonzero(placed)[inliers.ravel() > 0]
    if _spread_m(on_a[kept]) < _SMALLEST_SPREAD_M:
        return None
    turn_deg = degrees(atan2(similarity[1, 0], similarity[0, 0]))
    return Match(a_px[kept], b_px[kept], turn_deg)


def _spread_m(places: Array) -> float:
    """Root mean square distance of N x 2 places from their middle."""
    return float(np.sqrt(((places - places.mean(axis=0)) ** 2).sum(axis=1).mean()))


def _alike_px(of_a: Features, of_b: Features) -> tuple[Array, Array]:
    """Pixels (N x 2 each) of the features that look alike; many of them are falsely paired."""
    if len(of_a.xy_px) == 0 or len(of_b.xy_px) < 2:
        return of_a.xy_px[:0], of_b.xy_px[:0]
    a, b = of_a.descriptors.astype(np.float32), of_b.descriptors.astype(np.float32)
    # One matrix product takes a tenth of the time of OpenCV's brute-force matcher.
    squared = a @ (-2 * b.T)  # of the distances; the rest is added in place, they are millions
    squared += (a**2).sum(axis=1)[:, None]
    squared += (b**2).sum(axis=1)
    rows, nearest = np.arange(len(a)), squared.argmin(axis=1)
    first = squared[rows, nearest]
    squared[rows, nearest] = np.inf
    kept = first < _LOWE_RATIO**2 * squared.min(axis=1)
    return of_a.xy_px[kept], of_b.xy_px[nearest[kept]]
