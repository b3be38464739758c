"""Nothing that anyone may fetch leads to an animal.

Two properties over random sightings in a real store: no public byte holds a coordinate, id, hash,
time, file name or score of a sighting; and the public bytes do not even depend on them. Each is
shown to fail for a reader that leaks.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from fastapi.routing import APIRoute
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from starlette.routing import BaseRoute

from api.app import STATIC_DIR
from api.public.held_statuses import HELD_FOR
from ingest.frame import Note, RefusedFile
from ingest.lonlat import LonLat
from patrol.incident import State

BANGKOK = ZoneInfo("Asia/Bangkok")
TODAY = date(2026, 11, 22)
# each fetches every page of a new service
EXAMPLES = pytest.mark.parametrize("examples", [2, pytest.param(20, marks=pytest.mark.deep)])


def drawing(examples: int) -> settings:
    return settings(
        max_examples=examples,
        phases=[Phase.generate],  # shrinking would fetch every page a thousand times
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )


def flattened(routes) -> Iterator[BaseRoute]:
    """Routes of an app; newer FastAPIs keep those of an included router inside one entry."""
    for route in routes:
        included = getattr(route, "original_router", None)
        yield from flattened(included.routes) if included else (route,)


def anonymous_urls(world) -> Iterator[str]:
    """Every address that takes no id, in both languages, static files, and some that are none."""
    paths = [
        route.path
        for route in flattened(world.app.routes)
        if isinstance(route, APIRoute) and "GET" in route.methods and "{" not in route.path
    ]
    assert {"/", "/healthz", "/api/public/zones.geojson", "/login", "/officer"} <= set(paths)
    paths += ["/openapi.json", "/nothing/here", "/api/nothing", "/api/public/sightings", "/docs"]
    yield from paths
    yield from (f"{path}?lang=en" for path in paths if not path.startswith(("/api", "/openapi")))
    yield from (f"/static/{file.name}" for file in STATIC_DIR.iterdir())


def public_bytes(world) -> str:
    """All that a stranger gets, headers too, without what is random by design."""
    world.clock.forward(HELD_FOR)
    client = world.client()
    parts = []
    for url in anonymous_urls(world):
        # uncompressed: the length of a compressed page would vary with its random nonce
        response = client.get(url, headers={"Accept-Encoding": "identity"})
        assert response.status_code < 500, url
        headers = "\n".join(f"{name}: {value}" for name, value in response.headers.multi_items())
        parts.append(f"{url}\n{headers}\n{response.text}")
    everything = without_what_is_random("\n".join(parts))
    return without_the_reading(everything, world.clock())


def without_the_reading(everything: str, at: datetime) -> str:
    """Take out when the store was asked: it is the asker's own time, whatever was seen."""
    local = at.astimezone(BANGKOK)
    for text in (at.isoformat(timespec="seconds"), f"{local:%H:%M} น.", f"2026 {local:%H:%M}"):
        everything = everything.replace(text, "as-of")
    return everything


def without_what_is_random(everything: str) -> str:
    everything = re.sub(r"nonce[-=]\"?[\w-]{22}", "nonce", everything)
    everything = re.sub(r"name=\"key\" value=\"[\w-]{22}\"", "key", everything)
    everything = re.sub(r"(map|geo_json)_[0-9a-f]{32}", r"\1_x", everything)
    return re.sub(r"(value=\"|libong_login_form=)[\w.-]{60,}", r"\1token", everything)


def coordinate_tokens(degrees: float) -> Iterator[str]:
    for decimals in range(3, 8):
        yield f"{degrees:.{decimals}f}"
        yield str(int(degrees * 10**7) / 10**7)[: len(str(int(degrees))) + 1 + decimals]
        yield str(round(degrees * 10**decimals)) if decimals > 4 else f"{degrees:.{decimals}f}"
    whole, minutes = int(degrees), degrees % 1 * 60
    seconds = int(minutes % 1 * 60)
    for degree_sign, minute_sign in (
        ("°", "'"),
        ("°", "′"),
        ("° ", "' "),
        ("° ", "′ "),
        (" ", " "),
    ):
        yield f"{whole}{degree_sign}{int(minutes)}{minute_sign}{seconds}"
    yield f"{whole}°{minutes:.3f}"
    yield f"{whole}° {minutes:.2f}"


def time_tokens(moment: datetime) -> Iterator[str]:
    for clock in (moment.astimezone(UTC), moment.astimezone(BANGKOK)):
        yield f"{clock:%H:%M}"
        yield f"{clock:%H.%M}"
        yield f"{clock:%H%M%S}"
    yield str(int(moment.timestamp()))


def tokens_of(logged) -> set[str]:
    """What must not be found of a flight: the texts a leak would show."""
    found: set[str] = set()
    for sighting in logged.sightings:
        found.update(coordinate_tokens(sighting.position.lon))
        found.update(coordinate_tokens(sighting.position.lat))
        found.update(time_tokens(sighting.first_seen_utc))
        found.update((sighting.sighting_id[:8], sighting.best.frame_sha256[:8]))
        found.update(f"{sighting.score:.{decimals}f}" for decimals in (4, 5, 6))
        found.add(f"{sighting.score * 100:.2f}")
    for incident in logged.incidents:
        found.update((incident.incident_id[:8], (incident.crop_sha256 or logged.flight_id)[:8]))
    for file in logged.refused:
        found.update((file.path.name, file.path.stem))
    found.update((logged.flight_id[:8], logged.model_sha256[:8]))
    return found


def leaks(seen: str, tokens: Iterable[str], baseline: str) -> set[str]:
    """Tokens in `seen` that were not there (as part of an outline, say) before the flight."""
    return {token for token in tokens if token in seen and token not in baseline}


def places(zone_box: tuple[float, float, float, float]) -> st.SearchStrategy[LonLat]:
    west, south, east, north = zone_box
    return st.builds(
        LonLat,
        st.floats(west + 1e-4, east - 1e-4).map(lambda x: round(x, 7)),
        st.floats(south + 1e-4, north - 1e-4).map(lambda x: round(x, 7)),
    )


moments = st.builds(
    lambda day, second: (
        datetime.combine(TODAY - timedelta(days=day), time(), UTC) + timedelta(seconds=second)
    ),
    st.integers(0, 20),
    st.integers(1, 86_399),
)
scores = st.floats(0.300001, 0.999998).map(lambda score: round(score, 6))
salts = st.text("abcdefghijklmnop", min_size=8, max_size=8)


@st.composite
def sightings(draw, make_seen, zones):
    zone = draw(st.sampled_from(zones))
    return make_seen(
        zone_id=zone.zone_id,
        position=draw(places(zone.area.bounds)),
        at=draw(moments),
        score=draw(scores),
        salt=draw(salts),
    )


def refused_named(stem: str) -> RefusedFile:
    return RefusedFile(
        Path(f"/flights/ranger_{stem}.JPG"), None, Note("no_gps", "no position"), "send originals"
    )


@EXAMPLES
def test_no_public_byte_tells_of_a_sighting(make_world, make_seen, examples):
    @drawing(examples)
    @given(data=st.data())
    def drawn_from(data):
        world = make_world()
        baseline = public_bytes(world)
        drawn = data.draw(st.lists(sightings(make_seen, world.site.zones), min_size=1, max_size=4))
        logged = world.log(*drawn, refused=[refused_named(data.draw(salts))], surveyed_on=TODAY)
        for incident in logged.incidents:
            if data.draw(st.booleans()):
                world.store.transition(
                    incident.incident_id,
                    State.CONFIRMED,
                    actor="mali",
                    reason=f"near {incident.position.lat}",
                    expected_version=1,
                    at_utc=world.clock(),
                )
        assert leaks(public_bytes(world), tokens_of(logged), baseline) == set()

    drawn_from()


@EXAMPLES
def test_public_bytes_depend_on_zones_and_days_alone(make_world, make_seen, examples):
    @drawing(examples)
    @given(data=st.data())
    def drawn_from(data):
        day = data.draw(st.integers(1, 14))
        noon = datetime.combine(TODAY - timedelta(days=day), time(5), UTC)  # noon in Trang
        one, other = make_world(), make_world()
        seen = []
        for world, count in ((one, 1), (other, data.draw(st.integers(2, 3)))):
            east = world.site.zones[0]
            drawn = [
                make_seen(
                    zone_id=east.zone_id,
                    position=data.draw(places(east.area.bounds)),
                    at=noon + timedelta(seconds=data.draw(st.integers(-14_000, 14_000))),
                    score=data.draw(st.floats(0.81, 0.99)),
                    salt=data.draw(salts),
                )
                for _ in range(count)
            ]
            world.log(*drawn, refused=[refused_named(data.draw(salts))], surveyed_on=TODAY)
            seen.append(public_bytes(world))
        assert seen[0] == seen[1]
        assert "caution" in seen[0]

    drawn_from()


def a_sighting(world, make_seen):
    return world.log(
        make_seen(at=datetime(2026, 11, 20, 3, 17, 42, tzinfo=UTC), score=0.912357),
        refused=[refused_named("mali_0042")],
    )


LEAKS: dict[str, Callable] = {
    "coordinate": lambda logged: f"{logged.sightings[0].position.lat:.3f}",
    "longitude": lambda logged: f"{logged.sightings[0].position.lon:.6f}",
    "degrees and minutes": lambda logged: "7°14'35",
    "incident id": lambda logged: logged.incidents[0].incident_id[:8],
    "hash": lambda logged: logged.sightings[0].best.frame_sha256,
    "time": lambda logged: "10:17",
    "file name": lambda logged: "ranger_mali_0042",
    "score": lambda logged: "0.9124",
}


@pytest.mark.deep
def test_a_leaking_reader_is_caught(make_world, make_seen, monkeypatch):
    world = make_world()
    baseline = public_bytes(world)
    logged = a_sighting(world, make_seen)
    assert leaks(public_bytes(world), tokens_of(logged), baseline) == set()
    honest = world.store.zone_statuses
    for kind, leak in LEAKS.items():
        leaked = leak(logged)

        def leaking(site, today, text=leaked):
            first, *others = honest(site, today)
            return (replace(first, reason_th=f"พบ {text}", reason_en=f"seen {text}"), *others)

        monkeypatch.setattr(world.store, "zone_statuses", leaking)
        assert leaks(public_bytes(world), tokens_of(logged), baseline) != set(), kind


@pytest.mark.deep
def test_a_reader_that_counts_is_caught(make_world, make_seen, monkeypatch):
    seen = []
    for number in (1, 2):
        world = make_world()
        honest = world.store.zone_statuses

        def counting(site, today, honest=honest, number=number):
            first, *others = honest(site, today)
            return (replace(first, reason_en=f"{number} seen"), *others)

        monkeypatch.setattr(world.store, "zone_statuses", counting)
        seen.append(public_bytes(world))
    assert seen[0] != seen[1]


def test_an_error_of_the_reader_tells_nothing(world, monkeypatch):
    def broken(site, today):
        raise RuntimeError("no such table near 7.243217, 99.467123")

    monkeypatch.setattr(world.store, "zone_statuses", broken)
    client = world.client(raise_server_exceptions=False)
    for url in ("/", "/?lang=en", "/api/public/zones.geojson"):
        response = client.get(url)
        assert response.status_code == 500
        assert "7.2" not in response.text
        assert "table" not in response.text


def addresses_with_an_id(world) -> Iterator[tuple[str, str]]:
    """Every method and address of the service that names an incident, a picture, or a report."""
    for route in flattened(world.app.routes):
        if isinstance(route, APIRoute) and re.search(r"{(incident_id|sha256|code)}", route.path):
            yield from ((method, route.path) for method in sorted(route.methods))


def answered(client, method, path, name):
    """What an answer tells: all of it but the id that was asked for."""
    address = re.sub(r"{\w+}", name, path)
    response = client.request(method, address, json={}) if method != "GET" else client.get(address)
    headers = {
        key: without_what_is_random(value.replace(name, ""))
        for key, value in response.headers.items()
    }
    return response.status_code, headers, without_what_is_random(response.text.replace(name, ""))


@pytest.mark.parametrize("who", [None, "don"])
def test_no_address_at_all_tells_whether_an_id_is_real(world, make_seen, jpeg_with_exif, who):
    """Whoever may not read incidents is answered alike, whether there is one or not."""
    crop = world.media.put(jpeg_with_exif)
    logged = world.log(make_seen(crop=crop))
    client = world.client() if who is None else world.logged_in(who)
    addresses = list(addresses_with_an_id(world))
    assert len(addresses) > 20
    real = {
        "{incident_id}": [logged.incidents[0].incident_id],
        "{sha256}": [crop, logged.sightings[0].best.frame_sha256],
        "{code}": [logged.incidents[0].incident_id, logged.sightings[0].sighting_id],
    }
    for method, path in addresses:
        (kind,) = [each for each in real if each in path]
        for name in real[kind]:
            there = answered(client, method, path, name)
            assert there == answered(client, method, path, "0" * len(name)), (method, path)
            assert there[0] >= 300, (method, path)


# of a flight a ranger may know; incidents and crops are for officers
OFFICERS = {
    "/desk?id={}": "incidents",
    "/desk/parts/detail/{}": "incidents",
    "/api/v1/incidents/{}": "incidents",
    "/api/v1/incidents/{}/sighting": "incidents",
    "/api/v1/crops/{}": "crops",
}
FLIGHTS = {"/flights/{}": "flights", "/api/v1/flights/{}": "flights"}
PATHS = {"stranger": OFFICERS | FLIGHTS, "don": OFFICERS, "mali": OFFICERS | FLIGHTS}


@pytest.mark.parametrize("who", PATHS)
def test_real_and_invented_ids_are_answered_alike(world, make_seen, jpeg_with_exif, who):
    crop = world.media.put(jpeg_with_exif)
    logged = world.log(make_seen(crop=crop))
    ids = {
        "incidents": logged.incidents[0].incident_id,
        "flights": logged.flight_id,
        "crops": crop,
    }
    client = world.client() if who == "stranger" else world.logged_in(who)

    def answer(path, name):
        response = client.get(path.format(name))
        location = response.headers.get("location", "").replace(name, "")
        text = without_what_is_random(response.text.replace(name, ""))
        return response.status_code, location, text

    for path, kind in PATHS[who].items():
        real = ids[kind]
        there, not_there = answer(path, real), answer(path, "0" * len(real))
        if who == "mali":  # who may read them sees which are real: the others could have differed
            assert (there[0], not_there[0]) == (200, 404), path
        else:
            assert there == not_there, path
            assert there[0] in {303, 401, 403}, path
