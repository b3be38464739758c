"""The check of the ledger: its chain, its checkpoints, and every row that it vouches for."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TypeVar

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from patrol.account import account_changed
from patrol.checkpoint import Checkpoint, Witness, checkpoint_faults, witness_faults
from patrol.checkpoint_key import PublicKey
from patrol.checkpoint_table import stored_checkpoints
from patrol.flight_table import stored_flight_payload
from patrol.incident import Incident
from patrol.ledger import (
    ACCOUNT_CHANGED,
    EMPTY_HEAD,
    FLIGHT_LOGGED,
    INCIDENT_EVENT,
    LedgerEntry,
    LedgerFault,
    LedgerHead,
    LedgerReport,
    head_after,
    incident_changed,
    verify_chain,
)
from patrol.ledger_form import form_fault
from patrol.ledger_table import HEAD_ID, UNREADABLE, account_facts
from patrol.notice_proof import NOTICE_ENDED, notice_payload, notice_subject
from patrol.notice_records import ENDED, NoticeRow, notice_facts
from patrol.records import pieces
from patrol.rows import ENTRY_COLUMNS, incident_of
from patrol.tables import FlightRow, IncidentRow, LedgerHeadRow, LedgerRow, UserRow
from patrol.zone_document import zone_sha256
from patrol.zone_version_table import ZoneVersionRow, version_of_row
from patrol.zone_versions import ZONE_CHANGED, zone_payload

_Key = TypeVar("_Key", str, int)


def ledger_report(
    session: Session,
    keys: Sequence[PublicKey] = (),
    witnesses: Sequence[Checkpoint | Witness] = (),
) -> LedgerReport:
    """Check the chain and its checkpoints, and that all is as the chain says.

    `keys` are those whose checkpoints are trusted, `witnesses` what was kept elsewhere. The session
    must see one moment of the database.
    """
    entries, report = _chain_report(session, keys, witnesses)
    faults = (
        *report.faults,
        *_incident_faults(session, entries),
        *_flight_faults(session, entries),
        *_account_faults(session, entries),
        *_zone_faults(session, entries),
        *_notice_faults(session, entries),
    )
    return replace(report, faults=faults)


def case_report(
    session: Session, incident: Incident, keys: Sequence[PublicKey] = ()
) -> LedgerReport:
    """Check the chain, its checkpoints and zones, and that one incident and its flight are so.

    That is what an export of it rests on; in a large store it takes a tenth of the whole check.
    """
    entries, report = _chain_report(session, keys, ())
    about = incident.incident_id, incident.flight_id
    of_case = [entry for entry in entries if entry.subject in about]
    faults = (
        *report.faults,
        *_incident_faults(session, of_case, IncidentRow.incident_id == about[0]),
        *_flight_faults(session, of_case, FlightRow.flight_id == about[1]),
        *_zone_faults(session, entries),
    )
    return replace(report, faults=faults)


def _chain_report(
    session: Session, keys: Sequence[PublicKey], witnesses: Sequence[Checkpoint | Witness]
) -> tuple[Sequence[LedgerEntry], LedgerReport]:
    """Return the entries, and what a check of chain and checkpoints alone finds."""
    row = session.get(LedgerHeadRow, HEAD_ID)
    rows = session.execute(select(*ENTRY_COLUMNS).order_by(LedgerRow.sequence))
    entries = [LedgerEntry(*values) for values in rows]
    faults = []
    if row is None:
        faults.append(LedgerFault(0, "the head of the ledger is gone"))
        head = head_after(entries[-1]) if entries else EMPTY_HEAD
    else:
        head = LedgerHead(row.sequence, row.entry_hash)
    faults += verify_chain(entries, head)
    checkpoints = stored_checkpoints(session)
    hashes = {entry.sequence: entry.entry_hash for entry in entries}
    faults += checkpoint_faults(checkpoints, hashes, keys)
    for witness in witnesses:
        faults += witness_faults(witness, hashes, keys)
    return entries, LedgerReport(
        len(entries), tuple(faults), _printable(head.entry_hash), len(checkpoints)
    )


def _incident_faults(
    session: Session, entries: Sequence[LedgerEntry], *within: ColumnElement[bool]
) -> Iterator[LedgerFault]:
    def changed(incident_id: str, entry: LedgerEntry) -> bool:
        return incident_changed(incident_of(session.get_one(IncidentRow, incident_id)), entry)

    subjects = _read_ahead(session, IncidentRow.incident_id, *within)
    return _subject_faults("incident", subjects, INCIDENT_EVENT, entries, changed)


def _flight_faults(
    session: Session, entries: Sequence[LedgerEntry], *within: ColumnElement[bool]
) -> Iterator[LedgerFault]:
    def changed(flight_id: str, entry: LedgerEntry) -> bool:
        flight = session.get_one(FlightRow, flight_id)
        return stored_flight_payload(session, flight) != entry.payload

    subjects = _read_ahead(session, FlightRow.flight_id, *within)
    return _subject_faults("flight", subjects, FLIGHT_LOGGED, entries, changed)


def _account_faults(session: Session, entries: Sequence[LedgerEntry]) -> Iterator[LedgerFault]:
    def changed(name: str, entry: LedgerEntry) -> bool:
        return account_changed(account_facts(session.get_one(UserRow, name)), entry)

    subjects = _read_ahead(session, UserRow.name)
    return _subject_faults("account", subjects, ACCOUNT_CHANGED, entries, changed)


def _notice_faults(session: Session, entries: Sequence[LedgerEntry]) -> Iterator[LedgerFault]:
    """Hold each message that is done with against the last entry about it."""
    numbers = {
        notice_subject(number): number
        for number in _read_ahead(session, NoticeRow.notice_id, NoticeRow.state.in_(ENDED))
    }

    def changed(subject: str, entry: LedgerEntry) -> bool:
        facts = notice_facts(session.get_one(NoticeRow, numbers[subject]))
        return notice_payload(facts) != entry.payload

    return _subject_faults("message", numbers, NOTICE_ENDED, entries, changed)


def _subject_faults(
    word: str,
    subjects: Iterable[str],
    kind: str,
    entries: Sequence[LedgerEntry],
    changed: Callable[[str, LedgerEntry], bool],
) -> Iterator[LedgerFault]:
    """Hold the row of each subject against the last entry of a kind about it."""
    latest = {entry.subject: entry for entry in entries if entry.kind == kind}
    for subject in subjects:
        entry = latest.pop(subject, None)
        if entry is None:
            yield LedgerFault(0, f"{word} {_printable(subject)} is in no entry")
            continue
        unknown, differs = None, True  # a row or an entry that cannot be read was changed
        with suppress(*UNREADABLE):
            unknown = form_fault(entry.payload)
            differs = unknown is None and changed(subject, entry)
        if unknown is not None:
            yield LedgerFault(entry.sequence, unknown)
        elif differs:
            yield LedgerFault(entry.sequence, f"{word} {subject} is not as this entry says")
    for subject, entry in sorted(latest.items(), key=_by_sequence):
        yield LedgerFault(entry.sequence, f"{word} {_printable(subject)} is gone")


def _read_ahead(
    session: Session, key: InstrumentedAttribute[_Key], *within: ColumnElement[bool]
) -> Iterator[_Key]:
    """Yield keys of a table in order, their rows in the session by then, read many at a time."""
    for piece in pieces(session.scalars(select(key).where(*within).order_by(key)).all()):
        rows: Sequence[object] = ()
        # a piece that holds a row that cannot be read is left for whoever reads them one by one
        with suppress(*UNREADABLE):
            rows = session.scalars(select(key.parent).where(key.in_(piece))).all()
        yield from piece
        del rows  # until here the session keeps them


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


def _printable(text: object) -> str:
    """Return what an edit left in the place of an id or a hash, as any terminal can show it."""
    return str(text).encode(errors="backslashreplace").decode()


def _by_sequence(item: tuple[str, LedgerEntry]) -> int:
    return item[1].sequence
