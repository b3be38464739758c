"""Server and worker are killed at random moments; in the end all is as if they had not been."""

import importlib.util
import json
import os
import random
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from libong.composition import open_store
from libong.push import Pusher, PushError, files_in
from patrol.uploads import UploadState

HERE = Path(__file__).parent


def load(name):
    spec = importlib.util.spec_from_file_location(f"kills_{name}", HERE / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


stand_ins, push = load("stand_ins"), load("test_push")


def write_card(folder, photos):
    folder.mkdir()
    for number in range(photos):
        (folder / f"DJI_{number:04d}.JPG").write_bytes(stand_ins.photo(number))
    (folder / "COPY.JPG").write_bytes(stand_ins.photo(0))
    (folder / "CUT.JPG").write_bytes(stand_ins.photo(99)[:900])
    (folder / "notes.csv").write_bytes(b"time,latitude,longitude\n1,2,3\n")


def state_of(settings, store):
    """All that is to be the same, without times, random ids and the ledger's hashes of times."""
    flights = [
        {
            "flight": flight.flight_id,
            "frames": [(f.sha256, f.file_name) for f in store.frames(flight.flight_id)],
            "refused": sorted((r.path.name, r.reason.code) for r in flight.refused),
            "detections": flight.detections,
            "sightings": [repr(s) for s in store.sightings(flight.flight_id)],
        }
        for flight in store.flights()
    ]
    uploads = [
        {
            "state": upload.state,
            "flight": upload.flight_id,
            "files": [(f.path, f.sha256, f.state) for f in upload.files],
            "looks": len(store.queue.looks(upload.upload_id)),
            "failures": store.queue.failures(upload.upload_id),
        }
        for upload in store.uploads.uploads()
    ]
    return {
        "flights": flights,
        "uploads": uploads,
        "incidents": [repr(incident) for incident in store.incidents()],
        "ledger": (store.verify().events, store.verify().faults),
        "media": sorted(p.name for p in (settings.data_dir / "media").rglob("*") if p.is_file()),
        "parts": [p.name for p in (settings.data_dir / "uploads").rglob("*.part")],
    }


class Worker:
    """A worker process that can be killed and started again."""

    def __init__(self, data_dir, seconds_a_frame):
        self.environment = {
            **os.environ,
            "LIBONG_DATA_DIR": str(data_dir),
            "TEST_SECONDS_A_FRAME": str(seconds_a_frame),
        }

    def start(self):
        self.process = subprocess.Popen(
            [sys.executable, str(HERE / "stand_ins.py"), "work"], env=self.environment
        )

    def kill(self):
        self.process.kill()
        self.process.wait()


def _size(path):
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def wait_for_change(measure, over):
    """Wait until a process has got further, or for a while: kills are to hit it at work.

    On a busy machine it takes a minute to start.
    """
    before, until = measure(), time.monotonic() + 120
    while measure() == before and not over() and time.monotonic() < until:
        time.sleep(0.02)


def send_and_process(folder, card, kills, seconds_a_frame, seed=11):
    """Send a card and wait until its flight is ready, killing what runs; gives the state."""
    chance = random.Random(seed)  # noqa: S311 - the same moments every time
    files, _ = files_in(card)
    with push.site_at(folder) as (server, token, settings):
        worker = Worker(folder, seconds_a_frame)
        worker.start()

        stopped = threading.Event()

        def pause(_):
            if stopped.wait(0.05):
                raise PushError("the test is over")

        def send():
            with push.client_of(server.url, token) as client:
                return Pusher(
                    client,
                    most_failures=1_000_000,
                    piece_bytes=700,
                    sleep=pause,
                ).push("killed", files, lambda *_: None)

        sender = ThreadPoolExecutor(1)
        sending = sender.submit(send)
        killed = {"server": 0, "worker": 0}
        try:
            with closing(open_store(settings)) as store:

                def far_sent():
                    parts = (settings.data_dir / "uploads").rglob("*.part")
                    return sum(_size(part) for part in parts), store.uploads.uploads()

                def far_worked():
                    return [(u.state, u.progress) for u in store.uploads.uploads()]

                def ready():
                    uploads = store.uploads.uploads()
                    return bool(uploads) and all(u.state is UploadState.READY for u in uploads)

                # the server first, while there is something to send; then the worker
                for name, process, far, over in (
                    ("server", server, far_sent, sending.done),
                    ("worker", worker, far_worked, ready),
                ):
                    while killed[name] < kills // 2 and not over():
                        for _ in range(chance.randint(1, 3 if name == "server" else 7)):
                            wait_for_change(far, over)
                        time.sleep(chance.uniform(0, 0.3))
                        process.kill()
                        process.start()
                        killed[name] += 1
                    if sending.done():
                        sending.result()  # or what it died of
                until = time.monotonic() + 1800
                while not ready():
                    assert time.monotonic() < until, [
                        (u.state, u.fault, u.progress) for u in store.uploads.uploads()
                    ]
                    time.sleep(0.1)
                sending.result(300)
                worker.kill()  # nothing is changed by it any more
                return state_of(settings, store), killed
        finally:
            stopped.set()
            worker.kill()


@pytest.mark.parametrize(
    ("photos", "kills", "least_kills", "seconds_a_frame"),
    [
        (4, 2, 2, 0.3),
        pytest.param(120, 60, 50, 1.0, marks=pytest.mark.deep),
    ],
)
def test_whatever_is_killed_the_end_is_the_same(
    tmp_path, photos, kills, least_kills, seconds_a_frame, record_property
):
    write_card(tmp_path / "card", photos)
    undisturbed, _ = send_and_process(tmp_path / "undisturbed", tmp_path / "card", 0, 0)
    disturbed, killed = send_and_process(
        tmp_path / "disturbed", tmp_path / "card", kills, seconds_a_frame
    )
    record_property("killed", json.dumps(killed))
    assert len(undisturbed["flights"][0]["frames"]) == photos
    assert undisturbed["parts"] == []
    assert undisturbed["ledger"][1] == ()
    assert disturbed == undisturbed
    # all may be sent, or ready, before the last of them
    assert min(killed.values()) > 0
    assert sum(killed.values()) >= least_kills
