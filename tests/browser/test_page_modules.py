"""What pages ask for ahead is what a real browser then needs: no module less, and none more."""

import re

import pytest

# a browser for every page; tests/api/test_module_graph.py reads what is imported from the files
pytestmark = pytest.mark.deep

PRELOAD = re.compile(r'\s*<link rel="modulepreload" href="([^"]+)">')
# no module; the map of a form's place adds it by itself once it runs
LEAFLET = "/static/vendor/leaflet/leaflet.js"
SCRIPT = re.compile(r'<script (?:type="module" )?src="([^"]+)">')


def loaded_without_preloads(world, watch, phone, place) -> tuple[list[str], set[str], set[str]]:
    """Open a page whose preloads were cut out; return them, its scripts, and what was loaded."""
    seen = watch(world, phone, user=place.user, service_workers="block")
    address, told, loaded = seen.base_url + place.path, [], set()

    def cut(route) -> None:
        answer = route.fetch()
        told.append(answer.text())
        route.fulfill(response=answer, body=PRELOAD.sub("", told[0]))

    seen.page.route(address, cut)
    seen.page.on("request", lambda asked: asked.resource_type == "script" and loaded.add(asked.url))
    seen.open(place.path)  # until all modules have run
    seen.context.close()
    loaded = {url.removeprefix(seen.base_url) for url in loaded}
    return PRELOAD.findall(told[0]), set(SCRIPT.findall(told[0])), loaded


def test_each_page_asks_ahead_for_the_modules_that_it_imports(every_page, watch, phone):
    world, places = every_page
    counts = {}
    for place in {place.path: place for place in places}.values():
        preloads, scripts, loaded = loaded_without_preloads(world, watch, phone, place)
        assert len(preloads) == len(set(preloads)), place.name
        assert set(preloads) | scripts - {LEAFLET} == loaded - {LEAFLET}, place.name
        assert not set(preloads) & scripts, place.name
        counts[place.path] = len(preloads)
    asking = {path for path, count in counts.items() if count}
    assert asking >= {"/ranger", "/ranger/report", "/report", "/login", "/desk", "/desk/zones"}


def test_the_page_itself_asks_for_all_modules_at_once(every_page, watch, phone):
    """None is asked for by a module that had to come first: one way to the server, not six."""
    world, _ = every_page
    seen = watch(world, phone, user="don")
    asked_by = {}
    devtools = seen.context.new_cdp_session(seen.page)
    devtools.on(
        "Network.requestWillBeSent",
        lambda asked: asked_by.setdefault(asked["request"]["url"], asked["initiator"]["type"]),
    )
    devtools.send("Network.enable")
    seen.open("/ranger")
    seen.page.locator("#ours").wait_for()
    modules = {url: by for url, by in asked_by.items() if "/static/" in url and ".js" in url}
    assert len(modules) > 10
    assert set(modules.values()) == {"parser"}
    seen.assert_clean()


@pytest.mark.parametrize(
    ("path", "late"), [("/ranger", "totals.js"), ("/ranger/report", "place.js")]
)
def test_who_is_here_is_asked_while_other_modules_are_on_their_way(
    every_page, watch, phone, path, late
):
    world, _ = every_page
    seen = watch(world, phone, user="don", service_workers="block")
    held = []
    seen.page.route(f"**/static/ranger/{late}", lambda route: held.append(route))
    with seen.page.expect_request("**/api/v1/session"):
        seen.page.goto(seen.base_url + path, wait_until="commit")
    seen.page.wait_for_timeout(200)
    assert len(held) == 1
    assert seen.page.locator("#ours").is_hidden()
    held[0].continue_()
    seen.page.locator("#ours").wait_for()
