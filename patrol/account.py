"""An account, beyond its name and role: what the ledger vouches for, links and second factors."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from ingest.errors import LibongError
from patrol.ledger import LedgerEntry, canonical_json, digest

# Long enough to reach a ranger on another island, short enough for a lost phone.
LINK_LIFETIME = timedelta(hours=48)
RECOVERY_CODES = 10


class AccountError(LibongError, ValueError):
    """A change of an account that cannot be made."""


class LinkError(LibongError, LookupError):
    """A link that was never made, was used, or is too old."""


@dataclass(frozen=True)
class AccountFacts:
    """What decides who gets in and what they may do.

    `factor_secret` is None until the second factor was proven once.
    """

    role: str
    password_hash: str
    factor_secret: str | None
    closed_at_utc: datetime | None


@dataclass(frozen=True)
class AccountLink:
    """A one-time link: whose password it sets, or None for the first administrator's account."""

    user_name: str | None
    expires_at_utc: datetime


def account_payload(facts: AccountFacts, actor: str, action: str) -> str:
    """Return the ledger's payload of a change: who did what, and how the account stands after it.

    Secrets go in as a digest: the ledger is shown to others.
    """
    return canonical_json({"actor": actor, "action": action, **_vouched(facts)})


def account_changed(facts: AccountFacts, latest: LedgerEntry) -> bool:
    """Return whether an account differs from what the latest entry about it vouches for."""
    payload = json.loads(latest.payload)
    return any(payload[name] != value for name, value in _vouched(facts).items())


def _vouched(facts: AccountFacts) -> dict[str, object]:
    return {
        "role": facts.role,
        "closed": facts.closed_at_utc is not None,
        "second_factor": facts.factor_secret is not None,
        "secrets": digest([facts.password_hash, facts.factor_secret]),
    }


def token_hash(token: str) -> str:
    """Return what is kept of a link's token or a recovery code.

    Both are random and long enough that a plain SHA-256 cannot be guessed back.
    """
    return sha256(token.encode(errors="replace")).hexdigest()
