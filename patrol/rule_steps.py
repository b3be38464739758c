"""Steps that the rules take with incidents on account of a step of a person's.

What they find anew becomes an incident, and what they say no more is taken back. Each step names
the person's step as its reason, by which all are found and taken back with it, but for what a
person decided since.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from patrol.flight_things import Rejudged, Thing
from patrol.incident import Incident, IncidentEvent, SplitFrom, State, open_incidents
from patrol.incident_event import SOFTWARE, Deed
from patrol.incident_state import OPEN, TAKEN_BACK
from patrol.incident_step import Comment, Join, Move, Separate, Signature, Step, Undo, take_step
from patrol.incident_surroundings import surroundings
from patrol.ledger import event_of, opening_event
from patrol.ledger_table import append_incident, incident_entries
from patrol.rows import incident_of, incident_row, write_decisions
from patrol.tables import IncidentRow
from patrol.verdict import Verdict


@dataclass(frozen=True)
class Cause:
    """The step that the rules follow: with which incident it was taken, and how they name it.

    `split` says where the incident was split off, when that is the step.
    """

    incident: Incident
    told: str
    split: SplitFrom | None = None


def cause_of_split(part: Incident) -> Cause:
    """Return what the rules do on account of a split, or of its being turned back, goes by."""
    return Cause(part, f"since {part.incident_id} was split off", part.split_from)


def cause_of_joining(incident: Incident, into: str) -> Cause:
    """Return what the rules do on account of a joining, or of its being turned back, goes by."""
    return Cause(incident, f"since {incident.incident_id} was joined to {into}")


@dataclass(frozen=True)
class RuleSteps:
    """What the rules do in a flight on account of a step, at a time."""

    session: Session
    cause: Cause
    at_utc: datetime

    def follow(self, rejudged: Rejudged) -> None:
        """Raise, take back and tell what the rules say otherwise now."""
        things, changes = rejudged.things, rejudged.changes
        for verdict in changes.raised:
            self._raise_one(verdict, things[verdict.sighting_id])
        for verdict in changes.gone:
            self._take_back(verdict, things.get(verdict.sighting_id))
        for verdict in changes.altered:
            self._tell(verdict, things[verdict.sighting_id])

    def join_what_is_told_twice(self, thing: Thing) -> None:
        """Join incidents of one rule and zone about a thing to the one that somebody decided on.

        Those that somebody decided on stay as they are, and so does what others are joined to.
        """
        told: dict[tuple[str, str | None], list[IncidentRow]] = {}
        for row in self._rows_of(thing.member_ids):
            if row.joined_to is None and row.state not in TAKEN_BACK:
                told.setdefault((row.rule, row.zone_id), []).append(row)
        for rows in told.values():
            stands = next((row for row in rows if row.state != State.NEW), rows[0])
            for row in rows:
                if row is not stands and row.state == State.NEW and not self._has_joined(row):
                    signed = self._signature("กฎเดียวกันพบสิ่งเดียวกันสองครั้ง · told twice of one thing")
                    take(self.session, row, Join(stands.incident_id), signed)

    def turn_back(self, way: str) -> None:
        """Take back what the rules did last on account of the step, whichever way that was."""
        flight_id, own = self.cause.incident.flight_id, self.cause.incident.incident_id
        query = select(IncidentRow).where(
            IncidentRow.flight_id == flight_id, IncidentRow.incident_id != own
        )
        for row in self.session.scalars(query.order_by(IncidentRow.incident_id)).all():
            history, last = self._history(row)
            if last.actor == SOFTWARE and self.cause.told in last.reason:
                self._take_opposite(row, history, last, way)

    def _raise_one(self, verdict: Verdict, thing: Thing) -> None:
        """Open the incident of a verdict, or take back that it was taken back."""
        opened = self._opened(verdict, thing)
        row = self.session.get(IncidentRow, opened.incident_id)
        if row is None:
            reason = (
                "เปิดเมื่อกฎตัดสินใหม่ · "
                f"opened by the rule {verdict.rule}, judged anew {self.cause.told}"
            )
            open_incident(self.session, opened, Signature(SOFTWARE, reason, self.at_utc))
            return
        history, last = self._history(row)
        if last.actor == SOFTWARE and last.deed in (Deed.MOVED, Deed.JOINED):
            self._take_opposite(row, history, last, "กฎพบอีกครั้ง · said again")

    def _opened(self, verdict: Verdict, thing: Thing) -> Incident:
        """Return the incident of a verdict, with the picture of others about what it shows."""
        shown = thing.shown
        others = self._rows_of((shown.sighting_id,))
        alike = incident_of(others[0]) if others else None
        crop = None if alike is None else alike.crop_sha256
        crops = {} if crop is None else {shown.sighting_id: crop}
        told = replace(verdict, sighting_id=shown.sighting_id)
        (opened,) = open_incidents([told], [shown], crops)
        return replace(opened, split_from=None if alike is None else alike.split_from)

    def _take_back(self, verdict: Verdict, thing: Thing | None) -> None:
        """Dismiss or retract what a rule does not say any more, and nobody has closed."""
        for row in self._told_by(verdict, thing):
            to = State.DISMISSED if row.state == State.NEW else State.RETRACTED
            if row.state in OPEN and not row.joined_to:
                said = "กฎไม่พบอีก · the rule says nothing of it any more"
                take(self.session, row, Move(to), self._signature(said))

    def _tell(self, verdict: Verdict, thing: Thing) -> None:
        """Tell what a rule says now of what it spoke of before, where the incident is looked at."""
        said = f"{verdict.reason_th} · {verdict.reason_en}, judged anew"
        standing = {row.joined_to or row.incident_id for row in self._told_by(verdict, thing)}
        for incident_id in sorted(standing):
            row = self.session.get_one(IncidentRow, incident_id)
            take(self.session, row, Comment(), self._signature(said))

    def _told_by(self, verdict: Verdict, thing: Thing | None) -> Iterator[IncidentRow]:
        of = (verdict.sighting_id,) if thing is None else thing.member_ids
        for row in self._rows_of(of):
            if (row.rule, row.zone_id) == (verdict.rule, verdict.zone_id):
                yield row

    def _rows_of(self, sighting_ids: Sequence[str]) -> Sequence[IncidentRow]:
        query = select(IncidentRow).where(
            IncidentRow.flight_id == self.cause.incident.flight_id,
            IncidentRow.sighting_id.in_(sighting_ids),
        )
        return self.session.scalars(query.order_by(IncidentRow.incident_id)).all()

    def _has_joined(self, row: IncidentRow) -> bool:
        query = select(IncidentRow.incident_id).where(IncidentRow.joined_to == row.incident_id)
        return self.session.scalar(query.limit(1)) is not None

    def _history(self, row: IncidentRow) -> tuple[tuple[IncidentEvent, ...], IncidentEvent]:
        """Return the events of an incident and the last of them that is no comment."""
        history = tuple(map(event_of, incident_entries(self.session, row.incident_id)))
        return history, next(past for past in reversed(history) if past.deed is not Deed.COMMENTED)

    def _take_opposite(
        self, row: IncidentRow, history: Sequence[IncidentEvent], last: IncidentEvent, way: str
    ) -> None:
        step = _opposite(last, history, incident_of(row), self.cause.split)
        take(self.session, row, step, self._signature(way))

    def _signature(self, reason: str) -> Signature:
        return Signature(SOFTWARE, f"{reason} {self.cause.told}", self.at_utc)


def open_incident(session: Session, opened: Incident, by: Signature) -> None:
    """Keep a new incident, and who opened it and why."""
    session.add(incident_row(opened))
    session.flush()
    session.expire_all()  # read back, the ledger vouches for what is stored
    stored = incident_of(session.get_one(IncidentRow, opened.incident_id))
    event = replace(opening_event(stored, by.at_utc), actor=by.actor, reason=by.reason)
    append_incident(session, event, stored)


def take(session: Session, row: IncidentRow, step: Step, by: Signature) -> None:
    """Take a step with an incident on account of another."""
    around = surroundings(session, row, step, by)
    after, event = take_step(incident_of(row), step, by, around)
    write_decisions(row, after)
    append_incident(session, event, after)


def _opposite(
    last: IncidentEvent,
    history: Sequence[IncidentEvent],
    incident: Incident,
    split: SplitFrom | None,
) -> Step:
    """Return the step that takes a step of the rules back."""
    if last.deed is Deed.JOINED:
        return Separate()
    if last.deed is Deed.UNDONE:
        undone = next(past for past in history if past.version == last.undoes)
        return Move(undone.to_state)
    if last.deed is Deed.MOVED:
        return Undo()
    if split is not None and incident.split_from == split:
        return Join(split.incident_id)
    return Move(State.DISMISSED)
