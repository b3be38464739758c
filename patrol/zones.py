"""Zones: named areas of the sea with a kind, the rules that hold there, and their source."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

import shapely
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from ingest.tide import SeaTide
from patrol.zone_times import Holds, Hours, Season, TideRange, Validity


class ZoneKind(StrEnum):
    """What an area is for."""

    CLOSED = "closed"
    GO_SLOW = "go_slow"
    NO_FISHING = "no_fishing"
    SEAGRASS = "seagrass"
    TOUR_ROUTE = "tour_route"
    ANCHORAGE = "anchorage"
    SURVEY_BLOCK = "survey_block"


class Binding(StrEnum):
    """What force the rules of an area have: those of a text of law, or only of a request."""

    LAW = "law"
    PROPOSAL = "proposal"


class RuleName(StrEnum):
    """The rules a zone may carry."""

    BOAT_IN_CLOSED_ZONE = "boat_in_closed_zone"
    BOAT_IN_GO_SLOW_ZONE = "boat_in_go_slow_zone"
    GEAR_IN_NO_FISHING_ZONE = "gear_in_no_fishing_zone"
    BOAT_NEAR_DUGONG = "boat_near_dugong"
    BOAT_THROUGH_PAIR = "boat_through_pair"
    BOATS_AROUND_DUGONG = "boats_around_dugong"
    DUGONG_SIGHTING = "dugong_sighting"
    REPORTED = "reported"  # by a person, under no rule of a zone
    GEAR_SEEN_AGAIN = "gear_seen_again"
    STILL_DUGONG = "still_dugong"


@dataclass(frozen=True)
class AdvisedSpeed:
    """The speed above which a boat goes too fast for a zone, and where the figure comes from."""

    knots: float
    citation: str


@dataclass(frozen=True)
class Zone:
    """One zone, as it is drawn in one of its versions.

    `area` is in WGS 84 degrees (lon, lat); it may have parts and holes. `indicative` says that no
    official text was at hand; `citation` names the source of outline and rules in English,
    `citation_th` in Thai. Days are local and inclusive; what else limits when the zone holds is
    told in `patrol.zone_times`. `version` is 0 for a zone that no store has kept yet.
    """

    zone_id: str
    name_th: str
    name_en: str
    kind: ZoneKind
    area: Polygon | MultiPolygon
    rules: frozenset[RuleName]
    citation: str
    citation_th: str
    binding: Binding
    jurisdiction: str
    indicative: bool
    valid_from: date | None
    valid_until: date | None
    seasons: tuple[Season, ...] = ()
    hours: tuple[Hours, ...] = ()
    tide: TideRange | None = None
    advised_speed: AdvisedSpeed | None = None
    version: int = 0

    @property
    def validity(self) -> Validity:
        """When the zone holds."""
        return Validity(self.valid_from, self.valid_until, self.seasons, self.hours, self.tide)

    def holds_on(self, day: date) -> bool:
        """Return whether the zone is valid at some hour of this local day."""
        return self.validity.on(day)

    def holds_at(self, local: datetime, tide: SeaTide | None = None) -> Holds:
        """Return whether the zone holds at a local time, with the sea at a tide."""
        return self.validity.at(local, tide)


def sea_of(zone: Zone, land: MultiPolygon) -> BaseGeometry:
    """Return a zone without the land in it, in lon, lat degrees."""
    return zone.area.difference(shapely.clip_by_rect(land, *zone.area.bounds))
