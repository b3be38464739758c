from datetime import UTC, datetime, timedelta
from math import cos, radians

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detection.sightings import AssociationError, LengthOf, associate
from detection.types import Detection, ObjectClass
from ingest.lonlat import LonLat

START = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)
HOME = LonLat(99.45, 7.256)
METRE_LAT = 1 / 111_195.0


def at(east_m, north_m):
    return LonLat(
        HOME.lon + east_m * METRE_LAT / cos(radians(HOME.lat)), HOME.lat + north_m * METRE_LAT
    )


def seen(cls, frame, east_m, north_m, *, score=0.8, error_m=2.0, length_px=50.0, t_s=None):
    return Detection(
        cls,
        score,
        (100.0 + east_m, 100.0 - north_m, 100.0 + east_m + length_px, 130.0 - north_m),
        f"{frame:064x}",
        START + timedelta(seconds=frame * 4 if t_s is None else t_s),
        at(east_m, north_m),
        error_m,
        "a" * 64,
    )


D, B, G = ObjectClass.DUGONG, ObjectClass.BOAT, ObjectClass.FISHING_GEAR


def test_mother_and_calf_over_seven_frames_are_two_sightings():
    detections = []
    for frame in range(7):
        wobble = (-1) ** frame * 1.5  # the error all boxes of one frame share
        detections.append(seen(D, frame, frame * 0.8 + wobble, 0, length_px=54))
        if frame != 3:
            detections.append(
                seen(D, frame, frame * 0.8 + wobble + 1.0, 1.5, score=0.7, length_px=26)
            )
    length = LengthOf({f"{f:064x}": 5.0 for f in range(7)})
    sightings = associate(detections, "f", length_m=length)
    assert sorted(len(s.detections) for s in sightings) == [6, 7]


def test_without_a_known_scale_the_pair_is_still_two():
    detections = [seen(D, f, f * 0.5 + dx, dy) for f in range(4) for dx, dy in ((0, 0), (1, 2))]
    assert [len(s.detections) for s in associate(detections, "f")] == [4, 4]


def test_two_boxes_of_one_frame_are_never_one_object():
    assert len(associate([seen(D, 0, 0, 0), seen(D, 0, 0.1, 0)], "f")) == 2


def test_classes_are_kept_apart():
    assert len(associate([seen(D, 0, 0, 0), seen(B, 1, 0, 0)], "f")) == 2


def test_a_boat_under_way_is_followed_and_its_speed_told():
    track = [seen(B, f, f * 4 * 7.0, 0) for f in range(5)]  # 7 m/s
    (sighting,) = associate(track, "f")
    assert sighting.speed_m_s == pytest.approx(7.0, rel=0.01)
    # no scatter at all: of the claimed errors (1.41 m an axis) a part remains, over 12.6 s
    assert sighting.speed_sigma_m_s == pytest.approx(2**0.5 / 160**0.5 * (2 / 8) ** 0.5)


def test_a_boat_moored_far_away_is_another():
    assert len(associate([seen(B, 0, 0, 0), seen(B, 1, 400, 0)], "f")) == 2


def test_two_moored_boats_are_two_and_neither_has_a_speed():
    first = [seen(B, f, 0, 0) for f in range(4)]
    second = [seen(B, f, 300, 0) for f in range(9, 13)]  # 20 s later
    sightings = associate(first + second, "f")
    assert [len(s.detections) for s in sightings] == [4, 4]
    assert [s.speed_m_s for s in sightings] == [None, None]


def test_a_moored_boat_seen_again_on_the_next_line_is_the_same():
    twice = [seen(B, f, f % 2, 0) for f in range(3)] + [seen(B, f, 2, 1) for f in range(20, 23)]
    assert [len(s.detections) for s in associate(twice, "f")] == [6]


def test_a_boat_that_left_is_not_another_that_came_half_an_hour_later():
    assert len(associate([seen(B, 0, 0, 0), seen(B, 450, 200, 0)], "f")) == 2


def test_a_small_boat_is_not_a_large_one():
    length = LengthOf({f"{f:064x}": 5.0 for f in range(4)})
    boats = [seen(B, 0, 0, 0, length_px=60), seen(B, 1, 10, 0, length_px=600)]
    assert len(associate(boats, "f", length_m=length)) == 2


def test_two_dugongs_far_apart_in_place_and_time_are_two():
    assert len(associate([seen(D, 0, 0, 0), seen(D, 300, 100, 0)], "f")) == 2


def test_a_way_shorter_than_its_error_is_no_speed():
    (boat,) = associate([seen(B, 0, 0, 0), seen(B, 1, 1.0, 0)], "f")
    assert boat.speed_m_s is None


def test_anchored_gear_is_one_place_with_the_spread_as_error():
    found = [seen(G, f, dx, 0, error_m=2.0) for f, dx in enumerate((0.0, 2.0, 4.0))]
    (sighting,) = associate(found, "f")
    assert sighting.position.lon == pytest.approx(at(2, 0).lon, abs=1e-9)
    assert sighting.error_m == pytest.approx(2.0)
    assert sighting.speed_m_s is None


def test_a_long_line_centred_elsewhere_in_the_next_frame_is_one():
    length = LengthOf({f"{f:064x}": 5.0 for f in range(2)})
    line = [seen(G, 0, 0, 0, length_px=600), seen(G, 1, 18, 0, length_px=600)]
    assert len(associate(line, "f", length_m=length)) == 1
    assert len(associate(line, "f")) == 2


def test_a_detection_without_place_or_time_is_refused():
    located = seen(D, 0, 0, 0)
    for lost in (
        Detection(D, 0.9, (0, 0, 1, 1), "f" * 64, START, None, None, "a" * 64),
        Detection(D, 0.9, (0, 0, 1, 1), "f" * 64, None, HOME, 2.0, "a" * 64),
    ):
        with pytest.raises(AssociationError, match="ffffffffffff"):
            associate([located, lost], "f")


places = st.tuples(
    st.sampled_from(list(ObjectClass)),
    st.integers(0, 6),
    st.floats(-100, 100),
    st.floats(-100, 100),
)


@settings(max_examples=60)
@given(st.lists(places, max_size=14), st.randoms(use_true_random=False))
def test_every_detection_is_in_one_sighting_and_order_does_not_matter(rows, random):
    detections = list({seen(c, f, e, n) for c, f, e, n in rows})
    shuffled = list(detections)
    random.shuffle(shuffled)
    sightings = associate(detections, "f")
    assert sorted(map(hash, (d for s in sightings for d in s.detections))) == sorted(
        map(hash, detections)
    )
    assert sightings == associate(shuffled, "f")
    for s in sightings:
        frames = [d.frame_sha256 for d in s.detections]
        assert len(frames) == len(set(frames))
        assert {d.object_class for d in s.detections} == {s.object_class}
