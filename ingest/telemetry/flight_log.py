"""Logs of whole flights by UTC: GPX tracks, and the CSV that Airdata and Litchi write."""

import csv
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, iterparse

from ingest.errors import TelemetryError
from ingest.frame import Note
from ingest.telemetry.continuity import log_notes
from ingest.telemetry.lines import telemetry_lines
from ingest.telemetry.record import Attitude, TelemetryRecord
from ingest.telemetry.values import number, position

_FOOT_M = 0.3048
_MOST_RECORDS = 500_000  # thirteen hours of ten rows a second
_TENTHS = 10  # DJI's raw angles are in tenths of degrees
_UTC_TEXT = re.compile(r"(\d{4})[-/](\d\d?)[-/](\d\d?)[T ](\d\d?):(\d\d):(\d\d)(\.\d{1,6})?Z?")
# Names of columns without their unit, which stands behind in brackets; as DJI's own CSV exports
# through airdata.com and flylitchi.com have them.
_COLUMNS = {
    "height": ("height_above_takeoff", "altitude"),
    "sea": ("altitude_above_sealevel",),
    "gimbal_yaw": ("gimbal_heading", "gimbalyawraw"),
    "gimbal_pitch": ("gimbal_pitch", "gimbalpitchraw"),
    "gimbal_roll": ("gimbal_roll", "gimbalrollraw"),
    "yaw": ("compass_heading", "yaw"),
    "pitch": ("pitch",),
    "roll": ("roll",),
    "recording": ("isvideo", "istakingvideo"),
}


@dataclass(frozen=True)
class FlightLog:
    """A log's records with a UTC time, in order; at least one.

    `kind` is `gpx`, `airdata` or `litchi`; `recordings` are the times, first and last, through
    which the camera recorded, where the log tells; `notes` say what a user should know.
    """

    path: Path
    kind: str
    records: tuple[TelemetryRecord, ...]
    recordings: tuple[tuple[datetime, datetime], ...] = ()
    notes: tuple[Note, ...] = ()

    @property
    def first_utc(self) -> datetime:
        """When the log begins."""
        return _utc(self.records[0])

    @property
    def last_utc(self) -> datetime:
        """When the log ends."""
        return _utc(self.records[-1])


def is_flight_log(path: Path) -> bool:
    """Whether a file is a GPX track, or a CSV whose columns are a flight log's."""
    suffix = path.suffix.casefold()
    if suffix == ".gpx":
        return True
    if suffix != ".csv":
        return False
    try:
        return _kind(_head(path)) is not None
    except TelemetryError:
        return False


def is_broken_log(path: Path) -> bool:
    """Whether a file is a table that cannot be read at all, or that tells places without UTC."""
    if path.suffix.casefold() != ".csv":
        return False
    try:
        names = {name.partition("(")[0] for name in _head(path)}
    except TelemetryError:
        return True
    return {"latitude", "longitude"} <= names and not is_flight_log(path)


def _head(path: Path) -> list[str]:
    _, line = next(telemetry_lines(path), (0, ""))
    return _names(line)


def read_flight_log(path: Path) -> FlightLog:
    """Read a flight log; raises TelemetryError.

    Codes: those of `telemetry_lines`, `unknown_dialect`, `nothing_usable`.
    """
    kind, records = _read_gpx(path) if path.suffix.casefold() == ".gpx" else _read_csv(path)
    timed = sorted((record for record in records if record.taken_at_utc is not None), key=_utc)
    if not any(record.position is not None for record in timed):
        raise TelemetryError(
            "nothing_usable",
            "the flight log tells no place with a UTC time; export it again with times",
        )
    first = _utc(timed[0])
    counted = tuple(
        replace(record, start_s=_since(first, record), end_s=_since(first, record))
        for record in timed
    )
    notes = (*_untimed_note(records), *log_notes(counted))
    return FlightLog(path, kind, counted, tuple(_recordings(counted)), notes)


def _untimed_note(records: Sequence[TelemetryRecord]) -> Iterator[Note]:
    lost = [record.line for record in records if record.taken_at_utc is None]
    if lost:
        yield Note(
            "damaged_block",
            f"{len(lost)} of {len(records)} rows tell no UTC time and were left out (first: "
            f"{lost[0]})",
        )


def _read_gpx(path: Path) -> tuple[str, list[TelemetryRecord]]:
    for _ in telemetry_lines(path):
        break  # its limits of size and its refusals hold here, too
    records: list[TelemetryRecord] = []
    try:
        for _, element in iterparse(path, forbid_dtd=True):
            if element.tag.rpartition("}")[2] != "trkpt":
                continue
            children = {child.tag.rpartition("}")[2]: child.text or "" for child in element}
            place, fault = position(element.get("lon"), element.get("lat"))
            records.append(
                TelemetryRecord(
                    len(records) + 1, None, 0.0, 0.0, None, place, fault,
                    absolute_altitude_m=number(children.get("ele")),
                    taken_at_utc=_time(children.get("time", "")),
                )
            )  # fmt: skip
            element.clear()
            if len(records) >= _MOST_RECORDS:
                break
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise TelemetryError(
            "unknown_dialect", f"the file is no whole GPX track: {error}"
        ) from error
    return "gpx", records


def _read_csv(path: Path) -> tuple[str, list[TelemetryRecord]]:
    numbered = telemetry_lines(path)
    _, head = next(numbered, (0, ""))
    names = _names(head)
    kind = _kind(names)
    if kind is None:
        raise TelemetryError(
            "unknown_dialect",
            "expected the columns of a flight log of Airdata or Litchi (latitude, longitude, "
            f"datetime(utc), …); got {head[:60]!r}",
            line=1,
        )
    cells = [
        (line, dict(zip(names, _row(text), strict=False)))
        for line, text in numbered
        if text and line <= _MOST_RECORDS
    ]
    clock = _steady_clock([row for _, row in cells])
    return kind, [_record(line, row, clock(row)) for line, row in cells]


def _names(head: str) -> list[str]:
    """Column names in small letters, with the unit in brackets."""
    return [name.strip().lower() for name in _row(head)]


def _row(line: str) -> list[str]:
    """The cells of a line, of which a lone carriage return may have been left by a broken copy."""
    return next(csv.reader([line.replace("\r", " ")]), [])


def _kind(names: Sequence[str]) -> str | None:
    if not {"latitude", "longitude", "datetime(utc)"} <= set(names):
        return None
    return (
        "litchi"
        if any(name in ("istakingvideo", "datetime(local)") for name in names)
        else "airdata"
    )


def _steady_clock(
    rows: Sequence[Mapping[str, str]],
) -> Callable[[Mapping[str, str]], datetime | None]:
    """UTC of a row: whole seconds, ten rows a second, made even by the column of milliseconds."""
    pairs = [
        (utc, timedelta(milliseconds=ms))
        for row in rows
        if (utc := _time(row.get("datetime(utc)", ""))) is not None
        and (ms := number(row.get("time(millisecond)"))) is not None
    ]
    steady = len(pairs) == len(rows) > 1
    # each clock is up to a second behind, so the latest start is the nearest
    start = max((utc - since for utc, since in pairs), default=None)

    def clock(row: Mapping[str, str]) -> datetime | None:
        told = _time(row.get("datetime(utc)", ""))
        ms = number(row.get("time(millisecond)"))
        if not steady or told is None or ms is None or start is None:
            return told
        even = start + timedelta(milliseconds=ms)
        return even if abs(even - told) <= timedelta(seconds=1.5) else told

    return clock


def _record(line: int, row: Mapping[str, str], taken_at_utc: datetime | None) -> TelemetryRecord:
    place, fault = position(row.get("longitude"), row.get("latitude"))
    told = {name: _metres_or_degrees(row, columns) for name, columns in _COLUMNS.items()}
    recording = told["recording"]
    return TelemetryRecord(
        line, None, 0.0, 0.0, None, place, fault,
        relative_height_m=told["height"],
        absolute_altitude_m=told["sea"],
        gimbal=_attitude(told["gimbal_yaw"], told["gimbal_pitch"], told["gimbal_roll"] or 0.0),
        flight=_attitude(told["yaw"], told["pitch"], told["roll"]),
        taken_at_utc=taken_at_utc,
        recording=None if recording is None else recording > 0,
    )  # fmt: skip


def _metres_or_degrees(row: Mapping[str, str], columns: Sequence[str]) -> float | None:
    for name, text in row.items():
        bare, _, unit = name.partition("(")
        if bare.strip() not in columns:
            continue
        value = number(text)
        if value is None:
            continue
        if unit.startswith("f"):
            return value * _FOOT_M
        return value / _TENTHS if bare.endswith("raw") else value
    return None


def _attitude(yaw: float | None, pitch: float | None, roll: float | None) -> Attitude | None:
    if yaw is None or pitch is None or roll is None:
        return None
    return Attitude((yaw + 180) % 360 - 180, pitch, roll)


def _time(text: str) -> datetime | None:
    found = _UTC_TEXT.fullmatch(text.strip())
    if found is None:
        try:
            other = datetime.fromisoformat(text.strip())
        except ValueError:
            return None
        return other.astimezone(UTC) if other.tzinfo is not None else None
    *parts, fraction = found.groups(default="0")
    try:
        whole = datetime(*map(int, parts), tzinfo=UTC)  # type: ignore[arg-type, misc]
    except ValueError:
        return None
    return whole + timedelta(seconds=float(fraction))


def _recordings(records: Sequence[TelemetryRecord]) -> Iterator[tuple[datetime, datetime]]:
    for recording, run in groupby(records, key=lambda record: record.recording):
        rows = list(run)
        if recording:
            yield _utc(rows[0]), _utc(rows[-1])


def _utc(record: TelemetryRecord) -> datetime:
    assert record.taken_at_utc is not None  # noqa: S101 - a log keeps only such records
    return record.taken_at_utc


def _since(first: datetime, record: TelemetryRecord) -> float:
    return (_utc(record) - first).total_seconds()
