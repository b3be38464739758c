"""The read model of the public side: zones and their status, and nothing finer.

This module imports neither sightings nor detections, and must stay so: the public routes reach
only what is defined here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any


class Status(StrEnum):
    """What a boat should do in a zone now."""

    CALM = "calm"
    CAUTION = "caution"
    CLOSED = "closed"


class Presence(StrEnum):
    """How much is known of dugongs in a zone; no number that could be watched change by one."""

    NOT_SURVEYED = "not_surveyed"
    NONE_SEEN = "none_seen"
    PRESENT = "present"


@dataclass(frozen=True)
class ZoneStatus:
    """What the public may know of one zone.

    `geometry` is the zone's own outline as a GeoJSON geometry, never anything derived from a
    sighting. Dates are local days, never times. `citation` is the source of the rule in English,
    `citation_th` in Thai; `binding` is "law" or "proposal", a mere request; `indicative` says that
    no official text was at hand.
    """

    zone_id: str
    name_th: str
    name_en: str
    kind: str
    geometry: dict[str, Any]
    status: Status
    presence: Presence
    advice_th: str
    advice_en: str
    reason_th: str
    reason_en: str
    since: date | None
    until: date | None
    last_surveyed: date | None
    citation: str
    citation_th: str
    binding: str
    indicative: bool


class ChangeReason(StrEnum):
    """Why what the public is told of a zone changed."""

    SIGHTED = "sighted"
    EXTENDED = "extended"
    EXPIRED = "expired"
    TAKEN_BACK = "taken_back"
    ZONE_BEGAN = "zone_began"
    ZONE_ENDED = "zone_ended"


@dataclass(frozen=True)
class ZoneStatusChange:
    """That a zone was told of in another way from the local day `since` on.

    `status` is the zone's from that day, None once the zone holds no longer. `until` is the last
    local day of what the change tells: that of the dugongs' presence for `sighted` and `extended`,
    else the zone's own (None: without end). A zone that is always slow or closed keeps its status
    when dugongs are seen in it. Several changes of one day show as one.
    """

    zone_id: str
    status: Status | None
    since: date
    until: date | None
    reason: ChangeReason


ZoneStatusReader = Callable[[], tuple[ZoneStatus, ...]]

# The last changes of all zones, the newest first.
ZoneChangeReader = Callable[[], tuple[ZoneStatusChange, ...]]
