"""The officers' pages."""

import re

import pytest

from patrol.incident import State
from patrol.verdict import Priority
from patrol.zones import RuleName, ZoneKind


def listed(page: str) -> list[str]:
    return re.findall(r'<article class="alert [^>]*data-feature-id="(\w+)"', page)


def step_form(page: str) -> dict[str, str]:
    fields = dict(re.findall(r'name="(csrf_token|expected_version)" value="(.*?)"', page))
    return {**fields, "reason": ""}


def offered(page: str) -> list[str]:
    return re.findall(r'name="to" value="(\w+)"', page)


def test_alerts_show_crop_zone_reason_and_state(world, make_seen, jpeg_with_exif):
    crop = world.media.put(jpeg_with_exif)
    (incident,) = world.log(make_seen(crop=crop)).incidents
    officer = world.logged_in("mali")
    page = officer.get("/officer").text
    for words in (
        f"/api/v1/crops/{crop}",
        "เขต east",
        "พบพะยูนในเขตนี้",
        "ใหม่",
        "22 พ.ย. 2569 09:30 น.",
    ):
        assert words in page
    assert incident.incident_id in page
    english = officer.get("/officer?lang=en").text
    for words in ("Zone east", "A dugong was seen in this zone.", "Dugong sighted", "1 incident<"):
        assert words in english


def test_alerts_are_filtered_by_state_and_zone(world, make_seen):
    east, north, urgent = world.log(
        make_seen(zone_id="east", salt="e"),
        make_seen(zone_id="north", salt="n"),
        make_seen(zone_id="east", salt="u", priority=Priority.HIGH),
    ).incidents
    world.store.transition(
        east.incident_id,
        State.DISMISSED,
        actor="mali",
        reason="a wave",
        expected_version=1,
        at_utc=world.clock(),
    )
    officer = world.logged_in("mali")
    for query, expected in {
        "": [urgent, north],
        "?zone=north": [north],
        "?state=dismissed": [east],
        "?state=all&zone=east": [east, urgent],
        "?state=resolved": [],
        "?state=odd": [urgent, north],
    }.items():
        found = listed(officer.get(f"/officer{query}").text)
        assert sorted(found) == sorted(each.incident_id for each in expected), query
    assert listed(officer.get("/officer").text)[0] == urgent.incident_id


def test_long_lists_have_pages(world, make_seen):
    world.log(*(make_seen(salt=str(number)) for number in range(53)))
    officer = world.logged_in("mali")
    first, second = officer.get("/officer").text, officer.get("/officer?offset=50").text
    assert (len(listed(first)), len(listed(second))) == (50, 3)
    assert not set(listed(first)) & set(listed(second))
    assert "offset=50" in first
    assert "offset=0" in second


def test_confirming_from_the_page(world, make_seen):
    (incident,) = world.log(make_seen()).incidents
    officer = world.logged_in("mali")
    url = f"/officer/incidents/{incident.incident_id}"
    page = officer.get(url).text
    assert offered(page) == ["confirmed", "dismissed"]
    response = officer.post(
        f"{url}/transitions", data={**step_form(page), "to": "confirmed", "reason": "เห็นชัด"}
    )
    assert (response.status_code, response.headers["location"]) == (303, f"{url}?done=1")
    after = officer.get(response.headers["location"]).text
    assert "บันทึกแล้ว" in after
    assert "เห็นชัด" in after
    assert offered(after) == ["responding", "dismissed", "retracted"]
    assert world.store.incident(incident.incident_id).state is State.CONFIRMED


def test_a_stale_page_shows_the_conflict_and_keeps_what_was_typed(world, make_seen):
    (incident,) = world.log(make_seen()).incidents
    slow, fast = world.logged_in("mali"), world.logged_in("nid")
    url = f"/officer/incidents/{incident.incident_id}"
    slow_form, fast_form = step_form(slow.get(url).text), step_form(fast.get(url).text)
    fast.post(f"{url}/transitions", data={**fast_form, "to": "confirmed"})
    response = slow.post(
        f"{url}/transitions?lang=en",
        data={**slow_form, "to": "dismissed", "reason": "only a <log>"},
    )
    assert response.status_code == 409
    assert "Somebody else changed this incident meanwhile" in response.text
    assert "only a &lt;log&gt;</textarea>" in response.text
    assert step_form(response.text)["expected_version"] == "2"
    assert world.store.incident(incident.incident_id).state is State.CONFIRMED


def test_dismissing_without_a_reason_is_explained(world, make_seen):
    (incident,) = world.log(make_seen()).incidents
    officer = world.logged_in("mali")
    url = f"/officer/incidents/{incident.incident_id}"
    form = step_form(officer.get(url).text)
    response = officer.post(f"{url}/transitions", data={**form, "to": "dismissed"})
    assert response.status_code == 409
    assert "ต้องเขียนเหตุผล" in response.text
    assert world.store.incident(incident.incident_id).state is State.NEW


def test_a_step_from_elsewhere_is_refused(world, make_seen):
    (incident,) = world.log(make_seen()).incidents
    officer = world.logged_in("mali")
    form = {"to": "confirmed", "expected_version": "1", "csrf_token": "guessed"}
    url = f"/officer/incidents/{incident.incident_id}/transitions"
    assert officer.post(url, data=form).status_code == 403
    assert world.client().post(url, data=form).status_code == 303
    assert world.logged_in("don").post(url, data=form).status_code == 403
    assert world.store.incident(incident.incident_id).state is State.NEW


def test_a_ranger_sees_what_became_of_the_files_in_thai(world, make_seen, refused_file):
    flight = world.log(make_seen(), refused=[refused_file]).flight_id
    ranger = world.logged_in("don")
    assert flight in ranger.get("/officer/flights").text
    page = ranger.get(f"/officer/flights/{flight}").text
    for words in ("DJI_0042.JPG", "รูปไม่มีข้อมูลสถานที่ถ่าย", "รอให้โดรนจับสัญญาณ GPS"):
        assert words in page
    assert "/secret/folder" not in page
    assert "/officer/incidents/" not in page
    assert "/officer/incidents/" in world.logged_in("mali").get(f"/officer/flights/{flight}").text


@pytest.mark.parametrize("url", ["/officer/incidents/nothing", "/officer/flights/nothing"])
def test_unknown_ids_are_said_kindly(world, url):
    response = world.logged_in("mali").get(f"{url}?lang=en")
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
    for url in ("/officer", f"/officer/incidents/{incident.incident_id}", "/officer?lang=en"):
        page = officer.get(url).text
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert page.count("</script>") == 3
