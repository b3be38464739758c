"""Telemetry that DJI's newer drones keep inside their videos: the data track `djmd`.

Each sample is a protocol buffer for one picture; the first names its schema ("dvtm_wm265e.proto").
DJI publishes none of them. The field numbers are those that ExifTool lists by schema, found in
owners' files (exiftool.org/TagNames/DJI.html, "DJI Protobuf Tags", DroneInfo, GimbalInfo, GPSInfo);
other schemas are refused by name, since the numbers change from drone to drone.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import degrees, isfinite, pi

from ingest.errors import TelemetryError
from ingest.frame import Note
from ingest.lonlat import LonLat
from ingest.telemetry.continuity import continuity_notes
from ingest.telemetry.protobuf import fields, floating, message_at, signed, value_at
from ingest.telemetry.record import Attitude, PositionFault, Telemetry, TelemetryRecord
from ingest.telemetry.values import place_of

Path = tuple[int, ...]
# Seconds after the video's beginning, seconds it lasts, and the bytes.
Sample = tuple[float, float, bytes]

_SCHEMA = re.compile(rb"dvtm_([A-Za-z0-9_-]{2,32})(?:\.proto)?")
_FRAME, _SCHEMA_NAME = 3, (1, 1, 1)
_MM, _TENTHS = 1000.0, 10.0
_MOST_SAMPLES = 1_000_000
_HALF_TURN_DEG = 180.0

_EXPORT = "export the .SRT file or the flight log, and send that with the video"
_UNPUBLISHED = Note(
    "unpublished_layout",
    "read from DJI's own data track, whose layout is not published: compare a place with the map, "
    "or send the .SRT file with the video",
)


@dataclass(frozen=True)
class _Layout:
    """Where a schema keeps what is read; None for what is not known of it."""

    gps: Path
    absolute_mm: Path
    relative_mm: Path | None = None
    drone: Path | None = None
    gimbal: Path | None = None
    zoom: Path | None = None
    always_degrees: bool = False


_CAMERA_DRONE = _Layout(
    gps=(3, 3, 4, 1), absolute_mm=(3, 3, 4, 2), relative_mm=(3, 3, 5, 1), drone=(3, 3, 3),
    gimbal=(3, 4, 3),
)  # fmt: skip
_ZOOM_DRONE = _Layout(
    gps=(3, 3, 4, 1), absolute_mm=(3, 3, 4, 2), relative_mm=(3, 3, 5, 1), drone=(3, 3, 3),
    gimbal=(3, 4, 3), zoom=(3, 2, 6, 1),
)  # fmt: skip
_LAYOUTS = {
    "Air3": _CAMERA_DRONE,
    "Air3s": _CAMERA_DRONE,
    "Mini4_Pro": _CAMERA_DRONE,
    "wm261": _CAMERA_DRONE,  # Mavic 3 Pro
    "wa345e": _CAMERA_DRONE,  # Matrice 4E
    "wm265e": _ZOOM_DRONE,  # Mavic 3 and Mavic 3E
    "pm320": _ZOOM_DRONE,  # Matrice 30
    "Mavic4": _Layout(
        gps=(3, 3, 4, 1), absolute_mm=(3, 3, 4, 2), relative_mm=(3, 3, 5, 1), drone=(3, 3, 3),
        always_degrees=True,
    ),
    "Mini5Pro": _Layout(gps=(3, 3, 4, 1), absolute_mm=(3, 3, 4, 2), always_degrees=True),
    "AVATA2": _Layout(
        gps=(3, 4, 4, 1), absolute_mm=(3, 4, 4, 2), relative_mm=(3, 4, 5, 1), drone=(3, 4, 3)
    ),
    "dji_neo": _Layout(gps=(3, 4, 4, 1), absolute_mm=(3, 4, 4, 2), drone=(3, 4, 3)),
}  # fmt: skip


def telemetry_of_samples(samples: Iterable[Sample]) -> Telemetry:
    """Read the samples of a `djmd` track; raises TelemetryError.

    Codes: `unknown_dialect` for a schema that is not known, `nothing_usable`. A record's `line` is
    the number of its sample.
    """
    schema: str | None = None
    records: list[TelemetryRecord] = []
    damaged: list[int] = []
    for number, (at_s, lasts_s, data) in enumerate(samples, start=1):
        schema = schema or _schema_of(data)
        if number > _MOST_SAMPLES:
            break
        record = _record(number, at_s, lasts_s, data, _LAYOUTS[schema])
        if record is not None:
            records.append(record)
        else:
            damaged.append(number)
    if schema is None:
        schema = _schema_of(b"")
    if not records:
        raise TelemetryError("nothing_usable", f"the data track djmd holds no place: {_EXPORT}")
    return Telemetry(
        f"djmd_{schema}",
        tuple(records),
        (_UNPUBLISHED, *_damage_note(damaged, len(damaged) + len(records)), *_notes(records)),
    )


def _schema_of(first: bytes) -> str:
    """The name of the schema in the first sample, of those known here."""
    try:
        told = message_at(first, _SCHEMA_NAME) or b""
    except ValueError:
        told = b""
    found = _SCHEMA.fullmatch(told) or _SCHEMA.search(first[:256])
    name = found[1].decode("ascii") if found else None
    if name is None or name not in _LAYOUTS:
        shown = "a schema that is not named" if name is None else f"dvtm_{name}"
        raise TelemetryError(
            "unknown_dialect",
            f"telemetry of this kind (djmd, {shown}) is not read, since its layout is not "
            f"published: {_EXPORT}",
        )
    return name


def _record(
    number: int, at_s: float, lasts_s: float, data: bytes, layout: _Layout
) -> TelemetryRecord | None:
    """One sample as a record; None where it is damaged or holds no frame."""
    try:
        if all(field != _FRAME for field, _ in fields(data)):
            return None
        place, fault = _place(data, layout)
        zoom = floating(value_at(data, layout.zoom)) if layout.zoom else None
        return TelemetryRecord(
            number, number, at_s, at_s + lasts_s, None, place, fault,
            relative_height_m=_relative_m(data, layout),
            absolute_altitude_m=_absolute_m(data, layout),
            gimbal=_attitude(data, layout.gimbal, yaw=3, pitch=1, roll=2),
            flight=_attitude(data, layout.drone, yaw=3, pitch=2, roll=1),
            digital_zoom=zoom if zoom and isfinite(zoom) and zoom >= 1 else None,
        )  # fmt: skip
    except ValueError:
        return None


def _place(data: bytes, layout: _Layout) -> tuple[LonLat | None, PositionFault | None]:
    gps = message_at(data, layout.gps)
    if gps is None:
        return None, PositionFault.MISSING
    lat, lon = floating(value_at(gps, (2,))), floating(value_at(gps, (3,)))
    if lat is None or lon is None:
        return None, PositionFault.MISSING
    in_degrees = layout.always_degrees or signed(value_at(gps, (1,))) == 1
    if not in_degrees and abs(lat) <= pi / 2 and abs(lon) <= pi:
        lat, lon = degrees(lat), degrees(lon)
    return place_of(lon, lat)


def _relative_m(data: bytes, layout: _Layout) -> float | None:
    if layout.relative_mm is None or message_at(data, layout.relative_mm[:-1]) is None:
        return None
    value = value_at(data, layout.relative_mm)
    height_mm = signed(value) if isinstance(value, int) else floating(value)
    return height_mm / _MM if height_mm is not None and isfinite(height_mm) else None


def _absolute_m(data: bytes, layout: _Layout) -> float | None:
    value = value_at(data, layout.absolute_mm)
    altitude_mm = None if value is None else signed(value)
    return None if altitude_mm is None else altitude_mm / _MM


def _attitude(
    data: bytes, path: Path | None, *, yaw: int, pitch: int, roll: int
) -> Attitude | None:
    message = message_at(data, path) if path else None
    if message is None:
        return None
    tenths = [signed(value_at(message, (number,))) for number in (yaw, pitch, roll)]
    angles = [each / _TENTHS for each in tenths if each is not None]
    if len(angles) < 3 or any(abs(angle) > _HALF_TURN_DEG for angle in angles):
        return None
    return Attitude(*angles)


def _damage_note(damaged: list[int], samples: int) -> Iterator[Note]:
    if damaged:
        yield Note(
            "damaged_block",
            f"{len(damaged)} of {samples} samples were damaged and left out (first: {damaged[0]})",
        )


def _notes(records: list[TelemetryRecord]) -> Iterator[Note]:
    """Notes on the records; that they tell no clock is no news of this track."""
    yield from (note for note in continuity_notes(records) if note.code != "no_clock")
