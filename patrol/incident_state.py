"""The states of an incident and the table of steps between them."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from ingest.errors import LibongError


class State(StrEnum):
    """Where an incident stands."""

    NEW = "new"
    CONFIRMED = "confirmed"
    RESPONDING = "responding"
    RESOLVED = "resolved"
    DISMISSED = "dismissed"
    RETRACTED = "retracted"


class TransitionError(LibongError, ValueError):
    """A step an incident may not take, or one that lacks its reason."""


@dataclass(frozen=True)
class Passage:
    """A step between two states; one that takes something back must say why.

    The next reader has only that sentence.
    """

    needs_reason: bool


_ONWARDS = Passage(needs_reason=False)
_BACK = Passage(needs_reason=True)

# Dismissed: it never was one. Retracted: somebody had vouched for it, and that was wrong.
# Both can be undone, which starts the incident again as new. What was resolved and is found
# unresolved goes on where it was.
ALLOWED: Mapping[tuple[State, State], Passage] = {
    (State.NEW, State.CONFIRMED): _ONWARDS,
    (State.CONFIRMED, State.RESPONDING): _ONWARDS,
    (State.RESPONDING, State.RESOLVED): _ONWARDS,
    (State.NEW, State.DISMISSED): _BACK,
    (State.CONFIRMED, State.DISMISSED): _BACK,
    (State.RESPONDING, State.DISMISSED): _BACK,
    (State.CONFIRMED, State.RETRACTED): _BACK,
    (State.RESPONDING, State.RETRACTED): _BACK,
    (State.RESOLVED, State.RETRACTED): _BACK,
    (State.RESOLVED, State.RESPONDING): _BACK,
    (State.DISMISSED, State.NEW): _BACK,
    (State.RETRACTED, State.NEW): _BACK,
}


# What a person still has something to do with.
OPEN = frozenset({State.NEW, State.CONFIRMED, State.RESPONDING})
# What somebody found to be one.
VOUCHED_FOR = frozenset({State.CONFIRMED, State.RESPONDING, State.RESOLVED})
# What somebody found to be none, before vouching for it or after.
TAKEN_BACK = frozenset({State.DISMISSED, State.RETRACTED})


def check_transition(from_state: State, to_state: State) -> Passage:
    """Return the passage between two states; raises TransitionError where there is none."""
    passage = ALLOWED.get((from_state, to_state))
    if passage is not None:
        return passage
    following = sorted(after for before, after in ALLOWED if before is from_state)
    raise TransitionError(
        f"an incident that is {from_state} cannot become {to_state}; "
        f"from {from_state} it may become: {', '.join(following)}"
    )
