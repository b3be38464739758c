"""Logging in and out."""

from datetime import timedelta
from http import HTTPStatus
from math import ceil
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from api.auth import (
    LOGIN_FORM_COOKIE,
    LOGIN_FORM_LIFETIME,
    MAX_PASSWORD_CHARS,
    SESSION_COOKIE,
    LoginsBusyError,
    authenticate,
    check_csrf,
)
from api.deps import FormToken, RangerSession, Services, ServicesDep
from patrol.user import Role, User

router = APIRouter(include_in_schema=False)

MAX_PATH_CHARS = 500
OFFICER_HOME, RANGER_HOME = "/officer", "/officer/flights"


@router.get("/login")
def login_form(request: Request, at_hand: ServicesDep) -> Response:
    """Show the login form."""
    return _form(request, at_hand, next_path=request.query_params.get("next", ""))


@router.post("/login")
def log_in(
    request: Request,
    at_hand: ServicesDep,
    name: Annotated[str, Form(max_length=100)],
    password: Annotated[str, Form(max_length=MAX_PASSWORD_CHARS)],
    csrf_token: FormToken,
    next: Annotated[str, Form(max_length=MAX_PATH_CHARS)] = "",
) -> Response:
    """Check name and password; set the session cookie or show the form again."""
    cookie = request.cookies.get(LOGIN_FORM_COOKIE)
    at_hand.sessions.check_login_form(cookie, csrf_token, at_hand.now())
    address = request.client.host if request.client else "unknown"
    wait_s = at_hand.throttle.try_begin(address, name)
    if wait_s:
        response = _form(
            request,
            at_hand,
            status=HTTPStatus.TOO_MANY_REQUESTS,
            next_path=next,
            name=name,
            wait_minutes=ceil(wait_s / 60),
        )
        response.headers["Retry-After"] = str(wait_s)
        return response
    try:
        user = authenticate(at_hand.store, name, password)
    except LoginsBusyError:
        at_hand.throttle.take_back(address, name)
        raise
    if user is None:
        return _form(
            request,
            at_hand,
            status=HTTPStatus.UNAUTHORIZED,
            next_path=next,
            name=name,
            refused=True,
        )
    at_hand.throttle.forget(address, name)
    return _logged_in(user, at_hand, next)


@router.post("/logout")
def log_out(session: RangerSession, at_hand: ServicesDep, csrf_token: FormToken) -> Response:
    """End the user's sessions, here and on every other device.

    A cookie that was copied would otherwise stay good until it expires.
    """
    check_csrf(session, csrf_token)
    at_hand.store.end_sessions(session.user.name)
    response = RedirectResponse("/login", HTTPStatus.SEE_OTHER)
    response.delete_cookie(
        SESSION_COOKIE, secure=at_hand.settings.cookie_secure, httponly=True, samesite="lax"
    )
    return response


def _form(
    request: Request,
    at_hand: Services,
    *,
    next_path: str,
    status: int = HTTPStatus.OK,
    name: str = "",
    refused: bool = False,
    wait_minutes: int = 0,
) -> Response:
    token = at_hand.sessions.login_form_token(at_hand.now())
    response = at_hand.pages.page(
        request,
        "login.html",
        status=status,
        form_token=token,
        next_path=next_path,
        name=name,
        refused=refused,
        wait_minutes=wait_minutes,
    )
    _set_cookie(response, at_hand, LOGIN_FORM_COOKIE, token, LOGIN_FORM_LIFETIME)
    return response


def _logged_in(user: User, at_hand: Services, next_path: str) -> Response:
    home = RANGER_HOME if user.role is Role.RANGER else OFFICER_HOME
    # only paths of our own pages: an address from elsewhere could lead to a copy of this form
    own_page = next_path == OFFICER_HOME or next_path.startswith(f"{OFFICER_HOME}/")
    response = RedirectResponse(next_path if own_page else home, HTTPStatus.SEE_OTHER)
    cookie = at_hand.sessions.cookie_for(user, at_hand.now())
    _set_cookie(response, at_hand, SESSION_COOKIE, cookie, at_hand.sessions.lifetime)
    response.delete_cookie(LOGIN_FORM_COOKIE)
    return response


def _set_cookie(
    response: Response, at_hand: Services, name: str, value: str, lifetime: timedelta
) -> None:
    response.set_cookie(
        name,
        value,
        max_age=int(lifetime.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=at_hand.settings.cookie_secure,
    )
