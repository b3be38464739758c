"""What narrows the JSON interface's lists of incidents, as an address says it."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Query
from pydantic import AwareDatetime

from detection.types import ObjectClass
from patrol.incident import Priority, State
from patrol.incident_list import IncidentFilter
from patrol.zones import RuleName

_FIRST = datetime(1990, 1, 1, tzinfo=UTC)  # no drone flew before, and databases end somewhere
_LAST = datetime(2200, 1, 1, tzinfo=UTC)

States = Annotated[list[State] | None, Query(alias="state", description="may be given again")]


def incident_filter(
    state: States = None,
    zone_id: Annotated[str | None, Query(max_length=64)] = None,
    flight_id: Annotated[str | None, Query(max_length=64)] = None,
    object_class: ObjectClass | None = None,
    rule: RuleName | None = None,
    priority: Priority | None = None,
    assignee: Annotated[str | None, Query(max_length=64)] = None,
    since: Annotated[
        AwareDatetime | None, Query(ge=_FIRST, le=_LAST, description="seen then or later")
    ] = None,
) -> IncidentFilter:
    """Return the filter that a request asks for; what is not given leaves everything in."""
    return IncidentFilter(
        states=None if state is None else frozenset(state),
        zone_id=zone_id,
        flight_id=flight_id,
        object_class=object_class,
        rule=rule,
        priority=priority,
        assignee=assignee,
        since_utc=since,
    )


Asked = Annotated[IncidentFilter, Depends(incident_filter)]
