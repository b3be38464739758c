"""Accounts after they were added: roles, closing, second factors, links to set a password.

Every change is an entry of the ledger, in the transaction that makes it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from secrets import token_urlsafe

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from patrol.account import LINK_LIFETIME, AccountError, AccountLink, LinkError, token_hash
from patrol.account_rows import AccountLinkRow, RecoveryCodeRow
from patrol.ledger_table import append_account, lock_ledger
from patrol.records import Records
from patrol.rows import user_of
from patrol.tables import UserRow
from patrol.user import Role, User
from patrol.user_records import added_user, user_row


@dataclass(frozen=True)
class SecondFactor:
    """A user's second factor: its base32 secret, whether it was proven, the last step that passed.

    A step is 30 s of the clock (RFC 6238).
    """

    secret: str
    proven: bool
    last_step: int
    recovery_codes_left: int


class Accounts(Records):
    """What an administrator does to accounts, and people to their own."""

    def set_role(self, name: str, role: Role, at_utc: datetime, actor: str) -> User:
        """Give a user another role and end their sessions.

        Raises UnknownUser, and AccountError for the last open administrator.
        """
        with self._writing() as session, session.begin():
            row = _locked(session, name)
            if role is not Role.ADMIN:
                _refuse_last_admin(session, row)
            row.role = role.value
            row.session_epoch += 1
            append_account(session, row, at_utc, actor, f"made {role}")
            return user_of(row)

    def close_account(self, name: str, at_utc: datetime, actor: str) -> User:
        """Let a user pass no more, nor their devices; what they did stays.

        Raises UnknownUser, and AccountError for the last open administrator.
        """
        with self._writing() as session, session.begin():
            row = _locked(session, name)
            _refuse_last_admin(session, row)
            row.closed_at_utc = row.closed_at_utc or at_utc
            row.session_epoch += 1
            append_account(session, row, at_utc, actor, "closed")
            return user_of(row)

    def reopen_account(self, name: str, at_utc: datetime, actor: str) -> User:
        """Let a user pass again; raises UnknownUser."""
        with self._writing() as session, session.begin():
            row = _locked(session, name)
            row.closed_at_utc = None
            append_account(session, row, at_utc, actor, "reopened")
            return user_of(row)

    def link_for(self, name: str | None, at_utc: datetime, actor: str) -> str:
        """Make a one-time link and return its token, the only time that it is seen.

        For a user it sets a new password; earlier links of the user pass no more. With None it
        makes the first administrator's account.

        Raises UnknownUser.
        """
        token = token_urlsafe(32)
        with self._writing() as session, session.begin():
            lock_ledger(session)
            if name is not None:
                append_account(
                    session, user_row(session, name), at_utc, actor, "was given a password link"
                )
            unused = AccountLinkRow.user_name == name, AccountLinkRow.used_at_utc.is_(None)
            session.execute(update(AccountLinkRow).where(*unused).values(used_at_utc=at_utc))
            session.add(
                AccountLinkRow(
                    token_sha256=token_hash(token),
                    user_name=name,
                    made_at_utc=at_utc,
                    made_by=actor,
                    expires_at_utc=at_utc + LINK_LIFETIME,
                    used_at_utc=None,
                )
            )
        return token

    def link(self, token: str, at_utc: datetime) -> AccountLink:
        """Return what a link is for; raises LinkError for one that passes no more."""
        with self._reading() as session:
            row = _open_link(session, token, at_utc)
            return AccountLink(row.user_name, row.expires_at_utc)

    def set_password_by_link(self, token: str, password_hash: str, at_utc: datetime) -> User:
        """Set the password of the link's user, use the link up and end the user's sessions.

        Raises LinkError.
        """
        with self._writing() as session, session.begin():
            lock_ledger(session)
            link = _open_link(session, token, at_utc)
            if link.user_name is None:
                raise LinkError("this link makes the first account; it sets no password")
            row = user_row(session, link.user_name)
            link.used_at_utc = at_utc
            row.password_hash = password_hash
            row.session_epoch += 1
            append_account(session, row, at_utc, row.name, "set a password by link")
            return user_of(row)

    def set_up(self, token: str, name: str, password_hash: str, at_utc: datetime) -> User:
        """Make the first account, an administrator's, and use the link up.

        Raises LinkError, also once there is any user, and UserError for a bad name.
        """
        with self._writing() as session, session.begin():
            lock_ledger(session)
            link = _open_link(session, token, at_utc)
            if link.user_name is not None or session.scalar(select(func.count(UserRow.name))):
                raise LinkError("this site is set up already; log in")
            link.used_at_utc = at_utc
            return user_of(added_user(session, name, password_hash, Role.ADMIN, at_utc, name))

    def second_factor(self, name: str) -> SecondFactor | None:
        """Return a user's second factor, proven or just begun; raises UnknownUser."""
        with self._reading() as session:
            row = user_row(session, name)
            if row.factor_secret is None:
                return None
            left = select(func.count(RecoveryCodeRow.code_sha256)).where(
                RecoveryCodeRow.user_name == name, RecoveryCodeRow.used_at_utc.is_(None)
            )
            return SecondFactor(
                row.factor_secret,
                row.factor_since_utc is not None,
                row.factor_step,
                session.scalar(left) or 0,
            )

    def begin_second_factor(self, name: str, secret: str) -> None:
        """Keep the secret of a factor that is not proven yet; raises AccountError if one is."""
        with self._writing() as session, session.begin():
            row = user_row(session, name)
            if row.factor_since_utc is not None:
                raise AccountError("there is a second factor already; remove it first")
            row.factor_secret = secret

    def prove_second_factor(
        self, name: str, step: int, recovery_codes: Iterable[str], at_utc: datetime
    ) -> None:
        """From now on ask for codes; `step` has been shown, `recovery_codes` are kept as hashes.

        Raises AccountError where no factor was begun or one is proven.
        """
        with self._writing() as session, session.begin():
            row = _locked(session, name)
            if row.factor_secret is None or row.factor_since_utc is not None:
                raise AccountError("begin a second factor first")
            row.factor_since_utc, row.factor_step = at_utc, step
            session.add_all(
                RecoveryCodeRow(name, token_hash(code), used_at_utc=None) for code in recovery_codes
            )
            append_account(session, row, at_utc, name, "added a second factor")

    def spend_step(self, name: str, step: int) -> bool:
        """Take a step of the factor's clock once; False when it or a later one has passed."""
        with self._writing() as session, session.begin():
            row = user_row(session, name)
            if step <= row.factor_step:
                return False
            row.factor_step = step
            return True

    def spend_recovery_code(self, name: str, code: str, at_utc: datetime) -> bool:
        """Take a recovery code once; False for one that is unknown or used."""
        with self._writing() as session, session.begin():
            row = _locked(session, name)
            kept = session.get(RecoveryCodeRow, (name, token_hash(code)))
            if kept is None or kept.used_at_utc is not None:
                return False
            kept.used_at_utc = at_utc
            append_account(session, row, at_utc, name, "used a recovery code")
            return True

    def remove_second_factor(self, name: str, at_utc: datetime, actor: str) -> User:
        """Ask for no codes any more and end the user's sessions; raises UnknownUser."""
        with self._writing() as session, session.begin():
            row = _locked(session, name)
            row.factor_secret = row.factor_since_utc = None
            row.session_epoch += 1
            # not deleted, but of no use any more
            unused = RecoveryCodeRow.user_name == name, RecoveryCodeRow.used_at_utc.is_(None)
            session.execute(update(RecoveryCodeRow).where(*unused).values(used_at_utc=at_utc))
            append_account(session, row, at_utc, actor, "removed the second factor")
            return user_of(row)


def _locked(session: Session, name: str) -> UserRow:
    lock_ledger(session)
    return user_row(session, name)


def _refuse_last_admin(session: Session, row: UserRow) -> None:
    others = select(func.count(UserRow.name)).where(
        UserRow.role == Role.ADMIN.value,
        UserRow.closed_at_utc.is_(None),
        UserRow.name != row.name,
    )
    if row.role == Role.ADMIN.value and not session.scalar(others):
        raise AccountError(
            f"{row.name} is the last administrator; make another one first, or nobody could help "
            "people who lose their password"
        )


def _open_link(session: Session, token: str, at_utc: datetime) -> AccountLinkRow:
    row = session.get(AccountLinkRow, token_hash(token))
    if row is None or row.used_at_utc is not None or row.expires_at_utc <= at_utc:
        raise LinkError(
            "this link was used, is too old or was never made; ask an administrator for a new one"
        )
    return row
