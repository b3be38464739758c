"""GeoJSON: exact for a known incident, and whole whatever a text holds."""

import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from patrol.exports.geojson import incidents_geojson
from patrol.exports.plain_text import plain_text


def test_a_known_incident(boat) -> None:
    assert json.loads(incidents_geojson([boat])) == {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": "0123456789abcdef",
                "geometry": {"type": "Point", "coordinates": [99.456, 7.256]},
                "properties": {
                    "id": "0123456789abcdef",
                    "rule": "boat_in_closed_zone",
                    "class": "boat",
                    "zone": "laem_chu_hoi",
                    "state": "new",
                    "priority": "high",
                    "certainty": "boundary",
                    "reason_th": "เรืออยู่ที่ขอบ",
                    "reason_en": "Boat at the edge",
                    "occurred_at_utc": "2026-03-01T05:00:00Z",
                    "error_m": 4.0,
                    "score": 0.9,
                    "citation": "a source",
                    "version": 1,
                },
            }
        ],
    }


def test_none_is_a_collection_too_and_the_order_is_kept(boat) -> None:
    assert json.loads(incidents_geojson([]))["features"] == []
    other = replace(boat, incident_id="f" * 16, zone_id=None)
    features = json.loads(incidents_geojson([other, boat]))["features"]
    assert [feature["id"] for feature in features] == ["f" * 16, "0123456789abcdef"]
    assert features[0]["properties"]["zone"] is None


@given(st.data())
def test_hostile_texts_come_back_as_text(boat, hostile_texts, data) -> None:
    text = data.draw(hostile_texts)
    hostile = replace(boat, reason_th=text, reason_en=text, citation=text)
    (feature,) = json.loads(incidents_geojson([hostile]))["features"]
    for name in ("reason_th", "reason_en", "citation"):
        assert feature["properties"][name] == plain_text(text)
