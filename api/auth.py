"""Passwords and sessions: who is logged in, proven by a signed cookie that the store can revoke."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from secrets import compare_digest, token_urlsafe
from threading import BoundedSemaphore

from itsdangerous import BadSignature, URLSafeSerializer
from pwdlib import PasswordHash
from pydantic import BaseModel, ValidationError

from ingest.errors import LibongError
from patrol.store import Store
from patrol.user import User

SESSION_COOKIE = "libong_session"
LOGIN_FORM_COOKIE = "libong_login_form"
HALF_LOGIN_COOKIE = "libong_half_login"
MIN_PASSWORD_CHARS = 10
LOGIN_FORM_LIFETIME = timedelta(hours=2)
HALF_LOGIN_LIFETIME = timedelta(minutes=10)
MAX_PASSWORD_CHARS = 1024  # a longer one only keeps the hash function busy

# Argon2id with pwdlib's parameters takes 64 MiB a check; more than two at once could starve a
# small server. Those that wait hold threads of the forty that serve all pages, so only a few may:
# otherwise the login page would be a way to stop the map.
_hashing_slots = BoundedSemaphore(2)
_places_in_line = BoundedSemaphore(8)  # with the two that are being checked
_passwords = PasswordHash.recommended()


class PasswordError(LibongError, ValueError):
    """A password that is too weak to be set."""


class LoginsBusyError(LibongError, RuntimeError):
    """So many logins at once that this one was not looked at."""


class NotLoggedInError(LibongError, PermissionError):
    """A request for something that needs a login."""


class NotAllowedError(LibongError, PermissionError):
    """A request that the user's role does not allow."""


class CsrfError(LibongError, PermissionError):
    """A change that did not carry the token of the page it should come from."""


def hash_password(password: str) -> str:
    """Return the Argon2id hash to keep for `password`.

    Raises PasswordError when the password is shorter than 10 or longer than 1024 characters.
    """
    if not MIN_PASSWORD_CHARS <= len(password) <= MAX_PASSWORD_CHARS:
        raise PasswordError(
            f"a password must have {MIN_PASSWORD_CHARS} to {MAX_PASSWORD_CHARS} characters; "
            f"got {len(password)}; three unrelated words make a good one"
        )
    return _passwords.hash(password)


@cache
def _hash_of_nobody() -> str:
    """Return what is checked when no such user exists, so that time does not tell names apart."""
    return _passwords.hash(token_urlsafe(24))


def authenticate(store: Store, name: str, password: str) -> User | None:
    """Return the user whose name and password these are, or None; as slow for unknown names.

    None too for a closed account.

    Raises LoginsBusyError, at once, where too many others are waiting for the same.
    """
    user = store.user(name)
    if not _places_in_line.acquire(blocking=False):
        raise LoginsBusyError("too many logins at once; try again in a few seconds")
    try:
        with _hashing_slots:
            matches = _passwords.verify(
                password[:MAX_PASSWORD_CHARS], user.password_hash if user else _hash_of_nobody()
            )
    finally:
        _places_in_line.release()
    return user if user and matches and user.may_pass else None


class _Claims(BaseModel):
    """What the session cookie says, signed."""

    name: str
    epoch: int
    expires: int  # seconds since 1970
    csrf: str


@dataclass(frozen=True)
class Session:
    """A login as read from a request: the user as the store knows them now, and their token."""

    user: User
    csrf_token: str


class Sessions:
    """Writes and reads session cookies."""

    def __init__(self, secret_key: str, lifetime: timedelta) -> None:
        self._cookies = URLSafeSerializer(secret_key, salt="libong.session")
        self._forms = URLSafeSerializer(secret_key, salt="libong.login-form")
        self._halves = URLSafeSerializer(secret_key, salt="libong.half-login")
        self.lifetime = lifetime

    def cookie_for(self, user: User, now: datetime) -> str:
        """Return the signed cookie of a new login that starts `now` (aware)."""
        return self._cookies.dumps(_claims(user, now + self.lifetime).model_dump())

    def half_cookie_for(self, user: User, now: datetime) -> str:
        """Return the cookie of a login whose password was right and whose code is still to come."""
        return self._halves.dumps(_claims(user, now + HALF_LOGIN_LIFETIME).model_dump())

    def read(self, cookie: str | None, store: Store, now: datetime) -> Session | None:
        """Return the session of a cookie, or None.

        None when it is absent, altered or expired, when its user is gone or closed, or when the
        user's epoch was raised since (which logs all their sessions out).
        """
        return _session(self._cookies, cookie, store, now)

    def read_half(self, cookie: str | None, store: Store, now: datetime) -> User | None:
        """Return whose password was right a moment ago, or None."""
        half = _session(self._halves, cookie, store, now)
        return None if half is None else half.user

    def login_form_token(self, now: datetime) -> str:
        """Return a token for the login form, to be set as a cookie and as a hidden field."""
        expires = int((now + LOGIN_FORM_LIFETIME).timestamp())
        return self._forms.dumps([expires, token_urlsafe(24)])

    def check_login_form(self, cookie: str | None, field: str, now: datetime) -> None:
        """Raise CsrfError unless the form's field repeats the cookie that came with the form.

        The form must be no older than LOGIN_FORM_LIFETIME.
        """
        try:
            expires, _ = self._forms.loads(cookie or "")
        except BadSignature:
            expires = 0
        repeated = compare_digest((cookie or "").encode(), field.encode())
        if not repeated or now.timestamp() >= expires:
            raise CsrfError("the login form is too old or from elsewhere; load the page again")


def _claims(user: User, until: datetime) -> _Claims:
    return _Claims(
        name=user.name,
        epoch=user.session_epoch,
        expires=int(until.timestamp()),
        csrf=token_urlsafe(24),
    )


def _session(
    signed: URLSafeSerializer, cookie: str | None, store: Store, now: datetime
) -> Session | None:
    if not cookie:
        return None
    try:
        claims = _Claims.model_validate(signed.loads(cookie))
    except (BadSignature, ValidationError):
        return None
    if now.timestamp() >= claims.expires:
        return None
    user = store.user(claims.name)
    if user is None or user.session_epoch != claims.epoch or not user.may_pass:
        return None
    return Session(user, claims.csrf)


def check_csrf(session: Session, token: str | None) -> None:
    """Raise CsrfError unless `token` is the one of this session."""
    if token is None or not compare_digest(token.encode(), session.csrf_token.encode()):
        raise CsrfError("the CSRF token is missing or not of this login; load the page again")
