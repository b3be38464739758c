"""Public pages: the tourism map, the widget for other sites, and what a phone keeps of them."""

from datetime import date
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse

from api.language import mark
from api.public.approach import APPROACH_RULES, APPROACH_WORDS, SLOW_KNOTS
from api.public.kept_files import KEPT_FILES, STATIC_DIR, kept_version
from api.public.side import PublicSide
from api.public.words import (
    BINDING_WORDS,
    KIND_WORDS,
    PRESENCE_WORDS,
    STATUS_ORDER,
    STATUS_SIGNS,
    STATUS_WORDS,
    asks_only,
    speed_text,
    survey_text,
)
from api.public.zone_map import draw_zone_map
from patrol.zone_status import ZoneStatus

_TITLE = mark("Dugong zone map")

ROBOTS = """\
User-agent: *
Disallow: /api/v1/
Disallow: /account
Disallow: /admin
Disallow: /desk
Disallow: /flights
Disallow: /login
Disallow: /officer
Disallow: /ranger
"""


def public_router(side: PublicSide) -> APIRouter:
    """Return the pages that need no login; `side` is all that they can read."""
    router = APIRouter(tags=["public"])

    @router.get("/", include_in_schema=False)
    def zone_page(request: Request) -> HTMLResponse:
        reader = side.pages.reader(request)
        reading = side.statuses()
        return _zone_words(
            side,
            request,
            "public/zones.html",
            drawing=draw_zone_map(reading.told, side.coast, reader),
            approach_rules=APPROACH_RULES,
            approach_words=APPROACH_WORDS,
            slow_knots=SLOW_KNOTS,
            slow_speed=speed_text(SLOW_KNOTS, reader),
        )

    @router.get("/widget", include_in_schema=False)
    def widget(request: Request) -> HTMLResponse:
        return _zone_words(side, request, "public/widget.html")

    @router.get("/manifest.webmanifest", include_in_schema=False)
    def manifest(request: Request) -> Response:
        reader = side.pages.reader(request)
        return JSONResponse(
            {
                "id": "/",
                "start_url": "/",
                "scope": "/",
                "name": f"{side.pages.site_name(reader)}: {reader.text(_TITLE)}",
                "short_name": side.pages.site_name(reader),
                "lang": reader.language.value,
                "display": "standalone",
                "background_color": "#fbf9f4",
                "theme_color": "#06343f",
                "icons": [{"src": "/static/mark.svg", "sizes": "any", "type": "image/svg+xml"}],
            },
            media_type="application/manifest+json",
            headers={"Cache-Control": "no-cache", "Vary": "Cookie, Accept-Language"},
        )

    @router.get("/zones-worker.js", include_in_schema=False)
    def zones_worker() -> Response:
        names = "".join(f'  "{name}",\n' for name in KEPT_FILES)
        script = (STATIC_DIR / "zones-worker.js").read_text(encoding="utf-8")
        return Response(
            f'const VERSION = "{kept_version()}";\nconst FILES = [\n{names}];\n{script}',
            media_type="text/javascript",
            headers={"Cache-Control": "no-cache"},
        )

    @router.get("/robots.txt", include_in_schema=False)
    def robots() -> PlainTextResponse:
        return PlainTextResponse(ROBOTS, headers={"Cache-Control": "public, max-age=86400"})

    @router.get("/healthz")
    def healthz() -> dict[str, str]:
        """Say that the service answers; it reads nothing, so that asking often costs nothing."""
        return {"status": "ok"}

    return router


def _zone_words(side: PublicSide, request: Request, template: str, **context: Any) -> HTMLResponse:
    """Return a page that tells of all zones, the most urgent first."""
    reader = side.pages.reader(request)
    reading = side.statuses()
    today = side.day_of(reading)

    def surveyed(zone: ZoneStatus, day: date = today) -> str:
        return survey_text(zone, day, reader)

    response = side.pages.page(
        request,
        template,
        zones=sorted(reading.told, key=lambda zone: STATUS_ORDER.index(zone.status)),
        today=today,
        as_of=reading.at_utc,
        surveyed=surveyed,
        asks_only=asks_only,
        status_order=STATUS_ORDER,
        status_words=STATUS_WORDS,
        status_signs=STATUS_SIGNS,
        presence_words=PRESENCE_WORDS,
        kind_words=KIND_WORDS,
        binding_words=BINDING_WORDS,
        **context,
    )
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Content-Language"] = reader.language.value
    return response
