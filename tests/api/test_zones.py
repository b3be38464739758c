"""Drawing zones over the JSON interface: versions, preconditions, faults with their places."""

from copy import deepcopy

import pytest

ZONE = "/api/v1/zones/east"


@pytest.fixture
def officer(world):
    client = world.logged_in("mali")
    client.headers["X-CSRF-Token"] = client.get("/api/v1/session").json()["csrf_token"]
    return client


def test_a_zone_is_read_changed_and_its_old_version_stays(world, officer) -> None:
    read = officer.get(ZONE)
    assert (read.status_code, read.json()["version"], read.json()["origin"]) == (200, 1, "file")
    feature = deepcopy(read.json()["feature"])
    feature["properties"]["name_en"] = "East flat"
    body = {"feature": feature, "reason": "as people call it"}
    done = officer.put(ZONE, json=body, headers={"If-Match": read.headers["etag"]})
    assert done.status_code == 200
    assert (done.json()["version"], done.json()["actor"]) == (2, "mali")
    assert officer.get(ZONE).headers["etag"] == done.headers["etag"] != read.headers["etag"]
    late = officer.put(ZONE, json=body, headers={"If-Match": read.headers["etag"]})
    assert (late.status_code, late.json()["code"]) == (412, "stale_zone")
    versions = officer.get(f"{ZONE}/versions").json()["items"]
    assert [v["version"] for v in versions] == [1, 2]
    assert officer.get(f"{ZONE}/versions/1").json() == read.json()
    # what everybody sees follows at the next look
    shown = officer.get("/api/v1/zones").json()["features"]
    assert {f["id"]: f["properties"]["name_en"] for f in shown}["east"] == "East flat"
    assert world.store.verify().faults == ()


def test_a_new_zone_is_made_once_and_can_be_taken_away(officer) -> None:
    feature = deepcopy(officer.get(ZONE).json()["feature"])
    feature["properties"] |= {"zone_id": "west", "rules": []}
    body = {"feature": feature, "reason": "new buoys"}
    new = {"If-None-Match": "*"}
    made = officer.put("/api/v1/zones/west", json=body, headers=new)
    assert made.status_code == 201
    assert officer.put("/api/v1/zones/west", json=body, headers=new).status_code == 412
    tag = {"If-Match": made.headers["etag"]}
    gone = officer.post("/api/v1/zones/west/retire", json={"reason": "a mistake"}, headers=tag)
    assert (gone.status_code, gone.json()["retired"]) == (200, True)
    latest = officer.get("/api/v1/zones/versions").json()["items"]
    assert {v["zone_id"]: v["retired"] for v in latest}["west"] is True


def test_faults_are_told_with_their_place(officer) -> None:
    feature = deepcopy(officer.get(ZONE).json()["feature"])
    a, b, c, d, _ = feature["geometry"]["coordinates"][0]
    feature["geometry"]["coordinates"] = [[a, c, b, d, a]]
    checked = officer.post("/api/v1/zones/check", json={"feature": feature}).json()["faults"]
    assert [fault["code"] for fault in checked] == ["self_crossing"]
    assert checked[0]["place"] == pytest.approx([99.47, 7.245])
    tag = {"If-Match": officer.get(ZONE).headers["etag"]}
    done = officer.put(ZONE, json={"feature": feature, "reason": "x"}, headers=tag)
    assert (done.status_code, done.json()["faults"]) == (422, checked)
    good = officer.get(ZONE).json()["feature"]
    assert officer.post("/api/v1/zones/check", json={"feature": good}).json() == {"faults": []}


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({}, 428, "no_precondition"),
        ({"If-Match": "*"}, 428, "no_precondition"),
        ({"If-Match": '"1-0"'}, 428, "no_precondition"),
        ({"If-Match": '"9-0123456789ab"'}, 412, "stale_zone"),
    ],
)
def test_a_change_says_what_it_follows(officer, headers, status, code) -> None:
    body = {"feature": officer.get(ZONE).json()["feature"], "reason": "x"}
    done = officer.put(ZONE, json=body, headers=headers)
    assert (done.status_code, done.json()["code"]) == (status, code)


def test_only_officers_who_mean_it(world, officer) -> None:
    body = {"feature": officer.get(ZONE).json()["feature"], "reason": "x"}
    tag = {"If-Match": officer.get(ZONE).headers["etag"]}
    assert world.client().get(ZONE).status_code == 401
    assert world.logged_in("don").get(ZONE).status_code == 403
    assert world.logged_in("mali").put(ZONE, json=body, headers=tag).status_code == 403
    assert officer.get("/api/v1/zones/nowhere").status_code == 404
    other = officer.put("/api/v1/zones/cape", json=body, headers=tag)
    assert (other.status_code, other.json()["faults"][0]["code"]) == (422, "other_id")
