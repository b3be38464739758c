"""A zone as a GeoJSON feature: checked when read, and hashed, so that a version can be named."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, time
from hashlib import sha256
from typing import Annotated, Any, Literal
from unicodedata import category

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)
from shapely import MultiPolygon, Polygon

from ingest.errors import LibongError
from patrol.exports.outline import area_geometry
from patrol.ledger import canonical_json
from patrol.watched_zones import overlap_fault, size_fault
from patrol.zone_geometry import FaultCode, ZoneFault, read_area, vertices_fault
from patrol.zone_times import Hours, MonthDay, Season, TideRange
from patrol.zones import AdvisedSpeed, Binding, RuleName, Zone, ZoneKind

# Which kinds of zone a rule makes sense in; a rule that is not named here fits every kind.
_KINDS_OF_RULE = {
    RuleName.BOAT_IN_CLOSED_ZONE: {ZoneKind.CLOSED},
    RuleName.BOAT_IN_GO_SLOW_ZONE: {ZoneKind.GO_SLOW},
    RuleName.GEAR_IN_NO_FISHING_ZONE: {ZoneKind.CLOSED, ZoneKind.NO_FISHING},
}

_FASTEST_KN = 60  # no boat of these waters goes faster: more is a figure in another unit
_LEAP_YEAR = 2024  # has every day that a season may name

_Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]


class ZoneError(LibongError, ValueError):
    """A zone that cannot be used; `faults` are everything that is wrong with it."""

    def __init__(self, faults: Sequence[ZoneFault]) -> None:
        """Keep the faults; the text is all of theirs."""
        super().__init__("; ".join(fault.text for fault in faults))
        self.faults = tuple(faults)


def _month_day(text: str) -> str:
    try:
        date.fromisoformat(f"{_LEAP_YEAR}-{text}")
    except ValueError as error:
        raise ValueError("must be a month and day like 05-31") from error
    return text


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


_MonthDay = Annotated[str, StringConstraints(pattern=r"^\d\d-\d\d$"), AfterValidator(_month_day)]


class _Season(_Strict):
    first: _MonthDay
    last: _MonthDay


class _Hours(_Strict):
    first: time
    last: time

    @model_validator(mode="after")
    def _some_time(self) -> "_Hours":
        for at in (self.first, self.last):
            if at != time(at.hour, at.minute):
                raise ValueError("hours are local hours and minutes, like 18:00")
        if self.first == self.last:
            raise ValueError("first and last must differ; leave hours out for the whole day")
        return self


class _Tide(_Strict):
    above_m: float | None = Field(default=None, ge=-20, le=20)
    below_m: float | None = Field(default=None, ge=-20, le=20)

    @model_validator(mode="after")
    def _some_height(self) -> "_Tide":
        if self.above_m is None and self.below_m is None:
            raise ValueError("name above_m or below_m, or leave the tide out")
        if None not in (self.above_m, self.below_m) and not self.above_m < self.below_m:  # type: ignore[operator]  # both are numbers here
            raise ValueError("above_m must be less than below_m")
        return self


class _AdvisedSpeed(_Strict):
    knots: float = Field(gt=0, le=_FASTEST_KN)
    citation: _Text


class _ZoneProperties(_Strict):
    """The properties of one zone, as a user writes them."""

    zone_id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]+$", max_length=64)]
    name_th: _Text
    name_en: _Text
    kind: ZoneKind
    rules: list[RuleName]
    citation: _Text
    citation_th: _Text
    binding: Binding
    jurisdiction: _Text
    indicative: bool
    valid_from: date | None = None
    valid_until: date | None = None
    seasons: list[_Season] = []
    hours: list[_Hours] = []
    tide: _Tide | None = None
    advised_speed: _AdvisedSpeed | None = None


class ZoneFeature(BaseModel):
    """A GeoJSON feature, its geometry and properties still unread."""

    type: Literal["Feature"]
    geometry: dict[str, Any]
    properties: dict[str, Any]


def zone_of(feature: ZoneFeature) -> Zone:
    """Return the zone of a feature; raises ZoneError with all that is wrong with it."""
    zone = stored_zone(feature)
    for name in ("name_th", "name_en", "citation", "citation_th", "jurisdiction"):
        odd = [sign for sign in getattr(zone, name) if category(sign) in ("Cc", "Cs")]
        if any(sign not in "\n\r\t" for sign in odd):
            text = f"{name} holds a control character, {odd[0]!r}; remove it"
            raise ZoneError([ZoneFault(FaultCode.BAD_PROPERTIES, text)])
    too_many, too_small = vertices_fault(zone.area), size_fault(zone)
    faults = [fault for fault in (too_many,) if fault is not None]
    if too_small is not None:
        faults.append(ZoneFault(FaultCode.TOO_SMALL, too_small))
    if faults:
        raise ZoneError(faults)
    return zone


def stored_zone(feature: ZoneFeature) -> Zone:
    """Return the zone of a feature as it was once accepted: limits may have changed since.

    Raises ZoneError with all that is wrong with it.
    """
    try:
        properties = _ZoneProperties.model_validate(feature.properties)
    except ValidationError as error:
        raise ZoneError([ZoneFault(FaultCode.BAD_PROPERTIES, fault_text(error))]) from error
    area = read_area(feature.geometry)
    faults = list(_property_faults(properties))
    if isinstance(area, ZoneFault):
        faults.append(area)
    if isinstance(area, ZoneFault) or faults:
        raise ZoneError(faults)
    return _zone(properties, area)


def overlap_faults(zone: Zone, others: Collection[Zone]) -> list[ZoneFault]:
    """Return which other zones a zone may not lie over as it does."""
    found = (overlap_fault(zone, other) for other in others if other.zone_id != zone.zone_id)
    return [ZoneFault(FaultCode.OVERLAP, text) for text in found if text is not None]


def feature_of(zone: Zone) -> dict[str, Any]:
    """Return the one GeoJSON feature of a zone, which `zone_of` reads back; no version in it."""
    properties: dict[str, Any] = {
        "zone_id": zone.zone_id,
        "name_th": zone.name_th,
        "name_en": zone.name_en,
        "kind": zone.kind.value,
        "rules": sorted(rule.value for rule in zone.rules),
        "citation": zone.citation,
        "citation_th": zone.citation_th,
        "binding": zone.binding.value,
        "jurisdiction": zone.jurisdiction,
        "indicative": zone.indicative,
        "valid_from": None if zone.valid_from is None else zone.valid_from.isoformat(),
        "valid_until": None if zone.valid_until is None else zone.valid_until.isoformat(),
        "seasons": [{"first": str(s.first), "last": str(s.last)} for s in zone.seasons],
        "hours": [
            {"first": h.first.isoformat("minutes"), "last": h.last.isoformat("minutes")}
            for h in zone.hours
        ],
        "tide": None
        if zone.tide is None
        else {"above_m": zone.tide.above_m, "below_m": zone.tide.below_m},
        "advised_speed": None
        if zone.advised_speed is None
        else {"knots": zone.advised_speed.knots, "citation": zone.advised_speed.citation},
    }
    return {"type": "Feature", "properties": properties, "geometry": area_geometry(zone.area)}


def zone_sha256(zone: Zone) -> str:
    """Return the SHA-256 of the canonical JSON of a zone's feature; its version is not in it."""
    return sha256(canonical_json(feature_of(zone)).encode()).hexdigest()


def fault_text(error: ValidationError) -> str:
    """Return what pydantic found as one line: each field with its fault."""
    return "; ".join(
        f"{'.'.join(str(part) for part in fault['loc']) or 'file'}: {fault['msg']}"
        + ("" if fault["type"] == "missing" else f", got {str(fault['input'])[:60]!r}")
        for fault in error.errors(include_url=False)
    )


def _property_faults(properties: _ZoneProperties) -> Iterator[ZoneFault]:
    for rule in properties.rules:
        kinds = _KINDS_OF_RULE.get(rule)
        if kinds is not None and properties.kind not in kinds:
            yield ZoneFault(
                FaultCode.WRONG_KIND,
                f"the rule {rule} is for zones of kind {' or '.join(sorted(kinds))}; "
                f"this one is {properties.kind}",
            )
    first, last = properties.valid_from, properties.valid_until
    if first is not None and last is not None and last < first:
        yield ZoneFault(FaultCode.BAD_DATES, f"valid_until {last} is before valid_from {first}")


def _zone(properties: _ZoneProperties, area: Polygon | MultiPolygon) -> Zone:
    tide, speed = properties.tide, properties.advised_speed
    return Zone(
        zone_id=properties.zone_id,
        name_th=properties.name_th,
        name_en=properties.name_en,
        kind=properties.kind,
        area=area,
        rules=frozenset(properties.rules),
        citation=properties.citation,
        citation_th=properties.citation_th,
        binding=properties.binding,
        jurisdiction=properties.jurisdiction,
        indicative=properties.indicative,
        valid_from=properties.valid_from,
        valid_until=properties.valid_until,
        seasons=tuple(
            Season(_month_and_day(season.first), _month_and_day(season.last))
            for season in properties.seasons
        ),
        hours=tuple(Hours(hours.first, hours.last) for hours in properties.hours),
        tide=None if tide is None else TideRange(tide.above_m, tide.below_m),
        advised_speed=None if speed is None else AdvisedSpeed(speed.knots, speed.citation),
    )


def _month_and_day(text: str) -> MonthDay:
    month, day = text.split("-")
    return MonthDay(int(month), int(day))
