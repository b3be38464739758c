"""Lists of incidents: filtered, sorted and cut by the database as one would by hand."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update
from sqlalchemy.orm import Session

from detection.types import ObjectClass
from patrol.incident import Incident, State
from patrol.incident_list import (
    EVERYTHING,
    IncidentFilter,
    Listing,
    Place,
    PlaceError,
    place_of,
)
from patrol.incident_records import IncidentRecords
from patrol.rows import incident_row, write_decisions
from patrol.store import Store
from patrol.tables import FlightRow, IncidentRow
from patrol.verdict import Priority
from patrol.zones import RuleName

NOON_UTC = datetime(2026, 3, 1, 5, 0, tzinfo=UTC)
OPEN = {State.NEW, State.CONFIRMED, State.RESPONDING}


@pytest.fixture
def written(store: Store, make_incident) -> list[Incident]:
    """Two hundred incidents of every kind, many at the same moment."""
    chance = random.Random(7)  # noqa: S311  the same incidents each time
    incidents: list[Incident] = []
    for _ in range(200):
        plain = make_incident(
            rule=chance.choice([RuleName.DUGONG_SIGHTING, RuleName.BOAT_IN_CLOSED_ZONE]),
            zone_id=chance.choice([None, "east", "west"]),
            object_class=chance.choice(list(ObjectClass)),
            state=chance.choice(list(State)),
            incident_id=f"{chance.getrandbits(64):016x}",
            flight_id=chance.choice(["flight1", "flight2"]),
            occurred_at_utc=NOON_UTC + timedelta(hours=chance.randrange(20)),
            priority=chance.choice(list(Priority)),
            version=2,
        )
        set_to = chance.choice([None, None, *Priority])
        if set_to not in (None, plain.priority):
            plain = replace(plain, rule_priority=plain.priority, priority=set_to)
        joined = chance.choice([None, None, None, "0123456789abcdef"])
        assignee = chance.choice([None, "mali", "nid"])
        incidents.append(replace(plain, joined_to=joined, assignee=assignee))
    with Session(store._database.writer) as session, session.begin():
        for flight in ("flight1", "flight2"):
            session.add(FlightRow(flight, "koh_libong", "e" * 64, NOON_UTC))
        session.flush()
        for incident in incidents:
            row = incident_row(
                replace(incident, priority=incident.rule_priority or incident.priority)
            )
            write_decisions(row, incident)
            session.add(row)
    return incidents


FILTERS = [
    EVERYTHING,
    IncidentFilter(states=frozenset({State.NEW, State.RESOLVED})),
    IncidentFilter(states=frozenset()),
    IncidentFilter(zone_id="east"),
    IncidentFilter(zone_id="nowhere\x00"),
    IncidentFilter(flight_id="flight2"),
    IncidentFilter(object_class=ObjectClass.BOAT, rule=RuleName.DUGONG_SIGHTING),
    IncidentFilter(priority=Priority.LOW),
    IncidentFilter(assignee="mali", zone_id="west"),
    IncidentFilter(since_utc=NOON_UTC + timedelta(hours=11)),
]


def by_hand(incidents: list[Incident], listing: Listing, asked: IncidentFilter) -> list[Incident]:
    found = [
        each
        for each in incidents
        if (asked.states is None or each.state in asked.states)
        and asked.zone_id in (None, each.zone_id)
        and asked.flight_id in (None, each.flight_id)
        and asked.object_class in (None, each.object_class)
        and asked.rule in (None, each.rule)
        and asked.priority in (None, each.priority)
        and asked.assignee in (None, each.assignee)
        and (asked.since_utc is None or each.occurred_at_utc >= asked.since_utc)
        and (listing is Listing.EVERY or (each.state in OPEN and each.joined_to is None))
    ]
    found.sort(key=lambda each: (-each.occurred_at_utc.timestamp(), each.incident_id))
    if listing is Listing.WAITING:
        found.sort(key=lambda each: list(Priority).index(each.priority))
    return found


def pages(store: IncidentRecords, listing: Listing, asked: IncidentFilter, limit: int):
    after, turns = None, 0
    while True:
        page = store.incident_page(listing, asked, limit=limit, after=after)
        yield page
        after, turns = page.following, turns + 1
        assert turns < 100
        if after is None:
            return


@pytest.mark.parametrize("listing", Listing)
def test_every_filter_gives_what_a_reading_of_all_gives(store, written, listing) -> None:
    for asked in FILTERS:
        wanted = by_hand(written, listing, asked)
        for limit in (7, 500):
            found = list(pages(store, listing, asked, limit))
            assert [each for page in found for each in page.incidents] == wanted, (asked, limit)
            assert {page.total for page in found} == {len(wanted)}
            assert all(len(page.incidents) == limit for page in found[:-1])
        some = store.incident_page(listing, asked, limit=5, offset=3)
        assert list(some.incidents) == wanted[3:8]


def test_the_whole_lists_are_those_of_the_pages(store, written) -> None:
    assert list(store.alerts()) == by_hand(written, Listing.WAITING, EVERYTHING)
    assert list(store.incidents()) == by_hand(written, Listing.EVERY, EVERYTHING)
    assert len(store.alerts()) > 30


def test_what_is_decided_meanwhile_neither_repeats_nor_hides_the_rest(store, written) -> None:
    """An offset would skip as many as were decided above it; a place does not."""
    first = store.incident_page(Listing.WAITING, limit=10)
    wanted = by_hand(written, Listing.WAITING, EVERYTHING)
    decided = [each.incident_id for each in first.incidents[:5]]
    with Session(store._database.writer) as session, session.begin():
        these = update(IncidentRow).where(IncidentRow.incident_id.in_(decided))
        session.execute(these.values(state=State.DISMISSED.value))
    second = store.incident_page(Listing.WAITING, limit=10, after=first.following)
    assert list(second.incidents) == wanted[10:20]
    assert second.total == len(wanted) - 5


@given(
    st.integers(0, 3),
    st.timedeltas(timedelta(days=-40_000), timedelta(days=80_000)),
    st.from_regex(r"[0-9a-f]{16}", fullmatch=True),
)
def test_a_place_comes_back_from_its_text(urgency, later, incident_id) -> None:
    place = Place(urgency, NOON_UTC + later, incident_id)
    assert place_of(place.text) == place


@pytest.mark.parametrize(
    "text", ["", "0", "4.0.a", "0.x.a", "0.0.", "0.0.a b", "0.9999999999999999.a\n", "0.0.a.b"]
)
def test_texts_that_are_no_place_are_refused(text) -> None:
    with pytest.raises(PlaceError, match="is named as the page before names it"):
        place_of(text)
