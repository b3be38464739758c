"""What the JSON interface takes and tells of steps with incidents."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from api.error_answers import answer_for
from api.models import IncidentOut, PositionOut
from detection.types import Detection, ObjectClass, Sighting
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
from patrol.site import Site
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


class SplitIn(DecisionIn):
    """The frames whose pictures show another thing; needs a reason."""

    frames: list[Annotated[str, Field(pattern="^[0-9a-f]{64}$")]] = Field(
        min_length=1, max_length=1000, description="SHA-256 of frames that `/sighting` tells"
    )


class SeenInOut(BaseModel):
    """One picture of a thing: the frame (SHA-256), the box in its pixels, and the place."""

    frame_sha256: str
    taken_at_utc: AwareDatetime | None
    xyxy_px: tuple[float, float, float, float]
    score: float
    position: PositionOut | None

    @classmethod
    def of(cls, detection: Detection) -> Self:
        """Return the answer that describes `detection`."""
        place, error_m = detection.position, detection.error_m
        return cls(
            frame_sha256=detection.frame_sha256,
            taken_at_utc=detection.taken_at_utc,
            xyxy_px=detection.xyxy_px,
            score=detection.score,
            position=None
            if place is None or error_m is None
            else PositionOut(lon=place.lon, lat=place.lat, error_m=error_m),
        )


class SightingOut(BaseModel):
    """What an incident is about, in all its pictures, without what was split off from it."""

    id: str
    object_class: ObjectClass
    detections: list[SeenInOut]
    split_off: list[str] = Field(description="ids of the incidents that were split off from it")

    @classmethod
    def of(cls, sighting: Sighting, split_off: Sequence[Incident]) -> Self:
        """Return the answer that describes `sighting`."""
        return cls(
            id=sighting.sighting_id,
            object_class=sighting.object_class,
            detections=[SeenInOut.of(detection) for detection in sighting.detections],
            split_off=[incident.incident_id for incident in split_off],
        )


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

    def step_at(self, site: Site) -> Step:
        """Return the step that this asks for; the rules of `site` judge what is joined."""
        return Join(self.step.into, site) if isinstance(self.step, JoinMany) else self.step.step()


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
