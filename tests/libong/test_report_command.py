"""`libong report`, `flights show` and `zones changes` on a store with two logged flights."""

import json
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import shapely
from typer.testing import CliRunner

from detection.types import Detection, ObjectClass, Sighting
from ingest.frame import Flight
from ingest.lonlat import LonLat
from libong.cli.main import app
from patrol.effort import DayEffort, SeaEffort, ZoneEffort
from patrol.flight_log import FlightLog
from patrol.incident import State, open_incidents
from patrol.rules import judge
from patrol.site import shipped_site
from patrol.store import Store

IN_CHANNEL = LonLat(99.402, 7.285)


@pytest.fixture
def house(tmp_path, monkeypatch):
    """A data folder with a flight of the day before yesterday whose dugong an officer confirmed."""
    monkeypatch.setenv("LIBONG_DATA_DIR", str(tmp_path))
    site = shipped_site()
    noon = datetime.now(UTC).replace(hour=5, minute=0, second=0, microsecond=0)  # of Trang
    at = noon - timedelta(days=2)
    day = at.astimezone(site.reference.timezone).date()
    box = Detection(
        ObjectClass.DUGONG, 0.6, (1.0, 1.0, 9.0, 9.0), "a" * 64, at, IN_CHANNEL, 4.0, "e" * 64
    )
    seen = Sighting("s1", "f1", ObjectClass.DUGONG, 0.6, IN_CHANNEL, 4.0, at, at, (box,), box)
    effort = DayEffort(
        day, 20, 18, 3.2, 12.0, SeaEffort(0.9, 0.8, 0.7),
        (ZoneEffort("hat_yao_channel", 6.7, SeaEffort(0.9, 0.8, 0.7)),),
        shapely.box(99.401, 7.28, 99.41, 7.289), 2,
    )  # fmt: skip
    with closing(Store(f"sqlite:///{tmp_path}/libong.sqlite3")) as store:
        store.migrate()
        store.zones.follow_file(site, at)
        log = FlightLog(
            Flight("f1", (), ()), (seen,), (box,), open_incidents(judge([seen], site), [seen], {}),
            (), "e" * 64, site.site_id, at, (effort,),
        )  # fmt: skip
        store.log_flight(log)
        store.log_flight(
            replace(log, flight=Flight("f0", (), ()), sightings=(), detections=(), incidents=(),
                    efforts=())
        )  # fmt: skip
        (incident,) = store.incidents()
        store.transition(
            incident.incident_id, State.CONFIRMED, actor="mali", reason="clear",
            expected_version=None, at_utc=at + timedelta(minutes=5),
        )  # fmt: skip
    return day, incident.incident_id


def run(*words):
    result = CliRunner().invoke(app, list(words), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.mark.parametrize("lang", ["th", "en"])
def test_a_report_is_written(house, tmp_path, lang) -> None:
    day, _ = house
    out = tmp_path / "reports" / lang
    told = json.loads(run("report", f"{day:%Y-%m}", "--out", str(out), "--lang", lang, "--json"))
    assert {path.name for path in out.iterdir()} == {
        f"koh_libong-{day:%Y-%m}-{lang}.pdf",
        f"koh_libong-{day:%Y-%m}-{lang}.html",
        f"koh_libong-{day:%Y-%m}.csv",
    }
    assert Path(told["pdf"]).read_bytes().startswith(b"%PDF-")
    table = Path(told["csv"]).read_text(encoding="utf-8-sig")
    assert f"{day:%Y-%m},,,,sea_usable,0.8,,,km2\n" in table


def test_a_wrong_month_is_told(house) -> None:
    result = CliRunner().invoke(app, ["report", "2569-11"])
    assert "2026-11" in str(result.exception)


def test_a_flight_is_shown_with_its_effort(house) -> None:
    day, _ = house
    told = json.loads(run("flights", "show", "f1", "--json"))
    (effort,) = told["effort"]
    assert (effort["day"], effort["usable_km2"], effort["ashore"]) == (day.isoformat(), 0.8, 2)
    assert effort["zones"][0] == {
        "zone": "hat_yao_channel",
        "zone_km2": 6.7,
        "seen_km2": 0.9,
        "usable_km2": 0.8,
        "effective_km2": 0.7,
    }
    text = run("flights", "show", "f1")
    assert "11.9%" in text
    assert "2 finds" in text
    assert "earlier version" in run("flights", "show", "f0")


def test_zone_changes_are_told_with_their_cause(house) -> None:
    day, incident_id = house
    (change,) = json.loads(run("zones", "changes", "--json"))
    assert change == {
        "zone": "hat_yao_channel",
        "status": "caution",
        "since": day.isoformat(),
        "until": (day + timedelta(days=15)).isoformat(),
        "reason": "sighted",
        "incidents": [incident_id],
    }
    assert incident_id in run("zones", "changes")
    assert date.fromisoformat(change["since"]) == day
