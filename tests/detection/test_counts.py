"""How well things are counted by flight, on simulated flights."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from detection.persistence import borne_out
from detection.sightings import LengthOf, associate
from detection.simulated_flight import Conditions, simulate_flight
from detection.types import ObjectClass

D, B, G = ObjectClass.DUGONG, ObjectClass.BOAT, ObjectClass.FISHING_GEAR


def counted(flight):
    lengths = LengthOf({frame.sha256: frame.gsd_cm for frame in flight.frames})
    sightings = associate(flight.detections, "f", length_m=lengths, frames=flight.frames)
    return Counter(
        s.object_class for s in borne_out(sightings, flight.frames, dict.fromkeys(ObjectClass, 0.3))
    )


@pytest.mark.parametrize(
    ("conditions", "most_error"),
    [
        (Conditions(), {D: 0.6, B: 0.5, G: 0.3}),
        (Conditions(error_m=1.0, interval_s=2.0), {D: 0.6, B: 0.5, G: 0.4}),
        (Conditions(error_m=5.0, interval_s=5.0), {D: 0.6, B: 1.1, G: 0.5}),
        (Conditions(error_m=5.0, shared_share=0.9), {D: 0.7, B: 0.5, G: 0.3}),
        (Conditions(interval_s=0.5, lines=2), {D: 0.6, B: 0.4, G: 0.3}),
        # nets and lines longer than a frame: without a look at what both frames see, 3 too many
        (Conditions(longest_gear_m=150.0), {G: 0.6}),
        (Conditions(longest_gear_m=300.0, error_m=5.0), {G: 1.0}),
    ],
)
def test_mean_error_of_the_count_by_flight(conditions, most_error):
    flights = [simulate_flight(conditions, seed) for seed in range(1000, 1016)]
    counts = [counted(flight) for flight in flights]
    for object_class, most in most_error.items():
        off = [
            c[object_class] - f.seen()[object_class] for c, f in zip(counts, flights, strict=True)
        ]
        assert np.mean(np.abs(off)) <= most, object_class


def test_frames_that_know_their_own_error_are_counted_better():
    """With 95 % of the square of the error shared, as the field photos have it."""
    conditions = Conditions(error_m=4.8, shared_share=0.95, false_per_frame=0.0)
    off = Counter()
    for seed in range(1000, 1024):
        flight = simulate_flight(conditions, seed)
        lengths = LengthOf({frame.sha256: frame.gsd_cm for frame in flight.frames})
        own_m = 1.07 * 4.8 * np.sqrt(0.05)  # the radius of 68 %, of a root mean square
        knowing = [replace(frame, relative_error_m=own_m) for frame in flight.frames]
        for name, frames in (("whole", flight.frames), ("own", knowing)):
            found = associate(flight.detections, "f", length_m=lengths, frames=frames)
            counts = Counter(sighting.object_class for sighting in found)
            off[name] += sum(abs(counts[c] - flight.seen()[c]) for c in ObjectClass)
    assert off["own"] < off["whole"]


def test_the_same_seed_is_the_same_flight_and_another_is_not():
    assert simulate_flight(Conditions(), 5) == simulate_flight(Conditions(), 5)
    assert simulate_flight(Conditions(), 5) != simulate_flight(Conditions(), 6)
