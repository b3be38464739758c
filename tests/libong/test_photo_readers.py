"""Reading photos in several processes gives what one gives."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ingest.flight import read_flight
from libong.photo_readers import photo_readers
from libong.sites import open_site

FAULTS = Path(__file__).parents[2] / "sample_flights" / "with_faults"


def test_several_readers_give_the_flight_of_one():
    site = open_site("koh_libong").reference
    told: list[tuple[int, int]] = []
    alone = read_flight([FAULTS], site)
    with ThreadPoolExecutor(3) as executor:
        together = read_flight(
            [FAULTS], site, executor=executor, on_progress=lambda *done: told.append(done)
        )
    assert together == alone
    assert len(alone.refused) == 4
    assert told[-1] == (len(told), len(told))


def test_few_photos_are_not_worth_a_second_process():
    with photo_readers(10) as readers:
        assert readers is None
