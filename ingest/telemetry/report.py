"""Telemetry as the plain JSON that `libong telemetry --json` prints."""

from pathlib import Path

from ingest.errors import TelemetryError
from ingest.telemetry.record import Attitude, Telemetry, TelemetryRecord

Document = dict[str, object]


def telemetry_document(path: Path, telemetry: Telemetry) -> Document:
    """A file's count of records, the first and the last of them, and its warnings."""
    return {
        "path": str(path),
        "dialect": telemetry.dialect,
        "records": len(telemetry.records),
        "first": _record(telemetry.records[0]),
        "last": _record(telemetry.records[-1]),
        "warnings": [{"code": note.code, "text": note.text} for note in telemetry.warnings],
        "error": None,
        "error_code": None,
        "error_line": None,
    }


def refusal_document(path: Path, refusal: TelemetryError) -> Document:
    """The same keys for a refused file, with no records and why it was refused."""
    return {
        "path": str(path),
        "dialect": None,
        "records": 0,
        "first": None,
        "last": None,
        "warnings": [],
        "error": str(refusal),
        "error_code": refusal.code,
        "error_line": refusal.line,
    }


def _record(record: TelemetryRecord) -> Document:
    taken, place = record.taken_at_local, record.position
    return {
        "line": record.line,
        "at_s": record.start_s,
        "until_s": record.end_s,
        "taken_at_local": None if taken is None else taken.isoformat(timespec="milliseconds"),
        "taken_at_utc": None if record.taken_at_utc is None else record.taken_at_utc.isoformat(),
        "lon": None if place is None else place.lon,
        "lat": None if place is None else place.lat,
        "relative_height_m": record.relative_height_m,
        "absolute_altitude_m": record.absolute_altitude_m,
        "gimbal": _attitude(record.gimbal),
        "flight": _attitude(record.flight),
        "focal_length_35mm": record.focal_length_35mm,
        "digital_zoom": record.digital_zoom,
        "satellites": record.satellites,
        "iso": record.iso,
        "shutter_s": record.shutter_s,
    }


def _attitude(attitude: Attitude | None) -> Document | None:
    return None if attitude is None else dict(attitude._asdict())
