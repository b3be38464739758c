"""The web service: the public map, the officers' pages and the JSON interface."""

from collections.abc import Callable
from datetime import datetime, timedelta

from fastapi import Depends, FastAPI
from shapely.geometry import mapping
from starlette.staticfiles import StaticFiles

from api.body_limit import BodyLimit
from api.community_desk import CommunityDesk
from api.conditional import ConditionalAnswers
from api.deps import ApiSettings, Services, giving, make_sessions
from api.errors import install_error_answers
from api.headers import PublicCompression, SecurityHeaders
from api.openapi import describe
from api.pages import Pages, SiteTitle
from api.place_map import place_map
from api.public.feeds import feeds_router
from api.public.held_statuses import Held
from api.public.kept_files import LEAFLET_DIR, STATIC_DIR
from api.public.poster_page import poster_router
from api.public.report import ReportSide, report_router
from api.public.router import public_router
from api.public.side import PublicSide
from api.public.zone_feature import feature_collection
from api.report_throttle import ReportThrottle
from api.routes import (
    account,
    admin,
    desk,
    desk_conditions,
    desk_events,
    desk_flights,
    desk_frames,
    desk_permits,
    desk_records,
    desk_steps,
    desk_zones,
    flights,
    frames,
    incident_files,
    incident_steps,
    login,
    moved,
    ranger,
    ranger_report,
    report_month,
    tus,
    uploads,
    v1,
    welcome,
    zones,
)
from api.throttle import LoginThrottle
from patrol.media import MediaStore
from patrol.site import Site
from patrol.store import Store
from patrol.uploads_desk import Desk
from patrol.witness_desk import WitnessDesk
from patrol.zone_status import ZoneStatusChange

_ROUTES = (
    login,
    account,
    admin,
    welcome,
    flights,
    moved,
    v1,
    incident_files,
    incident_steps,
    zones,
    uploads,
    tus,
    ranger,
    ranger_report,
    desk,
    desk_steps,
    desk_frames,
    desk_flights,
    desk_conditions,
    desk_permits,
    desk_records,
    desk_zones,
    desk_events,
    frames,
    report_month,
)

# how far back the public is told of changes: two status periods
CHANGES_TOLD_FOR = timedelta(days=30)


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
    # before anything is judged or shown: what is new in the site's file becomes a version
    store.zones.follow_file(site, now())
    app = FastAPI(
        title="Libong Watch",
        summary="Drone-imagery watch over the dugongs of an island",
        # FastAPI's own documentation pages load scripts from a CDN; /openapi.json stays
        docs_url=None,
        redoc_url=None,
    )
    app.mount("/static/vendor/leaflet", StaticFiles(directory=LEAFLET_DIR))
    app.mount("/static", StaticFiles(directory=STATIC_DIR))

    def changes() -> tuple[ZoneStatusChange, ...]:
        day = services.today()
        return tuple(c.told for c in store.zone_changes(site, day - CHANGES_TOLD_FOR, day))

    # all that the public side is given of the store
    side = PublicSide(
        statuses=Held(lambda: store.zone_statuses(site, services.today()), now),
        changes=Held(changes, now),
        coast=coast,
        pages=pages,
        timezone=site.reference.timezone,
        address=settings.public_address,
    )
    for public in (public_router, feeds_router, poster_router):
        app.include_router(public(side))
    community = CommunityDesk(WitnessDesk(store, media, site, now), ReportThrottle(now))
    land = place_map(coast, [zone.area for zone in site.zones])
    reports = ReportSide(community.take, community.standing, pages, land, now)
    app.include_router(report_router(reports))
    # only requests to these carry the services; public ones hold nothing that leads to the store
    for each in _ROUTES:
        app.include_router(each.router, dependencies=[Depends(giving(services))])
    install_error_answers(app, pages)
    describe(app)
    app.add_middleware(ConditionalAnswers)
    app.add_middleware(BodyLimit)
    app.add_middleware(tus.TusHeaders)
    app.add_middleware(PublicCompression)
    app.add_middleware(SecurityHeaders)
    return app
