"""What an import of zones would change: each feature named, its faults told, nothing done yet."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import shapely

from patrol.exports.outline import area_geometry
from patrol.site import Site
from patrol.watched_zones import hectares_of
from patrol.zone_document import ZoneError, ZoneFeature, feature_of, zone_of, zone_sha256
from patrol.zone_geometry import FaultCode, ZoneFault, area_fault
from patrol.zone_source import SourceFeature
from patrol.zone_versions import check_zone
from patrol.zones import Zone

_PROPERTIES = (
    "zone_id", "name_th", "name_en", "kind", "rules", "citation", "citation_th", "binding",
    "jurisdiction", "indicative", "valid_from", "valid_until", "seasons", "hours", "tide",
    "advised_speed",
)  # fmt: skip
_NESTED = ("seasons", "hours", "tide", "advised_speed")
_DATES = ("valid_from", "valid_until")
_NAMES = ("name_en", "name", "Name", "name_th")
_SHAPEFILE_NAME_CHARS = 10  # a shapefile cuts the names of its fields


class Change(StrEnum):
    """What an import does to a zone."""

    ADDED = "added"
    CHANGED = "changed"
    SAME = "same"
    NOT_IN_FILE = "not_in_file"


@dataclass(frozen=True)
class Planned:
    """A zone of the file, or one in force that the file lacks; `what` names what is different.

    `seen_version` is the version in force that it was held against, None for a new zone.
    """

    zone: Zone
    change: Change
    seen_version: int | None = None
    what: tuple[str, ...] = ()


@dataclass(frozen=True)
class Refused:
    """A feature that cannot be a zone: its layer and number (from 1), its name, its faults."""

    feature: SourceFeature
    label: str
    faults: tuple[ZoneFault, ...]


@dataclass(frozen=True)
class ImportPlan:
    """All that an import would do."""

    planned: tuple[Planned, ...]
    refused: tuple[Refused, ...]

    def of(self, *changes: Change) -> tuple[Planned, ...]:
        """Return what is planned of these kinds."""
        return tuple(each for each in self.planned if each.change in changes)


def plan_import(
    features: Sequence[SourceFeature],
    site: Site,
    defaults: Mapping[str, Any],
    beside: Sequence[Zone],
) -> ImportPlan:
    """Return what a file would change in a site with the zones that hold now.

    A feature's missing properties are those of the zone it redraws (of the same id or name), else
    `defaults`. `beside` are the zones that stay where the file lacks them, over which its own may
    not lie.
    """
    in_force = {zone.zone_id: zone for zone in site.zones}
    read: list[tuple[SourceFeature, Zone]] = []
    refused = []
    for feature in features:
        properties = _properties(feature, in_force, defaults)
        try:
            zone = _zone(feature, properties)
            if any(zone.zone_id == other.zone_id for _, other in read):
                twice = f"the zone_id {zone.zone_id} is used twice; give each zone its own"
                raise ZoneError([ZoneFault(FaultCode.SAME_ID, twice)])
            read.append((feature, zone))
        except ZoneError as error:
            refused.append(Refused(feature, _label(properties), error.faults))
    after = {zone.zone_id: zone for zone in (*beside, *(zone for _, zone in read))}
    planned = []
    for feature, zone in read:
        try:
            check_zone(zone, replace(site, zones=tuple(after.values())))
            planned.append(_planned(zone, in_force.get(zone.zone_id)))
        except ZoneError as error:
            refused.append(Refused(feature, zone.name_en, error.faults))
    missing = [zone for zone in site.zones if zone.zone_id not in {z.zone_id for _, z in read}]
    planned += [Planned(zone, Change.NOT_IN_FILE, zone.version) for zone in missing]
    return ImportPlan(tuple(planned), tuple(refused))


def _zone(feature: SourceFeature, properties: dict[str, Any]) -> Zone:
    fault = feature.area if isinstance(feature.area, ZoneFault) else area_fault(feature.area)
    if not any(properties.get(name) for name in ("name_th", "name_en")):
        fault = fault or ZoneFault(
            FaultCode.NO_NAME, "the feature has no name; fill in name_th or name"
        )
    elif not properties.get("zone_id"):
        fault = fault or ZoneFault(
            FaultCode.NO_ID,
            "no zone_id can be made of this name; add a field zone_id of small letters a-z, digits "
            "and _",
        )
    if fault is not None:
        raise ZoneError([fault])
    assert not isinstance(feature.area, ZoneFault)  # noqa: S101  told above
    geometry = area_geometry(feature.area)
    # written and read as GeoJSON is, so that a zone is the same however it came
    plain = json.loads(json.dumps(geometry))
    return zone_of(ZoneFeature(type="Feature", geometry=plain, properties=properties))


def _planned(zone: Zone, before: Zone | None) -> Planned:
    if before is None:
        return Planned(zone, Change.ADDED)
    same_area = bool(shapely.equals(zone.area, before.area))
    if same_area:  # the same outline, however its points are ordered
        zone = replace(zone, area=before.area)
    if zone_sha256(zone) == zone_sha256(before):
        return Planned(before, Change.SAME, before.version)
    old, new = feature_of(before)["properties"], feature_of(zone)["properties"]
    what = [name for name in _PROPERTIES if old[name] != new[name]]
    if not same_area:
        moved_ha = hectares_of(zone.area.symmetric_difference(before.area))
        what.append(
            f"outline ({hectares_of(before.area):.1f} to {hectares_of(zone.area):.1f} ha, "
            f"{moved_ha:.1f} ha differ)"
        )
    return Planned(zone, Change.CHANGED, before.version, tuple(what))


def _properties(
    feature: SourceFeature, in_force: Mapping[str, Zone], defaults: Mapping[str, Any]
) -> dict[str, Any]:
    told = {
        name: value for name in _PROPERTIES if (value := _value(name, feature.fields)) is not None
    }
    told_names = [str(value) for n in _NAMES if (value := feature.fields.get(n))]
    name = next(iter(told_names), None)
    before = in_force.get(str(told.get("zone_id", ""))) or next(
        (it for it in in_force.values() if {it.name_th, it.name_en} & set(told_names)), None
    )
    if before is not None:
        known: dict[str, Any] = feature_of(before)["properties"]
        return known | told
    # a name in one language stands for both until somebody tells the other
    names = {} if name is None else {"name_th": told_names[-1], "name_en": name}
    made_id = {} if name is None else {"zone_id": _id_of(name)}
    filled = {key: value for key, value in defaults.items() if value is not None}
    return filled | names | made_id | told


def _value(name: str, fields: Mapping[str, Any]) -> Any:
    """Return a property from a feature's fields, under its name or as a shapefile cuts it."""
    value = fields.get(name, fields.get(name[:_SHAPEFILE_NAME_CHARS]))
    if value is None or value == "":
        return None
    if name in _DATES:
        return str(value)[:10]
    if name == "rules" and isinstance(value, str) and not value.startswith("["):
        return [rule.strip() for rule in value.split(",") if rule.strip()]
    if name in (*_NESTED, "rules") and isinstance(value, str):
        try:
            return json.loads(value)
        except ValueError:  # told by the check of what the property must be
            return value
    return value


def _id_of(name: str) -> str:
    """Return an id made of a name in Latin letters; empty for others, which need one told."""
    return re.sub(r"[^a-z0-9]+", "_", name.casefold()).strip("_") if name.isascii() else ""


def _label(properties: Mapping[str, Any]) -> str:
    named = (properties.get(name) for name in ("zone_id", "name_en", "name_th"))
    return str(next((name for name in named if name), "no name"))
