from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest

from api.public.held_statuses import HELD_FOR, Held

START = datetime(2026, 11, 22, tzinfo=UTC)


class Source:
    """A reader whose answers are numbered, and a clock."""

    def __init__(self):
        self.moment = START
        self.reads = 0

    def now(self):
        return self.moment

    def read(self):
        self.reads += 1
        return (f"reading {self.reads}",)


@pytest.fixture
def source():
    return Source()


@pytest.mark.parametrize(
    ("later", "reads"),
    [
        (timedelta(0), 1),
        (HELD_FOR - timedelta(seconds=1), 1),
        (HELD_FOR, 2),
        (timedelta(days=1), 2),
        (-timedelta(seconds=1), 2),
    ],
)
def test_they_are_held_for_their_time(source, later, reads):
    held = Held(source.read, source.now)
    assert held().told == ("reading 1",)
    source.moment += later
    assert held() == held()
    assert held().told == (f"reading {reads}",)
    assert source.reads == reads


def test_one_reads_anew_while_the_others_are_given_what_was_held(source):
    started, go_on = Event(), Event()

    def slow():
        if source.reads:
            started.set()
            go_on.wait(timeout=120)
        return source.read()

    held = Held(slow, source.now)
    held()
    source.moment += HELD_FOR
    with ThreadPoolExecutor(2) as threads:
        reading = threads.submit(held)
        assert started.wait(timeout=120)
        other = threads.submit(held)
        try:
            assert other.result(timeout=120).told == ("reading 1",)
        finally:
            go_on.set()
        assert reading.result(timeout=120).told == ("reading 2",)


def test_the_first_readers_share_one_reading(source):
    go_on = Event()

    def slow():
        go_on.wait(timeout=120)
        return source.read()

    held = Held(slow, source.now)
    with ThreadPoolExecutor(4) as threads:
        asked = [threads.submit(held) for _ in range(4)]
        go_on.set()
        assert {each.result(timeout=120).told for each in asked} == {("reading 1",)}
    assert source.reads == 1


def test_a_failed_reading_is_tried_again(source):
    def failing():
        if source.reads == 0:
            source.reads = 1
            raise RuntimeError("no database")
        return source.read()

    held = Held(failing, source.now)
    with pytest.raises(RuntimeError, match="no database"):
        held()
    assert held().told == ("reading 2",)
