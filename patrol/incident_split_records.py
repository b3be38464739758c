"""What follows in the database when things are split and put together again.

The part becomes an incident. The rules raise others, and take some back; these steps the software
takes on account of a person's, and each names the incident that was split off. When the parts come
together again they are taken back, but for what a person decided since.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from patrol.incident import Incident, IncidentEvent, State, TransitionError, open_incidents
from patrol.incident_event import SOFTWARE, Deed
from patrol.incident_split import Parting, is_apart
from patrol.incident_step import (
    Comment,
    Join,
    Move,
    Separate,
    Signature,
    Step,
    Surroundings,
    Undo,
    take_step,
)
from patrol.incident_surroundings import surroundings
from patrol.ledger import event_of, opening_event
from patrol.ledger_table import append_incident, incident_entries
from patrol.rows import incident_of, incident_row, write_decisions
from patrol.tables import IncidentRow
from patrol.verdict import Verdict


def follow_split(
    session: Session,
    before: Incident,
    after: Incident,
    event: IncidentEvent,
    around: Surroundings,
    by: Signature,
) -> None:
    """Do what a step, from `before` to `after`, asks of what is split off, or was."""
    if event.deed is Deed.SPLIT and around.parting is not None:
        _set_apart(session, before, around.parting, by)
    undone = next((past for past in around.history if past.version == event.undoes), None)
    if undone is not None and undone.deed is Deed.SPLIT and undone.split_off is not None:
        part = session.get_one(IncidentRow, undone.split_off)
        if part.joined_to != before.incident_id:
            _take(session, part, Join(before.incident_id), by)
            _turn_back(session, incident_of(part), by.at_utc)
    if is_apart(before) is not is_apart(after):
        _turn_back(session, after, by.at_utc)


def _set_apart(session: Session, incident: Incident, parting: Parting, by: Signature) -> None:
    """Open the incident of a part, or take it apart again, and judge anew what stands now."""
    part = parting.opened
    known = session.get(IncidentRow, part.incident_id)
    if known is None:
        _open(session, part, by.at_utc, by.actor, by.reason)
    elif known.joined_to != incident.incident_id:
        raise TransitionError(
            f"these pictures are an incident of their own already: {part.incident_id}"
        )
    else:
        _take(session, known, Separate(), by)
    rules = _Rules(session, part, by.at_utc)
    for verdict in parting.changes.raised:
        rules.raise_one(verdict, parting)
    for verdict in parting.changes.gone:
        rules.take_back(verdict)
    for verdict in parting.changes.altered:
        rules.tell(verdict)


@dataclass(frozen=True)
class _Rules:
    """What the rules do on account of a split; `part` is the incident that was split off."""

    session: Session
    part: Incident
    at_utc: datetime

    def raise_one(self, verdict: Verdict, parting: Parting) -> None:
        """Open the incident of a verdict, or take back that it was taken back."""
        opened = self._opened(verdict, parting)
        row = self.session.get(IncidentRow, opened.incident_id)
        if row is None:
            reason = f"opened by the rule {verdict.rule}, judged anew {_since(self.part)}"
            _open(self.session, opened, self.at_utc, SOFTWARE, reason)
            return
        history, last = _history(self.session, row)
        if last.actor == SOFTWARE and last.deed in (Deed.MOVED, Deed.JOINED):
            step = _opposite(last, history, incident_of(row), self.part)
            _take(self.session, row, step, self._signature(f"said again {_since(self.part)}"))

    def _opened(self, verdict: Verdict, parting: Parting) -> Incident:
        sighting = parting.sightings[verdict.sighting_id]
        is_part = sighting.sighting_id == self.part.sighting_id
        crop = self.part.crop_sha256 if is_part else self._crop_of(sighting.sighting_id)
        crops = {} if crop is None else {sighting.sighting_id: crop}
        (opened,) = open_incidents([verdict], [sighting], crops)
        alike = self.part if is_part else next(self._others_of(sighting.sighting_id), None)
        return replace(opened, split_from=None if alike is None else alike.split_from)

    def _others_of(self, sighting_id: str) -> Iterator[Incident]:
        query = select(IncidentRow).where(
            IncidentRow.flight_id == self.part.flight_id, IncidentRow.sighting_id == sighting_id
        )
        return map(incident_of, self.session.scalars(query.order_by(IncidentRow.incident_id)))

    def _crop_of(self, sighting_id: str) -> str | None:
        """Return the picture of a sighting, as another incident about it has it."""
        return next((it.crop_sha256 for it in self._others_of(sighting_id)), None)

    def take_back(self, verdict: Verdict) -> None:
        """Dismiss or retract what a rule does not say any more, and nobody has closed."""
        for row in self._rows(verdict):
            said = f"กฎไม่พบอีก · the rule says nothing of it any more {_since(self.part)}"
            to = State.DISMISSED if row.state == State.NEW else State.RETRACTED
            if row.state in (State.NEW, State.CONFIRMED, State.RESPONDING) and not row.joined_to:
                _take(self.session, row, Move(to), self._signature(said))

    def tell(self, verdict: Verdict) -> None:
        """Tell what a rule says now of what it spoke of before."""
        said = f"{verdict.reason_th} · {verdict.reason_en}, judged anew {_since(self.part)}"
        for row in self._rows(verdict):
            _take(self.session, row, Comment(), self._signature(said))

    def _rows(self, verdict: Verdict) -> Iterator[IncidentRow]:
        zone_id = verdict.zone_id
        query = select(IncidentRow).where(
            IncidentRow.flight_id == self.part.flight_id,
            IncidentRow.sighting_id == verdict.sighting_id,
            IncidentRow.rule == verdict.rule.value,
            IncidentRow.zone_id.is_(None) if zone_id is None else IncidentRow.zone_id == zone_id,
        )
        yield from self.session.scalars(query).all()

    def _signature(self, reason: str) -> Signature:
        return Signature(SOFTWARE, reason, self.at_utc)


def _since(part: Incident) -> str:
    """Name a split, as every step on account of it does."""
    return f"since {part.incident_id} was split off"


def _turn_back(session: Session, part: Incident, at_utc: datetime) -> None:
    """Take back what the rules did last on account of a split, whichever way that was."""
    query = select(IncidentRow).where(
        IncidentRow.flight_id == part.flight_id, IncidentRow.incident_id != part.incident_id
    )
    for row in session.scalars(query.order_by(IncidentRow.incident_id)).all():
        _turn_back_one(session, row, part, at_utc)


def _turn_back_one(session: Session, row: IncidentRow, part: Incident, at_utc: datetime) -> None:
    history, last = _history(session, row)
    if last.actor == SOFTWARE and _since(part) in last.reason:
        step = _opposite(last, history, incident_of(row), part)
        way = "apart again" if is_apart(part) else "together again"
        _take(session, row, step, Signature(SOFTWARE, f"{way}, {_since(part)}", at_utc))


def _history(session: Session, row: IncidentRow) -> tuple[tuple[IncidentEvent, ...], IncidentEvent]:
    """Return the events of an incident and the last of them that is no comment."""
    history = tuple(map(event_of, incident_entries(session, row.incident_id)))
    return history, next(past for past in reversed(history) if past.deed is not Deed.COMMENTED)


def _opposite(
    last: IncidentEvent, history: tuple[IncidentEvent, ...], incident: Incident, part: Incident
) -> Step:
    """Return the step that takes a step of the rules back."""
    if last.deed is Deed.JOINED:
        return Separate()
    if last.deed is Deed.UNDONE:
        undone = next(past for past in history if past.version == last.undoes)
        return Move(undone.to_state)
    if last.deed is Deed.MOVED:
        return Undo()
    first = part.split_from
    if first is not None and incident.split_from == first:
        return Join(first.incident_id)
    return Move(State.DISMISSED)


def _open(session: Session, opened: Incident, at_utc: datetime, actor: str, reason: str) -> None:
    session.add(incident_row(opened))
    session.flush()
    session.expire_all()  # read back, the ledger vouches for what is stored
    stored = incident_of(session.get_one(IncidentRow, opened.incident_id))
    event = replace(opening_event(stored, at_utc), actor=actor, reason=reason)
    append_incident(session, event, stored)


def _take(session: Session, row: IncidentRow, step: Step, by: Signature) -> None:
    around = surroundings(session, row, step, by)
    after, event = take_step(incident_of(row), step, by, around)
    write_decisions(row, after)
    append_incident(session, event, after)
