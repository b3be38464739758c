"""Whatever happened and to whomever it is told: no notice says where anything is."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.language import Language, date_text
from api.notice_text import change_notice, flight_notice, incident_notice
from detection.types import Detection, ObjectClass, Sighting
from ingest.lonlat import LonLat
from patrol.incident import Incident, State, open_incidents
from patrol.notice import FlightNews, IncidentNews, News
from patrol.verdict import Certainty, Priority, Verdict
from patrol.zone_status import ChangeReason, Status, ZoneStatusChange
from patrol.zones import RuleName

ZONES = {"east": ("เขตตะวันออก", "Eastern zone"), "bay": ("อ่าว", "The bay")}
PAGES = st.sampled_from([None, "https://watch.example/desk"])
DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))


@pytest.fixture(scope="module")
def an_incident() -> Incident:
    place, at = LonLat(99.4, 7.2), datetime(2026, 3, 1, 5, 17, 23, tzinfo=UTC)
    box = Detection(
        ObjectClass.DUGONG, 0.9, (1.0, 2.0, 3.0, 4.0), "a" * 64, at, place, 4.0, "b" * 64
    )
    seen = Sighting(
        "s1", "flight0123456789", ObjectClass.DUGONG, 0.9, place, 4.0, at, at, (box,), box, None,
        None,
    )  # fmt: skip
    verdict = Verdict(
        RuleName.DUGONG_SIGHTING, "east", "s1", ObjectClass.DUGONG, Certainty.INSIDE,
        Priority.NORMAL, "พะยูน", "Dugong", "a source",
    )  # fmt: skip
    (incident,) = open_incidents([verdict], [seen], {})
    return incident


def places(position: LonLat) -> set[str]:
    """How a place may be written, from some hundred metres on."""
    return {f"{abs(value):.{digits}f}" for value in position for digits in range(3, 8)} | {
        f"{int(abs(value))}°" for value in position
    }


@settings(max_examples=150)
@given(data=st.data(), language=st.sampled_from(Language), page=PAGES)
def test_no_notice_of_incidents_tells_a_place(an_incident, data, language, page) -> None:
    count = data.draw(st.integers(1, 12))
    incidents = []
    for number in range(count):
        position = LonLat(data.draw(st.floats(99.15, 99.65)), data.draw(st.floats(7.05, 7.55)))
        text = f"seen at {position.lat:.5f} N {position.lon:.5f} E, {position.lat:.3f}"
        incidents.append(
            replace(
                an_incident,
                incident_id=f"{number:016x}",
                sighting_id=f"sighting{number:08x}",
                position=position,
                rule=data.draw(st.sampled_from(RuleName)),
                zone_id=data.draw(st.sampled_from([None, "east", "bay"])),
                priority=data.draw(st.sampled_from(Priority)),
                state=data.draw(st.sampled_from(State)),
                occurred_at_utc=datetime(2026, 3, 1, 5, 17, 23, tzinfo=UTC),
                score=0.87654,
                reason_th=text,
                reason_en=text,
                citation=text,
            )
        )
    news = IncidentNews(data.draw(st.sampled_from(News)), "flight0123456789", tuple(incidents))
    title, text = incident_notice(news, ZONES, language, page)
    told = f"{title}\n{text}"
    for incident in incidents:
        secrets = places(incident.position) | {
            incident.incident_id, incident.sighting_id, incident.flight_id, "0.87", "05:17",
            "12:17", "seen at",
        }  # fmt: skip
        assert not [secret for secret in secrets if secret in told]
    # every number in it is a count
    numbers = re.findall(r"\d+(?:\.\d+)?", told.replace(page or "-", ""))
    assert all(number.isdigit() and int(number) <= count for number in numbers)


@given(
    zone=st.sampled_from(["east", "bay", "gone"]),
    status=st.sampled_from([None, *Status]),
    since=DAYS,
    until=st.none() | DAYS,
    reason=st.sampled_from(ChangeReason),
    language=st.sampled_from(Language),
    page=PAGES,
)
def test_the_public_is_told_zone_status_and_day(
    zone, status, since, until, reason, language, page
) -> None:
    change = ZoneStatusChange(zone, status, since, until, reason)
    title, text = change_notice(change, ZONES, language, page)
    told = f"{title}\n{text}".replace(page or "-", "")
    if until is not None:
        told = told.replace(date_text(until, language), "")
    assert not re.search(r"\d", told)


@given(
    day=DAYS,
    frames=st.integers(0, 5000),
    refused=st.integers(0, 5000),
    alerts=st.integers(0, 5000),
    language=st.sampled_from(Language),
    page=PAGES,
)
def test_rangers_are_told_a_day_and_counts(day, frames, refused, alerts, language, page) -> None:
    news = FlightNews("flight0123456789", day, frames, refused, alerts)
    title, text = flight_notice(news, language, page)
    told = f"{title}\n{text}".replace(page or "-", "").replace(date_text(day, language), "")
    counts = [frames, *([refused] if refused else []), alerts]
    assert [int(number) for number in re.findall(r"\d+", told)] == counts
    assert "flight0123456789" not in told


@pytest.mark.parametrize("language", Language)
def test_every_rule_and_reason_has_its_words(an_incident, language) -> None:
    for rule in RuleName:
        news = IncidentNews(News.OPENED, "f", (replace(an_incident, rule=rule),))
        _, text = incident_notice(news, ZONES, language, None)
        assert rule.value not in text
    for reason in ChangeReason:
        change = ZoneStatusChange("east", Status.CAUTION, date(2026, 3, 1), None, reason)
        assert reason.value not in change_notice(change, ZONES, language, None)[1]
