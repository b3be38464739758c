"""What routes for officers are given: settings, store, media, site, clock; and who may pass."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, cast

from fastapi import Depends, Form, Header, Request

from api.auth import (
    SESSION_COOKIE,
    NotAllowedError,
    NotLoggedInError,
    Session,
    Sessions,
    check_csrf,
)
from api.map import GeoJson
from api.pages import Pages
from api.paging import Page
from api.throttle import LoginThrottle
from ingest.errors import LibongError
from patrol.flight_log import FlightSummary
from patrol.media import MediaStore
from patrol.site import Site
from patrol.store import Store, unknown_flight
from patrol.uploads_desk import Desk
from patrol.user import Role, User

MIN_SECRET_KEY_CHARS = 32

FormToken = Annotated[str, Form(max_length=200)]  # ours have at most 100 characters


class SecondFactorNeededError(NotAllowedError):
    """A request of an officer who must set up a second factor first."""


class ApiSettingsError(LibongError, ValueError):
    """A setting that would make the service unsafe."""


@dataclass(frozen=True)
class ApiSettings:
    """What the service must be told.

    `secret_key` signs the session cookies; `session_hours` is how long a login lasts;
    `cookie_secure` sends cookies over HTTPS only and is False just for trials on one's own machine;
    `officers_need_second_factor` lets officers and administrators act only with one;
    `public_address` is where the public finds the service (`https://…`), None where nobody said.
    """

    secret_key: str
    session_hours: float
    cookie_secure: bool
    officers_need_second_factor: bool = False
    public_address: str | None = None

    def __post_init__(self) -> None:
        if len(self.secret_key) < MIN_SECRET_KEY_CHARS:
            raise ApiSettingsError(
                f"the secret key must have at least {MIN_SECRET_KEY_CHARS} characters; got "
                f"{len(self.secret_key)}; `python -c 'import secrets; "
                "print(secrets.token_urlsafe(32))'` makes one"
            )
        if not 0 < self.session_hours <= 24 * 31:
            raise ApiSettingsError(
                f"session hours must be in (0, {24 * 31}]; got {self.session_hours}"
            )


@dataclass(frozen=True)
class Services:
    """Everything routes for officers work with; made once by `create_app`.

    `desk` is where flights arrive; None where none are taken over the network.
    """

    settings: ApiSettings
    store: Store
    media: MediaStore
    site: Site
    coast: GeoJson
    now: Callable[[], datetime]
    pages: Pages
    sessions: Sessions
    throttle: LoginThrottle
    desk: Desk | None = None

    def site_now(self) -> Site:
        """Return the site with the zones that hold now: officers may have changed them."""
        return self.store.zones.in_force(self.site)

    def today(self) -> date:
        """Return the local day at the site."""
        return self.now().astimezone(self.site.reference.timezone).date()


def make_sessions(settings: ApiSettings) -> Sessions:
    """Return the sessions that these settings ask for."""
    return Sessions(settings.secret_key, timedelta(hours=settings.session_hours))


def giving(services: Services) -> Callable[[Request], None]:
    """Return the dependency by which the requests of a router are given `services`."""

    def give(request: Request) -> None:
        request.state.services = services

    return give


def services(request: Request) -> Services:
    """Return the services that this request was given; its router must depend on `giving`."""
    return cast(Services, request.state.services)


ServicesDep = Annotated[Services, Depends(services)]


def session_if_any(request: Request, at_hand: ServicesDep) -> Session | None:
    """Return the session of this request, or None."""
    return at_hand.sessions.read(request.cookies.get(SESSION_COOKIE), at_hand.store, at_hand.now())


SessionIfAny = Annotated[Session | None, Depends(session_if_any)]

# Rangers see how their flights were received; incidents and positions are for officers.
_MAY_READ_FLIGHTS = frozenset({Role.RANGER, Role.OFFICER, Role.ADMIN})
_MAY_ACT = frozenset({Role.OFFICER, Role.ADMIN})
_MAY_ADMINISTER = frozenset({Role.ADMIN})


def ranger_session(session: SessionIfAny) -> Session:
    """Return the session of anyone who works here; raises NotLoggedInError or NotAllowedError."""
    return _allowed(session, _MAY_READ_FLIGHTS)


def officer_session(session: SessionIfAny, at_hand: ServicesDep) -> Session:
    """Return the session of an officer.

    Raises NotLoggedInError, NotAllowedError, SecondFactorNeededError.
    """
    return _proven(_allowed(session, _MAY_ACT), at_hand)


def admin_session(session: SessionIfAny, at_hand: ServicesDep) -> Session:
    """Return the session of an administrator; raises as `officer_session` does."""
    return _proven(_allowed(session, _MAY_ADMINISTER), at_hand)


def _proven(session: Session, at_hand: Services) -> Session:
    if at_hand.settings.officers_need_second_factor and not session.user.has_second_factor:
        raise SecondFactorNeededError("officers need a second factor here; set one up at /account")
    return session


def may_act(user: User) -> bool:
    """Return whether a user may see incidents and decide on them."""
    return user.role in _MAY_ACT


def _allowed(session: Session | None, roles: frozenset[Role]) -> Session:
    if session is None:
        raise NotLoggedInError("this needs a login; log in at /login")
    if session.user.role not in roles:
        raise NotAllowedError(
            f"this is for {' and '.join(sorted(roles))}; your role is {session.user.role}"
        )
    return session


def readable_flights(at_hand: Services, user: User, limit: int, offset: int) -> Page[FlightSummary]:
    """Return flights that a user may see, newest first: rangers none that only others sent."""
    sender = None if may_act(user) else user.name
    found = at_hand.store.flight_page(limit=limit, offset=offset, for_sender=sender)
    return Page(found.flights, found.total, limit, offset)


def readable_flight(at_hand: Services, user: User, flight_id: str) -> FlightSummary:
    """Return a flight; raises UnknownFlight also for one that the user may not see."""
    flight = at_hand.store.flight(flight_id)
    senders = at_hand.store.uploads.senders(flight_id)
    if not may_act(user) and senders and user.name not in senders:
        raise unknown_flight(flight_id)
    return flight


RangerSession = Annotated[Session, Depends(ranger_session)]
OfficerSession = Annotated[Session, Depends(officer_session)]
AdminSession = Annotated[Session, Depends(admin_session)]


def own_form(session: RangerSession, csrf_token: FormToken) -> Session:
    """Return the session of a form that carries its token; raises CsrfError for another."""
    check_csrf(session, csrf_token)
    return session


def officer_form(session: OfficerSession, csrf_token: FormToken) -> Session:
    """Return an officer's session of a form that carries its token; raises CsrfError."""
    check_csrf(session, csrf_token)
    return session


def admin_form(session: AdminSession, csrf_token: FormToken) -> Session:
    """Return an administrator's session of a form that carries its token; raises CsrfError."""
    check_csrf(session, csrf_token)
    return session


OwnForm = Annotated[Session, Depends(own_form)]
OfficerForm = Annotated[Session, Depends(officer_form)]
AdminForm = Annotated[Session, Depends(admin_form)]


def officer_who_meant_it(
    session: OfficerSession, x_csrf_token: Annotated[str | None, Header()] = None
) -> Session:
    """Return the officer's session of a JSON change that carries its X-CSRF-Token."""
    check_csrf(session, x_csrf_token)
    return session


ActingOfficer = Annotated[Session, Depends(officer_who_meant_it)]
