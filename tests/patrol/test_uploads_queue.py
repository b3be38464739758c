"""Received flights are worked on by one worker at a time, and by another when that one is gone."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from patrol.uploads import (
    FileOffer,
    FileState,
    UnknownUpload,
    UploadPolicy,
    UploadState,
    UploadStateError,
)
from patrol.uploads_queue import MOST_IDLE_CLAIMS, LeaseLost, StoredLook
from patrol.uploads_quota import Quota
from patrol.uploads_table import NewFile
from patrol.user import Role

START = datetime(2026, 11, 22, 5, 30, tzinfo=UTC)
LEASE = timedelta(minutes=2)
LATER = START + LEASE + timedelta(seconds=1)


@pytest.fixture
def receive(store):
    store.add_user("don", "no hash", Role.RANGER, START)

    def received(name, at=START):
        offer = FileOffer("a.JPG", 3, sha256(name.encode()).hexdigest())
        upload = store.uploads.add(
            "don",
            name,
            offer.sha256,
            [NewFile(offer, FileState.STORED)],
            at_utc=at,
            expires_at_utc=at + timedelta(days=14),
            quota=Quota(UploadPolicy(), at, 0, lambda *_: 0),
        )
        return store.uploads.receive(upload.upload_id, at).upload_id

    return received


def test_the_flight_that_waits_longest_comes_first_and_open_ones_do_not(store, receive):
    later, first = receive("later", START + timedelta(hours=1)), receive("first")
    assert store.queue.claim(LATER, LEASE).upload.upload_id == first
    assert store.queue.claim(LATER, LEASE).upload.upload_id == later
    assert store.queue.claim(LATER, LEASE) is None


def test_workers_that_ask_at_once_get_different_flights(store, receive):
    flights = {receive(str(number)) for number in range(6)}
    with ThreadPoolExecutor(8) as workers:
        claims = list(workers.map(lambda _: store.queue.claim(START, LEASE), range(8)))
    got = [claim.upload.upload_id for claim in claims if claim]
    assert sorted(got) == sorted(flights)


def test_a_silent_workers_flight_is_taken_over_and_the_old_one_can_change_nothing(store, receive):
    receive("x")
    old = store.queue.claim(START, LEASE)
    store.queue.renew(old, START + LEASE / 2, LEASE)
    assert store.queue.claim(LATER, LEASE) is None
    new = store.queue.claim(LATER + LEASE, LEASE)
    assert new.upload.upload_id == old.upload.upload_id
    for attempt in (
        lambda: store.queue.renew(old, LATER, LEASE),
        lambda: store.queue.report(old, "detect", 1, 2, LATER),
        lambda: store.queue.keep_look(old, StoredLook("f", "i", "d"), 1, 2),
        lambda: store.queue.count_failure(old, "f", "why"),
        lambda: store.queue.finish(old, "flight1"),
        lambda: store.queue.fail(old, "why"),
    ):
        with pytest.raises(LeaseLost):
            attempt()
    assert store.uploads.upload(new.upload.upload_id).state is UploadState.PROCESSING
    assert store.queue.looks(new.upload.upload_id) == {}


def test_looks_and_progress_are_kept_together_until_the_flight_is_logged(store, receive, make_log):
    upload_id = receive("x")
    claim = store.queue.claim(START, LEASE)
    store.queue.report(claim, "detect", 0, 4, START)
    store.queue.keep_look(claim, StoredLook("f" * 64, "1" * 64, "{}"), 1, 4)
    # the same frame again, after an update of the software, say
    look = StoredLook("f" * 64, "2" * 64, "[]")
    store.queue.keep_look(claim, look, 1, 4)
    assert store.queue.looks(upload_id) == {"f" * 64: look}
    progress = store.uploads.upload(upload_id).progress
    assert (progress.stage, progress.done, progress.total) == ("detect", 1, 4)
    assert progress.seconds_left(START + timedelta(seconds=10)) == 30
    store.log_flight(make_log("flight1"))
    store.queue.finish(claim, "flight1")
    ready = store.uploads.upload(upload_id)
    assert (ready.state, ready.flight_id) == (UploadState.READY, "flight1")
    assert store.queue.looks(upload_id) == {}
    assert store.uploads.senders("flight1") == {"don"}
    assert store.flight_page(limit=5, for_sender="don").total == 1
    assert store.flight_page(limit=5, for_sender="fah").flights == ()
    assert store.flight_page(limit=5).flights == store.flights()


def test_failures_of_a_file_are_counted_with_the_last_reason(store, receive):
    upload_id = receive("x")
    claim = store.queue.claim(START, LEASE)
    store.queue.count_failure(claim, "f" * 64, "first")
    failed = store.queue.count_failure(claim, "f" * 64, "second")
    assert (failed.tries, failed.reason) == (2, "second")
    assert store.queue.failures(upload_id) == {"f" * 64: failed}


def test_a_flight_that_gets_nowhere_is_given_up_and_can_be_tried_again(store, receive):
    upload_id = receive("x")
    at = START
    for _ in range(MOST_IDLE_CLAIMS):
        assert store.queue.claim(at, LEASE)
        at += LEASE * 2
    assert store.queue.claim(at, LEASE) is None
    given_up = store.uploads.upload(upload_id)
    assert given_up.state is UploadState.FAILED
    assert "without getting further" in given_up.fault
    store.queue.retry(upload_id)
    assert store.queue.claim(at, LEASE).upload.upload_id == upload_id
    with pytest.raises(UploadStateError, match="processing"):
        store.queue.retry(upload_id)
    with pytest.raises(UnknownUpload):
        store.queue.retry("nothing")


def test_a_frame_more_gives_the_flight_all_its_claims_again(store, receive):
    receive("x")
    at = START
    for number in range(MOST_IDLE_CLAIMS + 5):
        claim = store.queue.claim(at, LEASE)
        if number == 10:
            store.queue.keep_look(claim, StoredLook("f", "i", "d"), 1, 2)
        at += LEASE * 2
    assert claim is not None


def test_the_clock_of_the_database_is_aware_and_goes_on(store):
    before, after = store.queue.now(), store.queue.now()
    assert before.utcoffset() == timedelta(0)
    assert before <= after < before + timedelta(minutes=1)


def test_a_clock_that_was_set_back_keeps_no_flight_from_its_workers(store, receive):
    flight = receive("x")
    ahead = START + timedelta(days=1400)
    before = store.queue.claim(ahead, LEASE)
    assert before.upload.upload_id == flight
    # the clock is right again, and that worker is gone
    after = store.queue.claim(START, LEASE)
    assert after.upload.upload_id == flight
    with pytest.raises(LeaseLost):
        store.queue.renew(before, START, LEASE)
    assert store.queue.claim(START + LEASE / 2, LEASE) is None  # it is held, and not for too long


def test_a_worker_that_lets_go_has_not_come_to_nothing(store, receive):
    receive("x")
    for _ in range(MOST_IDLE_CLAIMS + 5):
        claim = store.queue.claim(START, LEASE)
        assert claim.idle_claims == 1
        store.queue.let_go(claim)
    with pytest.raises(LeaseLost):
        store.queue.let_go(claim)
