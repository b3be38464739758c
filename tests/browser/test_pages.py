"""The pages as people meet them: a real Chromium against a real server on this machine."""

from datetime import date
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from patrol.incident import State
from patrol.site import shipped_site
from patrol.zones import ZoneKind

PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 844}


@pytest.mark.parametrize(
    ("viewport", "language", "word"),
    [(PHONE, "th", "งดเข้า"), pytest.param(DESKTOP, "en", "Keep out", marks=pytest.mark.deep)],
    ids=["phone-th", "desktop-en"],
)
def test_the_public_map_works_without_internet(make_world, watch, viewport, language, word):
    world = make_world(site=shipped_site())
    seen = watch(world, viewport)
    seen.open(f"/?lang={language}")
    zones = seen.page.locator(".folium-map path.leaflet-interactive")
    expect(zones).to_have_count(len(world.site.zones))
    fills = {zones.nth(number).get_attribute("fill") for number in range(zones.count())}
    assert {"url(#fill-caution)", "url(#fill-closed)"} <= fills
    labels = seen.page.locator(".map-label:visible").all_inner_texts()
    assert any(word in label for label in labels)
    assert seen.overflow_px() == 0
    assert seen.smallest_text_px() >= 16  # to be read in the sun
    seen.assert_clean()


@pytest.mark.deep
def test_a_tap_on_a_zone_tells_its_advice(make_world, make_zone, watch):
    world = make_world(zones=[make_zone("only", ZoneKind.CLOSED, (99.46, 7.28, 99.48, 7.30))])
    seen = watch(world, PHONE)
    seen.open("/?lang=en")
    seen.page.locator(".folium-map path.leaflet-interactive").click(force=True)
    popup = seen.page.locator(".leaflet-popup-content")
    popup.wait_for()
    text = popup.inner_text()
    for words in (
        "Zone only",
        "Keep out",
        "Please keep out of this zone",
        "Not surveyed",
        "Source",
    ):
        assert words in text
    seen.page.wait_for_timeout(500)  # the map glides until the popup fits
    seen.page.locator(".leaflet-popup-close-button").click()
    popup.wait_for(state="detached")
    seen.assert_clean()


def test_nasty_names_are_only_text(make_world, make_zone, watch, nasty):
    zone = make_zone(
        "odd", ZoneKind.CLOSED, (99.46, 7.28, 99.48, 7.30), name_th=nasty, name_en=nasty
    )
    seen = watch(make_world(zones=[zone]), DESKTOP)
    seen.open("/")
    assert nasty in seen.page.locator(".zones h3").inner_text()
    seen.page.locator(".folium-map path.leaflet-interactive").click(force=True)
    assert nasty in seen.page.locator(".leaflet-popup-content h3").inner_text()
    seen.assert_clean()


@pytest.mark.deep
def test_the_list_says_it_all_without_javascript(make_world, watch):
    seen = watch(make_world(), PHONE, java_script_enabled=False)
    seen.open("/?lang=en")
    assert seen.page.locator("noscript").inner_text().startswith("The map needs JavaScript")
    expect(seen.page.locator(".zones article")).to_have_count(3)
    assert seen.page.locator(".zones .chip >> text=Keep out").is_visible()
    seen.assert_clean()


@pytest.mark.parametrize(
    ("viewport", "language", "confirmed"),
    [(PHONE, "th", "ยืนยันแล้ว"), pytest.param(DESKTOP, "en", "Confirmed", marks=pytest.mark.deep)],
    ids=["phone-th", "desktop-en"],
)
def test_an_officer_confirms_an_alert(
    world, make_seen, jpeg_with_exif, watch, viewport, language, confirmed
):
    (incident,) = world.log(
        make_seen(crop=world.media.put(jpeg_with_exif)), surveyed_on=date(2026, 11, 22)
    ).incidents
    seen = watch(world, viewport)
    page = seen.page
    seen.open(f"/?lang={language}")
    seen.open("/desk")
    assert urlsplit(page.url).path == "/login"
    page.fill("#name", "mali")
    page.fill("#password", "gentle sea grass")
    page.click("main button")
    page.wait_for_url("**/desk")
    expect(page.locator(".row img").first).to_have_js_property("naturalWidth", 64)
    page.locator("#map path.leaflet-interactive").nth(3).wait_for(state="attached")
    assert seen.overflow_px() == 0
    page.locator(".row__link").click()
    page.fill("#note", "seen by eye")
    page.locator("#step button[value=confirmed]").click()
    expect(page.locator(".detail .alert__chips")).to_contain_text(confirmed)
    assert "seen by eye" in page.locator(".history").inner_text()
    assert seen.overflow_px() == 0
    assert world.store.incident(incident.incident_id).state is State.CONFIRMED
    page.locator(".tabs__who button").click()
    page.wait_for_url("**/login")
    seen.assert_clean()
