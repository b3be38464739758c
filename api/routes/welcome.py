"""One-time links: a person sets their own password, or the first administrator's account.

The link stands in the address, so these pages load nothing from elsewhere, are not kept, and tell
no other page where the reader came from (see `api.headers`).
"""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from api.auth import (
    LOGIN_FORM_COOKIE,
    MAX_PASSWORD_CHARS,
    MIN_PASSWORD_CHARS,
    PasswordError,
    hash_password,
)
from api.cookies import set_form_token
from api.deps import FormToken, Services, ServicesDep
from patrol.user_records import UserError

router = APIRouter(prefix="/welcome", include_in_schema=False)


@router.get("/{token}")
def show_link(token: str, request: Request, at_hand: ServicesDep) -> Response:
    """Ask for a new password, and for the first account also for a name."""
    return _form(request, at_hand, token)


@router.post("/{token}")
def use_link(
    token: str,
    request: Request,
    at_hand: ServicesDep,
    csrf_token: FormToken,
    password: Annotated[str, Form(max_length=MAX_PASSWORD_CHARS)],
    name: Annotated[str, Form(max_length=64)] = "",
) -> Response:
    """Set the password, use the link up and lead to the login."""
    at_hand.sessions.check_login_form(
        request.cookies.get(LOGIN_FORM_COOKIE), csrf_token, at_hand.now()
    )
    now = at_hand.now()
    link = at_hand.store.accounts.link(token, now)
    try:
        hashed = hash_password(password)
        if link.user_name is None:
            at_hand.store.accounts.set_up(token, name.strip(), hashed, now)
        else:
            at_hand.store.accounts.set_password_by_link(token, hashed, now)
    except (PasswordError, UserError) as fault:
        return _form(request, at_hand, token, name=name, fault=fault)
    return RedirectResponse("/login", HTTPStatus.SEE_OTHER)


def _form(
    request: Request,
    at_hand: Services,
    token: str,
    *,
    name: str = "",
    fault: PasswordError | UserError | None = None,
) -> Response:
    link = at_hand.store.accounts.link(token, at_hand.now())
    form_token = at_hand.sessions.login_form_token(at_hand.now())
    response = at_hand.pages.page(
        request,
        "account/welcome.html",
        status=HTTPStatus.OK if fault is None else HTTPStatus.UNPROCESSABLE_ENTITY,
        link=link,
        form_token=form_token,
        name=name,
        weak_password=isinstance(fault, PasswordError),
        bad_name=isinstance(fault, UserError),
        least_chars=MIN_PASSWORD_CHARS,
    )
    set_form_token(response, at_hand, form_token)
    return response
