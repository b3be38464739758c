"""Incidents as events of EarthRanger, to be posted to its `activity/events`.

Field names and values are those that EarthRanger's own client sends to interface 1.0 (PADAS
`er-client`, `post_report`, and its schema of events: `location` with latitude and longitude, an
aware `time`, a numeric `priority`, `state`, `event_details`). The event types must exist on the
server under the names given here: `libong_` and the rule.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from patrol.exports.labels import RULE_WORDS
from patrol.exports.plain_text import plain_text, utc_text
from patrol.incident import Incident, State
from patrol.verdict import Priority

# A headline, which servers keep in a column of limited length; the whole reason is in the details.
_TITLE_LENGTH = 120
_DECIMALS = 7  # about 1 cm, far below any position's error

# EarthRanger's: 0 grey, 100 green, 200 amber, 300 red
_PRIORITIES: Mapping[Priority, int] = {
    Priority.LOW: 100,
    Priority.NORMAL: 200,
    Priority.HIGH: 300,
}
_STATES: Mapping[State, str] = {
    State.NEW: "new",
    State.CONFIRMED: "active",
    State.RESPONDING: "active",
    State.RESOLVED: "resolved",
    State.DISMISSED: "resolved",
    State.RETRACTED: "resolved",
}


def incidents_earthranger(incidents: Sequence[Incident]) -> bytes:
    """Return a JSON list of one event per incident, in the given order.

    Coordinates are WGS 84 degrees; `error_m` is the position's root mean square error. EarthRanger
    knows three states; the incident's own is in the details.
    """
    events = [_event(incident) for incident in incidents]
    return json.dumps(events, ensure_ascii=False, indent=1, allow_nan=False).encode() + b"\n"


def _event(incident: Incident) -> dict[str, Any]:
    lon, lat = incident.position
    return {
        "event_type": f"libong_{incident.rule}",
        "title": _title(incident),
        "time": utc_text(incident.occurred_at_utc),
        "location": {"latitude": round(lat, _DECIMALS), "longitude": round(lon, _DECIMALS)},
        "priority": _PRIORITIES[incident.priority],
        "state": _STATES[incident.state],
        "event_details": {
            "libong_id": incident.incident_id,
            "libong_state": incident.state.value,
            "class": incident.object_class.value,
            "zone": incident.zone_id,
            "certainty": incident.certainty.value,
            "error_m": round(incident.error_m, 2),
            "score": round(incident.score, 4),
            "reason_th": plain_text(incident.reason_th),
            "reason_en": plain_text(incident.reason_en),
            "citation": plain_text(incident.citation),
        },
    }


def _title(incident: Incident) -> str:
    first = plain_text(incident.reason_en).strip().partition("\n")[0]
    title = first or RULE_WORDS[incident.rule].en
    return title if len(title) <= _TITLE_LENGTH else f"{title[: _TITLE_LENGTH - 1]}…"
