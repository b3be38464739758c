"""The tables of recovery codes and one-time links."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from patrol.tables import Base


class RecoveryCodeRow(Base):
    """A code for the day the phone is lost: its hash, and when it was used."""

    __tablename__ = "recovery_codes"

    user_name: Mapped[str] = mapped_column(String(64), ForeignKey("users.name"), primary_key=True)
    code_sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    used_at_utc: Mapped[datetime | None]


class AccountLinkRow(Base):
    """A one-time link by which somebody sets a password: the hash of its token, never the token."""

    __tablename__ = "account_links"

    token_sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_name: Mapped[str | None] = mapped_column(String(64), ForeignKey("users.name"), index=True)
    made_at_utc: Mapped[datetime]
    made_by: Mapped[str] = mapped_column(String(64))
    expires_at_utc: Mapped[datetime]
    used_at_utc: Mapped[datetime | None]
