"""Flights sent over the network: the manifest, the tus protocol, who may do what."""

import asyncio
import errno
import os
from base64 import b64encode
from datetime import timedelta
from email.utils import parsedate_to_datetime
from hashlib import sha1, sha256

import httpx
import pytest

from api.body_limit import MAX_BODY_BYTES, MAX_MANIFEST_BYTES, body_limit
from api.uploads_models import UploadOut
from patrol.uploads import UploadPolicy
from patrol.user import Role

TUS = {"Tus-Resumable": "1.0.0"}
PATCH = {**TUS, "Content-Type": "application/offset+octet-stream"}


def jpeg(salt, size=9000):
    return (b"\xff\xd8\xff\xe0" + sha256(str(salt).encode()).digest() * (size // 32 + 1))[:size]


def digest(data):
    return sha256(data).hexdigest()


def base64_of(data):
    return b64encode(data).decode()


class Device:
    """A client with a device token, as `libong push` is."""

    def __init__(self, world, name):
        self.token = world.store.device_tokens.add(name, "a boat's laptop", world.clock())
        self.headers = {"Authorization": f"Bearer {self.token}"}
        self.client = world.client(headers=self.headers)

    def announce(self, *contents, name="morning"):
        files = [
            {"path": f"DCIM/{number}.JPG", "size_bytes": len(data), "sha256": digest(data)}
            for number, data in enumerate(contents)
        ]
        response = self.client.post("/api/v1/uploads", json={"name": name, "files": files})
        assert response.status_code == 200, response.text
        return UploadOut.model_validate(response.json())

    def patch(self, url, offset, data, **headers):
        return self.client.patch(
            url, content=data, headers={**PATCH, "Upload-Offset": str(offset), **headers}
        )

    def head(self, url):
        return self.client.head(url, headers=TUS)

    def finish(self, upload, **said):
        return self.client.post(f"/api/v1/uploads/{upload.id}/finish", json=said)


@pytest.fixture
def don(world):
    return Device(world, "don")


def test_a_flight_is_announced_sent_resumed_and_received(world, don):
    upload = don.announce(jpeg(1), jpeg(2))
    assert [file.state for file in upload.listed] == ["waiting", "waiting"]
    first, second = upload.listed
    assert don.patch(first.url, 0, jpeg(1)[:4000]).headers["upload-offset"] == "4000"
    head = don.head(first.url)
    assert (head.headers["upload-offset"], head.headers["upload-length"]) == ("4000", "9000")
    assert head.headers["cache-control"] == "no-store"
    expires = parsedate_to_datetime(head.headers["upload-expires"])
    assert expires == (world.clock() + timedelta(days=14)).replace(microsecond=0)
    early = don.finish(upload)
    assert (early.status_code, early.json()["code"]) == (409, "upload_state")
    assert don.patch(first.url, 4000, jpeg(1)[4000:]).headers["upload-offset"] == "9000"
    assert don.patch(second.url, 0, jpeg(2)).status_code == 204
    done = UploadOut.model_validate(don.finish(upload).json())
    assert (done.state, done.stored, done.refused) == ("received", 2, 0)
    assert world.media.get(digest(jpeg(2))) == jpeg(2)
    assert don.finish(upload).status_code == 200
    (listed,) = don.client.get("/api/v1/uploads").json()["items"]
    assert listed["state"] == "received"
    assert "listed" not in listed
    # the same again is known
    assert don.announce(jpeg(1), jpeg(2)).state == "received"
    assert don.announce(jpeg(1), name="other").listed[0].state == "stored"
    assert don.head(first.url).headers["upload-offset"] == "9000"
    assert don.patch(first.url, 9000, b"").status_code == 204


def test_the_protocol_is_told_to_who_asks(world):
    response = world.client().options("/api/v1/uploads/files")
    assert response.status_code == 204
    assert response.headers["tus-version"] == "1.0.0"
    assert set(response.headers["tus-extension"].split(",")) == {
        "creation",
        "checksum",
        "expiration",
    }
    assert "sha1" in response.headers["tus-checksum-algorithm"].split(",")


def test_bytes_from_a_wrong_offset_are_refused_and_change_nothing(don):
    (file,) = don.announce(jpeg(1)).listed
    don.patch(file.url, 0, jpeg(1)[:100])
    for offset in (0, 99, 101, 9000):
        response = don.patch(file.url, offset, b"other")
        assert (response.status_code, response.json()["code"]) == (409, "offset")
        assert response.headers["tus-resumable"] == "1.0.0"
    assert don.head(file.url).headers["upload-offset"] == "100"


def test_more_bytes_than_announced_are_refused(don):
    (file,) = don.announce(jpeg(1)).listed
    assert don.patch(file.url, 0, jpeg(1) + b"x").status_code == 400
    assert don.head(file.url).headers["upload-offset"] == "0"


@pytest.mark.parametrize("algorithm", [sha1, sha256])
def test_a_chunk_damaged_on_the_way_is_dropped(don, algorithm):
    name = algorithm().name
    (file,) = don.announce(jpeg(1, 600_000)).listed
    data = jpeg(1, 600_000)
    don.patch(file.url, 0, data[:1000])
    told = f"{name} {base64_of(algorithm(data[1000:500_000]).digest())}"
    damaged = don.patch(file.url, 1000, data[1000:499_999] + b"?", **{"Upload-Checksum": told})
    assert damaged.status_code == 460
    assert don.head(file.url).headers["upload-offset"] == "1000"
    whole = don.patch(file.url, 1000, data[1000:500_000], **{"Upload-Checksum": told})
    assert whole.headers["upload-offset"] == "500000"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Tus-Resumable": "0.2.2"}, 412),
        ({"Tus-Resumable": ""}, 412),
        ({"Content-Type": "application/octet-stream"}, 400),
        ({"Upload-Offset": "-1"}, 400),
        ({"Upload-Offset": "1e3"}, 400),
        ({"Upload-Offset": "٣"}, 400),
        ({"Upload-Checksum": "crc32 AAAA"}, 400),
        ({"Upload-Checksum": "sha256 not base64!"}, 400),
    ],
)
def test_requests_that_are_not_of_the_protocol_are_refused(don, headers, status):
    (file,) = don.announce(jpeg(1)).listed
    raw = {name: value.encode() for name, value in headers.items()}
    response = don.patch(file.url, 0, b"x", **raw)
    assert response.status_code == status
    assert don.head(file.url).headers["upload-offset"] == "0"


def test_a_connection_that_has_gone_silent_is_let_go_and_its_bytes_are_kept(
    world, don, monkeypatch
):
    """A phone behind a pier's corner sends nothing more and closes nothing."""
    monkeypatch.setattr("api.routes.tus.STALLED_S", 0.3)
    (file,) = don.announce(jpeg(1)).listed

    async def silent():
        yield jpeg(1)[:3000]
        yield jpeg(1)[3000:5000]
        await asyncio.sleep(60)
        yield jpeg(1)[5000:]

    async def send():
        transport = httpx.ASGITransport(app=don.client.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
            headers = {**don.headers, **PATCH, "Upload-Offset": "0"}
            headers["Upload-Checksum"] = f"sha256 {base64_of(sha256(jpeg(1)).digest())}"
            return await asyncio.wait_for(
                client.patch(file.url, content=silent(), headers=headers), 30
            )

    answer = asyncio.run(send())
    assert (answer.status_code, answer.headers["upload-offset"]) == (408, "5000")
    assert don.head(file.url).headers["upload-offset"] == "5000"
    assert don.patch(file.url, 5000, jpeg(1)[5000:]).headers["upload-offset"] == "9000"
    assert world.media.get(digest(jpeg(1))) == jpeg(1)


def test_a_post_may_stand_for_a_patch(don):
    (file,) = don.announce(jpeg(1)).listed
    headers = {**PATCH, "Upload-Offset": "0"}
    assert don.client.post(file.url, content=jpeg(1), headers=headers).status_code == 405
    headers["X-HTTP-Method-Override"] = "PATCH"
    assert don.client.post(file.url, content=jpeg(1), headers=headers).status_code == 204


def test_a_file_may_be_created_by_the_protocol_alone(don):
    upload = don.announce(jpeg(1))

    def create(**metadata):
        told = ",".join(f"{key} {base64_of(value.encode())}" for key, value in metadata.items())
        return don.client.post(
            f"/api/v1/uploads/{upload.id}/files",
            headers={**TUS, "Upload-Length": "9000", "Upload-Metadata": told},
        )

    created = create(filename="DCIM/more.JPG", sha256=digest(jpeg(2)))
    assert created.status_code == 201
    assert "upload-expires" in created.headers
    assert (
        create(filename="DCIM/more.JPG", sha256=digest(jpeg(2))).headers["location"]
        == (created.headers["location"])
    )
    assert don.patch(created.headers["location"], 0, jpeg(2)).status_code == 204
    assert create(filename="DCIM/more.JPG", sha256=digest(jpeg(3))).status_code == 409
    assert create(filename="x").status_code == 400
    assert create(sha256=digest(jpeg(3))).status_code == 400
    assert create(filename="../x", sha256=digest(jpeg(3))).json()["code"] == "unsafe_name"


def test_other_bytes_than_announced_are_told_and_sent_again(don):
    upload = don.announce(jpeg(1))
    (file,) = upload.listed
    response = don.patch(file.url, 0, jpeg("other"))
    assert (response.status_code, response.json()["code"]) == (409, "wrong_hash")
    assert response.json()["remedy"]
    assert don.head(file.url).headers["upload-offset"] == "0"
    assert don.finish(upload).status_code == 409
    assert don.patch(file.url, 0, jpeg(1)).status_code == 204
    assert don.finish(upload).status_code == 200


def test_a_wrong_kind_is_refused_whatever_its_name(don):
    film = b"MZ" + bytes(3_000_000)
    upload = don.announce(film, jpeg(1))
    bad, good = upload.listed
    response = don.patch(bad.url, 0, film)
    assert (response.status_code, response.json()["code"]) == (415, "wrong_type")
    assert don.head(bad.url).status_code == 415
    don.patch(good.url, 0, jpeg(1))
    done = UploadOut.model_validate(don.finish(upload).json())
    assert (done.state, done.stored, done.refused) == ("received", 1, 1)
    assert done.listed[0].refusal.remedy


def test_what_is_missing_may_be_left_out(don):
    upload = don.announce(jpeg(1), jpeg(2))
    don.patch(upload.listed[0].url, 0, jpeg(1))
    done = UploadOut.model_validate(don.finish(upload, leave_out_missing=True).json())
    assert (done.state, done.listed[1].refusal.code) == ("received", "not_sent")


def test_quotas_are_told(make_world):
    don = Device(make_world(policy=UploadPolicy(quota_bytes=20_000)), "don")
    don.announce(jpeg(1), jpeg(2))
    files = [{"path": "x", "size_bytes": 9000, "sha256": digest(jpeg(3))}]
    response = don.client.post("/api/v1/uploads", json={"name": "x", "files": files})
    assert (response.status_code, response.json()["code"]) == (413, "quota")
    assert "are left" in response.json()["detail"]


def test_an_expired_upload_is_gone_until_it_is_announced_again(world, don):
    (file,) = don.announce(jpeg(1)).listed
    don.patch(file.url, 0, jpeg(1)[:4000])
    world.clock.forward(timedelta(days=15))
    assert don.head(file.url).status_code == 410
    assert don.patch(file.url, 4000, b"x").json()["code"] == "upload_expired"
    assert don.announce(jpeg(1)).listed == [file]
    assert don.head(file.url).headers["upload-offset"] == "4000"


def test_another_users_upload_is_not_there(world, don):
    upload = don.announce(jpeg(1))
    (file,) = upload.listed
    officer = Device(world, "mali")
    assert officer.client.get(f"/api/v1/uploads/{upload.id}").status_code == 200
    for device in (officer, Device(world, "nid")):
        # who may look may still not send
        assert device.head(file.url).status_code == 404
        assert device.patch(file.url, 0, b"x").status_code == 404
        assert device.finish(upload).status_code == 404


def test_a_revoked_or_invented_token_does_not_pass(world, don):
    (token,) = world.store.device_tokens.of("don")
    upload = don.announce(jpeg(1))
    world.store.device_tokens.revoke(token.token_id, world.clock())
    urls = ("/api/v1/uploads", f"/api/v1/uploads/{upload.id}", f"/api/v1/flights/{upload.id}")
    for url in urls:
        response = don.client.get(url)
        assert (response.status_code, response.json()["code"]) == (401, "bad_token"), url
    assert don.patch(upload.listed[0].url, 0, b"x").status_code == 401
    assert not list(world.parts.rglob("*.part"))
    for header in ("Bearer x", "Basic eDp5", don.headers["Authorization"] + "x", ""):
        client = world.logged_in("don")  # a cookie does not make up for it
        response = client.get("/api/v1/uploads", headers={"Authorization": header})
        assert response.status_code == 401


def test_a_device_token_is_for_uploads_and_nothing_else(world):
    client = Device(world, "nid").client
    for url in ("/api/v1/alerts", "/api/v1/incidents", "/api/v1/session", "/api/v1/flights"):
        assert client.get(url).status_code == 401


def test_with_a_cookie_every_change_carries_the_csrf_token(world):
    client = world.logged_in("don")
    manifest = {
        "name": "x",
        "files": [{"path": "a.JPG", "size_bytes": 9000, "sha256": digest(jpeg(1))}],
    }
    assert client.post("/api/v1/uploads", json=manifest).json()["code"] == "csrf"
    token = {"X-CSRF-Token": client.get("/api/v1/session").json()["csrf_token"]}
    made = client.post("/api/v1/uploads", json=manifest, headers=token)
    url = made.json()["listed"][0]["url"]
    patch = {**PATCH, "Upload-Offset": "0"}
    assert client.patch(url, content=jpeg(1), headers=patch).status_code == 403
    assert client.patch(url, content=jpeg(1), headers={**patch, **token}).status_code == 204
    finish = f"/api/v1/uploads/{made.json()['id']}/finish"
    assert client.post(finish, json={}).status_code == 403
    assert client.post(finish, json={}, headers=token).json()["state"] == "received"


def test_strangers_send_nothing(world):
    client = world.client()
    assert client.get("/api/v1/uploads").status_code == 401
    assert client.post("/api/v1/uploads", json={}).status_code == 401
    url = f"/api/v1/uploads/files/{'0' * 32}"
    assert client.patch(url, content=b"x", headers=PATCH).status_code == 401
    assert client.head(url, headers=TUS).status_code == 401


def test_an_odd_manifest_is_refused_with_its_faults(don):
    for body in (b"", b"[]", b'{"name": "x", "files": [{"path": "a"}]}', b'{"name": "x"}'):
        response = don.client.post("/api/v1/uploads", content=body)
        assert response.status_code == 422
        assert response.json()["faults"]
    empty = don.client.post("/api/v1/uploads", json={"name": "x", "files": []})
    assert empty.status_code == 400


def test_bodies_are_bounded_by_what_they_are():
    assert body_limit("/login") == MAX_BODY_BYTES
    assert body_limit("/api/v1/uploads") == MAX_MANIFEST_BYTES
    assert body_limit("/api/v1/uploads/0a/finish") == MAX_BODY_BYTES
    assert body_limit(f"/api/v1/uploads/files/{'0' * 32}") is None


def test_a_service_without_a_desk_says_so(world):
    bare = type(world)(world.store, world.media, world.site, world.clock, portal=world.portal)
    response = Device(bare, "don").client.get("/api/v1/uploads")
    assert (response.status_code, response.json()["code"]) == (503, "no_uploads")


def test_how_far_a_flight_is_and_whose_it_is(world, don, make_seen):
    upload = don.announce(jpeg(1))
    don.patch(upload.listed[0].url, 0, jpeg(1))
    don.finish(upload)
    claim = world.store.queue.claim(world.clock(), timedelta(minutes=1))
    world.store.queue.report(claim, "detect", 0, 4, world.clock())
    world.store.queue.report(claim, "detect", 1, 4, world.clock())
    world.clock.forward(timedelta(seconds=10))
    for client in (don.client, world.logged_in("don"), world.logged_in("mali")):
        told = client.get(f"/api/v1/flights/{upload.id}").json()
        assert told["state"] == "processing"
        assert told["progress"] == {"stage": "detect", "done": 1, "total": 4, "seconds_left": 30.0}
    flight_id = world.log(make_seen()).flight_id
    world.store.queue.finish(claim, flight_id)
    assert don.client.get(f"/api/v1/flights/{upload.id}").json()["flight_id"] == flight_id
    assert don.client.get(f"/api/v1/flights/{flight_id}").json()["sightings"] == 1


def test_a_ranger_does_not_see_what_another_sent(world, make_seen):
    fah = Device(world, "mali")  # an officer's own flight
    upload = fah.announce(jpeg(1))
    fah.patch(upload.listed[0].url, 0, jpeg(1))
    fah.finish(upload)
    claim = world.store.queue.claim(world.clock(), timedelta(minutes=1))
    flight_id = world.log(make_seen()).flight_id
    ranger = world.logged_in("don")
    assert flight_id in ranger.get("/flights").text  # processed on the server itself
    world.store.queue.finish(claim, flight_id)
    assert flight_id not in ranger.get("/flights").text
    assert ranger.get("/api/v1/flights").json()["total"] == 0
    for url in (f"/api/v1/flights/{flight_id}", f"/api/v1/flights/{upload.id}"):
        nothing = url.replace(flight_id, "0" * 16).replace(upload.id, "0" * 32)
        there, not_there = ranger.get(url), ranger.get(nothing)
        assert there.status_code == not_there.status_code == 404
        assert there.json()["code"] == not_there.json()["code"]
    assert ranger.get(f"/flights/{flight_id}").status_code == 404
    assert world.logged_in("mali").get(f"/flights/{flight_id}").status_code == 200


def test_a_disk_that_is_full_is_told_and_what_was_sent_is_kept(don, monkeypatch):
    (file,) = don.announce(jpeg(1)).listed
    real, written = os.write, []

    def full_after_4000_bytes(handle, data):
        room = 4000 - sum(written)
        if room <= 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        written.append(real(handle, bytes(data[:room])))
        return written[-1]

    monkeypatch.setattr("patrol.uploads_desk.os.write", full_after_4000_bytes)
    response = don.patch(file.url, 0, jpeg(1))
    assert (response.status_code, response.json()["code"]) == (507, "disk_full")
    assert "what was sent is kept" in response.json()["detail"]
    monkeypatch.undo()
    assert don.head(file.url).headers["upload-offset"] == "4000"
    assert don.patch(file.url, 4000, jpeg(1)[4000:]).headers["upload-offset"] == "9000"


def test_officers_see_how_far_flights_are_and_why_one_failed(world, don):
    upload = don.announce(jpeg(1), name="morning <b>")
    mali = world.logged_in("mali")
    assert "Sending" in mali.get("/flights?lang=en").text
    don.patch(upload.listed[0].url, 0, jpeg(1))
    don.finish(upload)
    claim = world.store.queue.claim(world.clock(), timedelta(minutes=1))
    world.store.queue.report(claim, "detect", 0, 4, world.clock())
    world.store.queue.report(claim, "detect", 1, 4, world.clock())
    world.clock.forward(timedelta(seconds=60))
    world.store.add_user("fah", "no hash", Role.RANGER, world.clock())
    page = mali.get("/flights?lang=en").text
    assert "morning &lt;b&gt;" in page
    assert "1 of 4 · about 3 min left" in page
    assert "กำลังส่งหรือรอตรวจ" in mali.get("/flights?lang=th").text
    assert "morning" not in world.logged_in("fah").get("/flights").text
    world.store.queue.fail(claim, "no photo is left")
    page = mali.get("/flights?lang=en").text
    assert "Could not be processed" in page
    assert "no photo is left" in page
