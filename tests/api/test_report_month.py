"""The monthly report as page, PDF and CSV, in both languages, for officers alone."""

import csv
import io
import re
from dataclasses import replace
from datetime import timedelta

import pytest
import shapely

from detection.types import ObjectClass
from ingest.lonlat import LonLat
from patrol.effort import DayEffort, SeaEffort, ZoneEffort
from patrol.incident import State
from patrol.zones import RuleName


@pytest.fixture
def reported(world, make_seen, monkeypatch):
    """A world in November 2026 with one confirmed dugong and one boat, and effort in the east."""
    area = shapely.box(99.45, 7.22, 99.47, 7.25)
    day = world.clock().date()
    effort = DayEffort(
        day=day,
        frames=40,
        usable_frames=36,
        flown_km=7.5,
        minutes=30.0,
        sea=SeaEffort(8.0, 6.0, 5.0),
        zones=(ZoneEffort("east", 24.0, SeaEffort(8.0, 6.0, 5.0)),),
        usable_area=area,
        ashore=2,
    )
    log = world.store.log_flight
    monkeypatch.setattr(
        world.store, "log_flight", lambda flight: log(replace(flight, efforts=(effort,)))
    )
    boat = make_seen(
        object_class=ObjectClass.BOAT,
        rule=RuleName.BOAT_IN_CLOSED_ZONE,
        zone_id="cape",
        position=LonLat(99.47, 7.29),
    )
    logged = world.log(make_seen(), boat)
    dugong = next(i for i in logged.incidents if i.rule is RuleName.DUGONG_SIGHTING)
    world.store.transition(
        dugong.incident_id,
        State.CONFIRMED,
        actor="mali",
        reason="clear",
        expected_version=None,
        at_utc=world.clock() + timedelta(minutes=12),
    )
    return world


@pytest.mark.parametrize(
    ("lang", "texts"),
    [
        ("th", ["รายงานประจำเดือน พฤศจิกายน 2569", "ยังไม่ได้กำหนด", "สำรวจที่ใดบ้าง", "12 นาที"]),
        (
            "en",
            ["Monthly report, November 2026", "not set", "Where the sea was looked at", "12 min"],
        ),
    ],
)
def test_the_page(reported, lang, texts) -> None:
    page = reported.logged_in("mali").get(f"/desk/reports/2026-11?lang={lang}")
    assert page.status_code == 200
    for text in texts:
        assert text in page.text
    assert "0.17 (0.00–0.93)" in page.text  # 1 on 6 km²: Garwood's 0.0253 and 5.572
    assert "<dd>0.50</dd>" in page.text  # half an hour in the air
    assert "99.467" not in page.text
    assert "style=" not in page.text


def test_this_month_is_led_to_and_others_are_linked(reported) -> None:
    client = reported.logged_in("mali")
    led_to = client.get("/desk/reports").headers["location"]
    assert led_to == "/desk/reports/2026-11"
    assert client.get("/desk/reports?lang=en").headers["location"] == f"{led_to}?lang=en"
    assert 'href="/desk/reports/2026-12"' not in client.get("/desk/reports/2026-11").text
    old = client.get("/desk/reports/2026-10?lang=en")
    assert 'href="/desk/reports/2026-11"' in old.text
    assert "Not surveyed" in old.text


@pytest.mark.parametrize("lang", ["th", "en"])
def test_the_pdf_has_text_and_pages(reported, lang) -> None:
    answer = reported.logged_in("mali").get(f"/desk/reports/2026-11.pdf?lang={lang}")
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    assert answer.content.count(b"/Type /Page\n") >= 2
    assert len(answer.content) < 400_000
    again = reported.logged_in("mali").get(f"/desk/reports/2026-11.pdf?lang={lang}")
    assert again.content == answer.content


def test_the_csv_opens_in_excel_with_thai(reported) -> None:
    answer = reported.logged_in("mali").get("/desk/reports/2026-11.csv")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    told = {(row["month"], row["zone"], row["measure"]): row for row in rows}
    assert told["2026-11", "", "sea_usable"]["value"] == "6.0"
    assert told["2026-11", "", "dugong_sightings"]["value"] == "1"
    rate = told["2026-11", "east", "dugong_sightings_rate"]
    assert (rate["value"], rate["low_95"]) == ("0.166667", "0.00422")
    assert rate["zone_th"] == "เขต east"
    assert told["2026-11", "north", "dugongs"]["value"] == "not_surveyed"
    assert told["2026-11", "", "drone_cost"]["value"] == ""
    assert not any("99.46" in cell for row in rows for cell in row.values())


@pytest.mark.parametrize("path", ["", "/2026-11", "/2026-11.pdf", "/2026-11.csv"])
def test_reports_are_for_officers(reported, path) -> None:
    assert reported.client().get(f"/desk/reports{path}").status_code == 303
    assert reported.logged_in("don").get(f"/desk/reports{path}").status_code == 403


@pytest.mark.parametrize("month", ["2026-13", "2569-11", "nov", "2026-1", "2026-11-01"])
def test_other_months_are_not_found(reported, month) -> None:
    assert reported.logged_in("mali").get(f"/desk/reports/{month}").status_code == 404


def test_lines_of_charts_cross_no_name(reported) -> None:
    """A name stands over its bar, and the lines of the scale pass through the bar alone."""
    page = reported.logged_in("mali").get("/desk/reports/2026-11?lang=th").text
    charts = re.findall(r'<figure class="report-chart">.*?</figure>', page, re.DOTALL)
    assert charts
    for chart in charts:
        names = [int(y) for y in re.findall(r'chart__label" x="0" y="(\d+)"', chart)]
        lines = [
            (int(a), int(b)) for a, b in re.findall(r'y1="(\d+)" x2="[\d.]+" y2="(\d+)"', chart)
        ]
        assert len(lines) > len(names) > 0
        # a Thai name reaches 14 above its line of writing, and 4 below
        assert not [1 for y in names for top, end in lines if top < y + 4 and end > y - 14]
