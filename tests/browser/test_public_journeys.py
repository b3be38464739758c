"""Tour operators with a phone: what to do today, where am I, and what when the network is gone."""

import pytest
from playwright.sync_api import expect

from patrol.site import shipped_site

IN_GO_SLOW = {"longitude": 99.412, "latitude": 7.302, "accuracy": 8}  # Ban Mod Tanoi bay
ON_LAND = {"longitude": 99.50, "latitude": 7.45, "accuracy": 8}
DAY_MS = 24 * 3600 * 1000


@pytest.fixture
def shipped(make_world):
    return make_world(site=shipped_site())


@pytest.fixture
def operator(shipped, watch, phone):
    """An operator's phone that may tell its page where it is."""
    options = {"permissions": ["geolocation"], "geolocation": IN_GO_SLOW, "locale": "th-TH"}
    seen = watch(shipped, phone, **options)
    seen.page.add_init_script(
        "window.shaken = []; navigator.vibrate = (times) => Boolean(window.shaken.push(times));"
    )
    return seen


def wait_until_kept(page) -> None:
    """Wait until the worker has the page and all its files."""
    page.evaluate("navigator.serviceWorker.ready")
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    page.wait_for_function("() => caches.match('/').then((kept) => Boolean(kept))")


def test_the_advice_is_read_first_and_a_tap_on_a_zone_tells_it(operator):
    operator.open("/")
    page = operator.page
    first = page.locator(".zones .zone").first
    assert "งดเข้า" in first.locator(".chip").inner_text()
    assert "ไม่ใช่กฎหมาย" in first.locator(".chip").inner_text()
    assert page.locator(".approach").inner_text().count("11 กม./ชม.") == 1
    page.locator(".folium-map path.leaflet-interactive").first.click(force=True)
    page.locator(".leaflet-popup .zone__advice").wait_for()
    assert operator.overflow_px() == 0
    assert operator.smallest_text_px() >= 15
    operator.picture("public-th")
    operator.assert_clean()


@pytest.mark.deep
@pytest.mark.parametrize("language", ["th", "en"])
def test_the_map_cuts_no_label_and_lays_no_button_over_one(operator, language):
    operator.open(f"/?lang={language}")
    operator.page.locator(".map-label").first.wait_for()
    frame, labels, buttons = operator.page.evaluate(
        """[".folium-map", ".map-label:not([hidden])", ".leaflet-control-zoom"].map((shown) =>
             [...document.querySelectorAll(shown)].map((element) => {
               const { left, right, top, bottom } = element.getBoundingClientRect();
               return [left, right, top, bottom];
             }))"""
    )
    ((left, right, top, bottom),) = frame
    assert len(labels) >= 3
    for a, b, c, d in labels:
        assert left < a < b < right
        assert top < c < d < bottom
        assert not [1 for e, f, g, h in buttons if a < f and e < b and c < h and g < d]


@pytest.mark.deep
def test_each_status_has_its_word_sign_and_pattern_beside_its_colour(operator):
    operator.open("/?lang=en")
    told = operator.page.evaluate(
        """[...document.querySelectorAll(".tally__item")].map((item) => {
             const fill = item.querySelector("rect").getAttribute("fill");
             const shapes = `${fill.slice(4, -1)} :is(circle, rect + rect, path)`;
             const word = item.innerText.trim();
             return [fill, word, Boolean(document.querySelector(shapes))];
           })"""
    )
    assert len({fill for fill, _, _ in told}) == 3
    assert [text[0] for _, text, _ in told] == ["■", "▲", "●"]
    assert all(patterned for *_, patterned in told)
    fills = operator.page.locator(".folium-map path.leaflet-interactive").evaluate_all(
        "paths => paths.map((path) => path.getAttribute('fill'))"
    )
    assert {"url(#fill-closed)", "url(#fill-caution)", "url(#fill-calm)"} == set(fills)


@pytest.mark.deep
def test_sources_open_by_keyboard(operator):
    operator.open("/?lang=en")
    page = operator.page
    summary = page.locator(".zones summary").first
    summary.focus()
    page.keyboard.press("Enter")
    assert page.locator(".zones details[open] p").first.is_visible()


# Holds what the page asks of the service's zones back until `answerZones` says how it ends.
HOLD_ZONES = """
  const ask = window.fetch;
  const answer = new Promise((resolve) => { window.answerZones = resolve; });
  window.fetch = async (...asked) => {
    if (!String(asked[0]).endsWith("/zones.geojson")) return ask(...asked);
    const end = await answer;
    if (end === "cut short") return new Response('{"features": [');
    if (end) return ask(...asked);
    throw new TypeError("no network");
  };
"""


@pytest.mark.deep
def test_over_a_slow_network_the_phone_waits_for_the_zones(operator):
    page = operator.page
    page.add_init_script(HOLD_ZONES)
    operator.open("/?lang=en")
    page.locator("#here-button").click()
    page.wait_for_timeout(500)  # the position is there long before
    assert page.locator("#here-banner").is_hidden()
    assert page.evaluate("window.shaken") == []
    page.evaluate("window.answerZones(true)")
    banner = page.locator("#here-banner.here__banner--caution")
    banner.wait_for()
    assert "You are in: Ban Mod Tanoi bay" in banner.inner_text()


@pytest.mark.deep
def test_a_network_that_never_answers_is_told_after_a_while(operator):
    page = operator.page
    page.clock.install()
    page.add_init_script(HOLD_ZONES)
    operator.open("/?lang=en")
    page.locator("#here-button").click()
    page.wait_for_timeout(500)
    assert page.locator("#here-banner").is_hidden()
    page.clock.fast_forward(25_000)
    banner = page.locator("#here-banner.here__banner--caution")
    banner.wait_for()
    assert "The zones could not be loaded" in banner.inner_text()


@pytest.mark.deep
@pytest.mark.parametrize("end", ["false", "'cut short'"])
def test_without_network_at_all_the_phone_says_that_it_knows_no_zones(operator, end):
    page = operator.page
    page.add_init_script(HOLD_ZONES)
    operator.open("/?lang=en")
    page.locator("#here-button").click()
    page.evaluate(f"window.answerZones({end})")
    banner = page.locator("#here-banner.here__banner--caution")
    banner.wait_for()
    assert "The zones could not be loaded" in banner.inner_text()


def test_the_phone_tells_by_itself_in_which_zone_it_is(operator):
    operator.open("/?lang=en")
    sent = []
    operator.page.on(
        "request", lambda request: sent.append(request.url + (request.post_data or ""))
    )
    operator.page.locator("#here-button").click()
    banner = operator.page.locator("#here-banner.here__banner--caution")
    banner.wait_for()
    assert "You are in: Ban Mod Tanoi bay" in banner.inner_text()
    assert "Slow down" in banner.inner_text()
    assert operator.page.evaluate("window.shaken") == [[300, 150, 300]]
    operator.context.set_geolocation(ON_LAND)
    operator.page.locator("#here-banner.here__banner--calm").wait_for()
    assert "no zone" in operator.page.locator("#here-banner").inner_text()
    # once the position is known nothing leaves the phone that could carry it
    assert not any("99.4" in url or "7.30" in url for url in sent)
    operator.picture("public-here-en")
    operator.assert_clean()


@pytest.mark.deep
def test_the_screen_stays_on_while_the_phone_warns(operator):
    operator.page.add_init_script(
        """window.locks = [];
        Object.defineProperty(navigator, "wakeLock", { value: { request: async (kind) => {
          const lock = { kind, released: false, release: () => { lock.released = true; } };
          window.locks.push(lock);
          return lock;
        } } });"""
    )
    operator.open("/?lang=en")
    button = operator.page.locator("#here-button")
    button.click()
    operator.page.wait_for_function("() => window.locks.length === 1")
    button.click()
    told = "window.locks.map(({ kind, released }) => [kind, released])"
    assert operator.page.evaluate(told) == [["screen", True]]
    operator.assert_clean()


def test_offline_the_kept_page_tells_its_age_and_where_the_phone_is(operator):
    operator.open("/")
    page = operator.page
    wait_until_kept(page)
    operator.context.set_offline(True)
    page.reload()
    page.locator(".as-of--offline").wait_for()
    assert "ไม่มีสัญญาณ" in page.locator("#as-of").inner_text()
    expect(page.locator(".folium-map path.leaflet-interactive")).to_have_count(5)
    page.locator("#here-button").click()
    page.locator("#here-banner.here__banner--caution").wait_for()
    assert "อ่าวบ้านมดตะนอย" in page.locator("#here-banner").inner_text()
    page.goto(f"{operator.base_url}/?lang=en")
    assert "No network" in page.locator(".as-of--offline").inner_text()


def test_what_is_older_than_a_day_falls_back_to_slow_down(operator):
    operator.open("/?lang=en")
    page = operator.page
    wait_until_kept(page)
    expect(page.locator(".list-side .zone--calm")).to_have_count(1)
    operator.context.set_offline(True)
    # the phone's clock goes on, the kept zones do not
    operator.page.add_init_script(f"const now = Date.now; Date.now = () => now() + {3 * DAY_MS};")
    page.reload()
    page.locator(".as-of--old").wait_for()
    assert "3 days ago" in page.locator("#as-of").inner_text()
    expect(page.locator(".list-side .zone--calm")).to_have_count(0)
    assert "Not known any more: slow down" in page.locator(".list-side").inner_text()
