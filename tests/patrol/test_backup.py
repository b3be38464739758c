"""Backups: made while others write, restored into either database, refused when changed."""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread
from zipfile import ZipFile

import pytest

from patrol.backup import MANIFEST, PUBLIC_KEYS, BackupError, copy_media
from patrol.backup_restore import backup_keys
from patrol.checkpoint_key import SiteKey, read_public_keys
from patrol.incident import State
from patrol.media import MediaStore
from patrol.store import Role, Store

LATER = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


@pytest.fixture
def key(tmp_path: Path) -> SiteKey:
    return SiteKey.kept_at(tmp_path / "site_key")


@pytest.fixture
def media(tmp_path: Path) -> MediaStore:
    kept = MediaStore(str(tmp_path / "media"))
    kept.put(b"original")
    kept.put(b"crop")
    return kept


@pytest.fixture
def store(database_url: str, key: SiteKey, make_log) -> Iterator[Store]:
    with closing(Store(database_url, key)) as opened:
        opened.add_user("mali", "hash", Role.OFFICER, LATER)
        log = make_log()
        opened.log_flight(log)
        opened.transition(
            log.incidents[0].incident_id,
            State.CONFIRMED,
            actor="mali",
            reason="เห็นชัด",
            expected_version=1,
            at_utc=LATER,
        )
        yield opened


@pytest.fixture
def make_backup(store, media, key, tmp_path) -> Callable[[str], Path]:
    def make(name: str) -> Path:
        store.back_up(tmp_path / name, media, key.public.pem, LATER)
        return tmp_path / name

    return make


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Store]:
    with closing(Store(f"sqlite:///{tmp_path}/restored.sqlite3")) as opened:
        yield opened


def test_what_is_restored_is_what_was_there_and_goes_on(
    store, make_backup, make_log, empty, key, tmp_path
) -> None:
    file = make_backup("a.zip")
    pictures = MediaStore(str(tmp_path / "restored"))
    made = empty.restore(file, pictures)
    assert made.media == 2
    assert sorted(pictures.names()) == sorted(MediaStore(str(tmp_path / "media")).names())
    report = empty.verify([key.public])
    assert (report.faults, report.events, report.checkpoints) == ((), 5, 1)
    assert report == store.verify()
    assert empty.incidents() == store.incidents()
    assert empty.flights() == store.flights()
    assert empty.sightings("flight1") == store.sightings("flight1")
    assert empty.users() == store.users()
    empty.log_flight(make_log("flight2"))
    assert empty.verify([key.public]).faults == ()


def test_a_backup_of_sqlite_is_restored_into_either_database(
    empty_database_url, make_log, key, media, tmp_path
) -> None:
    """And the trigger still holds there, and new rows are numbered after the restored ones."""
    with closing(Store(f"sqlite:///{tmp_path}/source.sqlite3", key)) as source:
        source.migrate()
        source.log_flight(make_log())
        source.back_up(tmp_path / "a.zip", media, key.public.pem, LATER)
    with closing(Store(empty_database_url, key)) as target:
        target.restore(tmp_path / "a.zip", MediaStore(str(tmp_path / "restored")))
        assert target.verify().faults == ()
        target.log_flight(make_log("flight2"))
        assert [flight.flight_id for flight in target.flights()] == ["flight1", "flight2"]
        assert target.verify().faults == ()


def test_a_backup_made_while_others_write_is_of_one_moment(
    store, make_backup, make_log, empty, key, tmp_path
) -> None:
    started, enough = Event(), Event()
    logged = []

    def write() -> None:
        while not enough.is_set():
            store.log_flight(make_log(f"more{len(logged)}"))
            logged.append(len(logged))
            if len(logged) == 2:
                started.set()

    writer = Thread(target=write)
    writer.start()
    try:
        assert started.wait(timeout=60)
        file = make_backup("a.zip")
    finally:
        enough.set()
        writer.join()
    empty.restore(file, MediaStore(str(tmp_path / "restored")))
    report = empty.verify([key.public])
    assert report.faults == ()
    assert 5 + 3 * 2 <= report.events <= store.verify().events
    assert store.verify().faults == ()


def test_nothing_is_overwritten(store, make_backup, tmp_path) -> None:
    file = make_backup("a.zip")
    before = file.read_bytes()
    with pytest.raises(BackupError, match="never overwrites one"):
        make_backup("a.zip")
    assert file.read_bytes() == before
    head = store.verify()
    with pytest.raises(BackupError, match="already, and a backup never overwrites"):
        store.restore(file, MediaStore(str(tmp_path / "restored")))
    assert store.verify() == head


def rewrite(file: Path, name: str, content: bytes | None) -> None:
    """Replace a file in a ZIP, or with None leave it out."""
    with ZipFile(file) as before, ZipFile(f"{file}.new", "w") as after:
        for member in before.namelist():
            kept = before.read(member) if member != name else content
            if kept is not None:
                after.writestr(member, kept)
    shutil.move(f"{file}.new", file)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            lambda file: rewrite(file, "tables/frames.jsonl", b""),
            "frames in the backup was changed or is not whole",
        ),
        (lambda file: rewrite(file, "tables/ledger.jsonl", None), "no whole backup"),
        (lambda file: rewrite(file, MANIFEST, b'{"format": "other"}'), "must be of the format"),
        (lambda file: rewrite(file, MANIFEST, b"{}"), "no whole backup"),
        (lambda file: file.write_bytes(file.read_bytes()[:-900]), "no whole backup"),
        (lambda file: file.write_text("hello"), "no whole backup"),
    ],
)
def test_a_backup_that_was_changed_or_cut_short_is_refused_and_leaves_nothing(
    make_backup, empty, tmp_path, change, said
) -> None:
    file = make_backup("a.zip")
    change(file)
    with pytest.raises(BackupError, match=said):
        empty.restore(file, MediaStore(str(tmp_path / "restored")))
    empty.migrate()
    assert (empty.flights(), empty.verify().events) == ((), 0)


def test_a_swapped_picture_is_refused(make_backup, empty, tmp_path) -> None:
    file = make_backup("a.zip")
    with ZipFile(file) as archive:
        picture = next(name for name in archive.namelist() if name.startswith("media/"))
    rewrite(file, picture, b"another")
    with pytest.raises(BackupError, match="in the backup has the hash"):
        empty.restore(file, MediaStore(str(tmp_path / "restored")))
    assert empty.flights() == ()


def test_a_backup_holds_the_public_key_and_never_the_private_one(
    make_backup, key, tmp_path
) -> None:
    file = make_backup("a.zip")
    (tmp_path / "keys.pem").write_text(backup_keys(file))
    assert read_public_keys(tmp_path / "keys.pem") == (key.public,)
    with ZipFile(file) as archive:
        assert json.loads(archive.read(MANIFEST))["format"] == "libong-watch backup 1"
        assert b"PRIVATE" not in b"".join(archive.read(name) for name in archive.namelist())
        assert PUBLIC_KEYS in archive.namelist()


def test_media_copied_on_one_disk_take_no_room(media, tmp_path) -> None:
    assert copy_media(media, MediaStore(str(tmp_path / "copy"))) == 2
    originals = sorted(path for path in (tmp_path / "media").rglob("*") if path.is_file())
    copies = sorted(path for path in (tmp_path / "copy").rglob("*") if path.is_file())
    assert [a.samefile(b) for a, b in zip(originals, copies, strict=True)] == [True, True]
