"""`libong demo` as a newcomer meets it: tables, then a server with the map and the alerts."""

import os
import re
import socket
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from libong.composition import open_store
from libong.push import Pusher, files_in
from libong.settings import read_settings
from patrol.user import Role

HOUSE = Path(__file__).resolve().parents[2]
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
        files, _ = files_in(HOUSE / "sample_flights" / "with_faults")
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
