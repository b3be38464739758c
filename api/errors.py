"""What goes wrong is answered by the table of `error_answers`.

Paths below `/api/` are answered with problem details (RFC 9457), all others with a page. Anything
unforeseen is logged and answered without a word of its own.
"""

import logging
from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import urlencode

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse
from starlette.exceptions import HTTPException

from api.auth import NotLoggedInError
from api.deps import SecondFactorNeededError
from api.error_answers import (
    ANSWERS,
    BAD_REQUEST,
    NOT_FOUND,
    TOO_LARGE,
    UNEXPECTED,
    Answer,
    answer_for,
)
from api.headers import complete_headers
from api.models import EventOut
from api.pages import Pages
from api.sections import section_of
from api.zones_models import ZoneFaultOut
from patrol.store import StaleVersion
from patrol.zone_document import ZoneError

PROBLEM_MEDIA_TYPE = "application/problem+json"
log = logging.getLogger(__name__)


def install_error_answers(app: FastAPI, pages: Pages) -> None:
    """Make `app` answer every error by the table."""

    def answer(
        request: Request, given: Answer, detail: str | None, extra: Mapping[str, object]
    ) -> Response:
        if _wants_problem(request):
            problem = {
                "type": "about:blank",
                "title": given.status.phrase,
                "status": given.status.value,
                "code": given.code,
                "detail": detail or given.advice,
                **extra,
            }
            return JSONResponse(problem, given.status, media_type=PROBLEM_MEDIA_TYPE)
        return pages.page(
            request,
            "error.html",
            status=given.status,
            advice=given.advice,
            code=given.status.value,
            # who may not go in there is not led there again
            section=None if given.status is HTTPStatus.FORBIDDEN else section_of(request.url.path),
        )

    def foreseen(request: Request, error: Exception) -> Response:
        given = answer_for(error)
        if isinstance(error, NotLoggedInError) and not _wants_problem(request):
            query = urlencode({"next": _page_to_return_to(request)})
            return RedirectResponse(f"/login?{query}", HTTPStatus.SEE_OTHER)
        if isinstance(error, SecondFactorNeededError) and not _wants_problem(request):
            return RedirectResponse("/account?said=factor-needed", HTTPStatus.SEE_OTHER)
        response = answer(request, given, str(error) if given.shows_text else None, _more(error))
        if given.retry_after_s is not None:
            response.headers["Retry-After"] = str(given.retry_after_s)
        return response

    def unforeseen(request: Request, error: Exception) -> Response:
        log.error("unforeseen error at %s", request.url.path, exc_info=error)
        response = answer(request, UNEXPECTED, None, {})
        # Starlette answers these outside of every layer, where SecurityHeaders cannot reach
        complete_headers(response.headers, request.state.csp_nonce, request.url.path)
        return response

    def http_error(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class alone
        status = HTTPStatus(error.status_code)
        named = {each.status: each for each in (NOT_FOUND, TOO_LARGE)}
        given = named.get(status, Answer(status, status.name.lower(), BAD_REQUEST.advice))
        response = answer(request, given, None, {})
        response.headers.update(error.headers or {})
        return response

    def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for it alone
        faults = [
            {"where": [str(part) for part in fault["loc"]], "what": fault["msg"]}
            for fault in error.errors()
        ]
        return answer(request, BAD_REQUEST, None, {"faults": faults})

    for kind in ANSWERS:
        app.add_exception_handler(kind, foreseen)
    app.add_exception_handler(HTTPException, http_error)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(Exception, unforeseen)


def _page_to_return_to(request: Request) -> str:
    """Return the page that was asked for; of a form, which has no GET, the part it is of."""
    path, query = request.url.path, request.url.query
    if request.method in ("GET", "HEAD"):
        return f"{path}?{query}" if query else path
    section = section_of(path)
    return "" if section is None else section[0]


def _more(error: Exception) -> Mapping[str, object]:
    """Return what programs are told besides: of a lost race, what has changed and by whom.

    Of a zone that cannot be, what is wrong and where.
    """
    if isinstance(error, ZoneError):
        faults = [ZoneFaultOut.of(fault).model_dump(mode="json") for fault in error.faults]
        return {"faults": faults}
    if not isinstance(error, StaleVersion):
        return {}
    missed = [EventOut.of(event).model_dump(mode="json") for event in error.missed]
    return {"version": error.version, "changes": missed}


def _wants_problem(request: Request) -> bool:
    return request.url.path.startswith(("/api/", "/openapi.json", "/healthz"))
