"""When a video began, in UTC: the file's creation time, the drone's clock and the site's zone."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from ingest.errors import VideoError
from ingest.frame import Note
from ingest.lonlat import LonLat
from ingest.sun import sun_position

_QUARTER_HOUR = timedelta(minutes=15)  # time zones differ by quarters of an hour
# The creation time may be that of the recording's end, and clocks are set by hand.
_AGREEMENT = timedelta(minutes=2)
_LIGHT_ELEVATION_DEG = -3.0  # drones film in the light; the camera's exposure still suffices here


@dataclass(frozen=True)
class VideoStart:
    """When the first picture was taken, aware UTC, its 1 sigma, and what a user should know."""

    utc: datetime
    sigma_s: float
    notes: tuple[Note, ...] = ()


def resolve_start(
    drone_clock: datetime | None,
    drone_sigma_s: float,
    created: datetime | None,
    duration_s: float,
    zone: ZoneInfo,
    place: LonLat | None,
) -> VideoStart:
    """Find when a video began; raises VideoError `no_time` when nothing tells.

    `drone_clock` is naive, at the first picture, and local time by DJI's custom; `created` is the
    file's creation time taken for UTC. Where the two differ by the site's own offset both are as
    they should be. Where they are the same, one is in the other's zone: daylight decides which.
    """
    if drone_clock is None and created is None:
        raise VideoError("no_time", "neither the telemetry nor the video tells a date and time")
    if drone_clock is None:
        assert created is not None  # noqa: S101 - told above
        utc, notes = _created_alone(created, zone, place)
        return VideoStart(utc, 1.0, notes)
    as_local = drone_clock.replace(tzinfo=zone).astimezone(UTC)
    if created is None:
        return VideoStart(as_local, drone_sigma_s)
    as_utc = drone_clock.replace(tzinfo=UTC)
    if _same(as_local, created, duration_s):
        return VideoStart(as_local, drone_sigma_s)
    if _same(as_utc, created, duration_s):
        return _one_zone(as_local, as_utc, drone_sigma_s, place)
    shift = round((created - as_local) / _QUARTER_HOUR) * _QUARTER_HOUR
    if _same(as_local + shift, created, duration_s) and abs(shift) <= timedelta(hours=26):
        note = Note(
            "clock_zone",
            "the drone's clock is not on the site's time: the video's creation time is "
            f"{shift / timedelta(hours=1):+g} h from it; the creation time is used",
        )
        return VideoStart(as_local + shift, drone_sigma_s, (note,))
    difference_s = (created - as_local).total_seconds()
    note = Note(
        "clock_differs",
        f"the video's creation time differs from the drone's clock by {difference_s:+.0f} s; the "
        "drone's clock is used",
    )
    return VideoStart(as_local, drone_sigma_s, (note,))


def local_reading(created: datetime, zone: ZoneInfo) -> datetime:
    """A creation time in UTC, if what was written as UTC were the site's local time."""
    return created.replace(tzinfo=zone).astimezone(UTC)


def _created_alone(
    created: datetime, zone: ZoneInfo, place: LonLat | None
) -> tuple[datetime, tuple[Note, ...]]:
    local = local_reading(created, zone)
    if place is not None and _light(local, place) and not _light(created, place):
        note = Note(
            "created_local",
            "the video's creation time would be at night; it was taken for local time",
        )
        return local, (note,)
    note = Note("created_utc", "only the video's creation time tells when it was; taken for UTC")
    return created, (note,)


def _one_zone(
    as_local: datetime, as_utc: datetime, sigma_s: float, place: LonLat | None
) -> VideoStart:
    if as_local == as_utc:
        return VideoStart(as_local, sigma_s)
    if place is not None and _light(as_utc, place) and not _light(as_local, place):
        text = "the drone's clock is on UTC: as local time the video would be at night"
        return VideoStart(as_utc, sigma_s, (Note("clock_utc", text),))
    text = "the video's creation time is local time written as UTC; the drone's clock is used"
    return VideoStart(as_local, sigma_s, (Note("created_local", text),))


def _same(clock: datetime, created: datetime, duration_s: float) -> bool:
    return -_AGREEMENT <= created - clock <= _AGREEMENT + timedelta(seconds=duration_s)


def _light(at_utc: datetime, place: LonLat) -> bool:
    return sun_position(at_utc, place).elevation_deg > _LIGHT_ELEVATION_DEG
