"""Exif tags of a photo as one typed record.

Tag meanings are those of Exif 2.32 (CIPA DC-008).
"""

import logging
import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from math import isfinite
from typing import BinaryIO

import exifread
from exifread.core.exceptions import ExifError

from ingest.errors import PhotoError
from ingest.xmp import CopiedExif

_TIFF_SIGNATURES = (b"II*\0", b"MM\0*")
_DATE_TIME = re.compile(r"(\d{4})[:/-](\d\d)[:/-](\d\d)[ T](\d\d):(\d\d):(\d\d)")
_DATE = re.compile(r"(\d{4})[:/-](\d\d)[:/-](\d\d)")
_OFFSET = re.compile(r"(?:(?P<utc>Z)|(?P<sign>[+-])(?P<hours>\d\d):?(?P<minutes>\d\d))")
_LARGEST_OFFSET = timedelta(hours=14)  # Kiribati; beyond it a tag is broken
# A block of strangers' making may name a date in the years 1 or 9999, which no zone may shift.
_EARLIEST, _LATEST = datetime(1900, 1, 1), datetime(2200, 1, 1)  # noqa: DTZ001 - naive as tagged
_MM_PER_RESOLUTION_UNIT: dict[float | None, float] = {
    2: 25.4,
    3: 10.0,
    4: 1.0,
    5: 0.001,
}  # inch, cm, mm, micrometre

# What exifread lets through when a file's offsets and lengths are nonsense.
_BROKEN_EXIF = (ExifError, struct.error, ValueError, IndexError, KeyError, TypeError, OverflowError)

_POSITIONING_ERROR = "GPS Tag 0x001F"  # GPSHPositioningError, which exifread 3 does not name

# exifread tells the orientation in words, whose order is that of Exif's numbers from 1.
_ORIENTATIONS = {
    word: number
    for number, word in enumerate(
        (
            "Horizontal (normal)",
            "Mirrored horizontal",
            "Rotated 180",
            "Mirrored vertical",
            "Mirrored horizontal then rotated 90 CCW",
            "Rotated 90 CW",
            "Mirrored horizontal then rotated 90 CW",
            "Rotated 90 CCW",
        ),
        start=1,
    )
}

# exifread logs each oddity, and a broken block has thousands: they would drown the command's own.
logging.getLogger("exifread").setLevel(logging.CRITICAL)

_Tags = Mapping[str, object]


@dataclass(frozen=True)
class ExifRecord:
    """The Exif tags that place, time and measure a photo; None where the photo does not tell.

    `taken_local` is the naive camera clock with sub-seconds, `taken_tag` the tag it came from and
    `utc_offset` its distance from UTC. `changed_local` is when the file was last changed, by the
    clock of whatever changed it. `orientation` (1 to 8) says how the picture is turned or mirrored
    to be shown; pixels and everything measured in them stay as stored. `satellite_utc` is aware;
    `satellite_clock` is its time of day, which some tell without a date. `gps_void` says that the
    receiver had no fix.
    `lon_deg`, `lat_deg` are WGS 84; 0, 0 stands for "no lock" and is left to the reader.
    `altitude_m` is negative below its datum.
    """

    make: str = ""
    model: str = ""
    software: str = ""
    taken_local: datetime | None = None
    taken_tag: str | None = None
    changed_local: datetime | None = None
    utc_offset: timedelta | None = None
    satellite_utc: datetime | None = None
    satellite_clock: timedelta | None = None
    gps_void: bool = False
    lon_deg: float | None = None
    lat_deg: float | None = None
    altitude_m: float | None = None
    horizontal_error_m: float | None = None
    focal_length_mm: float | None = None
    focal_length_35mm: float | None = None
    focal_plane_px_per_mm: float | None = None
    digital_zoom: float = 1.0
    tagged_width_px: float | None = None
    orientation: int = 1


def read_exif(tiff: bytes | BinaryIO) -> ExifRecord:
    """Read the TIFF structure of an Exif segment, or a TIFF file.

    Raises PhotoError `damaged` if it is nonsense.
    """
    stream = BytesIO(tiff) if isinstance(tiff, bytes) else tiff
    stream.seek(0)
    if not stream.read(4).startswith(_TIFF_SIGNATURES):
        raise PhotoError("damaged", "the Exif block does not begin as a TIFF structure does")
    stream.seek(0)
    try:
        tags: _Tags = exifread.process_file(
            stream, details=False, extract_thumbnail=False, builtin_types=True
        )
    except _BROKEN_EXIF as error:
        raise PhotoError("damaged", f"the Exif block cannot be read: {error}") from error
    taken_tag, taken_local = _taken_local(tags)
    return ExifRecord(
        make=_text(tags, "Image Make"),
        model=_text(tags, "Image Model"),
        software=_text(tags, "Image Software"),
        taken_local=taken_local,
        taken_tag=taken_tag,
        changed_local=_clock(tags, "Image DateTime"),
        utc_offset=_utc_offset(tags),
        satellite_utc=_satellite_utc(tags),
        satellite_clock=_satellite_clock(tags),
        gps_void=_text(tags, "GPS GPSStatus").upper().startswith("V"),
        lon_deg=_angle_deg(tags, "GPS GPSLongitude", negative_reference="W"),
        lat_deg=_angle_deg(tags, "GPS GPSLatitude", negative_reference="S"),
        altitude_m=_altitude_m(tags),
        horizontal_error_m=_positive(tags, _POSITIONING_ERROR),
        focal_length_mm=_positive(tags, "EXIF FocalLength"),
        focal_length_35mm=_positive(tags, "EXIF FocalLengthIn35mmFilm"),
        focal_plane_px_per_mm=_focal_plane_px_per_mm(tags),
        digital_zoom=_positive(tags, "EXIF DigitalZoomRatio") or 1.0,  # 0 means zoom was not used
        tagged_width_px=_positive(tags, "EXIF ExifImageWidth"),
        orientation=_orientation(tags),
    )


def filled(exif: ExifRecord, copied: CopiedExif) -> ExifRecord:
    """The record with what it lacks taken from the copies in XMP, as programs and Parrots write.

    A place is taken whole or not at all.
    """
    taken = exif.taken_local, exif.taken_tag, exif.utc_offset
    if exif.taken_local is None and copied.taken is not None:
        taken = _copied_clock(copied.taken)
    lon_deg, lat_deg = exif.lon_deg, exif.lat_deg
    if lon_deg is None or lat_deg is None:
        lon_deg, lat_deg = copied.lon_deg, copied.lat_deg
    satellite_utc = exif.satellite_utc
    if satellite_utc is None and copied.satellite_time is not None:
        clock, _, offset = _copied_clock(copied.satellite_time)
        if clock is not None:
            satellite_utc = clock.replace(tzinfo=UTC) - (offset or timedelta())
    return replace(
        exif,
        make=exif.make or copied.make or "",
        model=exif.model or copied.model or "",
        taken_local=taken[0],
        taken_tag=taken[1],
        utc_offset=taken[2],
        satellite_utc=satellite_utc,
        lon_deg=lon_deg,
        lat_deg=lat_deg,
        altitude_m=exif.altitude_m if exif.altitude_m is not None else copied.altitude_m,
        focal_length_mm=exif.focal_length_mm or copied.focal_length_mm,
        focal_length_35mm=exif.focal_length_35mm or copied.focal_length_35mm,
    )


def _copied_clock(text: str) -> tuple[datetime | None, str | None, timedelta | None]:
    """XMP's date, "2026-02-03T10:00:00.25+07:00", as clock, its tag's name, and offset."""
    matched = _DATE_TIME.match(text)
    clock = _moment(*map(int, matched.groups())) if matched else None
    if matched is None or clock is None:
        return None, None, None
    rest = text[matched.end() :]
    fraction = re.match(r"\.(\d{1,9})", rest)
    if fraction:
        clock, rest = clock + _subseconds(fraction[1]), rest[fraction.end() :]
    return clock, "DateTimeOriginal", _offset(rest)


def _text(tags: _Tags, name: str) -> str:
    value = tags.get(name)
    return value.strip("\0 ") if isinstance(value, str) else ""


def _numbers(tags: _Tags, name: str) -> tuple[float, ...]:
    value = tags.get(name)
    values = value if isinstance(value, list) else [value]
    # exifread hands each FLOAT and DOUBLE, which some writers use for ratios, as a 1-tuple
    values = [v[0] if isinstance(v, tuple) else v for v in values]
    numbers = tuple(float(v) for v in values if isinstance(v, int | float) and isfinite(v))
    return numbers if len(numbers) == len(values) else ()


def _number(tags: _Tags, name: str) -> float | None:
    numbers = _numbers(tags, name)
    return numbers[0] if numbers else None


def _positive(tags: _Tags, name: str) -> float | None:
    number = _number(tags, name)
    return number if number is not None and number > 0 else None


def _angle_deg(tags: _Tags, name: str, *, negative_reference: str) -> float | None:
    parts = _numbers(tags, name)
    if not parts or len(parts) > 3:
        return None
    degrees = sum(part / divisor for part, divisor in zip(parts, (1, 60, 3600), strict=False))
    reference = _text(tags, f"{name}Ref").upper()
    return -degrees if reference.startswith(negative_reference) else degrees


def _altitude_m(tags: _Tags) -> float | None:
    altitude = _number(tags, "GPS GPSAltitude")
    # 1 of Exif 2.3, and 3 of Exif 3.0 beside 2, which says above the sea
    below = _number(tags, "GPS GPSAltitudeRef") in (1, 3)
    return altitude if altitude is None or not below else -altitude


def _focal_plane_px_per_mm(tags: _Tags) -> float | None:
    resolution = _positive(tags, "EXIF FocalPlaneXResolution")
    mm = _MM_PER_RESOLUTION_UNIT.get(_number(tags, "EXIF FocalPlaneResolutionUnit"))
    return resolution / mm if resolution and mm else None


def _taken_local(tags: _Tags) -> tuple[str | None, datetime | None]:
    """The shutter's time; the time of the last change (DateTime) only when there is no better."""
    for name, subseconds in (
        ("EXIF DateTimeOriginal", "EXIF SubSecTimeOriginal"),
        ("EXIF DateTimeDigitized", "EXIF SubSecTimeDigitized"),
        ("Image DateTime", "EXIF SubSecTime"),
    ):
        moment = _clock(tags, name)
        if moment is not None:
            return name.split()[1], moment + _subseconds(tags.get(subseconds))
    return None, None


def _clock(tags: _Tags, name: str) -> datetime | None:
    matched = _DATE_TIME.match(_text(tags, name))
    return _moment(*map(int, matched.groups())) if matched else None


def _orientation(tags: _Tags) -> int:
    """The Exif orientation, 1 where it is missing or none of the eight there are."""
    return _ORIENTATIONS.get(_text(tags, "Image Orientation"), 1)


def _moment(*parts: int) -> datetime | None:
    """A naive time, or None for the zeros and blanks of a clock that was never set."""
    try:
        moment = datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001 - six numbers, zone unknown
    except ValueError:
        return None
    return moment if _EARLIEST < moment < _LATEST else None


def _subseconds(value: object) -> timedelta:
    digits = re.match(r"\d+", str(value)) if isinstance(value, str | int) else None
    return timedelta(seconds=float(f"0.{digits[0]}")) if digits else timedelta()


def _utc_offset(tags: _Tags) -> timedelta | None:
    for name in ("EXIF OffsetTimeOriginal", "EXIF OffsetTimeDigitized", "EXIF OffsetTime"):
        offset = _offset(_text(tags, name))
        if offset is not None:
            return offset
    return None


def _offset(text: str) -> timedelta | None:
    matched = _OFFSET.match(text)
    if matched is None:
        return None
    if matched["utc"]:
        return timedelta()
    offset = timedelta(hours=int(matched["hours"]), minutes=int(matched["minutes"]))
    if offset > _LARGEST_OFFSET:
        return None
    return -offset if matched["sign"] == "-" else offset


def _satellite_utc(tags: _Tags) -> datetime | None:
    day = _DATE.match(_text(tags, "GPS GPSDate"))
    midnight = _moment(*map(int, day.groups())) if day else None
    clock = _satellite_clock(tags)
    return None if midnight is None or clock is None else midnight.replace(tzinfo=UTC) + clock


def _satellite_clock(tags: _Tags) -> timedelta | None:
    clock = _numbers(tags, "GPS GPSTimeStamp")
    if len(clock) != 3 or not _is_time_of_day(*clock):
        return None
    hours, minutes, seconds = clock
    return timedelta(hours=hours, minutes=minutes, seconds=seconds)


def _is_time_of_day(hours: float, minutes: float, seconds: float) -> bool:
    return 0 <= hours < 24 and 0 <= minutes < 60 and 0 <= seconds < 61  # a leap second is the 61st
