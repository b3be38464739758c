"""Whether overlapping frames put the same things in the same places: the check of pose and scale.

Features seen by two frames are placed on the ground by each; were place, angles, lens and
projection all right, both places would be one. On the sea few features hold still: check over a
shore.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt
from pyproj import Geod

from ingest.frame import Frame
from ingest.pixels import decode_bgr
from ingest.projection import SeaView

_WGS84 = Geod(ellps="WGS84")
_SCALE_DENOMINATOR = 4  # a quarter of the resolution holds features enough and is quick to decode
_FEATURES_PER_FRAME = 4000
# Lowe, "Distinctive Image Features from Scale-Invariant Keypoints" (2004), section 7.1: keeps 95 %
# of the right matches and drops 90 % of the wrong ones.
_LOWE_RATIO = 0.8
_RANSAC_PX = (
    4.0  # of the reduced picture; loose enough for trees and houses that stand above ground
)
_NO_DESCRIPTORS = np.empty((0, 128), np.float32)
_FEWEST_MATCHES = 20  # fewer agreeing matches may be chance


@dataclass(frozen=True)
class PairDisagreement:
    """How far apart frames `a` and `b` put what both see.

    `matches` counts the features that fit one homography between the pictures; `median_m` is the
    median distance on the ground, None when the frames share too little.
    """

    a: Frame
    b: Frame
    matches: int
    median_m: float | None


@dataclass(frozen=True)
class _Features:
    xy_px: npt.NDArray[np.float64]  # N x 2, of the full picture
    descriptors: npt.NDArray[np.float32]  # N x 128


def pair_disagreements(frames: Sequence[Frame]) -> tuple[PairDisagreement, ...]:
    """Compare each frame with the next; raises PhotoError when one cannot be decoded."""
    features = map(_features, frames)
    return tuple(
        _compare(a, b, of_a, of_b)
        for (a, of_a), (b, of_b) in pairwise(zip(frames, features, strict=True))
    )


def _features(frame: Frame) -> _Features:
    grey = cv2.cvtColor(
        decode_bgr(frame.path, scale_denominator=_SCALE_DENOMINATOR), cv2.COLOR_BGR2GRAY
    )
    sift = cv2.SIFT.create(_FEATURES_PER_FRAME)
    keypoints, descriptors = sift.detectAndCompute(grey, np.empty(0, np.uint8))
    # OpenCV counts from the first pixel's centre, SeaView from its corner.
    reduced_px = np.array([keypoint.pt for keypoint in keypoints]).reshape(-1, 2) + 0.5
    return _Features(
        reduced_px * (frame.width_px / grey.shape[1], frame.height_px / grey.shape[0]),
        np.asarray(descriptors, np.float32).reshape(-1, 128) if keypoints else _NO_DESCRIPTORS,
    )


def _compare(a: Frame, b: Frame, of_a: _Features, of_b: _Features) -> PairDisagreement:
    a_px, b_px = _matched_px(of_a, of_b)
    if len(a_px) < _FEWEST_MATCHES:
        return PairDisagreement(a, b, len(a_px), None)
    a_lonlat, _ = SeaView(a.camera, a.pose).to_ground_many(a_px)
    b_lonlat, _ = SeaView(b.camera, b.pose).to_ground_many(b_px)
    placed = ~np.isnan(a_lonlat[:, 0] + b_lonlat[:, 0])
    if np.count_nonzero(placed) < _FEWEST_MATCHES:
        return PairDisagreement(a, b, len(a_px), None)
    _, _, apart_m = _WGS84.inv(*a_lonlat[placed].T, *b_lonlat[placed].T)
    return PairDisagreement(a, b, len(a_px), float(np.median(apart_m)))


def _matched_px(
    of_a: _Features, of_b: _Features
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Pixels (N x 2 each) of the features that match and fit one homography."""
    neighbours = cv2.BFMatcher(cv2.NORM_L2).knnMatch(of_a.descriptors, of_b.descriptors, k=2)
    good = [
        (pair[0].queryIdx, pair[0].trainIdx)
        for pair in neighbours
        if len(pair) == 2 and pair[0].distance < _LOWE_RATIO * pair[1].distance
    ]
    index = np.array(good, dtype=np.intp).reshape(-1, 2)
    a_px, b_px = of_a.xy_px[index[:, 0]], of_b.xy_px[index[:, 1]]
    if len(index) < _FEWEST_MATCHES:
        return a_px[:0], b_px[:0]
    _, inliers = cv2.findHomography(a_px, b_px, cv2.RANSAC, _RANSAC_PX * _SCALE_DENOMINATOR)
    kept = np.asarray(inliers).ravel() > 0
    return a_px[kept], b_px[kept]
