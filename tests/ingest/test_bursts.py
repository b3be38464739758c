from dataclasses import replace
from datetime import timedelta

import pytest

from ingest.bursts import bursts
from ingest.flight import read_flight
from ingest.summary import summarise_unmeasured


@pytest.fixture
def flight(make_photo, site):
    """A burst of three, a photo five seconds later, and two a second apart on the way."""
    taken = ["10:00:00", "10:00:00", "10:00:01", "10:00:06", "10:00:09", "10:00:10"]
    lats = [7.25, 7.25, 7.250003, 7.25, 7.25, 7.2502]
    paths = [
        make_photo(f"{n}.jpg", taken=f"2026:02:03 {clock}", lat=lat, grey=100 + n)
        for n, (clock, lat) in enumerate(zip(taken, lats, strict=True))
    ]
    return read_flight(paths, site)


def test_pictures_taken_at_once_are_told(flight):
    assert bursts(flight.frames) == ((0, 1, 2),)
    told = [any(note.code == "burst" for note in frame.warnings) for frame in flight.frames]
    assert told == [True, True, True, False, False, False]


def test_the_summary_counts_them(flight):
    figures = summarise_unmeasured(flight)
    assert figures.in_bursts == 3
    assert figures.sentence_en().startswith("6 frames, 3 of them taken in bursts, ")
    assert figures.sentence_th().startswith("6 รูป · ถ่ายรัว 3 รูป · ")


def test_a_second_later_is_at_once_and_two_are_not(flight):
    first, second, *_ = flight.frames
    for seconds, found in ((1, ((0, 1),)), (2, ())):
        later = replace(second, taken_at_utc=first.taken_at_utc + timedelta(seconds=seconds))
        assert bursts((first, later)) == found
