"""Steps that people take with incidents: pure, from an incident to what it is afterwards."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from unicodedata import category

from detection.types import ObjectClass, Sighting
from patrol.flight_things import Rejudged
from patrol.incident import Incident, standing_of, with_standing
from patrol.incident_event import SOFTWARE, Deed, IncidentEvent
from patrol.incident_split import Parting, part_shown_apart
from patrol.incident_state import State, TransitionError, check_transition
from patrol.site import Site
from patrol.verdict import Priority

# From the air one dugong cannot be told from another, so those of two flights are never one.
_TOLD_FROM_OTHERS = frozenset({ObjectClass.BOAT, ObjectClass.FISHING_GEAR})

_SOONEST_FIRST = tuple(Priority)


@dataclass(frozen=True)
class Move:
    """Take the incident to another state."""

    to: State


@dataclass(frozen=True)
class Assign:
    """Give the incident to an officer's care, or to nobody's."""

    to: str | None


@dataclass(frozen=True)
class Prioritise:
    """Say how soon somebody should look."""

    to: Priority


@dataclass(frozen=True)
class Comment:
    """Add a text, which is given as the reason."""


@dataclass(frozen=True)
class Join:
    """Say that the incident is about the same thing as another, which then stands for both.

    Where one flight saw both, the rules of `site` judge the two as one; without a site nothing is
    judged. What two flights saw each keeps its own time, and stays judged as it was.
    """

    into: str
    site: Site | None = None


@dataclass(frozen=True)
class Split:
    """Say that some of its frames (SHA-256) show another thing, which becomes an incident.

    The rules of `site` judge anew what stands apart then. `crop_sha256` is the picture of the other
    thing in the media store, None where none was kept.
    """

    frames: frozenset[str]
    site: Site
    crop_sha256: str | None = None


@dataclass(frozen=True)
class Separate:
    """Say that the incident is about something else after all."""


@dataclass(frozen=True)
class Undo:
    """Take back the last decision; it stays in the ledger, and so does its undoing."""


Step = Move | Assign | Prioritise | Comment | Join | Split | Separate | Undo


@dataclass(frozen=True)
class Signature:
    """Who takes a step, why and when (aware UTC)."""

    actor: str
    reason: str
    at_utc: datetime


@dataclass(frozen=True)
class Surroundings:
    """What a step may depend on besides its incident.

    `history` are the incident's events, oldest first; `into` is the incident it would be joined
    to, `has_joined` whether others are joined to it; `officers` are who can be given it; `sighting`
    is what it is about, without what was split off from it; `parting` is what a split comes to,
    None for frames that make no part; `rejudged` what the rules say of the two as one, None where
    they have nothing to judge anew.
    """

    history: Sequence[IncidentEvent] = ()
    into: Incident | None = None
    has_joined: bool = False
    officers: Collection[str] = ()
    sighting: Sighting | None = None
    parting: Parting | None = None
    rejudged: Rejudged | None = None


_NOTHING_ELSE = Surroundings()


@dataclass(frozen=True)
class _Change:
    """What a step makes of an incident; `needs_reason` asks for a reason where one is needed."""

    deed: Deed
    after: Incident
    needs_reason: str = ""
    undoes: int | None = None
    split_off: str | None = None


def take_step(
    incident: Incident, step: Step, by: Signature, around: Surroundings = _NOTHING_ELSE
) -> tuple[Incident, IncidentEvent]:
    """Return the incident after a step, and the event that says who took it, when and why.

    Raises TransitionError for a step that is not allowed, changes nothing, has no actor, or takes
    something back without a reason.
    """
    actor, reason = _plain("name", by.actor), _plain("reason", by.reason)
    if not actor:
        raise TransitionError("a step needs the name of who takes it; got an empty name")
    change = _change(incident, step, actor, around)
    if change.needs_reason and not reason:
        raise TransitionError(f"{change.needs_reason}; got an empty reason")
    after = replace(change.after, version=incident.version + 1)
    return after, IncidentEvent(
        incident_id=incident.incident_id,
        version=after.version,
        at_utc=by.at_utc,
        actor=actor,
        from_state=incident.state,
        to_state=after.state,
        reason=reason,
        deed=change.deed,
        standing=standing_of(after),
        undoes=change.undoes,
        split_off=change.split_off,
    )


def may_be_same(incident: Incident, other: Incident) -> bool:
    """Return whether two incidents can be about one thing, as far as their kind goes."""
    if incident.incident_id == other.incident_id or other.object_class != incident.object_class:
        return False
    return incident.object_class in _TOLD_FROM_OTHERS or other.flight_id == incident.flight_id


def last_decision(
    history: Sequence[IncidentEvent], *, of_software: bool = False
) -> IncidentEvent | None:
    """Return the event that an undoing would take back; None where there is none.

    Comments decide nothing. What was undone before is passed over, so that undoing again goes
    further back; so is what rules decided on account of another step, unless it is asked for: it is
    taken back with that step.
    """
    undone = {event.undoes for event in history}
    for event in reversed(history):
        if event.deed in (Deed.COMMENTED, Deed.UNDONE) or event.version in undone:
            continue
        if event.actor == SOFTWARE and event.deed is not Deed.OPENED and not of_software:
            continue
        return None if event.deed is Deed.OPENED else event
    return None


def _change(incident: Incident, step: Step, actor: str, around: Surroundings) -> _Change:
    match step:
        case Move():
            return _moved(incident, step.to)
        case Assign():
            return _assigned(incident, step.to, around.officers)
        case Prioritise():
            return _prioritised(incident, step.to)
        case Comment():
            return _Change(Deed.COMMENTED, incident, "a comment needs its text")
        case Join():
            return _joined(incident, step.into, around)
        case Split():
            return _split(incident, step.frames, around)
        case Separate():
            return _separated(incident)
        case Undo():
            return _undone(incident, actor, around.history)


def _moved(incident: Incident, to: State) -> _Change:
    passage = check_transition(incident.state, to)
    if incident.joined_to is not None:
        raise TransitionError(
            f"incident {incident.incident_id} is joined to {incident.joined_to}; decide on that "
            "one, or separate them first"
        )
    why = f"to make an incident {to}, say why" if passage.needs_reason else ""
    return _Change(Deed.MOVED, replace(incident, state=to), why)


def _assigned(incident: Incident, to: str | None, officers: Collection[str]) -> _Change:
    if to == incident.assignee:
        raise TransitionError(f"the incident is in the care of {to or 'nobody'} already")
    if to is not None and to not in officers:
        raise TransitionError(
            f"an incident is given to an officer or administrator; {to!r} is none"
        )
    standing = replace(standing_of(incident), assignee=to)
    return _Change(Deed.ASSIGNED, with_standing(incident, standing))


def _prioritised(incident: Incident, to: Priority) -> _Change:
    if to is incident.priority:
        raise TransitionError(f"the priority of the incident is {to} already")
    given = incident.rule_priority or incident.priority
    lowers = _SOONEST_FIRST.index(to) > _SOONEST_FIRST.index(incident.priority)
    standing = replace(standing_of(incident), priority=None if to is given else to)
    why = "to lower the priority of an incident, say why" if lowers else ""
    return _Change(Deed.PRIORITISED, with_standing(incident, standing), why)


def _joined(incident: Incident, into_id: str, around: Surroundings) -> _Change:
    into = around.into
    if into is None or into.incident_id == incident.incident_id:
        raise TransitionError(f"an incident is joined to another one; got {into_id!r}")
    if incident.joined_to is not None:
        raise TransitionError(f"the incident is joined to {incident.joined_to} already")
    if around.has_joined:
        raise TransitionError(
            "other incidents are joined to this one; join the other one to it instead"
        )
    if into.joined_to is not None:
        raise TransitionError(f"{into.incident_id} is joined to {into.joined_to}: join to that one")
    if not may_be_same(incident, into):
        raise TransitionError(
            "only two boats or two pieces of gear, or dugongs of one flight, can be the same; got "
            f"{incident.object_class} and {into.object_class}"
        )
    standing = replace(standing_of(incident), joined_to=into.incident_id)
    return _Change(Deed.JOINED, with_standing(incident, standing))


def _split(incident: Incident, frames: frozenset[str], around: Surroundings) -> _Change:
    if incident.joined_to is not None:
        raise TransitionError(
            f"the incident is joined to {incident.joined_to}; separate them first"
        )
    part_shown_apart(incident, around.sighting, frames)
    return _Change(
        Deed.SPLIT,
        incident,
        "to split an incident, say what tells the two things apart",
        split_off=None if around.parting is None else around.parting.opened.incident_id,
    )


def _separated(incident: Incident) -> _Change:
    if incident.joined_to is None:
        raise TransitionError("the incident is joined to no other")
    standing = replace(standing_of(incident), joined_to=None)
    why = "to separate an incident from the one it was joined to, say why"
    return _Change(Deed.SEPARATED, with_standing(incident, standing), why)


def _undone(incident: Incident, actor: str, history: Sequence[IncidentEvent]) -> _Change:
    last = last_decision(history, of_software=actor == SOFTWARE)
    if last is None:
        raise TransitionError("nothing is left to undo: the incident is as it was opened")
    if last.deed is Deed.SEPARATED:
        raise TransitionError("a separation is not undone; join the incident again instead")
    before = next(event for event in history if event.version == last.version - 1)
    after = with_standing(replace(incident, state=before.to_state), before.standing)
    why = "" if last.actor == actor else "to undo what somebody else decided, say why"
    return _Change(Deed.UNDONE, after, why, last.version)


def _plain(what: str, text: str) -> str:
    """Return the text without spaces around it; raises TransitionError for control characters."""
    text = text.strip()
    odd = [sign for sign in text if category(sign) in ("Cc", "Cs") and sign not in "\n\r\t"]
    if odd:
        raise TransitionError(f"the {what} holds a control character, {odd[0]!r}; remove it")
    return text
