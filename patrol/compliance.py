"""Boats in go-slow zones: who was slow, who was fast, and of whom that cannot be told."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import shapely

from detection.tracks import KNOTS_PER_M_S
from ingest.lonlat import LonLat
from patrol.report.intervals import Share, share
from patrol.zones import AdvisedSpeed, RuleName, Zone

# The 95 % interval of a speed along its course, as reasons tell it: fast is what lies above the
# advice with all of it.
SIGMAS_OF_95_PERCENT = 1.96


class Pace(StrEnum):
    """What can be said of a boat's speed against what a zone asks for."""

    SLOW = "slow"
    STILL = "still"
    FAST = "fast"
    CANNOT_TELL = "cannot_tell"


@dataclass(frozen=True)
class BoatSeen:
    """One boat of one flight: where it was, and its speed with 1 sigma where that was measured."""

    position: LonLat
    speed_m_s: float | None
    speed_sigma_m_s: float | None


@dataclass(frozen=True)
class Compliance:
    """Boats seen in zones that ask for slowness.

    `slow_share` is of the boats under way whose pace could be told. Those of whom it cannot are no
    part of it, so it may flatter: a boat that crosses one frame only is often a fast one. Those
    that lie still are none either: a moored boat heeds no advice.
    """

    slow: int
    still: int
    fast: int
    cannot_tell: int
    slow_share: Share

    @property
    def boats(self) -> int:
        """All boats seen."""
        return self.slow + self.still + self.fast + self.cannot_tell


def pace_of(boat: BoatSeen, limit: AdvisedSpeed | None) -> Pace:
    """Return the pace of a boat against an advised speed, None for no figure.

    It cannot be told where the speed was not measured, lies within its error of the limit, or
    there is no figure. A boat is still where its speed lies within its error of none.
    """
    speed, sigma = boat.speed_m_s, boat.speed_sigma_m_s
    if limit is None or speed is None or sigma is None:
        return Pace.CANNOT_TELL
    over_m_s = speed - limit.knots / KNOTS_PER_M_S
    if over_m_s - SIGMAS_OF_95_PERCENT * sigma > 0:
        return Pace.FAST
    if over_m_s + SIGMAS_OF_95_PERCENT * sigma > 0:
        return Pace.CANNOT_TELL
    return Pace.SLOW if speed - SIGMAS_OF_95_PERCENT * sigma > 0 else Pace.STILL


def asks_for_slowness(zone: Zone) -> bool:
    """Say whether boats are asked to go slowly in a zone."""
    return RuleName.BOAT_IN_GO_SLOW_ZONE in zone.rules


def boats_in(zone: Zone, boats: Iterable[BoatSeen]) -> tuple[BoatSeen, ...]:
    """Return the boats whose place lies within a zone."""
    return tuple(boat for boat in boats if zone.area.covers(shapely.Point(boat.position)))


def compliance(paces: Iterable[Pace]) -> Compliance:
    """Sum up the paces of boats, each boat once."""
    counted = list(paces)
    slow, fast = counted.count(Pace.SLOW), counted.count(Pace.FAST)
    return Compliance(
        slow=slow,
        still=counted.count(Pace.STILL),
        fast=fast,
        cannot_tell=counted.count(Pace.CANNOT_TELL),
        slow_share=share(slow, slow + fast),
    )
