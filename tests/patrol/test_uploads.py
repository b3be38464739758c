"""Flights on their way: announced, appended to, verified, kept once, received when complete."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from threading import Barrier

import pytest

from patrol.device_tokens import DeviceTokenError
from patrol.media import MediaError, MediaStore
from patrol.uploads import (
    FileOffer,
    FileState,
    OffsetError,
    QuotaError,
    UnknownUpload,
    UploadError,
    UploadExpired,
    UploadPolicy,
    UploadState,
    UploadStateError,
)
from patrol.uploads_content import Content, content_of
from patrol.uploads_desk import MOST_WRONG_HASHES, Desk
from patrol.user import Role

START = datetime(2026, 11, 22, 5, 30, tzinfo=UTC)


class Clock:
    """A clock that tests move."""

    moment = START

    def __call__(self):
        return self.moment


def jpeg(salt, size=9000):
    return (b"\xff\xd8\xff\xe0" + sha256(str(salt).encode()).digest() * (size // 32 + 1))[:size]


def offer(path, data):
    return FileOffer(path, len(data), sha256(data).hexdigest())


@pytest.fixture
def users(store):
    return {
        name: store.add_user(name, "no hash", role, START)
        for name, role in (
            ("don", Role.RANGER),
            ("fah", Role.RANGER),
            ("mali", Role.OFFICER),
        )
    }


@pytest.fixture
def desk(store, users, tmp_path):
    media = MediaStore(str(tmp_path / "media"))
    return Desk(store.uploads, media, tmp_path / "parts", UploadPolicy(), Clock())


def send(desk, user, name, *contents):
    """Announce and send files whole, in two pieces each; returns the upload."""
    offers = [offer(f"DCIM/{number}.JPG", data) for number, data in enumerate(contents)]
    upload = desk.announce(user, name, offers)
    for file, data in zip(upload.files, contents, strict=True):
        if desk.own_file(user, file.file_id).state is FileState.WAITING:
            send_file(desk, file, data)
    return desk.own_upload(user, upload.upload_id)


def send_file(desk, file, data):
    middle = len(data) // 2
    desk.append(file, desk.append(file, 0, data[:middle]), data[middle:])
    return desk.settle(file)


def test_a_flight_is_received_when_every_file_is_verified(desk, users):
    upload = send(desk, users["don"], "morning", jpeg(1), jpeg(2))
    assert [file.state for file in upload.files] == [FileState.STORED] * 2
    received = desk.finish(users["don"], upload.upload_id)
    assert received.state is UploadState.RECEIVED
    assert desk.finish(users["don"], upload.upload_id) == received
    assert desk.media.get(upload.files[0].sha256) == jpeg(1)
    assert not any((desk.folder / upload.upload_id).iterdir())
    with pytest.raises(UploadStateError, match="received and takes no more"):
        desk.add_file(users["don"], upload.upload_id, offer("late.JPG", jpeg(3)))


def test_an_incomplete_flight_is_not_received_unless_the_rest_is_left_out(desk, users):
    upload = desk.announce(users["don"], "noon", [offer("a.JPG", jpeg(1)), offer("b.JPG", jpeg(2))])
    send_file(desk, upload.files[0], jpeg(1))
    desk.append(upload.files[1], 0, jpeg(2)[:5000])
    with pytest.raises(UploadStateError, match="1 of 2 files have not come"):
        desk.finish(users["don"], upload.upload_id)
    received = desk.finish(users["don"], upload.upload_id, leave_out_missing=True)
    assert received.state is UploadState.RECEIVED
    assert received.files[1].refusal.code == "not_sent"
    assert desk.offset(upload.files[1]) == 5000  # kept all the same


def test_a_flight_of_nothing_is_not_received(desk, users):
    upload = desk.announce(users["don"], "none", [offer("a.JPG", jpeg(1))])
    with pytest.raises(UploadStateError, match="no file of this flight"):
        desk.finish(users["don"], upload.upload_id, leave_out_missing=True)


def test_the_same_list_is_the_same_upload_and_the_same_bytes_are_asked_for_once(desk, users):
    upload = send(desk, users["don"], "first", jpeg(1), jpeg(2))
    again = send(desk, users["don"], "first, again", jpeg(1), jpeg(2))
    assert again.upload_id == upload.upload_id
    further = desk.announce(users["don"], "more", [offer("x", jpeg(1)), offer("y", jpeg(3))])
    assert [file.state for file in further.files] == [FileState.STORED, FileState.WAITING]


def test_twins_in_one_flight_are_sent_once(desk, users):
    upload = desk.announce(users["don"], "twins", [offer("a", jpeg(1)), offer("b", jpeg(1))])
    send_file(desk, upload.files[0], jpeg(1))
    assert desk.finish(users["don"], upload.upload_id).state is UploadState.RECEIVED


def test_a_ranger_learns_nothing_of_what_others_sent_and_cannot_take_it(desk, users):
    send(desk, users["fah"], "hers", jpeg(1))
    his = desk.announce(users["don"], "his", [offer("a.JPG", jpeg(1))])
    assert his.files[0].state is FileState.WAITING
    send_file(desk, his.files[0], jpeg(1))
    assert len([p for p in (desk.folder.parent / "media").rglob("*") if p.is_file()]) == 1
    assert desk.announce(users["mali"], "x", [offer("a", jpeg(1))]).files[0].state == "stored"


def test_another_users_upload_is_unknown(desk, users):
    upload = desk.announce(users["fah"], "hers", [offer("a.JPG", jpeg(1))])
    for attempt in (
        lambda: desk.own_upload(users["don"], upload.upload_id),
        lambda: desk.own_file(users["don"], upload.files[0].file_id),
        lambda: desk.finish(users["don"], upload.upload_id),
        lambda: desk.add_file(users["don"], upload.upload_id, offer("b", jpeg(2))),
        lambda: desk.visible_upload(users["don"], upload.upload_id),
        # who sees all may still not write to it
        lambda: desk.own_upload(users["mali"], upload.upload_id),
        lambda: desk.own_file(users["don"], "../../etc/passwd"),
    ):
        with pytest.raises(UnknownUpload):
            attempt()
    assert desk.visible_upload(users["mali"], upload.upload_id) == upload
    assert desk.visible_uploads(users["don"]) == ()
    assert desk.visible_uploads(users["mali"]) == (upload,)


def test_bytes_that_do_not_follow_change_nothing(desk, users):
    (file,) = desk.announce(users["don"], "x", [offer("a.JPG", jpeg(1))]).files
    desk.append(file, 0, jpeg(1)[:100])
    for offset in (0, 99, 101):
        with pytest.raises(OffsetError, match="next byte of this file is 100"):
            desk.append(file, offset, b"other")
    with pytest.raises(UploadError, match="announced with 9000"):
        desk.append(file, 100, b"x" * 8901)
    assert desk.offset(file) == 100
    desk.take_back(file, 60, until=90)  # others followed: not ours to drop any more
    assert desk.offset(file) == 100
    desk.take_back(file, 60, until=100)
    assert desk.offset(file) == 60


def test_other_bytes_than_announced_are_moved_aside_and_in_the_end_refused(desk, users):
    (file,) = desk.announce(users["don"], "x", [offer("a.JPG", jpeg(1))]).files
    for attempt in range(1, MOST_WRONG_HASHES + 1):
        file = send_file(desk, file, jpeg("wrong"))
        assert file.refusal.code == "wrong_hash"
        last = attempt == MOST_WRONG_HASHES
        assert file.state is (FileState.REFUSED if last else FileState.WAITING)
        assert desk.offset(file) == 0
    assert len(list((desk.folder / file.upload_id).glob("*.aside"))) == MOST_WRONG_HASHES
    assert not desk.media.has(file.sha256)


def test_a_right_second_try_clears_the_note(desk, users):
    (file,) = desk.announce(users["don"], "x", [offer("a.JPG", jpeg(1))]).files
    send_file(desk, file, jpeg("wrong"))
    kept = send_file(desk, file, jpeg(1))
    assert (kept.state, kept.refusal) == (FileState.STORED, None)


@pytest.mark.parametrize("data", [b"MZ" + b"\x00" * 5000, b"%PDF-1.7\n" + b"x" * 5000])
def test_a_wrong_kind_is_refused_by_its_first_bytes_whatever_its_name(desk, users, data):
    (file,) = desk.announce(users["don"], "x", [offer("DJI_0001.JPG", data)]).files
    desk.append(file, 0, data[:4096])
    refused = desk.settle(file)
    assert (refused.state, refused.refusal.code) == (FileState.REFUSED, "wrong_type")
    assert refused.refusal.remedy


@pytest.mark.parametrize(
    ("path", "size", "code"),
    [
        ("../../up.JPG", 10, "unsafe_name"),
        ("/etc/passwd", 10, "unsafe_name"),
        ("C:\\x.JPG", 10, "unsafe_name"),
        ("a.JPG", 0, "empty"),
        ("a.MP4", (16 << 30) + 1, "too_large"),
    ],
)
def test_what_cannot_be_taken_is_said_at_once_for_that_file_alone(desk, users, path, size, code):
    offers = [FileOffer(path, size, "0" * 64), offer("good.JPG", jpeg(1))]
    bad, good = desk.announce(users["don"], "x", offers).files
    assert (bad.state, bad.refusal.code) == (FileState.REFUSED, code)
    assert good.state is FileState.WAITING
    send_file(desk, good, jpeg(1))
    assert desk.finish(users["don"], good.upload_id).state is UploadState.RECEIVED


@pytest.mark.parametrize(
    ("offers", "told"),
    [
        ([], "1 to 10000 files"),
        ([offer("a", b"1"), offer("a", b"2")], "named twice"),
        ([offer("a\nb", b"1")], "printable"),
    ],
)
def test_a_list_that_cannot_be_one_is_refused(desk, users, offers, told):
    with pytest.raises(UploadError, match=told):
        desk.announce(users["don"], "x", offers)


@pytest.mark.parametrize("name", ["a\x00b", "a\nb", "a\u202eb"])
def test_a_flights_name_must_be_printable(desk, users, name):
    with pytest.raises(UploadError, match="flight's name must be printable"):
        desk.announce(users["don"], name, [offer("a.JPG", jpeg(1))])


@pytest.mark.parametrize("step", ["_check_content", "_verify"])
def test_a_file_that_two_connections_settle_at_once_is_kept_once(desk, users, monkeypatch, step):
    (file,) = desk.announce(users["don"], "x", [offer("a.JPG", jpeg(1))]).files
    desk.append(file, 0, jpeg(1))
    real, others = getattr(Desk, step), []

    def slower(self, file):
        if not others:
            others.append(True)
            assert desk.settle(file).state is FileState.STORED
        real(self, file)

    monkeypatch.setattr(Desk, step, slower)
    assert desk.settle(file).state is FileState.STORED
    assert others
    assert desk.media.get(file.sha256) == jpeg(1)


def test_quotas_count_what_is_new_of_each_user_in_its_time(desk, users):
    desk = replace(desk, policy=UploadPolicy(quota_bytes=20_000))
    send(desk, users["don"], "x", jpeg(1), jpeg(2))
    with pytest.raises(QuotaError, match="are left"):
        desk.announce(users["don"], "y", [offer("c", jpeg(3))])
    # what is here already costs nothing, and others have their own
    desk.announce(users["don"], "z", [offer("again", jpeg(1))])
    desk.announce(users["fah"], "y", [offer("c", jpeg(3))])
    desk.now.moment = START + timedelta(days=31)
    assert desk.announce(users["don"], "y", [offer("c", jpeg(3))]).files[0].state == "waiting"


def at_once(desk, monkeypatch, *calls):
    """Run calls that all get as far as the disk's check before one of them goes on."""
    together = Barrier(len(calls))
    real = shutil.disk_usage

    def waited(folder):
        together.wait(120)
        return real(folder)

    monkeypatch.setattr("patrol.uploads_desk.shutil.disk_usage", waited)
    gave = []

    def one(call):
        try:
            call()
            gave.append("taken")
        except QuotaError:
            gave.append("refused")

    with ThreadPoolExecutor(len(calls)) as threads:
        list(threads.map(one, calls))
    return sorted(gave)


def test_announcements_at_once_find_no_more_room_than_there_is(desk, users, monkeypatch):
    desk = replace(desk, policy=UploadPolicy(quota_bytes=20_000))
    don = users["don"]
    flights = [
        lambda n=n: desk.announce(don, str(n), [offer(f"{n}.JPG", jpeg(n))]) for n in range(4)
    ]
    assert at_once(desk, monkeypatch, *flights) == ["refused"] * 2 + ["taken"] * 2
    assert sum(file.size_bytes for u in desk.visible_uploads(don) for file in u.files) == 18_000


def test_files_added_at_once_find_no_more_room_than_there_is(desk, users, monkeypatch):
    desk = replace(desk, policy=UploadPolicy(quota_bytes=20_000))
    don = users["don"]
    upload = desk.announce(don, "x", [offer("small.JPG", jpeg(1, 100))])
    files = [
        lambda n=n: desk.add_file(don, upload.upload_id, offer(f"{n}.JPG", jpeg(n)))
        for n in range(2, 6)
    ]
    assert at_once(desk, monkeypatch, *files) == ["refused"] * 2 + ["taken"] * 2


def test_expired_uploads_taken_up_again_count_again(desk, users):
    desk = replace(desk, policy=UploadPolicy(quota_bytes=20_000))
    don = users["don"]
    lists = [[offer(f"{n}{m}.JPG", jpeg((n, m))) for m in range(2)] for n in range(2)]
    for offers in lists:
        desk.announce(don, "x", offers)
        desk.now.moment += timedelta(days=40)
    desk.announce(don, "x", lists[0])
    with pytest.raises(QuotaError, match="0 MiB are left"):
        desk.announce(don, "x", lists[1])


@pytest.mark.parametrize("how", ["left out", "expired", "other bytes"])
def test_what_came_to_nothing_and_lies_here_counts(desk, users, how):
    """Nothing of it is deleted; uncounted, it would fill the disk."""
    desk = replace(desk, policy=UploadPolicy(quota_bytes=20_000))
    don = users["don"]
    big, small = offer("big.JPG", jpeg(1, 15_000)), offer("small.JPG", jpeg(2, 100))
    upload = desk.announce(don, "x", [big, small])
    send_file(desk, upload.files[1], jpeg(2, 100))
    if how == "other bytes":
        send_file(desk, upload.files[0], jpeg("other", 15_000))
    else:
        desk.append(upload.files[0], 0, jpeg(1, 14_000))
    if how == "expired":
        desk.now.moment += timedelta(days=15)
    else:
        desk.finish(don, upload.upload_id, leave_out_missing=True)
    with pytest.raises(QuotaError):
        desk.announce(don, "y", [offer("more.JPG", jpeg(3, 8_000))])
    desk.announce(don, "y", [offer("less.JPG", jpeg(4, 4_000))])
    if how == "expired":
        with pytest.raises(QuotaError):  # 4,000 to come of the other, 15,000 of this one
            desk.announce(don, "z", [big, small, offer("third.JPG", jpeg(5, 2_000))])
        # taken up again it is not counted beside itself
        assert desk.announce(don, "x", [big, small]).upload_id == upload.upload_id


def test_a_content_counts_once_however_often_it_is_named(desk, users):
    desk = replace(desk, policy=UploadPolicy(quota_bytes=20_000))
    don = users["don"]
    send(desk, don, "x", jpeg(1))
    for name in "abc":
        desk.announce(don, name, [offer(f"{name}.JPG", jpeg(1))])
    twins = [offer("y.JPG", jpeg(2)), offer("y again.JPG", jpeg(2))]
    assert len(desk.announce(don, "y", twins).files) == 2


def test_a_full_disk_is_told_before_anything_is_sent(desk, users):
    desk = replace(desk, policy=UploadPolicy(keep_free_bytes=1 << 60))
    with pytest.raises(QuotaError, match="0 MiB to spare"):
        desk.announce(users["don"], "x", [offer("a", jpeg(1))])


def test_an_expired_upload_loses_nothing_and_goes_on_when_announced_again(desk, users):
    offers = [offer("a.JPG", jpeg(1)), offer("b.JPG", jpeg(2))]
    upload = desk.announce(users["don"], "x", offers)
    first, second = upload.files
    send_file(desk, first, jpeg(1))
    desk.append(second, 0, jpeg(2)[:5000])
    desk.now.moment = START + timedelta(days=15)
    with pytest.raises(UploadExpired, match="announce the same files again"):
        desk.own_file(users["don"], second.file_id)
    assert desk.own_file(users["don"], first.file_id).state is FileState.STORED
    again = desk.announce(users["don"], "x", offers)
    assert again.upload_id == upload.upload_id
    assert desk.offset(again.files[1]) == 5000
    desk.append(second, 5000, jpeg(2)[5000:])
    assert desk.settle(second).state is FileState.STORED


def test_a_server_that_died_before_it_noted_a_whole_file_takes_it_up(desk, users, monkeypatch):
    upload = desk.announce(users["don"], "x", [offer("a.JPG", jpeg(1))])
    (file,) = upload.files
    monkeypatch.setattr(desk.table, "keep", lambda _: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        send_file(desk, file, jpeg(1))
    monkeypatch.undo()
    assert desk.offset(file) == 9000
    assert desk.finish(users["don"], upload.upload_id).state is UploadState.RECEIVED


def test_media_are_kept_and_fetched_as_files(tmp_path):
    (tmp_path / "a").write_bytes(jpeg(1))
    name = sha256(jpeg(1)).hexdigest()
    for url in (str(tmp_path / "local"), f"memory://fetch_{tmp_path.name}"):
        media = MediaStore(url)
        for _ in range(2):
            media.put_file(tmp_path / "a", name)
        assert media.get(name) == jpeg(1)
        into = tmp_path / f"fetched_{url[:3].strip('/')}"
        media.fetch(name, into)
        assert into.read_bytes() == jpeg(1)
        with pytest.raises(MediaError, match="no file"):
            media.fetch("0" * 64, tmp_path / "none")
    kept = tmp_path / "local" / name[:2] / name[2:4] / name
    kept.unlink()
    kept.write_bytes(b"changed")
    with pytest.raises(MediaError, match="was changed"):
        MediaStore(str(tmp_path / "local")).fetch(name, tmp_path / "changed")


@pytest.mark.parametrize(
    ("head", "content"),
    [
        (b"\xff\xd8\xff\xe1", Content.PHOTO),
        (b"II*\x00", Content.PHOTO),
        (b"\x89PNG\r\n\x1a\n\x00\x00", Content.PHOTO),
        (b"RIFF\x00\x00\x00\x00WEBP", Content.PHOTO),
        (b"\x00\x00\x00\x18ftypheic", Content.PHOTO),
        (b"\x00\x00\x00\x18ftypisom", Content.VIDEO),
        (b"\x00\x00\x00\x14ftypqt  ", Content.VIDEO),
        (b"\x1a\x45\xdf\xa3", Content.VIDEO),
        (b"RIFF\x00\x00\x00\x00AVI ", Content.VIDEO),
        (b"PK\x03\x04", Content.ZIP),
        (b"\xef\xbb\xbf1\r\n00:00:00,000 --> 00:00:00,033\r\n", Content.TELEMETRY),
        (b'<?xml version="1.0"?>\n<gpx version="1.1">', Content.TELEMETRY),
        (b"time(millisecond),latitude,longitude\n1,2,3\n", Content.TABLE),
        (b"", None),
        (b"hello", None),
        (b"<html><body>", None),
        (b"RIFF\x00\x00\x00\x00WAVE", None),
        (b"\x7fELF\x02\x01\x01", None),
        (b"#!/bin/sh\nrm -rf a, b, c", None),
    ],
)
def test_content_is_told_by_the_first_bytes(head, content):
    assert content_of(head) is content


def test_a_token_passes_until_it_is_revoked_and_is_not_kept(store, users):
    tokens = store.device_tokens
    token = tokens.add("don", "boat laptop", START)
    assert tokens.user(token) == users["don"]
    (kept,) = tokens.of("don")
    assert (kept.label, kept.revoked_at_utc) == ("boat laptop", None)
    assert token not in repr(kept)
    changed = token[:-1] + ("A" if token[-1] != "A" else "B")
    for wrong in ("", "libong_", changed, token + "x", f"libong_{'0' * 12}_{'a' * 43}"):
        assert tokens.user(wrong) is None
    tokens.revoke(kept.token_id, START)
    assert tokens.user(token) is None
    with pytest.raises(DeviceTokenError, match="no token"):
        tokens.revoke("nothing", START)
    with pytest.raises(DeviceTokenError, match="no user"):
        tokens.add("nobody", "x", START)
