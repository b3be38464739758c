"""Permits that officers keep: each giving and taking back is an entry of the ledger.

Pure: entries in, permits out. Those of a site's `permits.toml` stand beside them.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from ingest.errors import LibongError
from patrol.ledger import LedgerEntry, canonical_json
from patrol.permits import Permit

PERMIT_CHANGED = "permit_changed"

_LONGEST_TEXT, _LONGEST_ID = 400, 64


class PermitError(LibongError, ValueError):
    """A permit that cannot be kept or taken back as it was asked."""


@dataclass(frozen=True)
class KeptPermit:
    """A permit as it was given, by whom and when; and when and why it was taken back, if it was.

    `revoked_from` is the first local day on which it holds no more.
    """

    permit: Permit
    added_by: str
    added_at_utc: datetime
    revoked_from: date | None = None
    revoked_by: str = ""
    revoke_reason: str = ""

    @property
    def in_force(self) -> Permit | None:
        """The permit with the days that are left of it; None where none are."""
        if self.revoked_from is None:
            return self.permit
        last = min(self.permit.last, self.revoked_from - timedelta(days=1))
        return replace(self.permit, last=last) if last >= self.permit.first else None


def permits_subject(site_id: str) -> str:
    """Return the subject of the entries about a site's permits."""
    return f"permits of {site_id}"[:64]


def check_permit(permit: Permit, actor: str) -> None:
    """Raise PermitError for a permit whose texts or days cannot be."""
    texts = {
        "number": permit.permit_id,
        "holder": permit.holder,
        "gear": permit.gear,
        "citation": permit.citation,
        "name of who keeps it": actor,
    }
    for name, text in texts.items():
        most = _LONGEST_ID if name == "number" else _LONGEST_TEXT
        if not text.strip() or len(text) > most or not text.isprintable():
            raise PermitError(
                f"a permit needs a {name}: one line of at most {most} characters; got {text[:80]!r}"
            )
    if permit.last < permit.first:
        raise PermitError(
            f"the last day of permit {permit.permit_id}, {permit.last}, is before its first, "
            f"{permit.first}"
        )
    if not permit.zone_ids:
        raise PermitError(f"permit {permit.permit_id} names no zone in which it holds")


def added_payload(site_id: str, permit: Permit, actor: str) -> str:
    """Return the ledger's payload of a permit that is given."""
    return canonical_json(
        {
            "site_id": site_id,
            "action": "added",
            "actor": actor,
            "permit_id": permit.permit_id,
            "holder": permit.holder,
            "gear": permit.gear,
            "zone_ids": sorted(permit.zone_ids),
            "first": permit.first.isoformat(),
            "last": permit.last.isoformat(),
            "citation": permit.citation,
        }
    )


def revoked_payload(site_id: str, permit_id: str, day: date, actor: str, reason: str) -> str:
    """Return the ledger's payload of a permit that is taken back from a local day on."""
    return canonical_json(
        {
            "site_id": site_id,
            "action": "revoked",
            "actor": actor,
            "permit_id": permit_id,
            "from": day.isoformat(),
            "reason": reason,
        }
    )


def kept_permits(site_id: str, entries: Iterable[LedgerEntry]) -> dict[str, KeptPermit]:
    """Return the permits of a site by number, as the entries about them tell, in that order."""
    kept: dict[str, KeptPermit] = {}
    for entry in entries:
        told: dict[str, Any] = json.loads(entry.payload)
        if told["site_id"] != site_id:  # long ids of sites may share a subject
            continue
        if told["action"] == "added":
            kept[told["permit_id"]] = KeptPermit(
                _permit(told), told["actor"], datetime.fromisoformat(entry.at_utc)
            )
        else:
            kept[told["permit_id"]] = replace(
                kept[told["permit_id"]],
                revoked_from=date.fromisoformat(told["from"]),
                revoked_by=told["actor"],
                revoke_reason=told["reason"],
            )
    return kept


def _permit(told: dict[str, Any]) -> Permit:
    return Permit(
        permit_id=told["permit_id"],
        holder=told["holder"],
        gear=told["gear"],
        zone_ids=frozenset(told["zone_ids"]),
        first=date.fromisoformat(told["first"]),
        last=date.fromisoformat(told["last"]),
        citation=told["citation"],
    )
