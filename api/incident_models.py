"""What the JSON interface takes and tells of steps with incidents."""

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from api.errors import answer_for
from api.models import IncidentOut
from patrol.incident import Incident, State
from patrol.incident_records import StepRefusal
from patrol.incident_step import (
    Assign,
    Comment,
    Join,
    Move,
    Prioritise,
    Separate,
    Step,
    Undo,
)
from patrol.verdict import Priority

MOST_AT_ONCE = 200

IncidentId = Annotated[str, Field(min_length=1, max_length=64)]
Text = Annotated[str, Field(max_length=2000)]


_PLAIN: Mapping[str, Step] = {"comment": Comment(), "separate": Separate(), "undo": Undo()}


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class DecisionIn(_In):
    """A decision on one incident: why, and which version of it was looked at."""

    reason: Text = ""
    expected_version: int = Field(
        description="the version you looked at; refused with 409 when somebody was faster"
    )


class AssignmentIn(DecisionIn):
    """Who takes care of the incident from now on."""

    assignee: Annotated[str, Field(max_length=64)] | None = Field(
        description="an officer's or administrator's name; null for nobody"
    )


class PriorityIn(DecisionIn):
    """How soon somebody should look; lowering it needs a reason."""

    priority: Priority


class JoinIn(DecisionIn):
    """The incident that is about the same thing and stands for both."""

    into: IncidentId


class CommentIn(_In):
    """A comment; it overwrites nothing, so it needs no version."""

    text: Annotated[str, Field(min_length=1, max_length=2000)]


class MoveMany(_In):
    """Take them to a state."""

    do: Literal["move"]
    to: State

    def step(self) -> Step:
        """Return the step that this asks for."""
        return Move(self.to)


class AssignMany(_In):
    """Give them to somebody, or with null to nobody."""

    do: Literal["assign"]
    assignee: Annotated[str, Field(max_length=64)] | None

    def step(self) -> Step:
        """Return the step that this asks for."""
        return Assign(self.assignee)


class PrioritiseMany(_In):
    """Set their priority."""

    do: Literal["prioritise"]
    priority: Priority

    def step(self) -> Step:
        """Return the step that this asks for."""
        return Prioritise(self.priority)


class JoinMany(_In):
    """Join them all to one."""

    do: Literal["join"]
    into: IncidentId

    def step(self) -> Step:
        """Return the step that this asks for."""
        return Join(self.into)


class PlainMany(_In):
    """Comment on each (with the reason), separate each, or undo the last decision on it."""

    do: Literal["comment", "separate", "undo"]

    def step(self) -> Step:
        """Return the step that this asks for."""
        return _PLAIN[self.do]


class SeenIn(_In):
    """An incident, and the version of it that was looked at."""

    id: IncidentId
    expected_version: int


class StepsIn(_In):
    """The same step with several incidents."""

    incidents: list[SeenIn] = Field(min_length=1, max_length=MOST_AT_ONCE)
    step: Annotated[
        MoveMany | AssignMany | PrioritiseMany | JoinMany | PlainMany, Field(discriminator="do")
    ]
    reason: Text = ""


class RefusalOut(BaseModel):
    """Why a step was not taken."""

    code: str = Field(examples=["stale_version"])
    detail: str


class OutcomeOut(BaseModel):
    """What came of a step with one incident: the incident afterwards, or why it was refused."""

    id: str
    incident: IncidentOut | None
    refusal: RefusalOut | None


class OutcomesOut(BaseModel):
    """What came of a step with several incidents, in the order they were named."""

    taken: int
    refused: int
    outcomes: list[OutcomeOut]

    @classmethod
    def of(cls, outcomes: Mapping[str, Incident | StepRefusal]) -> Self:
        """Return the answer that describes `outcomes`, by the incidents' ids."""
        told = [_outcome(incident_id, came) for incident_id, came in outcomes.items()]
        refused = sum(outcome.incident is None for outcome in told)
        return cls(taken=len(told) - refused, refused=refused, outcomes=told)


def _outcome(incident_id: str, came: Incident | StepRefusal) -> OutcomeOut:
    if isinstance(came, Incident):
        return OutcomeOut(id=incident_id, incident=IncidentOut.of(came), refusal=None)
    refusal = RefusalOut(code=answer_for(came).code, detail=str(came))
    return OutcomeOut(id=incident_id, incident=None, refusal=refusal)
