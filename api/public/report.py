"""The public's reports: a form without an account, and what became of a report, by its code.

Of all that officers see, these routes are given two functions: one takes a report, the other tells
of a code its kind, its day and its outcome. No place, no name and no picture comes back.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from secrets import token_urlsafe
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from api.pages import Pages
from api.place_map import PlaceMap
from api.report_form import Degrees, Key, Photo, PlaceWords, Words, read_report
from api.report_words import FAULT_WORDS, KIND_WORDS, OUTCOME_WORDS, script_words
from patrol.witness_report import (
    LONGEST_PLACE_WORDS,
    LONGEST_WORDS,
    Fault,
    WitnessAnswer,
    WitnessKind,
    WitnessReport,
    WitnessStanding,
)

_STATUS = {
    Fault.TOO_MANY: HTTPStatus.TOO_MANY_REQUESTS,
    Fault.PHOTO_LARGE: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
}


@dataclass(frozen=True)
class ReportSide:
    """What these routes can reach; `now` is aware UTC."""

    take: Callable[[WitnessReport, str], WitnessAnswer]
    standing: Callable[[str], WitnessStanding | None]
    pages: Pages
    land: PlaceMap
    now: Callable[[], datetime]


def report_router(side: ReportSide) -> APIRouter:
    """Return the routes of the public's reports."""
    router = APIRouter(include_in_schema=False)

    def form(
        request: Request,
        *,
        fault: Fault | None = None,
        kind: str = "",
        words: str = "",
        place_words: str = "",
    ) -> Response:
        status = HTTPStatus.OK
        if fault is not None:
            status = _STATUS.get(fault, HTTPStatus.UNPROCESSABLE_ENTITY)
        return side.pages.page(
            request,
            "report/form.html",
            status=status,
            key=token_urlsafe(16),
            fault="" if fault is None else FAULT_WORDS[fault],
            kinds=KIND_WORDS,
            kind=kind,
            words_typed=words,
            place_typed=place_words,
            longest_words=LONGEST_WORDS,
            longest_place=LONGEST_PLACE_WORDS,
            land=side.land.document(),
            words=script_words(side.pages.reader(request)),
        )

    @router.get("/report")
    def empty_form(request: Request) -> Response:
        """Show the form."""
        return form(request)

    @router.post("/report")
    def send(
        request: Request,
        key: Key,
        kind: Annotated[WitnessKind, Form()],
        words: Words = "",
        place_words: PlaceWords = "",
        lon: Degrees = "",
        lat: Degrees = "",
        error_m: Degrees = "",
        contact_page: Annotated[str, Form(max_length=1000)] = "",
        photo: Photo = None,
    ) -> Response:
        """Take a report and lead to its code; or show the form again with what was typed."""
        report = read_report(
            key=key,
            kind=kind,
            words=words,
            place_words=place_words,
            lon=lon,
            lat=lat,
            error_m=error_m,
            made_at_utc=side.now(),
            photo=photo,
        )
        address = request.client.host if request.client else "unknown"
        # people do not see that field; programs that fill in every form do
        answer = WitnessAnswer(None, Fault.ROBOT) if contact_page else side.take(report, address)
        if answer.code is None:
            return form(
                request, fault=answer.fault, kind=kind, words=words, place_words=place_words
            )
        return RedirectResponse(f"/report/{answer.code}?sent=1", HTTPStatus.SEE_OTHER)

    @router.get("/report/follow")
    def follow(code: Annotated[str, Query(max_length=40)] = "") -> Response:
        """Lead to the report of a code that was typed."""
        plain = "".join(sign for sign in code if sign.isascii() and sign.isalnum())
        return RedirectResponse(f"/report/{plain or '-'}", HTTPStatus.SEE_OTHER)

    @router.get("/report/{code}")
    def told(request: Request, code: str, sent: bool = False) -> Response:
        """Tell what became of a report."""
        standing = side.standing(code)
        if standing is None:
            return side.pages.page(
                request, "report/standing.html", status=HTTPStatus.NOT_FOUND, standing=None
            )
        return side.pages.page(
            request,
            "report/standing.html",
            standing=standing,
            code=code,
            sent=sent,
            kind=KIND_WORDS[standing.kind],
            outcome=OUTCOME_WORDS[standing.outcome],
        )

    return router
