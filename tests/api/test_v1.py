"""The JSON interface."""

import io
from datetime import timedelta
from zipfile import ZipFile

import pytest
from fastapi.openapi.models import OpenAPI
from PIL import Image

from api.models import FlightOut, IncidentOut, IncidentWithHistory, PageOut
from detection.types import ObjectClass
from patrol.exports.file_format import KINDS, FileFormat, incidents_file
from patrol.incident import State
from patrol.verdict import Priority
from patrol.zones import RuleName

OFFICER_URLS = (
    "/api/v1/alerts",
    "/api/v1/incidents",
    "/api/v1/incidents.geojson",
    "/api/v1/incidents/x",
    "/api/v1/incidents/files/gpx",
    f"/api/v1/crops/{'0' * 64}",
    "/desk",
    "/desk?id=x",
)
RANGER_URLS = (
    "/api/v1/session",
    "/api/v1/flights",
    "/api/v1/flights/x",
    "/api/v1/zones",
    "/flights",
    "/flights/x",
)


@pytest.mark.parametrize("url", OFFICER_URLS + RANGER_URLS)
def test_nothing_without_a_login(world, url):
    assert world.client().get(url).status_code == (401 if url.startswith("/api/") else 303)


def test_who_may_read_what(world):
    ranger, officer, admin = map(world.logged_in, ("don", "mali", "nid"))
    for url in OFFICER_URLS:
        assert ranger.get(url).status_code == 403, url
        assert officer.get(url).status_code in {200, 404}, url
        assert admin.get(url).status_code in {200, 404}, url
    for url in RANGER_URLS:
        assert ranger.get(url).status_code in {200, 404}, url


def take_step(client, incident_id, to, version, reason="seen by eye", token=None):
    token = token or client.get("/api/v1/session").json()["csrf_token"]
    return client.post(
        f"/api/v1/incidents/{incident_id}/transitions",
        json={"to": to, "reason": reason, "expected_version": version},
        headers={"X-CSRF-Token": token},
    )


def test_alerts_then_one_incident_then_its_steps(world, make_seen):
    logged = world.log(
        make_seen(salt="a"), make_seen(salt="b", priority=Priority.HIGH), make_seen(salt="c")
    )
    officer = world.logged_in("mali")
    page = PageOut[IncidentOut].model_validate(officer.get("/api/v1/alerts").json())
    assert (page.total, len(page.items)) == (3, 3)
    urgent = page.items[0]
    assert urgent.id == logged.incidents[1].incident_id
    assert (urgent.position.lon, urgent.position.lat) == logged.incidents[1].position

    confirmed = take_step(officer, urgent.id, "confirmed", 1)
    assert confirmed.status_code == 200
    assert confirmed.json()["state"] == "confirmed"
    shown = IncidentWithHistory.model_validate(officer.get(f"/api/v1/incidents/{urgent.id}").json())
    assert [(e.to_state, e.actor) for e in shown.events] == [
        (State.NEW, shown.events[0].actor),
        (State.CONFIRMED, "mali"),
    ]
    assert shown.events[1].reason == "seen by eye"
    assert shown.events[1].at_utc == world.clock()


@pytest.mark.parametrize(
    ("to", "version", "reason", "status", "code"),
    [
        ("confirmed", 0, "x", 409, "stale_version"),
        ("resolved", 1, "x", 409, "transition"),
        ("dismissed", 1, "  ", 409, "transition"),
        ("nonsense", 1, "x", 422, "bad_request"),
        ("confirmed", "one", "x", 422, "bad_request"),
        ("confirmed", 1, "x" * 2001, 422, "bad_request"),
    ],
)
def test_steps_that_are_refused_change_nothing(world, make_seen, to, version, reason, status, code):
    (incident,) = world.log(make_seen()).incidents
    officer = world.logged_in("mali")
    response = take_step(officer, incident.incident_id, to, version, reason)
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert world.store.incident(incident.incident_id) == incident


def test_the_faster_officer_wins(world, make_seen):
    (incident,) = world.log(make_seen()).incidents
    first, second = world.logged_in("mali"), world.logged_in("nid")
    assert take_step(first, incident.incident_id, "confirmed", 1).status_code == 200
    late = take_step(second, incident.incident_id, "dismissed", 1)
    assert late.json()["code"] == "stale_version"
    assert world.store.incident(incident.incident_id).state is State.CONFIRMED


def test_a_step_needs_the_token_of_this_login(world, make_seen):
    (incident,) = world.log(make_seen()).incidents
    officer, other = world.logged_in("mali"), world.logged_in("nid")
    url = f"/api/v1/incidents/{incident.incident_id}/transitions"
    body = {"to": "confirmed", "reason": "", "expected_version": 1}
    others_token = other.get("/api/v1/session").json()["csrf_token"]
    for headers in ({}, {"X-CSRF-Token": ""}, {"X-CSRF-Token": others_token}):
        assert officer.post(url, json=body, headers=headers).json()["code"] == "csrf"
    assert world.store.incident(incident.incident_id).state is State.NEW


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/alerts?offset=",
        "/api/v1/incidents?offset=",
        "/api/v1/flights?offset=",
        "/api/v1/uploads?offset=",
        "/api/v1/events?after=",
        "/flights?offset=",
        "/desk/trail?before=",
    ],
)
def test_numbers_that_no_database_counts_to_are_refused(world, path):
    officer = world.logged_in("mali")
    assert officer.get(f"{path}{2**64}").status_code == 422


def test_filters_and_pages(world, make_seen):
    world.log(*(make_seen(salt=str(n), zone_id="east") for n in range(3)))
    world.log(make_seen(zone_id="north"), received=world.clock() + timedelta(hours=1))
    officer = world.logged_in("mali")

    def ids(query):
        page = officer.get(f"/api/v1/incidents?{query}").json()
        return page["total"], [item["id"] for item in page["items"]]

    total, everything = ids("")
    assert (total, len(everything)) == (4, 4)
    assert ids("limit=3")[1] + ids("limit=3&offset=3")[1] == everything
    assert ids("limit=1&offset=9") == (4, [])
    assert ids("zone_id=north")[0] == 1
    assert ids("state=new&state=confirmed")[0] == 4
    assert ids("state=resolved")[0] == 0
    flight = officer.get("/api/v1/flights").json()["items"][0]["id"]
    assert ids(f"flight_id={flight}")[0] in {1, 3}
    for query in ("limit=0", "limit=501", "offset=-1", "state=odd", "after=1", "after=0.1.a%27"):
        assert officer.get(f"/api/v1/incidents?{query}").status_code == 422, query
    for path in ("/api/v1/incidents", "/api/v1/alerts"):
        found, after = [], ""
        while after is not None:
            page = officer.get(
                path, params={"limit": 3} | ({"after": after} if after else {})
            ).json()
            found += [item["id"] for item in page["items"]]
            after = page["next"]
        assert found == everything, path


def test_incidents_as_geojson(world, make_seen):
    (incident,) = world.log(make_seen()).incidents
    response = world.logged_in("mali").get("/api/v1/incidents.geojson")
    assert response.headers["content-type"] == "application/geo+json"
    (feature,) = response.json()["features"]
    assert feature["id"] == incident.incident_id
    assert feature["geometry"] == {"type": "Point", "coordinates": [*incident.position]}


@pytest.mark.parametrize("file_format", FileFormat)
def test_incidents_as_files_for_other_programs(world, make_seen, file_format):
    (incident,) = world.log(make_seen()).incidents
    officer = world.logged_in("mali")
    url = f"/api/v1/incidents/files/{file_format}"
    response = officer.get(url)
    kind = KINDS[file_format]
    assert response.headers["content-type"] == kind.media_type
    assert response.headers["content-disposition"].endswith(f'-incidents{kind.suffix}"')
    stored = [world.store.incident(incident.incident_id)]
    made = incidents_file(file_format, stored, world.site, incident.occurred_at_utc.date())
    if file_format is FileFormat.DARWIN_CORE:  # of what nobody has confirmed yet it tells nothing
        assert made.incidents == 0
        with ZipFile(io.BytesIO(response.content)) as archive:
            assert archive.testzip() is None
        return
    assert response.content == made.content
    named = incident.incident_id.encode()
    # its own id, or the UUID that SMART asks for
    assert named in response.content or file_format is FileFormat.SMART
    narrowed = officer.get(url, params={"state": "resolved"})
    assert named not in narrowed.content
    assert officer.get(url, params={"zone_id": incident.zone_id}).content == made.content


def test_a_format_that_is_none_is_refused(world):
    assert world.logged_in("mali").get("/api/v1/incidents/files/docx").status_code == 422


def test_flights_tell_why_files_were_refused_but_not_where_they_lay(world, make_seen, refused_file):
    world.log(make_seen(), refused=[refused_file])
    response = world.logged_in("don").get("/api/v1/flights")
    flight = PageOut[FlightOut].model_validate(response.json()).items[0]
    assert flight.sightings == 1
    (refused,) = flight.refused
    assert (refused.file_name, refused.code) == ("DJI_0042.JPG", "no_gps")
    assert refused.remedy.startswith("Wait for the drone's GPS lock")
    assert "/secret/folder" not in response.text


def test_zones_with_their_statuses(world):
    features = world.logged_in("don").get("/api/v1/zones").json()["features"]
    assert {f["id"]: f["properties"]["status"] for f in features} == {
        "east": "calm",
        "north": "calm",
        "cape": "closed",
    }


def test_crops_are_served_bare_and_kept_privately(world, make_seen, jpeg_with_exif):
    name = world.media.put(jpeg_with_exif)
    world.log(make_seen(crop=name))
    officer = world.logged_in("mali")
    response = officer.get(f"/api/v1/crops/{name}")
    assert response.headers["content-type"] == "image/jpeg"
    assert response.headers["cache-control"] == "private, no-cache"
    kept = {"If-None-Match": response.headers["etag"]}
    again = officer.get(f"/api/v1/crops/{name}", headers=kept)
    assert (again.status_code, again.content) == (304, b"")
    assert world.client().get(f"/api/v1/crops/{name}", headers=kept).status_code == 401
    assert b"Exif" not in response.content
    assert Image.open(io.BytesIO(response.content)).size == (64, 48)


def test_what_is_no_crop_is_not_served(world, make_seen, jpeg_with_exif):
    officer = world.logged_in("mali")
    original = world.media.put(jpeg_with_exif)
    other = world.media.put(b"%PDF-1.7 not a picture")
    world.log(make_seen(crop=other))
    for name, status in (
        (original, 404),
        (other, 404),
        ("0" * 64, 404),
        ("../../etc/passwd", 404),
        ("A" * 64, 422),
    ):
        response = officer.get(f"/api/v1/crops/{name}")
        assert response.status_code == status, name
        assert "media" not in response.text.replace("in the media store.", "")


def references(node):
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def test_openapi_is_valid_and_whole(world):
    schema = world.client().get("/openapi.json").json()
    OpenAPI.model_validate(schema)
    for reference in references(schema):
        node = schema
        for part in reference.removeprefix("#/").split("/"):
            node = node[part]
    paths = schema["paths"]
    assert "/desk" not in paths
    assert set(paths) == {
        "/api/public/zones.geojson",
        "/api/public/zones.ics",
        "/api/public/changes.geojson",
        "/api/public/changes.atom",
        "/healthz",
        "/api/v1/session",
        "/api/v1/alerts",
        "/api/v1/incidents",
        "/api/v1/incidents.geojson",
        "/api/v1/incidents/{incident_id}",
        "/api/v1/incidents/files/{file_format}",
        "/api/v1/incidents/{incident_id}/transitions",
        "/api/v1/incidents/{incident_id}/assignment",
        "/api/v1/incidents/{incident_id}/priority",
        "/api/v1/incidents/{incident_id}/comments",
        "/api/v1/incidents/{incident_id}/undo",
        "/api/v1/incidents/{incident_id}/join",
        "/api/v1/incidents/{incident_id}/separate",
        "/api/v1/incidents/{incident_id}/sighting",
        "/api/v1/incidents/{incident_id}/split",
        "/api/v1/incidents/{incident_id}/likely-same",
        "/api/v1/incidents/{incident_id}/joined",
        "/api/v1/incidents/steps",
        "/api/v1/events",
        "/api/v1/frames/{sha256}/picture",
        "/api/v1/frames/{sha256}/measure",
        "/api/v1/frames/{sha256}/labels",
        "/api/v1/frames/{sha256}/labels/removed",
        "/api/v1/frames/{sha256}/review",
        "/api/v1/flights",
        "/api/v1/flights/{flight_id}",
        "/api/v1/zones",
        "/api/v1/zones/versions",
        "/api/v1/zones/check",
        "/api/v1/zones/{zone_id}",
        "/api/v1/zones/{zone_id}/retire",
        "/api/v1/zones/{zone_id}/versions",
        "/api/v1/zones/{zone_id}/versions/{number}",
        "/api/v1/crops/{sha256}",
        "/api/v1/uploads",
        "/api/v1/uploads/{upload_id}",
        "/api/v1/uploads/{upload_id}/finish",
    }
    for path, operations in paths.items():
        for operation in operations.values():
            assert operation["summary"], path
            assert operation["description"], path


def test_who_asks_again_is_told_that_nothing_changed(world, make_seen):
    (incident,) = world.log(make_seen()).incidents
    client = world.logged_in("mali")
    for url in (
        "/api/v1/alerts",
        f"/api/v1/incidents/{incident.incident_id}",
        "/api/v1/incidents.geojson",
        "/api/v1/flights",
        "/api/v1/zones/east",
    ):
        first = client.get(url)
        etag = first.headers["etag"]
        assert first.headers["cache-control"] == "no-store", url
        again = client.get(url, headers={"If-None-Match": f'"other", W/{etag}'})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag), url
    etag = client.get("/api/v1/alerts").headers["etag"]
    world.store.transition(
        incident.incident_id,
        State.CONFIRMED,
        actor="mali",
        reason="",
        expected_version=1,
        at_utc=world.clock(),
    )
    changed = client.get("/api/v1/alerts", headers={"If-None-Match": etag})
    assert (changed.status_code, changed.json()["items"][0]["state"]) == (200, "confirmed")
    stranger = world.client().get("/api/v1/alerts", headers={"If-None-Match": "*"})
    assert stranger.status_code == 401


def test_lists_are_narrowed_by_every_column_that_officers_know(world, make_seen):
    boat = make_seen(
        zone_id="cape",
        rule=RuleName.BOAT_IN_CLOSED_ZONE,
        object_class=ObjectClass.BOAT,
        priority=Priority.HIGH,
    )
    dugong, ship = world.log(make_seen(at=boat.at - timedelta(days=3)), boat).incidents
    client = world.logged_in("mali")
    for query, expected in {
        "object_class=boat": [ship],
        "rule=dugong_sighting": [dugong],
        "priority=high": [ship],
        "zone_id=east": [dugong],
        "assignee=mali": [],
        f"since={(boat.at - timedelta(hours=1)).isoformat().replace('+', '%2B')}": [ship],
        "object_class=boat&priority=normal": [],
    }.items():
        for at in ("alerts", "incidents"):
            page = client.get(f"/api/v1/{at}?{query}").json()
            told = [item["id"] for item in page["items"]]
            assert told == [each.incident_id for each in expected], (at, query)
    for refused in ("rule=none", "since=yesterday", "since=0001-01-01T00:00:00%2B14:00"):
        assert client.get(f"/api/v1/alerts?{refused}").status_code == 422, refused
