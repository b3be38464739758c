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


def says(page, text):
    expect(page.locator("#says")).to_contain_text(text)


def draw(page, corners):
    page.locator("#corners").fill(corners)
    page.locator("#take-corners").click()


def keep(page, reason):
    page.locator("#reason").fill(reason)
    page.locator("#zone-form .button--main").click()


@pytest.mark.deep
def test_parts_holes_and_times_become_a_version_and_are_undone(drawing, world):
    page = drawing.page
    choose(drawing, "north")
    page.locator("#corners-box summary").click()
    page.locator("#add-hole").click()
    draw(page, "99.40, 7.30\n99.41, 7.30\n99.41, 7.31\n99.40, 7.31")
    page.locator("#add-part").click()
    draw(page, "99.44, 7.29\n99.45, 7.29\n99.45, 7.30\n99.44, 7.30\n99.46, 7.33")
    page.locator("#back").click()  # the last drawing is undone
    draw(page, "99.44, 7.29\n99.45, 7.29\n99.45, 7.30\n99.44, 7.30")
    expect(page.locator("#rings option")).to_have_text(["Part 1", "Part 1 · hole 1", "Part 2"])
    for box in page.locator(".when summary").all():
        box.click()
    page.locator("#add-season").click()
    first_day, first_month, last_day, last_month = page.locator("#seasons select").all()
    first_day.select_option("5")
    first_month.select_option("11")
    last_day.select_option("30")
    last_month.select_option("04")
    page.locator("#add-hours").click()
    page.locator("#hours input").first.fill("18:00")
    page.locator("#hours input").last.fill("06:30")
    page.locator("#tide_below").fill("0.5")
    page.locator("#knots").fill("5")
    expect(page.locator("#kmh")).to_have_text("9")
    page.locator("#speed_citation").fill("a meeting of boatmen")
    drawing.picture("desk-zones-times")
    keep(page, "the channel was marked")
    says(page, "version 2")
    zone = world.store.zones.history(world.site.site_id, "north")[-1].zone
    assert [len(part.interiors) for part in zone.area.geoms] == [1, 0]
    assert [(str(s.first), str(s.last)) for s in zone.seasons] == [("11-05", "04-30")]
    assert [f"{h.first:%H:%M}-{h.last:%H:%M}" for h in zone.hours] == ["18:00-06:30"]
    assert (zone.tide.above_m, zone.tide.below_m) == (None, 0.5)
    assert (zone.advised_speed.knots, zone.advised_speed.citation) == (5, "a meeting of boatmen")
    expect(page.locator("#seasons select").first).to_have_value("5")  # read back as it was kept
    page.locator("#undo").click()
    says(page, "version 3")
    before, _, now = world.store.zones.history(world.site.site_id, "north")
    assert now.sha256 == before.sha256
    expect(page.locator("#rings option")).to_have_text(["Part 1"])
    drawing.assert_clean()


@pytest.mark.deep
def test_a_zone_taken_away_is_brought_back(drawing, world):
    page = drawing.page
    choose(drawing, "north")
    page.locator("#reason").fill("the buoys are gone")
    page.locator("#retire").click()
    says(page, "Taken away")
    page.locator("#zone").select_option("north")
    says(page, "was taken away")
    keep(page, "the buoys are back")
    says(page, "version 3")
    assert [z.zone_id for z in world.store.zones.in_force(world.site).zones].count("north") == 1
    drawing.assert_clean()


@pytest.mark.deep
def test_a_drawing_survives_a_reload_and_another_zone(drawing):
    page = drawing.page
    choose(drawing, "north")
    page.locator("#name_en").fill("A new name")
    page.locator("#zone").select_option("east")
    expect(page.locator("#name_en")).to_have_value("Zone east")
    page.reload()
    page.locator("#zone option").nth(3).wait_for(state="attached")
    page.locator("#zone").select_option("north")
    expect(page.locator("#name_en")).to_have_value("A new name")
    says(page, "not kept")
    page.locator("#discard").click()
    expect(page.locator("#name_en")).to_have_value("Zone north")
    drawing.assert_clean()


@pytest.mark.deep
def test_an_outline_that_crosses_itself_is_shown_where(drawing, world):
    page = drawing.page
    choose(drawing, "north")
    page.locator("#corners-box summary").click()
    page.locator("#corners").fill("99.38, 7.29\n99.43, 7.32\n99.43, 7.29\n99.38, 7.32")
    page.locator("#take-corners").click()
    page.locator("#check").click()
    expect(page.locator("#faults li").first).to_contain_text("crosses")
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
