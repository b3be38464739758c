"""What every page and answer must carry, whoever asks: nothing runs or loads that is not ours."""

import re
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from fastapi.routing import APIRoute
from starlette.routing import compile_path

from patrol.site import shipped_site

ENDLESS = "/api/v1/events"
STANDS_FOR = {
    "{zone_id}": "east",
    "{number}": "1",
    "{sha256}": "0" * 64,
    "{month}": "2026-11",
    "{kind}": "pdf",
}
# attributes by which a page makes the browser fetch, or run
_FETCHES = {
    ("script", "src"),
    ("link", "href"),
    ("img", "src"),
    ("image", "href"),
    ("form", "action"),
}
_FETCHES |= {("iframe", "src"), ("source", "src"), ("video", "src"), ("object", "data")}


class Reading(HTMLParser):
    """A page's scripts, inline code and what it fetches."""

    def __init__(self) -> None:
        super().__init__()
        self.nonces, self.inline, self.fetched = [], [], []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        kind = given.get("type", "")
        if tag == "script" and "src" not in given and kind != "application/json":
            self.nonces.append(given.get("nonce"))
        for name, value in attrs:
            if (
                name.startswith("on")
                or name == "style"
                or (value or "").strip().lower().startswith("javascript:")
            ):
                self.inline.append((tag, name, value))
            if (tag, name) in _FETCHES and value:
                self.fetched.append(value)


def routes(app, seen=()):
    """Every address that can be asked for with GET."""
    for route in app.routes:
        if isinstance(route, APIRoute) and "GET" in route.methods and route.path != ENDLESS:
            yield route.path
        inner = getattr(route, "original_router", None)
        if inner is not None:
            yield from routes(inner)


@pytest.mark.parametrize("user", [None, "don", "mali", "nid"])
def test_nothing_runs_or_loads_that_is_not_ours(world, make_seen, user):
    logged = world.log(make_seen())
    stands_for = STANDS_FOR | {
        "{incident_id}": logged.incidents[0].incident_id,
        "{flight_id}": logged.flight_id,
    }
    client = world.client() if user is None else world.logged_in(user)
    paths = sorted(set(routes(world.app)))
    assert {"/", "/desk", "/login", "/account", "/ranger", "/report", "/widget"} <= set(paths)
    pages = 0
    for path in paths:
        for name, value in stands_for.items():
            path = path.replace(name, value)
        path = re.sub(r"\{\w+\}", "nothing", path)
        answer = client.get(path)
        headers = answer.headers
        policy = headers["content-security-policy"]
        assert "unsafe" not in policy, path
        assert "default-src 'none'" in policy, path
        assert not re.search(r"https?:|\*", policy.replace("frame-ancestors *", "")), path
        assert headers["x-content-type-options"] == "nosniff", path
        assert headers["referrer-policy"] == "same-origin", path
        assert "server" not in headers, path
        for cookie in headers.get_list("set-cookie"):
            assert "HttpOnly" in cookie, (path, cookie)
            assert "SameSite=" in cookie, (path, cookie)
        if not headers.get("content-type", "").startswith("text/html"):
            continue
        pages += 1
        page = Reading()
        page.feed(answer.text)
        (nonce,) = re.findall(r"'nonce-([^']+)'", policy)
        assert set(page.nonces) <= {nonce}, path
        assert page.inline == [], path
        elsewhere = [each for each in page.fetched if re.match(r"(https?:)?//", each)]
        assert elsewhere == [], path
    assert pages >= 6  # for strangers most addresses lead to the login


# what is no page of its own: files, pieces of pages, and addresses that lead elsewhere
NO_PAGES = {
    "/desk/incidents/{incident_id}/evidence.zip",
    "/desk/map.json",
    "/desk/parts/detail/{incident_id}",
    "/desk/parts/list",
    "/desk/parts/row/{incident_id}",
    "/desk/reports",
    "/desk/reports/{month}.csv",
    "/desk/reports/{month}.pdf",
    "/healthz",
    "/manifest.webmanifest",
    "/officer",
    "/officer/flights",
    "/officer/flights/{flight_id}",
    "/officer/incidents/{incident_id}",
    "/poster.pdf",
    "/ranger/app.webmanifest",
    "/ranger/service_worker.js",
    "/ranger/service_worker_module.js",
    "/report/follow",
    "/robots.txt",
    "/zones-worker.js",
}


def test_every_page_is_looked_over_for_those_who_see_or_move_little(make_world, whole_site):
    """A page that is new is put among those of tests/browser/whole_site.py, for axe to look at."""
    world = make_world(site=shipped_site())
    whole_site.fill(world)
    looked_at = {urlsplit(place.path).path for place in whole_site.places(world)}
    missing = []
    for path in sorted(set(routes(world.app))):
        is_asked_for, _, _ = compile_path(path)
        if path.startswith(("/api/", "/openapi")) or path in NO_PAGES:
            continue
        if not any(is_asked_for.match(each) for each in looked_at):
            missing.append(path)
    assert missing == []
    assert set(routes(world.app)) >= NO_PAGES


def test_what_is_no_page_is_none(world, make_seen):
    """Nothing hides from the test above: what these answer an officer is no whole page."""
    logged = world.log(make_seen())
    officer = world.logged_in("mali")
    for path in NO_PAGES:
        path = path.replace("{incident_id}", logged.incidents[0].incident_id)
        path = path.replace("{flight_id}", logged.flight_id).replace("{month}", "2026-11")
        answer = officer.get(path)
        is_page = answer.status_code == 200 and "<html" in answer.text[:300].lower()
        assert not is_page, path
