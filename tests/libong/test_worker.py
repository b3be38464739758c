"""Received flights become logged ones; files and frames that break things are set aside."""

import dataclasses
import errno
import importlib.util
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from typer.testing import CliRunner

from detection.errors import ModelError
from detection.precision import Precision
from detection.types import ObjectClass
from ingest.errors import DiskFull
from libong.cli.main import app
from libong.composition import open_media, open_store
from libong.frame_search import Patience
from libong.outage import OutageError
from libong.settings import environment_of, read_settings
from patrol.database import DatabaseAway
from patrol.uploads import FileOffer, FileState, UploadPolicy, UploadState
from patrol.uploads_desk import Desk
from patrol.uploads_queue import MOST_IDLE_CLAIMS, StoredLook
from patrol.user import Role

STAND_INS = Path(__file__).parent / "stand_ins.py"
NOW = datetime(2026, 11, 22, 5, 30, tzinfo=UTC)


def load_stand_ins():
    spec = importlib.util.spec_from_file_location("stand_ins", STAND_INS)
    module = importlib.util.module_from_spec(spec)
    sys.modules["stand_ins"] = module
    spec.loader.exec_module(module)
    return module


stand_ins = load_stand_ins()


@pytest.fixture
def settings(tmp_path):
    return read_settings(data_dir=tmp_path / "data")


@pytest.fixture
def store(settings):
    opened = open_store(settings)
    opened.add_user("don", "no hash", Role.RANGER, NOW)
    yield opened
    opened.close()


@pytest.fixture
def receive(store, settings):
    desk = Desk(
        store.uploads,
        open_media(settings),
        settings.data_dir / "uploads",
        UploadPolicy(),
        lambda: datetime.now(UTC),
    )

    def received(files):
        don = store.user("don")
        offers = [
            FileOffer(name, len(data), sha256(data).hexdigest()) for name, data in files.items()
        ]
        upload = desk.announce(don, "a flight", offers)
        for file, data in zip(upload.files, files.values(), strict=True):
            if file.state is FileState.WAITING:
                desk.append(file, 0, data)
                desk.settle(file)
        return desk.finish(don, upload.upload_id).upload_id

    return received


def photos(count):
    return {f"DCIM/DJI_{number:04d}.JPG": stand_ins.photo(number) for number in range(count)}


def overlapping(count):
    """Photos of one place, so that they are compared."""
    return {f"DCIM/DJI_{n:04d}.JPG": stand_ins.photo(n, north_s=7) for n in range(count)}


def counting(search):
    seen = []

    def counted(frame, model):
        seen.append(frame.path.name)
        return search(frame, model)

    return counted, seen


def model(manifest):
    """What says that a model is in use."""
    return lambda: dataclasses.replace(stand_ins.MODEL, manifest=manifest)


def with_search(worker, search):
    return dataclasses.replace(worker, tools=dataclasses.replace(worker.tools, search=search))


def test_a_received_flight_is_logged_with_what_was_refused_on_the_way(store, settings, receive):
    upload_id = receive({**photos(3), "DCIM/program.JPG": b"MZ" + b"\x00" * 50})
    worker = stand_ins.make_worker(store, settings)
    assert worker.work_once()
    assert not worker.work_once()
    upload = store.uploads.upload(upload_id)
    assert upload.state is UploadState.READY
    flight = store.flight(upload.flight_id)
    assert (flight.frames, flight.detections) == (3, 3)
    assert [file.reason.code for file in flight.refused] == ["wrong_type"]
    assert store.queue.looks(upload_id) == {}
    assert store.verify().faults == ()
    assert not list(worker.folder.iterdir())


def test_work_goes_on_at_the_first_frame_that_was_not_done(store, settings, receive):
    upload_id = receive(photos(5))

    def killed_at_the_third(frame, model):
        if frame.path.name == "DJI_0003.JPG":
            raise KeyboardInterrupt
        return stand_ins.search(frame, model)

    patience = stand_ins.Patience(at_once=1)
    worker = stand_ins.make_worker(store, settings, patience=patience)
    with pytest.raises(KeyboardInterrupt):
        with_search(worker, killed_at_the_third).work_once()
    upload = store.uploads.upload(upload_id)
    assert upload.state is UploadState.RECEIVED  # at once, without waiting for the lease to end
    assert (upload.progress.done, upload.progress.total) == (3, 5)
    counted, seen = counting(stand_ins.search)
    assert with_search(worker, counted).work_once()
    assert seen == ["DJI_0003.JPG", "DJI_0004.JPG"]
    assert store.flight(store.uploads.upload(upload_id).flight_id).frames == 5


def test_looks_made_by_another_model_are_made_anew(store, settings, receive):
    receive(photos(2))
    worker = stand_ins.make_worker(store, settings)
    claim = store.queue.claim(datetime.now(UTC), timedelta(seconds=-1))
    frame_sha256 = sha256(stand_ins.photo(0)).hexdigest()

    store.queue.keep_look(claim, StoredLook(frame_sha256, "other inputs", "{}"), 1, 2)
    assert worker.work_once()
    (flight,) = store.flights()
    assert flight.frames == 2


@pytest.mark.parametrize("threshold", [0.5, 0.6])
def test_looks_of_the_same_weights_at_other_thresholds_are_made_anew(
    store, settings, receive, threshold
):
    receive(photos(2))

    def killed_at_the_second(frame, model):
        if frame.path.name == "DJI_0001.JPG":
            raise KeyboardInterrupt
        return stand_ins.search(frame, model)

    thresholds = dict.fromkeys(ObjectClass, threshold)
    before = stand_ins.MANIFEST.model_copy(update={"thresholds": thresholds})
    patience = stand_ins.Patience(at_once=1)
    worker = stand_ins.make_worker(store, settings, patience=patience, model_in_use=model(before))
    with pytest.raises(KeyboardInterrupt):
        with_search(worker, killed_at_the_second).work_once()
    worker = stand_ins.make_worker(store, settings)
    counted, seen = counting(stand_ins.search)
    assert with_search(worker, counted).work_once()
    assert ("DJI_0000.JPG" in seen) == (before != stand_ins.MANIFEST)


def test_a_frame_that_fails_every_time_is_set_aside_and_the_others_are_used(
    store, settings, receive
):
    upload_id = receive({**photos(2), "DCIM/BREAKS.JPG": stand_ins.photo(7)})
    assert stand_ins.make_worker(store, settings).work_once()
    upload = store.uploads.upload(upload_id)
    flight = store.flight(upload.flight_id)
    assert flight.frames == 2
    (refused,) = flight.refused
    assert (refused.path.name, refused.reason.code) == ("BREAKS.JPG", "set_aside")
    assert "3 times: RuntimeError: an odd picture" in refused.reason.text
    assert open_media(settings).has(refused.sha256)  # kept all the same


@pytest.mark.deep
def test_a_frame_that_ends_or_hangs_its_process_is_set_aside(store, settings, receive):
    upload_id = receive(
        {
            **photos(2),
            "DCIM/POISON.JPG": stand_ins.photo(7),
            "DCIM/HANGS.JPG": stand_ins.photo(8),
        }
    )
    environment = {**os.environ, "LIBONG_DATA_DIR": str(settings.data_dir)}
    subprocess.run(
        [sys.executable, str(STAND_INS), "work", "--pool", "--once"],
        env=environment,
        check=True,
        timeout=300,
    )
    flight = store.flight(store.uploads.upload(upload_id).flight_id)
    assert flight.frames == 2
    told = {file.path.name: file.reason.text for file in flight.refused}
    assert "ended at once" in told["POISON.JPG"]
    assert "longer than 5 seconds" in told["HANGS.JPG"]


def test_a_file_that_ends_the_worker_while_it_is_read_is_found(store, settings, receive):
    upload_id = receive({**photos(2), "DCIM/READ_ME.JPG": stand_ins.photo(9)})
    # a worker that died of it before
    store.queue.claim(datetime.now(UTC), timedelta(seconds=-1))

    def reading(path, site):
        if path.name == "READ_ME.JPG":
            raise MemoryError

    worker = stand_ins.make_worker(store, settings)
    worker = dataclasses.replace(worker, tools=dataclasses.replace(worker.tools, read=reading))
    assert worker.work_once()
    flight = store.flight(store.uploads.upload(upload_id).flight_id)
    assert flight.frames == 2
    assert [file.reason.code for file in flight.refused] == ["set_aside"]


def test_a_flight_with_nothing_to_search_is_given_up_with_the_reason(store, settings, receive):
    upload_id = receive({"track.csv": b"time,latitude,longitude\n1,2,3\n"})
    worker = stand_ins.make_worker(store, settings)
    assert worker.work_once()
    upload = store.uploads.upload(upload_id)
    assert upload.state is UploadState.FAILED
    assert "no photo or video" in upload.fault
    store.queue.retry(upload_id)
    assert store.uploads.upload(upload_id).state is UploadState.RECEIVED


def test_a_flight_that_the_software_fails_on_is_tried_again_and_then_given_up(
    store, settings, receive, monkeypatch
):
    upload_id = receive(photos(1))

    def broken(*_, **__):
        raise RuntimeError("no such table")

    monkeypatch.setattr("libong.worker.process_flight", broken)
    worker = stand_ins.make_worker(store, settings)
    for state in (UploadState.RECEIVED, UploadState.RECEIVED, UploadState.FAILED):
        assert worker.work_once()
        assert store.uploads.upload(upload_id).state is state
    assert "3 times: RuntimeError: no such table" in store.uploads.upload(upload_id).fault


def test_a_worker_that_lost_its_lease_leaves_the_flight_alone(store, settings, receive):
    upload_id = receive(photos(2))

    def taken_over(frame, model):
        store.queue.claim(datetime.now(UTC) + timedelta(hours=1), timedelta(hours=2))
        return stand_ins.search(frame, model)

    worker = stand_ins.make_worker(store, settings)
    assert with_search(worker, taken_over).work_once()
    assert store.uploads.upload(upload_id).state is UploadState.PROCESSING
    assert store.flights() == ()


def test_how_far_flights_are_is_listed(store, settings, receive, monkeypatch):
    upload_id = receive(photos(3))
    claim = store.queue.claim(datetime.now(UTC), timedelta(minutes=1))
    began = datetime.now(UTC) - timedelta(seconds=20)
    store.queue.report(claim, "detect", 0, 3, began)
    store.queue.report(claim, "detect", 1, 3, began)
    monkeypatch.setenv("LIBONG_DATA_DIR", str(settings.data_dir))
    told = CliRunner().invoke(app, ["flights", "list"]).output
    assert upload_id in told
    assert "detect 1 of 3, 0:4" in told
    as_json = CliRunner().invoke(app, ["flights", "list", "--json"]).output
    assert '"stage": "detect"' in as_json
    store.queue.fail(claim, "why it was given up")
    assert "why it was given up" in CliRunner().invoke(app, ["flights", "list"]).output
    assert CliRunner().invoke(app, ["flights", "retry", upload_id]).exit_code == 0
    assert store.uploads.upload(upload_id).state is UploadState.RECEIVED


def test_leases_go_by_the_clock_of_the_store_and_not_by_the_worker_s_own(
    store, settings, receive, monkeypatch
):
    receive(photos(2))
    ahead = timedelta(days=300)  # the store's clock; this machine's stayed in the past
    monkeypatch.setattr(type(store.queue), "now", lambda _: datetime.now(UTC) + ahead)
    held = store.queue.claim(store.queue.now(), timedelta(minutes=2))
    worker = stand_ins.make_worker(store, settings)
    assert not worker.work_once()
    store.queue.let_go(held)
    renewed = []
    monkeypatch.setattr(
        type(store.queue), "renew", lambda _self, _claim, now, _lease: renewed.append(now)
    )
    patience = stand_ins.Patience(lease=timedelta(seconds=0.2))
    slow = stand_ins.make_worker(store, settings, patience=patience)

    def until_renewed(frame, model):
        while not renewed:
            time.sleep(0.01)
        return stand_ins.search(frame, model)

    assert with_search(slow, until_renewed).work_once()
    assert abs(renewed[0] - datetime.now(UTC) - ahead) < timedelta(minutes=1)
    assert len(store.flights()) == 1


def test_what_a_worker_beside_a_server_reads_is_what_the_server_reads(settings, monkeypatch):
    for name, value in environment_of(settings).items():
        monkeypatch.setenv(name, value)
    again = read_settings()
    assert (again.data_dir, again.store_url, again.site, again.model) == (
        settings.data_dir.resolve(),
        settings.store_url,
        settings.site,
        settings.model.resolve(),
    )
    named = read_settings(data_dir=settings.data_dir, model=Path("elsewhere.json"))
    assert environment_of(named)["LIBONG_MODEL"] == str(Path("elsewhere.json").resolve())
    exact = read_settings(data_dir=settings.data_dir, precision=Precision.F32)
    assert environment_of(exact)["LIBONG_PRECISION"] == "f32"


def test_names_that_no_disk_takes_are_cut(store, settings, receive):
    long = "\N{THAI CHARACTER KO KAI}" * 200
    upload_id = receive(
        {
            f"{long}/{long}1.JPG": stand_ins.photo(1),
            f"{long}/{long}2.JPG": stand_ins.photo(2),
            "x." + "J" * 300: stand_ins.photo(3),
        }
    )
    assert stand_ins.make_worker(store, settings).work_once()
    assert store.uploads.upload(upload_id).state is UploadState.READY
    (flight,) = store.flights()
    assert (flight.frames, flight.refused) == (3, ())


def test_a_whole_film_may_take_longer_than_a_frame():
    patience = Patience(frame_timeout=timedelta(minutes=5))
    assert patience.for_file(1000).frame_timeout < timedelta(minutes=5.1)
    assert patience.for_file(16 << 30).frame_timeout > timedelta(minutes=60)


@pytest.mark.deep
def test_a_picture_that_ends_the_process_that_decodes_it_is_set_aside(store, settings, receive):
    """Also where the worker decodes it itself, to compare it with its neighbours."""
    upload_id = receive(
        {**overlapping(3), "DCIM/KILLS.JPG": stand_ins.photo(3, north_s=7, poison=True)}
    )
    environment = {**os.environ, "LIBONG_DATA_DIR": str(settings.data_dir), "TEST_POISON": "1"}
    ends = []
    while not ends or ends[-1] != 0:
        worker = subprocess.run(
            [sys.executable, str(STAND_INS), "work", "--pool", "--once"],
            env=environment,
            check=False,
            timeout=300,
        )
        ends.append(worker.returncode)
        time.sleep(2.1)  # the lease of the one that was killed
        assert len(ends) < 5
    assert ends[0] == -signal.SIGKILL
    flight = store.flight(store.uploads.upload(upload_id).flight_id)
    assert flight.frames == 3
    assert [(f.path.name, f.reason.code) for f in flight.refused] == [("KILLS.JPG", "set_aside")]


def full_disk(*_, **__):
    raise OSError(errno.ENOSPC, "No space left on device", "/somewhere")


def away(*_, **__):
    raise DatabaseAway("the database cannot be used at the moment")


def no_room(*_, **__):
    raise DiskFull("there is no room on the disk to unpack the ZIP")


@pytest.mark.parametrize("fault", [full_disk, away, no_room])
def test_an_outage_counts_against_no_flight(store, settings, receive, monkeypatch, fault):
    upload_id = receive(photos(2))
    worker = stand_ins.make_worker(store, settings)
    with monkeypatch.context() as patched:
        patched.setattr("libong.worker.process_flight", fault)
        for _ in range(MOST_IDLE_CLAIMS + 5):
            with pytest.raises(OutageError):
                worker.work_once()
            assert store.uploads.upload(upload_id).state is UploadState.RECEIVED
    assert store.queue.failures(upload_id) == {}
    assert worker.work_once()
    assert store.uploads.upload(upload_id).state is UploadState.READY


def test_a_model_that_cannot_be_opened_is_no_frame_s_fault(store, settings, receive):
    upload_id = receive(photos(2))

    def replaced(frame, model):
        raise ModelError("the weights are not those that the manifest names")

    worker = stand_ins.make_worker(store, settings)
    with pytest.raises(OutageError, match="weights"):
        with_search(worker, replaced).work_once()
    assert store.uploads.upload(upload_id).state is UploadState.RECEIVED
    assert store.queue.failures(upload_id) == {}
    assert worker.work_once()
    assert store.flight(store.uploads.upload(upload_id).flight_id).frames == 2


def test_an_outage_counts_against_no_file(store, settings, receive):
    upload_id = receive(photos(1))
    store.queue.claim(datetime.now(UTC), timedelta(seconds=-1))  # a worker that died
    worker = stand_ins.make_worker(store, settings)
    for task in ("read", "search"):
        broken = dataclasses.replace(worker.tools, **{task: full_disk})
        with pytest.raises(OutageError, match="No space left"):
            dataclasses.replace(worker, tools=broken).work_once()
    assert store.queue.failures(upload_id) == {}


def test_without_any_process_to_search_in_the_flight_waits(store, settings, receive):
    upload_id = receive(photos(1))

    class Broken(ThreadPoolExecutor):
        def submit(self, *_, **__):
            raise BrokenProcessPool

    worker = stand_ins.make_worker(store, settings)
    tools = dataclasses.replace(worker.tools, executors=lambda: Broken(1))
    with pytest.raises(OutageError, match="memory left"):
        dataclasses.replace(worker, tools=tools).work_once()
    assert store.uploads.upload(upload_id).state is UploadState.RECEIVED
    assert store.queue.failures(upload_id) == {}


def test_the_command_waits_longer_and_longer_and_goes_on(settings, monkeypatch):
    monkeypatch.setenv("LIBONG_DATA_DIR", str(settings.data_dir))
    outcomes = [*[OutageError("the disk is full")] * 7, True, OutageError("again"), False]

    def work_once(_):
        if not outcomes:
            raise KeyboardInterrupt
        outcome = outcomes.pop(0)
        if isinstance(outcome, OutageError):
            raise outcome
        return outcome

    pauses = []
    monkeypatch.setattr("libong.worker.Worker.work_once", work_once)
    monkeypatch.setattr("libong.cli.worker.sleep", pauses.append)
    assert CliRunner().invoke(app, ["worker"]).exit_code == 0
    assert pauses == [2, 4, 8, 16, 32, 60, 60, 2, 2]
    outcomes.append(OutageError("the disk is full"))
    once = CliRunner().invoke(app, ["worker", "--once"])
    assert isinstance(once.exception, OutageError)
