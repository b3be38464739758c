"""Tokens by which a user's own devices send flights; kept as hashes, and revocable one by one."""

import re
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from hmac import compare_digest
from secrets import token_hex, token_urlsafe

from sqlalchemy import select
from sqlalchemy.orm import Session

from ingest.errors import LibongError
from patrol.database import Database
from patrol.rows import user_of
from patrol.tables import UserRow
from patrol.uploads_rows import DeviceTokenRow
from patrol.user import User

_TOKEN = re.compile(r"libong_([0-9a-f]{12})_[\w-]{43}", re.ASCII)


class DeviceTokenError(LibongError, LookupError):
    """A token that cannot be made or revoked."""


@dataclass(frozen=True)
class DeviceToken:
    """One device's token, without the secret."""

    token_id: str
    owner: str
    label: str
    created_at_utc: datetime
    revoked_at_utc: datetime | None


class DeviceTokens:
    """Makes, checks and revokes tokens.

    A token holds 256 random bits, so that a plain SHA-256 of it cannot be guessed back.
    """

    def __init__(self, database: Database) -> None:
        """Work in a database that has been migrated."""
        self._database = database

    def add(self, owner: str, label: str, at_utc: datetime) -> str:
        """Make a token for a user and return it, the only time that it is seen.

        Raises DeviceTokenError for an unknown user.
        """
        token_id = token_hex(6)
        token = f"libong_{token_id}_{token_urlsafe(32)}"
        with Session(self._database.writer) as session, session.begin():
            if session.get(UserRow, owner) is None:
                raise DeviceTokenError(f"no user {owner!r}; add it first")
            session.add(
                DeviceTokenRow(
                    token_id=token_id,
                    owner=owner,
                    label=label,
                    token_sha256=_hash(token),
                    created_at_utc=at_utc,
                    revoked_at_utc=None,
                )
            )
        return token

    def user(self, token: str) -> User | None:
        """Return whose token this is; None for an unknown, malformed or revoked one.

        None too where the user's account is closed.
        """
        match = _TOKEN.fullmatch(token)
        if match is None:
            return None
        with Session(self._database.reader) as session:
            row = session.get(DeviceTokenRow, match[1])
            known = row.token_sha256 if row is not None else _hash("")
            if not compare_digest(known, _hash(token)) or row is None:
                return None
            if row.revoked_at_utc is not None:
                return None
            user = user_of(session.get_one(UserRow, row.owner))
            return user if user.may_pass else None

    def of(self, owner: str) -> tuple[DeviceToken, ...]:
        """Return a user's tokens, the oldest first, revoked ones too."""
        query = select(DeviceTokenRow).where(DeviceTokenRow.owner == owner)
        with Session(self._database.reader) as session:
            return tuple(
                DeviceToken(
                    row.token_id, row.owner, row.label, row.created_at_utc, row.revoked_at_utc
                )
                for row in session.scalars(query.order_by(DeviceTokenRow.created_at_utc))
            )

    def revoke(self, token_id: str, at_utc: datetime, *, owner: str | None = None) -> None:
        """Let a token pass no more; one revoked before stays so.

        Raises DeviceTokenError where there is none, or none of `owner` where one is given.
        """
        with Session(self._database.writer) as session, session.begin():
            row = session.get(DeviceTokenRow, token_id) if token_id.isalnum() else None
            if row is None or owner not in (None, row.owner):
                raise DeviceTokenError(
                    f"no token {token_id!r}; `libong user token list NAME` lists them"
                )
            row.revoked_at_utc = row.revoked_at_utc or at_utc


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()
