"""How far counts by flight are from the truth: all flights, and by sea state and ground scale."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from detection.evaluation.bootstrap import Interval, Resampling
from detection.evaluation.counting import FlightCount, Unit
from detection.evaluation.scoring import ScoredFrame
from detection.evaluation.slices import UNKNOWN, Dimension, bin_name, in_order

# What a flight has as a whole, as far as its frames are alike.
OF_FLIGHTS = (Dimension.SEA_STATE, Dimension.GSD_CM)


@dataclass(frozen=True)
class CountError:
    """How far counts by flight are from the truth.

    `mean_absolute` is a flight's mean error in objects; `relative` the sum of the errors over the
    sum of what was there; `bias` the share by which all counts together are too high. Of the
    flights `with_any`, which hold or seem to hold something, `within_tenth` is the share whose
    count is at most 10 % off, `within_one` the share whose count is at most one object off, and
    `exact` the share whose count is right: where nothing is there and nothing is counted, no count
    was tried.
    """

    unit: Unit
    flights: int
    with_any: int
    mean_there: float
    mean_counted: float
    mean_absolute: Interval
    relative: Interval
    bias: Interval
    within_tenth: Interval
    within_one: Interval
    exact: Interval


@dataclass(frozen=True)
class CountSlice:
    """The error of the counts of the flights of one bin: one sea state, or one ground scale."""

    dimension: Dimension
    bin: str
    error: CountError


def count_errors(
    counts: Sequence[FlightCount], names: Sequence[str], resampling: Resampling
) -> tuple[CountError, ...]:
    """The errors of one class's counts; `names` are all flights, in the order they are drawn.

    What is counted in sightings and what in boxes stand apart.
    """
    return tuple(e for unit in Unit if (e := _error(counts, unit, names, resampling)))


def count_slices(
    counts: Sequence[FlightCount],
    frames: Sequence[ScoredFrame],
    names: Sequence[str],
    resampling: Resampling,
) -> tuple[CountSlice, ...]:
    """The errors of one class's counts by what their flights are like.

    A flight's ground scale is the median of its frames', its sea state the one most of them have.
    A dimension of which nothing is known is left out.
    """
    by_flight: dict[str, list[ScoredFrame]] = {name: [] for name in names}
    for frame in frames:
        by_flight[frame.flight].append(frame)
    return tuple(
        CountSlice(dimension, name, error)
        for dimension in OF_FLIGHTS
        for name, flights in _flights_by_bin(dimension, by_flight).items()
        for error in count_errors([c for c in counts if c.flight in flights], names, resampling)
    )


def _flights_by_bin(
    dimension: Dimension, by_flight: dict[str, list[ScoredFrame]]
) -> dict[str, set[str]]:
    flights: dict[str, set[str]] = {}
    for name, frames in by_flight.items():
        flights.setdefault(_bin_of_flight(dimension, frames), set()).add(name)
    if flights.keys() <= {UNKNOWN}:
        return {}
    return {name: flights[name] for name in in_order(dimension, flights.keys())}


def _bin_of_flight(dimension: Dimension, frames: Sequence[ScoredFrame]) -> str:
    if dimension is Dimension.GSD_CM:
        known_cm = [frame.gsd_cm for frame in frames if frame.gsd_cm is not None]
        return bin_name(dimension, median(known_cm) if known_cm else None)
    known = Counter(frame.sea_state for frame in frames if frame.sea_state)
    # of states that as many frames have, the first by name
    return min(known, key=lambda state: (-known[state], state), default=UNKNOWN)


def _error(
    counts: Sequence[FlightCount], unit: Unit, names: Sequence[str], resampling: Resampling
) -> CountError | None:
    own = {c.flight: c for c in counts if c.unit is unit}
    if not own:
        return None
    rows = [own.get(name) for name in names]
    error = [0 if c is None else c.counted - c.there for c in rows]
    there = [0 if c is None else c.there for c in rows]
    absolute = [abs(e) for e in error]
    tried = [c is not None and c.counted + c.there > 0 for c in rows]
    within = [t and 10 * a <= n for t, a, n in zip(tried, absolute, there, strict=True)]
    within_one = [t and a <= 1 for t, a in zip(tried, absolute, strict=True)]
    exact = [t and a == 0 for t, a in zip(tried, absolute, strict=True)]
    ratio = resampling.ratio
    return CountError(
        unit,
        len(own),
        sum(tried),
        sum(there) / len(own),
        (sum(there) + sum(error)) / len(own),
        ratio(absolute, [c is not None for c in rows]),
        ratio(absolute, there),
        ratio(error, there),
        ratio(within, tried),
        ratio(within_one, tried),
        ratio(exact, tried),
    )
