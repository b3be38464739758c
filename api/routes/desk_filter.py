"""Which incidents an officer asked to see at the desk, as the page's address says it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated

from fastapi import Query

from api.language import mark
from detection.types import ObjectClass
from patrol.incident import Priority, State
from patrol.incident_list import PLACE_PATTERN, IncidentFilter, IncidentPage, Listing, place_of
from patrol.store import Store
from patrol.zones import RuleName

OPEN, ALL = "open", "all"


class Since(StrEnum):
    """How far back incidents are shown."""

    EVER = ""
    DAY = "1d"
    WEEK = "7d"
    MONTH = "30d"


SINCE_WORDS: Mapping[Since, str] = {
    Since.EVER: mark("Any time"),
    Since.DAY: mark("Last 24 hours"),
    Since.WEEK: mark("Last 7 days"),
    Since.MONTH: mark("Last 30 days"),
}
_SPANS: Mapping[Since, timedelta] = {
    Since.DAY: timedelta(days=1),
    Since.WEEK: timedelta(days=7),
    Since.MONTH: timedelta(days=30),
}


@dataclass(frozen=True)
class DeskFilter:
    """What narrows the list; an empty text leaves everything in.

    `state` is a state, `open` (waiting for a person) or `all`; `mine` keeps what is in the care of
    the officer who asks; `after` is the place in the list where the page before ended.
    """

    state: str = OPEN
    zone: str = ""
    object_class: str = ""
    rule: str = ""
    priority: str = ""
    since: str = ""
    mine: bool = False
    after: str = ""

    def query(self) -> dict[str, str]:
        """Return the parameters of an address that asks for this; what is usual is left out."""
        told = {
            "state": self.state if self.state != OPEN else "",
            "zone": self.zone,
            "class": self.object_class,
            "rule": self.rule,
            "priority": self.priority,
            "since": self.since,
            "mine": "1" if self.mine else "",
            "after": self.after,
        }
        return {name: value for name, value in told.items() if value}

    def find(self, store: Store, officer: str, now: datetime, limit: int) -> IncidentPage:
        """Return the incidents asked for: the most urgent first where they wait for a person.

        Those that wait leave out what is joined to another, unless one state is asked for.
        """
        span = _SPANS.get(Since(self.since))
        asked = IncidentFilter(
            states=None if self.state in (OPEN, ALL) else frozenset({State(self.state)}),
            zone_id=self.zone or None,
            object_class=ObjectClass(self.object_class) if self.object_class else None,
            rule=RuleName(self.rule) if self.rule else None,
            priority=Priority(self.priority) if self.priority else None,
            assignee=officer if self.mine else None,
            since_utc=None if span is None else now - span,
        )
        listing = Listing.WAITING if self.state == OPEN else Listing.EVERY
        after = place_of(self.after) if self.after else None
        return store.incident_page(listing, asked, limit=limit, after=after)


def desk_filter(
    state: str = OPEN,
    zone: str = "",
    object_class: Annotated[str, Query(alias="class")] = "",
    rule: str = "",
    priority: str = "",
    since: str = "",
    mine: bool = False,
    after: Annotated[str, Query(max_length=100)] = "",
) -> DeskFilter:
    """Return the filter of a request; a word that is none of ours narrows nothing."""
    return DeskFilter(
        state=state if state == ALL or state in tuple(State) else OPEN,
        zone=zone,
        object_class=object_class if object_class in tuple(ObjectClass) else "",
        rule=rule if rule in tuple(RuleName) else "",
        priority=priority if priority in tuple(Priority) else "",
        since=since if since in tuple(Since) else "",
        mine=mine,
        after=after if re.fullmatch(PLACE_PATTERN, after) else "",
    )
