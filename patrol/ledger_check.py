"""The check of the ledger: its chain, its checkpoints, and every row that it vouches for."""

from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass, field, replace
from operator import itemgetter
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, func, select
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

# Hears what is being checked, how much of it is done, and how much there is.
Told = Callable[[str, int, int], None]
_AT_ONCE = 1000


def silent(_what: str, _done: int, _total: int) -> None:
    """Tell nobody how far a check has come."""


@dataclass
class _Passed:
    """What is kept of the entries of a chain while they pass: it grows with subjects alone.

    `last` are the numbers of the last entry of a kind about a subject, `zones` the entries about
    zones, `hashes` those of the `wanted` entries and of the last one.
    """

    wanted: Set[int]
    subjects: Set[str] | None = None
    count: int = 0
    head: LedgerHead = EMPTY_HEAD
    hashes: dict[int, str] = field(default_factory=dict)
    last: dict[str, dict[str, int]] = field(default_factory=dict)
    zones: list[LedgerEntry] = field(default_factory=list)

    def watch(self, entries: Iterable[LedgerEntry]) -> Iterator[LedgerEntry]:
        """Yield entries on, and keep what is needed of each."""
        for entry in entries:
            self.count, self.head = self.count + 1, head_after(entry)
            if entry.sequence in self.wanted:
                self.hashes[entry.sequence] = entry.entry_hash
            if entry.kind == ZONE_CHANGED:
                self.zones.append(entry)
            elif self.subjects is None or entry.subject in self.subjects:
                self.last.setdefault(entry.kind, {})[entry.subject] = entry.sequence
            yield entry
        if self.count:
            self.hashes[self.head.sequence] = self.head.entry_hash


def ledger_report(
    session: Session,
    keys: Sequence[PublicKey] = (),
    witnesses: Sequence[Checkpoint | Witness] = (),
    told: Told = silent,
) -> LedgerReport:
    """Check the chain and its checkpoints, and that all is as the chain says.

    `keys` are those whose checkpoints are trusted, `witnesses` what was kept elsewhere. The session
    must see one moment of the database.
    """
    passed, report = _chain_report(session, keys, witnesses, told)
    check = _RowCheck(session, passed, told)
    faults = (
        *report.faults,
        *check.incidents(),
        *check.flights(),
        *check.accounts(),
        *_zone_faults(session, passed.zones),
        *check.notices(),
    )
    return replace(report, faults=faults)


def case_report(
    session: Session, incident: Incident, keys: Sequence[PublicKey] = ()
) -> LedgerReport:
    """Check the chain, its checkpoints and zones, and that one incident and its flight are so.

    That is what an export of it rests on; in a large store it takes a tenth of the whole check.
    """
    about = incident.incident_id, incident.flight_id
    passed, report = _chain_report(session, keys, (), silent, frozenset(about))
    check = _RowCheck(session, passed, silent)
    faults = (
        *report.faults,
        *check.incidents(IncidentRow.incident_id == about[0]),
        *check.flights(FlightRow.flight_id == about[1]),
        *_zone_faults(session, passed.zones),
    )
    return replace(report, faults=faults)


def _chain_report(
    session: Session,
    keys: Sequence[PublicKey],
    witnesses: Sequence[Checkpoint | Witness],
    told: Told,
    subjects: Set[str] | None = None,
) -> tuple[_Passed, LedgerReport]:
    """Return what passed of the entries, and what a check of chain and checkpoints alone finds."""
    row = session.get(LedgerHeadRow, HEAD_ID)
    checkpoints = stored_checkpoints(session)
    passed = _Passed({each.sequence for each in (*checkpoints, *witnesses)}, subjects)
    head = None if row is None else LedgerHead(row.sequence, row.entry_hash)
    faults = [] if row is not None else [LedgerFault(0, "the head of the ledger is gone")]
    faults += verify_chain(passed.watch(_entries(session, told)), head)
    faults += checkpoint_faults(checkpoints, passed.hashes, keys)
    for witness in witnesses:
        faults += witness_faults(witness, passed.hashes, keys)
    return passed, LedgerReport(
        passed.count,
        tuple(faults),
        _printable((head or passed.head).entry_hash),
        len(checkpoints),
    )


def _entries(session: Session, told: Told) -> Iterator[LedgerEntry]:
    """Yield all entries in order; a thousand of them are read at a time."""
    total = session.scalar(select(func.count()).select_from(LedgerRow)) or 0
    query = select(*ENTRY_COLUMNS).order_by(LedgerRow.sequence)
    rows = session.execute(query.execution_options(yield_per=_AT_ONCE))
    for done, values in enumerate(rows):
        if done % _AT_ONCE == 0:
            told("chain", done, total)
        yield LedgerEntry(*values)
    told("chain", total, total)


@dataclass(frozen=True)
class _RowCheck:
    """Holds the rows that the ledger vouches for against the last entry about each."""

    session: Session
    passed: _Passed
    told: Told

    def incidents(self, *within: ColumnElement[bool]) -> Iterator[LedgerFault]:
        """Check incidents; `within` narrows them."""

        def changed(row: IncidentRow, entry: LedgerEntry) -> bool:
            return incident_changed(incident_of(row), entry)

        return self._faults("incident", IncidentRow.incident_id, INCIDENT_EVENT, changed, within)

    def flights(self, *within: ColumnElement[bool]) -> Iterator[LedgerFault]:
        """Check flights with all that was logged of them; `within` narrows them."""

        def changed(row: FlightRow, entry: LedgerEntry) -> bool:
            return stored_flight_payload(self.session, row) != entry.payload

        return self._faults("flight", FlightRow.flight_id, FLIGHT_LOGGED, changed, within)

    def accounts(self) -> Iterator[LedgerFault]:
        """Check accounts."""

        def changed(row: UserRow, entry: LedgerEntry) -> bool:
            return account_changed(account_facts(row), entry)

        return self._faults("account", UserRow.name, ACCOUNT_CHANGED, changed)

    def notices(self) -> Iterator[LedgerFault]:
        """Check the messages that are done with."""

        def changed(row: NoticeRow, entry: LedgerEntry) -> bool:
            return notice_payload(notice_facts(row)) != entry.payload

        within = (NoticeRow.state.in_(ENDED),)
        return self._faults(
            "message", NoticeRow.notice_id, NOTICE_ENDED, changed, within, notice_subject
        )

    def _faults(
        self,
        word: str,
        key: InstrumentedAttribute[_Key],
        kind: str,
        changed: Callable[[Any, LedgerEntry], bool],
        within: Sequence[ColumnElement[bool]] = (),
        subject_of: Callable[[_Key], str] = str,
    ) -> Iterator[LedgerFault]:
        """Hold the row of each subject against the last entry of a kind about it."""
        last = self.passed.last.get(kind, {})
        keys = self.session.scalars(select(key).where(*within).order_by(key)).all()
        done = 0
        for piece in pieces(keys):
            self.told(word, done, len(keys))
            rows = self._rows(key, piece)
            entries = self._entries(last[it] for it in map(subject_of, piece) if it in last)
            for each in piece:
                subject = subject_of(each)
                number = last.pop(subject, None)
                if number is None:
                    yield LedgerFault(0, f"{word} {_printable(subject)} is in no entry")
                elif (why := _row_fault(rows.get(each), entries[number], changed)) is not None:
                    yield LedgerFault(number, why or f"{word} {subject} is not as this entry says")
            done += len(piece)
        self.told(word, done, len(keys))
        for subject, number in sorted(last.items(), key=itemgetter(1)):
            yield LedgerFault(number, f"{word} {_printable(subject)} is gone")

    def _rows(self, key: InstrumentedAttribute[_Key], piece: Sequence[_Key]) -> dict[_Key, Any]:
        """Return rows by their keys, without those that cannot be read.

        They are rows of plain values: objects of the mapper take as long again.
        """
        query = select(key.class_.__table__)
        try:
            rows = self.session.execute(query.where(key.in_(piece))).all()
        except UNREADABLE:  # one of them, so that they are read one by one
            rows = []
            for each in piece:
                with suppress(*UNREADABLE):
                    rows += self.session.execute(query.where(key == each)).all()
        return {getattr(row, key.key): row for row in rows}

    def _entries(self, numbers: Iterable[int]) -> dict[int, LedgerEntry]:
        query = select(*ENTRY_COLUMNS).where(LedgerRow.sequence.in_(list(numbers)))
        found = (LedgerEntry(*values) for values in self.session.execute(query))
        return {entry.sequence: entry for entry in found}


def _row_fault(
    row: Any, entry: LedgerEntry, changed: Callable[[Any, LedgerEntry], bool]
) -> str | None:
    """Return what is wrong with a row; an empty text where it is not as its entry says."""
    with suppress(*UNREADABLE):  # a row or an entry that cannot be read was changed
        unknown = form_fault(entry.payload)
        if unknown is not None:
            return unknown
        if row is not None and not changed(row, entry):
            return None
    return ""


def _zone_faults(session: Session, entries: Sequence[LedgerEntry]) -> Iterator[LedgerFault]:
    """Hold the versions of zones against the entries about them."""
    vouched = {entry.payload: entry for entry in entries}
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
