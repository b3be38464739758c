"""Whether overlapping frames put the same things in the same places: the check of pose and scale.

Features seen by two frames are placed on the ground by each; were place, angles, lens and
projection all right, both places would be one. On the sea few features hold still: check over a
shore.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ingest.frame import Frame
from ingest.ground import Array, places_m, stations_m
from ingest.matching import Match, features_of, match
from ingest.projection import SeaView


@dataclass(frozen=True)
class PairDisagreement:
    """How far apart frames `a` and `b` put what both see.

    `matches` counts the features that both show in one layout; `median_m` is the median distance
    on the ground, None when the frames share too little.
    """

    a: Frame
    b: Frame
    matches: int
    median_m: float | None


def pair_disagreements(frames: Sequence[Frame]) -> tuple[PairDisagreement, ...]:
    """Compare each frame with the next; raises PhotoError when one cannot be decoded."""
    features = map(features_of, frames)
    return tuple(
        disagreement(a, b, match(a, b, of_a, of_b))
        for (a, of_a), (b, of_b) in pairwise(zip(frames, features, strict=True))
    )


def disagreement(a: Frame, b: Frame, shared: Match | None) -> PairDisagreement:
    """How far apart two frames put what they share, as their poses are now."""
    if shared is None:
        return PairDisagreement(a, b, 0, None)
    found_m = apart_m(a, b, shared)
    return PairDisagreement(a, b, len(found_m), float(np.nanmedian(found_m)))


def apart_m(a: Frame, b: Frame, shared: Match) -> Array:
    """Metres (N) between where `a` and `b` put each feature; NaN where one sees the horizon."""
    metres: Array = np.hypot(*apart_east_north_m(a, b, shared).T)
    return metres


def apart_east_north_m(a: Frame, b: Frame, shared: Match) -> Array:
    """East and north metres (N x 2) from where `a` puts each feature to where `b` puts it."""
    station_a, station_b = stations_m([a, b])
    on_a = station_a + places_m(SeaView(a.camera, a.pose), shared.a_px)
    on_b = station_b + places_m(SeaView(b.camera, b.pose), shared.b_px)
    apart: Array = on_b - on_a
    return apart
