"""Where a drone was at any moment of a video, from telemetry that was written now and then."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import atan2, degrees, hypot

from ingest.lonlat import LonLat, distance_m, offset_m
from ingest.telemetry.record import Attitude, TelemetryRecord

# Over a longer silence the drone may have turned or stopped: nothing is guessed then.
LONGEST_SILENCE_S = 3.0
# Before the first and after the last fix a place holds for one block a second.
_HOLD_S = 1.0
# No drone of these kinds flies faster, wind and all; a fix that asks for it is false.
_FASTEST_M_PER_S = 60.0
_JITTER_M = 30.0
# Blocks many times a second repeat a position that comes once or ten times: the repeats tell
# nothing of where the drone was between. One that lasts longer is a drone that hangs still.
_STILL_S = 1.5
_COURSE_BASE_S = 1.0


@dataclass(frozen=True)
class Fix:
    """One record with a position, at a second of the video."""

    time_s: float
    position: LonLat
    record: TelemetryRecord


@dataclass(frozen=True)
class Moment:
    """What is known of one moment, between two records; None where they do not tell.

    `speed_m_s` and `course_deg` (clockwise from north; None for a drone that hardly moves) are over
    the ground. `silence_s` is the time between the two records.
    """

    time_s: float
    position: LonLat
    relative_height_m: float | None
    absolute_altitude_m: float | None
    gimbal: Attitude | None
    flight: Attitude | None
    focal_length_35mm: float | None
    digital_zoom: float | None
    speed_m_s: float
    course_deg: float | None
    silence_s: float


class FlightPath:
    """A drone's way during a video."""

    def __init__(
        self, records: Iterable[TelemetryRecord], video_s: Callable[[TelemetryRecord], float]
    ) -> None:
        """Take records in their own order; `video_s` tells the second of the video of each.

        Records without a position, out of order, or impossibly far from the last are left out;
        `false_fixes` counts the last kind.
        """
        self.false_fixes = 0
        self._fixes = self._credible(
            Fix(video_s(record), record.position, record)
            for record in records
            if record.position is not None
        )
        self._placed = _without_repeats(self._fixes)
        self._times_s = [fix.time_s for fix in self._fixes]
        self._placed_s = [fix.time_s for fix in self._placed]

    @property
    def span_s(self) -> tuple[float, float] | None:
        """The first and last second with a place; None when there is none."""
        return (self._times_s[0] - _HOLD_S, self._times_s[-1] + _HOLD_S) if self._times_s else None

    @property
    def first_position(self) -> LonLat | None:
        """Where the drone was first known to be."""
        return self._fixes[0].position if self._fixes else None

    def at(self, time_s: float) -> Moment | None:
        """Interpolate; None in a silence longer than `LONGEST_SILENCE_S`, and beyond the ends."""
        if not self._fixes:
            return None
        before, after = _around(self._fixes, self._times_s, time_s)
        silence_s = after.time_s - before.time_s
        away_s = max(before.time_s - time_s, time_s - after.time_s, 0.0)
        if silence_s > LONGEST_SILENCE_S or away_s > _HOLD_S:
            return None
        part = _part(before.time_s, after.time_s, time_s)
        a, b = before.record, after.record
        nearer = a if part < 0.5 else b
        speed_m_s, course_deg = self._motion(time_s)
        return Moment(
            time_s=time_s,
            position=self._position(time_s),
            relative_height_m=_between(a.relative_height_m, b.relative_height_m, part),
            absolute_altitude_m=_between(a.absolute_altitude_m, b.absolute_altitude_m, part),
            gimbal=_turned(a.gimbal, b.gimbal, part),
            flight=_turned(a.flight, b.flight, part),
            focal_length_35mm=nearer.focal_length_35mm,
            digital_zoom=nearer.digital_zoom,
            speed_m_s=speed_m_s,
            course_deg=course_deg,
            silence_s=silence_s + away_s,
        )

    def _credible(self, fixes: Iterable[Fix]) -> list[Fix]:
        """Fixes in order of time, without those that only a rocket could have reached.

        Two in a row that agree with each other are believed: the one before them was false.
        """
        kept: list[Fix] = []
        doubted: Fix | None = None
        for fix in fixes:
            if kept and fix.time_s <= kept[-1].time_s:
                continue
            if not kept or _reachable(kept[-1], fix):
                kept.append(fix)
                doubted = None
            elif doubted is not None and _reachable(doubted, fix):
                kept += [doubted, fix]
                doubted = None
            else:
                self.false_fixes += 1
                doubted = fix
        return kept

    def _position(self, time_s: float) -> LonLat:
        before, after = _around(self._placed, self._placed_s, time_s)
        part = _part(before.time_s, after.time_s, time_s)
        if time_s > self._placed_s[-1] and len(self._placed) > 1:
            # a drone under way flies on; one that hung still has two fixes at one place
            before, after = self._placed[-2:]
            lasted_s = after.time_s - before.time_s
            if lasted_s <= LONGEST_SILENCE_S:
                part = 1 + min(time_s - after.time_s, _HOLD_S) / lasted_s
            else:
                part = 1.0
        (lon0, lat0), (lon1, lat1) = before.position, after.position
        # the short way round, over the date line, too
        turn = (lon1 - lon0 + 180) % 360 - 180
        lon = (lon0 + part * turn + 180) % 360 - 180
        return LonLat(lon, lat0 + part * (lat1 - lat0))

    def _motion(self, time_s: float) -> tuple[float, float | None]:
        early = max(time_s - _COURSE_BASE_S, self._placed_s[0])
        late = min(time_s + _COURSE_BASE_S, self._placed_s[-1])
        if late <= early:
            return 0.0, None
        east_m, north_m = offset_m(self._position(early), self._position(late))
        speed_m_s = hypot(east_m, north_m) / (late - early)
        course = degrees(atan2(east_m, north_m)) if speed_m_s >= 1.0 else None
        return speed_m_s, course


def _reachable(before: Fix, after: Fix) -> bool:
    reach_m = _JITTER_M + _FASTEST_M_PER_S * (after.time_s - before.time_s)
    return distance_m(before.position, after.position) <= reach_m


def _without_repeats(fixes: Sequence[Fix]) -> list[Fix]:
    """The first fix at each place, and the last, too, where the drone hung there."""
    placed: list[Fix] = []
    for before, fix in pairwise([*fixes[:1], *fixes]):
        if not placed:
            placed.append(fix)
        elif fix.position != before.position:
            if before.time_s - placed[-1].time_s >= _STILL_S:
                placed.append(before)
            placed.append(fix)
    if fixes and fixes[-1].time_s - placed[-1].time_s >= _STILL_S:
        placed.append(fixes[-1])
    return placed


def _around(fixes: Sequence[Fix], times_s: Sequence[float], time_s: float) -> tuple[Fix, Fix]:
    index = bisect_right(times_s, time_s)
    return fixes[max(index - 1, 0)], fixes[min(index, len(fixes) - 1)]


def _part(before_s: float, after_s: float, time_s: float) -> float:
    if after_s <= before_s:
        return 0.0
    return min(max((time_s - before_s) / (after_s - before_s), 0.0), 1.0)


def _between(before: float | None, after: float | None, part: float) -> float | None:
    if before is None or after is None:
        return after if before is None else before
    return before + part * (after - before)


def _turned(before: Attitude | None, after: Attitude | None, part: float) -> Attitude | None:
    if before is None or after is None:
        return after if before is None else before
    yaw, pitch, roll = (
        a + part * ((b - a + 180) % 360 - 180) for a, b in zip(before, after, strict=True)
    )
    return Attitude((yaw + 180) % 360 - 180, pitch, roll)
