"""`libong telemetry`, run within this process on its own."""

import json

import pytest
import typer
from typer.testing import CliRunner

from libong.cli import telemetry

from . import excerpts

RECORD_KEYS = {
    *("line", "at_s", "until_s", "taken_at_local", "lon", "lat", "relative_height_m"),
    *("absolute_altitude_m", "gimbal", "flight", "focal_length_35mm", "digital_zoom"),
    *("satellites", "iso", "shutter_s", "taken_at_utc"),
}


@pytest.fixture
def run():
    app = typer.Typer(pretty_exceptions_enable=False)
    telemetry.register(app)
    return lambda *arguments: CliRunner().invoke(app, [str(a) for a in arguments])


@pytest.fixture
def sound(tmp_path):
    path = tmp_path / "DJI_0001.SRT"
    path.write_text(excerpts.srt(excerpts.MAVIC_3, excerpts.MAVIC_3))
    return path


@pytest.fixture
def film(tmp_path):
    path = tmp_path / "film[b].SRT"
    path.write_text(excerpts.srt("[/i] Good [red]evening."))
    return path


def test_json_of_a_sound_file(run, sound):
    done = run(sound, "--json")
    assert done.exit_code == 0
    (document,) = json.loads(done.stdout)
    assert document["path"] == str(sound)
    assert (document["dialect"], document["records"], document["error"]) == ("mavic_3", 2, None)
    assert document["warnings"] == []
    assert set(document["first"]) == set(document["last"]) == RECORD_KEYS
    first, last = document["first"], document["last"]
    assert (first["lon"], first["lat"], first["at_s"]) == (99.401523, 7.253412, 0.0)
    assert first["taken_at_local"] == "2026-02-03T10:15:03.265"
    assert (last["at_s"], last["relative_height_m"]) == (1.0, 40.1)


def test_json_of_a_refused_file(run, film):
    done = run(film, "--json")
    assert done.exit_code == 2
    (document,) = json.loads(done.stdout)
    assert (document["records"], document["first"], document["last"]) == (0, None, None)
    assert (document["error_code"], document["error_line"]) == ("unknown_dialect", 1)
    assert document["error"].startswith("line 1: expected telemetry of a DJI or Autel drone")


def test_one_bad_file_does_not_lose_the_others(run, sound, film):
    done = run(film, sound, "--json")
    assert done.exit_code == 1
    assert [document["records"] for document in json.loads(done.stdout)] == [0, 2]


def test_tables_name_files_and_reasons_as_they_are(run, sound, film):
    done = run(sound, film)
    assert done.exit_code == 1
    shown = " ".join(done.stdout.split())
    assert "mavic_3" in shown
    assert "99.401523" in shown
    assert film.name in shown
    assert "[/i] Good [red]evening." in shown


def test_warnings_are_shown(run, tmp_path):
    path = tmp_path / "mini.SRT"
    path.write_text(excerpts.srt(excerpts.MAVIC_MINI))
    assert "steps of 11 m" in run(path).stdout


def test_a_file_that_is_not_there_is_wrong_usage(run, tmp_path):
    assert run(tmp_path / "nowhere.SRT").exit_code == 2


LOG = (
    "latitude,longitude,altitude(m),datetime(utc),datetime(local)\n"
    "7.2500123,99.4000345,58.0,2026-03-14 03:00:00,x\n"
    "7.2501123,99.4000345,58.5,never,x\n"
    "7.2502123,99.4000345,59.0,2026-03-14 03:00:02,x\n"
)
GPX = (
    '<gpx xmlns="http://www.topografix.com/GPX/1/1"><trk><trkseg>'
    '<trkpt lat="7.2500123" lon="99.4000345">'
    "<ele>60</ele><time>2026-03-14T03:00:00Z</time></trkpt></trkseg></trk></gpx>"
)


@pytest.mark.parametrize(
    ("name", "text", "dialect", "records", "codes"),
    [
        ("flight.csv", LOG, "litchi", 2, ["damaged_block"]),
        ("track.gpx", GPX, "gpx", 1, ["no_relative_height"]),
    ],
)
def test_flight_logs_are_read(run, tmp_path, name, text, dialect, records, codes):
    path = tmp_path / name
    path.write_text(text)
    (document,) = json.loads(run(path, "--json").stdout)
    assert (document["dialect"], document["records"]) == (dialect, records)
    assert document["first"]["taken_at_utc"] == "2026-03-14T03:00:00+00:00"
    assert [warning["code"] for warning in document["warnings"]] == codes
    assert "2026-03-14 03:00:00 UTC" in run(path).stdout


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("cut.gpx", GPX[:90], "unknown_dialect"),
        ("untimed.csv", LOG.replace("(utc)", ""), "unknown_dialect"),
        ("other.csv", "name,count\ndugong,3\n", "unknown_dialect"),
        ("placeless.csv", LOG.replace("99.4000345", ""), "nothing_usable"),
    ],
)
def test_broken_flight_logs_are_refused(run, tmp_path, name, text, code):
    path = tmp_path / name
    path.write_text(text)
    done = run(path, "--json")
    assert done.exit_code == 2
    (document,) = json.loads(done.stdout)
    assert document["error_code"] == code


def test_a_folder_is_walked_and_each_file_told(run, tmp_path, sound, film):
    deep = tmp_path / "DCIM" / "100MEDIA"
    deep.mkdir(parents=True)
    (deep / "DJI_0002.srt").write_text(excerpts.srt(excerpts.MAVIC_AIR))
    (deep / "flight.csv").write_text(LOG)
    (deep / "track.gpx").write_text(GPX[:90])
    (deep / "untimed.csv").write_text(LOG.replace("(utc)", ""))
    # nothing here tells of places, and what macOS leaves behind is no subtitle
    (deep / "prices.csv").write_text("name,count,sum\ndugong,3,4\n")
    (deep / "DJI_0003.JPG").write_bytes(b"\xff\xd8\xff")
    (deep / "._DJI_0002.srt").write_bytes(b"\x00\x05\x16\x07")
    done = run(tmp_path, sound, "--json")
    assert done.exit_code == 1
    told = {document["path"]: document["error_code"] for document in json.loads(done.stdout)}
    assert told == {
        str(sound): None,
        str(film): "unknown_dialect",
        str(deep / "DJI_0002.srt"): None,
        str(deep / "flight.csv"): None,
        str(deep / "track.gpx"): "unknown_dialect",
        str(deep / "untimed.csv"): "unknown_dialect",
    }


def test_in_a_folder_the_subtitles_beside_a_video_stand_for_it(run, tmp_path, sound):
    for name in ("DJI_0001.MP4", "DJI_0002.MP4"):
        (tmp_path / name).write_bytes(b"\x00\x00\x00\x18ftypisom")
    told = [document["path"] for document in json.loads(run(tmp_path, "--json").stdout)]
    assert told == [str(sound), str(tmp_path / "DJI_0002.MP4")]
    named = run(tmp_path / "DJI_0001.MP4", tmp_path, "--json")
    assert str(tmp_path / "DJI_0001.MP4") in named.stdout


def test_a_folder_without_telemetry_says_so(run, tmp_path):
    (tmp_path / "readme.txt").write_text("nothing")
    done = run(tmp_path)
    assert isinstance(done.exception, telemetry.NoTelemetryError)
    assert "no telemetry in" in str(done.exception)
