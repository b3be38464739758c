"""People who sign in: rangers, officers and admins. Tour operators need no account."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    """What a user may do."""

    RANGER = "ranger"
    OFFICER = "officer"
    ADMIN = "admin"


@dataclass(frozen=True)
class User:
    """One account; raising `session_epoch` ends all its sessions.

    A closed one passes no more. `has_second_factor` says that a login needs a code too.
    """

    name: str
    password_hash: str
    role: Role
    created_at_utc: datetime
    session_epoch: int
    closed_at_utc: datetime | None = None
    has_second_factor: bool = False

    @property
    def may_pass(self) -> bool:
        """Whether the account is open."""
        return self.closed_at_utc is None
