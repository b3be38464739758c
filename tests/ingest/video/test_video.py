"""Whole videos become frames, or one clear refusal."""

import errno
import itertools
import struct
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from ingest.errors import DiskFull, VideoError
from ingest.flight import read_flight
from ingest.lonlat import LonLat, distance_m
from ingest.photo import sha256_of
from ingest.refusal import REMEDIES
from ingest.report import frame_document
from ingest.video import stills as stills_module
from ingest.video.container import is_video, opened, read_facts
from ingest.video.sampling import SampleTime
from ingest.video.stills import take_stills
from ingest.video.video import read_video

from ..telemetry import dji_samples
from .telemetry_text import LAT, LON, M_PER_DEGREE, srt

START_UTC = datetime(2026, 3, 14, 3, tzinfo=UTC)
MINI_LINES = "F/2.8, SS 206.14, ISO 150, EV -1.0, GPS (99.4000, {lat:.5f}, 15), D 24.26m, H 58.00m"


def frames_of(path, site, tmp_path, **fields):
    return read_video(path, site, tmp_path / "stills", **fields)


def north_m(frame):
    return (frame.pose.position.lat - LAT) * M_PER_DEGREE


def notes(frames):
    return [note.code for frame in frames for note in frame.warnings]


def test_a_video_becomes_frames(make_video, site, tmp_path):
    path = make_video(metadata={"creation_time": "2026-03-14T03:00:00Z"})
    path.with_suffix(".srt").write_text(srt(8))
    frames = frames_of(path, site, tmp_path)
    assert 3 <= len(frames) <= 10
    for frame in frames:
        offset_s = frame.video.offset_s
        assert frame.video.sha256 == sha256_of(path)
        assert frame.sha256 == sha256_of(frame.path)
        assert cv2.imread(str(frame.path)).shape == (180, 320, 3)
        assert abs(frame.taken_at_utc - START_UTC - timedelta(seconds=offset_s)) < timedelta(
            seconds=0.06
        )
        assert north_m(frame) == pytest.approx(8 * offset_s, abs=0.9)
        assert frame.pose.height_above_sea_m == pytest.approx(60.0)
        assert not frame.pose.assumed_nadir
        assert frame.error_m < 8
    assert len({frame.sha256 for frame in frames}) == len(frames)
    assert notes(frames) == []
    document = frame_document(frames[1])
    assert document["video_path"] == document["path"] == str(path)
    assert document["video_offset_s"] == round(frames[1].video.offset_s, 3)


@pytest.mark.parametrize("codec", ["mpeg4", "libx264"])
@pytest.mark.parametrize("name", ["a.MOV", "a.mkv", "a.avi", "a.ts"])
def test_other_containers_are_read_alike(make_video, site, tmp_path, name, codec):
    path = make_video(name, codec=codec)
    assert is_video(path)
    path.with_suffix(".SRT").write_text(srt(8))
    frames = frames_of(path, site, tmp_path)
    assert len(frames) >= 3
    for frame in frames:
        assert north_m(frame) == pytest.approx(8 * frame.video.offset_s, abs=0.9)


def test_subtitles_inside_the_file_do(make_video, site, tmp_path):
    lines = [MINI_LINES.format(lat=LAT + 8 * n / M_PER_DEGREE) for n in range(8)]
    path = make_video(subtitles=lines, metadata={"creation_time": "2026-03-14T03:00:00Z"})
    frames = frames_of(path, site, tmp_path)
    assert len(frames) >= 3
    assert north_m(frames[-1]) == pytest.approx(8 * frames[-1].video.offset_s, abs=2)
    assert "nadir_assumed" in notes(frames)
    assert all(frame.pose.yaw_deg == pytest.approx(0, abs=2) for frame in frames)  # flew north
    assert all(frame.error_m > 15 for frame in frames)


@pytest.mark.parametrize(
    ("srt_fields", "code"),
    [
        ({"angles": ""}, "nadir_assumed"),
        ({"focal": "", "angles": ""}, "lens_assumed"),
        ({"stretch": 1.01}, "telemetry_drift"),
    ],
)
def test_what_is_not_told_is_said(make_video, site, tmp_path, srt_fields, code):
    seconds = 100 if "stretch" in srt_fields else 8
    path = make_video(seconds=seconds, size=(64, 36))
    path.with_suffix(".SRT").write_text(srt(seconds, **srt_fields))
    assert code in notes(frames_of(path, site, tmp_path))


def test_silences_of_the_telemetry_give_no_frames(make_video, site, tmp_path):
    path = make_video(seconds=20, size=(64, 36))
    path.with_suffix(".SRT").write_text(srt(20, skip=[(5, 15)]))
    frames = frames_of(path, site, tmp_path)
    assert {frame.video.offset_s < 5.5 for frame in frames} == {True, False}
    assert not [frame for frame in frames if 5.5 < frame.video.offset_s < 14.5]
    assert "video_time_gap" in notes(frames)


def test_before_the_gps_lock_there_are_no_frames(make_video, site, tmp_path):
    path = make_video()
    no_lock, rest = srt(3, lonlat=(0.0, 0.0)), srt(8).split("\n\n")[30:]
    path.with_suffix(".SRT").write_text(no_lock + "\n" + "\n\n".join(rest))
    frames = frames_of(path, site, tmp_path)
    assert min(frame.video.offset_s for frame in frames) >= 1.9
    assert all(distance_m(frame.pose.position, LonLat(LON, LAT)) < 100 for frame in frames)
    assert "position_no_lock" in notes(frames)


AIRDATA = "time(millisecond),datetime(utc),latitude,longitude,height_above_takeoff(feet),isVideo"
GIMBAL = ",gimbal_heading(degrees),gimbal_pitch(degrees),gimbal_roll(degrees)"


def airdata(start_s=-20, end_s=40):
    rows = [AIRDATA + GIMBAL]
    for tenth in range(start_s * 10, end_s * 10):
        when = START_UTC + timedelta(seconds=tenth / 10)
        lat = LAT + 8 * tenth / 10 / M_PER_DEGREE
        recording = int(0 <= tenth <= 80)
        rows.append(
            f"{(tenth - start_s * 10) * 100},{when:%Y-%m-%d %H:%M:%S},{lat:.7f},{LON},190.3,"
            f"{recording},0,-90,0"
        )
    return "\n".join(rows) + "\n"


def litchi():
    head = "latitude,longitude,altitude(m),time(millisecond),datetime(utc),datetime(local)"
    rows = [head + ",isTakingVideo,gimbalPitchRaw,gimbalRollRaw,gimbalYawRaw"]
    for second in range(-20, 40):
        when = START_UTC + timedelta(seconds=second)
        lat = LAT + 8 * second / M_PER_DEGREE
        rows.append(
            f"{lat:.7f},{LON},58.0,{(second + 20) * 1000},{when:%Y-%m-%d %H:%M:%S},x,"
            f"{int(0 <= second <= 8)},-900,0,0"
        )
    return "\n".join(rows) + "\n"


def gpx():
    points = "".join(
        f'<trkpt lat="{LAT + 8 * s / M_PER_DEGREE:.7f}" lon="{LON}"><ele>60</ele>'
        f"<time>{START_UTC + timedelta(seconds=s):%Y-%m-%dT%H:%M:%SZ}</time></trkpt>"
        for s in range(-20, 40)
    )
    return (
        f'<gpx xmlns="http://www.topografix.com/GPX/1/1"><trk><trkseg>{points}</trkseg></trk></gpx>'
    )


@pytest.mark.parametrize(
    ("name", "log", "created"),
    [
        ("Airdata.csv", airdata, "2026-03-14T03:00:00Z"),
        ("Airdata.csv", airdata, "2026-03-14T10:00:00Z"),  # local time written as UTC
        ("litchi.CSV", litchi, "2026-03-14T03:00:00Z"),
        ("track.gpx", gpx, "2026-03-14T03:00:00Z"),
    ],
)
def test_flight_logs_place_a_video_by_time(make_video, site, tmp_path, name, log, created):
    path = make_video("card/DJI_0002.MP4", metadata={"creation_time": created})
    (path.parent / name).write_text(log())
    flight = read_flight([path.parent], site, work_folder=tmp_path / "work")
    assert flight.refused == ()
    assert len(flight.frames) >= 3
    for frame in flight.frames:
        assert north_m(frame) == pytest.approx(8 * frame.video.offset_s, abs=5)
        assert frame.pose.height_above_sea_m == pytest.approx(60, abs=0.1)
    assert "placed_by_log" in notes(flight.frames)


def test_a_tracker_that_wrote_local_time_is_put_right(make_video, site, tmp_path):
    path = make_video(metadata={"creation_time": "2026-03-14T03:00:00Z"})
    (path.parent / "track.gpx").write_text(gpx().replace("T03:0", "T10:0").replace("T02:", "T09:"))
    frames = read_flight([path], site, work_folder=tmp_path / "work").frames
    assert len(frames) >= 3
    assert frames[0].taken_at_utc.hour == 3
    assert north_m(frames[-1]) == pytest.approx(8 * frames[-1].video.offset_s, abs=5)
    assert "log_local" in notes(frames)


@pytest.mark.parametrize("metadata", [{"creation_time": "2019-01-01T03:00:00Z"}, {}])
def test_a_wrong_clock_gives_way_to_the_only_recording_as_long(
    make_video, site, tmp_path, metadata
):
    path = make_video(metadata=metadata)
    (path.parent / "a.csv").write_text(airdata())
    frames = read_flight([path], site, work_folder=tmp_path / "work").frames
    assert "clock_from_recording" in notes(frames)
    for frame in frames:
        assert north_m(frame) == pytest.approx(8 * frame.video.offset_s, abs=5)
        assert abs(frame.taken_at_utc - START_UTC) < timedelta(seconds=10)


@pytest.mark.parametrize("codec", ["libx265", "libx264"])
@pytest.mark.parametrize(("turn", "size"), [(90, (36, 64)), (180, (64, 36)), (270, (36, 64))])
def test_turned_videos_are_set_upright(make_video, site, tmp_path, codec, turn, size):
    path = make_video(codec=codec, size=(64, 36), seconds=3)
    across, down = {90: (0, 1), 180: (-1, 0), 270: (0, -1)}[turn]
    matrix = [across << 16, down << 16, 0, -down << 16, across << 16, 0, 0, 0, 1 << 30]
    data = bytearray(path.read_bytes())
    at = data.index(b"tkhd") + 44  # version 0: flags, two times, number, length, layer, volume
    data[at : at + 36] = struct.pack(">9i", *matrix)
    path.write_bytes(data)
    path.with_suffix(".SRT").write_text(srt(3))
    frames = frames_of(path, site, tmp_path)
    assert frames
    assert {(frame.width_px, frame.height_px) for frame in frames} == {size}


def test_pictures_at_uneven_times_are_placed_by_their_own(site, tmp_path):
    path, tick = tmp_path / "phone.mp4", Fraction(1, 1000)
    rng = np.random.default_rng(1)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=30, options={"g": "10", "threads": "1"})
        stream.width, stream.height, stream.pix_fmt = 64, 36, "yuv420p"
        stream.time_base = stream.codec_context.time_base = tick
        at_ms = 0
        while at_ms < 8000:
            noise = rng.integers(0, 255, (36, 64, 3), dtype=np.uint8)
            frame = av.VideoFrame.from_ndarray(noise, format="rgb24")
            frame.pts, frame.time_base = at_ms, tick
            container.mux(stream.encode(frame))
            at_ms += int(rng.choice([16, 33, 66, 120]))
        container.mux(stream.encode())
    path.with_suffix(".SRT").write_text(srt(8, per_s=60))
    frames = frames_of(path, site, tmp_path)
    assert len(frames) >= 3
    for frame in frames:
        assert north_m(frame) == pytest.approx(8 * frame.video.offset_s, abs=0.9)


def test_a_log_of_another_day_places_nothing(make_video, site, tmp_path):
    path = make_video(metadata={"creation_time": "2026-03-15T03:00:00Z"})
    (path.parent / "a.csv").write_text(airdata())
    (refused,) = read_flight([path], site, work_folder=tmp_path / "work").refused
    assert refused.reason.code == "no_telemetry"


def cut(path):
    path.write_bytes(path.read_bytes()[:-200])


def empty_of_data(path):
    data = path.read_bytes()
    at = data.index(b"mdat") + 4
    moov = data.index(b"moov") - 4
    path.write_bytes(data[:at] + bytes(moov - at) + data[moov:])


def sound_only(path):
    with av.open(str(path), "w", format="mp4") as container:
        stream = container.add_stream("aac", rate=44100, layout="stereo")
        silence = np.zeros((2, 1024), dtype=np.float32)
        frame = av.AudioFrame.from_ndarray(silence, format="fltp", layout="stereo")
        frame.sample_rate = 44100
        container.mux(stream.encode(frame))
        container.mux(stream.encode())


def own_track(path):
    """Turn the track of subtitles into one as DJI's drones write for themselves."""
    data = path.read_bytes().replace(b"tx3g", b"djmd").replace(b"sbtl", b"meta")
    path.write_bytes(data.replace(b"SubtitleHandler", b"DJI meta\0\0\0\0\0\0\0"))


@pytest.mark.parametrize(
    ("spoil", "with_srt", "code"),
    [
        (cut, True, "video_cut_short"),
        (empty_of_data, True, "video_damaged"),
        (sound_only, True, "no_pictures"),
        (lambda path: path.write_bytes(path.read_bytes()[:40]), True, "video_cut_short"),
        (lambda path: path, False, "no_telemetry"),
        (lambda path: path.with_suffix(".SRT").write_text("1\nnothing"), False, "no_telemetry"),
        (lambda path: path.with_suffix(".SRT").write_text(srt(8, lonlat=(0, 0))), False,
         "no_telemetry"),
        (lambda path: path.with_suffix(".SRT").write_text(srt(8, height=-5)), False, "no_place"),
    ],
)  # fmt: skip
def test_what_is_no_use_is_refused_with_a_remedy(make_video, site, tmp_path, spoil, with_srt, code):
    path = make_video("card/a.mp4")
    if with_srt:
        path.with_suffix(".SRT").write_text(srt(8))
    spoil(path)
    flight = read_flight([path.parent], site, work_folder=tmp_path / "work")
    assert flight.frames == ()
    assert [(r.path.name, r.reason.code, r.remedy) for r in flight.refused] == [
        ("a.mp4", code, REMEDIES[code])
    ]


def test_djis_own_track_of_another_kind_is_named(make_video, site, tmp_path):
    path = make_video(subtitles=["unread"])
    own_track(path)
    with pytest.raises(VideoError, match=r"\(djmd, .* is not read.*\.SRT"):
        frames_of(path, site, tmp_path)


def djmd_video(make_video, name="DJI_0001.MP4", **fields):
    samples = [
        dji_samples.frame(LON, LAT + 8 * n / M_PER_DEGREE, gimbal=(-90, 0, 0)) for n in range(8)
    ]
    samples[0] = dji_samples.header() + samples[0]
    path = make_video(
        name, subtitles=samples, metadata={"creation_time": "2026-03-14T03:00:00Z"}, **fields
    )
    own_track(path)
    return path


def test_djis_own_track_places_a_video(make_video, site, tmp_path):
    frames = frames_of(djmd_video(make_video), site, tmp_path)
    assert len(frames) >= 3
    for each in frames:
        assert north_m(each) == pytest.approx(8 * each.video.offset_s, abs=0.9)
        assert each.pose.height_above_sea_m == pytest.approx(60.0)
        assert each.pose.pitch_deg == -90
        assert not each.pose.assumed_nadir
    assert "unpublished_layout" in notes(frames)
    assert frames[0].taken_at_utc == START_UTC + timedelta(seconds=frames[0].video.offset_s)


def test_an_srt_beside_it_comes_before_djis_own_track(make_video, site, tmp_path):
    path = djmd_video(make_video)
    path.with_suffix(".SRT").write_text(srt(8, height=28.0))
    frames = frames_of(path, site, tmp_path)
    assert {round(each.pose.height_above_sea_m) for each in frames} == {30}
    assert "unpublished_layout" not in notes(frames)


@pytest.mark.parametrize(
    ("name", "log"),
    [
        ("cut.gpx", gpx()[:200]),
        ("untimed.csv", "latitude,longitude,altitude(m)\n7.25,99.4,58\n"),
        ("binary.csv", "\0\0\0"),
        ("placeless.csv", airdata().replace("7.2", "").replace(f",{LON},", ",,")),
    ],
)
@pytest.mark.parametrize("named", [True, False])
def test_a_broken_flight_log_is_told(make_video, site, tmp_path, name, log, named):
    path = djmd_video(make_video, "card/DJI_0002.MP4")
    (path.parent / name).write_text(log)
    given = [path, path.parent / name] if named and name.endswith(".gpx") else [path.parent]
    flight = read_flight(given, site, work_folder=tmp_path / "work")
    assert len(flight.frames) >= 3
    (refused,) = flight.refused
    assert (refused.path.name, refused.reason.code) == (name, "log_unreadable")
    assert "no video is placed by it" in refused.reason.text


def test_a_table_of_something_else_is_passed_over(make_video, site, tmp_path):
    path = djmd_video(make_video, "card/DJI_0002.MP4")
    (path.parent / "species.csv").write_text("name,count\ndugong,3\n")
    assert read_flight([path.parent], site, work_folder=tmp_path / "work").refused == ()


def test_videos_stand_beside_photos_and_lonely_subtitles_are_refused(make_video, site, tmp_path):
    path = make_video("card/sub/DJI_0007.mp4")
    path.with_name("dji_0007.SRT").write_text(srt(8))
    (path.parent / "DJI_0008.SRT").write_text(srt(8))
    flight = read_flight([path.parent.parent], site, work_folder=tmp_path / "work")
    assert [(r.path.name, r.reason.code) for r in flight.refused] == [
        ("DJI_0008.SRT", "telemetry_alone")
    ]
    assert {frame.video.path for frame in flight.frames} == {path}
    again = read_flight([path.parent.parent], site, work_folder=tmp_path / "again")
    assert again.flight_id == flight.flight_id
    assert [f.sha256 for f in again.frames] == [f.sha256 for f in flight.frames]


def test_the_sharpest_picture_of_a_window_is_taken(make_video, tmp_path):
    path = make_video(rate=25, gop=250, seconds=2, blurred={24, 25, 26})
    moments = [SampleTime(1.0, 0.0)]
    (still,) = take_stills(read_facts(path), "0" * 64, moments, tmp_path / "s")
    assert round(still.offset_s * 25) in (23, 27)


def test_few_pictures_are_decoded(make_video, tmp_path, monkeypatch):
    path = make_video(seconds=60, size=(64, 36), rate=30, gop=30)
    facts = read_facts(path)
    assert facts.keyframes_s[:3] == pytest.approx((0.0, 1.0, 2.0), abs=0.1)
    decoded = itertools.count()
    whole = av.container.InputContainer.decode

    def counted(self, *args, **fields):
        for frame in whole(self, *args, **fields):
            next(decoded)
            yield frame

    class Counting:
        """The container, with its decoded pictures counted."""

        def __init__(self, container):
            self.container = container

        def __getattr__(self, name):
            return getattr(self.container, name)

        def decode(self, *args, **fields):
            return counted(self.container, *args, **fields)

    @contextmanager
    def counting(video):
        with opened(video) as container:
            yield Counting(container)

    monkeypatch.setattr(stills_module, "opened", counting)
    moments = [SampleTime(n * 3.0 + 0.1, 0.25) for n in range(20)]
    stills = list(take_stills(facts, "0" * 64, moments, tmp_path / "s"))
    assert len(stills) == 20
    assert next(decoded) <= 20 * 9  # of 1800


def test_pictures_of_an_unknown_coding_are_refused(make_video):
    path = make_video(seconds=1)
    path.write_bytes(path.read_bytes().replace(b"avc1", b"zzzz"))
    with pytest.raises(VideoError) as refused:
        read_facts(path)
    assert refused.value.code == "video_damaged"


def test_tags_in_another_code_than_utf8_do_no_harm(make_video, site, tmp_path):
    path = make_video(metadata={"comment": "DJI plain words"})
    path.write_bytes(
        path.read_bytes().replace(b"DJI plain words", b"DJI \xb4\xf3\xbd\xae\xff words")
    )
    path.with_suffix(".SRT").write_text(srt(8))
    assert "DJI" in read_facts(path).device
    assert len(frames_of(path, site, tmp_path)) >= 3


def test_a_disk_without_room_refuses_no_video(make_video, site, tmp_path, monkeypatch):
    """Refused for that, it would be missing from its flight for good."""
    make_video().with_suffix(".SRT").write_text(srt(8))
    film = tmp_path / "DJI_0001.MP4"

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(DiskFull, match="stills"):
        read_flight([film], site, work_folder=tmp_path / "work")
