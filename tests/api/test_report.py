"""The public's reports and rangers' quick ones: taken, followed, and kept from telling anything."""

import io
from datetime import timedelta

import pytest
from PIL import Image

from api.report_throttle import MOST_OF_ADDRESS, MOST_OF_ALL, WINDOW, ReportThrottle
from patrol.incident import State
from patrol.incident_step import Move, Signature
from patrol.verdict import Priority
from patrol.zones import RuleName

PLACE = {"lon": "99.467123", "lat": "7.243217", "error_m": "12"}
SAID = {"kind": "sighting", "words": "พะยูนแม่ลูก", "place_words": "หน้าแหลม", **PLACE}


def photo():
    exif = Image.Exif()
    exif[0x010E] = "7.2432 N 99.4671 E"
    out = io.BytesIO()
    Image.new("RGB", (400, 300), (20, 90, 120)).save(out, "JPEG", exif=exif)
    return out.getvalue()


def key_of(html):
    return html.split('name="key" value="')[1].split('"')[0]


def send(client, *, files=None, **changes):
    page = client.get("/report?lang=en")
    return client.post("/report", data={"key": key_of(page.text), **SAID, **changes}, files=files)


def code_of(response):
    assert response.status_code == 303, response.text
    return response.headers["location"].removeprefix("/report/").partition("?")[0]


def test_a_report_is_followed_by_its_code_to_the_end(world):
    client = world.client()
    response = send(client, files={"photo": ("IMG_7.jpg", photo(), "image/jpeg")})
    code = code_of(response)
    page = client.get(response.headers["location"])
    assert code in page.text
    assert "Received" in page.text
    (incident,) = world.store.incidents()
    assert (incident.rule, incident.zone_id) == (RuleName.DUGONG_SIGHTING, "east")
    for to, words in (
        (State.CONFIRMED, "An officer confirmed it"),
        (State.RESPONDING, "Officers are on it"),
        (State.RESOLVED, "It is settled"),
    ):
        world.store.transition(
            incident.incident_id,
            to,
            actor="mali",
            reason="secret reason",
            expected_version=None,
            at_utc=world.clock(),
        )
        assert words in client.get(f"/report/{code}").text


def test_what_the_code_tells_is_no_place_no_name_and_no_picture(world):
    client = world.client()
    code = code_of(send(client, files={"photo": ("IMG_7.jpg", photo(), "image/jpeg")}))
    (incident,) = world.store.incidents()
    world.store.transition(
        incident.incident_id,
        State.CONFIRMED,
        actor="mali",
        reason="at 7.243217",
        expected_version=None,
        at_utc=world.clock(),
    )
    told = client.get(f"/report/{code}")
    for secret in (
        "99.46",
        "7.24",
        "mali",
        "east",
        "แหลม",
        "แม่ลูก",
        incident.incident_id[:8],
        incident.flight_id[:8],
        incident.frame_sha256[:8],
        (incident.crop_sha256 or "")[:8],
        '<img src="/api',
    ):
        assert secret not in told.text, secret
    assert told.headers["cache-control"] == "no-store"


def test_the_form_gives_no_way_to_read_anything_else(world, make_seen):
    logged = world.log(make_seen())
    client = world.client()
    answers = [client.get("/report").text]
    for guess in (
        logged.flight_id,
        logged.incidents[0].incident_id,
        "A" * 16,
        "../desk",
        "%00",
        "' OR 1=1 --",
    ):
        response = client.get(f"/report/{guess}")
        assert response.status_code in (303, 404)
        answers.append(response.text)
    for answer in answers:
        assert logged.incidents[0].incident_id[:8] not in answer
        assert "99.467" not in answer


@pytest.mark.parametrize(
    ("changes", "files", "status", "words"),
    [
        ({"words": " "}, None, 422, "Add a photo or some words"),
        ({}, {"photo": ("x.jpg", b"MZ\x90 not a photo", "image/jpeg")}, 422, "no photo that can"),
        ({"contact_page": "http://buy.example"}, None, 422, "hidden field"),
        ({"lon": "100.5", "lat": "13.75"}, None, 422, "too far away"),
    ],
)
def test_what_is_not_taken_comes_back_with_what_was_typed(world, changes, files, status, words):
    response = send(world.client(), files=files, **changes)
    assert response.status_code == status
    assert words in response.text
    assert "หน้าแหลม" in response.text
    assert world.store.incidents() == ()


def test_a_form_that_grows_too_long_is_cut_off(world):
    big = {"photo": ("x.jpg", b"\xff\xd8\xff" + bytes(17 << 20), "image/jpeg")}
    assert send(world.client(), files=big).status_code == 413


def test_words_that_are_markup_stay_words(world, nasty):
    client = world.client()
    code_of(send(client, words=nasty))
    officer = world.logged_in("mali")
    (incident,) = world.store.incidents()
    page = officer.get(f"/desk?id={incident.incident_id}&lang=en").text
    assert "<script>alert(1)" not in page
    assert "Reported by the public" in page


def test_sent_twice_it_is_one_report(world):
    client = world.client()
    key = key_of(client.get("/report").text)
    codes = {code_of(client.post("/report", data={"key": key, **SAID})) for _ in range(2)}
    assert len(codes) == 1
    assert len(world.store.incidents()) == 1


def test_a_crowd_behind_one_address_is_heard_and_a_flood_is_not(world):
    throttle = ReportThrottle(world.clock)
    assert all(throttle.try_take("203.0.113.7") for _ in range(MOST_OF_ADDRESS))
    assert not throttle.try_take("203.0.113.7")
    assert throttle.try_take("203.0.113.8")
    world.clock.forward(WINDOW)
    assert throttle.try_take("203.0.113.7")


def test_many_addresses_are_one_flood(world):
    throttle = ReportThrottle(world.clock)
    taken = [throttle.try_take(f"10.0.{n // 250}.{n % 250}") for n in range(MOST_OF_ALL + 10)]
    assert taken.count(True) == MOST_OF_ALL


def test_neighbours_in_one_network_of_ipv6_are_one(world):
    throttle = ReportThrottle(world.clock)
    taken = [throttle.try_take(f"2001:db8::{n:x}") for n in range(MOST_OF_ADDRESS + 1)]
    assert taken[-1] is False


def test_too_many_are_told_to_wait(world):
    client = world.client()
    for number in range(MOST_OF_ADDRESS):
        world.clock.forward(timedelta(seconds=1))
        code_of(send(client, words=f"report {number}"))
    response = send(client)
    assert response.status_code == 429
    assert "try again in an hour" in response.text


# rangers


def send_as(client, **changes):
    token = client.get("/api/v1/session").json()["csrf_token"]
    report = {"id": "a1b2c3d4e5", "made_at": "2026-11-22T04:00:00Z", **SAID, **changes}
    return client.post("/api/v1/ranger/reports", data=report, headers={"X-CSRF-Token": token})


def test_a_rangers_report_bears_the_rangers_name(world):
    don = world.logged_in("don")
    first, again = send_as(don), send_as(don)
    assert first.status_code == 200
    assert first.json() == again.json()
    (incident,) = world.store.incidents()
    assert "don" in incident.reason_th
    assert incident.priority is Priority.NORMAL
    assert incident.occurred_at_utc.hour == 4


def test_a_rangers_report_needs_a_login_and_the_token(world):
    assert world.client().post("/api/v1/ranger/reports", data=SAID).status_code in (401, 422)
    don = world.logged_in("don")
    report = {"id": "a1b2c3d4e5", "made_at": "2026-11-22T04:00:00Z", **SAID}
    assert don.post("/api/v1/ranger/reports", data=report).status_code == 403
    assert world.store.incidents() == ()


def test_a_rangers_report_that_is_refused_says_why(world):
    response = send_as(world.logged_in("don"), words="")
    assert response.status_code == 422
    assert response.json()["code"] == "empty"


@pytest.mark.parametrize("path", ["/ranger", "/ranger/report"])
def test_the_rangers_pages_say_nothing_of_who_asks(world, path):
    assert world.client().get(path).status_code == 303
    pages = [world.logged_in(name).get(path).text for name in ("don", "mali")]
    plain = [page.split("nonce-")[0] for page in pages]
    assert plain[0] == plain[1]
    assert "don" not in world.logged_in("don").get(path).text.split("<main")[1]


def test_the_service_worker_names_files_that_are_there(world):
    client = world.logged_in("don")
    worker = client.get("/ranger/service_worker_module.js")
    assert client.get("/ranger/service_worker.js").text in worker.text
    assert worker.headers["service-worker-allowed"] == "/ranger"
    files = worker.text.split('"files": [')[1].split("]")[0].replace('"', "").split(", ")
    assert len(files) > 10
    for file in files:
        assert client.get(file).status_code == 200, file


def test_the_web_manifest_can_be_installed(world):
    manifest = world.client().get("/ranger/app.webmanifest?lang=th")
    assert manifest.headers["content-type"].startswith("application/manifest+json")
    document = manifest.json()
    assert document["start_url"] == "/ranger"
    assert {"192x192", "512x512"} <= {icon["sizes"] for icon in document["icons"]}
    for icon in document["icons"]:
        assert world.client().get(icon["src"]).status_code == 200


def test_officers_open_a_report_on_every_page_and_take_its_evidence(world):
    client = world.client()
    send(client, files={"photo": ("IMG_7.jpg", photo(), "image/jpeg")})
    send(client)
    officer = world.logged_in("mali")
    for incident in world.store.incidents():
        by = Signature("mali", "", world.clock())
        world.store.take_step(
            incident.incident_id, Move(State.CONFIRMED), by, expected_version=None
        )
        pages = [
            f"/desk?id={incident.incident_id}",
            f"/flights/{incident.flight_id}",
            f"/api/v1/incidents/{incident.incident_id}",
            f"/officer/incidents/{incident.incident_id}",
            f"/desk/parts/detail/{incident.incident_id}",
            f"/desk/flights/{incident.flight_id}",
            f"/desk/incidents/{incident.incident_id}/evidence.zip",
        ]
        for page in pages:
            answer = officer.get(page, follow_redirects=True)
            assert answer.status_code == 200, page
        assert incident.reason_en in officer.get(f"{pages[0]}&lang=en").text
    assert world.store.flights() == ()


def test_reports_leave_no_trace_on_public_pages_but_a_zones_status(world):
    public = world.client()
    send(public, files={"photo": ("IMG_7.jpg", photo(), "image/jpeg")})
    send_as(world.logged_in("don"))
    for incident in world.store.incidents():
        world.store.transition(
            incident.incident_id,
            State.CONFIRMED,
            actor="mali",
            reason="",
            expected_version=None,
            at_utc=world.clock(),
        )
    seen = "".join(
        public.get(path).text
        for path in ("/?lang=en", "/api/public/zones.geojson", "/report?lang=en", "/openapi.json")
    )
    assert "caution" in seen
    for secret in ("99.467", "7.2432", "แม่ลูก", "หน้าแหลม", "IMG_7", "provenance:"):
        assert secret not in seen, secret
