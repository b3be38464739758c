"""Users in the store."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ingest.errors import LibongError
from patrol.ledger_table import append_account, lock_ledger
from patrol.records import Records, storable
from patrol.rows import user_of
from patrol.tables import UserRow
from patrol.user import Role, User

# who acts when no one is logged in: whoever may run commands on the server
COMMAND_LINE = "command line"
_LONGEST_USER_NAME = 64


class UnknownUser(LibongError, LookupError):  # noqa: N818  says what is wrong without "Error"
    """No user of this name."""


class UserError(LibongError, ValueError):
    """A user that cannot be added."""


class UserRecords(Records):
    """People who may sign in."""

    def add_user(
        self,
        name: str,
        password_hash: str,
        role: Role,
        at_utc: datetime,
        *,
        actor: str = COMMAND_LINE,
    ) -> User:
        """Add a user; raises UserError for a name that is taken, empty or too long."""
        with self._writing() as session, session.begin():
            return user_of(added_user(session, name, password_hash, role, at_utc, actor))

    def user(self, name: str) -> User | None:
        """Return a user, or None where there is no such name."""
        with self._reading() as session:
            row = session.get(UserRow, name) if storable(name) else None
            return None if row is None else user_of(row)

    def users(self) -> tuple[User, ...]:
        """Return all users by name."""
        with self._reading() as session:
            return tuple(map(user_of, session.scalars(select(UserRow).order_by(UserRow.name))))

    def set_password_hash(
        self, name: str, password_hash: str, at_utc: datetime, *, actor: str = COMMAND_LINE
    ) -> User:
        """Change a user's password and end all of the user's sessions; raises UnknownUser."""
        with self._writing() as session, session.begin():
            lock_ledger(session)
            row = user_row(session, name)
            row.password_hash = password_hash
            row.session_epoch += 1
            append_account(session, row, at_utc, actor, "set a new password")
            return user_of(row)

    def end_sessions(self, name: str) -> User:
        """End all of a user's sessions; raises UnknownUser."""
        with self._writing() as session, session.begin():
            row = user_row(session, name)
            row.session_epoch += 1
            return user_of(row)


def user_row(session: Session, name: str) -> UserRow:
    """Return a user's row, locked until commit; raises UnknownUser."""
    row = session.get(UserRow, name, with_for_update=True) if storable(name) else None
    if row is None:
        raise UnknownUser(f"no user {name!r}; add it first")
    return row


def added_user(
    session: Session, name: str, password_hash: str, role: Role, at_utc: datetime, actor: str
) -> UserRow:
    """Add a user's row and vouch for it; raises UserError as `UserRecords.add_user` does."""
    if not (name.isprintable() and 0 < len(name) <= _LONGEST_USER_NAME and name == name.strip()):
        raise UserError(
            f"a user name must be 1 to {_LONGEST_USER_NAME} printable characters without "
            f"spaces around it; got {name!r}"
        )
    lock_ledger(session)
    if session.get(UserRow, name) is not None:
        raise UserError(f"there is a user {name!r} already; choose another name")
    row = UserRow(name, password_hash, role.value, at_utc, session_epoch=0)
    session.add(row)
    session.flush()
    session.refresh(row)
    append_account(session, row, at_utc, actor, f"added as {role}")
    return row
