"""Real files of many drones; counts and places were read in the files by eye."""

from itertools import islice
from time import process_time

import pytest

from ingest.errors import TelemetryError
from ingest.telemetry.blocks import read_blocks
from ingest.telemetry.lines import telemetry_lines
from ingest.telemetry.reading import DIALECTS, read_telemetry

# A name, its dialect, how many blocks, the first and last lon and lat, and the warnings.
FILES = [
    ("MAVIC3.srt", "mavic_3", 12318, (-3.3744, 3.41531), (-3.37721, 3.41368), []),
    ("air2s.srt", "air_2", 17, (2.234156, 41.424724), (2.234102, 41.42473), ["no_relative_height"]),
    (
        "mavic_air2.srt",
        "air_2",
        25,
        (2.162162, 41.420684),
        (2.162162, 41.420686),
        ["no_relative_height"],
    ),
    (
        "m2zoom.SRT",
        "mavic_2",
        7113,
        (74.398751, 31.452012),
        (74.398905, 31.450438),
        ["no_relative_height"],
    ),
    (
        "mavic_2pro_new.SRT",
        "mavic_2",
        8952,
        (-60.286702, -35.080155),
        (-60.314572, -35.077976),
        ["no_height", "clock_gap"],
    ),
    (
        "mavic_2_style.SRT",
        "mavic_2",
        468,
        (149.0251, -20.2533),
        (149.0251, -20.2532),
        ["no_video_times", "position_coarse", "no_height"],
    ),
    (
        "mavic_pro.SRT",
        "mavic_pro",
        468,
        (149.0251, -20.2533),
        (149.0251, -20.2532),
        ["position_coarse"],
    ),
    (
        "old_format.SRT",
        "old_firmware",
        468,
        (149.0251, -20.2533),
        (149.0251, -20.2532),
        ["position_coarse"],
    ),
    (
        "mavic_pro_buggy.SRT",
        "mavic_pro",
        546,
        (-1.2218, 42.4668),
        (-1.2217, 42.4668),
        ["position_no_lock", "position_coarse"],
    ),
    (
        "matrice_300.srt",
        "matrice_300",
        381,
        (-6.112, 36.6146),
        (-6.112, 36.6146),
        ["position_coarse"],
    ),
    (
        "mavic_mini.SRT",
        "mavic_mini",
        117,
        (-121.7458, 48.0771),
        (-121.7476, 48.0775),
        ["position_coarse", "no_clock"],
    ),
    (
        "p4p_sample.SRT",
        "mavic_mini",
        5,
        (8.209, 47.4692),
        (8.209, 47.4692),
        ["position_coarse", "no_clock"],
    ),
    (
        "p4_rtk.SRT",
        "phantom_4_rtk",
        55,
        (-58.851745, -34.237922),
        (-58.849196, -34.232349),
        ["no_clock"],
    ),
    (
        "mix_p4rtk_mavic2pro.srt",
        "phantom_4_rtk",
        12,
        (-59.409424, -34.6502),
        (-59.409483, -34.65118),
        ["mixed_dialects", "no_clock"],
    ),
    ("mavic_air.SRT", "mavic_air", 2, None, None, ["position_missing", "no_height"]),
    (
        "broken_incomplete.SRT",
        "mavic_pro",
        20,
        (-58.4563, -34.7383),
        None,
        ["position_missing", "position_coarse"],
    ),
    (
        "broken_incomplete2.SRT",
        "mavic_2",
        6,
        (-57.823395, -34.86995),
        None,
        ["position_missing", "no_relative_height"],
    ),
]


@pytest.mark.parametrize(("name", "dialect", "blocks", "first", "last", "codes"), FILES)
def test_real_file(read_field, name, dialect, blocks, first, last, codes):
    telemetry = read_field(name)
    assert telemetry.dialect == dialect
    assert len(telemetry.records) == blocks
    assert telemetry.records[0].position == first
    assert telemetry.records[-1].position == last
    assert [note.code for note in telemetry.warnings] == codes


@pytest.mark.parametrize("name", [file[0] for file in FILES])
def test_every_block_is_claimed_by_one_dialect_at_most(field_srt, name):
    claims = {
        tuple(dialect.name for dialect in DIALECTS if dialect.claims(block.text))
        for block in islice(read_blocks(telemetry_lines(field_srt / name)), 500)
    }
    assert max(map(len, claims)) == 1


@pytest.mark.parametrize(
    ("name", "code", "line"),
    [("broken_empty.SRT", "empty", None), ("broken_empty2.SRT", "no_block", 1)],
)
def test_real_file_with_nothing_in_it(field_srt, name, code, line):
    with pytest.raises(TelemetryError) as refusal:
        read_telemetry(field_srt / name)
    assert (refusal.value.code, refusal.value.line) == (code, line)


def test_the_largest_file_is_read_fast(field_srt):
    started = process_time()
    read_telemetry(field_srt / "MAVIC3.srt")  # 3.6 MB
    assert process_time() - started < 3  # 0.5 s where this was written


def test_one_flight_in_three_dialects_has_one_path(read_field):
    paths = [
        [record.position for record in read_field(name).records]
        for name in ("mavic_pro.SRT", "old_format.SRT", "mavic_2_style.SRT")
    ]
    assert paths[0] == paths[1] == paths[2]


def test_lost_lock_of_a_mavic_pro(read_field):
    telemetry = read_field("mavic_pro_buggy.SRT")
    unlocked = [record.line for record in telemetry.records if record.position is None]
    assert unlocked == list(range(85, 176, 6))


def test_heights_are_those_of_the_files(read_field):
    mini = read_field("mavic_mini.SRT").records[0]
    assert (mini.relative_height_m, mini.satellites) == (200.7, 17)
    rtk = read_field("p4_rtk.SRT").records[0]
    assert (rtk.relative_height_m, rtk.absolute_altitude_m) == (85.8, None)
    assert rtk.gimbal == (110.4, -24.4, 0.0)
    mavic_3 = read_field("MAVIC3.srt").records[-1]
    assert (mavic_3.relative_height_m, mavic_3.absolute_altitude_m) == (3.6, 6.401)
    matrice = read_field("matrice_300.srt").records
    assert max(record.relative_height_m for record in matrice) == 87.9


def test_zoom_of_a_mavic_2(read_field):
    records = read_field("m2zoom.SRT").records
    assert (records[0].focal_length_35mm, records[-1].focal_length_35mm) == (24.0, 48.0)


def test_the_parts_of_a_joined_file(read_field):
    telemetry = read_field("mix_p4rtk_mavic2pro.srt")
    (joint,) = [note.text for note in telemetry.warnings if note.code == "mixed_dialects"]
    assert "line 25" in joint
    assert [record.gimbal is None for record in telemetry.records] == [False] * 6 + [True] * 6
