"""Notices on their real way: through apprise to a web hook and a mail server on this machine."""

import importlib.util
import json
import socket
import sys
import threading
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from typer.testing import CliRunner

from libong.cli.main import app
from libong.notifier import Notifier, SendError, send_with_apprise
from libong.notify_file import NotifyFileError, read_notify_file
from patrol.incident import State
from patrol.notice_records import NoticeState
from patrol.verdict import Priority

_SERVED = Path(__file__).parent.parent / "api" / "conftest.py"
_spec = importlib.util.spec_from_file_location("served_for_notices", _SERVED)
served = importlib.util.module_from_spec(_spec)
sys.modules["served_for_notices"] = served
_spec.loader.exec_module(served)
make_world, world, Seen = served.make_world, served.world, served.Seen


class Sink(HTTPServer):
    """A web hook that keeps what it was sent, or is out of order."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.got: list[dict] = []
        self.works = True

    @property
    def url(self) -> str:
        return f"json://127.0.0.1:{self.server_port}/secret-topic"


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.server.works:
            self.server.got.append(json.loads(body))
        self.send_response(200 if self.server.works else 503)
        self.end_headers()

    def log_message(self, *_args):
        """Keep the tests' output clean."""


@pytest.fixture
def sink():
    server = Sink()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def mailbox():
    letters = []

    class Handler:
        async def handle_DATA(self, _server, _session, envelope):  # noqa: N802  aiosmtpd calls it
            letters.append(
                (envelope.rcpt_tos, message_from_bytes(envelope.content, policy=policy.default))
            )
            return "250 taken"

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(Handler(), hostname="127.0.0.1", port=port)
    controller.start()
    controller.letters = letters
    yield controller
    controller.stop()


def write_file(folder, *recipients: str) -> Path:
    path = folder / "notify.toml"
    path.write_text("\n".join(f"[[recipients]]\n{text}" for text in recipients))
    path.chmod(0o600)
    return path


@pytest.fixture
def notifier(world, sink, tmp_path):
    def make(*recipients, send=send_with_apprise):
        file = write_file(tmp_path, *recipients)
        zone_ids = frozenset(zone.zone_id for zone in world.site.zones)
        return Notifier(
            world.store,
            world.site,
            read_notify_file(file, zone_ids),
            send,
            world.clock,
            "https://watch.example/",
        )

    return make


def officers(sink, more="") -> str:
    return (
        f'name = "officers"\naudience = "officers"\nlanguage = "en"\nurls = ["{sink.url}"]\n{more}'
    )


def public(sink, more="") -> str:
    return _in_english("boats", "public", sink, more)


def rangers(sink, more="") -> str:
    return _in_english("rangers", "rangers", sink, more)


def _in_english(name, audience, sink, more) -> str:
    urls = f'urls = ["{sink.url}"]'
    return f'name = "{name}"\naudience = "{audience}"\nlanguage = "en"\n{urls}\n{more}'


def test_a_flight_of_two_hundred_boats_is_one_message(world, sink, notifier):
    told = notifier(officers(sink))
    assert told.work_once() == (0, 0)
    world.log(*(Seen(salt=str(n), zone_id=("east", "north")[n % 2]) for n in range(200)))
    assert told.work_once() == (1, 0)
    (message,) = sink.got
    assert message["title"] == "200 new alerts"
    assert message["message"].splitlines() == [
        "Soon · Dugong sighted · Zone east: 100",
        "Soon · Dugong sighted · Zone north: 100",
        "https://watch.example/desk",
    ]
    assert told.work_once() == (0, 0)
    assert len(sink.got) == 1


def test_what_happened_before_somebody_was_named_is_not_told(world, sink, notifier):
    world.log(Seen())
    told = notifier(officers(sink), public(sink))
    assert told.work_once() == (0, 0)
    assert sink.got == []


def test_rangers_hear_that_a_flight_was_processed_and_not_what_was_seen(world, sink, notifier):
    told = notifier(rangers(sink))
    told.work_once()
    logged = world.log(Seen(reason_en="seen at 7.2432 N"), Seen(salt="b"))
    assert told.work_once() == (1, 0)
    (message,) = sink.got
    assert message["title"].startswith("Flight of ")
    frames = world.store.flight(logged.flight_id).frames
    assert message["message"].splitlines() == [
        f"{frames} picture{'' if frames == 1 else 's'} used",
        "2 alerts for the officers",
        "https://watch.example/ranger",
    ]
    for secret in ("7.24", "99.4", "Dugong", "Zone", logged.flight_id):
        assert secret not in json.dumps(message)
    assert told.work_once() == (0, 0)


def test_each_site_hears_of_its_own(world, sink, notifier):
    told = replace(
        notifier(officers(sink), rangers(sink)), site=replace(world.site, site_id="elsewhere")
    )
    told.work_once()
    world.log(Seen())
    assert told.work_once() == (0, 0)
    assert sink.got == []


def test_alerts_that_are_taken_back_are_told(world, sink, notifier):
    told = notifier(officers(sink))
    told.work_once()
    (incident,) = world.log(Seen()).incidents
    told.work_once()
    for version, state in enumerate((State.CONFIRMED, State.RETRACTED), start=1):
        world.store.transition(
            incident.incident_id,
            state,
            actor="mali",
            reason="looked at",
            expected_version=version,
            at_utc=world.clock(),
        )
    told.work_once()
    assert [m["title"] for m in sink.got] == ["1 new alert", "1 alert was taken back"]


def test_the_public_hears_of_its_map_and_of_nothing_finer(world, sink, notifier):
    told = notifier(public(sink, 'zones = ["east"]'), officers(sink))
    told.work_once()
    logged = world.log(Seen(score=0.97, reason_en="seen at 7.2432 N"))
    world.clock.forward(timedelta(days=2))
    told.work_once()
    to_public = [m for m in sink.got if "Zone east: " in m["title"]]
    assert [m["title"] for m in to_public] == ["Zone east: Slow down"]
    told.work_once()
    assert len(sink.got) == 2
    everything = json.dumps(sink.got)
    (sighting,) = logged.sightings
    for secret in ("99.4", "7.24", sighting.sighting_id, logged.flight_id, "0.97"):
        assert secret not in everything


def test_quiet_hours_hold_back_what_is_not_urgent(world, sink, notifier):
    # 12:30 at the site
    told = notifier(officers(sink, 'hours = ["20:00", "22:00"]'))
    told.work_once()
    world.log(Seen(salt="a"), Seen(salt="b"))
    assert told.work_once() == (0, 0)
    world.log(Seen(salt="c", priority=Priority.HIGH))
    assert told.work_once() == (1, 0)
    world.clock.forward(timedelta(hours=7, minutes=31))
    assert told.work_once() == (1, 0)
    assert [m["title"] for m in sink.got] == ["1 new alert", "2 new alerts"]


def test_a_service_out_of_order_is_tried_again_and_given_up_at_last(world, sink, notifier):
    told = notifier(officers(sink))
    told.work_once()
    world.log(Seen())
    sink.works = False
    assert told.work_once() == (0, 1)
    assert told.work_once() == (0, 0)
    world.clock.forward(timedelta(minutes=2))
    sink.works = True
    assert told.work_once() == (1, 0)
    (notice,) = world.store.notices.latest()
    assert (notice.state, notice.attempts, notice.fault) == (NoticeState.SENT, 2, None)
    world.log(Seen(salt="next"))
    sink.works = False
    for _ in range(9):
        told.work_once()
        world.clock.forward(timedelta(hours=7))
    notice = world.store.notices.latest()[0]
    assert (notice.state, notice.attempts) == (NoticeState.FAILED, 7)
    assert notice.fault
    assert "secret-topic" not in notice.fault


def test_a_notifier_that_dies_while_sending_tells_again(world, sink, notifier):
    class Killed(BaseException):
        pass

    def die(*_):
        raise Killed

    told = notifier(officers(sink), send=die)
    told.work_once()
    world.log(Seen())
    with pytest.raises(Killed):
        told.work_once()
    after = notifier(officers(sink))
    assert after.work_once() == (0, 0)
    world.clock.forward(timedelta(minutes=6))
    assert after.work_once() == (1, 0)


def test_mail_arrives_in_thai(world, mailbox, notifier):
    query = "from=watch@example.org&to=desk@example.org&mode=insecure"
    url = f"mailto://127.0.0.1:{mailbox.port}?{query}"
    told = notifier(f'name = "mail"\naudience = "officers"\nurls = ["{url}"]')
    told.work_once()
    world.log(Seen())
    assert told.work_once() == (1, 0)
    ((to, letter),) = mailbox.letters
    assert to == ["desk@example.org"]
    assert "แจ้งเตือน" in letter["subject"]
    assert "เขต east" in letter.get_body(("plain", "html")).get_content()


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("name = 3", "recipients.0.name"),
        ('name = "x"\naudience = "everyone"\nurls = ["json://x"]', "recipients.0.audience"),
        ('name = "x"\naudience = "public"\nurls = []', "recipients.0.urls"),
        ('name = "x"\naudience = "public"\nurls = ["json://x"]\nsecrets = 1', "secrets"),
        ('name = "x"\naudience = "public"\nurls = ["json://x"]\nzones = ["nowhere"]', "nowhere"),
        ("= =", "cannot be read"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_the_place(tmp_path, text, fault):
    with pytest.raises(NotifyFileError, match=fault) as refusal:
        read_notify_file(write_file(tmp_path, text), frozenset({"east"}))
    assert "json://x" not in str(refusal.value)


def test_a_file_that_others_may_read_or_that_names_one_twice_is_refused(tmp_path):
    one = 'name = "x"\naudience = "public"\nurls = ["json://x"]'
    path = write_file(tmp_path, one, one)
    with pytest.raises(NotifyFileError, match="names x twice"):
        read_notify_file(path, frozenset())
    path.chmod(0o644)
    with pytest.raises(NotifyFileError, match="chmod 600"):
        read_notify_file(path, frozenset())


def test_an_address_that_is_none_is_refused():
    with pytest.raises(SendError, match="none that apprise knows"):
        send_with_apprise(["nonsense"], "title", "text")


def test_the_command_tries_the_addresses_and_lists_what_was_told(
    world, sink, tmp_path, monkeypatch
):
    monkeypatch.setenv("LIBONG_NOTIFY", str(write_file(tmp_path, officers(sink))))
    monkeypatch.setenv("LIBONG_DATA_DIR", str(tmp_path / "data"))
    run = CliRunner().invoke
    trial = run(app, ["notify", "--test"])
    assert (trial.exit_code, "officers was reached" in trial.stdout) == (0, True)
    assert sink.got[0]["title"] == "Libong Watch"
    assert run(app, ["notify", "--once"]).exit_code == 0
    assert json.loads(run(app, ["notices", "--json"]).stdout) == []
    sink.works = False
    assert "was not reached" in str(run(app, ["notify", "--test"]).exception)
