"""Dialects with `GPS(…)` and the barometer's height: Mavic Pro, an older one, Matrice 300."""

import re

from ingest.telemetry.dialect import Dialect
from ingest.telemetry.record import Moment, TelemetryRecord
from ingest.telemetry.values import captured, count, exposure_s, number, position, three

_GPS = re.compile(r"\bGPS\(([^()]*)\)")
# Always with one decimal, so that a number cut short is not taken for a smaller one.
_HEIGHT = re.compile(r"\b(?:BAROMETER|Hb):\s?([-+]?\d+[.,]\d)(?=M?(?:\s|$))")
_ISO = re.compile(r"\bISO:(\d+)\s")
_SHUTTER = re.compile(r"\b(?:Shutter|TV):(\d+(?:[.,]\d+)?)\s")


def _read_lon_first(moment: Moment, text: str) -> TelemetryRecord:
    """`GPS(longitude,latitude,satellites) BAROMETER:metres` or `Hb:metres`.

    Longitude comes first: a Mavic Pro wrote GPS(149.0251,-20.2533,16), and no latitude is 149. The
    third number is no altitude: it stayed 13 to 16 while the barometer rose and fell, and another
    flight wrote GPS(N/A,N/A,3) when it lost its lock, then 12 just before it had it back. The
    barometer counts from the take-off point: it ends at 0.0 where the drone lands at HOME. HOME
    itself is no position of the drone.
    """
    lon, lat, satellites = three(captured(_GPS, text))
    return TelemetryRecord(
        *moment,
        *position(lon, lat),
        relative_height_m=number(captured(_HEIGHT, text)),
        satellites=count(satellites),
        iso=number(captured(_ISO, text)),
        shutter_s=exposure_s(captured(_SHUTTER, text)),
    )


def _read_matrice_300(moment: Moment, text: str) -> TelemetryRecord:
    """`GPS(latitude,longitude,altitudeM) BAROMETER:metresM`.

    Latitude comes first, unlike in its elder brothers: a flight near Blenheim, New Zealand, wrote
    GPS(-41.3899,174.0177,0.0M) (SkyComb Analyst, help page on flight logs), and no latitude is 174.
    The altitude in it was 0.0M through a whole flight 87 m up, so 0.0 means that it is not told.
    """
    lat, lon, altitude = three(captured(_GPS, text))
    return TelemetryRecord(
        *moment,
        *position(lon, lat),
        relative_height_m=number(captured(_HEIGHT, text)),
        absolute_altitude_m=number((altitude or "").removesuffix("M")) or None,
    )


MAVIC_PRO = Dialect(
    "mavic_pro", re.compile(r"\bGPS\([^()M]*\) ?BAROMETER:[-+\d., ]+(?![\d.,M])"), _read_lon_first
)
OLD_FIRMWARE = Dialect("old_firmware", re.compile(r"\bGPS\([^()M]*\) ?Hb:"), _read_lon_first)
MATRICE_300 = Dialect("matrice_300", re.compile(r"\bGPS\([^()]*M\) ?BAROMETER:"), _read_matrice_300)
