"""The frame viewer and the replay in a real browser: measuring, zooming, drawing, walking."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from detection.types import Detection, ObjectClass
from ingest.frame import Flight
from ingest.photo import read_frame
from ingest.projection import SeaView
from patrol.store import FlightLog

FLIGHT = "f" * 16
SAMPLES = sorted(
    (Path(__file__).parents[2] / "sample_flights" / "with_faults").glob("LIBONG_000*.JPG")
)[:3]


@pytest.fixture
def flown(world):
    """A world with a flight of three frames, a boat in the second."""
    frames = tuple(read_frame(path, world.site.reference) for path in SAMPLES)
    boat = Detection(
        ObjectClass.BOAT, 0.8, (500.0, 400.0, 620.0, 460.0), frames[1].sha256,
        frames[1].taken_at_utc, None, None, "e" * 64,
    )  # fmt: skip
    world.store.log_flight(
        FlightLog(
            flight=Flight(FLIGHT, frames, ()),
            sightings=(),
            detections=(boat,),
            incidents=(),
            surveyed=(),
            model_sha256="e" * 64,
            site_id=world.site.site_id,
            received_at_utc=world.clock() - timedelta(hours=1),
        )
    )
    for path in SAMPLES:
        world.media.put(path.read_bytes())
    world.frames = frames
    return world


@pytest.fixture
def viewer(flown, watch, desktop):
    seen = watch(flown, desktop, user="mali")
    seen.open(f"/desk/frames/{flown.frames[1].sha256}?lang=en")
    seen.page.locator("[data-tool=measure]").wait_for()
    return seen


def screen_place(page, x, y):
    """Where a pixel of the photo is on the screen."""
    at = page.evaluate(
        """([x, y]) => {
             const svg = document.getElementById("sheet");
             const at = new DOMPoint(x, y).matrixTransform(svg.getScreenCTM());
             return [at.x, at.y];
           }""",
        [x, y],
    )
    return at[0], at[1]


def window(page):
    return [float(side) for side in page.locator("#sheet").get_attribute("viewBox").split()]


def test_a_line_is_measured_in_metres_as_the_server_projects_it(viewer, flown):
    page, ends = viewer.page, [(300.0, 300.0), (900.0, 700.0)]
    page.keyboard.press("m")
    for end in ends:
        with page.expect_response("**/measure"):
            page.mouse.click(*screen_place(page, *end))
    page.wait_for_function("() => /Length/.test(document.getElementById('says').textContent)")
    told = page.locator("#says").inner_text()
    metres = float(re.search(r"([\d.]+) ±", told).group(1))
    frame = flown.frames[1]
    view = SeaView(frame.camera, frame.pose)
    pixels = ((900 - 300) ** 2 + (700 - 300) ** 2) ** 0.5
    assert metres == pytest.approx(pixels * view.gsd_cm_at(ends[0]) / 100, rel=0.02)
    viewer.picture("desk-frame-measured")
    viewer.assert_clean()


@pytest.mark.deep
def test_the_photo_zooms_about_the_pointer_and_moves(viewer):
    page = viewer.page
    whole = window(page)
    at = screen_place(page, 560, 430)
    page.mouse.move(*at)
    with page.expect_response("**/picture?*piece=*"):
        for _ in range(8):
            page.mouse.wheel(0, -100)
    closer = window(page)
    assert closer[2] < whole[2] / 4
    under = page.evaluate(
        """([x, y]) => {
             const svg = document.getElementById("sheet");
             const at = new DOMPoint(x, y).matrixTransform(svg.getScreenCTM().inverse());
             return [at.x, at.y];
           }""",
        list(at),
    )
    assert under == pytest.approx([560, 430], abs=1)
    page.mouse.down()
    page.mouse.move(at[0] + 100, at[1] + 50, steps=4)
    page.mouse.up()
    assert window(page)[0] < closer[0]
    page.keyboard.press("0")
    assert window(page) == whole
    page.keyboard.press("h")
    assert page.locator(".boxes").is_hidden()
    viewer.assert_clean()


@pytest.mark.deep
def test_two_fingers_zoom_on_a_phone(flown, watch, phone):
    seen = watch(flown, phone, user="mali", has_touch=True)
    seen.open(f"/desk/frames/{flown.frames[1].sha256}?lang=th")
    seen.page.locator("[data-tool=measure]").wait_for()
    whole = window(seen.page)
    seen.page.locator("#sheet").scroll_into_view_if_needed()
    box = seen.page.locator("#sheet").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    touch = seen.context.new_cdp_session(seen.page)

    def fingers(kind, apart):
        points = [{"x": x - apart, "y": y, "id": 1}, {"x": x + apart, "y": y, "id": 2}]
        touch.send(
            "Input.dispatchTouchEvent",
            {"type": kind, "touchPoints": [] if kind == "touchEnd" else points},
        )

    fingers("touchStart", 20)
    for apart in (40, 60, 80):
        fingers("touchMove", apart)
    fingers("touchEnd", 80)
    assert window(seen.page)[2] == pytest.approx(whole[2] / 4, rel=0.1)
    assert seen.overflow_px() == 0
    seen.picture("desk-frame-phone")
    seen.assert_clean()


def test_a_missed_box_is_drawn_and_a_wrong_one_corrected(viewer, flown):
    page = viewer.page
    page.locator("#draw-class").select_option("fishing_gear")
    page.locator("#draw-class").blur()
    page.keyboard.press("d")
    page.mouse.move(*screen_place(page, 200, 200))
    page.mouse.down()
    page.mouse.move(*screen_place(page, 320, 260), steps=4)
    with page.expect_navigation():
        page.mouse.up()
    (frame,) = [f for f in flown.store.labelled_flight(FLIGHT).frames if f.labels]
    (label,) = frame.labels
    assert label.object_class is ObjectClass.FISHING_GEAR
    assert label.xyxy_px == pytest.approx((200, 200, 320, 260), abs=3)
    item = page.locator("li[data-key-of-box=d0]")
    item.locator("select").select_option("dugong")
    with page.expect_navigation():
        item.locator("[data-confirm-box]").click()
    labels = flown.store.label_history(FLIGHT)
    assert {s.label.key: s.label.object_class for s in labels}["d0"] is ObjectClass.DUGONG
    viewer.assert_clean()


@pytest.mark.deep
@pytest.mark.parametrize("language", ["th", "en"])
@pytest.mark.parametrize("script", [True, False])
def test_a_photo_is_said_to_be_looked_through_on_a_phone_and_taken_back_on_a_desktop(
    flown, watch, phone, desktop, language, script
):
    sha256 = flown.frames[1].sha256
    said = []
    for what, window in (("said", phone), ("taken-back", desktop)):
        seen = watch(flown, window, user="mali", java_script_enabled=script)
        seen.open(f"/desk/frames/{sha256}?lang={language}")
        section = seen.page.locator("#review")
        with seen.page.expect_navigation():
            section.locator("form button").click()
        expect(section).to_contain_text("mali")
        assert seen.page.url.endswith("#review")
        if script:
            assert seen.overflow_px() == 0
            seen.picture(f"desk-frame-{what}-{language}")
        seen.assert_clean()
        said.append(flown.store.frame_reviews(FLIGHT)[sha256].complete)
    assert said == [True, False]


@pytest.mark.deep
def test_neighbours_are_one_key_away(viewer, flown):
    page = viewer.page
    with page.expect_navigation():
        page.keyboard.press("k")
    assert flown.frames[2].sha256 in page.url
    page.locator("[data-tool=measure]").wait_for()
    with page.expect_navigation():
        page.keyboard.press("j")
    assert flown.frames[1].sha256 in page.url


@pytest.mark.deep
def test_a_flight_is_walked_through_with_a_slider(flown, watch, desktop):
    seen = watch(flown, desktop, user="mali")
    seen.open(f"/desk/flights/{FLIGHT}?lang=en")
    page = seen.page
    page.locator("#map path.leaflet-interactive").first.wait_for(state="attached")
    # it starts where something was found
    assert page.locator("#told").inner_text().startswith("2/3")
    expect(page.locator("#boxes rect")).to_have_count(1)
    page.keyboard.press("j")
    expect(page.locator("#boxes rect")).to_have_count(0)
    page.keyboard.press("k")
    page.wait_for_function("() => document.getElementById('whole').getAttribute('href')")
    seen.picture("desk-replay")
    page.locator("#play").click()
    page.wait_for_function("() => document.getElementById('told').textContent.startsWith('3/3')")
    seen.assert_clean()


@pytest.mark.deep
@pytest.mark.parametrize("language", ["th", "en"])
def test_sea_and_weather_are_recorded_on_a_phone_and_a_desktop(
    flown, watch, phone, desktop, language
) -> None:
    page = watch(flown, phone, user="mali")
    page.open(f"/desk/flights/{FLIGHT}?lang={language}")
    section = page.page.locator("#conditions")
    section.locator("summary").click()
    section.locator("#told-sea_state").fill("3")
    section.locator("#told-source").fill("by eye")
    page.picture(f"conditions-phone-{language}")
    assert page.overflow_px() == 0
    section.locator("button").click()
    expect(page.page.locator("#conditions strong")).to_have_text("3")
    assert page.overflow_px() == 0
    page.assert_clean()
    wide = watch(flown, desktop, user="mali")
    wide.open(f"/desk/flights/{FLIGHT}?lang={language}")
    wide.page.locator("#conditions summary").click()
    wide.picture(f"conditions-desktop-{language}")
    wide.open(f"/desk/trail?lang={language}")
    wide.picture(f"trail-{language}")
    wide.assert_clean()
