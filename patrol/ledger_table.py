"""The ledger in the database: appended in the transaction of what it records, and checked."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from patrol.account import AccountFacts, account_changed, account_payload
from patrol.case_file import LedgerProof, ProvenEntry
from patrol.database import StoreError
from patrol.flight_table import stored_flight_payload
from patrol.incident import Incident, IncidentEvent
from patrol.ledger import (
    ACCOUNT_CHANGED,
    EMPTY_HEAD,
    FLIGHT_LOGGED,
    INCIDENT_EVENT,
    LedgerEntry,
    LedgerFault,
    LedgerHead,
    LedgerReport,
    appended,
    head_after,
    incident_changed,
    incident_payload,
    verify_chain,
)
from patrol.rows import incident_of, ledger_entry, ledger_row
from patrol.tables import (
    FlightRow,
    IncidentRow,
    LedgerHeadRow,
    LedgerRow,
    UserRow,
)
from patrol.zone_document import zone_sha256
from patrol.zone_version_table import ZoneVersionRow, version_of_row
from patrol.zone_versions import ZONE_CHANGED, ZoneVersion, zone_payload

_HEAD_ID = 1

# What reading a row raises after someone wrote into it what this software never would: a word that
# is no state, a time that is none, a payload without its keys, a sighting without its detections.
UNREADABLE = (ValueError, KeyError, TypeError, StopIteration)


def lock_ledger(session: Session) -> None:
    """Wait for every other writer: what is read from here on stays true until commit."""
    _locked_head(session)


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
    payload = account_payload(_facts(user), actor, what)
    _append(session, at_utc, ACCOUNT_CHANGED, user.name, payload)


def append_zone_version(session: Session, site_id: str, version: ZoneVersion) -> None:
    """Append that a zone has a new version."""
    payload = zone_payload(site_id, version)
    _append(session, version.at_utc, ZONE_CHANGED, version.zone.zone_id, payload)


def incident_entries(session: Session, incident_id: str) -> Iterator[LedgerEntry]:
    """Yield the entries about one incident, oldest first."""
    query = select(LedgerRow).where(
        LedgerRow.subject == incident_id, LedgerRow.kind == INCIDENT_EVENT
    )
    return map(ledger_entry, session.scalars(query.order_by(LedgerRow.sequence)))


def ledger_proof(session: Session, incident: Incident) -> LedgerProof:
    """Return the entries about an incident and its flight, with what comes after each."""
    query = select(LedgerRow).where(
        or_(
            and_(LedgerRow.kind == FLIGHT_LOGGED, LedgerRow.subject == incident.flight_id),
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
    )


def ledger_report(session: Session) -> LedgerReport:
    """Check the chain, and that incidents and flights are as the chain says."""
    row = _head_row(session)
    rows = session.scalars(select(LedgerRow).order_by(LedgerRow.sequence))
    entries = [ledger_entry(row) for row in rows]
    faults = []
    if row is None:
        faults.append(LedgerFault(0, "the head of the ledger is gone"))
        head = head_after(entries[-1]) if entries else EMPTY_HEAD
    else:
        head = LedgerHead(row.sequence, row.entry_hash)
    faults += verify_chain(entries, head)
    faults += _incident_faults(session, entries)
    faults += _flight_faults(session, entries)
    faults += _account_faults(session, entries)
    faults += _zone_faults(session, entries)
    return LedgerReport(len(entries), tuple(faults), _printable(head.entry_hash))


def _head_row(session: Session) -> LedgerHeadRow | None:
    # SQLite has no FOR UPDATE (SQLAlchemy leaves it out there); its writers queue at BEGIN.
    return session.get(LedgerHeadRow, _HEAD_ID, with_for_update=True, populate_existing=True)


def _locked_head(session: Session) -> LedgerHeadRow:
    row = _head_row(session)
    if row is None:
        raise StoreError(
            "the head of the ledger is gone, so nothing can be added to it: someone edited the "
            "database; restore it from a backup"
        )
    return row


def _printable(text: object) -> str:
    """Return what an edit left in the place of an id or a hash, as any terminal can show it."""
    return str(text).encode(errors="backslashreplace").decode()


def _by_sequence(item: tuple[str, LedgerEntry]) -> int:
    return item[1].sequence


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


def _incident_faults(session: Session, entries: Sequence[LedgerEntry]) -> Iterator[LedgerFault]:
    latest = {entry.subject: entry for entry in entries if entry.kind == INCIDENT_EVENT}
    known = session.scalars(select(IncidentRow.incident_id).order_by(IncidentRow.incident_id)).all()
    for incident_id in known:
        entry = latest.pop(incident_id, None)
        if entry is None:
            yield LedgerFault(0, f"incident {_printable(incident_id)} is in no entry")
            continue
        try:
            incident = incident_of(session.get_one(IncidentRow, incident_id))
            changed = incident_changed(incident, entry)
        except UNREADABLE:
            changed = True
        if changed:
            yield LedgerFault(entry.sequence, f"incident {incident_id} is not as this entry says")
    for incident_id, entry in sorted(latest.items(), key=_by_sequence):
        yield LedgerFault(entry.sequence, f"incident {_printable(incident_id)} is gone")


def _flight_faults(session: Session, entries: Sequence[LedgerEntry]) -> Iterator[LedgerFault]:
    logged = {entry.subject: entry for entry in entries if entry.kind == FLIGHT_LOGGED}
    known = session.scalars(select(FlightRow.flight_id).order_by(FlightRow.flight_id)).all()
    for flight_id in known:
        entry = logged.pop(flight_id, None)
        if entry is None:
            yield LedgerFault(0, f"flight {_printable(flight_id)} is in no entry")
            continue
        try:
            flight = session.get_one(FlightRow, flight_id)
            changed = stored_flight_payload(session, flight) != entry.payload
        except UNREADABLE:
            changed = True
        if changed:
            yield LedgerFault(entry.sequence, f"flight {flight_id} is not as this entry says")
    for flight_id, entry in sorted(logged.items(), key=_by_sequence):
        yield LedgerFault(entry.sequence, f"flight {_printable(flight_id)} is gone")


def _account_faults(session: Session, entries: Sequence[LedgerEntry]) -> Iterator[LedgerFault]:
    latest = {entry.subject: entry for entry in entries if entry.kind == ACCOUNT_CHANGED}
    for name in session.scalars(select(UserRow.name).order_by(UserRow.name)).all():
        entry = latest.pop(name, None)
        if entry is None:
            yield LedgerFault(0, f"account {_printable(name)} is in no entry")
            continue
        try:
            changed = account_changed(_facts(session.get_one(UserRow, name)), entry)
        except UNREADABLE:
            changed = True
        if changed:
            yield LedgerFault(entry.sequence, f"account {name} is not as this entry says")
    for name, entry in sorted(latest.items(), key=_by_sequence):
        yield LedgerFault(entry.sequence, f"account {_printable(name)} is gone")


def _facts(user: UserRow) -> AccountFacts:
    secret = None if user.factor_since_utc is None else user.factor_secret
    return AccountFacts(user.role, user.password_hash, secret, user.closed_at_utc)


def _zone_faults(session: Session, entries: Sequence[LedgerEntry]) -> Iterator[LedgerFault]:
    vouched = {entry.payload: entry for entry in entries if entry.kind == ZONE_CHANGED}
    for row in session.scalars(select(ZoneVersionRow).order_by(ZoneVersionRow.at_utc)):
        try:
            version = version_of_row(row)
            entry = vouched.pop(zone_payload(row.site_id, version), None)
            changed = entry is None or zone_sha256(version.zone) != version.sha256
        except UNREADABLE:
            entry, changed = None, True
        if changed:
            number = 0 if entry is None else entry.sequence
            yield LedgerFault(
                number,
                f"version {row.version} of zone {_printable(row.zone_id)} is not as it was kept",
            )
    for entry in vouched.values():
        yield LedgerFault(
            entry.sequence, f"a version of zone {_printable(entry.subject)} is not as it was kept"
        )
