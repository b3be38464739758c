"""DJI's own data track, by synthetic samples of the layout that ExifTool documents."""

import pytest

from ingest.errors import TelemetryError
from ingest.telemetry.dji_track import telemetry_of_samples
from ingest.telemetry.protobuf import fields
from ingest.telemetry.record import PositionFault

from .dji_samples import double, frame, header, number, single, within

LON, LAT = 99.4012345, 7.2501234


def read(*samples):
    return telemetry_of_samples((n / 30, 1 / 30, data) for n, data in enumerate(samples))


def codes(telemetry):
    return [note.code for note in telemetry.warnings]


def test_places_heights_and_angles():
    telemetry = read(header() + frame(LON, LAT), frame(LON, LAT + 1e-5))
    assert telemetry.dialect == "djmd_wm265e"
    assert codes(telemetry) == ["unpublished_layout"]
    first, second = telemetry.records
    assert first.position == pytest.approx((LON, LAT), abs=1e-9)
    assert (first.relative_height_m, first.absolute_altitude_m) == (58.0, 43.2)
    assert first.gimbal == (12.5, -90.0, 0.0)
    assert first.flight == (12.0, -3.4, 1.2)
    assert first.digital_zoom == 1.0
    assert (second.number, second.start_s, second.end_s) == (2, 1 / 30, 2 / 30)


def test_zeros_are_left_out_by_the_writer():
    (record,) = read(header() + frame(LON, LAT, relative_m=0, gimbal=(0, 0, 0))).records
    assert (record.relative_height_m, record.gimbal) == (0.0, (0.0, 0.0, 0.0))


def test_a_height_below_the_launch_and_a_wrong_upper_half_of_a_negative_number():
    tilted = within(3, within(4, within(3, number(1, 0xFFFF_FFFF_0000_0000 + (2**32 - 300)))))
    (record,) = read(header() + frame(LON, LAT, relative_m=-1.5) + tilted).records
    assert record.gimbal == (0.0, -30.0, 0.0)  # the last of a field's messages counts


@pytest.mark.parametrize(
    ("schema", "units"),
    [("dvtm_Mini4_Pro.proto", 0), ("dvtm_Mini4_Pro.proto", 1), ("dvtm_Mavic4.proto", 1)],
)
def test_radians_and_degrees(schema, units):
    (record,) = read(header(schema) + frame(LON, LAT, units=units)).records
    assert record.position == pytest.approx((LON, LAT), abs=1e-9)


def test_a_drone_without_told_gimbal_has_none():
    (record,) = read(header("dvtm_Mavic4.proto") + frame(LON, LAT, units=1)).records
    assert record.gimbal is None


def test_no_lock_is_no_place():
    (record,) = read(header() + frame(0.0, 0.0)).records
    assert (record.position, record.position_fault) == (None, PositionFault.NO_LOCK)


def test_damaged_samples_are_left_out_and_counted():
    whole = frame(LON, LAT)
    telemetry = read(header() + whole, whole[:-7], b"\xff\xff\xff", b"", whole)
    assert [record.number for record in telemetry.records] == [1, 5]
    assert codes(telemetry)[:2] == ["unpublished_layout", "damaged_block"]
    assert "3 of 5 samples" in telemetry.warnings[1].text


@pytest.mark.parametrize(
    ("samples", "words"),
    [
        ([header("dvtm_wm999.proto") + frame(LON, LAT)], "djmd, dvtm_wm999.* export the .SRT"),
        ([frame(LON, LAT)], "a schema that is not named"),
        ([b"no protobuf at all"], "a schema that is not named"),
        ([], "a schema that is not named"),
        ([header()], "holds no place"),
    ],
)
def test_what_is_not_known_is_refused_with_what_to_do(samples, words):
    with pytest.raises(TelemetryError, match=words):
        read(*samples)


@pytest.mark.parametrize(
    "broken", [b"\x08", b"\x08" + b"\xff" * 12, b"\x0a\x05ab", b"\x0b", b"\x02\x00"]
)
def test_what_is_no_message_is_a_value_error(broken):
    with pytest.raises(ValueError, match=r"field|number"):
        list(fields(broken))


def test_fields_of_all_kinds():
    message = number(1, 300) + within(2, b"ab") + single(3, 0.5) + double(4, 2.0)
    assert [n for n, _ in fields(message)] == [1, 2, 3, 4]
