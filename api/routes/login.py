"""Logging in, in one step or two, and out."""

from http import HTTPStatus
from math import ceil
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from api.auth import (
    HALF_LOGIN_COOKIE,
    LOGIN_FORM_COOKIE,
    MAX_PASSWORD_CHARS,
    LoginsBusyError,
    authenticate,
    check_csrf,
)
from api.cookies import (
    end_login_forms,
    end_session,
    set_form_token,
    start_half_login,
    start_session,
)
from api.deps import FormToken, RangerSession, Services, ServicesDep
from api.second_factor import MAX_CODE_CHARS, passes
from patrol.user import Role, User

router = APIRouter(include_in_schema=False)

MAX_PATH_CHARS = 500
OFFICER_HOME, RANGER_HOME = "/desk", "/ranger"
# pages of ours that a login may lead back to
_PLACES = (OFFICER_HOME, RANGER_HOME, "/flights", "/account", "/admin")
NextPath = Annotated[str, Form(max_length=MAX_PATH_CHARS)]


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
    next: NextPath = "",
) -> Response:
    """Check name and password; log in, ask for a code, or show the form again."""
    _check_form(request, at_hand, csrf_token)
    address = _address(request)
    wait_s = at_hand.throttle.try_begin(address, name)
    if wait_s:
        return _form(request, at_hand, next_path=next, name=name, wait_s=wait_s)
    try:
        user = authenticate(at_hand.store, name, password)
    except LoginsBusyError:
        at_hand.throttle.take_back(address, name)
        raise
    if user is None:
        return _form(request, at_hand, next_path=next, name=name, refused=True)
    at_hand.throttle.forget(address, name)
    if user.has_second_factor:
        response = _form(request, at_hand, next_path=next, template="login_code.html")
        start_half_login(response, at_hand, user)
        return response
    return _logged_in(user, at_hand, next)


@router.post("/login/code")
def log_in_with_code(
    request: Request,
    at_hand: ServicesDep,
    code: Annotated[str, Form(max_length=MAX_CODE_CHARS)],
    csrf_token: FormToken,
    next: NextPath = "",
) -> Response:
    """Check the code of a second factor, after the password."""
    _check_form(request, at_hand, csrf_token)
    cookie = request.cookies.get(HALF_LOGIN_COOKIE)
    user = at_hand.sessions.read_half(cookie, at_hand.store, at_hand.now())
    if user is None:
        return _form(request, at_hand, next_path=next)
    # Codes are short: they are counted by user, wherever they come from. Only who knows the
    # password gets this far, so nobody else can lock the user out.
    place, guess = f"codes of {user.name}", "code"
    wait_s = at_hand.throttle.try_begin(place, guess)
    if wait_s:
        return _form(request, at_hand, next_path=next, template="login_code.html", wait_s=wait_s)
    if not passes(at_hand.store.accounts, user.name, code, at_hand.now()):
        return _form(request, at_hand, next_path=next, template="login_code.html", refused=True)
    at_hand.throttle.forget(place, guess)
    return _logged_in(user, at_hand, next)


@router.post("/logout")
def log_out(session: RangerSession, at_hand: ServicesDep, csrf_token: FormToken) -> Response:
    """End the user's sessions, here and on every other device.

    A cookie that was copied would otherwise stay good until it expires.
    """
    check_csrf(session, csrf_token)
    at_hand.store.end_sessions(session.user.name)
    response = RedirectResponse("/login", HTTPStatus.SEE_OTHER)
    end_session(response, at_hand)
    return response


def _check_form(request: Request, at_hand: Services, token: str) -> None:
    cookie = request.cookies.get(LOGIN_FORM_COOKIE)
    at_hand.sessions.check_login_form(cookie, token, at_hand.now())


def _address(request: Request) -> str:
    return request.client.host if request.client else "unknown"


def _form(
    request: Request,
    at_hand: Services,
    *,
    next_path: str,
    template: str = "login.html",
    name: str = "",
    refused: bool = False,
    wait_s: int = 0,
) -> Response:
    status = HTTPStatus.OK
    if refused:
        status = HTTPStatus.UNAUTHORIZED
    if wait_s:
        status = HTTPStatus.TOO_MANY_REQUESTS
    token = at_hand.sessions.login_form_token(at_hand.now())
    response = at_hand.pages.page(
        request,
        template,
        status=status,
        form_token=token,
        next_path=next_path,
        name=name,
        refused=refused,
        wait_minutes=ceil(wait_s / 60),
    )
    if wait_s:
        response.headers["Retry-After"] = str(wait_s)
    set_form_token(response, at_hand, token)
    return response


def _logged_in(user: User, at_hand: Services, next_path: str) -> Response:
    home = RANGER_HOME if user.role is Role.RANGER else OFFICER_HOME
    # only paths of our own pages: an address from elsewhere could lead to a copy of this form
    own_page = any(next_path == at or next_path.startswith((f"{at}/", f"{at}?")) for at in _PLACES)
    response = RedirectResponse(next_path if own_page else home, HTTPStatus.SEE_OTHER)
    start_session(response, at_hand, user)
    end_login_forms(response, at_hand)
    return response
