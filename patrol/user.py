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
    """One account; raising `session_epoch` ends all its sessions."""

    name: str
    password_hash: str
    role: Role
    created_at_utc: datetime
    session_epoch: int
