"""Every file of the field data through the commands, as a user has it."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from libong.cli import frames, telemetry

from .telemetry.test_field_telemetry import FILES

# Path, size, UTC, height above the sea, its source, yaw, pitch, cm a pixel, warnings; of the
# default site: Trang's clock, and a launch 2 m above the sea.
PHOTOS = [
    ("brighton_beach/DJI_0018.JPG", (4000, 2250), "2016-06-23T09:31:59", 41.8, "relative_altitude",
     45.0, -89.9, 1.79, []),
    ("brighton_beach/DJI_0019.JPG", (4000, 2250), "2016-06-23T09:32:06", 42.1, "relative_altitude",
     42.8, -89.9, 1.80, []),
    ("brighton_beach/DJI_0020.JPG", (4000, 2250), "2016-06-23T09:32:13", 42.1, "relative_altitude",
     44.2, -89.9, 1.80, []),
    ("brighton_beach/DJI_0021.JPG", (4000, 2250), "2016-06-23T09:32:20", 42.1, "relative_altitude",
     45.0, -90.0, 1.80, []),
    ("brighton_beach/DJI_0022.JPG", (4000, 2250), "2016-06-23T09:32:27", 42.0, "relative_altitude",
     45.3, -90.0, 1.79, []),
    ("brighton_beach/DJI_0023.JPG", (4000, 2250), "2016-06-23T09:32:34", 42.0, "relative_altitude",
     43.8, -89.9, 1.79, []),
    ("brighton_beach/DJI_0024.JPG", (4000, 2250), "2016-06-23T09:32:43", 41.9, "relative_altitude",
     -140.0, -89.9, 1.79, ["edited"]),
    ("brighton_beach/DJI_0025.JPG", (4000, 2250), "2016-06-23T09:32:50", 42.0, "relative_altitude",
     -132.0, -89.9, 1.79, ["edited"]),
    ("brighton_beach/DJI_0026.JPG", (4000, 2250), "2016-06-23T09:32:57", 42.1, "relative_altitude",
     -132.0, -89.9, 1.80, ["edited"]),
    ("sea/DJI_20240213141303_0001.JPG", (8192, 5460), "2024-02-13T11:13:24.526262", 151.938,
     "relative_altitude", -0.5, -89.9, 1.90, ["clock_zone"]),
    ("sea/DSC00316.jpg", (7952, 5304), "2023-02-08T05:53:18", 121.2344, "orthometric_altitude",
     -64.1, -88.3, 1.56, ["clock_never_set"]),
]  # fmt: skip
# Name, code, line, and what the message says to do.
REFUSED = [
    ("broken_empty.SRT", "empty", None, "switch on video captions"),
    ("broken_empty2.SRT", "no_block", 1, "copy the file from the drone's card again"),
]


def run(command, name, *arguments):
    app = typer.Typer(pretty_exceptions_enable=False)
    command.register(app)
    done = CliRunner().invoke(app, [*map(str, arguments), "--json"])
    return done.exit_code, {
        Path(document["path"]).relative_to(name).as_posix(): document
        for document in json.loads(done.stdout)
    }


@pytest.fixture(scope="module")
def photos(field_photos):
    code, documents = run(frames, field_photos, field_photos)
    assert code == 0
    return documents


@pytest.fixture(scope="module")
def telemetry_files(field_photos):
    folder = field_photos.parent / "srt"
    code, documents = run(telemetry, folder, *sorted(folder.iterdir()))
    assert code == 1  # two of them hold nothing
    return documents


def test_the_tables_name_every_file(photos, telemetry_files):
    assert set(photos) == {row[0] for row in PHOTOS}
    assert set(telemetry_files) == {row[0] for row in (*FILES, *REFUSED)}


@pytest.mark.parametrize("row", PHOTOS, ids=lambda row: row[0])
def test_photo(photos, row):
    name, size, utc, height_m, source, yaw_deg, pitch_deg, gsd_cm, warnings = row
    told = photos[name]
    assert (told["width"], told["height"]) == size
    assert told["taken_at_utc"] == f"{utc}+00:00"
    assert told["height_above_sea_m"] == pytest.approx(height_m)
    assert told["height_source"] == source
    assert told["yaw_deg"] == pytest.approx(yaw_deg, abs=0.05)
    assert told["pitch_deg"] == pytest.approx(pitch_deg, abs=0.05)
    assert told["gsd_cm"] == pytest.approx(gsd_cm, abs=0.006)
    assert 3 < told["error_m"] < 6
    assert [warning["code"] for warning in told["warnings"]] == warnings
    assert told["error"] is None


@pytest.mark.parametrize("row", FILES, ids=lambda row: row[0])
def test_telemetry(telemetry_files, row):
    name, dialect, records, first, last, warnings = row
    told = telemetry_files[name]
    assert (told["dialect"], told["records"], told["error"]) == (dialect, records, None)
    for place, record in ((first, told["first"]), (last, told["last"])):
        assert (record["lon"], record["lat"]) == (place or (None, None))
    assert [warning["code"] for warning in told["warnings"]] == warnings


@pytest.mark.parametrize("row", REFUSED, ids=lambda row: row[0])
def test_refused_telemetry(telemetry_files, row):
    name, code, line, remedy = row
    told = telemetry_files[name]
    assert (told["dialect"], told["records"], told["first"]) == (None, 0, None)
    assert (told["error_code"], told["error_line"]) == (code, line)
    assert remedy in told["error"]
