"""The public pages: what they say, how they may be kept, and names meant to break them."""

import re
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, timedelta
from html.parser import HTMLParser

import cv2
import numpy as np
import pypdfium2
import pytest
from defusedxml.ElementTree import fromstring

from api.deps import Services
from api.language import Language, Reader
from api.pages import Pages
from api.public.held_statuses import HELD_FOR
from api.public.kept_files import KEPT_FILES
from api.public.words import survey_text
from patrol.status_records import StatusRecords
from patrol.zone_status import Presence
from patrol.zones import Binding, ZoneKind

DAY = date(2026, 11, 22)


class Elements(HTMLParser):
    """Collects tags, text outside scripts, and scripts of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict]] = []
        self.texts: list[str] = []
        self.scripts: list[str] = []
        self._in_script = False
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self._in_script = tag == "script"

    def handle_endtag(self, tag):
        self._in_script = False

    def handle_data(self, data):
        (self.scripts if self._in_script else self.texts).append(data)


def test_the_map_page_speaks_thai_first_and_remembers_english(world):
    client = world.client()
    thai = client.get("/")
    assert '<html lang="th">' in thai.text
    for words in ("เกาะทดสอบ", "วันนี้ 22 พ.ย. 2569", "งดเข้า", "แผนที่นี้ไม่เคยแสดงตำแหน่งของพะยูน"):
        assert words in thai.text
    english = client.get("/?lang=en")
    assert "Today, 22 Nov 2026" in english.text
    assert '<html lang="en">' in client.get("/").text
    assert '<html lang="th">' in client.get("/?lang=th").text
    assert '<html lang="th">' in client.get("/").text


def test_every_zone_is_told_in_words_without_the_map(world, make_seen):
    world.log(make_seen(zone_id="east"), surveyed_on=DAY)
    page = world.client().get("/?lang=en").text
    cards = re.findall(r"<article.*?</article>", page, re.DOTALL)
    assert [re.search('data-feature-id="(.*?)"', card)[1] for card in cards] == [
        "cape",
        "east",
        "north",
    ]
    closed, caution, calm = (" ".join(Elements(card).texts) for card in cards)
    assert "Keep out" in closed
    assert "Slow down" in caution
    assert "from 22 Nov 2026 until 7 Dec 2026" in caution
    assert "Seen lately" in caution
    assert "As usual" in calm
    assert "None seen lately" in calm
    assert "indicative, not an official boundary" in calm
    assert "drawn for the tests" in calm


def test_a_proposal_says_so_unfolded_and_its_source_in_the_readers_language(world):
    thai, english = (world.client().get(url).text for url in ("/", "/?lang=en"))
    assert thai.count("<dd>ข้อเสนอ ยังไม่มีผลทางกฎหมาย</dd>") == 3
    assert "วาดขึ้นเพื่อการทดสอบ" in thai
    assert "drawn for the tests" not in thai
    assert english.count("<dd>A proposal, not law</dd>") == 3
    assert "วาดขึ้นเพื่อการทดสอบ" not in english


def test_what_nobody_surveyed_is_said_to_be_unknown(world):
    page = world.client().get("/?lang=en").text
    assert page.count("<dd>Not surveyed</dd>") == 3
    assert page.count("<dd>Not known</dd>") == 3


def test_a_sighting_without_a_survey_is_not_called_unsurveyed(world, make_seen):
    world.log(make_seen(zone_id="east"))
    page = world.client().get("/?lang=en").text
    (east,) = re.findall(r'<article[^>]*data-feature-id="east".*?</article>', page, re.DOTALL)
    assert "Seen lately" in east
    assert "survey" not in east
    assert page.count("<dd>Not surveyed</dd>") == 2


def test_a_status_ends_by_the_site_clock(world, make_seen):
    world.log(make_seen(zone_id="east"))
    client = world.client()
    status = lambda: {  # noqa: E731 - read twice
        f["id"]: f["properties"]["status"]
        for f in client.get("/api/public/zones.geojson").json()["features"]
    }
    assert status()["east"] == "caution"
    world.clock.forward(timedelta(days=16))
    assert status()["east"] == "calm"


def test_zones_as_geojson_with_caching(world, make_seen):
    client = world.client()
    first = client.get("/api/public/zones.geojson")
    assert first.headers["content-type"] == "application/geo+json"
    assert first.headers["cache-control"].startswith("public, max-age=30")
    feature = first.json()["features"][0]
    assert feature["id"] == "east"
    assert feature["geometry"]["type"] == "Polygon"
    assert set(feature["properties"]) == {
        "name_th", "name_en", "kind", "status", "presence", "advice_th", "advice_en",
        "reason_th", "reason_en", "since", "until", "last_surveyed", "citation",
        "citation_th", "binding", "indicative",
    }  # fmt: skip
    etag = first.headers["etag"]
    again = client.get("/api/public/zones.geojson", headers={"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")
    world.log(make_seen(zone_id="east"))
    world.clock.forward(HELD_FOR)
    changed = client.get("/api/public/zones.geojson", headers={"If-None-Match": etag})
    assert changed.status_code == 200
    assert changed.headers["etag"] != etag


@pytest.mark.parametrize("url", ["/", "/nothing", "/desk"])
def test_public_requests_hold_nothing_that_leads_to_the_store(world, monkeypatch, url):
    held = []
    honest = Pages.reader

    def looking(pages, request):
        held.extend((*request.scope["state"].values(), *vars(request.app.state)["_state"].values()))
        return honest(pages, request)

    monkeypatch.setattr(Pages, "reader", looking)
    client = world.logged_in("mali") if url == "/desk" else world.client()
    client.get(url)
    assert held
    # shown on an officer's page that the look would find it
    assert any(isinstance(each, Services) for each in held) == (url == "/desk")
    assert all(isinstance(each, str) for each in held if not isinstance(each, Services))


def test_healthz_reads_nothing(world, monkeypatch):
    client = world.client()
    monkeypatch.delattr(StatusRecords, "zone_statuses")
    assert client.get("/healthz").json() == {"status": "ok"}


def test_a_site_without_zones_still_has_a_page(make_world):
    page = make_world(zones=()).client().get("/?lang=en")
    assert page.status_code == 200
    assert "No zone has been drawn yet." in page.text


@pytest.mark.parametrize("place", ["name_th", "name_en", "citation", "citation_th"])
def test_names_cannot_become_markup_or_script(make_world, make_zone, nasty, place):
    box = (99.4, 7.2, 99.5, 7.3)
    world = make_world(zones=[make_zone("odd", ZoneKind.SEAGRASS, box, **{place: nasty})])
    for url in ("/", "/?lang=en"):
        page = Elements(world.client().get(url).text)
        assert [dict(attrs).get("src") for tag, attrs in page.tags if tag == "script"] == [
            "/static/vendor/leaflet/leaflet.js",
            None,
            "/static/map.js",
            "/static/zones.js",
            "/static/position.js",
        ]
        assert not any(name.startswith("on") for _, attrs in page.tags for name in attrs)
        assert not any(attrs.get("src") == "x" for _, attrs in page.tags)
        # the map's script is given no text that a person wrote
        assert "alert(1)" not in "".join(page.scripts)
        widget = Elements(world.client().get(url.replace("/", "/widget", 1)).text)
        assert not any(tag == "script" for tag, _ in widget.tags)
    feed = world.client().get("/api/public/changes.atom")
    assert fromstring(feed.content).tag.endswith("feed")


@pytest.mark.parametrize("url", ["/", "/widget", "/login", "/nothing", "/?lang=en"])
def test_pages_name_no_other_host_and_run_no_script_but_ours(world, url):
    response = world.client().get(url)
    policy = response.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "http" not in policy
    assert "unsafe" not in policy
    nonce = re.search("'nonce-(.+?)'", policy)[1]
    page = Elements(response.text)
    for tag, attrs in page.tags:
        link = attrs.get("src") or (attrs.get("href") if tag == "link" else None)
        if link:
            assert link.startswith("/")
            assert not link.startswith("//")
        if tag == "script" and "src" not in attrs:
            assert attrs["nonce"] == nonce
        assert "style" not in attrs
        assert tag != "style"
    assert (
        nonce
        != re.search("'nonce-(.+?)'", world.client().get(url).headers["content-security-policy"])[1]
    )


@pytest.mark.parametrize(
    ("url", "caching"),
    [
        ("/", "no-cache"),
        ("/login", "no-store"),
        ("/desk", "no-store"),
        ("/api/v1/alerts", "no-store"),
        ("/nothing", "no-store"),
        ("/static/map.js", "public, max-age=3600"),
        ("/manifest.webmanifest", "no-cache"),
        ("/zones-worker.js", "no-cache"),
        ("/poster.pdf", "no-store"),
        ("/static/vendor/leaflet/leaflet.css", "public, max-age=3600"),
    ],
)
def test_headers_of_every_answer(world, url, caching):
    headers = world.client().get(url).headers
    assert headers["cache-control"] == caching
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]


def test_public_pages_are_compressed_and_those_with_tokens_are_not(world):
    client = world.logged_in("mali")
    compressed = ("/", "/report", "/api/public/zones.geojson", "/static/vendor/leaflet/leaflet.js")
    for url in (*compressed, "/ranger", "/ranger/report"):
        assert client.get(url).headers.get("content-encoding") == "gzip", url
    session = client.get("/api/v1/session").json()
    for url in ("/ranger", "/ranger/report"):
        assert session["csrf_token"] not in client.get(url).text, url
        assert session["name"] not in client.get(url).text, url
    for url in ("/login", "/desk", "/account", "/api/v1/session"):
        assert "content-encoding" not in client.get(url).headers, url


@pytest.mark.parametrize("url", ["/docs", "/redoc", "/nothing", "/static/nothing.js"])
def test_what_is_not_there_is_said_kindly(world, url):
    thai, english = world.client().get(url), world.client().get(f"{url}?lang=en")
    assert thai.status_code == english.status_code == 404
    assert "ไม่พบหน้านี้" in thai.text
    assert "There is no such page." in english.text
    assert "nothing" not in thai.text


def test_only_the_widget_may_be_framed(world):
    client = world.client()
    widget = client.get("/widget?lang=en")
    assert "frame-ancestors *" in widget.headers["content-security-policy"]
    assert "x-frame-options" not in widget.headers
    assert "Keep out" in widget.text
    for url in ("/", "/login", "/poster.pdf", "/api/public/zones.geojson", "/widget/x"):
        headers = client.get(url).headers
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-frame-options"] == "DENY"


def test_keep_out_says_in_its_chip_that_it_is_only_asked(make_world, make_zone):
    closed = make_zone("cape", ZoneKind.CLOSED, (99.46, 7.28, 99.48, 7.30))
    for binding, told in ((Binding.PROPOSAL, True), (Binding.LAW, False)):
        client = make_world(zones=[replace(closed, binding=binding)]).client()
        for url in ("/?lang=en", "/widget?lang=en"):
            (chip,) = re.findall(
                r'class="chip .*?</small>|class="chip .*?</span>$', client.get(url).text, re.M
            )
            assert ("asked, not law" in chip) == told, url


@pytest.mark.parametrize(
    ("presence", "days", "words"),
    [
        (Presence.NONE_SEEN, 0, "Surveyed today, none seen"),
        (Presence.NONE_SEEN, 1, "Surveyed yesterday (21 Nov 2026), none seen"),
        (Presence.NONE_SEEN, 6, "Not surveyed for 6 days; none seen then (16 Nov 2026)"),
        (Presence.NOT_SURVEYED, 20, "Not surveyed for 20 days"),
        (Presence.NOT_SURVEYED, 0, "Not known yet"),
        (Presence.PRESENT, 0, "Surveyed today"),
        (Presence.PRESENT, 3, "Surveyed 3 days ago (19 Nov 2026)"),
        (Presence.NOT_SURVEYED, None, "Not surveyed"),
    ],
)
def test_when_a_zone_was_surveyed_is_told_in_days(world, presence, days, words):
    (zone, *_) = world.store.zone_statuses(world.site, DAY)
    last = None if days is None else DAY - timedelta(days=days)
    zone = replace(zone, presence=presence, last_surveyed=last)
    assert survey_text(zone, DAY, Reader(Language.ENGLISH, UTC)) == words


def test_speeds_are_told_in_knots_and_kilometres(world):
    assert "no faster than 6 kn (11 km/h)" in world.client().get("/?lang=en").text
    thai = world.client().get("/").text
    assert "6 นอต (11 กม./ชม.)" in thai
    assert "ไม่ใช่กฎหมายไทย" in thai


def test_changes_are_told_by_day_in_each_format(world, make_seen):
    world.log(make_seen(zone_id="east"), surveyed_on=DAY)
    client = world.client()
    (change,) = client.get("/api/public/changes.geojson").json()["features"]
    assert change["properties"]["reason"] == "sighted"
    assert change["properties"]["since"] == "2026-11-22"
    assert change["geometry"]["type"] == "Polygon"
    atom = fromstring(client.get("/api/public/changes.atom?lang=en").content)
    (entry,) = atom.findall("{*}entry")
    assert entry.find("{*}title").text == "Zone east: Slow down"
    assert entry.find("{*}updated").text == "2026-11-22T00:00:00+07:00"
    lines = client.get("/api/public/zones.ics?lang=en").content.decode().split("\r\n")
    assert all(len(line.encode()) <= 75 for line in lines)
    assert {"DTSTART;VALUE=DATE:20261122", "DTEND;VALUE=DATE:20261208"} <= set(lines)


@pytest.mark.parametrize(
    "url",
    [
        "/api/public/zones.geojson",
        "/api/public/changes.geojson",
        "/api/public/changes.atom",
        "/api/public/zones.ics",
    ],
)
def test_open_data_may_be_kept_and_names_its_licence(world, url):
    client = world.client()
    answer = client.get(url)
    assert answer.headers["cache-control"] == (
        "public, max-age=30, stale-while-revalidate=30, stale-if-error=600"
    )
    assert answer.headers["access-control-allow-origin"] == "*"
    assert 'creativecommons.org/licenses/by/4.0/>; rel="license"' in answer.headers["link"]
    again = client.get(url, headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_the_poster_is_one_page_that_no_sighting_changes(make_world, make_seen):
    quiet, seen = make_world(), make_world()
    seen.log(make_seen(zone_id="east"), surveyed_on=DAY)
    one, other = (world.client().get("/poster.pdf") for world in (quiet, seen))
    assert one.headers["content-type"] == "application/pdf"
    assert one.content.count(b"/Type /Page\n") == 1
    assert one.content == other.content


def test_the_code_on_the_poster_leads_to_the_map(world):
    poster = world.client().get("/poster.pdf").content
    with closing(pypdfium2.PdfDocument(poster)) as pdf:
        printed = np.asarray(pdf[0].render(scale=3).to_pil())
        words = pdf[0].get_textpage().get_text_range()
    address, *_ = cv2.QRCodeDetector().detectAndDecode(printed)
    assert address.startswith("http://testserver")
    assert address in words


def test_the_start_page_can_be_installed_and_its_worker_keeps_files_that_exist(world):
    client = world.client()
    manifest = client.get("/manifest.webmanifest").json()
    assert (manifest["start_url"], manifest["scope"], manifest["display"]) == (
        "/",
        "/",
        "standalone",
    )
    worker = client.get("/zones-worker.js").text
    kept = re.findall(r'^  "(/static/.*)",$', worker, re.M)
    assert tuple(kept) == KEPT_FILES
    assert all(client.get(file).status_code == 200 for file in kept)


def test_robots_stay_out_of_the_officers_pages(world):
    robots = world.client().get("/robots.txt").text.splitlines()
    assert {"Disallow: /desk", "Disallow: /api/v1/", "Disallow: /login"} <= set(robots)
