"""Values as drones write them: numbers, clocks, places, exposure times."""

import re
from datetime import datetime

from ingest.lonlat import LonLat, LonLatError, checked_lonlat
from ingest.telemetry.record import PositionFault

# "2017.8.5 14:11:51", "2021-12-25 12:27:52.373", and "2019-09-27 10:28:08,438,904" with
# milliseconds and microseconds; one real file repeats that pair. What follows must not be more of
# it: "12:27:5" or "12:27:52.37" was cut off.
_CLOCK = re.compile(
    r"\b(\d{4})[-.](\d{1,2})[-.](\d{1,2})\s+(\d{1,2}):(\d\d):(\d\d)"
    r"(?:[.,](\d{3})(?:,(\d{3}))?(?:,\d{3})*)?(?![\d:]|[.,]\d)"
)
_NUMBER = re.compile(r"[-+]?\d{1,12}(?:[.,]\d{1,12})?", re.ASCII)
_NO_LOCK = frozenset({"N/A", "n/a"})
# Without a lock drones write 0, 0, and some a few millionths beside it; 11 m around that point of
# the Gulf of Guinea is nobody's survey.
_NULL_ISLAND_DEG = 1e-4


def number(text: str | None) -> float | None:
    """A decimal number with point or comma; None when the text is anything else."""
    if text is None or not _NUMBER.fullmatch(text.strip()):
        return None
    return float(text.strip().replace(",", "."))


def clock(text: str) -> datetime | None:
    """The first date and time in a block, naive, to the microsecond where it is written."""
    matched = _CLOCK.search(text)
    if matched is None:
        return None
    *parts, milliseconds, microseconds = matched.groups(default="000")
    numbers = [int(part) for part in (*parts, milliseconds + microseconds)]
    try:
        return datetime(*numbers)  # type: ignore[arg-type]  # noqa: DTZ001 - zone unknown
    except ValueError:  # a 13th month, a 61st minute
        return None


def position(
    lon_text: str | None, lat_text: str | None
) -> tuple[LonLat | None, PositionFault | None]:
    """A place, or why there is none."""
    if lon_text is not None and lon_text.strip() in _NO_LOCK:
        return None, PositionFault.NO_LOCK
    lon, lat = number(lon_text), number(lat_text)
    if lon is None or lat is None:
        return None, PositionFault.MISSING
    return place_of(lon, lat)


def place_of(lon: float, lat: float) -> tuple[LonLat | None, PositionFault | None]:
    """A place from degrees, or why they are none."""
    if abs(lon) < _NULL_ISLAND_DEG and abs(lat) < _NULL_ISLAND_DEG:
        return None, PositionFault.NO_LOCK
    try:
        return checked_lonlat(lon, lat), None
    except LonLatError:
        return None, PositionFault.OUT_OF_RANGE


def captured(pattern: re.Pattern[str], text: str) -> str | None:
    """What the first group of a pattern finds in a block, if anything."""
    found = pattern.search(text)
    return found[1] if found else None


def three(text: str | None) -> tuple[str, str, str] | tuple[None, None, None]:
    """The items of "149.0251,-20.2533,16", or of "-121,7458, 48,0771, 17" with decimal commas."""
    items = (text or "").split(", " if ", " in (text or "") else ",")
    return (items[0], items[1], items[2]) if len(items) == 3 else (None, None, None)


def count(text: str | None) -> int | None:
    """A whole number, or None."""
    value = number(text)
    return None if value is None else int(value)


def exposure_s(text: str | None) -> float | None:
    """Seconds from "1/60.0", or from "60", which is short for it."""
    over, _, below = (text or "").rpartition("/")
    numerator, denominator = number(over or "1"), number(below)
    seconds = numerator / denominator if numerator and denominator else 0.0
    return seconds if seconds > 0 else None
