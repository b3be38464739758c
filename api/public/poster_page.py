"""Where the poster is fetched."""

from collections.abc import Sequence
from functools import lru_cache

import shapely
from fastapi import APIRouter, Request, Response
from shapely.geometry import shape

from api.language import Language, Reader
from api.public.poster import PosterZone, poster_pdf
from api.public.poster_map import ZoneDrawing
from api.public.side import PublicSide
from api.public.words import KIND_WORDS
from api.revalidation import revalidated
from patrol.zone_status import ZoneStatus

# printed once and hung up for a season: a phone that asks again is told whether it still holds
CACHING = "public, max-age=3600"


def poster_router(side: PublicSide) -> APIRouter:
    """Return the route of the poster; of a zone it reads what no sighting changes."""
    router = APIRouter(tags=["public"])
    coast = ZoneDrawing(
        shapely.union_all([shape(feature["geometry"]) for feature in side.coast["features"]])
    )
    thai, english = (Reader(language, side.timezone) for language in Language)

    @lru_cache(maxsize=4)
    def made(zones: tuple[PosterZone, ...], address: str) -> bytes:
        return poster_pdf(
            side.pages.site_name(thai),
            side.pages.site_name(english),
            zones,
            coast,
            side.pages.coast_credit(english),
            address,
        )

    @router.get("/poster.pdf", include_in_schema=False)
    def poster(request: Request) -> Response:
        address = side.address or str(request.base_url).rstrip("/")
        body = made(_poster_zones(side.statuses().told), address)
        # an address that the request itself gave is for who asked alone
        caching = CACHING if side.address else "no-store"
        response = revalidated(request, body, "application/pdf", caching)
        response.headers["Content-Disposition"] = 'inline; filename="libong-watch-poster.pdf"'
        return response

    return router


def _poster_zones(statuses: Sequence[ZoneStatus]) -> tuple[PosterZone, ...]:
    """Return the zones in the order of their kinds, numbered from 1."""
    kinds = list(KIND_WORDS)
    ordered = sorted(statuses, key=lambda zone: (kinds.index(zone.kind), zone.zone_id))
    return tuple(
        PosterZone(
            ZoneDrawing(shape(zone.geometry), zone.kind, str(number)),
            zone.name_th,
            zone.name_en,
            zone.binding,
        )
        for number, zone in enumerate(ordered, start=1)
    )
