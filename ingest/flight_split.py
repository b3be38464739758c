"""A folder of frames taken apart into the flights that made them."""

from collections.abc import Iterable
from datetime import timedelta
from itertools import pairwise

from ingest.frame import Frame
from ingest.lonlat import distance_m

# A drone on patrol takes pictures every few seconds, and hovers or changes its battery for some
# minutes; after ten it has landed.
LONGEST_GAP = timedelta(minutes=10)
# Small drones reach some 20 m/s in still air, and the wind may add ten.
FASTEST_M_PER_S = 30.0
# Clocks of whole seconds may be a second late at either end, and positions some metres out.
_CLOCK_ALLOWANCE = timedelta(seconds=2)
_POSITION_ALLOWANCE_M = 50.0


def split_flights(frames: Iterable[Frame]) -> tuple[tuple[Frame, ...], ...]:
    """Take frames apart into flights, by the time of their first frame; each in order of time.

    A frame continues the flight whose last frame is nearest, among those it can have come from:
    within `LONGEST_GAP` and no faster than `FASTEST_M_PER_S`. So the frames of two drones in the
    air at once come apart, too, unless they fly side by side.
    """
    flights: list[list[Frame]] = []
    for frame in sorted(frames, key=lambda frame: (frame.taken_at_utc, frame.path)):
        continued = min(
            (flight for flight in flights if _continues(flight[-1], frame)),
            key=lambda flight: _apart_m(flight[-1], frame),
            default=None,
        )
        if continued is None:
            flights.append([frame])
        else:
            continued.append(frame)
    return tuple(tuple(flight) for flight in flights)


def flown_m(flight: Iterable[Frame]) -> float:
    """Metres along the frames' positions, in the order given."""
    places = [frame.pose.position for frame in flight]
    return sum(distance_m(a, b) for a, b in pairwise(places))


def _continues(before: Frame, after: Frame) -> bool:
    gap = after.taken_at_utc - before.taken_at_utc
    reach_m = FASTEST_M_PER_S * (gap + _CLOCK_ALLOWANCE).total_seconds() + _POSITION_ALLOWANCE_M
    return gap <= LONGEST_GAP and _apart_m(before, after) <= reach_m


def _apart_m(before: Frame, after: Frame) -> float:
    return distance_m(before.pose.position, after.pose.position)
