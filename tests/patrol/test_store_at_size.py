"""A store filled in bulk: honest to the last entry, and searched by its indices."""

import itertools
import re
from collections.abc import Callable
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from libong.bench.plans import statements, whole_reads
from libong.bench.store import own_schema, store_rows
from libong.bench.store_fill import StoreSize, fill
from libong.bench.watch import TimeUp, Watch
from patrol.checkpoint_key import SiteKey
from patrol.incident import State
from patrol.incident_list import IncidentFilter, Listing
from patrol.report.month import Month
from patrol.site import shipped_site
from patrol.store import Store
from patrol.verdict import Priority
from patrol.zones import RuleName

SIZE = StoreSize(detections=10_000, incidents=1_000, open_alerts=200)


@pytest.fixture
def filled(database_url):
    store = Store(database_url)
    told = fill(store.database, shipped_site(), SIZE)
    store.database.take_statistics()
    yield store, told
    store.close()


def test_what_was_filled_in_bulk_is_as_its_ledger_says(filled) -> None:
    store, told = filled
    heard: dict[str, list[tuple[int, int]]] = {}
    report = store.verify(
        told=lambda what, done, total: heard.setdefault(what, []).append((done, total))
    )
    assert report.faults == ()
    # read in pieces, of which each is told
    assert heard["chain"][0] == (0, report.events)
    assert heard["chain"][-1] == (report.events, report.events)
    assert len(heard["chain"]) > 3
    assert [done for done, _ in heard["incident"]] == [0, 500, 1000]
    assert heard["flight"][-1] == (20, 20)
    assert report.events == told.entries > 2 * SIZE.incidents
    assert len(store.alerts()) == SIZE.open_alerts
    assert len(store.incidents()) == SIZE.incidents
    assert sum(each.detections for each in store.flights()) == SIZE.detections
    assert {each.state for each in store.incidents()} == set(State)


def test_more_incidents_than_sightings_are_refused(filled) -> None:
    store, _ = filled
    with pytest.raises(ValueError, match="must be empty"):
        fill(store.database, shipped_site(), SIZE)
    with pytest.raises(ValueError, match="have no 3000 sightings"):
        fill(store.database, shipped_site(), StoreSize(1000, 3000, 1))


def questions(store: Store, told) -> dict[str, Callable[[], object]]:
    """Return what people wait for, by what it is."""
    site = shipped_site()
    today = told.last_utc.astimezone(site.reference.timezone).date()
    month = Month(today.year, today.month)
    page = store.incident_page(Listing.WAITING, limit=20)
    some = page.incidents[0]
    flight = store.flight_page(limit=1).flights[0].flight_id
    seen = store.sightings(flight)[:20]
    asked = {
        "zone": IncidentFilter(zone_id=some.zone_id),
        "class": IncidentFilter(object_class=some.object_class),
        "rule": IncidentFilter(rule=RuleName.BOAT_IN_GO_SLOW_ZONE),
        "state": IncidentFilter(states=frozenset({State.RESOLVED})),
        "priority": IncidentFilter(priority=Priority.LOW),
        "assignee": IncidentFilter(assignee="mali"),
        "flight": IncidentFilter(flight_id=flight),
        "since": IncidentFilter(since_utc=told.last_utc - timedelta(days=1)),
    }
    lists = {
        f"{listing}, {name}": lambda listing=listing, narrowed=narrowed: store.incident_page(
            listing, narrowed, limit=20
        )
        for listing in Listing
        for name, narrowed in asked.items()
    }
    return lists | {
        "alerts": lambda: store.incident_page(Listing.WAITING, limit=20),
        "more alerts": lambda: store.incident_page(Listing.WAITING, limit=20, after=page.following),
        "incident": lambda: store.incident(some.incident_id),
        "history": lambda: store.events(some.incident_id),
        "joined": lambda: store.joined(some.incident_id),
        "likely the same": lambda: store.likely_same(some.incident_id),
        "crop": lambda: store.is_crop("c" * 64),
        "flights": lambda: store.flight_page(limit=20),
        "flight": lambda: store.flight(flight),
        "frames": lambda: store.frames(flight),
        "frames known": lambda: store.flights_of_frames(["a" * 64, "b" * 64]),
        "sightings": lambda: store.sightings(flight),
        "statuses": lambda: store.zone_statuses(site, today),
        "changes": lambda: store.zone_changes(site, today - timedelta(days=7), today),
        "month": lambda: store.reports.facts(site, month, today),
        "first month": lambda: store.reports.first_month(site),
        "seen before": lambda: store.earlier.before(site, seen),
        "news": lambda: store.tail.after(told.entries - 3),
        "trail": lambda: store.tail.trail(limit=20),
        "trail of a person": lambda: store.tail.trail(actor="mali", limit=20),
        "trail of nobody": lambda: store.tail.trail(
            actor="eve", kinds=["incident_event"], before=told.entries, limit=20
        ),
        "trail of an incident": lambda: store.tail.trail(subject=some.incident_id, limit=20),
    }


def test_nothing_that_people_wait_for_reads_a_big_table_whole(filled) -> None:
    store, told = filled
    found = {name: whole_reads(store.database, ask) for name, ask in questions(store, told).items()}
    assert {name: tables for name, tables in found.items() if tables} == {}


def test_a_question_without_an_index_is_caught(filled) -> None:
    store, _ = filled

    def unindexed() -> None:
        with Session(store.database.reader) as session:
            session.connection().exec_driver_sql("SELECT * FROM incidents WHERE citation = 'x'")

    assert whole_reads(store.database, unindexed) == ["incidents"]


def test_the_alerts_come_from_their_index_in_its_order(filled) -> None:
    """Nothing is sorted: the first page of three thousand costs what the first of twenty does."""
    store, _ = filled
    with Session(store.database.reader) as session:
        connection = session.connection()
        asked = statements(store.database, lambda: store.incident_page(Listing.WAITING, limit=20))
        (statement, parameters) = next(each for each in asked if "ORDER BY" in each[0])
        sqlite = connection.dialect.name == "sqlite"
        explain = "EXPLAIN QUERY PLAN" if sqlite else "EXPLAIN"
        plan = "\n".join(
            row[-1] for row in connection.exec_driver_sql(f"{explain} {statement}", parameters)
        )
    assert "ix_incidents_waiting" in plan
    assert not re.search(r"TEMP B-TREE|Sort", plan), plan


def test_a_page_of_flights_walks_through_no_other_flights_frames(filled) -> None:
    """Asked for the first frame of one flight, PostgreSQL would read all frames by their time."""
    store, _ = filled
    asked = statements(store.database, lambda: store.flight_page(limit=20))
    ((statement, parameters),) = [each for each in asked if "FROM frames" in each[0]]
    with Session(store.database.reader) as session:
        connection = session.connection()
        sqlite = connection.dialect.name == "sqlite"
        explain = "EXPLAIN QUERY PLAN" if sqlite else "EXPLAIN"
        if not sqlite:
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        plan = "\n".join(
            row[-1] for row in connection.exec_driver_sql(f"{explain} {statement}", parameters)
        )
    assert "taken_at_utc" not in plan.replace(statement, "")
    assert "pk_frames" in plan or "sqlite_autoindex_frames" in plan


@pytest.fixture
def scratch_database(tmp_path, database_url):
    """Give an empty database of the same kind each time it is asked."""
    made = itertools.count()

    @contextmanager
    def new_database():
        if database_url.startswith("postgresql"):
            with own_schema(database_url.partition("?")[0]) as url:
                yield url
        else:
            yield f"sqlite:///{tmp_path}/bench{next(made)}.sqlite3"

    return new_database


@pytest.mark.deep
def test_the_benchmark_tells_every_row_with_its_peer(scratch_database, tmp_path, database_url):
    said = []
    rows = list(
        store_rows(
            scratch_database,
            shipped_site(),
            StoreSize(2_000, 200, 60),
            1,
            SiteKey.kept_at(tmp_path / "key.pem"),
            Watch(said.append, 600),
        )
    )
    dialect = "postgresql" if database_url.startswith("postgresql") else "sqlite"
    assert {row.bench for row in rows} == {"store"}
    assert all(row.metric.startswith(f"{dialect}: ") for row in rows)
    assert all(row.ours > 0 for row in rows[:-1])
    told = {row.metric.removeprefix(f"{dialect}: "): row for row in rows}
    assert {"open alerts, first page", "verify, entries a second", "month report"} <= set(told)
    assert told["big tables that these questions read whole"].ours == 0
    (signed,) = [name for name in told if "checkpoints" in name]
    entries, checkpoints = map(int, re.findall(r"\d+", signed))
    assert entries > 2 * 200
    assert checkpoints > entries // 100 > 0
    # what is said beforehand is said before the store is filled
    foretold = next(at for at, text in enumerate(said) if "the whole store: about" in text)
    assert foretold < next(at for at, text in enumerate(said) if "filling" in text)
    assert any("filling with 2000 detections: 100 %" in text for text in said)


@pytest.mark.deep
def test_a_benchmark_out_of_time_keeps_what_it_measured(scratch_database, tmp_path, monkeypatch):
    clock = itertools.count(step=40)  # a busy machine may need as long for the check of the ledger
    monkeypatch.setattr("libong.bench.watch.monotonic", lambda: next(clock))
    site, size = shipped_site(), StoreSize(1_000, 100, 60)
    key = SiteKey.kept_at(tmp_path / "key.pem")
    kept = []

    def measure() -> None:
        rows = store_rows(scratch_database, site, size, 1, key, Watch(print, 1200))
        kept.extend(row.metric.partition(": ")[2] for row in rows)

    with pytest.raises(TimeUp, match=r"minutes are over at: .*; what was measured"):
        measure()
    assert "verify, entries a second" in kept
    assert "month report" not in kept
