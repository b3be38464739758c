"""The cookies that logins set."""

from datetime import timedelta

from fastapi import Response

from api.auth import (
    HALF_LOGIN_COOKIE,
    HALF_LOGIN_LIFETIME,
    LOGIN_FORM_COOKIE,
    LOGIN_FORM_LIFETIME,
    SESSION_COOKIE,
)
from api.deps import Services
from patrol.user import User


def start_session(response: Response, at_hand: Services, user: User) -> None:
    """Log a user in with this answer."""
    cookie = at_hand.sessions.cookie_for(user, at_hand.now())
    _set(response, at_hand, SESSION_COOKIE, cookie, at_hand.sessions.lifetime)


def end_session(response: Response, at_hand: Services) -> None:
    """Let the browser forget its login."""
    _forget(response, at_hand, SESSION_COOKIE)


def start_half_login(response: Response, at_hand: Services, user: User) -> None:
    """Remember for some minutes that the password was right."""
    cookie = at_hand.sessions.half_cookie_for(user, at_hand.now())
    _set(response, at_hand, HALF_LOGIN_COOKIE, cookie, HALF_LOGIN_LIFETIME)


def end_login_forms(response: Response, at_hand: Services) -> None:
    """Let the browser forget the forms of a login that is done."""
    _forget(response, at_hand, LOGIN_FORM_COOKIE)
    _forget(response, at_hand, HALF_LOGIN_COOKIE)


def set_form_token(response: Response, at_hand: Services, token: str) -> None:
    """Set the token that the answer's form repeats."""
    _set(response, at_hand, LOGIN_FORM_COOKIE, token, LOGIN_FORM_LIFETIME)


def _set(response: Response, at_hand: Services, name: str, value: str, lifetime: timedelta) -> None:
    response.set_cookie(
        name,
        value,
        max_age=int(lifetime.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=at_hand.settings.cookie_secure,
    )


def _forget(response: Response, at_hand: Services, name: str) -> None:
    response.delete_cookie(
        name, secure=at_hand.settings.cookie_secure, httponly=True, samesite="lax"
    )
