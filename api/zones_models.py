"""What the JSON interface says and takes of zones and their versions."""

from collections.abc import Sequence
from typing import Any, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from ingest.errors import LibongError
from patrol.zone_document import ZoneFeature, feature_of
from patrol.zone_fault_words import FAULT_WORDS
from patrol.zone_geometry import FaultCode, ZoneFault
from patrol.zone_versions import ZoneOrigin, ZoneVersion


class NoPreconditionError(LibongError, ValueError):
    """A change of a zone that does not say which version it follows."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ZoneIn(_Strict):
    """A zone as it shall be from now on, and why."""

    feature: ZoneFeature = Field(
        description="a GeoJSON feature in longitude, latitude, as in a site's zones.geojson",
    )
    reason: str = Field(min_length=1, max_length=2000, examples=["buoys were moved"])


class ZoneRetiredIn(_Strict):
    """Why a zone shall hold no longer."""

    reason: str = Field(min_length=1, max_length=2000)


class ZoneToCheckIn(_Strict):
    """A zone that is being drawn."""

    feature: ZoneFeature


class ZoneFaultOut(BaseModel):
    """Something wrong with a zone, and where."""

    code: FaultCode = Field(examples=["self_crossing"])
    text: str = Field(description="in English, with the values")
    advice_th: str
    advice_en: str
    place: tuple[float, float] | None = Field(description="longitude, latitude")

    @classmethod
    def of(cls, fault: ZoneFault) -> Self:
        """Return the answer that describes `fault`."""
        place = None if fault.place is None else (fault.place.lon, fault.place.lat)
        advice_th, advice_en = FAULT_WORDS[fault.code]
        return cls(
            code=fault.code,
            text=fault.text,
            advice_th=advice_th,
            advice_en=advice_en,
            place=place,
        )


class ZoneFaultsOut(BaseModel):
    """All that is wrong with a zone; nothing where it may be kept."""

    faults: list[ZoneFaultOut]


class ZoneVersionOut(BaseModel):
    """One version of a zone: what it was, who made it, when and why."""

    zone_id: str
    version: int = Field(examples=[2])
    sha256: str
    retired: bool = Field(description="this version took the zone away")
    origin: ZoneOrigin
    actor: str
    reason: str
    at_utc: AwareDatetime
    feature: dict[str, Any]

    @classmethod
    def of(cls, version: ZoneVersion) -> Self:
        """Return the answer that describes `version`."""
        return cls(
            zone_id=version.zone.zone_id,
            version=version.zone.version,
            sha256=version.sha256,
            retired=version.retired,
            origin=version.origin,
            actor=version.actor,
            reason=version.reason,
            at_utc=version.at_utc,
            feature=feature_of(version.zone),
        )


class ZoneVersionsOut(BaseModel):
    """Versions of zones."""

    items: list[ZoneVersionOut]

    @classmethod
    def of(cls, versions: Sequence[ZoneVersion]) -> Self:
        """Return the answer that describes `versions`."""
        return cls(items=[ZoneVersionOut.of(version) for version in versions])
