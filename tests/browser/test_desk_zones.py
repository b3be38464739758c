"""Zones drawn at the desk: a new version over the old one, faults shown where they are."""

import pytest
from playwright.sync_api import expect


@pytest.fixture
def drawing(world, watch, desktop):
    seen = watch(world, desktop, user="mali")
    seen.open("/desk/zones?lang=en")
    seen.page.locator("#zone option").nth(3).wait_for(state="attached")
    return seen


def choose(seen, zone_id):
    seen.page.locator("#zone").select_option(zone_id)
    seen.page.locator("#versions li").first.wait_for()


def test_a_moved_corner_makes_a_new_version(drawing, world):
    page = drawing.page
    choose(drawing, "north")
    corners = page.locator(".corner")
    expect(corners).to_have_count(4)
    box = corners.first.bounding_box()
    page.mouse.move(box["x"] + 11, box["y"] + 11)
    page.mouse.down()
    page.mouse.move(box["x"] + 31, box["y"] + 21, steps=4)
    page.mouse.up()
    expect(corners).to_have_count(4)
    page.locator("#reason").fill("a buoy was moved")
    drawing.picture("desk-zones")
    page.locator("#zone-form .button--main").click()
    page.wait_for_function(
        "() => document.getElementById('says').textContent.includes('version 2')"
    )
    first, second = world.store.zones.history(world.site.site_id, "north")
    assert (second.actor, second.reason) == ("mali", "a buoy was moved")
    before, after = (list(each.zone.area.exterior.coords)[:4] for each in (first, second))
    moved = [one for one in after if one not in before]
    assert len(moved) == 1
    assert after[0] != before[0]
    expect(page.locator("#versions li")).to_have_count(2)
    drawing.assert_clean()


def test_an_outline_that_crosses_itself_is_shown_where(drawing, world):
    page = drawing.page
    choose(drawing, "north")
    page.locator("#corners-box summary").click()
    page.locator("#corners").fill("99.38, 7.29\n99.43, 7.32\n99.43, 7.29\n99.38, 7.32")
    page.locator("#take-corners").click()
    page.locator("#check").click()
    page.locator("#faults li").first.wait_for()
    assert len(world.store.zones.history(world.site.site_id, "north")) == 1
    drawing.assert_clean()


def test_who_was_slower_is_refused_and_keeps_the_drawing(drawing, world):
    page = drawing.page
    choose(drawing, "north")
    officer = world.logged_in("nid")
    token = officer.get("/api/v1/session").json()["csrf_token"]
    read = officer.get("/api/v1/zones/north")
    body = {"feature": read.json()["feature"], "reason": "first"}
    body["feature"]["properties"]["name_en"] = "The other name"
    officer.put(
        "/api/v1/zones/north",
        json=body,
        headers={"If-Match": read.headers["etag"], "X-CSRF-Token": token},
    )
    page.locator("#name_en").fill("My name")
    page.locator("#reason").fill("second")
    page.locator("#zone-form .button--main").click()
    page.wait_for_function(
        "() => document.getElementById('says').textContent.startsWith('Not saved')"
    )
    assert page.locator("#name_en").input_value() == "My name"
    assert len(world.store.zones.history(world.site.site_id, "north")) == 2


def test_rangers_draw_no_zones(world):
    assert world.logged_in("don").get("/desk/zones").status_code == 403
