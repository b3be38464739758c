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
# No two zones but those beside the date line are as far apart; a day off is a wrong date.
_FARTHEST_ZONES = timedelta(hours=23)
_DAY = timedelta(days=1)


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
    satellite = drone.utc_at_exposure or _satellite_utc(exif, camera)
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


def _satellite_utc(exif: ExifRecord, camera: datetime | None) -> datetime | None:
    """GPS time, with its day put right where the camera's clock shows that it is one off.

    Some cameras write the local date beside the UTC time, or read the date before midnight and the
    time after it; some write no date at all.
    """
    told, clock = exif.satellite_utc, exif.satellite_clock
    if camera is None or clock is None:
        return told
    if told is None:
        midnight = camera.replace(hour=0, minute=0, second=0, microsecond=0)
        days = (midnight + clock + shift * _DAY for shift in (-1, 0, 1))
        return min(days, key=lambda moment: abs(moment - camera))
    for shift in (-_DAY, _DAY):
        right = told + shift
        if abs(right - camera) > _DRIFT:
            continue
        local_date = exif.taken_local is not None and told.date() == exif.taken_local.date()
        before_midnight = shift == _DAY and clock < _DRIFT
        if local_date or before_midnight:
            return right
    return told


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
    is_zone = abs(difference) <= _FARTHEST_ZONES and abs(difference - zone_shift) <= _DRIFT
    if zone_shift and is_zone:
        hours = zone_shift / timedelta(hours=1)
        return Note(
            "clock_zone",
            f"the camera's clock is not on the site's time: GPS time is {hours:+g} h from it; "
            "GPS time is used",
        )
    days = difference / _DAY
    amount = f"{days:+.0f} days" if abs(days) >= 2 else f"{difference.total_seconds():+.0f} s"
    return Note(
        "clock_wrong",
        f"the camera's clock differs from GPS time by {amount}; GPS time is used",
    )
