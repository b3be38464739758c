"""One's own account: password, second factor, devices, and logging out everywhere."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from api import words
from api.auth import (
    MAX_PASSWORD_CHARS,
    MIN_PASSWORD_CHARS,
    PasswordError,
    Session,
    authenticate,
    hash_password,
)
from api.cookies import start_session
from api.deps import OwnForm, RangerSession, Services, ServicesDep, may_act
from api.second_factor import (
    MAX_CODE_CHARS,
    matching_step,
    new_recovery_codes,
    new_secret,
    qr_svg,
    setup_uri,
)

router = APIRouter(prefix="/account", include_in_schema=False)

Password = Annotated[str, Form(max_length=MAX_PASSWORD_CHARS)]
_ISSUER = "Libong Watch"


@router.get("")
def show_account(request: Request, session: RangerSession, at_hand: ServicesDep) -> Response:
    """Show what belongs to the account."""
    return account_page(request, session, at_hand)


@router.post("/password")
def change_password(
    request: Request,
    session: OwnForm,
    at_hand: ServicesDep,
    present: Password,
    new: Password,
) -> Response:
    """Set another password; every other login of the account ends."""
    name = session.user.name
    if not _knows_password(request, session, at_hand, present):
        return _back("wrong-password")
    try:
        hashed = hash_password(new)
    except PasswordError:
        return _back("weak-password")
    user = at_hand.store.set_password_hash(name, hashed, at_hand.now(), actor=name)
    response = _back("password-set")
    start_session(response, at_hand, user)
    return response


@router.post("/second-factor/begin")
def begin_second_factor(
    request: Request,
    session: OwnForm,
    at_hand: ServicesDep,
    present: Password,
) -> Response:
    """Make a secret and show it, to be put into an authenticator app."""
    if not _knows_password(request, session, at_hand, present):
        return _back("wrong-password")
    at_hand.store.accounts.begin_second_factor(session.user.name, new_secret())
    return _back("factor-begun")


@router.post("/second-factor/prove")
def prove_second_factor(
    request: Request,
    session: OwnForm,
    at_hand: ServicesDep,
    code: Annotated[str, Form(max_length=MAX_CODE_CHARS)],
) -> Response:
    """Ask for codes from now on, and show the recovery codes, this once."""
    name = session.user.name
    factor = at_hand.store.accounts.second_factor(name)
    step = matching_step(factor.secret, code, at_hand.now()) if factor else None
    if step is None:
        return _back("wrong-code")
    codes = new_recovery_codes()
    at_hand.store.accounts.prove_second_factor(name, step, codes, at_hand.now())
    return account_page(request, session, at_hand, recovery_codes=codes)


@router.post("/second-factor/remove")
def remove_second_factor(
    request: Request,
    session: OwnForm,
    at_hand: ServicesDep,
    present: Password,
) -> Response:
    """Ask for codes no more."""
    name = session.user.name
    if not _knows_password(request, session, at_hand, present):
        return _back("wrong-password")
    user = at_hand.store.accounts.remove_second_factor(name, at_hand.now(), name)
    response = _back("factor-removed")
    start_session(response, at_hand, user)
    return response


@router.post("/devices/add")
def add_device(
    request: Request,
    session: OwnForm,
    at_hand: ServicesDep,
    label: Annotated[str, Form(min_length=1, max_length=60)],
) -> Response:
    """Make a token for one of the user's devices, and show it, this once."""
    token = at_hand.store.device_tokens.add(session.user.name, label.strip(), at_hand.now())
    return account_page(request, session, at_hand, device_token=token)


@router.post("/devices/{token_id}/revoke")
def revoke_device(token_id: str, session: OwnForm, at_hand: ServicesDep) -> Response:
    """Let one of the user's own devices pass no more."""
    at_hand.store.device_tokens.revoke(token_id, at_hand.now(), owner=session.user.name)
    return _back("device-revoked")


def account_page(
    request: Request,
    session: Session,
    at_hand: Services,
    *,
    recovery_codes: Sequence[str] | None = None,
    device_token: str | None = None,
) -> Response:
    """Return the account's page; the secrets were made by this request and are shown only now."""
    name = session.user.name
    factor = at_hand.store.accounts.second_factor(name)
    begun = factor is not None and not factor.proven
    return at_hand.pages.page(
        request,
        "account/account.html",
        user=session.user,
        may_act=may_act(session.user),
        tab="account",
        csrf_token=session.csrf_token,
        words=words,
        factor=factor,
        qr_svg=qr_svg(setup_uri(factor.secret, name, _ISSUER)) if factor and begun else None,
        devices=at_hand.store.device_tokens.of(name),
        said=request.query_params.get("said"),
        least_chars=MIN_PASSWORD_CHARS,
        recovery_codes=recovery_codes,
        device_token=device_token,
    )


def _back(said: str) -> RedirectResponse:
    """Lead back to the page, which finds the words for what is `said`."""
    return RedirectResponse(f"/account?said={said}", HTTPStatus.SEE_OTHER)


def _knows_password(request: Request, session: Session, at_hand: Services, password: str) -> bool:
    """Return whether this is the user's password; guesses are braked as at the login."""
    name = session.user.name
    address = request.client.host if request.client else "unknown"
    if at_hand.throttle.try_begin(address, name):
        return False
    if authenticate(at_hand.store, name, password) is None:
        return False
    at_hand.throttle.forget(address, name)
    return True
