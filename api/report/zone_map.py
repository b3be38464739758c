"""A small map of a zone for the report: land, outline and shades, in parts of its own width."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from math import cos, floor, log10, radians

import shapely
from shapely.affinity import affine_transform
from shapely.geometry.base import BaseGeometry

from ingest.lonlat import MEAN_EARTH_RADIUS_M
from patrol.report.coverage_map import SHADES, ZoneCoverage

Ring = tuple[tuple[float, float], ...]

# No line on a map of 85 mm or 400 pixels is finer than a thousandth of its width.
_FINEST = 0.001


class Fill(StrEnum):
    """What an area of the map is."""

    LAND = "land"
    ONCE = "once"
    AGAIN = "again"
    OFTEN = "often"
    ZONE = "zone"


# The same on the page and on paper; told apart in grey as well.
_COLOURS = {
    Fill.LAND: "#f3ead3",
    Fill.ONCE: "#a9d5d3",
    Fill.AGAIN: "#4a9ba0",
    Fill.OFTEN: "#0b4f5c",
    Fill.ZONE: "#8a1038",
}
SHORE_COLOUR = "#8a7a55"
_SHADE_FILLS = dict(zip(SHADES, (Fill.ONCE, Fill.AGAIN, Fill.OFTEN), strict=True))


@dataclass(frozen=True)
class MapArea:
    """An area of the map; `rings` are outlines and holes, to be filled by the even-odd rule."""

    fill: Fill
    rings: tuple[Ring, ...]

    @property
    def is_outline(self) -> bool:
        """Whether only its line is drawn."""
        return self.fill is Fill.ZONE

    @property
    def colour(self) -> str:
        """Its colour, of its line where that is all."""
        return _COLOURS[self.fill]

    @property
    def line_colour(self) -> str | None:
        """The colour of the line around it; None for none."""
        return {Fill.LAND: SHORE_COLOUR, Fill.ZONE: self.colour}.get(self.fill)


@dataclass(frozen=True)
class ZoneMap:
    """A map one unit wide and `height` high, x to the east and y to the south, north up.

    The last area is the zone, whose outline is drawn and not filled. `scale` is the width of the
    scale's bar, which says `scale_text`.
    """

    title: str
    caption: str
    height: float
    areas: tuple[MapArea, ...]
    scale: float
    scale_text: str
    sea_colour: str = "#eef5f6"


def zone_map(coverage: ZoneCoverage, title: str, caption: str) -> ZoneMap:
    """Return the map of a zone's coverage."""
    west, south, east, north = coverage.bounds
    squeeze = cos(radians((south + north) / 2))
    width_deg = (east - west) * squeeze
    to_map = [squeeze / width_deg, 0, 0, -1 / width_deg, -west * squeeze / width_deg,
              north / width_deg]  # fmt: skip
    shown = [(Fill.LAND, coverage.land)]
    shown += [(_SHADE_FILLS[shade.days], shade.area) for shade in coverage.shades]
    shown.append((Fill.ZONE, coverage.zone.area))
    width_m = radians(width_deg) * MEAN_EARTH_RADIUS_M
    scale_m = _round_below(width_m / 3)
    return ZoneMap(
        title,
        caption,
        (north - south) / width_deg,
        tuple(MapArea(fill, tuple(_rings(affine_transform(area, to_map)))) for fill, area in shown),
        scale_m / width_m,
        f"{scale_m / 1000:g} km" if scale_m >= 1000 else f"{scale_m:g} m",
    )


def _rings(area: BaseGeometry) -> Iterator[Ring]:
    for part in shapely.get_parts(shapely.simplify(area, _FINEST)):
        if isinstance(part, shapely.Polygon) and not part.is_empty:
            for ring in (part.exterior, *part.interiors):
                yield tuple((round(x, 4), round(y, 4)) for x, y in ring.coords[:-1])


def _round_below(length: float) -> float:
    power = 10.0 ** floor(log10(length))
    return power * max(step for step in (1, 2, 5) if step * power <= length)
