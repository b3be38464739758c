"""Examples of requests for the description of the JSON interface; a test runs each of them.

The ids in them stand for those of the reader's own site.
"""

from collections.abc import Mapping
from typing import Any

INCIDENT, OTHER_INCIDENT = "9f2c4e6a8b0d1f35", "0b1d3f5a7c9e2468"
FRAME, OTHER_FRAME = "3f" * 32, "5b" * 32
CROP = "7d" * 32

# what stands in an address
PARAMETERS: Mapping[str, Any] = {
    "incident_id": INCIDENT,
    "flight_id": "c4f1a09be27d5836",
    "file_format": "gpx",
    "zone_id": "mod_tanoi_bay",
    "number": 1,
    "upload_id": "u4f1a09be27d5836",
}

_ZONE: Mapping[str, Any] = {
    "type": "Feature",
    "properties": {
        "zone_id": "mod_tanoi_bay",
        "name_th": "อ่าวบ้านมดตะนอย",
        "name_en": "Ban Mod Tanoi Bay",
        "kind": "go_slow",
        "rules": ["boat_in_go_slow_zone"],
        "citation": "where the outline and its rules come from",
        "citation_th": "ที่มาของแนวเขตและกฎ",
        "binding": "proposal",
        "jurisdiction": "Trang",
        "indicative": True,
        "valid_from": "2026-11-01",
        "valid_until": None,
        "seasons": [{"first": "11-01", "last": "04-30"}],
        "hours": [{"first": "18:00", "last": "06:00"}],
        "tide": {"above_m": None, "below_m": 0.5},
        "advised_speed": {"knots": 6, "citation": "where the figure comes from"},
    },
    "geometry": {
        "type": "Polygon",
        "coordinates": [
            [[99.44, 7.24], [99.46, 7.24], [99.46, 7.26], [99.44, 7.26], [99.44, 7.24]]
        ],
    },
}

_OF_INCIDENT = "/api/v1/incidents/{incident_id}"
_OF_FRAME = "/api/v1/frames/{sha256}"

# what is sent, by the address and the method of the operation
BODIES: Mapping[tuple[str, str], Any] = {
    (f"{_OF_INCIDENT}/transitions", "post"): {
        "to": "confirmed",
        "reason": "seen by eye",
        "expected_version": 1,
    },
    (f"{_OF_INCIDENT}/assignment", "post"): {"assignee": "mali", "expected_version": 1},
    (f"{_OF_INCIDENT}/priority", "post"): {
        "priority": "low",
        "reason": "the harbour knows this boat",
        "expected_version": 1,
    },
    (f"{_OF_INCIDENT}/comments", "post"): {"text": "the harbour knows this boat"},
    (f"{_OF_INCIDENT}/undo", "post"): {"expected_version": 2},
    (f"{_OF_INCIDENT}/join", "post"): {"into": OTHER_INCIDENT, "expected_version": 1},
    (f"{_OF_INCIDENT}/separate", "post"): {"reason": "another hull", "expected_version": 2},
    (f"{_OF_INCIDENT}/split", "post"): {
        "frames": [OTHER_FRAME],
        "reason": "two boats side by side",
        "expected_version": 1,
    },
    ("/api/v1/incidents/steps", "post"): {
        "incidents": [{"id": INCIDENT, "expected_version": 1}],
        "step": {"do": "move", "to": "confirmed"},
        "reason": "seen by eye",
    },
    (f"{_OF_FRAME}/measure", "post"): {"xy_px": [[600, 400], [900, 400]]},
    (f"{_OF_FRAME}/labels", "post"): {
        "xyxy_px": [500, 380, 560, 420],
        "object_class": "dugong",
    },
    (f"{_OF_FRAME}/labels/removed", "post"): {"key": "d2", "version": 0},
    (f"{_OF_FRAME}/review", "post"): {"complete": True},
    ("/api/v1/zones/check", "post"): {"feature": _ZONE},
    ("/api/v1/zones/{zone_id}", "put"): {"feature": _ZONE, "reason": "buoys were moved"},
    ("/api/v1/zones/{zone_id}/retire", "post"): {"reason": "the buoys are gone"},
    ("/api/v1/uploads", "post"): {
        "name": "2026-11-22 morning",
        "files": [{"path": "DCIM/DJI_0042.JPG", "size_bytes": 8_421_376, "sha256": "ab" * 32}],
    },
    ("/api/v1/uploads/{upload_id}/finish", "post"): {"leave_out_missing": True},
}


def parameter_of(path: str, name: str) -> Any:
    """Return the example of what stands for `name` in an address; None where there is none."""
    if name == "sha256":
        return CROP if path.startswith("/api/v1/crops/") else FRAME
    return PARAMETERS.get(name)


def add_examples(document: dict[str, Any]) -> None:
    """Write the examples into an OpenAPI document."""
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            for parameter in operation.get("parameters", ()):
                if parameter["in"] == "path":
                    parameter["example"] = parameter_of(path, parameter["name"])
            body = BODIES.get((path, method))
            if body is not None:
                operation["requestBody"]["content"]["application/json"]["example"] = body
