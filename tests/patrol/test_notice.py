"""Who is told of what, and when."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from patrol.notice import (
    Audience,
    Hours,
    News,
    Recipient,
    by_flight,
    change_cause,
    next_try,
)
from patrol.verdict import Priority
from patrol.zone_status import ChangeReason, Status, ZoneStatusChange

TRANG = ZoneInfo("Asia/Bangkok")
DAY, NIGHT = Hours(time(6), time(20)), Hours(time(20), time(6))


def local(hour: int, minute: int = 0, day: int = 1) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=TRANG)


@pytest.mark.parametrize(
    ("hours", "urgent", "now", "due"),
    [
        (None, False, local(3), local(3)),
        (DAY, False, local(6), local(6)),
        (DAY, False, local(19, 59), local(19, 59)),
        (DAY, False, local(20), local(6, day=2)),
        (DAY, False, local(5, 59), local(6)),
        (DAY, True, local(3), local(3)),
        (NIGHT, False, local(23), local(23)),
        (NIGHT, False, local(5), local(5)),
        (NIGHT, False, local(12), local(20)),
    ],
)
def test_quiet_hours(hours, urgent, now, due):
    who = Recipient("x", Audience.OFFICERS, hours=hours)
    assert who.due_at(now.astimezone(UTC), TRANG, urgent=urgent) == due


def test_even_urgent_news_waits_where_that_is_wanted():
    who = Recipient("x", Audience.OFFICERS, hours=DAY, urgent_any_time=False)
    assert who.due_at(local(3), TRANG, urgent=True) == local(6)


@pytest.mark.parametrize(
    ("who", "hears"),
    [
        (Recipient("x", Audience.OFFICERS), True),
        (Recipient("x", Audience.PUBLIC), False),
        (Recipient("x", Audience.OFFICERS, zones=frozenset({"laem_chu_hoi"})), True),
        (Recipient("x", Audience.OFFICERS, zones=frozenset({"elsewhere"})), False),
        (Recipient("x", Audience.OFFICERS, least_priority=Priority.NORMAL), True),
        (Recipient("x", Audience.OFFICERS, least_priority=Priority.HIGH), False),
    ],
)
def test_who_hears_of_an_incident(make_incident, who, hears):
    incident = make_incident(priority=Priority.NORMAL)
    assert who.hears_of(incident) is hears
    assert bool(by_flight([(News.OPENED, incident)], who)) is hears


@pytest.mark.parametrize(
    ("who", "hears"),
    [
        (Recipient("x", Audience.OFFICERS), False),
        (Recipient("x", Audience.PUBLIC), True),
        (Recipient("x", Audience.PUBLIC, zones=frozenset({"a"})), True),
        (Recipient("x", Audience.PUBLIC, zones=frozenset({"b"})), False),
    ],
)
def test_who_hears_of_a_change_of_the_map(who, hears):
    change = ZoneStatusChange(
        "a", Status.CAUTION, date(2026, 3, 1), date(2026, 3, 16), ChangeReason.SIGHTED
    )
    assert who.hears_of_change(change) is hears


def test_causes_differ_with_what_is_told():
    causes = {
        change_cause(ZoneStatusChange(zone, status, date(2026, 3, 1), until, reason))
        for zone in ("a", "b")
        for status in (None, Status.CAUTION)
        for until in (None, date(2026, 3, 2))
        for reason in ChangeReason
    }
    assert len(causes) == 8 * len(ChangeReason)


def test_tries_end_and_each_waits_longer():
    now = datetime(2026, 3, 1, tzinfo=UTC)
    tries = [next_try(attempt, now) for attempt in range(1, 9)]
    waits = [again - now for again in tries[:6]]
    assert waits == sorted(set(waits))
    assert sum(waits, timedelta()) > timedelta(hours=10)
    assert tries[6:] == [None, None]
