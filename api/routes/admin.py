"""Accounts of others, as administrators see them: roles, links to set a password, devices."""

from http import HTTPStatus
from secrets import token_urlsafe
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from api import words
from api.auth import Session, hash_password
from api.deps import AdminForm, AdminSession, Services, ServicesDep
from patrol.account import LINK_LIFETIME
from patrol.user import Role

router = APIRouter(prefix="/admin/users", include_in_schema=False)

Name = Annotated[str, Form(max_length=64)]


@router.get("")
def list_users(request: Request, session: AdminSession, at_hand: ServicesDep) -> Response:
    """List all accounts with what can be done to them."""
    return _page(request, session, at_hand)


@router.post("/add")
def add_user(
    request: Request,
    session: AdminForm,
    at_hand: ServicesDep,
    name: Name,
    role: Annotated[Role, Form()],
) -> Response:
    """Make an account without a password, and show the link by which its owner sets one."""
    admin = session.user.name
    # a password that nobody knows, until its owner sets one by the link
    unknown = hash_password(token_urlsafe(32))
    user = at_hand.store.add_user(name.strip(), unknown, role, at_hand.now(), actor=admin)
    token = at_hand.store.accounts.link_for(user.name, at_hand.now(), admin)
    return _page(request, session, at_hand, link_of=user.name, link_token=token)


@router.post("/link")
def link_user(
    request: Request,
    session: AdminForm,
    at_hand: ServicesDep,
    name: Name,
) -> Response:
    """Show a one-time link by which a user sets a new password."""
    token = at_hand.store.accounts.link_for(name, at_hand.now(), session.user.name)
    return _page(request, session, at_hand, link_of=name, link_token=token)


@router.post("/role")
def change_role(
    session: AdminForm,
    at_hand: ServicesDep,
    name: Name,
    role: Annotated[Role, Form()],
) -> Response:
    """Give a user another role."""
    at_hand.store.accounts.set_role(name, role, at_hand.now(), session.user.name)
    return _back()


@router.post("/close")
def close_user(session: AdminForm, at_hand: ServicesDep, name: Name) -> Response:
    """Let a user and their devices pass no more."""
    at_hand.store.accounts.close_account(name, at_hand.now(), session.user.name)
    return _back()


@router.post("/reopen")
def reopen_user(session: AdminForm, at_hand: ServicesDep, name: Name) -> Response:
    """Let a user pass again."""
    at_hand.store.accounts.reopen_account(name, at_hand.now(), session.user.name)
    return _back()


@router.post("/remove-factor")
def remove_factor(session: AdminForm, at_hand: ServicesDep, name: Name) -> Response:
    """Ask a user who lost phone and recovery codes for codes no more."""
    at_hand.store.accounts.remove_second_factor(name, at_hand.now(), session.user.name)
    return _back()


@router.post("/revoke-device")
def revoke_device(
    session: AdminForm,
    at_hand: ServicesDep,
    token_id: Annotated[str, Form(max_length=16)],
) -> Response:
    """Let a device of any user pass no more."""
    at_hand.store.device_tokens.revoke(token_id, at_hand.now())
    return _back()


def _back() -> Response:
    return RedirectResponse("/admin/users", HTTPStatus.SEE_OTHER)


def _page(
    request: Request,
    session: Session,
    at_hand: Services,
    *,
    link_of: str | None = None,
    link_token: str | None = None,
) -> Response:
    users = at_hand.store.users()
    link = None
    if link_token is not None:
        link = str(request.url.replace(path=f"/welcome/{link_token}", query=""))
    return at_hand.pages.page(
        request,
        "account/users.html",
        user=session.user,
        may_act=True,
        tab="users",
        csrf_token=session.csrf_token,
        words=words,
        users=users,
        devices={each.name: at_hand.store.device_tokens.of(each.name) for each in users},
        roles=tuple(Role),
        link=link,
        link_of=link_of,
        link_hours=int(LINK_LIFETIME.total_seconds()) // 3600,
    )
