"""SMART: of the form that its own reader takes, the same incident whenever it is sent."""

import json
from dataclasses import replace
from datetime import datetime
from uuid import UUID

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from patrol.exports.smart import SmartModelError, incidents_smart, read_smart_model
from patrol.zones import RuleName

# After SMART's `JsonFileProcessor` (type, features), `IJsonFeatureProcessor` (what it reads of a
# feature: geometry, dateTime, incidentUuid, comment, observationGroups, category, attributes, of
# which numbers must be numbers) and `IncidentJsonFeatureProcessor` (data and feature types).
KEY = {"type": "string", "pattern": "^[a-z0-9_]+([.][a-z0-9_]+)*[.]?$"}
SCHEMA = {
    "type": "object",
    "required": ["type", "features"],
    "properties": {
        "type": {"const": "FeatureCollection"},
        "features": {"type": "array", "items": {"$ref": "#/$defs/feature"}},
    },
    "$defs": {
        "feature": {
            "type": "object",
            "required": ["type", "geometry", "properties"],
            "properties": {
                "type": {"const": "Feature"},
                "geometry": {
                    "type": "object",
                    "required": ["type", "coordinates"],
                    "properties": {
                        "type": {"const": "Point"},
                        "coordinates": {
                            "type": "array", "items": {"type": "number"},
                            "minItems": 2, "maxItems": 2,
                        },
                    },
                },
                "properties": {
                    "type": "object",
                    "required": [
                        "dateTime", "smartDataType", "smartFeatureType", "smartAttributes",
                    ],
                    "additionalProperties": False,
                    "properties": {
                        "dateTime": {
                            "type": "string",
                            "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}$",
                        },
                        "smartDataType": {"enum": ["incident", "integrateincident"]},
                        "smartFeatureType": {
                            "enum": ["waypoint/new", "waypoint", "waypoint/observation"]
                        },
                        "smartAttributes": {
                            "type": "object",
                            "required": ["incidentUuid", "observationGroups"],
                            "additionalProperties": False,
                            "properties": {
                                "incidentUuid": {"type": "string", "format": "uuid"},
                                "comment": {"type": "string"},
                                "observationGroups": {
                                    "type": "array",
                                    "items": {"$ref": "#/$defs/group"},
                                },
                            },
                        },
                    },
                },
            },
        },
        "group": {
            "type": "object",
            "required": ["observations"],
            "properties": {
                "observations": {
                    "type": "array",
                    "minItems": 1,
                    "items": {
                        "type": "object",
                        "required": ["category", "attributes"],
                        "additionalProperties": False,
                        "properties": {
                            "category": KEY,
                            "attributes": {
                                "type": "object",
                                "propertyNames": KEY,
                                "additionalProperties": {"type": ["string", "number", "boolean"]},
                            },
                        },
                    },
                },
            },
        },
    },
}  # fmt: skip


def checked(incidents, site, *model) -> list[dict]:
    written = incidents_smart(incidents, site, *model)
    written.decode("ascii")
    document = json.loads(written)
    jsonschema_rs.validator_for(SCHEMA, validate_formats=True).validate(document)
    return document["features"]


def test_a_known_incident(boat, site) -> None:
    (feature,) = checked([boat], site)
    assert feature["geometry"]["coordinates"] == [99.456, 7.256]
    properties = feature["properties"]
    assert properties["dateTime"] == "2026-03-01T12:00:00"  # 5 o'clock UTC, at the site's clock
    attributes = properties["smartAttributes"]
    assert attributes["comment"] == "เรืออยู่ที่ขอบ\nBoat at the edge"
    ((observation,),) = [group["observations"] for group in attributes["observationGroups"]]
    assert observation["category"] == "libong.boat_in_closed_zone"
    assert observation["attributes"]["libong_zone"] == "Laem Chu Hoi flat"
    assert observation["attributes"]["libong_error_m"] == 4.0


def test_an_incident_has_one_uuid_whatever_became_of_it(boat, site) -> None:
    (first,) = checked([boat], site)
    (later,) = checked([replace(boat, version=4)], site)
    (other,) = checked([replace(boat, incident_id="another")], site)
    uuids = [it["properties"]["smartAttributes"]["incidentUuid"] for it in (first, later, other)]
    assert uuids[0] == uuids[1] != uuids[2]
    assert UUID(uuids[0]).version == 5


@pytest.mark.parametrize("rule", RuleName)
def test_every_rule_has_a_category(boat, site, rule) -> None:
    (feature,) = checked([replace(boat, rule=rule)], site)
    assert datetime.fromisoformat(feature["properties"]["dateTime"]).tzinfo is None


@given(st.data())
def test_hostile_texts_keep_the_form(boat, site, hostile_texts, data) -> None:
    text = data.draw(hostile_texts)
    checked([replace(boat, reason_th=text, reason_en=text, citation=text, zone_id=None)], site)


def test_a_data_models_own_keys(boat, site, tmp_path) -> None:
    path = tmp_path / "smart.toml"
    path.write_text(
        '[categories]\nboat_in_closed_zone = "threats.boats.entry."\n'
        '[attributes]\nlibong_score = "confidence"\n'
    )
    (feature,) = checked([boat], site, read_smart_model(path))
    ((observation,),) = [
        group["observations"]
        for group in feature["properties"]["smartAttributes"]["observationGroups"]
    ]
    assert observation["category"] == "threats.boats.entry."
    assert observation["attributes"]["confidence"] == 0.9
    assert "libong_score" not in observation["attributes"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[categories]\nno_rule = "a"\n', "no_rule"),
        ('[categories]\nboat_in_closed_zone = "A b"\n', "boat_in_closed_zone"),
        ('[attributes]\ncolour = "a"\n', "colour"),
        ("other = 1", "other"),
        ("= =", "cannot be read"),
    ],
)
def test_a_map_that_cannot_be_used_is_refused_with_the_place(tmp_path, text, said) -> None:
    path = tmp_path / "smart.toml"
    path.write_text(text)
    with pytest.raises(SmartModelError, match=said):
        read_smart_model(path)
