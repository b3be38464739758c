"""The ledger in the database: appended in the transaction of what it records."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from patrol.account import AccountFacts, account_payload
from patrol.case_file import LedgerProof, ProvenEntry
from patrol.checkpoint_table import sign_if_due, stored_checkpoints
from patrol.conditions import CONDITIONS_TOLD, Conditions, conditions_payload
from patrol.database import StoreError
from patrol.flight_table import stored_flight_payload
from patrol.incident import Incident, IncidentEvent
from patrol.ledger import (
    ACCOUNT_CHANGED,
    FLIGHT_LOGGED,
    INCIDENT_EVENT,
    LedgerEntry,
    LedgerHead,
    appended,
    head_after,
    incident_payload,
)
from patrol.notice_proof import NOTICE_ENDED, NoticeFacts, notice_payload, notice_subject
from patrol.permit_history import PERMIT_CHANGED, permits_subject
from patrol.rows import ledger_entry, ledger_row
from patrol.tables import (
    FlightRow,
    LedgerHeadRow,
    LedgerRow,
    UserRow,
)
from patrol.tide_history import TIDES_IMPORTED, tides_subject
from patrol.zone_versions import ZONE_CHANGED, ZoneVersion, zone_payload

HEAD_ID = 1

# What reading a row raises after someone wrote into it what this software never would: a word that
# is no state, a time that is none, a payload without its keys, a sighting without its detections.
UNREADABLE = (ValueError, KeyError, TypeError, StopIteration)


def lock_ledger(session: Session) -> LedgerHead:
    """Wait for every other writer: what is read from here on, as the head, is true until commit."""
    head = _locked_head(session)
    return LedgerHead(head.sequence, head.entry_hash)


def append_incident(session: Session, event: IncidentEvent, incident: Incident) -> None:
    """Append an incident's event; `incident` is how it stands after the event."""
    _append(
        session,
        event.at_utc,
        INCIDENT_EVENT,
        incident.incident_id,
        incident_payload(event, incident),
    )


def append_flight(session: Session, flight: FlightRow) -> None:
    """Append that a flight was logged, vouching for its frames and sightings as they are stored."""
    _append(
        session,
        flight.received_at_utc,
        FLIGHT_LOGGED,
        flight.flight_id,
        stored_flight_payload(session, flight),
    )


def append_account(
    session: Session, user: UserRow, at_utc: datetime, actor: str, what: str
) -> None:
    """Append what somebody did to an account; `user` is how it stands after that."""
    payload = account_payload(account_facts(user), actor, what)
    _append(session, at_utc, ACCOUNT_CHANGED, user.name, payload)


def append_zone_version(session: Session, site_id: str, version: ZoneVersion) -> None:
    """Append that a zone has a new version."""
    payload = zone_payload(site_id, version)
    _append(session, version.at_utc, ZONE_CHANGED, version.zone.zone_id, payload)


def append_conditions(
    session: Session, flight_id: str, conditions: Conditions, actor: str, at_utc: datetime
) -> None:
    """Append what somebody told of sea and weather during a flight."""
    payload = conditions_payload(conditions, actor)
    _append(session, at_utc, CONDITIONS_TOLD, flight_id, payload)


def append_permit(session: Session, site_id: str, payload: str, at_utc: datetime) -> None:
    """Append that a permit was given or taken back."""
    _append(session, at_utc, PERMIT_CHANGED, permits_subject(site_id), payload)


def append_tides(session: Session, site_id: str, payload: str, at_utc: datetime) -> None:
    """Append that a tide table was imported."""
    _append(session, at_utc, TIDES_IMPORTED, tides_subject(site_id), payload)


def append_notice(session: Session, notice_id: int, facts: NoticeFacts, at_utc: datetime) -> None:
    """Append that a message was delivered, or given up."""
    _append(session, at_utc, NOTICE_ENDED, notice_subject(notice_id), notice_payload(facts))


def incident_entries(session: Session, incident_id: str) -> Iterator[LedgerEntry]:
    """Yield the entries about one incident, oldest first."""
    query = select(LedgerRow).where(
        LedgerRow.subject == incident_id, LedgerRow.kind == INCIDENT_EVENT
    )
    return map(ledger_entry, session.scalars(query.order_by(LedgerRow.sequence)))


def ledger_proof(session: Session, incident: Incident) -> LedgerProof:
    """Return the entries about an incident and its flight, with the hash that follows each."""
    query = select(LedgerRow).where(
        or_(
            and_(
                LedgerRow.kind.in_((FLIGHT_LOGGED, CONDITIONS_TOLD)),
                LedgerRow.subject == incident.flight_id,
            ),
            and_(LedgerRow.kind == INCIDENT_EVENT, LedgerRow.subject == incident.incident_id),
        )
    )
    entries = tuple(map(ledger_entry, session.scalars(query.order_by(LedgerRow.sequence))))
    following = select(LedgerRow.sequence, LedgerRow.entry_hash).where(
        LedgerRow.sequence.in_([entry.sequence + 1 for entry in entries])
    )
    next_hashes = {row.sequence: row.entry_hash for row in session.execute(following)}
    head = _locked_head(session)
    return LedgerProof(
        tuple(ProvenEntry(entry, next_hashes.get(entry.sequence + 1)) for entry in entries),
        LedgerHead(head.sequence, head.entry_hash),
        tuple(
            checkpoint
            for checkpoint in stored_checkpoints(session)
            if entries and checkpoint.sequence >= entries[0].sequence
        ),
    )


def _head_row(session: Session) -> LedgerHeadRow | None:
    # SQLite has no FOR UPDATE (SQLAlchemy leaves it out there); its writers queue at BEGIN.
    return session.get(LedgerHeadRow, HEAD_ID, with_for_update=True, populate_existing=True)


def _locked_head(session: Session) -> LedgerHeadRow:
    row = _head_row(session)
    if row is None:
        raise StoreError(
            "the head of the ledger is gone, so nothing can be added to it: someone edited the "
            "database; restore it from a backup"
        )
    return row


def _append(session: Session, at_utc: datetime, kind: str, subject: str, payload: str) -> None:
    head = _locked_head(session)
    entry = appended(
        LedgerHead(head.sequence, head.entry_hash),
        at_utc=at_utc,
        kind=kind,
        subject=subject,
        payload=payload,
    )
    session.add(ledger_row(entry))
    head.sequence, head.entry_hash = entry.sequence, entry.entry_hash
    session.flush()
    sign_if_due(session, head_after(entry), at_utc)


def account_facts(user: UserRow) -> AccountFacts:
    """Return what the ledger vouches for of an account."""
    secret = None if user.factor_since_utc is None else user.factor_secret
    return AccountFacts(user.role, user.password_hash, secret, user.closed_at_utc)
