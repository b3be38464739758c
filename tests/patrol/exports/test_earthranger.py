"""EarthRanger events: exact for a known incident, and one for every state and priority."""

import json
from dataclasses import replace

import pytest

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
