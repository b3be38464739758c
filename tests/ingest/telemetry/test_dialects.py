"""Each dialect, field by field."""

from datetime import datetime

import pytest

from ingest.lonlat import LonLat
from ingest.telemetry.reading import DIALECTS
from ingest.telemetry.record import Attitude, PositionFault

from . import excerpts

COARSE, FINE = LonLat(99.4015, 7.2534), LonLat(99.401523, 7.253412)
SECOND = datetime.fromisoformat("2026-02-03T10:15:03")
MILLISECOND, MICROSECOND = SECOND.replace(microsecond=265000), SECOND.replace(microsecond=265847)
GIMBAL, FLIGHT = Attitude(11.5, -90.0, 0.0), Attitude(12.0, -3.5, 1.5)
EXPOSURE = {"iso": 100.0, "shutter_s": 1 / 400}

EXPECTED = [
    (
        excerpts.AUTEL,
        {
            "taken_at_local": SECOND,
            "position": FINE,
            "absolute_altitude_m": 55.5,
            "gimbal": GIMBAL,
            "flight": FLIGHT,
        }
        | EXPOSURE,
    ),
    (
        excerpts.AUTEL_EVO.replace("GPS(E: ", "GPS(W: ").replace("N: 7.253412", "S: 7.253412"),
        {
            "taken_at_local": SECOND,
            "position": LonLat(-99.401523, -7.253412),
            "absolute_altitude_m": 55.0,
        }
        | EXPOSURE,
    ),
    (
        excerpts.MAVIC_PRO,
        {"taken_at_local": SECOND, "position": COARSE, "relative_height_m": 40.1, "satellites": 14}
        | EXPOSURE,
    ),
    (
        excerpts.OLD_FIRMWARE,
        {"taken_at_local": SECOND, "position": COARSE, "relative_height_m": 40.1, "satellites": 14}
        | EXPOSURE,
    ),
    (
        excerpts.MATRICE_300,
        {"taken_at_local": SECOND, "position": COARSE, "relative_height_m": 40.1},
    ),
    (
        excerpts.MATRICE_300.replace("0.0M", "55.5M"),
        {
            "taken_at_local": SECOND,
            "position": COARSE,
            "relative_height_m": 40.1,
            "absolute_altitude_m": 55.5,
        },
    ),
    (
        excerpts.MAVIC_MINI,
        {"position": COARSE, "relative_height_m": 40.1, "satellites": 14} | EXPOSURE,
    ),
    (
        excerpts.MAVIC_MINI.replace("(99.4015, 7.2534, 14)", "(99,4015, 7,2534, 14)"),
        {"position": COARSE, "relative_height_m": 40.1, "satellites": 14} | EXPOSURE,
    ),
    (
        excerpts.PHANTOM_4_RTK,
        {
            "position": FINE,
            "relative_height_m": 40.1,
            "satellites": 14,
            "gimbal": GIMBAL,
            "flight": FLIGHT,
        }
        | EXPOSURE,
    ),
    (
        excerpts.PHANTOM_4_RTK.replace("GPS (", "RTK ("),
        {
            "position": FINE,
            "relative_height_m": 40.1,
            "satellites": 14,
            "gimbal": GIMBAL,
            "flight": FLIGHT,
        }
        | EXPOSURE,
    ),
    (
        excerpts.MAVIC_AIR,
        {"taken_at_local": MICROSECOND, "position_fault": PositionFault.MISSING} | EXPOSURE,
    ),
    (
        excerpts.MAVIC_2,
        {
            "taken_at_local": MICROSECOND,
            "position": FINE,
            "absolute_altitude_m": 55.5,
            "focal_length_35mm": 28.0,
        }
        | EXPOSURE,
    ),
    (
        excerpts.MAVIC_2_ENTERPRISE,
        {
            "taken_at_local": MICROSECOND,
            "position": FINE,
            "absolute_altitude_m": 55.5,
            "flight": Attitude(-146.0, -0.6, 1.3),
        },
    ),
    (
        excerpts.AIR_2,
        {
            "taken_at_local": MICROSECOND,
            "position": FINE,
            "absolute_altitude_m": 55.5,
            "focal_length_35mm": 24.0,
        }
        | EXPOSURE,
    ),
    (
        excerpts.MAVIC_3,
        {
            "taken_at_local": MILLISECOND,
            "position": FINE,
            "relative_height_m": 40.1,
            "absolute_altitude_m": 55.5,
            "focal_length_35mm": 24.0,
        }
        | EXPOSURE,
    ),
    (
        excerpts.MATRICE_300_H20T,
        {
            "taken_at_local": MILLISECOND,
            "position": FINE,
            "relative_height_m": 40.1,
            "absolute_altitude_m": 55.5,
            "focal_length_35mm": 58.0,
            "digital_zoom": 1.5,
            "gimbal": GIMBAL,
            "flight": FLIGHT,
        },
    ),
]
BLOCK_FIELDS = {"line", "number", "start_s", "end_s"}


@pytest.mark.parametrize(("text", "expected"), EXPECTED)
def test_every_field_is_read_and_no_other_is_made_up(read, text, expected):
    (record,) = read(excerpts.srt(text)).records
    told = {
        name: value
        for name in record.__slots__
        if name not in BLOCK_FIELDS and (value := getattr(record, name)) is not None
    }
    assert told == expected
    assert (record.line, record.number, record.start_s, record.end_s) == (1, 1, 0.0, 1.0)


@pytest.mark.parametrize(("dialect", "text"), excerpts.BY_DIALECT)
def test_a_block_is_claimed_by_exactly_one_dialect(read, dialect, text):
    plain = text.replace('<font size="28">', "").replace('<font size="36">', "")
    plain = plain.replace("</font>", "")
    assert [d.name for d in DIALECTS if d.claims(plain)] == [dialect]
    assert read(excerpts.srt(text)).dialect == dialect


@pytest.mark.parametrize(
    ("zoom", "expected"), [("1.77", 1.77), ("10000, delta:0", 1.0), ("17871, delta:0", 1.7871)]
)
def test_digital_zoom_is_read_as_a_ratio(read, zoom, expected):
    text = excerpts.MAVIC_3.replace("[latitude", f"[dzoom_ratio: {zoom}],[latitude")
    (record,) = read(excerpts.srt(text)).records
    assert record.digital_zoom == expected


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (excerpts.MAVIC_PRO.replace("99.4015,7.2534,14", "N/A,N/A,3"), PositionFault.NO_LOCK),
        (excerpts.MAVIC_PRO.replace("99.4015,7.2534", "0.0000,0.0000"), PositionFault.NO_LOCK),
        (excerpts.MAVIC_PRO.replace("99.4015,7.2534", "199.4015,7.2534"), "out_of_range"),
        (excerpts.MAVIC_PRO.replace("99.4015,7.2534,14", "99.4015,7.2534"), "missing"),
        (excerpts.MATRICE_300.replace("7.2534,99.4015", "99.4015,7.2534"), "out_of_range"),
        (excerpts.MAVIC_3.replace("7.253412", "0.000000").replace("99.401523", "0.0"), "no_lock"),
        (excerpts.MAVIC_3.replace("7.253412", "97.253412"), PositionFault.OUT_OF_RANGE),
        (excerpts.MAVIC_2.replace("[latitude : 7.253412] ", ""), PositionFault.MISSING),
        (excerpts.MAVIC_2.replace("7.253412", "7.25x412"), PositionFault.MISSING),
        (excerpts.AUTEL.replace("7.253412", "7.25x412"), PositionFault.MISSING),
        (excerpts.AUTEL.replace("99.401523", "0.0").replace("7.253412", "0.0"), "no_lock"),
        (excerpts.AUTEL.replace("7.253412", "97.253412"), PositionFault.OUT_OF_RANGE),
    ],
)
def test_a_position_that_is_none_says_why(read, text, fault):
    telemetry = read(excerpts.srt(text))
    assert telemetry.records[0].position is None
    assert telemetry.records[0].position_fault == fault
    assert f"position_{fault}" in [note.code for note in telemetry.warnings]


@pytest.mark.parametrize(
    ("lon", "lat"), [("99.401523", "0.000000"), ("0.000000", "7.253412"), ("-180.0", "-90.0")]
)
def test_the_equator_and_the_meridian_are_places(read, lon, lat):
    text = excerpts.MAVIC_3.replace("99.401523", lon).replace("7.253412", lat)
    assert read(excerpts.srt(text)).records[0].position == (float(lon), float(lat))


@pytest.mark.parametrize(
    ("whole", "cut"),
    [
        (excerpts.MAVIC_2, "[latitude : 7.25"),
        (excerpts.MAVIC_3, "[rel_alt: 4"),
        (excerpts.MAVIC_PRO, "GPS(99.4015,7.2"),
        (excerpts.PHANTOM_4_RTK, "GPS (99.401523, 7.2"),
        (excerpts.AUTEL, "GPS(E: 99.401523, N: 7.2"),
    ],
)
def test_a_number_cut_off_is_not_taken_for_a_smaller_one(read, whole, cut):
    end = whole.index(cut) + len(cut)
    telemetry = read(excerpts.srt(whole) + "\n" + excerpts.srt(whole[:end], first=2))
    last = telemetry.records[-1]
    assert last.number == 2
    assert last.position in (None, FINE)
    assert last.relative_height_m is None


def test_a_height_cut_off_is_not_taken_for_a_smaller_one(read):
    cut = excerpts.MAVIC_PRO[: excerpts.MAVIC_PRO.index("BAROMETER:40") + len("BAROMETER:40")]
    telemetry = read(excerpts.srt(excerpts.MAVIC_PRO, cut))
    assert [record.relative_height_m for record in telemetry.records] == [40.1, None]
