"""Zones: named areas of the sea with a kind, the rules that hold there, and their source."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from shapely import MultiPolygon, Polygon


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
    DUGONG_SIGHTING = "dugong_sighting"


@dataclass(frozen=True)
class Zone:
    """One zone as loaded from a site's GeoJSON.

    `area` is in WGS 84 degrees (lon, lat). `indicative` says that no official text was at hand;
    `citation` names the source of outline and rules in English, `citation_th` in Thai. Validity
    days are local and inclusive.
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

    def holds_on(self, day: date) -> bool:
        """Return whether the zone is valid on this local day."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_until is None or day <= self.valid_until
        )
