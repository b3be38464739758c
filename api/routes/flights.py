"""Flights for rangers and officers: those received, and what became of each file."""

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Request, Response

from api import words
from api.auth import Session
from api.deps import (
    RangerSession,
    Services,
    ServicesDep,
    may_act,
    readable_flight,
    readable_flights,
)
from api.field_mark import mark_of
from api.paging import Offset
from patrol.uploads import Upload

router = APIRouter(prefix="/flights", include_in_schema=False)

PAGE_LENGTH = 50


@router.get("")
def flights(
    request: Request, at_hand: ServicesDep, session: RangerSession, offset: Offset = 0
) -> Response:
    """List the flights received, newest first."""
    return _page(
        request,
        at_hand,
        session,
        "officer/flights.html",
        page=readable_flights(at_hand, session.user, PAGE_LENGTH, offset),
        on_their_way=_on_their_way(at_hand, session),
        now=at_hand.now(),
    )


@router.get("/{flight_id}")
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
        flight=readable_flight(at_hand, session.user, flight_id),
        unverified=mark_of(at_hand, flight_id),
        looked_through=sum(
            said.complete for said in at_hand.store.frame_reviews(flight_id).values()
        ),
        incidents=at_hand.store.incidents(flight_id=flight_id) if shows_incidents else (),
    )


def _on_their_way(at_hand: Services, session: Session) -> Sequence[Upload]:
    """Return the flights that are sent or processed just now, or could not be: one's own only."""
    own = None if may_act(session.user) else session.user.name
    uploads = at_hand.store.uploads.unfinished()
    return [upload for upload in uploads if own in (None, upload.owner)][:PAGE_LENGTH]


def _page(
    request: Request,
    at_hand: Services,
    session: Session,
    template: str,
    **context: Any,
) -> Response:
    return at_hand.pages.page(
        request,
        template,
        tab="flights",
        user=session.user,
        csrf_token=session.csrf_token,
        may_act=may_act(session.user),
        words=words,
        **context,
    )
