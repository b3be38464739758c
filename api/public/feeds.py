"""Open data for other programs: zones and their changes as GeoJSON, Atom and iCalendar.

Every change is told by its local day, the day on which the public was told, and never by an hour.
"""

import json
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.language import Language, Reader
from api.public.atom import atom_feed
from api.public.calendar import calendar
from api.public.side import PublicSide
from api.public.zone_feature import (
    GEOJSON_MEDIA_TYPE,
    LICENCE_URL,
    change_feature,
    published,
    zone_feature,
)
from api.revalidation import revalidated

# With the five minutes that readings are held, a raised status reaches boats in six. A cache that
# cannot ask may serve a bit longer; `as_of` in each document tells its age.
CACHING = "public, max-age=30, stale-while-revalidate=30, stale-if-error=600"

_Language = Annotated[Language, Query(alias="lang")]


def feeds_router(side: PublicSide) -> APIRouter:
    """Return the routes of open data; `side` is all that they can read."""
    router = APIRouter(prefix="/api/public", tags=["public"])

    def answer(request: Request, body: bytes, media_type: str) -> Response:
        response = revalidated(request, body, media_type, CACHING)
        # open data: pages of others may read it, and know on what terms
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        response.headers["Link"] = f'<{LICENCE_URL}>; rel="license"'
        return response

    @router.get("/zones.geojson", response_class=Response)
    def zones_geojson(request: Request) -> Response:
        """Zones with their status today. Outlines are the zones' own; no animal is in here."""
        reading = side.statuses()
        document = published((zone_feature(zone) for zone in reading.told), reading.at_utc)
        return answer(request, _json(document), GEOJSON_MEDIA_TYPE)

    @router.get("/changes.geojson", response_class=Response)
    def changes_geojson(request: Request) -> Response:
        """What changed in the statuses of zones in the last thirty days, the newest first."""
        reading, zones = side.changes(), {z.zone_id: z for z in side.statuses().told}
        features = (change_feature(change, zones.get(change.zone_id)) for change in reading.told)
        return answer(request, _json(published(features, reading.at_utc)), GEOJSON_MEDIA_TYPE)

    @router.get("/changes.atom", response_class=Response)
    def changes_atom(request: Request, language: _Language = Language.THAI) -> Response:
        """Send the same changes to feed readers (RFC 4287)."""
        reader = Reader(language, side.timezone)
        body = atom_feed(
            side.pages.site_name(reader),
            side.changes().told,
            side.statuses().told,
            side.day_of(side.changes()),
            reader,
        )
        return answer(request, body, "application/atom+xml")

    @router.get("/zones.ics", response_class=Response)
    def zones_ics(request: Request, language: _Language = Language.THAI) -> Response:
        """Send the days on which zones are raised to calendars (RFC 5545)."""
        reader = Reader(language, side.timezone)
        body = calendar(
            side.pages.site_name(reader),
            side.statuses().told,
            side.day_of(side.statuses()),
            reader,
        )
        return answer(request, body, "text/calendar; charset=utf-8")

    return router


def _json(document: object) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode()
