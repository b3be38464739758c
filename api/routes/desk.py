"""The officers' desk: alerts by priority, the chosen one with its evidence, and the map beside."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from http import HTTPStatus
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request, Response

from api import words
from api.auth import Session
from api.deps import OfficerSession, Services, ServicesDep
from api.field_mark import mark_of
from api.language import Reader, mark
from api.officer_features import zone_outline
from api.public.zone_feature import feature_collection
from api.revalidation import revalidated
from api.routes import desk_filter as filters
from api.routes import desk_words
from api.routes.desk_data import script_data
from api.routes.desk_filter import DeskFilter
from api.routes.desk_pictures import pictures_of
from patrol.flight_log import LoggedFrame
from patrol.incident import ALLOWED, Incident, IncidentEvent, State
from patrol.incident_step import last_decision, may_be_same
from patrol.incident_surroundings import MAY_DECIDE

router = APIRouter(prefix="/desk", include_in_schema=False)

MOST_SHOWN = 100
CONTEXT_SIDES = 8  # sides of the box shown about it: the boat in its bay, not only the boat
SMALLEST_CONTEXT_PX = 900

# the order of the buttons: onwards first, then the ways back; each with the key that presses it
STEP_KEYS: Mapping[State, str] = {
    State.CONFIRMED: "C",
    State.RESPONDING: "R",
    State.RESOLVED: "F",
    State.DISMISSED: "D",
    State.RETRACTED: "T",
    State.NEW: "W",
}

# what the scripts say
SCRIPT_WORDS: Mapping[str, str] = {
    "saved": mark("Saved."),
    "undo": mark("Undo"),
    "undone": mark("Undone."),
    "refused": mark("Not saved:"),
    "offline": mark("Not saved: no connection. Your note is kept; try again."),
    "needs_reason": mark("Choose a reason or write a note first."),
    "nothing_to_undo": mark("Nothing of yours to undo on this page."),
    "selected": mark("selected"),
    "last": mark("That was the last one."),
}

Filter = Annotated[DeskFilter, Depends(filters.desk_filter)]
Chosen = Annotated[str, Query(alias="id", max_length=64)]
Done = Annotated[str, Query(max_length=4000)]


@router.get("")
def desk(
    request: Request,
    at_hand: ServicesDep,
    session: OfficerSession,
    asked: Filter,
    chosen: Chosen = "",
    done: Done = "",
) -> Response:
    """Show the alerts that were asked for, one of them chosen."""
    return desk_page(request, at_hand, session, asked, chosen, done=done)


@router.get("/map.json")
def map_data(request: Request, at_hand: ServicesDep, _: OfficerSession) -> Response:
    """Return what is under the alerts on the map: the coast, and the zones that hold now."""
    reader = at_hand.pages.reader(request)
    zones = feature_collection(zone_outline(z, reader) for z in at_hand.site_now().zones)
    body = json.dumps({"coast": at_hand.coast, "zones": zones}, ensure_ascii=False).encode()
    return revalidated(request, body, "application/json", "private, no-cache")


@router.get("/parts/list")
def list_part(
    request: Request,
    at_hand: ServicesDep,
    session: OfficerSession,
    asked: Filter,
    chosen: Chosen = "",
) -> Response:
    """Return the list alone, to be put in the place of the one shown."""
    context = _list_context(request, at_hand, session, asked)
    return _part(request, at_hand, session, "officer/desk_list.html", chosen=chosen, **context)


@router.get("/parts/row/{incident_id}")
def row_part(
    request: Request,
    at_hand: ServicesDep,
    session: OfficerSession,
    asked: Filter,
    incident_id: str,
    chosen: Chosen = "",
) -> Response:
    """Return one row of the list as it is now."""
    return _part(
        request,
        at_hand,
        session,
        "officer/desk_row.html",
        incident=at_hand.store.incident(incident_id),
        asked=asked,
        chosen=chosen,
    )


@router.get("/parts/detail/{incident_id}")
def detail_part(
    request: Request,
    at_hand: ServicesDep,
    session: OfficerSession,
    asked: Filter,
    incident_id: str,
    seen: int | None = None,
) -> Response:
    """Return one incident; what happened since version `seen` is told first."""
    detail = detail_context(at_hand, session, incident_id, seen=seen)
    return _part(request, at_hand, session, "officer/desk_detail.html", asked=asked, **detail)


def desk_page(
    request: Request,
    at_hand: Services,
    session: Session,
    asked: DeskFilter,
    chosen: str,
    *,
    status: int = HTTPStatus.OK,
    done: str = "",
    problem: str = "",
    note: str = "",
    seen: int | None = None,
) -> Response:
    """Return the desk with an incident chosen, or the first one; `note` is what was typed."""
    context = _list_context(request, at_hand, session, asked)
    found: Sequence[Incident] = context["incidents"]
    shown = chosen or (found[0].incident_id if found else "")
    detail = detail_context(at_hand, session, shown, seen=seen, note=note) if shown else {}
    ids = [incident.incident_id for incident in found]
    after = ids[ids.index(shown) + 1 :] if shown in ids else []
    return desk_response(
        request,
        at_hand,
        session,
        "officer/desk.html",
        status=status,
        chosen=shown,
        was_chosen=bool(chosen),
        following=after[0] if after else "",
        done=[each for each in done.split(",") if each],
        problem=problem,
        since_words=filters.SINCE_WORDS,
        desk_data=script_data(at_hand.pages.reader(request), session, SCRIPT_WORDS),
        **context,
        **({"incident": None} | detail),
    )


def detail_context(
    at_hand: Services,
    session: Session,
    incident_id: str,
    *,
    seen: int | None = None,
    note: str = "",
) -> dict[str, Any]:
    """Return what the detail of an incident shows."""
    incident = at_hand.store.incident(incident_id)
    events = at_hand.store.events(incident_id)
    frame = _frame_of(at_hand, incident)
    return {
        "incident": incident,
        "unverified": mark_of(at_hand, incident.flight_id),
        "events": events,
        "missed": _missed(events, seen, session.user.name),
        "steps": [state for state in STEP_KEYS if (incident.state, state) in ALLOWED],
        "needs_reason": {
            state: ALLOWED[incident.state, state].needs_reason
            for state in STEP_KEYS
            if (incident.state, state) in ALLOWED
        },
        "undoable": (decision := last_decision(events)) is not None,
        "undoes_others": decision is not None and decision.actor != session.user.name,
        "frame": frame,
        "has_picture": frame is not None and at_hand.media.has(frame.sha256),
        "context_box": _context_box(incident, frame) if frame else None,
        "officers": [u.name for u in at_hand.store.users() if u.role in MAY_DECIDE],
        "joined": at_hand.store.joined(incident_id),
        "others": _could_be_same(at_hand, incident),
        "pictures": pictures_of(at_hand, incident),
        "split_off": at_hand.store.split_off(incident_id),
        "citation_th": _thai_citation(at_hand, incident),
        "note": note,
    }


def desk_response(
    request: Request,
    at_hand: Services,
    session: Session,
    template: str,
    *,
    status: int = HTTPStatus.OK,
    **context: Any,
) -> Response:
    """Return a page or a part of one, with what every template of the desk needs."""
    reader = at_hand.pages.reader(request)
    return at_hand.pages.page(
        request,
        template,
        status=status,
        tab="desk",
        user=session.user,
        csrf_token=session.csrf_token,
        may_act=True,
        words=words,
        desk_words=desk_words,
        step_keys=STEP_KEYS,
        zone_names=zone_names(at_hand, reader),
        address_of=address_of,
        **context,
    )


def address_of(asked: DeskFilter, **more: str) -> str:
    """Return the address of the desk with a filter and more parameters."""
    query = urlencode(asked.query() | more)
    return f"/desk?{query}" if query else "/desk"


def zone_names(at_hand: Services, reader: Reader) -> Mapping[str, str]:
    """Return the names of the zones that hold now, by their ids."""
    zones = at_hand.site_now().zones
    return {zone.zone_id: reader.pick(zone.name_th, zone.name_en) for zone in zones}


def _part(
    request: Request, at_hand: Services, session: Session, template: str, **context: Any
) -> Response:
    return desk_response(request, at_hand, session, template, **context)


def _list_context(
    request: Request, at_hand: Services, session: Session, asked: DeskFilter
) -> dict[str, Any]:
    found = asked.find(at_hand.store, session.user.name, at_hand.now(), MOST_SHOWN)
    return {
        "asked": asked,
        "incidents": found.incidents,
        "total": found.total,
        "first_page": address_of(replace(asked, after="")) if asked.after else None,
        "next_page": None
        if found.following is None
        else address_of(replace(asked, after=found.following.text)),
        "last_sequence": at_hand.store.tail.last_sequence(),
    }


def _could_be_same(at_hand: Services, incident: Incident) -> Sequence[Incident]:
    """What an incident can be joined to: likely ones of other flights, and all of its own."""
    own = at_hand.store.incidents(flight_id=incident.flight_id)
    return at_hand.store.likely_same(incident.incident_id) + tuple(
        other for other in own if may_be_same(incident, other) and other.joined_to is None
    )


def _thai_citation(at_hand: Services, incident: Incident) -> str:
    """The source of the rule in Thai, where the zone still gives the one of the incident."""
    for zone in at_hand.site_now().zones:
        if zone.zone_id == incident.zone_id and zone.citation == incident.citation:
            return zone.citation_th
    return incident.citation


def _missed(
    events: Sequence[IncidentEvent], seen: int | None, officer: str
) -> tuple[IncidentEvent, ...]:
    """What others did since the version that an officer saw."""
    if seen is None:
        return ()
    return tuple(event for event in events if event.version > seen and event.actor != officer)


def _frame_of(at_hand: Services, incident: Incident) -> LoggedFrame | None:
    frames = at_hand.store.frames(incident.flight_id)
    return next((frame for frame in frames if frame.sha256 == incident.frame_sha256), None)


def _context_box(incident: Incident, frame: LoggedFrame) -> tuple[int, int, int, int]:
    """Left, top, width, height in pixels of what is shown about the box, within the frame."""
    left, top, right, bottom = incident.xyxy_px
    side = max(SMALLEST_CONTEXT_PX, CONTEXT_SIDES * max(right - left, bottom - top))
    width, height = min(side, frame.width_px), min(side * 3 / 4, frame.height_px)
    x = min(max((left + right - width) / 2, 0), frame.width_px - width)
    y = min(max((top + bottom - height) / 2, 0), frame.height_px - height)
    return round(x), round(y), round(width), round(height)
