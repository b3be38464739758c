import json

import pytest

from ingest.flight import read_flight
from ingest.report import frame_document, refusal_document

KEYS = [
    "path", "sha256", "width", "height", "taken_at_utc", "lon", "lat", "height_above_sea_m",
    "height_source", "yaw_deg", "pitch_deg", "roll_deg", "gsd_cm", "footprint", "error_m",
    "relative_error_m", "warnings", "error", "video_path", "video_sha256", "video_offset_s",
]  # fmt: skip


def test_a_frame_as_json(make_photo, site):
    (frame,) = read_flight([make_photo(altitude=60.0)], site).frames
    document = json.loads(json.dumps(frame_document(frame)))
    assert list(document) == KEYS
    assert document["taken_at_utc"] == "2026-02-03T03:00:00+00:00"
    assert (document["lon"], document["lat"]) == pytest.approx((99.40, 7.25), abs=1e-9)
    assert document["height_source"] == "gps_altitude"
    assert (document["yaw_deg"], document["pitch_deg"], document["roll_deg"]) == (0, -90, 0)
    ring = document["footprint"]["coordinates"][0]
    assert document["footprint"]["type"] == "Polygon"
    assert ring[0] == ring[-1]
    assert len(ring[0]) == 2
    assert [note["code"] for note in document["warnings"]] == ["nadir_assumed"]
    assert document["error"] is None


def test_a_frame_that_sees_no_sea_has_nulls(make_photo, site):
    dji = {"GimbalYawDegree": 0, "GimbalPitchDegree": 80}
    (frame,) = read_flight([make_photo(dji=dji)], site).frames
    document = frame_document(frame)
    assert [document[key] for key in ("gsd_cm", "footprint", "error_m")] == [None, None, None]


def test_a_refused_file_as_json(make_photo, site):
    (refused,) = read_flight([make_photo(lon=0.0, lat=0.0)], site).refused
    document = json.loads(json.dumps(refusal_document(refused)))
    assert set(document) == {*KEYS, "remedy"}
    assert "0, 0" in document["error"]
    assert document["remedy"]
    assert document["sha256"] == refused.sha256
    assert document["lon"] is None
