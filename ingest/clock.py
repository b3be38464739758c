"""When a photo was taken, as aware UTC."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from ingest.errors import PhotoError
from ingest.exif import ExifRecord
from ingest.frame import Note
from ingest.xmp import DroneTags

_AGREEMENT = timedelta(seconds=2)  # GPS stamps are whole seconds, and cameras write late
_QUARTER_HOUR = timedelta(minutes=15)  # time zones differ by quarters of an hour
_DRIFT = timedelta(minutes=5)  # what a camera's clock may be wrong by apart from its zone


@dataclass(frozen=True)
class TakenAt:
    """An aware UTC time and what a user should know about it."""

    utc: datetime
    notes: tuple[Note, ...] = ()


def read_time(exif: ExifRecord, drone: DroneTags, timezone: ZoneInfo) -> TakenAt:
    """Find the time of the shutter; raises PhotoError `no_time` when no tag tells it.

    The camera's clock is the site's local time unless an offset tag says otherwise. Satellite time
    wins where the two differ, and a note says by how much.
    """
    camera = _camera_utc(exif, timezone)
    satellite = drone.utc_at_exposure or exif.satellite_utc
    if satellite is None and camera is None:
        raise PhotoError("no_time", "the photo carries neither a camera time nor a GPS time")
    if satellite is None or camera is None:
        return TakenAt(satellite or camera, _changed_note(exif, satellite))  # type: ignore[arg-type]
    difference = satellite - camera
    if abs(difference) <= _AGREEMENT:
        # The same moment: keep the one with sub-seconds.
        return TakenAt(satellite if satellite.microsecond else camera)
    return TakenAt(satellite, (_difference_note(difference),))


def _camera_utc(exif: ExifRecord, site_zone: ZoneInfo) -> datetime | None:
    if exif.taken_local is None:
        return None
    zone = site_zone if exif.utc_offset is None else timezone(exif.utc_offset)
    return exif.taken_local.replace(tzinfo=zone).astimezone(UTC)


def _changed_note(exif: ExifRecord, satellite: datetime | None) -> tuple[Note, ...]:
    if satellite is not None or exif.taken_tag != "DateTime":
        return ()
    return (
        Note(
            "time_of_change",
            "the photo tells only when its file was last changed; that is taken for its time",
        ),
    )


def _difference_note(difference: timedelta) -> Note:
    """Tell a clock set to another zone (quarters of an hour) from one that is simply wrong."""
    zone_shift = round(difference / _QUARTER_HOUR) * _QUARTER_HOUR
    if zone_shift and abs(difference - zone_shift) <= _DRIFT:
        hours = zone_shift / timedelta(hours=1)
        return Note(
            "clock_zone",
            f"the camera's clock is not on the site's time: GPS time is {hours:+g} h from it; "
            "GPS time is used",
        )
    return Note(
        "clock_wrong",
        f"the camera's clock differs from GPS time by {difference.total_seconds():+.0f} s; "
        "GPS time is used",
    )
