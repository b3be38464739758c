"""Dialects of one line, `F/2.8, SS 160, ISO 100, …`: Mavic Mini and Phantom 4, Phantom 4 RTK."""

import re

from ingest.telemetry.dialect import Dialect
from ingest.telemetry.record import Attitude, Moment, TelemetryRecord
from ingest.telemetry.values import captured, count, exposure_s, number, position, three

_GPS = re.compile(r"\b(?:GPS|RTK) ?\(([^()]*)\)")
_HEIGHT = re.compile(r"[,\s]H (-?\d+[.,]\d+)m\b")
_ISO = re.compile(r"\bISO (\d+),")
_SHUTTER = re.compile(r"\bSS (\d+(?:\.\d+)?),")
_FLIGHT = re.compile(r"\bF\.PRY ?\(([^()]*)\)")
_GIMBAL = re.compile(r"\bG\.PRY ?\(([^()]*)\)")


def _read(moment: Moment, text: str) -> TelemetryRecord:
    """`GPS (longitude, latitude, satellites)`, height `H` above take-off in metres.

    Longitude comes first: a Mavic Mini wrote GPS (-121.7458, 48.0771, 17), and no latitude is -121.
    In a Phantom 4 RTK's file the distance `D 698.70m` is that from HOME to GPS, 698.5 m, only when
    both are read so (558 m otherwise). The third number, 14 to 18 whatever the height, counts
    satellites. `RTK (…)` stands for `GPS (…)` under correction (OpenDroneMap pull request 1667).
    HOME's own height, -57.98 m on the Pampas, is of no use.
    """
    lon, lat, satellites = three(captured(_GPS, text))
    flight, gimbal = attitudes(text)
    return TelemetryRecord(
        *moment,
        *position(lon, lat),
        relative_height_m=number(captured(_HEIGHT, text)),
        gimbal=gimbal,
        flight=flight,
        satellites=count(satellites),
        iso=number(captured(_ISO, text)),
        shutter_s=exposure_s(captured(_SHUTTER, text)),
    )


def attitudes(text: str) -> tuple[Attitude | None, Attitude | None]:
    """The drone's and its camera's, from `F.PRY (-3.5°, 1.5°, 12.0°), G.PRY (…)`."""
    return _attitude(captured(_FLIGHT, text)), _attitude(captured(_GIMBAL, text))


def _attitude(text: str | None) -> Attitude | None:
    """Pitch, roll, yaw, as PRY says: the steadied camera's 0.0 is in the middle."""
    pitch_deg, roll_deg, yaw_deg = (number((item or "").rstrip("°")) for item in three(text))
    if pitch_deg is None or roll_deg is None or yaw_deg is None:
        return None
    return Attitude(yaw_deg, pitch_deg, roll_deg)


# Between shutter and place stand 25 characters; a bound keeps a hostile line from being slow.
MAVIC_MINI = Dialect("mavic_mini", re.compile(r"\bSS [\d.]+, .{0,60}\bGPS \([^()]*\), D "), _read)
PHANTOM_4_RTK = Dialect(
    "phantom_4_rtk", re.compile(r"\bSS [\d.]+, .{0,60}\b(?:GPS|RTK) \([^()]*\), HOME \("), _read
)
