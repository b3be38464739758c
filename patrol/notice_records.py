"""Notices in the store: entered once, sent until they arrive, never forgotten.

The ledger vouches for each that was delivered or given up.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Index, String, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from patrol.flight_summaries import flight_summary
from patrol.incident import Incident, State
from patrol.ledger import FLIGHT_LOGGED, INCIDENT_EVENT
from patrol.ledger_table import append_notice, lock_ledger
from patrol.notice import FlightNews, Happened, News, next_try
from patrol.notice_proof import NoticeFacts
from patrol.records import Records
from patrol.rows import incident_of
from patrol.site import Site
from patrol.tables import Base, FlightRow, IncidentRow, LedgerRow
from patrol.witness_report import MARKS

# A sender that was killed while it sent is given up after this; its notices may come twice.
_CLAIM = timedelta(minutes=5)


class NoticeState(StrEnum):
    """How far a notice got; `passed_over` was news before the recipient was named."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
    PASSED_OVER = "passed_over"


# How a notice is done with: from then on nothing of it changes.
ENDED = (NoticeState.SENT.value, NoticeState.FAILED.value)


class NoticeRow(Base):
    """A message to one recipient about one cause."""

    __tablename__ = "notices"
    __table_args__ = (Index(None, "recipient", "cause", unique=True),)

    notice_id: Mapped[int] = mapped_column(primary_key=True, init=False)
    recipient: Mapped[str] = mapped_column(String(64))
    cause: Mapped[str] = mapped_column(String(200))
    title: Mapped[str]
    text: Mapped[str]
    made_at_utc: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(16))
    due_at_utc: Mapped[datetime] = mapped_column(index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    sent_at_utc: Mapped[datetime | None] = mapped_column(default=None)
    fault: Mapped[str | None] = mapped_column(default=None)


class NoticeCursorRow(Base):
    """Up to which entry of the ledger a recipient has been told."""

    __tablename__ = "notice_cursors"

    recipient: Mapped[str] = mapped_column(String(64), primary_key=True)
    sequence: Mapped[int]


@dataclass(frozen=True)
class Draft:
    """A notice to be entered; one of a cause that the recipient knows is left out."""

    cause: str
    title: str
    text: str
    due_at_utc: datetime


@dataclass(frozen=True)
class Notice:
    """A notice as it stands."""

    notice_id: int
    recipient: str
    title: str
    text: str
    made_at_utc: datetime
    state: NoticeState
    due_at_utc: datetime
    attempts: int
    sent_at_utc: datetime | None
    fault: str | None


class Notices(Records):
    """What recipients were told, and what they are still to be told."""

    def knows(self, recipient: str) -> bool:
        """Return whether a recipient was named before."""
        with self._reading() as session:
            return session.get(NoticeCursorRow, recipient) is not None

    def begin(self, recipient: str, causes: Sequence[str], now: datetime) -> None:
        """Name a recipient, to be told of what happens from here on; `causes` are passed over."""
        with self._writing() as session, session.begin():
            if session.get(NoticeCursorRow, recipient) is not None:
                return
            session.add(NoticeCursorRow(recipient, _last_sequence(session)))
            session.add_all(
                _row(recipient, Draft(cause, "", "", now), now, NoticeState.PASSED_OVER)
                for cause in causes
            )

    def enter(
        self,
        recipient: str,
        site: Site,
        write: Callable[[Happened], Sequence[Draft]],
        now: datetime,
    ) -> int:
        """Enter what a known recipient has not been told; return how many notices that makes.

        `write` is given what happened at the site since. All is one transaction: after a crash
        nothing is lost and nothing told twice.
        """
        with self._writing() as session, session.begin():
            cursor = session.get_one(NoticeCursorRow, recipient, with_for_update=True)
            last = _last_sequence(session)
            happened = _happened(session, site, cursor.sequence, last)
            drafts = {draft.cause: draft for draft in write(happened)}
            told = select(NoticeRow.cause).where(
                NoticeRow.recipient == recipient, NoticeRow.cause.in_(drafts)
            )
            for cause in session.scalars(told):
                del drafts[cause]
            session.add_all(
                _row(recipient, draft, now, NoticeState.WAITING) for draft in drafts.values()
            )
            cursor.sequence = last
            return len(drafts)

    def claim(self, recipients: Sequence[str], now: datetime) -> Notice | None:
        """Return the longest due notice of these recipients, kept from others for five minutes."""
        query = (
            select(NoticeRow)
            .where(
                NoticeRow.state == NoticeState.WAITING.value,
                NoticeRow.due_at_utc <= now,
                NoticeRow.recipient.in_(recipients),
            )
            .order_by(NoticeRow.due_at_utc, NoticeRow.notice_id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        with self._writing() as session, session.begin():
            row = session.scalar(query)
            if row is None:
                return None
            row.due_at_utc = now + _CLAIM
            return _notice(row)

    def sent(self, notice_id: int, now: datetime) -> None:
        """Record that a notice was taken by the recipient's service."""
        with self._writing() as session, session.begin():
            lock_ledger(session)
            row = session.get_one(NoticeRow, notice_id)
            row.state, row.sent_at_utc, row.fault = NoticeState.SENT.value, now, None
            row.attempts += 1
            append_notice(session, notice_id, notice_facts(row), now)

    def failed(self, notice_id: int, fault: str, now: datetime) -> Notice:
        """Record a failed try and return how the notice stands: to be tried again, or given up.

        One that another sender has ended meanwhile stays as it is.
        """
        with self._writing() as session, session.begin():
            lock_ledger(session)
            row = session.get_one(NoticeRow, notice_id)
            if row.state != NoticeState.WAITING.value:
                return _notice(row)
            row.attempts += 1
            row.fault = fault
            again = next_try(row.attempts, now)
            if again is None:
                row.state = NoticeState.FAILED.value
                append_notice(session, notice_id, notice_facts(row), now)
            else:
                row.due_at_utc = again
            return _notice(row)

    def latest(self, limit: int = 100) -> tuple[Notice, ...]:
        """Return the newest notices first, without those passed over."""
        query = (
            select(NoticeRow)
            .where(NoticeRow.state != NoticeState.PASSED_OVER.value)
            .order_by(NoticeRow.notice_id.desc())
            .limit(limit)
        )
        with self._reading() as session:
            return tuple(map(_notice, session.scalars(query)))


def _last_sequence(session: Session) -> int:
    return session.scalar(select(func.max(LedgerRow.sequence))) or 0


def _happened(session: Session, site: Site, after: int, last: int) -> Happened:
    events = _events(session, site, after, last)
    opened = Counter(incident.flight_id for news, incident in events if news is News.OPENED)
    return Happened(events, tuple(_flights(session, site, after, last, opened)), last)


def _flights(
    session: Session, site: Site, after: int, last: int, opened: Mapping[str, int]
) -> Iterator[FlightNews]:
    """Yield the drone flights that were logged; people's reports are none."""
    query = (
        select(FlightRow.flight_id)
        .join(LedgerRow, LedgerRow.subject == FlightRow.flight_id)
        .where(
            LedgerRow.kind == FLIGHT_LOGGED,
            LedgerRow.sequence > after,
            LedgerRow.sequence <= last,
            FlightRow.site_id == site.site_id,
            FlightRow.model_sha256.not_in(MARKS),
        )
        .order_by(LedgerRow.sequence)
    )
    for flight_id in session.scalars(query):
        found = flight_summary(session, flight_id)
        taken = found.first_taken_utc or found.received_at_utc
        yield FlightNews(
            flight_id=flight_id,
            day=taken.astimezone(site.reference.timezone).date(),
            frames=found.frames,
            refused=len(found.refused),
            alerts=opened.get(flight_id, 0),
        )


def _events(session: Session, site: Site, after: int, last: int) -> Sequence[tuple[News, Incident]]:
    query = (
        select(LedgerRow.payload, IncidentRow)
        .join(IncidentRow, IncidentRow.incident_id == LedgerRow.subject)
        .join(FlightRow, FlightRow.flight_id == IncidentRow.flight_id)
        .where(
            FlightRow.site_id == site.site_id,
            LedgerRow.kind == INCIDENT_EVENT,
            LedgerRow.sequence > after,
            LedgerRow.sequence <= last,
        )
        .order_by(LedgerRow.sequence)
    )
    events = []
    for payload, row in session.execute(query):
        step = json.loads(payload)
        if step["from_state"] is None:
            events.append((News.OPENED, incident_of(row)))
        elif step["to_state"] == State.RETRACTED != step["from_state"]:
            events.append((News.RETRACTED, incident_of(row)))
    return events


def _row(recipient: str, draft: Draft, now: datetime, state: NoticeState) -> NoticeRow:
    return NoticeRow(
        recipient=recipient,
        cause=draft.cause,
        title=draft.title,
        text=draft.text,
        made_at_utc=now,
        state=state.value,
        due_at_utc=draft.due_at_utc,
    )


def notice_facts(row: NoticeRow) -> NoticeFacts:
    """Return what the ledger vouches for of a notice that is done with."""
    return NoticeFacts(
        recipient=row.recipient,
        cause=row.cause,
        title=row.title,
        text=row.text,
        made_at_utc=row.made_at_utc,
        state=row.state,
        attempts=row.attempts,
        sent_at_utc=row.sent_at_utc,
        fault=row.fault,
    )


def _notice(row: NoticeRow) -> Notice:
    return Notice(
        row.notice_id,
        row.recipient,
        row.title,
        row.text,
        row.made_at_utc,
        NoticeState(row.state),
        row.due_at_utc,
        row.attempts,
        row.sent_at_utc,
        row.fault,
    )
