"""Notes on what is missing or out of order in a file's records."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from ingest.frame import Note
from ingest.telemetry.record import PositionFault, TelemetryRecord

# Some dialects write one block a second and clocks of whole seconds; two may differ by that much.
_GAP_S = 2.0
_LOG_GAP_S = 10.0  # trackers that save power write a point every few seconds
_COARSE_DECIMALS = 4

_FAULT_TEXTS = {
    PositionFault.MISSING: "{} of {} records have no readable position (first: line {})",
    PositionFault.NO_LOCK: "{} of {} records were written without GPS lock (first: line {})",
    PositionFault.OUT_OF_RANGE: "{} of {} records tell a place that is not on earth (first: line "
    "{})",
}

_Records = Sequence[TelemetryRecord]


def continuity_notes(records: _Records) -> tuple[Note, ...]:
    """What a user should know about the records of one file, at least one of them."""
    return (*place_notes(records), *_order_notes(records))


def place_notes(records: _Records) -> tuple[Note, ...]:
    """What a user should know about the places and heights of one file's records."""
    return (*_position_notes(records), *_height_notes(records))


def log_notes(records: _Records) -> tuple[Note, ...]:
    """What a user should know about the records of one flight log, at least one of them."""
    gaps = [b.line for a, b in pairwise(records) if b.start_s - a.end_s > _LOG_GAP_S]
    silent = f"more than {_LOG_GAP_S:g} s have no row"
    return (*place_notes(records), *_jump_note("log_gap", silent, gaps))


def _position_notes(records: _Records) -> Iterator[Note]:
    for fault, text in _FAULT_TEXTS.items():
        lines = [record.line for record in records if record.position_fault is fault]
        if lines:
            yield Note(f"position_{fault.value}", text.format(len(lines), len(records), lines[0]))
    places = {record.position for record in records if record.position is not None}
    if places and all(
        round(degrees, _COARSE_DECIMALS) == degrees for place in places for degrees in place
    ):
        yield Note(
            "position_coarse",
            f"positions have {_COARSE_DECIMALS} decimals: they move in steps of 11 m",
        )


def _height_notes(records: _Records) -> Iterator[Note]:
    if any(record.relative_height_m is not None for record in records):
        return
    if any(record.absolute_altitude_m is not None for record in records):
        yield Note(
            "no_relative_height",
            "no record tells the height above take-off; the altitude it tells instead may be 100 m "
            "off",
        )
    else:
        yield Note("no_height", "no record tells any height")


def _order_notes(records: _Records) -> Iterator[Note]:
    clockless = [record.line for record in records if record.taken_at_local is None]
    if clockless:
        yield Note(
            "no_clock",
            f"{len(clockless)} of {len(records)} blocks tell no date and time "
            f"(first: line {clockless[0]})",
        )
    yield from _jump_note(
        "number_gap", "block numbers are missing or out of order", _number_jumps(records)
    )
    yield from _jump_note("video_time_backwards", "the video time goes back", _cue_steps(records))
    yield from _jump_note(
        "video_time_gap", f"more than {_GAP_S:g} s of video has no block", _cue_gaps(records)
    )
    yield from _jump_note("clock_backwards", "the drone's clock goes back", _clock_steps(records))
    yield from _jump_note(
        "clock_gap",
        f"the drone's clock runs on more than {_GAP_S:g} s without the video, as when recordings "
        "were joined",
        _clock_gaps(records),
    )


def _jump_note(code: str, text: str, lines: Sequence[int]) -> Iterator[Note]:
    if lines:
        times = "once" if len(lines) == 1 else f"{len(lines)} times"
        yield Note(code, f"{text}, {times} (first: line {lines[0]})")


def _number_jumps(records: _Records) -> list[int]:
    return [
        b.line
        for a, b in pairwise(records)
        if a.number is not None and b.number is not None and b.number != a.number + 1
    ]


def _cue_steps(records: _Records) -> list[int]:
    return [b.line for a, b in pairwise(records) if b.start_s < a.start_s]


def _cue_gaps(records: _Records) -> list[int]:
    return [b.line for a, b in pairwise(records) if b.start_s - a.end_s > _GAP_S]


def _clock_steps(records: _Records) -> list[int]:
    return [
        b.line
        for a, b in pairwise(records)
        if a.taken_at_local and b.taken_at_local and b.taken_at_local < a.taken_at_local
    ]


def _clock_gaps(records: _Records) -> list[int]:
    gaps = []
    for a, b in pairwise(records):
        if a.taken_at_local and b.taken_at_local:
            clock_s = (b.taken_at_local - a.taken_at_local).total_seconds()
            if clock_s - (b.start_s - a.start_s) > _GAP_S:
                gaps.append(b.line)
    return gaps
