"""Maps between the clocks of a flight: seconds of a video, telemetry cues, and UTC.

Recorders drop frames and count the others at a rounded rate, clocks tell whole seconds, recordings
are joined: so no two of these clocks are taken to run alike.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from ingest.frame import Note
from ingest.telemetry.record import TelemetryRecord
from ingest.video.container import VideoFacts

# Cues that end within this of the video's end, and one block, run with it.
_SAME_END_S = 0.5
# A rate told as 30 instead of 29.97 is off by 0.1 %; more than some per cent is another matter,
# such as a subtitle file that was begun late or ended early.
_MOST_DRIFT = 0.03
_WHOLE_CLOCK_S = 1.0
# A clock that leaps by more than two whole-second clocks can differ was stopped, or set, between.
_LEAP_S = 2.0
_COUNTS_AGREE = 0.01
Knot = tuple[float, float]


@dataclass(frozen=True)
class TimeMap:
    """A strictly rising map, straight between its knots and of slope 1 beyond them."""

    knots: tuple[Knot, ...]

    def __call__(self, time_s: float) -> float:
        """The time on the other clock."""
        first, last = self.knots[0], self.knots[-1]
        if time_s <= first[0]:
            return first[1] + (time_s - first[0])
        if time_s >= last[0]:
            return last[1] + (time_s - last[0])
        index = bisect_right(self.knots, (time_s, float("inf")))
        (x0, y0), (x1, y1) = self.knots[index - 1], self.knots[index]
        return y0 + (time_s - x0) * (y1 - y0) / (x1 - x0)


def rising(knots: Iterable[Knot]) -> tuple[Knot, ...]:
    """The knots without those that do not rise on both clocks; the first is kept."""
    kept: list[Knot] = []
    for x, y in knots:
        if not kept or (x > kept[-1][0] and y > kept[-1][1]):
            kept.append((x, y))
    return tuple(kept)


def video_time_of_cues(
    records: Sequence[TelemetryRecord], facts: VideoFacts
) -> tuple[TimeMap, tuple[Note, ...]]:
    """Map the cues of a video's own telemetry to seconds of the video; at least one record.

    Files with a block for each picture are laid over the pictures; others are stretched when they
    end a little early or late.
    """
    first_s = records[0].start_s
    end_s = max(record.end_s for record in records)
    block_s = _block_s(records)
    per_picture = facts.frames > 1 and abs(len(records) / facts.frames - 1) <= _COUNTS_AGREE
    same = TimeMap(((0.0, 0.0),))
    missing_s = facts.duration_s - end_s
    if abs(missing_s) <= _SAME_END_S + block_s and not (
        per_picture and abs(missing_s) > 2 * block_s
    ):
        return same, ()
    stretch = facts.duration_s / end_s if end_s > 0 else 0.0
    if end_s > first_s and abs(stretch - 1) <= _MOST_DRIFT:
        note = Note(
            "telemetry_drift",
            f"the telemetry counts {end_s:.1f} s for the video's {facts.duration_s:.1f} s; its "
            "times were stretched to fit",
        )
        return TimeMap(((0.0, 0.0), (end_s, facts.duration_s))), (note,)
    if missing_s > 0:
        return same, (
            Note(
                "telemetry_short",
                f"the telemetry ends {missing_s:.0f} s before the video; what follows has no place",
            ),
        )
    return same, (
        Note(
            "telemetry_long",
            f"the telemetry goes on {-missing_s:.0f} s after the video's end, as that of a longer "
            "one; it was taken from its beginning",
        ),
    )


def clock_of(records: Iterable[TelemetryRecord], video_s: TimeMap) -> tuple[TimeMap, float] | None:
    """Map seconds of the video to the drone's own clock, and the error of that (1 sigma, s).

    The clock is counted in seconds from 1970 as if it were UTC. Where it leaps, as when recordings
    were joined, the map leaps with it, but never back. None when no record tells a clock.
    """
    told = [
        (video_s(record.start_s), clock_s(record.taken_at_local))
        for record in records
        if record.taken_at_local is not None
    ]
    if not told:
        return None
    whole = all(clock.is_integer() for _, clock in told)
    runs: list[list[Knot]] = [[told[0]]]
    for before, after in pairwise(told):
        ran_on_s = (after[1] - after[0]) - (before[1] - before[0])
        if abs(ran_on_s) > _LEAP_S:
            runs.append([])
        runs[-1].append(after)
    knots = [knot for run in runs for knot in _straight(run, whole=whole)]
    # a clock of whole seconds is on average half a second behind; evenly spread, 1 / sqrt 12
    return TimeMap(rising(knots)), 0.29 if whole else 0.05


def clock_s(clock: datetime) -> float:
    """A naive clock's seconds from 1970, as if it were UTC."""
    return (clock - datetime(1970, 1, 1)) / timedelta(seconds=1)  # noqa: DTZ001 - naive on purpose


def _straight(run: Sequence[Knot], *, whole: bool) -> tuple[Knot, ...]:
    """One stretch without leaps as a line of slope 1: from its first moment to its last."""
    ahead = [clock - time for time, clock in run]
    if whole:
        # each clock is up to a second behind: the true offset lies from the largest up to the
        # smallest and a second
        offset = (max(ahead) + max(min(ahead) + _WHOLE_CLOCK_S, max(ahead))) / 2
    else:
        offset = median(ahead)
    first, last = run[0][0], run[-1][0]
    line = ((first, first + offset), (last, last + offset))
    return line if last > first else line[:1]


def _block_s(records: Sequence[TelemetryRecord]) -> float:
    steps = [b.start_s - a.start_s for a, b in pairwise(records) if b.start_s > a.start_s]
    return median(steps) if steps else 0.0
