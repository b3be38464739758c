"""What happened to an incident: one event for each step, in the ledger for good."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from patrol.incident_state import State
from patrol.verdict import Priority

# who took a step that no person took
SOFTWARE = "libong"


class Deed(StrEnum):
    """What somebody did with an incident."""

    OPENED = "opened"
    MOVED = "moved"
    ASSIGNED = "assigned"
    PRIORITISED = "prioritised"
    COMMENTED = "commented"
    JOINED = "joined"
    SEPARATED = "separated"
    SPLIT = "split"
    UNDONE = "undone"


@dataclass(frozen=True)
class Standing:
    """What officers decided of an incident besides its state.

    `priority` is None while the rule's own holds; `assignee` is the user who takes care of it;
    `joined_to` the id of the incident that is about the same thing and stands for this one too.
    """

    priority: Priority | None = None
    assignee: str | None = None
    joined_to: str | None = None


PLAIN = Standing()


@dataclass(frozen=True)
class IncidentEvent:
    """One step of an incident: who did what, when and why.

    `standing` is how it stood afterwards. `reason` is the text itself of a comment. `undoes` is
    the version of the event that an undoing takes back, None for all others; `split_off` the id of
    the incident that a splitting opened.
    """

    incident_id: str
    version: int
    at_utc: datetime
    actor: str
    from_state: State | None
    to_state: State
    reason: str
    deed: Deed = Deed.MOVED
    standing: Standing = PLAIN
    undoes: int | None = None
    split_off: str | None = None
