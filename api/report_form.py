"""The form of a report, as ranger's phones and the public's browsers send it."""

from datetime import datetime
from typing import Annotated

from fastapi import File, Form, UploadFile

from patrol.witness_report import (
    LONGEST_PLACE_WORDS,
    LONGEST_WORDS,
    MAX_PHOTO_BYTES,
    WitnessKind,
    WitnessPlace,
    WitnessReport,
)

# A browser counts a line break as one letter and sends two.
Words = Annotated[str, Form(max_length=2 * LONGEST_WORDS)]
PlaceWords = Annotated[str, Form(max_length=2 * LONGEST_PLACE_WORDS)]
Key = Annotated[str, Form(min_length=8, max_length=64, pattern=r"^[\w-]+$")]
Degrees = Annotated[str, Form(max_length=40)]
Photo = Annotated[UploadFile | None, File()]

# What no phone is better than, and beyond what a place is no place.
_LEAST_ERROR_M, _LARGEST_ERROR_M = 3.0, 10_000.0


def read_report(
    *,
    key: str,
    kind: WitnessKind,
    words: str,
    place_words: str,
    lon: str,
    lat: str,
    error_m: str,
    made_at_utc: datetime,
    photo: UploadFile | None,
) -> WitnessReport:
    """Return the report that a form says; a place that makes no sense is none."""
    # one byte more than may be tells that it is too large, without reading all of it
    data = photo.file.read(MAX_PHOTO_BYTES + 1) if photo is not None else b""
    return WitnessReport(
        key=key,
        kind=kind,
        words=words,
        place_words=place_words,
        place=_place(lon, lat, error_m),
        made_at_utc=made_at_utc,
        photo=data or None,
    )


def _place(lon: str, lat: str, error_m: str) -> WitnessPlace | None:
    try:
        place = WitnessPlace(float(lon), float(lat), float(error_m))
    except ValueError:
        return None
    on_earth = -180 <= place.lon <= 180 and -90 <= place.lat <= 90
    if not (on_earth and 0 <= place.error_m <= _LARGEST_ERROR_M):
        return None
    return WitnessPlace(place.lon, place.lat, max(place.error_m, _LEAST_ERROR_M))
