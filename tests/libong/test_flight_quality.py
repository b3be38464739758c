"""Quality and limits on their way through the commands and the pipeline."""

import json
from contextlib import closing
from pathlib import Path

import pytest
import shapely
from PIL import Image, ImageFilter
from typer.testing import CliRunner

from detection.frame_look import FrameLook
from detection.manifest import load_manifest
from detection.types import Detection, ObjectClass
from ingest.frame import Note
from ingest.lonlat import LonLat
from ingest.quality import FrameQuality
from libong.cli.main import app
from libong.composition import open_media, open_store
from libong.pipeline import process_flight
from libong.settings import read_settings
from libong.sites import open_site
from libong.worker_pool import detector_elsewhere

SURVEY = Path(__file__).resolve().parents[2] / "sample_flights" / "seagrass_survey"
SHARP, SPOILT = "LIBONG_0001.JPG", "LIBONG_0014.JPG"
OVERLAPPING = ("LIBONG_0002.JPG", "LIBONG_0013.JPG")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Two photos of a survey some 30 m apart, the second blurred beyond use."""
    folder = tmp_path_factory.mktemp("flight")
    (folder / SHARP).write_bytes((SURVEY / SHARP).read_bytes())
    with Image.open(SURVEY / SPOILT) as photo:
        exif, xmp = photo.info["exif"], photo.info["xmp"]
        blurred = photo.filter(ImageFilter.GaussianBlur(12))
    blurred.save(folder / SPOILT, exif=exif, xmp=xmp, quality=90)
    return folder


def told(data_dir, *arguments):
    environment = {"LIBONG_DATA_DIR": str(data_dir)}
    done = CliRunner().invoke(app, [*map(str, arguments), "--json"], env=environment)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_frames_tell_their_quality_when_asked(folder, tmp_path):
    documents = {Path(d["path"]).name: d for d in told(tmp_path, "frames", folder, "--quality")}
    assert documents[SHARP]["quality"]["usable"]
    assert not documents[SPOILT]["quality"]["usable"]
    (reason,) = documents[SPOILT]["quality"]["reasons"]
    assert reason["code"] == "too_blurred"
    assert set(documents[SHARP]["quality"]) == {
        *("sharpness", "clipped_share", "glare_share", "horizon_in_view"),
        *("secchi_m", "secchi_factor", "usable", "reasons"),
    }
    assert "quality" not in told(tmp_path, "frames", folder)[0]


def test_frames_print_the_flights_sentence_in_both_languages(folder, tmp_path):
    environment = {"LIBONG_DATA_DIR": str(tmp_path), "COLUMNS": "200"}
    done = CliRunner().invoke(app, ["frames", str(folder), "--quality"], env=environment)
    assert "2 frames, 1 too blurred" in done.output
    for named in ("sharpness", "clipped", "glare", "horizon", "water m", "usable"):
        assert named in done.output
    assert "2 รูป · เบลอเกินไป 1 รูป" in done.output


def test_detect_tells_why_a_frame_counts_less(folder, tmp_path):
    documents = {Path(d["path"]).name: d for d in told(tmp_path, "detect", folder)}
    assert documents[SHARP]["limits"] == []
    assert documents[SHARP]["weight"] == 1
    assert all(d["raw_score"] is None for d in documents[SHARP]["detections"])
    (limit,) = documents[SPOILT]["limits"]
    assert limit["code"] == "too_blurred"
    assert documents[SPOILT]["weight"] == limit["weight"] < 1
    for detection in documents[SPOILT]["detections"]:
        assert detection["score"] == pytest.approx(
            detection["raw_score"] * limit["weight"], abs=2e-3
        )


def test_process_counts_only_usable_frames_as_surveyed(folder, tmp_path):
    report = told(tmp_path, "process", folder)
    summary = report["summary"]
    assert (summary["frames"], summary["usable_frames"]) == (2, 1)
    assert summary["unusable"] == {"too_blurred": 1}
    assert 0.5 < summary["usable_km2"] / summary["seen_km2"] < 0.9  # the frames overlap
    (beyond,) = report["limits"]
    assert Path(beyond["path"]).name == SPOILT
    again = told(tmp_path, "process", folder)
    assert again["already_logged"]
    assert again["summary"] == summary
    for sighting in report["sightings"]:
        assert {"speed_m_s", "speed_error_m_s", "speed_knots", "course_deg"} <= set(sighting)


@pytest.mark.parametrize("spoilt", [True, False])
def test_frames_that_show_nothing_do_not_speak_against_a_find(tmp_path, spoilt):
    """A dugong in one sharp frame; the others look at its place, blurred beyond use or not."""
    settings = read_settings(data_dir=tmp_path)
    settings.make_data_dir()
    bad = FrameQuality(0.1, 0.0, None, False, (Note("too_blurred", "smeared"),))
    good = FrameQuality(1.0, 0.0, None, False, ())

    def search(frames, detector, on_progress):
        seen_by_all = shapely.intersection_all([shapely.Polygon(f.footprint) for f in frames])
        place = LonLat(seen_by_all.centroid.x, seen_by_all.centroid.y)
        first, *others = frames
        find = Detection(
            ObjectClass.DUGONG, 0.4, (10.0, 10.0, 40.0, 30.0),
            first.sha256, first.taken_at_utc, place, 2.0, detector.manifest.sha256,
        )  # fmt: skip
        looks = [FrameLook(frame, (), bad if spoilt else good, ()) for frame in others]
        return (FrameLook(first, (find,), good, ()), *looks), ()

    with closing(open_store(settings)) as store:
        report = process_flight(
            [SURVEY / name for name in (SHARP, SPOILT, *OVERLAPPING)],
            open_site(settings.site),
            detector_elsewhere(load_manifest(settings.model)),
            store,
            open_media(settings),
            on_progress=lambda *_: None,
            search=search,
        )
    assert len(report.sightings) == spoilt
