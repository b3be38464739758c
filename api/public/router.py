"""Public routes: the tourism map, its zones as GeoJSON, and a sign of life."""

import json
from collections.abc import Callable
from datetime import date

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from api.map import GeoJson
from api.pages import Pages
from api.public.words import (
    BINDING_WORDS,
    KIND_WORDS,
    PRESENCE_WORDS,
    STATUS_ORDER,
    STATUS_SIGNS,
    STATUS_WORDS,
)
from api.public.zone_feature import GEOJSON_MEDIA_TYPE, feature_collection, zone_feature
from api.public.zone_map import draw_zone_map
from api.revalidation import revalidated
from patrol.zone_status import ZoneStatusReader

# with the thirty seconds they are held before, a raised status reaches boats in a minute
ZONES_CACHING = "public, max-age=30, must-revalidate"


def public_router(
    read_statuses: ZoneStatusReader,
    coast: GeoJson,
    pages: Pages,
    today: Callable[[], date],
) -> APIRouter:
    """Return the routes that need no login.

    Args:
        read_statuses: the only thing these routes can read.
        coast: GeoJSON of the land, WGS 84.
        pages: fills the templates.
        today: the local day at the site.
    """
    router = APIRouter(tags=["public"])

    @router.get("/", include_in_schema=False)
    def zone_page(request: Request) -> HTMLResponse:
        reader = pages.reader(request)
        statuses = read_statuses()
        ordered = sorted(statuses, key=lambda zone: STATUS_ORDER.index(zone.status))
        response = pages.page(
            request,
            "public/zones.html",
            zones=ordered,
            today=today(),
            drawing=draw_zone_map(statuses, coast, reader),
            status_order=STATUS_ORDER,
            status_words=STATUS_WORDS,
            status_signs=STATUS_SIGNS,
            presence_words=PRESENCE_WORDS,
            kind_words=KIND_WORDS,
            binding_words=BINDING_WORDS,
        )
        response.headers["Cache-Control"] = "no-cache"
        return response

    @router.get("/api/public/zones.geojson", response_class=Response)
    def zones_geojson(request: Request) -> Response:
        """Zones with their status today. Outlines are the zones' own; no animal is in here."""
        body = json.dumps(
            feature_collection(zone_feature(zone) for zone in read_statuses()),
            ensure_ascii=False,
        ).encode()
        return revalidated(request, body, GEOJSON_MEDIA_TYPE, ZONES_CACHING)

    @router.get("/healthz")
    def healthz() -> dict[str, str]:
        """Say that the service answers; it reads nothing, so that asking often costs nothing."""
        return {"status": "ok"}

    return router
