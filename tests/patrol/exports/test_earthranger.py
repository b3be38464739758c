"""EarthRanger events: exact for a known incident, and one for every state and priority."""

import json
from dataclasses import replace
from datetime import datetime

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from patrol.exports.earthranger import incidents_earthranger
from patrol.incident import State
from patrol.verdict import Priority


def test_a_known_incident(boat) -> None:
    assert json.loads(incidents_earthranger([boat])) == [
        {
            "event_type": "libong_boat_in_closed_zone",
            "title": "Boat at the edge",
            "time": "2026-03-01T05:00:00Z",
            "location": {"latitude": 7.256, "longitude": 99.456},
            "priority": 300,
            "state": "new",
            "event_details": {
                "libong_id": "0123456789abcdef",
                "libong_state": "new",
                "class": "boat",
                "zone": "laem_chu_hoi",
                "certainty": "boundary",
                "error_m": 4.0,
                "score": 0.9,
                "reason_th": "เรืออยู่ที่ขอบ",
                "reason_en": "Boat at the edge",
                "citation": "a source",
            },
        }
    ]


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("priority", Priority)
def test_states_and_priorities_are_earthrangers(boat, state, priority) -> None:
    (event,) = json.loads(incidents_earthranger([replace(boat, state=state, priority=priority)]))
    assert event["state"] in ("new", "active", "resolved")
    assert event["priority"] in (100, 200, 300)
    assert event["event_details"]["libong_state"] == state


# What er-client (PADAS, erclient/client.py and schemas.py) posts to `activity/events`, and what its
# tests take back from a server.
SCHEMA = {
    "type": "object",
    "required": ["event_type", "time", "location", "priority", "state", "event_details", "title"],
    "additionalProperties": False,
    "properties": {
        "event_type": {"type": "string", "pattern": "^[a-z0-9_]+$"},
        "title": {"type": "string", "minLength": 1, "maxLength": 120},
        "time": {"type": "string", "format": "date-time"},
        "location": {
            "type": "object",
            "required": ["latitude", "longitude"],
            "additionalProperties": False,
            "properties": {
                "latitude": {"type": "number", "minimum": -90, "maximum": 90},
                "longitude": {"type": "number", "minimum": -180, "maximum": 180},
            },
        },
        "priority": {"enum": [0, 100, 200, 300]},
        "state": {"enum": ["new", "active", "resolved"]},
        "event_details": {
            "type": "object",
            "additionalProperties": {"type": ["string", "number", "null"]},
        },
    },
}


@given(st.data())
def test_events_are_of_the_form_that_the_client_posts(boat, hostile_texts, data) -> None:
    text = data.draw(hostile_texts)
    hostile = replace(boat, reason_en=text * 40, reason_th=text, zone_id=None)
    check = jsonschema_rs.validator_for(SCHEMA, validate_formats=True)
    for event in json.loads(incidents_earthranger([boat, hostile])):
        check.validate(event)
        assert datetime.fromisoformat(event["time"]).utcoffset() is not None
