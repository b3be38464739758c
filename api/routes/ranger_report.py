"""A ranger's quick report, without a drone: the page, and where the phone sends it."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import JSONResponse
from pydantic import AwareDatetime, BaseModel

from api.auth import check_csrf
from api.deps import RangerSession, ServicesDep
from api.errors import PROBLEM_MEDIA_TYPE
from api.place_map import place_map
from api.ranger_words import page_words
from api.report_form import Degrees, Key, Photo, PlaceWords, Words, read_report
from api.report_words import KIND_WORDS
from patrol.witness_desk import WitnessDesk
from patrol.witness_photo import WitnessError
from patrol.witness_report import LONGEST_PLACE_WORDS, LONGEST_WORDS, Provenance, WitnessKind

router = APIRouter(include_in_schema=False)


class ReceiptOut(BaseModel):
    """That a report is here."""

    id: str
    received_at_utc: datetime


@router.get("/ranger/report")
def page(request: Request, at_hand: ServicesDep, _: RangerSession) -> Response:
    """Show the form; it says nothing of who asks, so that a phone may keep it."""
    land = place_map(at_hand.coast, [zone.area for zone in at_hand.site.zones])
    return at_hand.pages.page(
        request,
        "ranger/report.html",
        tab="report",
        words=page_words(at_hand.pages.reader(request)),
        kinds=KIND_WORDS,
        longest_words=LONGEST_WORDS,
        longest_place=LONGEST_PLACE_WORDS,
        land=land.document(),
    )


@router.post("/api/v1/ranger/reports", response_model=ReceiptOut)
def report(
    request: Request,
    at_hand: ServicesDep,
    session: RangerSession,
    id: Key,
    kind: Annotated[WitnessKind, Form()],
    made_at: Annotated[AwareDatetime, Form()],
    words: Words = "",
    place_words: PlaceWords = "",
    lon: Degrees = "",
    lat: Degrees = "",
    error_m: Degrees = "",
    photo: Photo = None,
) -> ReceiptOut | Response:
    """Take a report; the same one again, after a lost answer, is the same."""
    check_csrf(session, request.headers.get("x-csrf-token"))
    said = read_report(
        key=id,
        kind=kind,
        words=words,
        place_words=place_words,
        lon=lon,
        lat=lat,
        error_m=error_m,
        made_at_utc=made_at,
        photo=photo,
    )
    desk = WitnessDesk(at_hand.store, at_hand.media, at_hand.site, at_hand.now)
    try:
        filed = desk.take(said, Provenance.RANGER, session.user.name)
    except WitnessError as error:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        problem = {
            "type": "about:blank",
            "title": status.phrase,
            "status": status.value,
            "code": error.fault.value,
            "detail": str(error),
        }
        return JSONResponse(problem, status, media_type=PROBLEM_MEDIA_TYPE)
    return ReceiptOut(id=filed.report_id, received_at_utc=filed.received_at_utc)
