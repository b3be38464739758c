"""Permits in the store: entries of the ledger, and nothing beside them."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from patrol.ledger_table import append_permit, lock_ledger
from patrol.permit_history import (
    PERMIT_CHANGED,
    KeptPermit,
    PermitError,
    added_payload,
    check_permit,
    kept_permits,
    permits_subject,
    revoked_payload,
)
from patrol.permits import Permit
from patrol.records import Records
from patrol.rows import ledger_entry
from patrol.site import Site
from patrol.tables import LedgerRow
from patrol.zone_version_table import site_in_force


class PermitRecords(Records):
    """Permits given and taken back by officers, beside those of the site's file."""

    def kept(self, site_id: str) -> tuple[KeptPermit, ...]:
        """Return all permits that were ever kept for a site, the oldest first."""
        with self._reading() as session:
            return tuple(_kept(session, site_id).values())

    def in_force(self, site: Site) -> Site:
        """Return a site with the permits that officers keep beside those of its file."""
        kept = (each.in_force for each in self.kept(site.site_id))
        return replace(site, permits=(*site.permits, *(each for each in kept if each)))

    def add(self, site: Site, permit: Permit, actor: str, at_utc: datetime) -> None:
        """Keep a permit; `site` is as its folder says. Raises PermitError."""
        check_permit(permit, actor)
        with self._writing() as session, session.begin():
            lock_ledger(session)
            zones = {zone.zone_id for zone in site_in_force(session, site).zones}
            unknown = sorted(permit.zone_ids - zones)
            if unknown:
                raise PermitError(
                    f"the site has no zone {', '.join(unknown)}; it has: {', '.join(sorted(zones))}"
                )
            numbers = {each.permit_id for each in site.permits} | set(_kept(session, site.site_id))
            if permit.permit_id in numbers:
                raise PermitError(
                    f"permit {permit.permit_id} is kept already; a renewed one has another number"
                )
            payload = added_payload(site.site_id, permit, actor.strip())
            append_permit(session, site.site_id, payload, at_utc)

    def revoke(
        self, site: Site, permit_id: str, reason: str, actor: str, at_utc: datetime
    ) -> KeptPermit:
        """Take a permit back from today's local day on, and return it; raises PermitError."""
        if not reason.strip() or not reason.isprintable() or len(reason) > 400:
            raise PermitError(f"to take a permit back, say why in one line; got {reason[:80]!r}")
        if not actor.strip() or not actor.isprintable():
            raise PermitError(f"say who takes it back; got {actor[:80]!r}")
        day = at_utc.astimezone(site.reference.timezone).date()
        with self._writing() as session, session.begin():
            lock_ledger(session)
            kept = _kept(session, site.site_id).get(permit_id)
            if kept is None:
                in_file = any(each.permit_id == permit_id for each in site.permits)
                raise PermitError(
                    f"permit {permit_id} is of the site's permits.toml; take it out there"
                    if in_file
                    else f"no permit {permit_id[:80]!r} is kept; list them to see their numbers"
                )
            if kept.revoked_from is not None:
                raise PermitError(
                    f"permit {permit_id} was taken back by {kept.revoked_by}: {kept.revoke_reason}"
                )
            payload = revoked_payload(site.site_id, permit_id, day, actor.strip(), reason.strip())
            append_permit(session, site.site_id, payload, at_utc)
            session.flush()
            return _kept(session, site.site_id)[permit_id]


def _kept(session: Session, site_id: str) -> dict[str, KeptPermit]:
    query = (
        select(LedgerRow)
        .where(LedgerRow.subject == permits_subject(site_id), LedgerRow.kind == PERMIT_CHANGED)
        .order_by(LedgerRow.sequence)
    )
    return kept_permits(site_id, map(ledger_entry, session.scalars(query)))
