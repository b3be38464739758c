"""Flights from a laptop arrive at a server without their originals, and are judged there."""

import dataclasses
import importlib.util
import json
import sqlite3
import sys
import zipfile
from contextlib import closing, contextmanager
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest
from typer.testing import CliRunner

from detection.types import ObjectClass
from libong.cli.main import app
from libong.composition import open_media, open_store
from libong.flight_entry import OtherSiteError
from libong.flight_record import FlightRecordError, read_record
from libong.pipeline import process_flight
from libong.push import Pusher, files_in
from libong.settings import read_settings
from libong.sites import open_site
from libong.sync import SyncError, make_bundle
from libong.sync_bundle import BundleError
from libong.sync_entry import enter_bundle
from libong.worker_pool import detector_elsewhere
from patrol.field_flight import unverified
from patrol.uploads import UploadState

HERE = Path(__file__).parent


def load(name):
    spec = importlib.util.spec_from_file_location(f"sync_{name}", HERE / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


stand_ins, push = load("stand_ins"), load("test_push")


EARLIER = stand_ins.MANIFEST.model_copy(update={"sha256": "c" * 64})
MODELS = (stand_ins.MANIFEST, EARLIER)


def quiet(*_):
    """No progress."""


class Device:
    """A laptop or a server: its settings, store and media."""

    def __init__(self, settings):
        self.settings = settings
        self.store, self.media = open_store(settings), open_media(settings)
        self.site = open_site("koh_libong")

    def process(self, card, model_sha256=stand_ins.MANIFEST.sha256):
        manifest = stand_ins.MANIFEST.model_copy(update={"sha256": model_sha256})

        def search(frames, *_):
            looks = [stand_ins.search(frame) for frame in frames]
            return tuple(_with_dugong(look, model_sha256) for look in looks), ()

        detector = detector_elsewhere(manifest)
        return process_flight(
            [card], self.site, detector, self.store, self.media, on_progress=quiet, search=search
        )

    def bundle(self, flight_id):
        return make_bundle(
            flight_id, self.settings.data_dir / "bundles", self.store, self.media
        ).file.path

    def enter(self, bundle):
        return enter_bundle(bundle, "don", self.site, MODELS, self.store, self.media)

    def mark(self, flight_id):
        source = self.store.origins.field_source(flight_id)
        return unverified(source, self.store.sightings(flight_id), self.media)


def _with_dugong(look, model_sha256):
    (boat,) = look.detections
    boat = dataclasses.replace(boat, model_sha256=model_sha256)
    dugong = dataclasses.replace(
        boat, object_class=ObjectClass.DUGONG, xyxy_px=(100.0, 50.0, 110.0, 60.0), raw_score=0.95
    )
    return dataclasses.replace(look, detections=(boat, dugong))


@contextmanager
def device_at(folder):
    device = Device(read_settings(data_dir=folder))
    with closing(device.store):
        yield device


@pytest.fixture
def laptop(tmp_path):
    with device_at(tmp_path / "laptop") as device:
        yield device


@pytest.fixture
def server(tmp_path):
    with device_at(tmp_path / "server") as device:
        yield device


@pytest.fixture
def card(tmp_path):
    folder = tmp_path / "card"
    folder.mkdir()
    for number in range(3):
        photo = stand_ins.photo(number, size=(800, 450))
        (folder / f"DJI_{number:04d}.JPG").write_bytes(photo)
    (folder / "CUT.JPG").write_bytes(stand_ins.photo(99)[:900])
    return folder


def logged(device, flight_id):
    """All that a flight is, but for when it was received and where its files lay."""
    store = device.store
    flight = store.flight(flight_id)
    return {
        "frames": store.frames(flight_id),
        "refused": [(file.path.name, file.sha256, file.reason) for file in flight.refused],
        "sightings": store.sightings(flight_id),
        "detections": flight.detections,
        "incidents": store.incidents(flight_id=flight_id),
        "record": read_record(store.origins.record(flight_id)),
        "efforts": store.effort.of_flight(flight_id),
    }


def altered(bundle, changes, fix_hash=False):
    """Write a bundle again with some of its files changed (None takes one out)."""
    with zipfile.ZipFile(bundle) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    parts |= {name: change(parts) for name, change in changes.items()}
    if fix_hash:
        contents = json.loads(parts["bundle.json"])
        contents["flight_sha256"] = sha256(parts["flight.json"]).hexdigest()
        parts["bundle.json"] = json.dumps(contents).encode()
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name, data in parts.items():
            if data is not None:
                file.writestr(name, data)
    path = bundle.with_name("altered.libong")
    path.write_bytes(out.getvalue())
    return path


def test_a_bundle_gives_the_server_the_same_flight_marked_until_its_originals_come(
    laptop, server, card
):
    flight_id = laptop.process(card).flight_id
    report = server.enter(laptop.bundle(flight_id))
    there, here = logged(server, flight_id), logged(laptop, flight_id)
    assert report.flight_id == flight_id
    assert there["sightings"]
    assert there["incidents"]
    crops = {incident.crop_sha256 for incident in there["incidents"]}
    assert all(server.media.has(crop) for crop in crops)
    assert there == here
    assert server.store.verify().faults == ()
    mark = server.mark(flight_id)
    assert (mark.sender, mark.model_known, len(mark.missing)) == ("don", True, 3)
    again = server.enter(laptop.bundle(flight_id))
    assert again.already_logged
    assert len(server.store.flights()) == 1
    assert server.process(card).already_logged
    assert server.mark(flight_id) is None
    assert logged(server, flight_id) == here


def test_the_same_flight_makes_the_same_bundle(laptop, tmp_path, card):
    flight_id = laptop.process(card).flight_id
    first = laptop.bundle(flight_id).read_bytes()
    with device_at(tmp_path / "another") as another:
        another.process(card)
        assert another.bundle(flight_id).read_bytes() == first


def test_finds_of_an_unknown_model_stay_marked_when_the_originals_are_there(laptop, server, card):
    flight_id = laptop.process(card, model_sha256="b" * 64).flight_id
    server.enter(laptop.bundle(flight_id))
    assert not server.mark(flight_id).model_known
    server.process(card)
    mark = server.mark(flight_id)
    assert (mark.model_known, mark.missing) == (False, frozenset())
    assert server.store.flight(flight_id).model_sha256 == "b" * 64


def test_finds_of_a_model_that_was_in_use_before_are_of_a_known_one(laptop, server, card):
    flight_id = laptop.process(card, model_sha256=EARLIER.sha256).flight_id
    server.enter(laptop.bundle(flight_id))
    assert server.mark(flight_id).model_known
    server.process(card)
    assert server.mark(flight_id) is None


def test_a_field_flight_is_in_the_ledger_as_one(laptop, server, card):
    flight_id = laptop.process(card, model_sha256="b" * 64).flight_id
    server.enter(laptop.bundle(flight_id))
    (database,) = server.settings.data_dir.glob("*.sqlite3")
    with closing(sqlite3.connect(database)) as raw, raw:
        raw.execute("UPDATE field_flights SET model_known = 1")
    (fault,) = server.store.verify().faults
    assert flight_id in fault.what


def test_frames_that_the_server_has_of_another_flight_are_not_counted_twice(
    laptop, server, card, tmp_path
):
    part = tmp_path / "part"
    part.mkdir()
    (part / "DJI_0001.JPG").write_bytes((card / "DJI_0001.JPG").read_bytes())
    server.process(part)
    flight_id = laptop.process(card).flight_id
    report = server.enter(laptop.bundle(flight_id))
    assert report.frames == 2
    assert "known" in {file.reason.code for file in report.refused}


@pytest.mark.parametrize(
    ("changes", "fix_hash", "told"),
    [
        ({"flight.json": lambda p: p["flight.json"].replace(b"0.9", b"0.8")}, False, "changed"),
        ({"pictures/x.jpg": lambda _: b"\xff\xd8"}, False, "other files"),
        ({"bundle.json": lambda _: b"{}"}, False, "contents"),
        ({"bundle.json": lambda _: None}, False, "damaged"),
        ({"flight.json": lambda p: p["flight.json"].replace(b"0.9", b"9.9")}, True, "contradicts"),
        ({"flight.json": lambda _: b"[]"}, True, "no record"),
    ],
)
def test_an_altered_bundle_is_refused_whole(laptop, server, card, changes, fix_hash, told):
    bundle = laptop.bundle(laptop.process(card).flight_id)
    with pytest.raises((BundleError, FlightRecordError), match=told):
        server.enter(altered(bundle, changes, fix_hash))
    assert server.store.flights() == ()


def test_a_flight_id_that_was_chosen_is_refused(laptop, server, card):
    """Else whoever named the id of a flight that is still to come could keep it out."""
    flight_id = laptop.process(card).flight_id
    bundle = laptop.bundle(flight_id)

    def chosen(parts):
        return parts["flight.json"].replace(flight_id.encode(), b"0123456789abcdef")

    def other_files(parts):
        document = json.loads(chosen(parts))
        document["flight"]["file_sha256s"] = ["d" * 64]
        return json.dumps(document).encode()

    def without_list(parts):
        document = json.loads(parts["flight.json"])
        del document["flight"]["file_sha256s"]
        return json.dumps(document).encode()

    for change in (chosen, other_files):
        with pytest.raises(BundleError, match="is not of the files that it names"):
            server.enter(altered(bundle, {"flight.json": change}, fix_hash=True))
    assert server.store.flights() == ()
    # a record of earlier versions, which listed no files, is of the photos that it names
    report = server.enter(altered(bundle, {"flight.json": without_list}, fix_hash=True))
    assert report.flight_id == flight_id


def test_an_altered_picture_is_refused(laptop, server, card):
    bundle = laptop.bundle(laptop.process(card).flight_id)
    with zipfile.ZipFile(bundle) as file:
        name = next(each for each in file.namelist() if each.endswith(".jpg"))
    with pytest.raises(BundleError, match="changed after"):
        server.enter(altered(bundle, {name: lambda parts: parts[name][:-9] + bytes(9)}))
    assert server.store.flights() == ()


def test_a_flight_of_another_site_is_refused(laptop, server, card):
    bundle = laptop.bundle(laptop.process(card).flight_id)

    def elsewhere(parts):
        return parts["flight.json"].replace(b"koh_libong", b"koh_mook")

    with pytest.raises(OtherSiteError, match="koh_mook"):
        server.enter(altered(bundle, {"flight.json": elsewhere}, fix_hash=True))


def test_a_field_flight_is_not_passed_on(laptop, server, card):
    flight_id = laptop.process(card).flight_id
    server.enter(laptop.bundle(flight_id))
    with pytest.raises(SyncError, match="from the field itself"):
        server.bundle(flight_id)


def file_at(path):
    (file,) = [file for file in files_in(path.parent)[0] if file.path == path]
    return file


def test_sync_over_a_network_that_is_cut_again_and_again(laptop, card, tmp_path, monkeypatch):
    flight_id = laptop.process(card).flight_id
    bundle = laptop.bundle(flight_id)
    altered_one = altered(
        bundle, {"flight.json": lambda parts: parts["flight.json"].replace(b"0.9", b"0.8")}
    )
    with (
        push.site_at(tmp_path / "data") as (server, token, settings),
        push.working(settings) as store,
    ):
        (tmp_path / "token").write_text(token)
        proxy = push.CuttingProxy(server.port, 12, 20_000, seed=5)
        with push.client_of(proxy.url, token) as client:
            pusher = Pusher(client, most_failures=3000, piece_bytes=30_000, sleep=lambda _: None)
            sent = pusher.push("cut", [file_at(bundle)], quiet)
        proxy.close()
        assert proxy.cuts >= 8
        monkeypatch.setenv("LIBONG_DATA_DIR", str(laptop.settings.data_dir))
        command = ["sync", "--to", server.url, "--token-file", str(tmp_path / "token"), "--json"]
        result = CliRunner().invoke(app, command)
        assert result.exit_code == 0, result.output
        (told,) = json.loads(result.stdout)
        assert (told["state"], told["flight"], told["sent_bytes"]) == ("ready", flight_id, 0)
        assert told["upload"] == sent.upload_id
        assert told["saved_bytes"] == max(0, told["originals_bytes"] - told["bundle_bytes"])
        assert told["originals_bytes"] == sum(p.stat().st_size for p in card.glob("DJI*"))
        with push.client_of(server.url, token) as client:
            marked = client.get(f"/api/v1/flights/{flight_id}").json()
            assert marked["unverified"] == {
                "sender": "don",
                "model_known": True,
                "missing_originals": 3,
            }
            pusher = Pusher(client)
            bad = pusher.push("bad", [file_at(altered_one)], quiet)
            outcome = pusher.watch(bad.upload_id, quiet, patience_s=60)
            assert outcome["state"] == "failed"
            assert "changed after the bundle was made" in outcome["fault"]
            originals = pusher.push("card", files_in(card)[0], quiet)
            outcome = pusher.watch(originals.upload_id, quiet, patience_s=60)
            assert (outcome["state"], outcome["flight_id"]) == ("ready", flight_id)
            lifted = client.get(f"/api/v1/flights/{flight_id}").json()
            assert lifted["unverified"] is None
        assert len(store.flights()) == 1
        assert store.uploads.upload(sent.upload_id).state is UploadState.READY
