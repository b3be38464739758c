"""The sample flight that is a video: its boats, with their speeds."""

import json
from contextlib import closing
from pathlib import Path

import pytest

from ingest.lonlat import LonLat, distance_m
from libong.composition import open_media, open_store
from libong.open_models import open_detector
from libong.pipeline import process_flight
from libong.settings import read_settings
from libong.sites import open_site

FOLDER = Path(__file__).resolve().parent.parent.parent / "sample_flights" / "boats_on_video"


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    settings = read_settings(data_dir=tmp_path_factory.mktemp("store"))
    with closing(open_store(settings)) as store:
        return process_flight(
            [FOLDER],
            open_site("koh_libong"),
            open_detector(settings),
            store,
            open_media(settings),
            on_progress=lambda stage, done, total: None,
        )


@pytest.mark.deep
def test_boats_of_the_video_are_found_once_and_their_speeds_hold(report):
    truth = json.loads((FOLDER / "truth.json").read_text(encoding="utf-8"))
    assert report.refused == ()
    assert len(report.sightings) == len(truth["tracks"])
    for track in truth["tracks"]:
        on_track = [LonLat(seen["lon"], seen["lat"]) for seen in track["seen"]]
        away_m, sighting = min(
            ((min(distance_m(s.position, p) for p in on_track), s) for s in report.sightings),
            key=lambda pair: pair[0],
        )
        assert away_m <= 3 * sighting.error_m
        assert len(sighting.detections) >= 2
        if track["speed_m_s"] == 0:
            assert sighting.speed_m_s is None
        else:
            off_m_s = abs(sighting.speed_m_s - track["speed_m_s"])
            assert off_m_s <= 2 * sighting.speed_sigma_m_s
            assert sighting.speed_sigma_m_s < track["speed_m_s"] / 4
    assert sorted((i.rule.value, i.zone_id) for i in report.incidents) == sorted(
        (i["rule"], i["zone"]) for i in truth["expected_incidents"]
    )
    assert (FOLDER / "LIBONG_0001.MP4").stat().st_size <= 4_000_000
