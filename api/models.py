"""What the JSON interface says and takes: pydantic models with examples."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Generic, Self, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from api.field_mark import UnverifiedOut
from api.grounds_model import GroundsOut
from api.paging import Page
from detection.types import ObjectClass
from ingest.frame import RefusedFile
from patrol.field_flight import Unverified
from patrol.flight_log import FlightSummary
from patrol.incident import Incident, IncidentEvent, State
from patrol.incident_event import Deed
from patrol.incident_list import IncidentPage
from patrol.user import Role
from patrol.verdict import Certainty, Priority
from patrol.zones import RuleName

Item = TypeVar("Item")


class PositionOut(BaseModel):
    """A place in WGS 84 degrees, with one standard deviation in metres."""

    lon: float = Field(examples=[99.4])
    lat: float = Field(examples=[7.3])
    error_m: float = Field(examples=[6.5])


class IncidentOut(BaseModel):
    """One thing to act on. For officers only: it holds a position."""

    id: str = Field(examples=["9f2c4e6a8b0d1f35"])
    rule: RuleName
    zone_id: str | None = Field(description="None outside all zones", examples=["laem_chu_hoi"])
    object_class: ObjectClass
    state: State
    priority: Priority
    certainty: Certainty
    reason_th: str
    reason_en: str
    citation: str = Field(description="source of the rule")
    flight_id: str
    sighting_id: str
    score: float = Field(ge=0, le=1, examples=[0.87])
    position: PositionOut
    occurred_at_utc: AwareDatetime
    frame_sha256: str
    xyxy_px: tuple[float, float, float, float] = Field(
        description="left, top, right, bottom in pixels of the original",
        examples=[(1200.0, 800.0, 1260.0, 850.0)],
    )
    crop_sha256: str | None = Field(description="fetch it at /api/v1/crops/{sha256}")
    version: int = Field(description="send it back as expected_version", examples=[1])
    rule_priority: Priority | None = Field(
        description="what the rule gave, where an officer set another priority"
    )
    assignee: str | None = Field(description="who takes care of it")
    joined_to: str | None = Field(description="the incident that stands for this one too")
    split_from: str | None = Field(description="the incident that an officer split it off from")
    grounds: GroundsOut | None = Field(description="null for incidents from before it was kept")

    @classmethod
    def of(cls, incident: Incident) -> Self:
        """Return the answer that describes `incident`."""
        return cls(
            id=incident.incident_id,
            rule=incident.rule,
            zone_id=incident.zone_id,
            object_class=incident.object_class,
            state=incident.state,
            priority=incident.priority,
            certainty=incident.certainty,
            reason_th=incident.reason_th,
            reason_en=incident.reason_en,
            citation=incident.citation,
            flight_id=incident.flight_id,
            sighting_id=incident.sighting_id,
            score=incident.score,
            position=PositionOut(
                lon=incident.position.lon, lat=incident.position.lat, error_m=incident.error_m
            ),
            occurred_at_utc=incident.occurred_at_utc,
            frame_sha256=incident.frame_sha256,
            xyxy_px=incident.xyxy_px,
            crop_sha256=incident.crop_sha256,
            version=incident.version,
            rule_priority=incident.rule_priority,
            assignee=incident.assignee,
            joined_to=incident.joined_to,
            split_from=None if incident.split_from is None else incident.split_from.incident_id,
            grounds=None if incident.grounds is None else GroundsOut.of(incident.grounds),
        )


class EventOut(BaseModel):
    """One step of an incident: who did what, when and why."""

    version: int
    at_utc: AwareDatetime
    actor: str
    from_state: State | None
    to_state: State
    reason: str = Field(description="of a comment, its text")
    deed: Deed
    priority: Priority | None = Field(description="as officers set it, afterwards")
    assignee: str | None = Field(description="who took care of it afterwards")
    joined_to: str | None = Field(description="what it was joined to afterwards")
    undoes: int | None = Field(description="the version of the event that this one takes back")
    split_off: str | None = Field(description="the incident that a splitting opened")

    @classmethod
    def of(cls, event: IncidentEvent) -> Self:
        """Return the answer that describes `event`."""
        return cls(
            version=event.version,
            at_utc=event.at_utc,
            actor=event.actor,
            from_state=event.from_state,
            to_state=event.to_state,
            reason=event.reason,
            deed=event.deed,
            priority=event.standing.priority,
            assignee=event.standing.assignee,
            joined_to=event.standing.joined_to,
            undoes=event.undoes,
            split_off=event.split_off,
        )


class IncidentWithHistory(IncidentOut):
    """An incident with all that happened to it, oldest first."""

    events: list[EventOut]

    @classmethod
    def with_events(cls, incident: Incident, events: Sequence[IncidentEvent]) -> Self:
        """Return the answer that describes `incident` and its `events`."""
        shown = IncidentOut.of(incident)
        return cls(**shown.model_dump(), events=[EventOut.of(event) for event in events])


class StepIn(BaseModel):
    """A step to take."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"to": "confirmed", "reason": "seen by eye", "expected_version": 1}]
        },
    )

    to: State
    reason: str = Field(default="", max_length=2000)
    expected_version: int = Field(
        description="the version you looked at; refused with 409 when somebody was faster"
    )


class RefusedFileOut(BaseModel):
    """A file that could not be used: why, and what to do about it."""

    file_name: str = Field(examples=["DJI_0042.JPG"])
    code: str = Field(examples=["no_gps"])
    reason: str
    remedy: str

    @classmethod
    def of(cls, file: RefusedFile) -> Self:
        """Return the answer that describes `file`; its folder stays with the server."""
        return cls(
            file_name=file.path.name,
            code=file.reason.code,
            reason=file.reason.text,
            remedy=file.remedy,
        )


class FlightOut(BaseModel):
    """What one ranger sent at once, in counts."""

    id: str
    site_id: str = Field(examples=["koh_libong"])
    received_at_utc: AwareDatetime
    first_taken_utc: datetime | None
    last_taken_utc: datetime | None
    frames: int = Field(examples=[120])
    detections: int = Field(description="boxes in single photos", examples=[31])
    sightings: int = Field(description="objects, each counted once", examples=[12])
    refused: list[RefusedFileOut]
    model_sha256: str
    unverified: UnverifiedOut | None = Field(
        description="for a flight from the field: what could not be checked here"
    )

    @classmethod
    def of(cls, flight: FlightSummary, mark: Unverified | None) -> Self:
        """Return the answer that describes `flight`."""
        return cls(
            id=flight.flight_id,
            site_id=flight.site_id,
            received_at_utc=flight.received_at_utc,
            first_taken_utc=flight.first_taken_utc,
            last_taken_utc=flight.last_taken_utc,
            frames=flight.frames,
            detections=flight.detections,
            sightings=flight.sightings,
            refused=[RefusedFileOut.of(file) for file in flight.refused],
            model_sha256=flight.model_sha256,
            unverified=UnverifiedOut.of(mark),
        )


class SessionOut(BaseModel):
    """Who is logged in, and the token that every change must carry as X-CSRF-Token."""

    name: str
    role: Role
    csrf_token: str


class ProblemOut(BaseModel):
    """A refused request (RFC 9457)."""

    type: str = "about:blank"
    title: str = Field(examples=["Conflict"])
    status: int = Field(examples=[409])
    code: str = Field(examples=["stale_version"])
    detail: str
    version: int | None = Field(
        default=None, description="of a stale version: the incident's version now"
    )
    changes: list[EventOut] | None = Field(
        default=None, description="of a stale version: what happened meanwhile, and by whom"
    )


class PageOut(BaseModel, Generic[Item]):
    """A piece of a list: `limit` items from `offset` on, of `total`."""

    items: list[Item]
    total: int = Field(examples=[1])
    limit: int = Field(examples=[100])
    offset: int = Field(examples=[0])
    next: str | None = Field(
        default=None, description="given as `after`, asks for what follows; null on the last page"
    )


def incident_page(page: IncidentPage, limit: int, offset: int) -> PageOut[IncidentOut]:
    """Return the answer that describes a page of incidents."""
    return PageOut(
        items=[IncidentOut.of(incident) for incident in page.incidents],
        total=page.total,
        limit=limit,
        offset=offset,
        next=None if page.following is None else page.following.text,
    )


def flight_page(
    page: Page[FlightSummary], mark_of: Callable[[str], Unverified | None]
) -> PageOut[FlightOut]:
    """Return the answer that describes a page of flights."""
    return PageOut(
        items=[FlightOut.of(flight, mark_of(flight.flight_id)) for flight in page.items],
        total=page.total,
        limit=page.limit,
        offset=page.offset,
    )
