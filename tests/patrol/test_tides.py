"""Tide tables that were imported, and constants of a site's file."""

import json
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from typer.testing import CliRunner

import patrol.site
from ingest.tide import UNKNOWN_TIDES, TideError
from libong.cli.main import app
from patrol.site import load_site
from patrol.tide_doubts import TideAnswer, tide_answers
from patrol.tide_history import read_tide_table
from patrol.verdict import Certainty
from patrol.zone_file import SiteFileError
from patrol.zone_times import Holds, TideRange

SHIPPED = Path(patrol.site.__file__).parent / "sites" / "koh_libong"
BANGKOK = ZoneInfo("Asia/Bangkok")
AT = datetime(2026, 3, 2, tzinfo=UTC)
CSV = "time,height\n2026-03-01 05:00,3.5\n2026-03-01 11:00,0.5\n2026-03-01T17:30+07:00,3.0\n"


def read(text: str, mean_m: float = 2.0):
    return read_tide_table(text, timezone=BANGKOK, mean_m=mean_m, sigma_m=0.2, citation="a table")


def test_a_table_is_read_in_local_time_above_the_mean() -> None:
    made = read(f"\ufeff{CSV}\n")
    assert made.readings[0] == (datetime(2026, 2, 28, 22, tzinfo=UTC), 1.5)
    assert [round(height, 3) for _, height in made.readings] == [1.5, -1.5, 1.0]
    assert made.at(datetime(2026, 3, 1, 1, tzinfo=UTC)).above_mean_m == pytest.approx(0)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "two lines or more; got 0"),
        ("2026-03-01 05:00,1\n", "two lines or more; got 1"),
        ("2026-03-01 05:00,1\n1 March,2\n", "line 2: a time like"),
        ("2026-03-01 05:00,1\n2026-03-01 06:00,high\n", "line 2: a time like"),
        ("2026-03-01 05:00,1\n2026-03-01 06:00\n", "line 2: a time and a height are needed"),
        ("2026-03-01 05:00,1\n2026-03-01 06:00,nan\n", "line 2: .*is no tide"),
        ("2026-03-01 05:00,1\n2026-03-01 06:00,350\n", r"line 2: \+348\.00 m from the mean"),
        ("2026-03-01 05:00,1\n2026-03-01 05:00,2\n", "does not follow"),
        ("".join(f"2026-03-01 05:00,{n % 2}\n" for n in range(20_001)), "at most 20000 lines"),
    ],
)
def test_a_broken_table_names_its_line(text, fault) -> None:
    with pytest.raises(TideError, match=fault):
        read(text)


def test_an_imported_table_holds_before_older_ones_and_is_in_the_ledger(store, site) -> None:
    moment = datetime(2026, 3, 1, 1, tzinfo=UTC)
    assert store.tides.in_force(site) == site
    assert site.reference.tides.at(moment) is None  # none is shipped
    store.tides.add(site.site_id, read(CSV), "mali", AT)
    store.tides.add(site.site_id, read(CSV, mean_m=1.0), "nid", AT + timedelta(days=1))
    newest, older = store.tides.tables(site.site_id)
    assert (newest.actor, older.actor, older.table) == ("nid", "mali", read(CSV))
    assert store.tides.in_force(site).reference.tides.at(moment).above_mean_m == pytest.approx(1)
    assert store.tides.in_force(replace(site, site_id="elsewhere")).reference == site.reference
    report = store.verify()
    assert (report.events, report.faults) == (2, ())


def test_flights_that_were_judged_without_a_table_are_counted(store, site, make_log) -> None:
    table = read(CSV)
    assert store.tides.flights_before(site.site_id, table) == 0
    store.log_flight(make_log())
    assert store.tides.flights_before(site.site_id, table) == 1
    days_later = tuple((time + timedelta(days=2), metres) for time, metres in table.readings)
    assert store.tides.flights_before(site.site_id, replace(table, readings=days_later)) == 0
    assert store.tides.flights_before("elsewhere", table) == 0


@pytest.mark.parametrize(
    ("below_m", "hour_utc", "holds"),
    [
        (0.0, 22, Holds.NO),  # high water, 1.5 m above the mean
        (2.0, 22, Holds.YES),
        (1.5, 22, Holds.UNKNOWN),
        (0.0, 20, None),  # before the table begins
    ],
)
def test_what_waited_for_a_tide_is_named_with_what_the_table_says(
    site, make_incident, below_m, hour_utc, holds
) -> None:
    low = replace(site.zones[0], tide=TideRange(None, below_m))
    reference = replace(site.reference, tides=replace(UNKNOWN_TIDES, tables=(read(CSV),)))
    place = replace(site, zones=(low, *site.zones[1:]), reference=reference)
    waiting = make_incident(
        zone_id=low.zone_id,
        certainty=Certainty.UNKNOWN,
        occurred_at_utc=datetime(2026, 2, 28, hour_utc, tzinfo=UTC),
    )
    others = (
        replace(waiting, certainty=Certainty.INSIDE),
        replace(waiting, zone_id=site.zones[1].zone_id),
        replace(waiting, zone_id=None),
    )
    answers = list(tide_answers((waiting, *others), place))
    assert answers == ([] if holds is None else [TideAnswer(waiting, holds)])


@pytest.mark.parametrize(
    ("actor", "changes", "fault"),
    [
        (" ", {}, "needs a name"),
        ("mali", {"citation": ""}, "needs a source"),
        ("mali", {"sigma_m": 0.0}, "above 0 m"),
    ],
)
def test_a_table_without_a_source_is_not_kept(store, site, actor, changes, fault) -> None:
    with pytest.raises(TideError, match=fault):
        store.tides.add(site.site_id, replace(read(CSV), **changes), actor, AT)
    assert store.verify().events == 0


TIDE = """
[tide]
sigma_m = 0.2
citation = "made up for a test"
constituents = [{ name = "M2", amplitude_m = 1.0, phase_deg = 30 }]
"""


def test_a_site_may_give_harmonic_constants(tmp_path) -> None:
    folder = shutil.copytree(SHIPPED, tmp_path / "site")
    path = folder / "site.toml"
    plain = path.read_text(encoding="utf-8")
    path.write_text(plain + TIDE, encoding="utf-8")
    told = load_site(folder).reference.tides.at(AT)
    assert (told.sigma_m, told.citation) == (0.2, "made up for a test")
    assert abs(told.above_mean_m) <= 1
    for broken, fault in (
        (TIDE.replace("M2", "X9"), "tide: no constituent 'X9'"),
        (TIDE.replace("citation", "cite"), r"tide\.citation: Field required"),
        (TIDE.replace("1.0", "11.0"), r"tide\.constituents\.0\.amplitude_m"),
    ):
        path.write_text(plain + broken, encoding="utf-8")
        with pytest.raises(SiteFileError, match=fault):
            load_site(folder)


def test_the_commands_import_list_and_tell(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("LIBONG_DATA_DIR", str(tmp_path / "data"))
    (tmp_path / "t.csv").write_text(CSV, encoding="utf-8")

    def run(*arguments):
        done = CliRunner().invoke(app, ["tides", *arguments])
        assert done.exit_code == 0, done.exception or done.output
        return done.output

    assert json.loads(run("at", "2026-03-01T08:00", "--json"))["above_mean_m"] is None
    given = ("--mean-m", "2", "--citation", "a table", "--actor", "mali")
    assert "3 heights kept" in run("import", str(tmp_path / "t.csv"), *given)
    told = json.loads(run("at", "2026-03-01T08:00", "--json"))
    assert (told["above_mean_m"], told["citation"]) == (0.0, "a table")
    (kept,) = json.loads(run("list", "--json"))["tables"]
    assert (kept["readings"], kept["actor"]) == (3, "mali")
    assert "a table" in run("list")
    assert "nothing tells" in run("at", "2027-03-01T08:00")
