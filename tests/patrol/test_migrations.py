"""Databases of every earlier revision, brought to this version with all that they held.

`data/revisions/NNNN.json` holds the rows of a database as the software of that revision wrote them,
its ledger's hashes among them; nothing ever changes them. Before a migration is added, write those
of the revision that was the newest: run this module with `LIBONG_WRITE_REVISION=1`.
"""

import json
import os
import shutil
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import shapely
from sqlalchemy import MetaData, Table, select, text

import patrol.database
from patrol.checkpoint_key import SiteKey, read_public_keys
from patrol.database import Database
from patrol.effort import DayEffort, SeaEffort, ZoneEffort
from patrol.field_flight import FieldSource
from patrol.incident import State
from patrol.incident_step import Assign, Comment, Prioritise, Signature
from patrol.notice_proof import NOTICE_ENDED
from patrol.notice_records import Draft
from patrol.store import Role, Store, StoreError
from patrol.tables import Base
from patrol.verdict import Figure, Grounds, Priority

pytestmark = pytest.mark.filterwarnings(
    "ignore:Skipped unsupported reflection of expression-based index"
)

ROWS = Path(__file__).parent / "data" / "revisions"
KEYS = ROWS / "public_keys.pem"  # of the sites that signed them
REVISIONS = sorted(path.name[:4] for path in patrol.database._MIGRATIONS.glob("versions/[0-9]*.py"))
AT = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
BY = Signature("mali", "seen by eye", AT)
SEA = SeaEffort(0.5, 0.25, 0.125)
EFFORT = DayEffort(
    date(2026, 3, 1), 2, 1, 1.5, 0.75, SEA, (ZoneEffort("laem_chu_hoi", 3.0, SEA),),
    shapely.box(99.0, 7.0, 99.5, 7.5), 1,
)  # fmt: skip

# Rows of tables that the ledger vouches for nothing of, in the order in which they can be written.
PLAIN_ROWS: dict[str, list[dict[str, Any]]] = {
    "labels": [
        {
            "flight_id": "flight1", "label_key": "b1", "version": 1, "frame_sha256": "0" * 64,
            "verdict": "confirmed", "object_class": "dugong", "left_px": 1.0, "top_px": 2.0,
            "right_px": 3.0, "bottom_px": 4.0, "origin": "detector", "actor": "mali",
            "role": "officer", "at_utc": AT, "model_sha256": "e" * 64,
        }
    ],
    "frame_reviews": [
        {
            "flight_id": "flight1", "frame_sha256": "0" * 64, "version": 1, "complete": True,
            "actor": "mali", "role": "officer", "at_utc": AT,
        }
    ],
    "device_tokens": [
        {
            "token_id": "t1", "owner": "don", "label": "เครื่องที่ท่าเรือ", "token_sha256": "a" * 64,
            "created_at_utc": AT, "revoked_at_utc": None,
        }
    ],
    "uploads": [
        {
            "upload_id": "u1", "owner": "don", "name": "เที่ยวบินเช้า", "manifest_sha256": "b" * 64,
            "state": "logged", "created_at_utc": AT, "expires_at_utc": AT, "received_at_utc": AT,
            "flight_id": "flight1", "fault": None, "stage": None, "stage_began_utc": None,
            "frames_done": 2, "frames_total": 2, "lease_token": None, "lease_until_utc": None,
            "idle_claims": 1,
        }
    ],
    "upload_files": [
        {
            "file_id": "f1", "upload_id": "u1", "ordinal": 0, "path": "DCIM/0000.JPG",
            "size_bytes": 6_000_000_000, "sha256": "0" * 64, "state": "stored", "wrong_hashes": 1,
            "code": None, "text": None, "remedy": None,
        }
    ],
    "frame_looks": [
        {
            "upload_id": "u1", "frame_sha256": "0" * 64, "inputs_sha256": "c" * 64,
            "document": "{}",
        }
    ],
    "file_tries": [{"upload_id": "u1", "sha256": "0" * 64, "tries": 2, "reason": "killed"}],
    "frame_views": [],
    "recovery_codes": [{"user_name": "mali", "code_sha256": "d" * 64, "used_at_utc": None}],
    "account_links": [
        {
            "token_sha256": "f" * 64, "user_name": "don", "made_at_utc": AT, "made_by": "mali",
            "expires_at_utc": AT, "used_at_utc": AT,
        }
    ],
    "ranger_credits": [{"user_name": "don", "credit_name": "ดอน", "chosen_at_utc": AT}],
}  # fmt: skip


def plain(value: Any) -> Any:
    """Return a value of a row as JSON keeps it."""
    if isinstance(value, datetime):
        return {"utc": value.replace(tzinfo=value.tzinfo or UTC).astimezone(UTC).isoformat()}
    if isinstance(value, date):
        return {"day": value.isoformat()}
    return {"hex": value.hex()} if isinstance(value, bytes) else value


def value_of(kept: Any, dialect: str) -> Any:
    """Return the value of a row that JSON kept, as a database takes it."""
    match kept:
        case {"utc": str(at)}:
            aware = datetime.fromisoformat(at)
            return aware.replace(tzinfo=None) if dialect == "sqlite" else aware
        case {"day": str(day)}:
            return date.fromisoformat(day)
        case {"hex": str(digits)}:
            return bytes.fromhex(digits)
    return kept


def tables_of(database: Database) -> list[Table]:
    """Return the tables that are there, each after those it points to."""
    found = MetaData()
    found.reflect(database.reader)
    return [table for table in found.sorted_tables if table.name != "alembic_version"]


def all_rows(database: Database) -> dict[str, list[dict[str, Any]]]:
    """Return every row of every table, as JSON keeps it, sorted."""
    with database.reader.connect() as connection:
        found = {
            table.name: [
                {name: plain(value) for name, value in row.items()}
                for row in connection.execute(select(table)).mappings()
            ]
            for table in tables_of(database)
        }
    return {name: sorted(rows, key=json.dumps) for name, rows in sorted(found.items())}


def write_rows(database: Database, rows: dict[str, list[dict[str, Any]]]) -> None:
    """Write rows into the tables of a database that is at their revision."""
    dialect = database.reader.dialect.name
    with database.writer.begin() as connection:
        for table in tables_of(database):
            kept = [
                {name: value_of(value, dialect) for name, value in row.items()}
                for row in rows[table.name]
            ]
            if table.name == "ledger_head":  # is there from the beginning
                connection.execute(table.update(), kept[0])
            elif kept:
                connection.execute(table.insert(), kept)


def fill(store: Store, make_log, site) -> None:
    """Do with a store of the newest revision all that leaves rows in its tables."""
    for name, role in (("mali", Role.OFFICER), ("don", Role.RANGER)):
        store.add_user(name, "a hash", role, AT)
    log = make_log()
    grounds = Grounds(1, "b" * 64, 0.75, (Figure("edge_m", 5.5, 0.5, 3.0),), ("s2",))
    incidents = tuple(replace(each, grounds=grounds) for each in log.incidents)
    source = FieldSource("don", "c" * 64, True, {"0" * 64: "d" * 64})
    store.log_flight(
        replace(log, incidents=incidents, efforts=(EFFORT,), record=b'{"a":1}', field_source=source)
    )
    (dugong, boat) = (each.incident_id for each in incidents)
    store.take_step(dugong, Comment(), BY, expected_version=1)
    store.transition(boat, State.CONFIRMED, actor="mali", reason="", expected_version=1, at_utc=AT)
    store.take_step(boat, Assign("mali"), BY, expected_version=2)
    store.take_step(boat, Prioritise(Priority.LOW), BY, expected_version=3)
    store.zones.follow_file(replace(site, zones=site.zones[:1]), AT)
    store.notices.begin("desk", ["zone:laem_chu_hoi"], AT)
    drafts = [Draft(cause, "หนึ่งเรื่อง", "one alert", AT) for cause in ("flight1", "flight2")]
    store.notices.enter("desk", site, lambda _: drafts, AT)
    arrived = store.notices.claim(["desk"], AT)
    assert arrived is not None
    store.notices.sent(arrived.notice_id, AT)
    dialect = store.database.reader.dialect.name
    more = PLAIN_ROWS | {
        "witness_reports": [
            {
                "report_id": "flight1", "code": "ABCD-EFGH", "kind": "dugong",
                "provenance": "public", "reporter": None, "incident_id": dugong,
                "document_sha256": "a" * 64, "photo_sha256": None, "received_at_utc": AT,
            }
        ]
    }  # fmt: skip
    with store.database.writer.begin() as connection:
        for table in tables_of(store.database):
            for row in more.get(table.name, ()):
                written = {name: value_of(plain(value), dialect) for name, value in row.items()}
                connection.execute(table.insert(), written)


def test_a_store_that_is_filled_has_rows_in_every_table(tmp_path, make_log, site) -> None:
    """So that no table is forgotten in what later versions are tried with."""
    key = SiteKey.kept_at(tmp_path / "site_key")
    with closing(Store(f"sqlite:///{tmp_path}/a.sqlite3", key)) as store:
        store.migrate()
        fill(store, make_log, site)
        assert store.verify().faults == ()
        rows = all_rows(store.database)
    assert set(rows) == set(Base.metadata.tables)
    assert [name for name, found in rows.items() if not found] == []
    if os.environ.get("LIBONG_WRITE_REVISION"):
        kept = json.dumps(rows, ensure_ascii=False, indent=1, sort_keys=True)
        (ROWS / f"{REVISIONS[-1]}.json").write_text(f"{kept}\n", encoding="utf-8")
        with KEYS.open("a", encoding="ascii") as file:
            file.write(key.public.pem)


def test_there_are_rows_of_every_revision_but_the_newest() -> None:
    kept = {path.stem for path in ROWS.glob("*.json")}
    assert set(REVISIONS[:-1]) <= kept <= set(REVISIONS)


def kept_rows(revision: str) -> dict[str, list[dict[str, Any]]]:
    rows: dict[str, list[dict[str, Any]]] = json.loads(
        (ROWS / f"{revision}.json").read_text("utf-8")
    )
    return rows


@pytest.fixture
def opened(empty_database_url):
    with closing(Store(empty_database_url)) as store:
        yield store


@pytest.mark.parametrize(
    ("empty_database_url", "revision"),
    [
        *(("sqlite", revision) for revision in REVISIONS[:-1]),
        ("postgresql", REVISIONS[0]),
        ("postgresql", REVISIONS[-2]),
        *(
            pytest.param("postgresql", revision, marks=pytest.mark.deep)
            for revision in REVISIONS[1:-2]
        ),
    ],
    indirect=["empty_database_url"],
)
def test_what_an_earlier_revision_held_survives_and_verifies(opened, make_log, revision) -> None:
    rows = kept_rows(revision)
    opened.database.migrate(revision)
    write_rows(opened.database, rows)
    assert all_rows(opened.database) == rows
    opened.migrate()
    now = all_rows(opened.database)
    for name, before in rows.items():
        columns = set(before[0]) if before else set()
        after = [{key: row[key] for key in columns} for row in now[name]]
        # accounts are vouched for from revision 0005 on, messages from 0017 on, in entries that
        # follow the others
        lost = [row for row in before if row not in after]
        assert lost == [] or name == "ledger_head", name
        if name not in ("ledger", "ledger_head"):
            assert len(after) == len(before), name
    keys = read_public_keys(KEYS)
    report = opened.verify(keys)
    assert report.faults == ()
    assert report.events == len(now["ledger"]) >= len(rows["ledger"])
    # and it can be worked with
    assert len(opened.flights()) == 1
    boat = next(each for each in opened.incidents() if each.state is State.CONFIRMED)
    assert len(opened.events(boat.incident_id)) == boat.version
    opened.transition(
        boat.incident_id,
        State.RESPONDING,
        actor="mali",
        reason="",
        expected_version=boat.version,
        at_utc=AT,
    )
    assert opened.log_flight(make_log("flight2"))
    assert opened.verify(keys).faults == ()


def test_messages_that_were_sent_before_are_vouched_for_from_now_on(opened) -> None:
    rows = kept_rows("0016")
    (notice,) = rows["notices"]
    opened.database.migrate("0016")
    write_rows(opened.database, rows)
    opened.migrate()
    entry = opened.tail.after(len(rows["ledger"]))[0]
    assert (entry.kind, entry.facts["cause"]) == (NOTICE_ENDED, notice["cause"])
    assert (entry.facts["state"], entry.facts["attempts"]) == ("sent", 1)
    with opened.database.writer.begin() as connection:
        connection.execute(text("UPDATE notices SET text = 'no alert'"))
    (fault,) = opened.verify(read_public_keys(KEYS)).faults
    assert fault.what == "message notice:1 is not as this entry says"


BROKEN = '''"""Fails half way."""
from alembic import op
import sqlalchemy as sa
revision = "9998"
down_revision = "NEWEST"
def upgrade():
    op.create_table("half_done", sa.Column("x", sa.Integer()))
    op.execute("UPDATE incidents SET state = 'lost'")
    op.execute("SELECT x FROM nowhere")
'''.replace("NEWEST", REVISIONS[-1])


@pytest.mark.parametrize("revision", [REVISIONS[0], REVISIONS[len(REVISIONS) // 2]])
def test_an_upgrade_that_fails_at_its_end_leaves_an_earlier_revision_as_it_was(
    opened, revision, tmp_path, monkeypatch
) -> None:
    rows = kept_rows(revision)
    opened.database.migrate(revision)
    write_rows(opened.database, rows)
    folder = shutil.copytree(patrol.database._MIGRATIONS, tmp_path / "migrations")
    (folder / "versions" / "9998_broken.py").write_text(BROKEN, encoding="utf-8")
    monkeypatch.setattr(patrol.database, "_MIGRATIONS", folder)
    with pytest.raises(StoreError, match="left as it was"):
        opened.migrate()
    assert all_rows(opened.database) == rows
    with opened.database.reader.connect() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == revision
