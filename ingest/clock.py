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


# Before it no drone took photos; GPS receivers that lost count of the weeks fall back to 1999-2006.
_FIRST_DRONES = datetime(2008, 1, 1, tzinfo=UTC)
_LONG_AGO = timedelta(days=365)


def read_time(exif: ExifRecord, drone: DroneTags, timezone: ZoneInfo) -> TakenAt:
    """Find the time of the shutter; raises PhotoError `no_time` when no tag tells it.

    The camera's clock is the site's local time unless an offset tag says otherwise. Satellite time
    wins where the two differ, and a note says by how much.
    """
    camera = _camera_utc(exif, timezone)
    satellite = drone.utc_at_exposure or exif.satellite_utc
    if satellite is not None and camera is not None and not _credible(satellite):
        if _credible(camera):
            return TakenAt(camera, (_gps_clock_note(satellite),))
    elif satellite is None and camera is not None:
        return TakenAt(camera, _changed_note(exif) + _camera_notes(exif, camera))
    if satellite is None and camera is None:
        raise PhotoError("no_time", "the photo carries neither a camera time nor a GPS time")
    if satellite is None or camera is None:
        found: datetime = satellite or camera  # type: ignore[assignment]
        return TakenAt(found, () if _credible(found) else (_incredible_note(found),))
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


def _credible(moment: datetime) -> bool:
    """Whether a drone's photo may be of that time: not before there were any, not tomorrow."""
    return _FIRST_DRONES < moment < datetime.now(UTC) + timedelta(days=1)


def _camera_notes(exif: ExifRecord, camera: datetime) -> tuple[Note, ...]:
    """What is odd about a camera's clock that no satellite time checks."""
    if not _credible(camera):
        return (_incredible_note(camera),)
    taken, changed = exif.taken_local, exif.changed_local
    if taken is not None and changed is not None and taken - changed > _LONG_AGO:
        text = (
            f"the file says it was last changed in {changed.year}, before it was taken in "
            f"{taken.year}: the camera's clock was never set, and a program wrote the time since"
        )
        return (Note("clock_never_set", text),)
    return ()


def _incredible_note(moment: datetime) -> Note:
    return Note(
        "clock_wrong",
        f"the photo's time, {moment:%Y-%m-%d}, cannot be; set the drone's clock: seasons and "
        "the order of frames hang on it",
    )


def _gps_clock_note(satellite: datetime) -> Note:
    return Note(
        "gps_time_wrong",
        f"the GPS time, {satellite:%Y-%m-%d}, cannot be; the camera's clock is used",
    )


def _changed_note(exif: ExifRecord) -> tuple[Note, ...]:
    if exif.taken_tag != "DateTime":
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
