"""Someone who has the database, this software and time: whatever they change, verify names it.

The edits go through SQLAlchemy, so that SQLite and PostgreSQL are both tampered with. Triggers are
dropped first, as anyone who owns the database can.
"""
# ruff: noqa: S608  the statements are put together from this file's own words

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import shapely
import sqlalchemy
from sqlalchemy import Connection, text

from patrol.checkpoint import Checkpoint, read_checkpoint, sign
from patrol.checkpoint_key import PublicKey, SiteKey
from patrol.effort import DayEffort, SeaEffort, ZoneEffort
from patrol.incident import State
from patrol.incident_step import Assign, Comment, Signature
from patrol.ledger import (
    EMPTY_HEAD,
    LedgerEntry,
    LedgerHead,
    appended,
    canonical_json,
    head_after,
)
from patrol.media import MediaStore
from patrol.media_check import media_faults
from patrol.notice_records import Draft
from patrol.store import Role, Store

LATER = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
TRIGGERS = {
    "sqlite": {
        "ledger": ("ledger_refuses_update", "ledger_refuses_delete", "ledger_refuses_replace"),
        "ledger_head": ("ledger_head_refuses_delete",),
        "checkpoints": ("checkpoints_refuse_update", "checkpoints_refuse_delete"),
        "zone_versions": ("zone_versions_refuse_update", "zone_versions_refuse_delete"),
    },
    "postgresql": {
        "ledger": ("ledger_refuses_changes",),
        "ledger_head": ("ledger_head_refuses_delete",),
        "checkpoints": ("checkpoints_refuse_changes",),
        "zone_versions": ("zone_versions_refuse_changes",),
    },
}
COLUMNS = "sequence, at_utc, kind, subject, payload, previous_hash, entry_hash"


@pytest.fixture
def key(tmp_path: Path) -> SiteKey:
    return SiteKey.kept_at(tmp_path / "site_key")


@pytest.fixture
def store(database_url: str, key: SiteKey, make_log) -> Iterator[Store]:
    """Ten entries: an account, two flights, and what an officer did; two checkpoints."""
    opened = Store(database_url, key)
    opened.add_user("mali", "hash", Role.OFFICER, LATER)
    log = make_log()
    opened.log_flight(log)
    opened.transition(
        log.incidents[0].incident_id,
        State.CONFIRMED,
        actor="mali",
        reason="seen",
        expected_version=1,
        at_utc=LATER,
    )
    by = Signature("mali", "moored there", LATER)
    boat = log.incidents[1].incident_id
    opened.take_step(boat, Assign("mali"), by, expected_version=1)
    opened.take_step(boat, Comment(), by, expected_version=2)
    opened.log_flight(make_log("flight2"))
    opened.sign_ledger(LATER)
    assert [made.sequence for made in opened.checkpoints()] == [1, 10]
    assert opened.verify().faults == ()
    yield opened
    opened.close()


@pytest.fixture
def tamper(store: Store, database_url: str) -> Iterator[Callable[..., None]]:
    """Change the database beside the software: by statements, or by a function."""
    engine = sqlalchemy.create_engine(database_url)

    def change(*edits: str | Callable[[Connection], None]) -> None:
        with engine.begin() as connection:
            for table, names in TRIGGERS[engine.dialect.name].items():
                on = f" ON {table}" if engine.dialect.name == "postgresql" else ""
                for name in names:
                    connection.execute(text(f"DROP TRIGGER IF EXISTS {name}{on}"))
            for edit in edits:
                if callable(edit):
                    edit(connection)
                else:
                    assert connection.execute(text(edit)).rowcount > 0, edit

    yield change
    engine.dispose()


def entries(connection: Connection) -> list[LedgerEntry]:
    rows = connection.execute(text(f"SELECT {COLUMNS} FROM ledger ORDER BY sequence"))
    return [LedgerEntry(*row) for row in rows]


def write_anew(connection: Connection, kept: list[LedgerEntry]) -> None:
    """Put these entries in the place of the ledger, with hashes and a head that fit."""
    connection.execute(text("DELETE FROM ledger"))
    head = EMPTY_HEAD
    for old in kept:
        entry = appended(
            head,
            at_utc=datetime.fromisoformat(old.at_utc),
            kind=old.kind,
            subject=old.subject,
            payload=old.payload,
        )
        values = ", ".join(f":{column}" for column in COLUMNS.split(", "))
        connection.execute(text(f"INSERT INTO ledger ({COLUMNS}) VALUES ({values})"), asdict(entry))
        head = head_after(entry)
    set_head(connection, head)


def set_head(connection: Connection, head: LedgerHead) -> None:
    connection.execute(
        text("UPDATE ledger_head SET sequence = :sequence, entry_hash = :entry_hash"), asdict(head)
    )


def rewritten(change: Callable[[list[LedgerEntry]], list[LedgerEntry]]):
    return lambda connection: write_anew(connection, change(entries(connection)))


def other_reason(kept: list[LedgerEntry]) -> list[LedgerEntry]:
    payload = json.loads(kept[4].payload) | {"reason": "not seen"}
    return [*kept[:4], replace(kept[4], payload=canonical_json(payload)), *kept[5:]]


def cut_tail(connection: Connection) -> None:
    """The end of the ledger is cut off, and the head set back to fit."""
    kept = entries(connection)[:7]
    connection.execute(text("DELETE FROM ledger WHERE sequence > 7"))
    set_head(connection, head_after(kept[-1]))


def swap_entries(connection: Connection) -> None:
    for before, after in ((5, 99), (6, 5), (99, 6)):
        connection.execute(
            text("UPDATE ledger SET sequence = :after WHERE sequence = :before"),
            {"before": before, "after": after},
        )


def append_by_hand(connection: Connection) -> None:
    """An entry is added twice, the second time as if it had followed."""
    last = entries(connection)[-1]
    values = ", ".join(f":{column}" for column in COLUMNS.split(", "))
    connection.execute(
        text(f"INSERT INTO ledger ({COLUMNS}) VALUES ({values})"),
        asdict(replace(last, sequence=last.sequence + 1)),
    )


OF = "WHERE rule = 'dugong_sighting' AND flight_id = 'flight1'"
BOAT = "WHERE rule = 'boat_in_closed_zone' AND flight_id = 'flight1'"

TAMPERINGS = {
    "the text of an entry": (
        "UPDATE ledger SET payload = replace(payload, 'seen', 'not seen') WHERE sequence = 5",
        5,
        "was changed after it was written",
    ),
    "the time of an entry": (
        "UPDATE ledger SET at_utc = '2026-03-02T07:00:00.000000+00:00' WHERE sequence = 5",
        5,
        "was changed after it was written",
    ),
    "who did it": (
        "UPDATE ledger SET payload = replace(payload, '\"mali\"', '\"nid\"') WHERE sequence = 5",
        5,
        "was changed after it was written",
    ),
    "what it happened to": (
        "UPDATE ledger SET subject = 'another' WHERE sequence = 5",
        5,
        "was changed after it was written",
    ),
    "what kind of thing happened": (
        "UPDATE ledger SET kind = 'note' WHERE sequence = 5",
        5,
        "was changed after it was written",
    ),
    "an entry's own hash": (
        f"UPDATE ledger SET entry_hash = '{'0' * 64}' WHERE sequence = 5",
        6,
        "does not follow from the entry before it",
    ),
    "the link to the entry before": (
        f"UPDATE ledger SET previous_hash = '{'0' * 64}' WHERE sequence = 5",
        5,
        "does not follow from the entry before it",
    ),
    "the order of two entries": (swap_entries, 5, "does not follow"),
    "an entry taken out": ("DELETE FROM ledger WHERE sequence = 6", 7, "entry 6 was expected"),
    "the first entry taken out": (
        "DELETE FROM ledger WHERE sequence = 1",
        2,
        "entry 1 was expected",
    ),
    "an entry put in twice": (append_by_hand, 11, "does not follow from the entry before it"),
    "the last entry cut off": ("DELETE FROM ledger WHERE sequence = 10", 9, "last written at 10"),
    "the end cut off and the head set back": (cut_tail, 10, "for which checkpoint 2 vouches"),
    "all entries gone": ("DELETE FROM ledger", 0, "the ledger ends at entry 0"),
    "the head set back": ("UPDATE ledger_head SET sequence = 9", 10, "it was last written at 9"),
    "the head gone": ("DELETE FROM ledger_head", 0, "the head of the ledger is gone"),
    "a reason changed and the whole chain hashed anew": (
        rewritten(other_reason),
        10,
        "is not the entry for which checkpoint 2 vouches: the ledger was written anew",
    ),
    "an entry dropped and the whole chain hashed anew": (
        rewritten(lambda kept: kept[:6] + kept[7:]),
        10,
        "this entry is gone, for which checkpoint 2 vouches",
    ),
    "an entry slipped in and the whole chain hashed anew": (
        rewritten(lambda kept: [*kept[:3], replace(kept[0], subject="nid"), *kept[3:]]),
        10,
        "is not the entry for which checkpoint 2 vouches",
    ),
    "a checkpoint's hash": (
        f"UPDATE checkpoints SET entry_hash = '{'0' * 64}' WHERE number = 2",
        10,
        "checkpoint 2 was changed or forged",
    ),
    "a checkpoint's time": (
        "UPDATE checkpoints SET at_utc = '2026-01-01T00:00:00+00:00' WHERE number = 2",
        10,
        "checkpoint 2 was changed or forged",
    ),
    "a checkpoint's signature made unreadable": (
        "UPDATE checkpoints SET signature = 'x' WHERE number = 2",
        10,
        "its signature cannot be read",
    ),
    "a checkpoint moved to another entry": (
        "UPDATE checkpoints SET sequence = 9 WHERE number = 2",
        9,
        "checkpoint 2 was changed or forged",
    ),
    "a checkpoint taken out": (
        "DELETE FROM checkpoints WHERE number = 1",
        10,
        "checkpoint 1 was expected here; found 2",
    ),
    "the state of an incident": (
        f"UPDATE incidents SET state = 'dismissed' {OF}",
        5,
        "is not as this entry says",
    ),
    "who takes care of an incident": (
        f"UPDATE incidents SET assignee = 'nid' {BOAT}",
        7,
        "is not as this entry says",
    ),
    "an incident's priority set": (
        f"UPDATE incidents SET set_priority = 'low' {OF}",
        5,
        "is not as this entry says",
    ),
    "an incident joined to another": (
        f"UPDATE incidents SET joined_to = 'x' {BOAT}",
        7,
        "is not as this entry says",
    ),
    "where an incident was": (
        f"UPDATE incidents SET lon = lon + 0.001 {OF}",
        5,
        "is not as this entry says",
    ),
    "the crop an incident names": (
        f"UPDATE incidents SET crop_sha256 = '{'f' * 64}' {OF}",
        5,
        "is not as this entry says",
    ),
    "an incident taken out": (f"DELETE FROM incidents {BOAT}", 7, "is gone"),
    "a detection's score": (
        "UPDATE detections SET score = 0.5 WHERE flight_id = 'flight2'",
        8,
        "flight flight2 is not as this entry says",
    ),
    "a sighting's class": (
        "UPDATE sightings SET object_class = 'boat' WHERE flight_id = 'flight2'",
        8,
        "flight flight2 is not as this entry says",
    ),
    "a frame's place": (
        "UPDATE frames SET lat = lat + 0.001 WHERE flight_id = 'flight1'",
        2,
        "flight flight1 is not as this entry says",
    ),
    "the model that looked": (
        f"UPDATE flights SET model_sha256 = '{'a' * 64}' WHERE flight_id = 'flight1'",
        2,
        "flight flight1 is not as this entry says",
    ),
    "how much of a zone was seen": (
        "UPDATE surveys SET seen_fraction = 1 WHERE flight_id = 'flight1'",
        2,
        "flight flight1 is not as this entry says",
    ),
    "a user's role": (
        "UPDATE users SET role = 'admin' WHERE name = 'mali'",
        1,
        "account mali is not as this entry says",
    ),
    "a user put in beside the software": (
        "INSERT INTO users (name, password_hash, role, created_at_utc, session_epoch, factor_step) "
        "VALUES ('eve', 'x', 'admin', '2026-03-01 00:00:00', 0, 0)",
        0,
        "account eve is in no entry",
    ),
}


@pytest.mark.parametrize("what", TAMPERINGS)
def test_each_tampering_is_found_and_named(store, tamper, what) -> None:
    edit, sequence, said = TAMPERINGS[what]
    tamper(edit)
    faults = store.verify().faults
    assert any(fault.sequence == sequence and said in fault.what for fault in faults), faults


@pytest.mark.parametrize("what", TAMPERINGS)
def test_a_case_is_checked_with_all_that_it_rests_on(store, tamper, make_log, what) -> None:
    """The chain, its checkpoints, and the rows of the case; not those of other flights."""
    edit, sequence, said = TAMPERINGS[what]
    incident = store.incident(make_log().incidents[0].incident_id)
    assert store.verify_case(incident).faults == ()
    tamper(edit)
    of_others = isinstance(edit, str) and (BOAT in edit or "flight2" in edit or "users" in edit)
    faults = store.verify_case(incident).faults
    found = any(fault.sequence == sequence and said in fault.what for fault in faults)
    assert found is not of_others
    assert not of_others or faults == ()


ZONE_TAMPERINGS = {
    "who drew a zone": "UPDATE zone_versions SET actor = 'eve' WHERE version = 1",
    "its outline": "UPDATE zone_versions SET document = replace(document, '99.4', '99.5')",
    "its rules": (
        "UPDATE zone_versions SET document = replace(document, 'boat_in_closed_zone', 'reported')"
    ),
    "its hash": f"UPDATE zone_versions SET sha256 = '{'0' * 64}'",
    "that it was taken away": "UPDATE zone_versions SET retired = true",
    "a version taken out": "DELETE FROM zone_versions WHERE zone_id = 'laem_chu_hoi'",
}


@pytest.mark.parametrize("what", ZONE_TAMPERINGS)
def test_a_zone_version_changed_beside_the_ledger_is_found(store, site, tamper, what) -> None:
    store.zones.follow_file(site, LATER)
    assert store.verify().faults == ()
    tamper(ZONE_TAMPERINGS[what])
    assert any("of zone" in fault.what for fault in store.verify().faults)


EFFORT_TAMPERINGS = {
    "how much sea was usable": "UPDATE efforts SET usable_km2 = usable_km2 * 2",
    "how far was flown": "UPDATE efforts SET flown_km = flown_km + 1",
    "for how long": "UPDATE efforts SET minutes = minutes + 60",
    "finds on dry land": "UPDATE efforts SET ashore = ashore + 1",
    "where was looked": "UPDATE efforts SET usable_area = '010300000000000000'",
    "how much of a zone": "UPDATE zone_efforts SET effective_km2 = effective_km2 * 2",
    "the zone's own size": "UPDATE zone_efforts SET zone_km2 = 1",
    "a zone's effort taken out": "DELETE FROM zone_efforts",
}


@pytest.mark.parametrize("what", EFFORT_TAMPERINGS)
def test_effort_changed_beside_the_ledger_is_found(store, make_log, tamper, what) -> None:
    sea = SeaEffort(3.0, 2.0, 1.5)
    effort = DayEffort(
        date(2026, 3, 1), 20, 18, 5.0, 30.0, sea, (ZoneEffort("laem_chu_hoi", 3.9, sea),),
        shapely.box(99.45, 7.25, 99.46, 7.26), 0,
    )  # fmt: skip
    store.log_flight(replace(make_log("flight4"), efforts=(effort,)))
    assert store.verify().faults == ()
    tamper(EFFORT_TAMPERINGS[what])
    assert any("flight flight4 is not as" in fault.what for fault in store.verify().faults)


NOTICE_TAMPERINGS = {
    "what a message said": ("UPDATE notices SET text = 'all is well' WHERE cause = 'a'", 11),
    "to whom it went": ("UPDATE notices SET recipient = 'nobody' WHERE cause = 'a'", 11),
    "when it was sent": (
        "UPDATE notices SET sent_at_utc = '2026-03-01 00:00:00' WHERE cause = 'a'", 11
    ),
    "that it arrived": ("UPDATE notices SET state = 'failed' WHERE cause = 'a'", 11),
    "that it was sent at all": ("UPDATE notices SET state = 'waiting' WHERE cause = 'a'", 11),
    "a message taken out": ("DELETE FROM notices WHERE cause = 'a'", 11),
    "why one did not arrive": ("UPDATE notices SET fault = 'no network' WHERE cause = 'b'", 12),
    "one put in beside the software": (
        "UPDATE notices SET state = 'sent', sent_at_utc = made_at_utc WHERE cause = 'c'", 0
    ),
}  # fmt: skip


def told(store, site) -> None:
    """Entries 11 and 12: a message that arrived and one that was given up; a third waits."""
    store.notices.begin("desk", (), LATER)
    drafts = [Draft(cause, "Two alerts", f"look {cause}", LATER) for cause in "abc"]
    store.notices.enter("desk", site, lambda _: drafts, LATER)
    arrived, given_up = (store.notices.claim(["desk"], LATER) for _ in range(2))
    store.notices.sent(arrived.notice_id, LATER)
    while store.notices.failed(given_up.notice_id, "no such host", LATER).state != "failed":
        pass
    # a second sender that heard of it too late changes nothing
    assert store.notices.failed(arrived.notice_id, "timed out", LATER).fault is None
    assert store.verify().faults == ()
    assert store.tail.last_sequence() == 12


@pytest.mark.parametrize("what", NOTICE_TAMPERINGS)
def test_a_message_changed_beside_the_ledger_is_found(store, site, tamper, what) -> None:
    told(store, site)
    edit, sequence = NOTICE_TAMPERINGS[what]
    tamper(edit)
    faults = store.verify().faults
    assert [fault.sequence for fault in faults] == [sequence], faults
    assert "message notice:" in faults[0].what


def forge(key: SiteKey, number: int) -> Callable[[Connection], None]:
    """Write the ledger anew and sign it with another key."""

    def edit(connection: Connection) -> None:
        write_anew(connection, other_reason(entries(connection)))
        last = entries(connection)[-1]
        made = sign(number, head_after(last), LATER, key)
        connection.execute(text("DELETE FROM checkpoints"))
        columns = ", ".join(asdict(made))
        values = ", ".join(f":{column}" for column in asdict(made))
        connection.execute(
            text(f"INSERT INTO checkpoints ({columns}) VALUES ({values})"), asdict(made)
        )

    return edit


def test_a_ledger_signed_with_another_key_is_found(store, tamper, tmp_path) -> None:
    tamper(forge(SiteKey.kept_at(tmp_path / "other_key"), 1))
    assert any("is not a trusted one" in fault.what for fault in store.verify().faults)


def test_even_the_sites_own_key_cannot_undo_a_line_kept_elsewhere(store, tamper, key) -> None:
    line = store.checkpoints()[-1].line
    tamper(forge(key, 1))
    assert not any("checkpoint" in fault.what for fault in store.verify().faults)
    kept = read_checkpoint(line.replace(" ", "\n  "))
    faults = store.verify(witnesses=[kept]).faults
    assert any("is not the entry for which checkpoint 2 vouches" in f.what for f in faults)
    short = read_checkpoint(f"10 {kept.entry_hash[:16]}")
    faults = store.verify(witnesses=[short]).faults
    assert any("for which what was written down vouches" in f.what for f in faults)


def test_a_tail_cut_off_with_its_checkpoints_is_found_by_a_line_kept_elsewhere(
    store, tamper
) -> None:
    kept = store.checkpoints()[-1]
    tamper(cut_tail, "DELETE FROM checkpoints WHERE number = 2")
    faults = store.verify(witnesses=[kept]).faults
    assert any(f.sequence == 10 and "this entry is gone" in f.what for f in faults), faults


def test_a_line_made_up_is_found(store, key, tmp_path) -> None:
    real = store.checkpoints()[-1]
    made_up: Checkpoint = sign(
        3, LedgerHead(9, real.entry_hash), LATER, SiteKey.kept_at(tmp_path / "other_key")
    )
    posing = replace(made_up, key_id=key.public.key_id)
    for line, said in ((made_up, "not a trusted one"), (posing, "changed or forged")):
        faults = store.verify(witnesses=[line]).faults
        assert any(said in fault.what for fault in faults), faults


def test_a_third_party_needs_the_public_key_alone(store, database_url, key, tmp_path) -> None:
    elsewhere = Store(database_url)
    try:
        assert elsewhere.verify([PublicKey(key.public.raw)]).faults == ()
        other = SiteKey.kept_at(tmp_path / "other_key").public
        for keys in (None, [other]):
            assert any("not a trusted one" in f.what for f in elsewhere.verify(keys).faults)
    finally:
        elsewhere.close()


@pytest.fixture
def pictured(store, make_log, tmp_path):
    """An incident whose original and crop are in a media store."""
    media = MediaStore(str(tmp_path / "media"))
    log = make_log("flight3")
    original, crop = media.put(b"original"), media.put(b"crop")
    incident = replace(
        log.incidents[0], incident_id="pictured", frame_sha256=original, crop_sha256=crop
    )
    store.log_flight(replace(log, incidents=(incident,)))
    return media, original, crop


@pytest.mark.parametrize(
    ("which", "content", "said"),
    [
        ("original", None, "is missing from the media store"),
        ("original", b"swapped", "was changed in the media store"),
        ("crop", None, "is missing from the media store"),
        ("crop", b"retouched", "was changed in the media store"),
        ("crop", b"", "was changed in the media store"),
    ],
)
def test_pictures_that_were_changed_or_removed_are_named(
    store, pictured, tmp_path, which, content, said
) -> None:
    media, original, crop = pictured
    name = {"original": original, "crop": crop}[which]
    path = tmp_path / "media" / name[:2] / name[2:4] / name
    if content is None:
        path.unlink()
    else:
        path.write_bytes(content)
    faults = [fault.what for fault in media_faults(store, media)]
    assert any(f"the {which} {name} of incident pictured {said}" == what for what in faults), faults
