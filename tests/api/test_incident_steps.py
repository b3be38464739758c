"""What officers do with incidents over the JSON interface, besides moving them on."""

from datetime import timedelta

import pytest

from detection.types import ObjectClass
from patrol.zones import RuleName


@pytest.fixture
def officer(world):
    return world.logged_in("mali")


@pytest.fixture
def boats(world, make_seen):
    """The same moored boat on two days: the ids of its incidents."""
    first = make_seen(salt="a", object_class=ObjectClass.BOAT, rule=RuleName.BOAT_IN_CLOSED_ZONE)
    second = make_seen(
        salt="b",
        object_class=ObjectClass.BOAT,
        rule=RuleName.BOAT_IN_CLOSED_ZONE,
        at=first.at + timedelta(days=1),
    )
    return [world.log(seen).incidents[0].incident_id for seen in (first, second)]


def post(client, path, body):
    token = client.get("/api/v1/session").json()["csrf_token"]
    return client.post(f"/api/v1/incidents/{path}", json=body, headers={"X-CSRF-Token": token})


def test_an_incident_is_given_to_an_officer_and_the_history_tells(officer, boats) -> None:
    given = post(officer, f"{boats[0]}/assignment", {"assignee": "nid", "expected_version": 1})
    assert given.status_code == 200
    assert (given.json()["assignee"], given.json()["version"]) == ("nid", 2)
    *_, last = officer.get(f"/api/v1/incidents/{boats[0]}").json()["events"]
    assert (last["deed"], last["actor"], last["assignee"]) == ("assigned", "mali", "nid")
    back = post(officer, f"{boats[0]}/assignment", {"assignee": None, "expected_version": 2})
    assert back.json()["assignee"] is None


@pytest.mark.parametrize("name", ["don", "nobody"])
def test_a_ranger_or_a_stranger_is_given_nothing(officer, boats, name) -> None:
    refused = post(officer, f"{boats[0]}/assignment", {"assignee": name, "expected_version": 1})
    assert refused.status_code == 409
    assert refused.json()["code"] == "transition"
    assert repr(name) in refused.json()["detail"]


def test_who_is_late_is_told_what_changed_and_by_whom(world, officer, boats) -> None:
    other = world.logged_in("nid")
    body = {"priority": "low", "reason": "known boat", "expected_version": 1}
    assert post(other, f"{boats[0]}/priority", body).json()["rule_priority"] == "normal"
    post(other, f"{boats[0]}/comments", {"text": "the harbour knows"})
    late = post(officer, f"{boats[0]}/transitions", {"to": "confirmed", "expected_version": 1})
    assert late.status_code == 409
    told = late.json()
    assert (told["code"], told["version"]) == ("stale_version", 3)
    assert [(c["actor"], c["deed"], c["reason"]) for c in told["changes"]] == [
        ("nid", "prioritised", "known boat"),
        ("nid", "commented", "the harbour knows"),
    ]
    assert "nid prioritised it" in told["detail"]


def test_undo_takes_the_last_decision_back_as_a_new_event(officer, boats) -> None:
    post(officer, f"{boats[0]}/transitions", {"to": "confirmed", "expected_version": 1})
    undone = post(officer, f"{boats[0]}/undo", {"expected_version": 2})
    assert (undone.json()["state"], undone.json()["version"]) == ("new", 3)
    events = officer.get(f"/api/v1/incidents/{boats[0]}").json()["events"]
    assert [(e["deed"], e["undoes"]) for e in events] == [
        ("opened", None),
        ("moved", None),
        ("undone", 2),
    ]
    assert post(officer, f"{boats[0]}/undo", {"expected_version": 3}).status_code == 409


def test_the_same_boat_of_two_days_is_joined_and_separated(officer, boats) -> None:
    first, second = boats
    likely = officer.get(f"/api/v1/incidents/{second}/likely-same").json()
    assert [found["id"] for found in likely] == [first]
    joined = post(officer, f"{second}/join", {"into": first, "expected_version": 1})
    assert joined.json()["joined_to"] == first
    assert [one["id"] for one in officer.get(f"/api/v1/incidents/{first}/joined").json()] == [
        second
    ]
    assert [one["id"] for one in officer.get("/api/v1/alerts").json()["items"]] == [first]
    stuck = post(officer, f"{second}/transitions", {"to": "confirmed", "expected_version": 2})
    assert f"joined to {first}" in stuck.json()["detail"]
    body = {"reason": "another name", "expected_version": 2}
    assert post(officer, f"{second}/separate", body).json()["joined_to"] is None


def test_several_at_once_and_one_refusal_keeps_no_other_back(officer, boats) -> None:
    body = {
        "incidents": [
            {"id": boats[0], "expected_version": 1},
            {"id": "none", "expected_version": 1},
            {"id": boats[1], "expected_version": 7},
        ],
        "step": {"do": "assign", "assignee": "mali"},
        "reason": "mine",
    }
    told = post(officer, "steps", body).json()
    assert (told["taken"], told["refused"]) == (1, 2)
    assert [o["refusal"] and o["refusal"]["code"] for o in told["outcomes"]] == [
        None,
        "unknown_incident",
        "stale_version",
    ]
    assert told["outcomes"][0]["incident"]["assignee"] == "mali"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("{}/assignment", {"assignee": "mali", "expected_version": 1}),
        ("{}/priority", {"priority": "high", "expected_version": 1}),
        ("{}/comments", {"text": "x"}),
        ("{}/undo", {"expected_version": 1}),
        ("{}/join", {"into": "x", "expected_version": 1}),
        ("{}/separate", {"expected_version": 1}),
        ("{}/split", {"frames": ["0" * 64], "expected_version": 1}),
        ("steps", {"incidents": [{"id": "x", "expected_version": 1}], "step": {"do": "undo"}}),
    ],
)
def test_no_ranger_and_no_strange_page_decides(world, officer, boats, path, body) -> None:
    path = path.format(boats[0])
    assert post(world.logged_in("don"), path, body).status_code == 403
    without_token = officer.post(f"/api/v1/incidents/{path}", json=body)
    assert (without_token.status_code, without_token.json()["code"]) == (403, "csrf")


@pytest.fixture
def thrice(world, make_seen):
    """The incident of a dugong that was seen in three pictures."""
    (incident,) = world.log(make_seen(earlier_pictures=2)).incidents
    return incident


def test_two_animals_taken_for_one_are_split_and_joined_again(world, officer, thrice) -> None:
    at = f"/api/v1/incidents/{thrice.incident_id}"
    frames = [d["frame_sha256"] for d in officer.get(f"{at}/sighting").json()["detections"]]
    assert frames[-1] == thrice.frame_sha256
    body = {"frames": frames[:1], "reason": "two animals", "expected_version": 1}
    part = post(officer, f"{thrice.incident_id}/split", body).json()
    assert (part["split_from"], part["frame_sha256"]) == (thrice.incident_id, frames[0])
    rest = officer.get(f"{at}/sighting").json()
    assert [d["frame_sha256"] for d in rest["detections"]] == frames[1:]
    assert rest["split_off"] == [part["id"]]
    assert officer.get(at).json()["events"][-1]["split_off"] == part["id"]
    undone = post(officer, f"{thrice.incident_id}/undo", {"expected_version": 2})
    assert undone.status_code == 200
    assert officer.get(f"/api/v1/incidents/{part['id']}").json()["joined_to"] == thrice.incident_id
    alone = post(officer, f"{thrice.incident_id}/split", body | {"expected_version": 3})
    assert (alone.json()["id"], alone.json()["joined_to"]) == (part["id"], None)


def test_a_split_is_refused_with_what_is_wrong(officer, thrice) -> None:
    body = {"frames": [thrice.frame_sha256], "reason": "x", "expected_version": 1}
    refused = post(officer, f"{thrice.incident_id}/split", body)
    assert (refused.status_code, refused.json()["code"]) == (409, "transition")
    assert "stays with it" in refused.json()["detail"]


def test_dugongs_of_one_flight_are_joined_and_those_of_two_are_not(
    world, officer, make_seen
) -> None:
    one, twice = world.log(make_seen(salt="a"), make_seen(salt="b")).incidents
    (other,) = world.log(make_seen(salt="c")).incidents
    joined = post(
        officer,
        f"{twice.incident_id}/join",
        {"into": one.incident_id, "reason": "the same animal", "expected_version": 1},
    )
    assert joined.json()["joined_to"] == one.incident_id
    refused = post(
        officer, f"{other.incident_id}/join", {"into": one.incident_id, "expected_version": 1}
    )
    assert refused.status_code == 409
    assert "of one flight" in refused.json()["detail"]


@pytest.fixture
def crowd(world, make_seen):
    """Four boats around a dugong, one more than the site's rules let pass: the boats, the crowd."""
    around = make_seen(zone_id=None, rule=RuleName.BOATS_AROUND_DUGONG)
    near = [
        make_seen(
            zone_id=None,
            object_class=ObjectClass.BOAT,
            rule=RuleName.BOAT_NEAR_DUGONG,
            position=around.position._replace(lat=around.position.lat + 0.0002 * number),
        )
        for number in range(1, 5)
    ]
    told, *boats = world.log(around, *near).incidents
    return boats, told


@pytest.mark.parametrize("way", ["api", "several", "desk"])
def test_what_is_joined_is_judged_as_one_however_it_is_joined(world, officer, crowd, way) -> None:
    (one, two, *_), told = crowd
    if way == "api":
        post(officer, f"{two.incident_id}/join", {"into": one.incident_id, "expected_version": 1})
    elif way == "several":
        step = {"do": "join", "into": one.incident_id}
        named = [{"id": two.incident_id, "expected_version": 1}]
        post(officer, "steps", {"incidents": named, "step": step})
    else:
        form = {
            "do": "join",
            "seen": f"{two.incident_id}:1",
            "into": one.incident_id,
            "csrf_token": officer.get("/api/v1/session").json()["csrf_token"],
        }
        assert officer.post("/desk/steps", data=form, follow_redirects=False).status_code == 303
    now = officer.get(f"/api/v1/incidents/{told.incident_id}").json()
    since = f"since {two.incident_id} was joined to {one.incident_id}"
    assert (now["state"], now["events"][-1]["actor"]) == ("dismissed", "libong")
    assert since in now["events"][-1]["reason"]
    post(officer, f"{two.incident_id}/undo", {"expected_version": 2})
    assert officer.get(f"/api/v1/incidents/{told.incident_id}").json()["state"] == "new"
