"""The desk's page of permits: which are held in which zones, given and taken back by officers."""

from datetime import date
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from api.auth import Session
from api.deps import OfficerForm, OfficerSession, Services, ServicesDep
from api.routes.desk import desk_response
from patrol.permit_history import PermitError
from patrol.permits import Permit

router = APIRouter(prefix="/desk/permits", include_in_schema=False)

Line = Annotated[str, Form(max_length=400)]
Number = Annotated[str, Form(max_length=64)]


@router.get("")
def permits_page(request: Request, at_hand: ServicesDep, session: OfficerSession) -> Response:
    """Show all permits, those that hold today first, with forms to give and take back."""
    return _page(request, at_hand, session)


@router.post("/add")
def add_permit(
    request: Request,
    at_hand: ServicesDep,
    session: OfficerForm,
    number: Number,
    holder: Line,
    gear: Line,
    first: Annotated[date, Form()],
    last: Annotated[date, Form()],
    citation: Line,
    zone: Annotated[list[str], Form(max_length=50)],
) -> Response:
    """Keep a permit."""
    permit = Permit(
        number.strip(), holder.strip(), gear.strip(), frozenset(zone), first, last, citation.strip()
    )
    try:
        at_hand.store.permits.add(at_hand.site, permit, session.user.name, at_hand.now())
    except PermitError as error:
        return _page(request, at_hand, session, problem=str(error), typed=permit)
    return RedirectResponse("/desk/permits", HTTPStatus.SEE_OTHER)


@router.post("/revoke")
def revoke_permit(
    request: Request, at_hand: ServicesDep, session: OfficerForm, number: Number, reason: Line
) -> Response:
    """Take a permit back from today on."""
    try:
        at_hand.store.permits.revoke(at_hand.site, number, reason, session.user.name, at_hand.now())
    except PermitError as error:
        return _page(request, at_hand, session, problem=str(error))
    return RedirectResponse("/desk/permits", HTTPStatus.SEE_OTHER)


def _page(
    request: Request,
    at_hand: Services,
    session: Session,
    *,
    problem: str = "",
    typed: Permit | None = None,
) -> Response:
    today = at_hand.today()
    kept = at_hand.store.permits.kept(at_hand.site.site_id)
    return desk_response(
        request,
        at_hand,
        session,
        "officer/desk_permits.html",
        status=HTTPStatus.CONFLICT if problem else HTTPStatus.OK,
        kept=sorted(kept, key=lambda each: (not _holds(each.in_force, today), each.permit.last)),
        holding={each.permit.permit_id for each in kept if _holds(each.in_force, today)},
        of_file=at_hand.site.permits,
        problem=problem,
        typed=typed,
    )


def _holds(permit: Permit | None, day: date) -> bool:
    return permit is not None and permit.first <= day <= permit.last
