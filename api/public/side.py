"""All that public routes are given: readers of zone statuses and of their changes, and no more."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, tzinfo
from typing import TypeVar

from api.map import GeoJson
from api.pages import Pages
from api.public.held_statuses import Reading
from patrol.zone_status import ZoneStatus, ZoneStatusChange

T = TypeVar("T")


@dataclass(frozen=True)
class PublicSide:
    """What public routes can reach.

    `coast` is GeoJSON of the land, WGS 84; `pages` fills the templates; `timezone` is the site's;
    `address` is where the public finds the service (`https://…`, no slash at its end), None where
    only the request tells.
    """

    statuses: Callable[[], Reading[tuple[ZoneStatus, ...]]]
    changes: Callable[[], Reading[tuple[ZoneStatusChange, ...]]]
    coast: GeoJson
    pages: Pages
    timezone: tzinfo
    address: str | None = None

    def day_of(self, reading: Reading[T]) -> date:
        """Return the local day on which something was read."""
        return reading.at_utc.astimezone(self.timezone).date()
