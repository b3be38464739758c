"""`libong push` against a real server that is cut off and killed; see also test_kills."""

import os
import random
import socket
import subprocess
import sys
import threading
import time
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from libong.cli.main import app
from libong.composition import open_media, open_store
from libong.push import Pusher, PushError, files_in
from libong.settings import read_settings
from patrol.uploads import UploadState
from patrol.user import Role
from tests.libong import stand_ins

STAND_INS = Path(__file__).parent / "stand_ins.py"


def free_port():
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A server process that can be killed and started again on the same port."""

    def __init__(self, data_dir):
        self.port = free_port()
        self.environment = {
            **os.environ,
            "LIBONG_DATA_DIR": str(data_dir),
            "LIBONG_PORT": str(self.port),
        }
        self.process = None

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def start(self):
        self.process = subprocess.Popen(
            [sys.executable, str(STAND_INS), "serve"],
            env=self.environment,
            stdout=subprocess.DEVNULL,
        )

    def wait(self, seconds=600):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            assert self.process.poll() is None, "the server ended by itself"
            try:
                if httpx.get(f"{self.url}/healthz", timeout=60).is_success:
                    return
            except httpx.TransportError:
                time.sleep(0.05)
        raise AssertionError("the server does not answer")

    def kill(self):
        self.process.kill()
        self.process.wait()


class CuttingProxy:
    """Passes bytes on to a port, and cuts connections after random numbers of them."""

    def __init__(self, port, cuts, most_bytes, seed):
        self.port, self.cuts_left, self.most_bytes = port, cuts, most_bytes
        self.cuts = self.bytes_up = 0
        self._random = random.Random(seed)  # noqa: S311 - the same cuts every time
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        with closing(client):
            try:
                server = socket.create_connection(("127.0.0.1", self.port))
            except OSError:
                return
            with closing(server):
                back = threading.Thread(target=self._pass_back, args=(server, client), daemon=True)
                back.start()
                self._pass_up(client, server)
                for end in (client, server):
                    try:
                        end.shutdown(socket.SHUT_RDWR)
                    except OSError:
                        continue
                back.join(30)

    def _pass_up(self, client, server):
        budget = self._random.randrange(1, self.most_bytes) if self.cuts_left > 0 else None
        try:
            while data := client.recv(65536 if budget is None else min(65536, budget)):
                server.sendall(data)
                self.bytes_up += len(data)
                if budget is not None:
                    budget -= len(data)
                    if budget <= 0:
                        self.cuts_left -= 1
                        self.cuts += 1
                        return
        except OSError:
            return

    @staticmethod
    def _pass_back(server, client):
        with suppress(OSError):
            while data := server.recv(65536):
                client.sendall(data)
        # a server that was killed answers no more: who waits for it is to know at once
        with suppress(OSError):
            client.shutdown(socket.SHUT_RDWR)

    def close(self):
        self._listener.close()


@contextmanager
def site_at(data_dir):
    """A server process with the ranger don; gives the server, don's token and the settings."""
    settings = read_settings(data_dir=data_dir)
    with closing(open_store(settings)) as store:
        store.add_user("don", "no hash", Role.RANGER, datetime.now(UTC))
        token = store.device_tokens.add("don", "test", datetime.now(UTC))
    server = Server(data_dir)
    server.start()
    try:
        server.wait()
        yield server, token, settings
    finally:
        server.kill()


def client_of(url, token):
    return httpx.Client(base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=120)


def write_films(folder, total_bytes, count):
    folder.mkdir()
    source = random.Random(7)  # noqa: S311 - nothing secret
    for number in range(count):
        (folder / f"DJI_{number}.MP4").write_bytes(
            b"\x00\x00\x00\x18ftypisom" + source.randbytes(total_bytes // count - 12)
        )


@pytest.mark.parametrize(
    ("total_bytes", "cuts", "restarted_at"),
    [
        (12_000_000, 10, (0.5,)),
        pytest.param(200_000_000, 50, (0.2, 0.5, 0.8), marks=pytest.mark.deep),
    ],
)
def test_a_flight_cut_many_times_arrives_whole_and_resumes_at_the_byte(
    tmp_path, record_property, total_bytes, cuts, restarted_at
):
    write_films(tmp_path / "card", total_bytes, 8)
    files, _ = files_in(tmp_path / "card")
    with site_at(tmp_path / "data") as (server, token, settings):
        proxy = CuttingProxy(server.port, cuts, 5 * total_bytes // (6 * cuts), seed=3)
        restarts = []

        def restart_now_and_then():
            for at in restarted_at:
                while proxy.bytes_up < at * total_bytes:
                    time.sleep(0.005)
                server.kill()
                server.start()
                restarts.append(at)

        restarting = threading.Thread(target=restart_now_and_then, daemon=True)
        restarting.start()
        with client_of(proxy.url, token) as client:
            pusher = Pusher(
                client,
                most_failures=3000,
                piece_bytes=1 << 20,
                sleep=lambda _: time.sleep(0.05),
            )
            report = pusher.push("cut", files, lambda *_: None)
            again = pusher.push("cut", files, lambda *_: None)
        restarting.join(300)
        proxy.close()
        assert (report.state, report.sent, report.refused) == ("received", 8, ())
        assert (again.upload_id, again.sent, again.known) == (report.upload_id, 0, 8)
        assert restarts == list(restarted_at)
        assert proxy.cuts >= 0.9 * cuts  # the last connection may outlive the flight
        media = open_media(settings)
        for file in files:
            assert media.get(file.sha256) == file.path.read_bytes()
        # a file begun anew after each cut would send about twice as much
        record_property("cuts", proxy.cuts)
        record_property("bytes sent for each", round(proxy.bytes_up / total_bytes, 3))
        assert proxy.bytes_up < 1.25 * total_bytes
        with closing(open_store(settings)) as store:
            assert store.uploads.upload(report.upload_id).state is UploadState.RECEIVED


def test_the_command_tells_what_was_sent_and_refused(tmp_path, monkeypatch):
    write_films(tmp_path / "card", 60_000, 3)
    (tmp_path / "card" / "notes.doc").write_bytes(b"\xd0\xcf\x11\xe0 not for a flight")
    (tmp_path / "card" / ".hidden.MP4").write_bytes(b"\x00\x00\x00\x18ftypisom")
    with site_at(tmp_path / "data") as (server, token, settings):
        (tmp_path / "token").write_text(token + "\n")
        command = ["push", str(tmp_path / "card"), "--to", server.url]
        with_file = [*command, "--token-file", str(tmp_path / "token")]
        first = CliRunner().invoke(app, [*with_file, "--json"])
        assert first.exit_code == 1, first.output
        assert '"sent": 3' in first.stdout
        assert '"code": "wrong_type"' in first.stdout
        monkeypatch.setenv("LIBONG_TOKEN", token)
        again = CliRunner().invoke(app, command)
        assert "0 files sent (0.0 MB), 3 there already, 1 refused" in again.output
        with closing(open_store(settings)) as store:
            (kept,) = store.device_tokens.of("don")
            store.device_tokens.revoke(kept.token_id, datetime.now(UTC))
        refused = CliRunner().invoke(app, command)
        assert isinstance(refused.exception, PushError)
        assert "revoked" in str(refused.exception)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--to", "ftp://x"], "must be an address"),
        (["--to", "http://watch.example"], "in the clear"),
        (["--to", "https://watch.example"], "token is missing"),
        (["--to", "https://watch.example", "--token-file", "/nowhere"], "cannot be read"),
    ],
)
def test_what_cannot_be_used_is_told(tmp_path, arguments, told, monkeypatch):
    monkeypatch.delenv("LIBONG_TOKEN", raising=False)
    result = CliRunner().invoke(app, ["push", str(tmp_path), *arguments])
    assert told in str(result.exception)


@pytest.mark.deep
@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda path: path.write_bytes(path.read_bytes()[:-100]), "became shorter"),
        (lambda path: path.unlink(), "can be read no more"),
    ],
)
def test_a_file_that_goes_away_while_it_is_sent_is_told(tmp_path, change, told):
    write_films(tmp_path / "card", 60_000, 1)
    files, _ = files_in(tmp_path / "card")
    with site_at(tmp_path / "data") as (server, token, _), client_of(server.url, token) as client:
        change(files[0].path)
        with pytest.raises(PushError, match=told):
            Pusher(client).push("x", files, lambda *_: None)


@pytest.mark.deep
@pytest.mark.parametrize(
    "change", [lambda data: data[:-4] + b"else", lambda data: data + b"and more"]
)
def test_a_file_that_changed_since_it_was_announced_is_told_and_the_others_are_sent(
    tmp_path, change
):
    write_films(tmp_path / "card", 60_000, 3)
    files, _ = files_in(tmp_path / "card")
    path = files[1].path
    path.write_bytes(change(path.read_bytes()))
    with site_at(tmp_path / "data") as (server, token, settings):
        with client_of(server.url, token) as client:
            report = Pusher(client, sleep=lambda _: None).push("x", files, lambda *_: None)
        kept = open_media(settings)
        assert kept.get(files[0].sha256) == files[0].path.read_bytes()
        if len(path.read_bytes()) > files[1].size_bytes:  # a log that was written to meanwhile
            assert (report.state, report.refused) == ("received", ())
            assert len(kept.get(files[1].sha256)) == files[1].size_bytes
        else:
            assert [(r.name, r.code) for r in report.refused] == [(files[1].name, "wrong_hash")]
            assert report.state == "received"


def transport(*answers):
    """A server that answers one after the other, or fails to."""
    left = list(answers)

    def answer(request):
        now = left.pop(0)
        if isinstance(now, Exception):
            raise now
        return now

    return httpx.MockTransport(answer)


def test_a_server_that_is_never_reached_is_told_after_growing_waits(tmp_path):
    write_films(tmp_path / "card", 1000, 1)
    files, _ = files_in(tmp_path / "card")
    waits = []
    client = httpx.Client(
        base_url="https://x", transport=transport(*[httpx.ConnectError("no route")] * 6)
    )
    with pytest.raises(PushError, match=r"6 times in a row .no route.*same command again"):
        Pusher(client, most_failures=5, sleep=waits.append).push("x", files, lambda *_: None)
    assert len(waits) == 5
    assert all(0.25 * 2**n <= wait <= 0.5 * 2**n for n, wait in enumerate(waits))


@pytest.mark.parametrize("status", [400, 401, 403, 413])
def test_a_refusal_is_told_at_once(tmp_path, status):
    write_films(tmp_path / "card", 1000, 1)
    files, _ = files_in(tmp_path / "card")
    answer = httpx.Response(status, json={"detail": "because"})
    client = httpx.Client(base_url="https://x", transport=transport(answer))
    with pytest.raises(PushError, match="because"):
        Pusher(client).push("x", files, lambda *_: None)


@contextmanager
def working(settings):
    """A worker in this process, on a server's flights."""
    done = threading.Event()
    with closing(open_store(settings)) as store:
        worker = stand_ins.make_worker(store, settings)

        def work():
            while not done.is_set():
                if not worker.work_once():
                    done.wait(0.05)

        thread = threading.Thread(target=work)
        thread.start()
        try:
            yield store
        finally:
            done.set()
            thread.join()


@pytest.mark.deep
def test_the_command_waits_until_the_flight_is_ready_and_tells_of_it(tmp_path):
    card, odd = tmp_path / "card", tmp_path / "odd"
    for folder in (card, odd):
        folder.mkdir()
    for number in range(2):
        (card / f"DJI_{number}.JPG").write_bytes(stand_ins.photo(number))
    (card / "CUT.JPG").write_bytes(stand_ins.photo(9)[:900])
    (odd / "track.csv").write_bytes(b"time,latitude,longitude\n1,2,3\n")
    with site_at(tmp_path / "data") as (server, token, settings):
        (tmp_path / "token").write_text(token)
        options = ["--to", server.url, "--token-file", str(tmp_path / "token"), "--watch"]
        with working(settings):
            told = CliRunner().invoke(app, ["push", str(card), *options])
            failed = CliRunner().invoke(app, ["push", str(odd), *options])
        assert told.exit_code == 1, told.output
        assert "is ready: 2 frames used, 2 sightings, 1 file refused" in told.output
        assert "CUT.JPG" in told.output
        assert failed.exit_code == 2
        assert "no photo or video is left" in failed.output


def test_a_flight_that_no_worker_takes_is_left_to_itself():
    received = {"id": "1", "state": "received", "progress": None}
    client = httpx.Client(
        base_url="https://x", transport=transport(*[httpx.Response(200, json=received)] * 4)
    )
    waits = []
    found = Pusher(client, sleep=waits.append).watch("1", lambda *_: None, patience_s=3)
    assert (found["state"], len(waits)) == ("received", 3)
