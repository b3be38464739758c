"""Tracks of boats and dugongs: where each was when, and how near two came."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from math import hypot

import numpy as np

from detection.types import Sighting
from ingest.lonlat import LonLat, distance_m, offset_m
from patrol.place_error import ERRORS_OF_95_PERCENT
from patrol.verdict import Certainty

# Dugongs cruise at up to 10 km/h (Marsh, O'Shea & Reynolds 2011): so far one may have come.
_DUGONG_M_S = 10 / 3.6
# A boat is slower than its speed and so many sigmas with 95 % probability (one-sided).
_SPEED_SIGMAS = 1.645


@dataclass(frozen=True)
class Approach:
    """How near a boat came to a dugong, to within what (95 %), and seen how long apart.

    `drift_m` is how far the two may have gone in that time; None where that cannot be told.
    """

    dugong_id: str
    distance_m: float
    margin_m: float
    gap_s: float
    drift_m: float | None

    def within(self, limit_m: float) -> Certainty | None:
        """Say whether it came as near as a limit; None where it surely did not."""
        if self.distance_m - self.margin_m > limit_m:
            return None
        # Seen at different times, the two were near only as far as their speeds let one say.
        sure = (
            self.drift_m is not None and self.distance_m + self.margin_m + self.drift_m <= limit_m
        )
        return Certainty.INSIDE if sure else Certainty.BOUNDARY


def closest_approach(boat: Sighting, dugong: Sighting) -> Approach:
    """Return how near two tracks came.

    While both were seen, each goes straight from fix to fix. Otherwise the fixes that are nearest
    in time are compared, `gap_s` apart, in which both may have moved.
    """
    margin_m = ERRORS_OF_95_PERCENT * hypot(boat.error_m, dugong.error_m)
    apart_s = seconds_apart(boat, dugong)
    if apart_s > 0:
        before = boat.last_seen_utc <= dugong.first_seen_utc
        a = fixes(boat)[-1 if before else 0][1]
        b = fixes(dugong)[0 if before else -1][1]
        apart_m = distance_m(a, b)
        return Approach(dugong.sighting_id, apart_m, margin_m, apart_s, _drift_m(boat, apart_s))
    return Approach(dugong.sighting_id, _least_m(boat, dugong), margin_m, 0.0, 0.0)


def _drift_m(boat: Sighting, apart_s: float) -> float | None:
    """Return how far a boat and a dugong may have gone in a time; None without the boat's speed."""
    if boat.speed_m_s is None or boat.speed_sigma_m_s is None:
        return None
    return (boat.speed_m_s + _SPEED_SIGMAS * boat.speed_sigma_m_s + _DUGONG_M_S) * apart_s


def _least_m(boat: Sighting, dugong: Sighting) -> float:
    """Return the least distance in metres of two tracks that were seen at the same time."""
    first = max(boat.first_seen_utc, dugong.first_seen_utc)
    last = min(boat.last_seen_utc, dugong.last_seen_utc)
    ways = fixes(boat), fixes(dugong)
    times = {first, last, *(at for way in ways for at, _ in way if first <= at <= last)}
    apart = [np.array(offset_m(_at(ways[1], at), _at(ways[0], at))) for at in sorted(times)]
    least = min(float(np.hypot(*each)) for each in apart)
    for a, b in pairwise(apart):
        way = b - a
        length2 = float(way @ way)
        if length2 > 0:
            share = min(max(float(-a @ way) / length2, 0.0), 1.0)
            least = min(least, float(np.hypot(*(a + share * way))))
    return least


def seconds_apart(a: Sighting, b: Sighting) -> float:
    """Return the seconds between the times two things were seen; 0 where these overlap."""
    between = max(a.first_seen_utc, b.first_seen_utc) - min(a.last_seen_utc, b.last_seen_utc)
    return max(between.total_seconds(), 0.0)


def fixes(sighting: Sighting) -> list[tuple[datetime, LonLat]]:
    """Return when and where a sighting was found, by time; its own place where nothing tells."""
    found = {
        each.taken_at_utc: each.position
        for each in sighting.detections
        if each.taken_at_utc is not None and each.position is not None
    }
    return sorted(found.items()) or [(sighting.first_seen_utc, sighting.position)]


def _at(way: Sequence[tuple[datetime, LonLat]], at: datetime) -> LonLat:
    """Return where a track was: straight between its fixes, at its ends before and after them."""
    if at <= way[0][0]:
        return way[0][1]
    for (t0, a), (t1, b) in pairwise(way):
        if at <= t1:
            share = (at - t0) / (t1 - t0)
            return LonLat(a.lon + share * (b.lon - a.lon), a.lat + share * (b.lat - a.lat))
    return way[-1][1]
