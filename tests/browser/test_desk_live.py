"""Live updates across servers of one database, and the desk for all (axe)."""

import json
from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest

from api.routes import desk_events
from patrol.incident import State
from patrol.store import Store


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(desk_events, "POLL_S", 0.05)


def events_of(stream) -> Iterator[dict]:
    event = {}
    for line in stream.iter_lines():
        if not line and "data" in event:
            yield {**event, "data": json.loads(event["data"])}
            event = {}
        name, _, value = line.partition(": ")
        if name in ("id", "event", "data"):
            event[name] = value


@pytest.fixture
def two_servers(world, serve, make_world_of):
    """The addresses of two servers that share nothing but the database."""
    return serve(world.app), serve(make_world_of(world).app)


@pytest.fixture
def make_world_of():
    """A function that gives another service of the same database and media."""
    opened = []

    def another(world):
        store = Store(str(world.store._database.reader.url.render_as_string(hide_password=False)))
        opened.append(store)
        return replace(world, store=store)

    yield another
    for store in opened:
        store.close()


def dismiss(world, incident, actor="mali"):
    world.store.transition(
        incident.incident_id, State.DISMISSED, actor=actor, reason="foam",
        expected_version=None, at_utc=world.clock(),
    )  # fmt: skip


def test_a_step_at_one_server_is_told_by_the_other(quick, world, make_seen, two_servers):
    (incident,) = world.log(make_seen()).incidents
    _, other = two_servers
    cookies = dict(world.logged_in("mali").cookies)
    with (
        httpx.Client(base_url=other, cookies=cookies, timeout=60) as client,
        client.stream("GET", "/api/v1/events") as stream,
    ):
        assert stream.headers["content-type"].startswith("text/event-stream")
        told = events_of(stream)
        dismiss(world, incident)
        event = next(told)
    assert event["event"] == "incident_event"
    assert event["data"]["subject"] == incident.incident_id
    assert event["data"]["to_state"] == "dismissed"


def test_who_comes_back_is_told_what_was_missed(quick, world, make_seen, serve):
    (incident,) = world.log(make_seen()).incidents
    last = world.store.tail.last_sequence()
    dismiss(world, incident)
    with (
        httpx.Client(
            base_url=serve(world.app), cookies=dict(world.logged_in("mali").cookies), timeout=60
        ) as client,
        client.stream("GET", "/api/v1/events", headers={"Last-Event-ID": str(last)}) as stream,
    ):
        event = next(events_of(stream))
    assert event["id"] == str(last + 1)


def test_a_stream_ends_with_the_login(quick, monkeypatch, world, make_seen, serve):
    monkeypatch.setattr(desk_events, "KEEP_ALIVE_S", 0.1)
    cookies = dict(world.logged_in("mali").cookies)
    with (
        httpx.Client(base_url=serve(world.app), cookies=cookies, timeout=60) as client,
        client.stream("GET", "/api/v1/events") as stream,
    ):
        lines = stream.iter_lines()
        assert next(lines).startswith("retry:")
        world.store.end_sessions("mali")
        for _ in lines:
            pass  # the server ends it
    with httpx.Client(base_url=serve(world.app), cookies=cookies, timeout=60) as client:
        assert client.get("/api/v1/events").status_code == 401
