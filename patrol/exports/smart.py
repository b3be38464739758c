"""Incidents as independent incidents of SMART, in the JSON that its Connect server's queue takes.

The form is that of SMART's own readers (Wildlife Conservation Society, classes `JsonFileProcessor`,
`IJsonFeatureProcessor` and `IncidentJsonFeatureProcessor` of SMART 7.5 and later) and of the models
of PADAS `smartconnect-client`, which sends such features from EarthRanger: a GeoJSON feature with
`smartDataType`, `smartFeatureType`, local `dateTime`, and observations of a category with
attributes. Which categories and attributes there are is each conservation area's own data model, so
a file maps ours to its keys.
"""

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID, uuid5

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from ingest.errors import LibongError
from patrol.exports.labels import zone_words
from patrol.exports.plain_text import plain_text
from patrol.incident import Incident
from patrol.site import Site
from patrol.zones import RuleName

# Made once for this software, so that an incident is the same one in SMART however often it comes.
_INCIDENTS = UUID("6a5171f8-e1d7-4130-a582-0059189658e4")
_DECIMALS = 7  # about 1 cm, far below any position's error
# SMART's own pattern is yyyy-MM-dd'T'H:m:s, without an offset: the clock of the conservation area.
_LOCAL = "%Y-%m-%dT%H:%M:%S"

_Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]+(\.[a-z0-9_]+)*\.?$", max_length=200)]


class SmartModelError(LibongError, ValueError):
    """A file that maps no rules and details to keys of a SMART data model."""


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    categories: dict[RuleName, _Key] = {}
    attributes: dict[str, _Key] = {}


@dataclass(frozen=True)
class SmartModel:
    """The keys of a SMART data model: of the category of each rule, and of our details.

    A rule that is not named has the category `libong.` and its own name; details that are not named
    go by their own names. SMART tells of keys that it does not know, and leaves those out.
    """

    categories: Mapping[RuleName, str] = field(default_factory=dict)
    attributes: Mapping[str, str] = field(default_factory=dict)

    def category(self, rule: RuleName) -> str:
        """Return the key of a rule's category."""
        return self.categories.get(rule, f"libong.{rule}")


OWN_MODEL = SmartModel()


def read_smart_model(path: Path) -> SmartModel:
    """Read a TOML file with `[categories]` by rule and `[attributes]` by detail.

    Raises SmartModelError.
    """
    try:
        read = _File.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SmartModelError(f"{path} cannot be read as a map of keys: {error}") from error
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise SmartModelError(f"{path}, {place}: {first['msg']}") from None
    unknown = sorted(set(read.attributes) - set(_DETAILS))
    if unknown:
        raise SmartModelError(
            f"{path} names details that are not told: {', '.join(unknown)}; "
            f"there are {', '.join(_DETAILS)}"
        )
    return SmartModel(read.categories, read.attributes)


def incidents_smart(
    incidents: Sequence[Incident], site: Site, model: SmartModel = OWN_MODEL
) -> bytes:
    """Return a feature collection of one independent incident each, in the given order.

    Written in ASCII, for SMART reads files in its computer's own encoding.
    """
    features = [_feature(incident, site, model) for incident in incidents]
    document = {"type": "FeatureCollection", "features": features}
    return json.dumps(document, indent=1, allow_nan=False).encode("ascii") + b"\n"


def _feature(incident: Incident, site: Site, model: SmartModel) -> dict[str, Any]:
    lon, lat = incident.position
    local = incident.occurred_at_utc.astimezone(site.reference.timezone)
    attributes = {
        model.attributes.get(name, name): value for name, value in _details(incident, site).items()
    }
    observation = {"category": model.category(incident.rule), "attributes": attributes}
    return {
        "type": "Feature",
        "geometry": {
            "type": "Point",
            "coordinates": [round(lon, _DECIMALS), round(lat, _DECIMALS)],
        },
        "properties": {
            "dateTime": local.strftime(_LOCAL),
            "smartDataType": "incident",
            "smartFeatureType": "waypoint/new",
            "smartAttributes": {
                "incidentUuid": str(uuid5(_INCIDENTS, incident.incident_id)),
                "comment": plain_text(f"{incident.reason_th}\n{incident.reason_en}"),
                "observationGroups": [{"observations": [observation]}],
            },
        },
    }


def _details(incident: Incident, site: Site) -> dict[str, str | float]:
    return {
        "libong_id": incident.incident_id,
        "libong_state": incident.state.value,
        "libong_class": incident.object_class.value,
        "libong_zone": plain_text(zone_words(incident.zone_id, site).en),
        "libong_priority": incident.priority.value,
        "libong_certainty": incident.certainty.value,
        "libong_error_m": round(incident.error_m, 2),
        "libong_score": round(incident.score, 4),
        "libong_citation": plain_text(incident.citation),
    }


_DETAILS = (
    "libong_id", "libong_state", "libong_class", "libong_zone", "libong_priority",
    "libong_certainty", "libong_error_m", "libong_score", "libong_citation",
)  # fmt: skip
