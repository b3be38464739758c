"""The desk's pages and parts: who may see them, what filters leave, what the trail tells."""

import json
import re
from datetime import timedelta
from html import unescape

import pytest

from api.routes.desk_events import event_text
from api.routes.desk_filter import desk_filter
from detection.types import ObjectClass
from patrol.incident import Priority, State
from patrol.zones import RuleName, ZoneKind

PAGES = ("/desk", "/desk/map.json", "/desk/parts/list", "/desk/trail", "/api/v1/events")


@pytest.fixture
def incidents(world, make_seen):
    """A dugong in the east, and an urgent boat at the cape."""
    boat = make_seen(
        zone_id="cape",
        rule=RuleName.BOAT_IN_CLOSED_ZONE,
        object_class=ObjectClass.BOAT,
        priority=Priority.HIGH,
    )
    return world.log(make_seen(), boat).incidents


@pytest.mark.parametrize("path", PAGES)
def test_the_desk_is_for_officers(world, incidents, path):
    assert world.logged_in("don").get(path).status_code == 403
    assert world.client().get(path).status_code in (303, 401)


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", ["boat", "dugong"]),
        ("zone=east", ["dugong"]),
        ("class=boat", ["boat"]),
        ("rule=dugong_sighting", ["dugong"]),
        ("priority=high", ["boat"]),
        ("mine=1", []),
        ("since=1d", ["boat", "dugong"]),
        ("state=confirmed", []),
        ("state=all", ["boat", "dugong"]),
        ("state=nonsense&class=cow&since=never", ["boat", "dugong"]),
        ("zone=%27%22%3E", []),
    ],
)
def test_filters_leave_what_was_asked_for(world, incidents, query, shown):
    page = world.logged_in("mali").get(f"/desk/parts/list?{query}").text
    by_class = {each.object_class.value: each.incident_id for each in incidents}
    found = [name for name, key in by_class.items() if f'id="row-{key}"' in page]
    assert sorted(found) == shown


def test_old_incidents_are_left_out_of_the_last_day(world, incidents):
    asked = desk_filter(since="1d")
    world.clock.forward(timedelta(days=1))
    assert asked.find(world.store, "mali", world.clock(), 10).incidents == ()


def test_a_long_list_goes_on_where_it_was_cut(world, incidents, monkeypatch):
    monkeypatch.setattr("api.routes.desk.MOST_SHOWN", 1)
    (dugong, boat) = incidents
    client = world.logged_in("mali")
    first = client.get("/desk?lang=en&class=").text
    assert f'id="row-{boat.incident_id}"' in first
    assert f'id="row-{dugong.incident_id}"' not in first
    assert "2 alerts" in first
    further = re.search(r'href="(/desk\?after=[^"]+)"', first)
    second = client.get(unescape(further[1])).text  # the language is kept in a cookie
    assert f'id="row-{dugong.incident_id}"' in second
    assert f'id="row-{boat.incident_id}"' not in second
    assert "Further in the list" not in second
    assert "To the start of the list" in second


def test_a_place_that_is_none_shows_the_start(world, incidents):
    page = world.logged_in("mali").get("/desk/parts/list?after=0.0.%27%22").text
    assert page.count('id="row-') == 2


def test_a_filter_tells_only_what_narrows():
    assert desk_filter().query() == {}
    asked = desk_filter(state="all", priority="high", mine=True)
    assert asked.query() == {"state": "all", "priority": "high", "mine": "1"}


def step(world, client, incident, do, **more):
    token = client.get("/api/v1/session").json()["csrf_token"]
    form = {"csrf_token": token, "do": do, "seen": f"{incident.incident_id}:{incident.version}"}
    return client.post("/desk/steps", data={**form, **more})


def test_a_form_takes_a_step_and_goes_on_with_the_filter(world, incidents):
    client = world.logged_in("mali")
    answer = step(world, client, incidents[0], "take", back="/desk?zone=east")
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/desk?zone=east&")
    assert world.store.incident(incidents[0].incident_id).assignee == "mali"
    page = client.get("/desk/parts/list?mine=1").text
    assert incidents[0].incident_id in page
    assert incidents[1].incident_id not in page


def test_a_place_is_told_to_within_95_percent_as_in_the_evidence(world, incidents):
    shown = incidents[0]
    page = world.logged_in("mali").get(f"/desk?id={shown.incident_id}").text
    assert re.search(rf"± {1.7308 * shown.error_m:.0f} \S+ \(95 %\)", page)


def test_a_refused_step_shows_what_happened_and_keeps_the_note(world, incidents):
    (incident, _) = incidents
    step(world, world.logged_in("nid"), incident, "confirmed", reason="clear to see")
    answer = step(world, world.logged_in("mali"), incident, "dismissed", reason="only foam")
    assert answer.status_code == 409
    for words in ("nid", "clear to see", "only foam"):
        assert words in answer.text
    assert world.store.incident(incident.incident_id).state is State.CONFIRMED


def test_a_decision_leads_on_to_the_next_alert(world, incidents):
    client = world.logged_in("mali")
    page = client.get("/desk").text
    (dugong, boat) = incidents
    assert f'name="following" value="{dugong.incident_id}"' in page  # the boat is urgent
    answer = step(world, client, boat, "confirmed", following=dugong.incident_id)
    assert f"id={dugong.incident_id}" in answer.headers["location"]
    assert f"done={boat.incident_id}" in answer.headers["location"]


@pytest.mark.parametrize("seen", ["x", "x:-1", "x:y:z"])
def test_a_form_that_names_no_version_is_refused(world, incidents, seen):
    client = world.logged_in("mali")
    assert step(world, client, incidents[0], "confirmed", seen=seen).status_code == 409


def test_a_form_from_elsewhere_is_refused(world, incidents):
    client = world.logged_in("mali")
    answer = step(world, client, incidents[0], "confirmed", csrf_token="x")
    assert answer.status_code == 403
    assert world.store.incident(incidents[0].incident_id).state is State.NEW


def test_an_address_to_go_back_to_leads_nowhere_else(world, incidents):
    client = world.logged_in("mali")
    answer = step(world, client, incidents[0], "take", back="https://elsewhere.example/?zone=east")
    assert answer.headers["location"].startswith("/desk?zone=east")


def test_the_trail_tells_who_did_what(world, incidents):
    step(world, world.logged_in("nid"), incidents[0], "confirmed", reason="clear to see")
    client = world.logged_in("mali")
    whole = client.get("/desk/trail?lang=en").text
    assert "clear to see" in whole
    assert "Flight logged" in whole
    assert "clear to see" not in client.get("/desk/trail?actor=mali").text
    alone = client.get(f"/desk/trail?subject={incidents[1].incident_id}&lang=en").text
    assert "clear to see" not in alone
    assert incidents[1].incident_id in alone


def test_evidence_that_cannot_be_made_whole_is_refused_and_not_half_sent(world, incidents):
    # made-up incidents have no photo in their flight
    answer = world.logged_in("mali").get(f"/desk/incidents/{incidents[0].incident_id}/evidence.zip")
    assert answer.status_code >= 400
    assert answer.headers["content-type"].startswith("text/html")


def test_an_event_is_one_line_of_data_with_the_number_of_its_entry(world, incidents):
    world.store.transition(
        incidents[0].incident_id,
        State.DISMISSED,
        actor="mali",
        reason="foam\nand glare",
        expected_version=1,
        at_utc=world.clock(),
    )
    (news,) = world.store.tail.after(world.store.tail.last_sequence() - 1)
    number, event, data, *rest = event_text(news).split("\n")
    assert (number, event, rest) == (f"id: {news.sequence}", "event: incident_event", ["", ""])
    told = json.loads(data.removeprefix("data: "))
    assert (told["subject"], told["actor"]) == (incidents[0].incident_id, "mali")
    assert (told["version"], told["to_state"]) == (2, "dismissed")
    assert "reason" not in told  # read with the incident, by who may


@pytest.mark.parametrize("url", ["/desk?id=nothing", "/desk/flights/nothing", "/flights/nothing"])
def test_unknown_ids_are_said_kindly(world, url):
    more = "&" if "?" in url else "?"
    response = world.logged_in("mali").get(f"{url}{more}lang=en")
    assert response.status_code == 404
    assert "There is no such" in response.text


def test_names_and_reasons_cannot_become_markup(make_world, make_zone, make_seen, nasty):
    world = make_world(
        zones=[
            make_zone(
                "odd", ZoneKind.NO_FISHING, (99.4, 7.2, 99.5, 7.3), name_th=nasty, name_en=nasty
            )
        ]
    )
    (incident,) = world.log(
        make_seen(
            zone_id="odd",
            reason_th=nasty,
            reason_en=nasty,
            rule=RuleName.GEAR_IN_NO_FISHING_ZONE,
        )
    ).incidents
    world.store.transition(
        incident.incident_id,
        State.CONFIRMED,
        actor=nasty,
        reason=nasty,
        expected_version=1,
        at_utc=world.clock(),
    )
    officer = world.logged_in("mali")
    for url in (
        f"/desk?id={incident.incident_id}",
        f"/desk?id={incident.incident_id}&lang=en",
        f"/desk/parts/detail/{incident.incident_id}",
        f"/flights/{incident.flight_id}",
        f"/desk/flights/{incident.flight_id}",
        "/desk/trail",
        "/desk/zones",
    ):
        page = officer.get(url).text
        assert "<script>alert" not in page, url
        assert "<img src=x" not in page, url


def test_an_empty_list_says_whether_the_filter_or_the_sea_is_quiet(world):
    officer = world.logged_in("mali")
    quiet, narrowed = (officer.get(f"/desk?lang=en{more}").text for more in ("", "&state=resolved"))
    assert "New alerts appear by themselves" in quiet
    assert "No alert is waiting" in quiet
    assert "Nothing is as you chose above" in narrowed
    assert "No alert is waiting" not in narrowed
