"""Dialects of named values in brackets, `[iso : 100] [latitude: 7.25] …`: Mavic Air and later."""

import re
from collections.abc import Mapping

from ingest.telemetry.dialect import Dialect
from ingest.telemetry.record import Attitude, Moment, TelemetryRecord
from ingest.telemetry.values import exposure_s, number, position

# Only what stands in a closed bracket is whole; "[latitude : -34.8" was cut off.
_BRACKET = re.compile(r"\[([^\[\]]*)\]")
_DECIMAL = r"[-+]?\d+(?:[.,]\d+)?"
_PAIR = re.compile(rf"([A-Za-z_]+)\s*:\s*({_DECIMAL}(?:/{_DECIMAL})?|N/A)(?=[\s,]|$)")
_DIGITAL_ZOOM_UNIT = 10_000  # "[dzoom_ratio: 10000, delta:0]" beside "[dzoom: 1.00]" of an H20T

_Fields = Mapping[str, str]


def _read(moment: Moment, text: str) -> TelemetryRecord:
    """Read what is named; the names alone decide, so order and spacing do not matter.

    The Mavic 2 spells "longtitude"; one flight is at hand in both its dialect and the Mavic Pro's,
    with the same places. `altitude`, in dialects without `rel_alt`, is no height above take-off: a
    Mavic 2 Zoom on the ground at Lahore, 217 m up, wrote 213.98 and counted on from there.
    """
    fields = _fields(text)
    return TelemetryRecord(
        *moment,
        *position(fields.get("longitude", fields.get("longtitude")), fields.get("latitude")),
        relative_height_m=number(fields.get("rel_alt")),
        absolute_altitude_m=number(fields.get("abs_alt", fields.get("altitude"))),
        gimbal=_attitude(fields, "gb_"),
        # the Mavic 2 Enterprise writes "[Drone: Yaw:-146.0, Pitch:-0.6, Roll:1.3]"
        flight=_attitude(fields, "drone_") or _attitude(fields, ""),
        focal_length_35mm=_focal_length_35mm(fields.get("focal_len")),
        digital_zoom=_digital_zoom(fields),
        iso=number(fields.get("iso")),
        shutter_s=exposure_s(fields.get("shutter")),
    )


def _fields(text: str) -> _Fields:
    """Values by lower-case name; the first of a name counts."""
    fields: dict[str, str] = {}
    for bracket in _BRACKET.findall(text):
        for name, value in _PAIR.findall(bracket):
            fields.setdefault(name.lower(), value)
    return fields


def _attitude(fields: _Fields, prefix: str) -> Attitude | None:
    angles = [number(fields.get(prefix + name)) for name in ("yaw", "pitch", "roll")]
    return None if None in angles else Attitude(*angles)  # type: ignore[arg-type]


def _focal_length_35mm(text: str | None) -> float | None:
    """Millimetres: "24.00", or as tenths "240" (a Mavic 2 Zoom, 24 to 48 mm, wrote 240 to 480)."""
    length = number(text)
    if text is None or length is None or length <= 0:
        return None
    return length if "." in text or "," in text else length / 10


def _digital_zoom(fields: _Fields) -> float | None:
    """Times; "1.77", or "17871" in ten-thousandths."""
    zoom = number(fields.get("dzoom", fields.get("dzoom_ratio")))
    if zoom is None or zoom <= 0:
        return None
    return zoom / _DIGITAL_ZOOM_UNIT if zoom >= _DIGITAL_ZOOM_UNIT else zoom


# The Mavic Air 1 tells only its camera's settings, and its block ends behind them.
MAVIC_AIR = Dialect(
    "mavic_air", re.compile(r"\A(?!.*\[lat).*\[ct\s*:\s*\d+\]\s*\Z", re.DOTALL), _read
)
MAVIC_2 = Dialect(
    "mavic_2", re.compile(r"\A(?!.*\[rel_alt\b).*\[longtitude\s*:[^\[\]]*\]", re.DOTALL), _read
)
AIR_2 = Dialect("air_2", re.compile(r"\[longitude\s*:[^\[\]]*\][\s,]*(?:\[altitude\b|\Z)"), _read)
MAVIC_3 = Dialect("mavic_3", re.compile(r"\[rel_alt\s*:[^\[\]]*\]"), _read)
