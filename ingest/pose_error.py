"""Whether frames disagree by no more than their errors say, and errors that are widened if not."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from math import hypot, sqrt

import numpy as np

from ingest.agreement import apart_m
from ingest.frame import Frame, Note
from ingest.ground import Array
from ingest.overlap import FramePair
from ingest.photo import with_pose
from ingest.projection import SeaView

# A reading wrong by half a turn puts things two distances off. Of two readings as likely that is,
# as root mean square, the square root of 2 distances: in degrees of yaw
_EITHER_WAY_SIGMA_DEG = 81.0


def within_error(frames: Sequence[Frame], pairs: Sequence[FramePair]) -> float | None:
    """The fraction of shared features put within their combined 1 sigma; each pair counts alike."""
    if not pairs:
        return None
    fractions = [
        np.mean(apart_m(frames[p.a], frames[p.b], p.match) <= _expected_m(frames, p)) for p in pairs
    ]
    return float(np.mean(fractions))


def widened(frames: Sequence[Frame], pairs: Sequence[FramePair]) -> list[Frame]:
    """The frames, with a wider position error where most overlapping ones disagree by more.

    The median over a frame's pairs decides; so a good frame is not blamed for one bad neighbour.
    """
    return [
        _widened(frame, [_median_m(frames, p) for p in pairs if index in (p.a, p.b)])
        for index, frame in enumerate(frames)
    ]


def doubted(frames: Sequence[Frame], unsure: Collection[int]) -> list[Frame]:
    """The frames, with a wide yaw error where some headings are opposite and none tells which."""
    return [_doubted(f) if index in unsure else f for index, f in enumerate(frames)]


def _median_m(frames: Sequence[Frame], pair: FramePair) -> tuple[float, float]:
    """How far apart two frames put what they share, and how far their errors would have it."""
    found_m = float(np.nanmedian(apart_m(frames[pair.a], frames[pair.b], pair.match)))
    return found_m, float(np.nanmedian(_expected_m(frames, pair)))


def _expected_m(frames: Sequence[Frame], pair: FramePair) -> Array:
    """How far apart (N, metres) the errors of two frames would have what they share."""
    a, b = frames[pair.a], frames[pair.b]
    _, error_a_m = SeaView(a.camera, a.pose).to_ground_many(pair.match.a_px)
    _, error_b_m = SeaView(b.camera, b.pose).to_ground_many(pair.match.b_px)
    return np.hypot(error_a_m, error_b_m)


def _widened(frame: Frame, found_and_expected_m: Sequence[tuple[float, float]]) -> Frame:
    if not found_and_expected_m:
        return frame
    excess_m2 = float(np.median([found**2 - due**2 for found, due in found_and_expected_m]))
    if excess_m2 <= 0:
        return frame
    found_m = float(np.median([found for found, _ in found_and_expected_m]))
    sigma_m = hypot(frame.pose.position_sigma_m, sqrt(excess_m2))
    note = Note(
        "error_widened",
        f"overlapping frames put the same things {found_m:.1f} m elsewhere, more than the errors "
        f"of both; the error of the place was widened from {frame.pose.position_sigma_m:.1f} m to "
        f"{sigma_m:.1f} m",
    )
    wider = with_pose(frame, replace(frame.pose, position_sigma_m=sigma_m))
    return replace(wider, warnings=(*frame.warnings, note))


def _doubted(frame: Frame) -> Frame:
    note = Note(
        "heading_unsure",
        "overlapping frames show that this heading or that of a neighbour is wrong by 180°, not "
        f"which; the error of the heading was widened to {_EITHER_WAY_SIGMA_DEG:.0f}°",
    )
    sigma_deg = max(frame.pose.yaw_sigma_deg, _EITHER_WAY_SIGMA_DEG)
    wider = with_pose(frame, replace(frame.pose, yaw_sigma_deg=sigma_deg))
    return replace(wider, warnings=(*frame.warnings, note))
