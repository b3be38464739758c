import contextlib
from dataclasses import replace
from time import process_time

import pytest

from ingest.errors import LibongError, TelemetryError
from ingest.telemetry import lines
from ingest.telemetry.reading import read_telemetry

from . import excerpts
from .excerpts import srt


def codes(telemetry):
    return [note.code for note in telemetry.warnings]


def text_of(telemetry, code):
    (text,) = [note.text for note in telemetry.warnings if note.code == code]
    return text


def clocked(second, text=excerpts.MAVIC_3):
    return text.replace("10:15:03", f"10:15:{second:02}")


def test_a_sound_file_has_no_warning(read):
    telemetry = read(srt(clocked(3), clocked(4), clocked(5)))
    assert telemetry.warnings == ()
    assert [(r.line, r.start_s, r.end_s) for r in telemetry.records] == [
        (1, 0.0, 1.0),
        (7, 1.0, 2.0),
        (13, 2.0, 3.0),
    ]


@pytest.mark.parametrize(
    "encode",
    [
        lambda text: text.encode(),
        lambda text: text.encode("utf-8-sig"),
        lambda text: text.encode("latin-1"),
        lambda text: text.replace("\n", "\r\n").encode(),
        lambda text: text.replace("\n", "\n\n\n").encode(),
        lambda text: text.replace("000\n", "000\n</font>\n").encode(),
        lambda text: text.replace("F/", "<font><b>F/").encode(),
    ],
    ids=["utf-8", "mark", "latin-1", "crlf", "empty lines", "stray end tag", "stray tags"],
)
def test_encodings_line_ends_and_tags_change_nothing(read, encode):
    text = srt(excerpts.PHANTOM_4_RTK, excerpts.PHANTOM_4_RTK)
    plain, changed = read(text), read(encode(text))
    assert plain.records[1].gimbal == (11.5, -90.0, 0.0)
    assert [replace(record, line=0) for record in changed.records] == [
        replace(record, line=0) for record in plain.records
    ]
    assert codes(changed) == codes(plain)


def test_a_damaged_block_is_left_out_and_counted(read):
    telemetry = read(srt(clocked(3), "[lat", clocked(5)))
    assert [record.number for record in telemetry.records] == [1, 3]
    assert text_of(telemetry, "damaged_block") == (
        "1 of 3 blocks were damaged and left out (first: line 7)"
    )


def test_a_damaged_beginning_does_not_hide_the_dialect(read):
    telemetry = read(srt("[lat", clocked(3)))
    assert telemetry.dialect == "mavic_3"
    assert "first: line 1)" in text_of(telemetry, "damaged_block")


def test_a_block_that_lost_its_cue_is_left_out(read):
    whole = srt(clocked(3), clocked(4), clocked(5))
    telemetry = read(whole.replace("00:00:01,000 --> 00:00:02,000\n", ""))
    assert [record.number for record in telemetry.records] == [1, 3]
    assert "damaged_block" in codes(telemetry)


def test_without_any_cues_the_clock_tells_the_seconds(read):
    telemetry = read(f"1\n{clocked(3)}\n\n2\n{clocked(4)}\n")
    assert [(r.start_s, r.end_s) for r in telemetry.records] == [(0.0, 0.0), (1.0, 1.0)]
    assert codes(telemetry) == ["no_video_times"]


def test_joined_files_are_read_each_in_its_dialect(read):
    telemetry = read(
        srt(clocked(3, excerpts.MAVIC_2)) + "\n" + srt(clocked(4, excerpts.MAVIC_PRO), first=2)
    )
    assert telemetry.dialect == "mavic_2"
    assert [record.position.lon for record in telemetry.records] == [99.401523, 99.4015]
    assert "from line 7 on" in text_of(telemetry, "mixed_dialects")


@pytest.mark.parametrize(
    ("content", "code", "line"),
    [
        (srt(clocked(3)) + "\n" + srt(clocked(4), first=3), "number_gap", 7),
        (srt(clocked(3)) + "\n" + srt(clocked(9), first=7), "video_time_gap", 7),
        (srt(clocked(9), clocked(3)), "clock_backwards", 7),
        (srt(clocked(3), clocked(13)), "clock_gap", 7),
        (srt(clocked(3), first=9) + "\n" + srt(clocked(4)), "video_time_backwards", 7),
        (srt(excerpts.MAVIC_MINI), "no_clock", 1),
    ],
)
def test_what_is_out_of_order_is_told_with_its_line(read, content, code, line):
    assert f"(first: line {line})" in text_of(read(content), code)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (excerpts.AIR_2, "no_relative_height"),
        (excerpts.MAVIC_AIR, "no_height"),
        (excerpts.MAVIC_PRO, "position_coarse"),
    ],
)
def test_what_a_dialect_cannot_tell_is_said(read, text, code):
    assert code in codes(read(srt(text)))
    assert code not in codes(read(srt(excerpts.MAVIC_3)))


@pytest.mark.parametrize(
    ("content", "code", "line"),
    [
        ("", "empty", None),
        ("1\n", "no_block", 1),
        ("\n\n", "no_block", 1),
        (srt("", ""), "no_block", 1),
        (srt("Good evening.", "Who is there?"), "unknown_dialect", 1),
        (srt("", "Who is there?"), "unknown_dialect", 5),
        (srt(*["Good evening."] * 1000), "unknown_dialect", 1),
        ("Once upon a time\n", "unknown_dialect", 1),
        (b"\0\0\0\x18ftypmp42", "not_text", 1),
        (srt(excerpts.MAVIC_3).encode("utf-16"), "not_text", 1),
        (f"1\n{excerpts.MAVIC_MINI}\n", "nothing_usable", 1),
    ],
)
def test_a_file_with_nothing_usable_is_refused(read, content, code, line):
    with pytest.raises(TelemetryError) as refusal:
        read(content)
    assert (refusal.value.code, refusal.value.line) == (code, line)
    assert isinstance(refusal.value, LibongError)
    assert isinstance(refusal.value, ValueError)
    if line is not None:
        assert str(refusal.value).startswith(f"line {line}: ")


def test_a_huge_file_is_refused_unread(tmp_path, monkeypatch):
    monkeypatch.setattr(lines, "MAX_FILE_BYTES", 100)
    path = tmp_path / "long.SRT"
    path.write_text(srt(excerpts.MAVIC_3))
    with pytest.raises(TelemetryError) as refusal:
        read_telemetry(path)
    assert refusal.value.code == "too_large"


def test_an_endless_line_is_cut(read):
    telemetry = read(srt(excerpts.MAVIC_3) + "[" * 300_000 + "\n\n" + srt(clocked(4), first=2))
    assert len(telemetry.records) == 2


@pytest.mark.parametrize(
    "piece", ["SS 1, ", "GPS(", "GPS (1), ", "[longitude: 1", "[longtitude: 1] ", "[ct: 1] ", "<"]
)
def test_a_hostile_line_is_not_slow(read, piece):
    text = f"1\n00:00:00,000 --> 00:00:01,000\n{piece * 50_000}"
    started = process_time()
    with contextlib.suppress(TelemetryError):
        read(text)
    assert process_time() - started < 2  # 0.1 s where this was written


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(TelemetryError) as refusal:
        read_telemetry(tmp_path / "nowhere.SRT")
    assert refusal.value.code == "unreadable"
