"""Some mutated videos, subtitles and logs; `make fuzz` tries as many as time allows."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.telemetry.flight_log import read_flight_log
from tests.fuzz_telemetry import mutated_file, outcome, seeds

ORIGINALS = seeds()


@settings(max_examples=120)
@given(seed=st.integers(0, 2**32))
def test_mutated_telemetry_is_read_or_refused(tmp_path_factory, seed):
    chance = random.Random(seed)  # noqa: S311 - wants repeatable, not secret, bytes
    folder = tmp_path_factory.getbasetemp()
    ending, data = chance.choice(ORIGINALS)
    path = folder / f"file{ending}"
    path.write_bytes(mutated_file(ending, data, chance))
    assert outcome(path, folder).startswith(f"{ending} ")


def test_a_lone_carriage_return_in_a_flight_log_breaks_nothing(tmp_path):
    text = dict(ORIGINALS)[".csv"].replace(b"99.4012345", b"99.40\r12345", 1)
    path = tmp_path / "log.csv"
    path.write_bytes(text)
    assert len(read_flight_log(path).records) == 30
