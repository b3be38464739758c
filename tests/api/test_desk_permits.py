"""The desk's page of permits."""

import pytest


def form(client, **fields):
    token = client.get("/api/v1/session").json()["csrf_token"]
    return {"csrf_token": token, **fields}


@pytest.fixture
def permit():
    return {
        "number": "T-1",
        "holder": "<b>ผู้ถือ</b>",
        "gear": "ลอบ",
        "first": "2026-01-01",
        "last": "2027-12-31",
        "citation": "an order",
        "zone": "cape",
    }


def test_permits_are_for_officers(world, permit):
    assert world.client().get("/desk/permits").status_code in (303, 401)
    assert world.logged_in("don").get("/desk/permits").status_code == 403
    ranger = world.logged_in("don")
    assert ranger.post("/desk/permits/add", data=form(ranger, **permit)).status_code == 403
    officer = world.logged_in("mali")
    forged = form(officer, **permit) | {"csrf_token": "x"}
    assert officer.post("/desk/permits/add", data=forged).status_code == 403
    assert world.store.verify().faults == ()


def test_an_officer_keeps_a_permit_and_takes_it_back(world, permit):
    officer = world.logged_in("mali")
    assert officer.post("/desk/permits/add", data=form(officer, **permit)).status_code == 303
    page = officer.get("/desk/permits?lang=en").text
    assert "T-1" in page
    assert "holds today" in page
    assert "&lt;b&gt;" in page
    assert "<b>ผู้ถือ" not in page
    again = officer.post("/desk/permits/add", data=form(officer, **permit))
    assert again.status_code == 409
    assert "is kept already" in again.text
    assert 'value="an order"' in again.text  # what was typed is not lost
    answer = officer.post("/desk/permits/revoke", data=form(officer, number="T-1", reason="moved"))
    assert answer.status_code == 303
    page = officer.get("/desk/permits?lang=en").text
    assert "by mali: moved" in page
    assert "holds today" not in page
    assert world.store.verify().faults == ()


def test_a_permit_in_no_zone_of_the_site_is_refused(world, permit):
    officer = world.logged_in("mali")
    answer = officer.post("/desk/permits/add", data=form(officer, **permit | {"zone": "nowhere"}))
    assert answer.status_code == 409
    assert "no zone nowhere" in answer.text
