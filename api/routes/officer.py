"""Pages behind the login: alerts, one incident with its steps, flights with their refused files."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from api import words
from api.auth import Session, check_csrf
from api.deps import (
    FormToken,
    OfficerSession,
    RangerSession,
    Services,
    ServicesDep,
    may_act,
    readable_flight,
    readable_flights,
)
from api.errors import answer_for
from api.field_mark import mark_of
from api.incident_map import draw_incident_map
from api.language import Reader
from api.paging import Page
from patrol.incident import ALLOWED, Incident, State, TransitionError
from patrol.incident_list import IncidentFilter, Listing
from patrol.store import StaleVersion
from patrol.uploads import Upload

router = APIRouter(prefix="/officer", include_in_schema=False)

PAGE_LENGTH = 50
OPEN, ALL = "open", "all"

# the order of the buttons: onwards first, then the ways back
STEP_ORDER: tuple[State, ...] = (
    State.CONFIRMED,
    State.RESPONDING,
    State.RESOLVED,
    State.NEW,
    State.DISMISSED,
    State.RETRACTED,
)

Offset = Annotated[int, Query(ge=0)]


@router.get("")
def alerts(
    request: Request,
    at_hand: ServicesDep,
    session: OfficerSession,
    state: str = OPEN,
    zone: str = "",
    offset: Offset = 0,
) -> Response:
    """List incidents beside their map; those that wait for a person unless asked otherwise."""
    reader = at_hand.pages.reader(request)
    page = _incidents(at_hand, state, zone, offset)
    return _page(
        request,
        at_hand,
        session,
        "officer/alerts.html",
        tab="alerts",
        page=page,
        chosen_state=state,
        chosen_zone=zone,
        zone_names=_zone_names(at_hand, reader),
        drawing=draw_incident_map(page.items, at_hand.site_now().zones, at_hand.coast, reader),
    )


@router.get("/incidents/{incident_id}")
def incident(
    request: Request,
    at_hand: ServicesDep,
    session: OfficerSession,
    incident_id: str,
    done: bool = False,
) -> Response:
    """Show one incident."""
    return _incident_page(request, at_hand, session, incident_id, done=done)


@router.post("/incidents/{incident_id}/transitions")
def take_step(
    request: Request,
    at_hand: ServicesDep,
    session: OfficerSession,
    incident_id: str,
    csrf_token: FormToken,
    to: Annotated[State, Form()],
    expected_version: Annotated[int, Form()],
    reason: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """Take a step; on a conflict show the incident as it now is, with the reason still typed."""
    check_csrf(session, csrf_token)
    try:
        at_hand.store.transition(
            incident_id,
            to,
            actor=session.user.name,
            reason=reason,
            expected_version=expected_version,
            at_utc=at_hand.now(),
        )
    except (StaleVersion, TransitionError) as error:
        return _incident_page(
            request,
            at_hand,
            session,
            incident_id,
            conflict=answer_for(error).advice,
            typed_reason=reason,
        )
    return RedirectResponse(f"/officer/incidents/{incident_id}?done=1", HTTPStatus.SEE_OTHER)


@router.get("/flights")
def flights(
    request: Request, at_hand: ServicesDep, session: RangerSession, offset: Offset = 0
) -> Response:
    """List the flights received, newest first."""
    return _page(
        request,
        at_hand,
        session,
        "officer/flights.html",
        tab="flights",
        page=readable_flights(at_hand, session.user, PAGE_LENGTH, offset),
        on_their_way=_on_their_way(at_hand, session),
        now=at_hand.now(),
    )


@router.get("/flights/{flight_id}")
def flight(
    request: Request, at_hand: ServicesDep, session: RangerSession, flight_id: str
) -> Response:
    """Show one flight: what was used, what was refused and what to do about it."""
    shows_incidents = may_act(session.user)
    return _page(
        request,
        at_hand,
        session,
        "officer/flight.html",
        tab="flights",
        flight=readable_flight(at_hand, session.user, flight_id),
        unverified=mark_of(at_hand, flight_id),
        incidents=at_hand.store.incidents(flight_id=flight_id) if shows_incidents else (),
    )


def _on_their_way(at_hand: Services, session: Session) -> Sequence[Upload]:
    """Return the flights that are sent or processed just now, or could not be: one's own only."""
    own = None if may_act(session.user) else session.user.name
    uploads = at_hand.store.uploads.unfinished()
    return [upload for upload in uploads if own in (None, upload.owner)][:PAGE_LENGTH]


def _incident_page(
    request: Request,
    at_hand: Services,
    session: Session,
    incident_id: str,
    *,
    done: bool = False,
    conflict: str = "",
    typed_reason: str = "",
) -> Response:
    reader = at_hand.pages.reader(request)
    shown = at_hand.store.incident(incident_id)
    return _page(
        request,
        at_hand,
        session,
        "officer/incident.html",
        status=HTTPStatus.CONFLICT if conflict else HTTPStatus.OK,
        tab="alerts",
        incident=shown,
        unverified=mark_of(at_hand, shown.flight_id),
        events=at_hand.store.events(incident_id),
        steps=[state for state in STEP_ORDER if (shown.state, state) in ALLOWED],
        zone_names=_zone_names(at_hand, reader),
        drawing=draw_incident_map([shown], at_hand.site_now().zones, at_hand.coast, reader),
        done=done,
        conflict=conflict,
        typed_reason=typed_reason,
    )


def _page(
    request: Request,
    at_hand: Services,
    session: Session,
    template: str,
    *,
    status: int = HTTPStatus.OK,
    tab: str,
    **context: Any,
) -> Response:
    return at_hand.pages.page(
        request,
        template,
        status=status,
        tab=tab,
        user=session.user,
        csrf_token=session.csrf_token,
        may_act=may_act(session.user),
        words=words,
        **context,
    )


def _incidents(at_hand: Services, state: str, zone_id: str, offset: int) -> Page[Incident]:
    """Incidents of a filter; an unknown state is taken as those that wait for a person."""
    asked = IncidentFilter(
        states=frozenset({State(state)}) if state in tuple(State) else None,
        zone_id=zone_id or None,
    )
    every = state == ALL or asked.states is not None
    listing = Listing.EVERY if every else Listing.WAITING
    found = at_hand.store.incident_page(listing, asked, limit=PAGE_LENGTH, offset=offset)
    return Page(found.incidents, found.total, PAGE_LENGTH, offset)


def _zone_names(at_hand: Services, reader: Reader) -> Mapping[str, str]:
    zones = at_hand.site_now().zones
    return {zone.zone_id: reader.pick(zone.name_th, zone.name_en) for zone in zones}
