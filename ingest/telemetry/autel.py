"""The dialect of Autel's EVO, `GPS(W: 97.109543, N: 32.593742, 174.21m)`, inside videos too."""

import re

from ingest.lonlat import LonLat
from ingest.telemetry.camera_line import attitudes
from ingest.telemetry.dialect import Dialect
from ingest.telemetry.record import Moment, PositionFault, TelemetryRecord
from ingest.telemetry.values import captured, exposure_s, number, position

_GPS = re.compile(
    r"\bGPS\((?P<east>[EW]): ?(?P<lon>\d+\.\d+), (?P<north>[NS]): ?(?P<lat>\d+\.\d+), "
    r"(?P<altitude>-?\d+(?:\.\d+)?)m?\)"
)
_ISO = re.compile(r"\bISO:(\d+)\s")
_SHUTTER = re.compile(r"\bSHUTTER:(\d+(?:\.\d+)?)\s")


def _read(moment: Moment, text: str) -> TelemetryRecord:
    """Longitude and latitude without a sign, behind the letter of their side.

    The third is metres above sea level: firmware of the EVO wrote whole ones without the unit, and
    an EVO II on high ground 2371.76m. HOME is no place of the drone. Samples: ExifTool's tags of
    QuickTime text tracks; pilots' files on GitHub.
    """
    found = _GPS.search(text)
    place: LonLat | None = None
    fault: PositionFault | None = PositionFault.MISSING
    if found is not None:
        lon = ("-" if found["east"] == "W" else "") + found["lon"]
        lat = ("-" if found["north"] == "S" else "") + found["lat"]
        place, fault = position(lon, lat)
    flight, gimbal = attitudes(text)
    return TelemetryRecord(
        *moment,
        position=place,
        position_fault=fault,
        absolute_altitude_m=None if found is None else number(found["altitude"]),
        gimbal=gimbal,
        flight=flight,
        iso=number(captured(_ISO, text)),
        shutter_s=exposure_s(captured(_SHUTTER, text)),
    )


AUTEL = Dialect("autel", re.compile(r"\bGPS\([EW]: ?"), _read)
