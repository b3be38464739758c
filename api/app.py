"""The web service: the public map, the officers' pages and the JSON interface."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import xstatic.pkg.leaflet
from fastapi import Depends, FastAPI
from shapely.geometry import mapping
from starlette.staticfiles import StaticFiles

from api.body_limit import BodyLimit
from api.deps import ApiSettings, Services, giving, make_sessions
from api.errors import install_error_answers
from api.headers import PublicCompression, SecurityHeaders
from api.pages import Pages, SiteTitle
from api.public.held_statuses import HeldStatuses
from api.public.router import public_router
from api.public.zone_feature import feature_collection
from api.routes import login, officer, tus, uploads, v1
from api.throttle import LoginThrottle
from patrol.media import MediaStore
from patrol.site import Site
from patrol.store import Store
from patrol.uploads_desk import Desk

STATIC_DIR = Path(__file__).parent / "static"
LEAFLET_DIR = Path(xstatic.pkg.leaflet.BASE_DIR)


def create_app(
    settings: ApiSettings,
    store: Store,
    media: MediaStore,
    site: Site,
    now: Callable[[], datetime],
    desk: Desk | None = None,
) -> FastAPI:
    """Return the service for one site.

    Args:
        settings: secret key, length of a login, whether cookies need HTTPS.
        store: migrated; closing it stays with the caller.
        media: where the crops are.
        site: the place, its zones and its clock.
        now: the clock, aware UTC.
        desk: where flights arrive; None to take none over the network.
    """
    pages = Pages(
        SiteTitle(
            site.name_th,
            site.name_en,
            site.coast_credit_th,
            site.coast_credit_en,
            site.reference.timezone,
        ),
        cookie_secure=settings.cookie_secure,
    )
    coast = feature_collection(
        [{"type": "Feature", "id": "land", "properties": {}, "geometry": mapping(site.coast)}]
    )
    services = Services(
        settings=settings,
        store=store,
        media=media,
        site=site,
        coast=coast,
        now=now,
        pages=pages,
        sessions=make_sessions(settings),
        throttle=LoginThrottle(now),
        desk=desk,
    )
    app = FastAPI(
        title="Libong Watch",
        summary="Drone-imagery watch over the dugongs of an island",
        # FastAPI's own documentation pages load scripts from a CDN; /openapi.json stays
        docs_url=None,
        redoc_url=None,
    )
    app.mount("/static/vendor/leaflet", StaticFiles(directory=LEAFLET_DIR))
    app.mount("/static", StaticFiles(directory=STATIC_DIR))
    # the one thing the public side is given of the store
    statuses = HeldStatuses(lambda: store.zone_statuses(site, services.today()), now)
    app.include_router(public_router(statuses, coast, pages, services.today))
    # only requests to these carry the services; public ones hold nothing that leads to the store
    for router in (login.router, officer.router, v1.router, uploads.router, tus.router):
        app.include_router(router, dependencies=[Depends(giving(services))])
    install_error_answers(app, pages)
    app.add_middleware(BodyLimit)
    app.add_middleware(tus.TusHeaders)
    app.add_middleware(PublicCompression)
    app.add_middleware(SecurityHeaders)
    return app
