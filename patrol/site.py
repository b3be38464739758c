"""A site: everything that makes one place differ from another, loaded from a folder."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import shapely
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from ingest.site_reference import SiteReference
from ingest.tide import UNKNOWN_TIDES, Constituent, HarmonicTide, TideError, Tides
from patrol.permits import Permit, load_permits
from patrol.report.costs import NOTHING_SET, CostFigure, PatrolCosts
from patrol.watched_zones import size_fault
from patrol.zone_file import SiteFileError, fault_text, load_land, load_zones
from patrol.zone_geometry import far_fault
from patrol.zones import AdvisedSpeed, Zone

_SHIPPED = Path(__file__).parent / "sites"

_Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


@dataclass(frozen=True)
class Parameter:
    """A figure of a rule, with its unit in the name of what holds it, and its source."""

    value: float
    citation: str


@dataclass(frozen=True)
class RuleParameters:
    """The figures of a site's rules, each with the source it was taken from.

    `boat_near_dugong_m`: a boat within this distance of a dugong is reported.
    `boat_near_dugong_gap_s`: both must have been seen within so many seconds of each other.
    `status_days`: how many days after a sighting a zone stays raised.
    `status_sightings`: how many sightings of one local day raise a zone or keep it raised longer.
    `auto_status_min_score`: from this score on, a dugong that nobody has reviewed raises its zone.
    `survey_min_fraction`: a day counts as surveyed when a flight saw this share of the zone.
    `advised_speed`: what boats in go-slow zones are advised, where the zone does not say.
    `dugong_pair_m`: two dugongs so near may be a mother and calf.
    `boats_around_dugong`, `boats_around_m`: more boats than that within that distance are reported.
    `gear_again_m`, `gear_again_days`: gear so near to where it was in so many days is the same.
    `still_dugong_m`, `still_dugong_h`: a dugong so near after so many hours may be dead.
    A rule whose figures are None is not held against anything at this site.
    """

    boat_near_dugong_m: float
    boat_near_dugong_citation: str
    boat_near_dugong_gap_s: float
    boat_near_dugong_gap_citation: str
    status_days: int
    status_days_citation: str
    status_days_citation_th: str
    auto_status_min_score: float
    auto_status_min_score_citation: str
    survey_min_fraction: float
    survey_min_fraction_citation: str
    status_sightings: int = 1
    advised_speed: AdvisedSpeed | None = None
    dugong_pair_m: Parameter | None = None
    boats_around_dugong: Parameter | None = None
    boats_around_m: Parameter | None = None
    gear_again_m: Parameter | None = None
    gear_again_days: Parameter | None = None
    still_dugong_m: Parameter | None = None
    still_dugong_h: Parameter | None = None


@dataclass(frozen=True)
class Site:
    """One place under watch.

    `coast` is its land in WGS 84 degrees (lon, lat), `coast_credit_*` what maps must say of it.
    """

    site_id: str
    name_th: str
    name_en: str
    reference: SiteReference
    zones: tuple[Zone, ...]
    coast: shapely.MultiPolygon
    coast_credit_th: str
    coast_credit_en: str
    rule_parameters: RuleParameters
    permits: tuple[Permit, ...] = ()
    costs: PatrolCosts = NOTHING_SET


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Names(_Strict):
    site_id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]+$", max_length=64)]
    name_th: _Text
    name_en: _Text
    timezone: _Text


class _Coast(_Strict):
    credit_th: _Text
    credit_en: _Text


class _SeaLevel(_Strict):
    # The geoid lies between -107 m and +86 m everywhere on earth (EGM96).
    ellipsoid_m: float | None = Field(default=None, ge=-120, le=100)
    source: _Text


class _Launch(_Strict):
    height_above_sea_m: float = Field(ge=-10, le=3000)
    sigma_m: float = Field(gt=0, le=100)
    source: _Text


class _Metres(_Strict):
    value: float = Field(gt=0, le=5000)
    citation: _Text


class _Seconds(_Strict):
    value: float = Field(ge=0, le=3600)
    citation: _Text


class _Days(_Strict):
    value: int = Field(ge=1, le=366)
    citation: _Text
    citation_th: _Text


class _Share(_Strict):
    value: float = Field(gt=0, le=1)
    citation: _Text


class _Count(_Strict):
    value: int = Field(ge=1, le=20)
    citation: _Text


class _Knots(_Strict):
    value: float = Field(gt=0, le=60)
    citation: _Text


class _Rules(_Strict):
    advised_speed_kn: _Knots | None = None
    dugong_pair_m: _Metres | None = None
    boats_around_dugong: _Count | None = None
    boats_around_m: _Metres | None = None
    gear_again_m: _Metres | None = None
    gear_again_days: _Count | None = None
    still_dugong_m: _Metres | None = None
    still_dugong_h: _Count | None = None
    status_sightings: _Count | None = None
    boat_near_dugong_m: _Metres
    boat_near_dugong_gap_s: _Seconds
    status_days: _Days
    auto_status_min_score: _Share
    survey_min_fraction: _Share


class _Cost(_Strict):
    value: float = Field(gt=0)
    citation: _Text

    def figure(self) -> CostFigure:
        return CostFigure(self.value, self.citation)


class _Costs(_Strict):
    drone_hour_baht: _Cost | None = None
    boat_hour_baht: _Cost | None = None
    boat_km2_per_hour: _Cost | None = None

    def told(self) -> PatrolCosts:
        given = {name: getattr(self, name) for name in type(self).model_fields}
        return PatrolCosts(**{name: cost and cost.figure() for name, cost in given.items()})


class _Constituent(_Strict):
    name: _Text
    amplitude_m: float = Field(ge=0, le=10)
    phase_deg: float = Field(ge=-360, le=360)


class _Tide(_Strict):
    constituents: list[_Constituent] = Field(min_length=1)
    sigma_m: float = Field(gt=0, le=5)
    citation: _Text


class _SiteFile(_Strict):
    site: _Names
    coast: _Coast
    sea_level: _SeaLevel
    launch: _Launch
    rules: _Rules
    costs: _Costs = Field(default_factory=_Costs)
    tide: _Tide | None = None


def load_site(folder: Path) -> Site:
    """Load the site whose `site.toml`, `zones.geojson` and `coast.geojson` lie in `folder`.

    Raises SiteFileError naming the file and the fault.
    """
    path = folder / "site.toml"
    file = _read_toml(path)
    coast = load_land(folder / "coast.geojson")
    zones = load_zones(folder / "zones.geojson")
    _check_against(coast, zones, folder / "zones.geojson")
    return Site(
        site_id=file.site.site_id,
        name_th=file.site.name_th,
        name_en=file.site.name_en,
        reference=SiteReference(
            timezone=_timezone(file.site.timezone, path),
            sea_level_ellipsoid_m=file.sea_level.ellipsoid_m,
            launch_height_above_sea_m=file.launch.height_above_sea_m,
            launch_height_sigma_m=file.launch.sigma_m,
            tides=_tides(file.tide, path),
        ),
        zones=zones,
        coast=coast,
        coast_credit_th=file.coast.credit_th,
        coast_credit_en=file.coast.credit_en,
        costs=file.costs.told(),
        rule_parameters=_rule_parameters(file.rules),
        permits=load_permits(folder / "permits.toml"),
    )


def shipped_site(name: str = "koh_libong") -> Site:
    """Load a site that comes with the software; raises SiteFileError for one that does not."""
    shipped = sorted(folder.name for folder in _SHIPPED.iterdir() if folder.is_dir())
    if name not in shipped:
        raise SiteFileError(f"no site {name!r} is shipped; there are: {', '.join(shipped)}")
    return load_site(_SHIPPED / name)


def _read_toml(path: Path) -> _SiteFile:
    try:
        return _SiteFile.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise SiteFileError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise SiteFileError(f"{path}: not UTF-8 text at byte {error.start}") from error
    except tomllib.TOMLDecodeError as error:
        raise SiteFileError(f"{path}: not TOML: {error}") from error
    except ValidationError as error:
        raise SiteFileError(f"{path}: {fault_text(error)}") from error


def _tides(tide: _Tide | None, path: Path) -> Tides:
    if tide is None:
        return UNKNOWN_TIDES
    try:
        constituents = tuple(
            Constituent(each.name, each.amplitude_m, each.phase_deg) for each in tide.constituents
        )
    except TideError as error:
        raise SiteFileError(f"{path}: tide: {error}") from error
    return Tides(harmonic=HarmonicTide(constituents, tide.sigma_m, tide.citation))


def _timezone(name: str, path: Path) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise SiteFileError(
            f"{path}: site.timezone: no time zone {name!r}; use a name like Asia/Bangkok"
        ) from error


def _check_against(coast: shapely.MultiPolygon, zones: Sequence[Zone], path: Path) -> None:
    """Raise SiteFileError for a zone far from the coast, or with too little sea to be watched.

    Where both axes of a place fit, only its distance shows that they were swapped.
    """
    for zone in zones:
        fault = far_fault(zone.area, coast)
        text = size_fault(zone, coast) if fault is None else fault.text
        if text is not None:
            raise SiteFileError(f"{path}: {zone.zone_id}: {text}")


def _rule_parameters(rules: _Rules) -> RuleParameters:
    return RuleParameters(
        boat_near_dugong_m=rules.boat_near_dugong_m.value,
        boat_near_dugong_citation=rules.boat_near_dugong_m.citation,
        boat_near_dugong_gap_s=rules.boat_near_dugong_gap_s.value,
        boat_near_dugong_gap_citation=rules.boat_near_dugong_gap_s.citation,
        status_days=rules.status_days.value,
        status_days_citation=rules.status_days.citation,
        status_days_citation_th=rules.status_days.citation_th,
        auto_status_min_score=rules.auto_status_min_score.value,
        auto_status_min_score_citation=rules.auto_status_min_score.citation,
        survey_min_fraction=rules.survey_min_fraction.value,
        survey_min_fraction_citation=rules.survey_min_fraction.citation,
        status_sightings=1 if rules.status_sightings is None else rules.status_sightings.value,
        advised_speed=None
        if rules.advised_speed_kn is None
        else AdvisedSpeed(rules.advised_speed_kn.value, rules.advised_speed_kn.citation),
        dugong_pair_m=_parameter(rules.dugong_pair_m),
        boats_around_dugong=_parameter(rules.boats_around_dugong),
        boats_around_m=_parameter(rules.boats_around_m),
        gear_again_m=_parameter(rules.gear_again_m),
        gear_again_days=_parameter(rules.gear_again_days),
        still_dugong_m=_parameter(rules.still_dugong_m),
        still_dugong_h=_parameter(rules.still_dugong_h),
    )


def _parameter(written: _Metres | _Count | None) -> Parameter | None:
    return None if written is None else Parameter(written.value, written.citation)
