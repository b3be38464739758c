"""`libong demo` as a newcomer meets it: tables, then a server with the map and the alerts."""

import os
import re
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

HOUSE = Path(__file__).resolve().parents[2]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def first_answer(url, process, seconds=120):
    """Wait until the server answers; fails when the process ends before."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        assert process.poll() is None, "the demo ended before it served anything"
        try:
            return httpx.get(url, timeout=5)
        except httpx.TransportError:
            time.sleep(0.3)
    pytest.fail(f"nothing answered at {url} in {seconds} s")


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """The running demo: its address and what it had printed by the time it served."""
    folder, port = tmp_path_factory.mktemp("demo"), free_port()
    output = folder / "output.txt"
    environment = {k: v for k, v in os.environ.items() if not k.startswith("LIBONG_")}
    command = [sys.executable, "-u", "-c", "from libong.cli.main import main; main()"]
    with output.open("w") as file:
        process = subprocess.Popen(
            [*command, "demo", "--data-dir", str(folder / "data"), "--port", str(port)],
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
            process.wait(timeout=20)


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


def test_the_printed_password_opens_the_alerts(demo):
    base, printed = demo
    password = re.search(r"shown only now: (\S+)", printed).group(1)
    with httpx.Client(base_url=base, follow_redirects=True) as client:
        form = client.get("/login").text
        token = re.search(r'name="csrf_token" value="([^"]+)"', form).group(1)
        fields = {"name": "demo-officer", "password": password, "csrf_token": token, "next": ""}
        assert client.post("/login", data=fields).status_code == 200
        alerts = client.get("/api/v1/alerts").json()
    assert alerts["total"] >= 5
    assert httpx.get(f"{base}/api/v1/alerts").status_code == 401
