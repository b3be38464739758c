from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from ingest.errors import PhotoError
from ingest.exif import ExifRecord, read_exif
from ingest.jpeg import read_jpeg_head


@pytest.fixture
def record_of(make_photo):
    def read(**tags: object) -> ExifRecord:
        with make_photo(**tags).open("rb") as stream:
            exif = read_jpeg_head(stream).exif
        assert exif is not None
        return read_exif(exif)

    return read


def test_the_tags_of_a_photo(record_of):
    record = record_of(
        offset="+07:00",
        subseconds="125",
        gps_date="2026:02:03",
        gps_time=(3, 0, 0.5),
        gps_error=2.5,
        zoom=2.0,
        width=4000,
        software="v01.23",
    )
    assert (record.make, record.model, record.software) == ("DJI", "FC300S", "v01.23")
    assert record.taken_local == datetime(2026, 2, 3, 10, 0, 0, 125_000)  # noqa: DTZ001 - naive as tagged
    assert record.taken_tag == "DateTimeOriginal"
    assert record.utc_offset == timedelta(hours=7)
    assert record.satellite_utc == datetime(2026, 2, 3, 3, 0, 0, 500_000, tzinfo=UTC)
    assert (record.lon_deg, record.lat_deg) == pytest.approx((99.40, 7.25), abs=1e-9)
    assert record.altitude_m == 60
    assert record.horizontal_error_m == pytest.approx(2.5)
    assert record.focal_length_mm == pytest.approx(3.61)
    assert record.focal_length_35mm == 20
    assert record.digital_zoom == 2
    assert record.tagged_width_px == 4000


def test_south_west_and_below(record_of):
    record = record_of(lon=-99.40, lat=-7.25, altitude=-3.0)
    assert (record.lon_deg, record.lat_deg) == pytest.approx((-99.40, -7.25), abs=1e-9)
    assert record.altitude_m == -3


@pytest.mark.parametrize(
    ("unit", "px_per_mm"), [(2, 1000 / 25.4), (3, 100.0), (4, 1000.0), (9, None)]
)
def test_focal_plane_units(record_of, unit, px_per_mm):
    record = record_of(plane_resolution=1000.0, plane_unit=unit)
    assert record.focal_plane_px_per_mm == (px_per_mm and pytest.approx(px_per_mm))


@pytest.mark.parametrize("taken", ["0000:00:00 00:00:00", "    :  :     :  :  ", "soon"])
def test_a_clock_never_set_falls_back_to_the_next_tag(record_of, taken):
    record = record_of(taken=taken, changed="2026:02:03 11:00:00")
    assert record.taken_local == datetime(2026, 2, 3, 11)  # noqa: DTZ001 - naive as tagged
    assert record.taken_tag == "DateTime"


def test_what_is_not_tagged_is_none(record_of):
    left_out = dict.fromkeys(
        ("make", "model", "taken", "focal_mm", "focal_35mm", "lon", "lat", "altitude")
    )
    assert record_of(**left_out) == ExifRecord()


def is_read_or_called_damaged(data: bytes) -> bool:
    try:
        read_exif(data)
    except PhotoError as error:
        return error.code == "damaged"
    return True


@settings(max_examples=15)  # a wild entry count keeps exifread busy for 0.2 s
@given(st.binary(max_size=300))
def test_nonsense_is_refused_or_empty_but_never_breaks(tail):
    exif = Image.Exif()
    exif[0x010F] = "DJI"
    sound = exif.tobytes()[6:]
    assert is_read_or_called_damaged(tail)
    assert is_read_or_called_damaged(sound[:20] + tail)
    assert is_read_or_called_damaged(b"II*\0\x08\0\0\0" + tail)
    assert is_read_or_called_damaged(b"MM\0*\0\0\0\x08" + tail)
