"""What a drone told about itself at one moment of a video, and a whole file of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from ingest.frame import Note
from ingest.lonlat import LonLat


class PositionFault(StrEnum):
    """Why a record has no position."""

    MISSING = "missing"
    NO_LOCK = "no_lock"
    OUT_OF_RANGE = "out_of_range"


class Attitude(NamedTuple):
    """Angles in degrees: yaw clockwise from north, pitch negative downwards, roll."""

    yaw_deg: float
    pitch_deg: float
    roll_deg: float


class Moment(NamedTuple):
    """Which block this is, and when: the first fields of a TelemetryRecord."""

    line: int
    number: int | None
    start_s: float
    end_s: float
    taken_at_local: datetime | None


@dataclass(frozen=True, slots=True)
class TelemetryRecord:
    """One subtitle block, or one row of a flight log; None where it does not tell.

    `line` is the 1-based line of the file where the block begins, `number` what it calls
    itself. `start_s` to `end_s` is its span in the video, in seconds (equal where the file tells no
    end). `taken_at_local` is naive, on the drone's clock; `taken_at_utc` is aware, and told by
    flight logs only, which know no video: their `start_s` count from the log's first record.
    `position` is WGS 84; where it is None, `position_fault` says why.

    `relative_height_m` is metres above the take-off point. `absolute_altitude_m` is what the drone
    calls so, in metres: drones without RTK derive it from air pressure, wrong by 100 m and more as
    the weather goes (measured: mavicpilots.com, post 1724480); do not place things by it.

    `focal_length_35mm` is in mm and may or may not hold the `digital_zoom` in it, by model.
    `shutter_s` is the exposure time in seconds. `recording` tells whether a video was being made,
    where a log knows.
    """

    line: int
    number: int | None
    start_s: float
    end_s: float
    taken_at_local: datetime | None = None
    position: LonLat | None = None
    position_fault: PositionFault | None = None
    relative_height_m: float | None = None
    absolute_altitude_m: float | None = None
    gimbal: Attitude | None = None
    flight: Attitude | None = None
    focal_length_35mm: float | None = None
    digital_zoom: float | None = None
    satellites: int | None = None
    iso: float | None = None
    shutter_s: float | None = None
    taken_at_utc: datetime | None = None
    recording: bool | None = None

    @property
    def is_blank(self) -> bool:
        """Whether the block told nothing but its place in the video."""
        return all(
            told is None
            for told in (
                self.taken_at_local,
                self.position,
                self.relative_height_m,
                self.absolute_altitude_m,
                self.gimbal,
                self.flight,
                self.iso,
                self.shutter_s,
            )
        )


@dataclass(frozen=True)
class Telemetry:
    """A file's records in its own order, the dialect it begins in, and what a user should know."""

    dialect: str
    records: tuple[TelemetryRecord, ...]
    warnings: tuple[Note, ...]
