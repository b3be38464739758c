from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from ingest.clock import read_time
from ingest.errors import PhotoError
from ingest.exif import ExifRecord
from ingest.xmp import DroneTags, read_xmp

TRANG = ZoneInfo("Asia/Bangkok")
TEN = datetime(2026, 2, 3, 10, 0, 0)  # noqa: DTZ001 - the camera's clock tells no zone


def utc(hour, minute=0, second=0, microsecond=0):
    return datetime(2026, 2, 3, hour, minute, second, microsecond, tzinfo=UTC)


def read(exif, drone=DroneTags(), zone=TRANG):  # noqa: B008 - frozen
    taken = read_time(exif, drone, zone)
    return taken.utc, tuple(note.code for note in taken.notes)


@pytest.mark.parametrize(
    ("exif", "expected"),
    [
        # naive 10:00 in Trang is 03:00 UTC
        (ExifRecord(taken_local=TEN), (utc(3), ())),
        (
            ExifRecord(taken_local=TEN + timedelta(milliseconds=250)),
            (utc(3, microsecond=250_000), ()),
        ),
        (ExifRecord(taken_local=TEN, utc_offset=timedelta(hours=2)), (utc(8), ())),
        (ExifRecord(taken_local=TEN, utc_offset=timedelta(0)), (utc(10), ())),
        (ExifRecord(satellite_utc=utc(3)), (utc(3), ())),
        # the same moment twice: sub-seconds are kept, whoever has them
        (
            ExifRecord(taken_local=TEN + timedelta(seconds=0.25), satellite_utc=utc(3)),
            (utc(3, microsecond=250_000), ()),
        ),
        (
            ExifRecord(taken_local=TEN, satellite_utc=utc(3, 0, 1, 500_000)),
            (utc(3, 0, 1, 500_000), ()),
        ),
        # a clock left on UTC, or on the zone the drone was bought in
        (ExifRecord(taken_local=TEN, satellite_utc=utc(10)), (utc(10), ("clock_zone",))),
        (
            ExifRecord(taken_local=TEN, satellite_utc=utc(2, 0, 40)),
            (utc(2, 0, 40), ("clock_zone",)),
        ),
        # a clock that is plainly wrong
        (ExifRecord(taken_local=TEN, satellite_utc=utc(3, 7)), (utc(3, 7), ("clock_wrong",))),
        (
            ExifRecord(taken_local=TEN, satellite_utc=utc(3, 0, 30)),
            (utc(3, 0, 30), ("clock_wrong",)),
        ),
        (ExifRecord(taken_local=TEN, taken_tag="DateTime"), (utc(3), ("time_of_change",))),
    ],
)
def test_times(exif, expected):
    assert read(exif) == expected


def test_exposure_time_of_an_rtk_drone_comes_before_the_gps_stamp():
    exif = ExifRecord(taken_local=TEN, satellite_utc=utc(3))
    drone = DroneTags(utc_at_exposure=utc(3, 0, 0, 526_262))
    assert read(exif, drone) == (utc(3, 0, 0, 526_262), ())


def test_summer_time_of_the_site_is_followed():
    winter, summer = datetime(2026, 1, 15, 12), datetime(2026, 7, 15, 12)  # noqa: DTZ001
    zone = ZoneInfo("Europe/Berlin")
    assert read(ExifRecord(taken_local=winter), zone=zone)[0].hour == 11
    assert read(ExifRecord(taken_local=summer), zone=zone)[0].hour == 10


def test_the_note_says_how_far_the_clock_is_off():
    taken = read_time(ExifRecord(taken_local=TEN, satellite_utc=utc(10)), DroneTags(), TRANG)
    assert "+7 h" in taken.notes[0].text


def test_no_time_is_refused():
    with pytest.raises(PhotoError) as refused:
        read(ExifRecord())
    assert refused.value.code == "no_time"


EARLY = datetime(2026, 2, 3, 6, 59, 59)  # noqa: DTZ001 - 23:59:59 UTC of the day before


def satellite(moment):
    """What Exif holds of a GPS time: the moment, and its time of day."""
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    return {"satellite_utc": moment, "satellite_clock": moment - midnight}


@pytest.mark.parametrize(
    ("exif", "expected"),
    [
        # the local date beside the UTC time
        (
            ExifRecord(taken_local=EARLY, **satellite(utc(23, 59, 59))),
            (utc(23, 59, 59) - timedelta(days=1), ()),
        ),
        # the date was read before midnight, the time after it
        (
            ExifRecord(
                taken_local=EARLY + timedelta(seconds=2),
                **satellite(utc(0, 0, 1) - timedelta(days=1)),
            ),
            (utc(0, 0, 1), ()),
        ),
        # a camera whose day is wrong is another matter: GPS is right
        (
            ExifRecord(taken_local=TEN + timedelta(days=1), **satellite(utc(3))),
            (utc(3), ("clock_wrong",)),
        ),
        # a time of day alone
        (ExifRecord(taken_local=TEN, satellite_clock=timedelta(hours=3)), (utc(3), ())),
        (
            ExifRecord(taken_local=TEN, satellite_clock=timedelta(hours=1)),
            (utc(1), ("clock_zone",)),
        ),
        (
            ExifRecord(taken_local=EARLY, satellite_clock=timedelta(seconds=10)),
            (utc(0, 0, 10), ("clock_wrong",)),
        ),
        # years off are no time zone
        (
            ExifRecord(taken_local=TEN.replace(year=2019), **satellite(utc(3))),
            (utc(3), ("clock_wrong",)),
        ),
    ],
)
def test_days_that_do_not_fit(exif, expected):
    assert read(exif) == expected


def test_years_are_told_in_days():
    exif = ExifRecord(taken_local=TEN.replace(year=2019), **satellite(utc(3)))
    assert "+2557 days" in read_time(exif, DroneTags(), TRANG).notes[0].text


@pytest.mark.parametrize("text", ["2026-02-03T03:00:00.5", "2026:02:03 03:00:00.5"])
def test_exposure_times_are_written_in_two_ways(text):
    packet = (
        '<x xmlns:d="http://www.dji.com/drone-dji/1.0/" d:UTCAtExposure="' + text + '"/>'
    ).encode()
    assert read_xmp([packet]).drone.utc_at_exposure == utc(3, 0, 0, 500_000)
