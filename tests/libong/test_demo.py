"""`libong demo` as a newcomer meets it: tables, then a server with the map and the alerts.

What it found in the sample flights, with the committed model, is held against their truth.
"""

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from shutil import copy

import httpx
import pytest

from detection.training.flight import render_flight
from detection.training.random_flight import random_flight
from detection.types import ObjectClass
from ingest.lonlat import LonLat, distance_m
from libong.composition import open_media, open_store
from libong.open_models import open_detector
from libong.pipeline import OtherSiteError, process_flight
from libong.push import Pusher, files_in
from libong.settings import read_settings
from libong.sites import open_site
from patrol.user import Role
from patrol.zone_status import Presence, Status

HOUSE = Path(__file__).resolve().parents[2]
FLIGHTS = HOUSE / "sample_flights"
COMMAND = [sys.executable, "-u", "-c", "from libong.cli.main import main; main()"]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def first_answer(url, process, seconds=900):
    """Wait until the server answers; fails when the process ends before."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        assert process.poll() is None, "the demo ended before it served anything"
        try:
            return httpx.get(url, timeout=60)
        except httpx.TransportError:
            time.sleep(0.3)
    pytest.fail(f"nothing answered at {url} in {seconds} s")


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory):
    """The demo's own data folder."""
    return tmp_path_factory.mktemp("demo") / "data"


@pytest.fixture(scope="module")
def demo(data_dir):
    """The running demo: its address and what it had printed by the time it served."""
    port = free_port()
    output = data_dir.with_name("output.txt")
    environment = {k: v for k, v in os.environ.items() if not k.startswith("LIBONG_")}
    with output.open("w") as file:
        process = subprocess.Popen(
            [*COMMAND, "demo", "--data-dir", str(data_dir), "--port", str(port)],
            stdout=file,
            stderr=subprocess.STDOUT,
            env=environment,
            cwd=HOUSE,
        )
        try:
            first_answer(f"http://127.0.0.1:{port}/healthz", process)
            yield f"http://127.0.0.1:{port}", output.read_text()
        finally:
            process.terminate()
            process.wait(timeout=120)


def test_a_flight_sent_to_it_is_processed(demo, data_dir):
    url, _ = demo
    settings = read_settings(data_dir=data_dir, database_url="", media_url="")
    with closing(open_store(settings)) as store:
        store.add_user("don", "no hash", Role.RANGER, datetime.now(UTC))
        token = store.device_tokens.add("don", "test", datetime.now(UTC))
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=url, headers=headers, timeout=120) as client:
        pusher = Pusher(client)
        files, _ = files_in(FLIGHTS / "with_faults")
        sent = pusher.push("to the demo", files, lambda *_: None)
        outcome = pusher.watch(sent.upload_id, lambda *_: None, patience_s=120)
    assert outcome["state"] == "ready"


def test_it_prints_sightings_incidents_and_refusals(demo):
    _, printed = demo
    for word in ("Sightings", "Incidents", "Refused files", "dugong_sighting", "± m"):
        assert word in printed


def test_it_serves_the_map_of_the_flights_day(demo):
    base, _ = demo
    page = httpx.get(f"{base}/?lang=en")
    assert page.status_code == 200
    assert "14 Mar 2026" in page.text
    zones = httpx.get(f"{base}/api/public/zones.geojson").json()
    assert len(zones["features"]) == 5


@contextmanager
def logged_in(demo, name):
    """A client of the demo's, logged in with the password it printed for an account."""
    base, printed = demo
    password = re.search(rf"^ *{name} +(\S+)$", printed, re.MULTILINE).group(1)
    with httpx.Client(base_url=base, follow_redirects=True) as client:
        form = client.get("/login").text
        token = re.search(r'name="csrf_token" value="([^"]+)"', form).group(1)
        fields = {"name": name, "password": password, "csrf_token": token, "next": ""}
        assert client.post("/login", data=fields).status_code == 200
        yield client


def test_the_officers_password_opens_the_alerts(demo):
    base, _ = demo
    with logged_in(demo, "demo-officer") as client:
        alerts = client.get("/api/v1/alerts").json()
    assert alerts["total"] >= 5
    assert httpx.get(f"{base}/api/v1/alerts").status_code == 401


def test_the_rangers_password_opens_the_page_that_sends_flights(demo):
    with logged_in(demo, "demo-ranger") as client:
        page = client.get("/ranger")
        alerts = client.get("/api/v1/alerts")
    assert page.url.path == "/ranger"
    assert 'type="file"' in page.text
    assert alerts.status_code == 403


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="reads a process's children")
def test_a_service_that_is_stopped_takes_its_worker_with_it(tmp_path):
    port = free_port()
    environment = {k: v for k, v in os.environ.items() if not k.startswith("LIBONG_")}
    process = subprocess.Popen(
        [*COMMAND, "serve", "--with-worker", "--port", str(port)],
        env=environment | {"LIBONG_DATA_DIR": str(tmp_path), "PYTHONPATH": str(HOUSE)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        first_answer(f"http://127.0.0.1:{port}/healthz", process)
        (worker,) = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    finally:
        process.terminate()
        process.wait(timeout=120)
    assert not Path(f"/proc/{worker}").exists()


class Processed:
    """The demo's store, and what it logged of both sample flights."""

    def __init__(self, data_dir):
        settings = read_settings(data_dir=data_dir, database_url="", media_url="")
        self.site = open_site("koh_libong")
        self.store = open_store(settings)
        self.media = open_media(settings)
        self.detector = open_detector(settings)
        self.survey = self.process(FLIGHTS / "seagrass_survey")
        self.faults = self.process(FLIGHTS / "with_faults")

    def process(self, folder, site=None):
        return process_flight(
            [folder],
            site or self.site,
            self.detector,
            self.store,
            self.media,
            on_progress=lambda _stage, _done, _total: None,
        )


@pytest.fixture(scope="module")
def processed(demo, data_dir):
    both = Processed(data_dir)
    assert both.survey.already_logged
    assert both.faults.already_logged
    yield both
    both.store.close()


def truth_of(name):
    return json.loads((FLIGHTS / name / "truth.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", ["seagrass_survey", "with_faults"])
def test_sightings_are_exactly_the_truth(processed, name):
    truth, report = truth_of(name), getattr(processed, name.split("_")[1])
    counted = Counter(s.object_class.value for s in report.sightings)
    assert counted == Counter(truth["expected_sightings"])


@pytest.mark.parametrize("name", ["seagrass_survey", "with_faults"])
def test_each_sighting_lies_within_three_sigma_of_an_object_of_its_own(processed, name):
    truth, report = truth_of(name), getattr(processed, name.split("_")[1])
    names = {f.sha256: f.file_name for f in processed.store.frames(report.flight_id)}
    unmatched = {o["object_id"]: o for o in truth["objects"]}
    for sighting in report.sightings:
        frame = names[sighting.best.frame_sha256]
        near = {
            o["object_id"]: gap
            for o in unmatched.values()
            if o["class"] == sighting.object_class
            and (gap := gap_m(o, frame, sighting.position)) is not None
        }
        assert near, f"no {sighting.object_class} left for the sighting in {frame}"
        closest = min(near, key=near.__getitem__)
        assert near[closest] <= 3 * sighting.error_m
        del unmatched[closest]


def gap_m(thing, frame, position):
    """How far a sighting is from where an object was in a frame; None where it was not seen."""
    for seen in thing["frames"]:
        if seen["frame"] == frame:
            return distance_m(LonLat(seen["lon"], seen["lat"]), position)
    return None


@pytest.mark.parametrize("name", ["seagrass_survey", "with_faults"])
def test_incidents_are_exactly_the_truth(processed, name):
    truth, report = truth_of(name), getattr(processed, name.split("_")[1])
    expected = Counter((i["rule"], i["zone"]) for i in truth["expected_incidents"])
    assert Counter((i.rule.value, i.zone_id) for i in report.incidents) == expected


def test_mother_and_calf_are_two_sightings_of_many_boxes(processed):
    dugongs = [s for s in processed.survey.sightings if s.object_class is ObjectClass.DUGONG]
    pairs = [
        (a, b)
        for a in dugongs
        for b in dugongs
        if a.sighting_id < b.sighting_id and distance_m(a.position, b.position) < 20
    ]
    ((one, other),) = pairs
    assert min(len(one.detections), len(other.detections)) >= 3
    shared = {d.frame_sha256 for d in one.detections} & {d.frame_sha256 for d in other.detections}
    assert len(shared) >= 2


def test_each_faulty_file_is_named_with_its_reason(processed):
    codes = Counter(r.reason.code for r in processed.faults.refused)
    assert codes == Counter(["no_gps", "truncated", "not_an_image", "duplicate"])
    assert all(r.remedy and r.reason.text for r in processed.faults.refused)
    assert processed.faults.frames > 0


def test_every_incident_has_its_picture_and_its_original(processed):
    for report in (processed.survey, processed.faults):
        for incident in report.incidents:
            assert processed.media.get(incident.crop_sha256).startswith(b"\xff\xd8")
            original = processed.media.get(incident.frame_sha256)
            assert b"GPS" in original or b"drone-dji" in original


def test_all_pictures_of_a_find_are_kept(processed):
    """By one picture alone nobody can tell whether two things were taken for one."""
    several = [s for s in processed.survey.sightings if len(s.detections) > 1]
    assert several
    for sighting in several:
        assert all(processed.media.has(d.frame_sha256) for d in sighting.detections)


def test_processing_again_changes_nothing(processed):
    before = (processed.store.flights(), processed.store.incidents(), processed.store.verify())
    again = processed.process(FLIGHTS / "seagrass_survey")
    assert again.already_logged
    assert (again.sightings, again.incidents) == (
        processed.survey.sightings,
        processed.survey.incidents,
    )
    assert (
        processed.store.flights(),
        processed.store.incidents(),
        processed.store.verify(),
    ) == before


@pytest.mark.deep
def test_the_good_files_sent_again_by_themselves_change_nothing(processed, tmp_path):
    before = (processed.store.flights(), processed.store.incidents())
    for photo in sorted((FLIGHTS / "with_faults").glob("LIBONG_000?.JPG")):
        copy(photo, tmp_path / photo.name)
    again = processed.process(tmp_path)
    assert again.already_logged
    assert again.flight_id == processed.faults.flight_id
    assert (processed.store.flights(), processed.store.incidents()) == before


@pytest.mark.deep
def test_a_flight_sent_with_one_file_more_counts_nothing_twice(processed, tmp_path):
    before = processed.store.incidents()
    for photo in sorted((FLIGHTS / "with_faults").glob("LIBONG_000?.JPG")):
        copy(photo, tmp_path / photo.name)
    render_flight(random_flight("test", 4), tmp_path / "more")
    more = processed.process(tmp_path)
    assert Counter(r.reason.code for r in more.refused) == {"known": 6}
    assert more.frames == 4
    assert {i.flight_id for i in processed.store.incidents()} - {more.flight_id} == {
        i.flight_id for i in before
    }


def test_another_site_may_not_take_over_a_flight(processed):
    other = replace(processed.site, site_id="elsewhere")
    with pytest.raises(OtherSiteError, match="koh_libong"):
        processed.process(FLIGHTS / "seagrass_survey", site=other)


def test_the_ledger_is_whole(processed):
    assert processed.store.verify().faults == ()


def test_the_surveyed_zone_is_raised_and_unsurveyed_ones_say_so(processed):
    day = max(i.occurred_at_utc for i in processed.survey.incidents).astimezone(
        processed.site.reference.timezone
    )
    statuses = {s.zone_id: s for s in processed.store.zone_statuses(processed.site, day.date())}
    raised = [s for s in statuses.values() if s.presence is Presence.PRESENT]
    assert raised
    assert all(s.status in (Status.CAUTION, Status.CLOSED) for s in raised)
    assert any(s.presence is Presence.NOT_SURVEYED for s in statuses.values())
