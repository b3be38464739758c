from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from ingest.clock import read_time
from ingest.errors import PhotoError
from ingest.exif import ExifRecord
from ingest.xmp import DroneTags

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
