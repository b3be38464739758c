"""Who sends a flight: someone logged in to the pages, or one of a user's devices by its token."""

from typing import Annotated

from fastapi import Depends, Request

from api.auth import NotLoggedInError, check_csrf
from api.deps import Services, ServicesDep, ranger_session, session_if_any
from ingest.errors import LibongError
from patrol.uploads_desk import Desk
from patrol.user import User

_CHANGES_NOTHING = frozenset({"GET", "HEAD"})


class TokenError(NotLoggedInError):
    """A device token that is malformed, unknown or revoked."""


class NoUploadsError(LibongError, RuntimeError):
    """This service was started without a place for what is sent."""


class TusVersionError(LibongError, ValueError):
    """A request of another version of the upload protocol, or of none."""


def sender(request: Request, at_hand: ServicesDep) -> User:
    """Return who sends this request.

    A device token in the Authorization header counts alone: a wrong one is not made good by a
    cookie. With a cookie every change must carry the session's X-CSRF-Token, which no other site
    can read; a token needs none, since no browser adds it by itself.

    Raises NotLoggedInError, NotAllowedError, CsrfError.
    """
    header = request.headers.get("authorization")
    if header is not None:
        scheme, _, token = header.partition(" ")
        user = at_hand.store.device_tokens.user(token.strip())
        if scheme.lower() != "bearer" or user is None:
            raise TokenError("the device token is unknown or revoked; `libong user token add`")
        return user
    session = ranger_session(session_if_any(request, at_hand))
    if request.method not in _CHANGES_NOTHING:
        check_csrf(session, request.headers.get("x-csrf-token"))
    return session.user


def open_desk(at_hand: ServicesDep) -> Desk:
    """Return where flights arrive; raises NoUploadsError."""
    return desk_of(at_hand)


def desk_of(at_hand: Services) -> Desk:
    """Return where flights arrive; raises NoUploadsError."""
    if at_hand.desk is None:
        raise NoUploadsError("this service takes no flights over the network")
    return at_hand.desk


Sender = Annotated[User, Depends(sender)]
DeskDep = Annotated[Desk, Depends(open_desk)]
