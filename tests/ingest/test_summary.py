import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from inspect import getsource
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest import quality
from ingest.flight import read_flight
from ingest.frame import Flight, Note, RefusedFile
from ingest.lonlat import LonLat
from ingest.photo import read_frame
from ingest.projection import SeaView
from ingest.quality import FrameQuality, read_quality
from ingest.reason_words import WORDS_BY_CODE, words_for
from ingest.refusal import REMEDIES
from ingest.summary import CodeCount, FlightFigures, summarise, usable_looks

START = datetime(2026, 2, 3, 3, 0, tzinfo=UTC)
M_PER_DEGREE_LAT, M_PER_DEGREE_LON = 110_590.0, 110_440.0  # WGS 84 at 7.25 N
CLEAR = FrameQuality(0.8, 0.0, 0.0, False, ())


@pytest.fixture
def at(make_photo, site):
    """A frame 60 m up looking straight down on 100 x 56.25 m, so many seconds and metres on."""
    dji = {"GimbalYawDegree": 0, "GimbalPitchDegree": -90, "RelativeAltitude": 58.5}
    frame = read_frame(make_photo(size=(1600, 900), dji=dji), site)
    frame = replace(frame, camera=replace(frame.camera, focal_px=960.0))

    def make(seconds: float = 0, north_m: float = 0, east_m: float = 0, pitch_deg: float = -90):
        position = LonLat(99.4 + east_m / M_PER_DEGREE_LON, 7.25 + north_m / M_PER_DEGREE_LAT)
        pose = replace(frame.pose, position=position, pitch_deg=pitch_deg)
        return replace(
            frame,
            taken_at_utc=START + timedelta(seconds=seconds),
            pose=pose,
            footprint=SeaView(frame.camera, pose).footprint(),
        )

    return make


def flight_of(*frames, refused=()) -> Flight:
    files = tuple(
        RefusedFile(Path(f"{n}.jpg"), None, Note(code, ""), "") for n, code in enumerate(refused)
    )
    return Flight("0" * 16, frames, files)


def spoilt(*codes: str) -> FrameQuality:
    return replace(CLEAR, reasons=tuple(Note(code, "") for code in codes))


def test_one_frame(at):
    figures = summarise(flight_of(at()), [CLEAR])
    assert figures.seen_km2 == pytest.approx(100 * 56.25 / 1e6, rel=1e-3)
    assert figures.usable_km2 == pytest.approx(figures.seen_km2, rel=1e-9)
    assert (figures.frames, figures.usable_frames) == (1, 1)
    assert (figures.flown_km, figures.minutes) == (0, 0)
    assert figures.first_taken_utc == figures.last_taken_utc == START


@pytest.mark.parametrize(
    ("east_m", "seen_m2"),
    [(0, 5625), (50, 8437.5), (100, 11250), (400, 11250)],
)
def test_sea_seen_twice_counts_once(at, east_m, seen_m2):
    figures = summarise(flight_of(at(), at(30, 0, east_m)), [CLEAR, CLEAR])
    assert figures.seen_km2 * 1e6 == pytest.approx(seen_m2, rel=1e-3)


def test_frames_that_are_not_usable_are_seen_only(at):
    flight = flight_of(at(), at(30, 0, 400), at(60, 0, 800), at(90, 0, 1200))
    looks = [CLEAR, spoilt("glare", "too_bright"), spoilt("too_blurred"), spoilt("glare")]
    figures = summarise(flight, looks)
    assert figures.unusable == (
        CodeCount("glare", 2),
        CodeCount("too_blurred", 1),
        CodeCount("too_bright", 1),
    )
    assert figures.usable_frames == 1
    assert figures.usable_km2 == pytest.approx(figures.seen_km2 / 4, rel=1e-3)


def test_the_far_sea_of_an_oblique_frame_is_seen_and_not_usable(at):
    figures = summarise(flight_of(at(pitch_deg=-20)), [CLEAR])
    assert figures.seen_km2 > 1  # 1 degree below the horizon is 3.4 km out
    # the lowest 53 rows, where (10 cm / 6.25 cm)^(-2/3) < sin 20 + y / f cos 20
    assert figures.usable_km2 == pytest.approx(53 * 1600 * 0.095**2 / 1e6, rel=0.02)


def test_frames_of_the_sky_see_nothing(at):
    figures = summarise(flight_of(at(pitch_deg=60)), [spoilt("no_sea")])
    assert (figures.seen_km2, figures.usable_km2) == (0, 0)


def test_pauses_between_flights_are_not_flown(at):
    flight = flight_of(at(0), at(60, 300), at(120, 600), at(4000, 3000), at(4060, 3300))
    figures = summarise(flight, [CLEAR] * 5)
    assert figures.flown_km == pytest.approx(0.9, rel=0.01)
    assert figures.minutes == 3
    assert figures.last_taken_utc - figures.first_taken_utc == timedelta(seconds=4060)


def test_an_empty_flight():
    figures = summarise(flight_of(refused=["bad_archive"]), [])
    assert figures == FlightFigures(
        0, 0, (), (CodeCount("bad_archive", 1),), 0.0, 0.0, 0.0, timedelta(), None, None
    )
    assert figures.sentence_en().startswith("0 frames, 1 refused (1 broken in the ZIP), 0 km² seen")


def test_qualities_must_be_those_of_the_frames(at):
    with pytest.raises(ValueError, match="shorter"):
        summarise(flight_of(at()), [])


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    moves=st.lists(
        st.tuples(st.integers(0, 300), st.integers(0, 300), st.sampled_from([-90, -50, -25, 5])),
        min_size=1,
        max_size=6,
    ),
    clear=st.integers(0, 6),
)
def test_areas_are_of_a_union_and_usable_is_part_of_seen(at, moves, clear):
    frames = [at(10 * n, north, east, pitch) for n, (north, east, pitch) in enumerate(moves)]
    looks = [CLEAR if n < clear else spoilt("glare") for n in range(len(frames))]
    figures = summarise(flight_of(*frames), looks)
    each = [summarise(flight_of(frame), [CLEAR]).seen_km2 for frame in frames]
    assert max(each) * 0.999 <= figures.seen_km2 <= sum(each) * 1.001
    assert 0 <= figures.usable_km2 <= figures.seen_km2 * 1.000001


FIGURES = FlightFigures(
    frames=212,
    usable_frames=201,
    unusable=(CodeCount("too_blurred", 9), CodeCount("glare", 2)),
    refused=(CodeCount("damaged", 2), CodeCount("no_gps", 1)),
    seen_km2=3.14,
    usable_km2=2.96,
    flown_km=12.4,
    time_flown=timedelta(minutes=38, seconds=10),
    first_taken_utc=START,
    last_taken_utc=START + timedelta(hours=1),
)


def test_the_sentence_in_english():
    assert FIGURES.sentence_en() == (
        "212 frames, 9 too blurred, 2 with too much glare, 3 refused (2 damaged, 1 without GPS), "
        "3.1 km² seen, 3 km² of it usable, 12 km flown, 38 minutes"
    )


def test_the_sentence_in_thai():
    assert FIGURES.sentence_th() == (
        "212 รูป · เบลอเกินไป 9 รูป · แสงสะท้อนมากเกินไป 2 รูป · "
        "รับไม่ได้ 3 ไฟล์ (ไฟล์เสีย 2, ไม่มีพิกัด GPS 1) · "
        "เห็นพื้นที่ 3.1 ตร.กม. · ใช้ได้ 3 ตร.กม. · บินไกล 12 กม. · 38 นาที"
    )


def test_a_short_flight_of_one_frame():
    short = replace(
        FIGURES,
        frames=1, unusable=(), refused=(), seen_km2=0.00432, usable_km2=0.00001, flown_km=0.0,
        time_flown=timedelta(),
    )  # fmt: skip
    assert short.sentence_en() == (
        "1 frame, 0.0043 km² seen, 0 km² of it usable, 0 km flown, less than a minute"
    )
    assert short.sentence_th() == (
        "1 รูป · เห็นพื้นที่ 0.0043 ตร.กม. · ใช้ได้ 0 ตร.กม. · บินไกล 0 กม. · ไม่ถึง 1 นาที"
    )
    assert replace(short, time_flown=timedelta(seconds=61)).sentence_en().endswith(", 1 minute")


def test_there_are_words_for_every_reason():
    of_frames = set(re.findall(r'Note\("(\w+)"', getsource(quality)))
    assert len(of_frames) == 5
    assert set(WORDS_BY_CODE) == of_frames | set(REMEDIES)
    for words in WORDS_BY_CODE.values():
        assert words.en.isascii()
        assert re.search("[ก-ฮ]", words.th)
    assert words_for("something new").en == "refused for another reason"


def test_nine_real_frames(field_photos, site):
    flight = read_flight([field_photos / "brighton_beach"], site)
    figures = summarise(flight, [read_quality(frame) for frame in flight.frames])
    assert (figures.frames, figures.usable_frames, figures.unusable) == (9, 9, ())
    # 70 x 39 m each; 58 s, at some 2 m/s
    assert 0.0027 < figures.seen_km2 < 9 * 0.0027
    assert figures.usable_km2 == pytest.approx(figures.seen_km2)
    assert figures.time_flown == timedelta(seconds=58)
    assert 0.08 < figures.flown_km < 0.16


def test_usable_looks_end_where_pixels_grow_too_coarse(at):
    near, far, blurred = at(), at(30, pitch_deg=-20), at(60, 0, 400)
    looks = usable_looks([near, far, blurred], [CLEAR, CLEAR, spoilt("too_blurred")])
    assert [look.sha256 for look in looks] == [near.sha256, far.sha256]
    assert looks[0] == near
    whole, part = (summarise(flight_of(f), [CLEAR]).seen_km2 for f in (far, looks[1]))
    assert part < whole / 1000
