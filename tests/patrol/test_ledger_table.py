"""Someone edits the database behind the software's back: it is refused, and found if forced."""

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import sqlalchemy
from sqlalchemy.exc import DBAPIError

from patrol.incident import State
from patrol.store import Role, Store, StoreError

LATER = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


@pytest.fixture
def filled(store, make_log) -> Store:
    log = make_log()
    store.log_flight(log)
    store.transition(
        log.incidents[0].incident_id,
        State.CONFIRMED,
        actor="o",
        reason="seen",
        expected_version=1,
        at_utc=LATER,
    )
    assert store.verify().faults == ()
    assert store.verify().events == 4
    return store


@pytest.fixture
def edit(database_url) -> Callable[[str], None]:
    """Run SQL on the database as someone who has its password but not this software."""

    def run(*statements: str) -> None:
        engine = sqlalchemy.create_engine(database_url)
        try:
            with engine.begin() as connection:
                for statement in statements:
                    connection.exec_driver_sql(statement)
        finally:
            engine.dispose()

    return run


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger SET payload = '{}' WHERE sequence = 2",
        "DELETE FROM ledger",
        "DELETE FROM ledger_head",
    ],
)
def test_the_ledger_refuses_changes(filled, edit, statement) -> None:
    with pytest.raises(DBAPIError, match="append-only"):
        edit(statement)
    assert filled.verify().faults == ()


@pytest.mark.parametrize(
    ("statement", "sequence", "what"),
    [
        ("UPDATE incidents SET state = 'dismissed' WHERE rule = 'dugong_sighting'", 4, "not as"),
        ("UPDATE incidents SET state = 'nonsense' WHERE rule = 'dugong_sighting'", 4, "not as"),
        ("UPDATE incidents SET version = 7 WHERE rule = 'dugong_sighting'", 4, "not as"),
        ("UPDATE incidents SET lon = lon + 1e-9 WHERE rule = 'dugong_sighting'", 4, "not as"),
        ("UPDATE incidents SET reason_th = 'x' WHERE rule = 'boat_in_closed_zone'", 3, "not as"),
        ("UPDATE incidents SET crop_sha256 = 'f' WHERE rule = 'boat_in_closed_zone'", 3, "not as"),
        ("DELETE FROM incidents WHERE rule = 'boat_in_closed_zone'", 3, "is gone"),
        ("UPDATE incidents SET incident_id = 'other' WHERE rule = 'dugong_sighting'", 0, "in no"),
        ("UPDATE frames SET sha256 = 'f' WHERE ordinal = 0", 1, "flight flight1 is not as"),
        ("DELETE FROM frames", 1, "flight flight1 is not as"),
        ("UPDATE frames SET lon = lon + 1e-9", 1, "flight flight1 is not as"),
        ("UPDATE frames SET file_name = 'x'", 1, "flight flight1 is not as"),
        ("UPDATE frames SET height_above_sea_m = 5", 1, "flight flight1 is not as"),
        ("DELETE FROM refused_files", 1, "flight flight1 is not as"),
        ("UPDATE refused_files SET code = 'x'", 1, "flight flight1 is not as"),
        ("UPDATE refused_files SET remedy = 'x'", 1, "flight flight1 is not as"),
        ("UPDATE frames SET taken_at_utc = '2026-03-01 05:00:01'", 1, "flight flight1 is not as"),
        ("UPDATE frames SET error_m = NULL", 1, "flight flight1 is not as"),
        ("DELETE FROM detections WHERE sighting_id IS NULL", 1, "flight flight1 is not as"),
        (
            "UPDATE detections SET score = 0.99 WHERE sighting_id IS NULL",
            1,
            "flight flight1 is not as",
        ),
        ("UPDATE sightings SET score = 0.1", 1, "flight flight1 is not as"),
        ("UPDATE detections SET left_px = 0 WHERE ordinal = 0", 1, "flight flight1 is not as"),
        ("DELETE FROM detections WHERE ordinal = 0", 1, "flight flight1 is not as"),
        ("UPDATE detections SET object_class = 'ufo'", 1, "flight flight1 is not as"),
        ("UPDATE surveys SET seen_fraction = 1", 1, "flight flight1 is not as"),
        ("DELETE FROM surveys", 1, "flight flight1 is not as"),
        ("UPDATE ledger_head SET sequence = 3", 4, "it was last written at 3"),
    ],
)
def test_edits_of_what_the_ledger_vouches_for_are_found(
    filled, edit, statement, sequence, what
) -> None:
    edit(statement)
    faults = filled.verify().faults
    assert any(fault.sequence == sequence and what in fault.what for fault in faults), faults


@pytest.fixture
def sqlite_file(database_url, filled):
    if not database_url.startswith("sqlite"):
        pytest.skip("edits a SQLite file with sqlite3")
    return database_url.removeprefix("sqlite:///")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger SET payload = replace(payload, 'seen', 'not seen') WHERE sequence = 4",
        "UPDATE ledger SET payload = '{}' WHERE sequence = 4",
        "UPDATE ledger SET payload = 'no json' WHERE sequence = 4",
        "UPDATE ledger SET at_utc = 'yesterday' WHERE sequence = 2",
        "UPDATE ledger SET subject = 'x' WHERE sequence = 2",
        "DELETE FROM ledger WHERE sequence = 4",
        "DELETE FROM ledger WHERE sequence = 1",
        "DELETE FROM ledger",
        "UPDATE ledger SET sequence = 9 WHERE sequence = 4",
        "UPDATE ledger SET payload = x'00' WHERE sequence = 4",
        "UPDATE incidents SET occurred_at_utc = 'yesterday'",
        "UPDATE flights SET received_at_utc = 5",
        "DELETE FROM flights",
    ],
)
def test_whoever_drops_the_triggers_is_found_all_the_same(filled, sqlite_file, statement) -> None:
    connection = sqlite3.connect(sqlite_file)
    connection.execute("DROP TRIGGER ledger_refuses_update")
    connection.execute("DROP TRIGGER ledger_refuses_delete")
    assert connection.execute(statement).rowcount > 0
    connection.commit()
    connection.close()
    assert filled.verify().faults


@pytest.mark.parametrize(
    ("statement", "sequence", "what"),
    [
        ("DELETE FROM ledger_head", 0, "the head of the ledger is gone"),
        ("UPDATE ledger_head SET entry_hash = CAST(x'ff' AS TEXT)", 4, "was last written at 4"),
        ("UPDATE ledger SET payload = x'00' WHERE sequence = 4", 4, "was changed"),
        ("UPDATE ledger SET payload = CAST(x'ff' AS TEXT) WHERE sequence = 2", 2, "was changed"),
        ("UPDATE ledger SET subject = x'00' WHERE sequence = 3", 3, "was changed"),
        ("UPDATE ledger SET subject = CAST(x'ff' AS TEXT) WHERE sequence = 3", 3, "was changed"),
        ("UPDATE incidents SET zone_id = x'00' WHERE rule = 'dugong_sighting'", 4, "is not as"),
        ("UPDATE incidents SET reason_th = CAST(x'ff' AS TEXT)", 4, "is not as"),
        ("UPDATE incidents SET incident_id = CAST(x'ff' AS TEXT) WHERE version = 2", 0, "in no"),
        ("UPDATE incidents SET incident_id = x'00' WHERE version = 2", 0, "is in no entry"),
        ("UPDATE flights SET site_id = CAST(x'ff' AS TEXT)", 1, "flight flight1 is not as"),
        ("UPDATE frames SET file_name = CAST(x'ff' AS TEXT)", 1, "flight flight1 is not as"),
        ("UPDATE surveys SET zone_id = x'00'", 1, "flight flight1 is not as"),
    ],
)
def test_what_no_software_would_write_is_named_and_the_rest_is_still_checked(
    filled, sqlite_file, statement, sequence, what
) -> None:
    connection = sqlite3.connect(sqlite_file)
    for trigger in ("ledger_refuses_update", "ledger_head_refuses_delete"):
        connection.execute(f"DROP TRIGGER {trigger}")
    assert connection.execute(statement).rowcount > 0
    connection.execute("UPDATE incidents SET score = 0.01 WHERE rule = 'boat_in_closed_zone'")
    connection.commit()
    connection.close()
    report = filled.verify()
    assert any((f.sequence == sequence and what in f.what) for f in report.faults), report.faults
    assert sum("incident" in fault.what for fault in report.faults) > 0
    assert "\n".join(f"{fault.what} {report.head_hash}" for fault in report.faults).encode()


def test_without_its_head_the_ledger_takes_nothing_and_says_why(filled, sqlite_file) -> None:
    connection = sqlite3.connect(sqlite_file)
    connection.execute("DROP TRIGGER ledger_head_refuses_delete")
    connection.execute("DELETE FROM ledger_head")
    connection.commit()
    connection.close()
    with pytest.raises(StoreError, match=r"head of the ledger is gone.*restore it from a backup"):
        filled.add_user("malee", "hash", Role.RANGER, LATER)


def test_an_entry_cannot_be_replaced(filled, sqlite_file) -> None:
    connection = sqlite3.connect(sqlite_file)
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        connection.execute("INSERT OR REPLACE INTO ledger SELECT * FROM ledger WHERE sequence = 2")
    connection.close()
    assert filled.verify().faults == ()


def test_the_head_hash_changes_with_every_event(filled, make_log) -> None:
    before = filled.verify().head_hash
    filled.log_flight(make_log("flight2"))
    assert filled.verify().head_hash != before
