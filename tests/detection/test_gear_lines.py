"""Which boxes of several frames are of one line."""

import pytest

from detection.gear_lines import lines_of
from detection.simulated_flight import Conditions, simulate_flight
from detection.types import Detection, ObjectClass
from ingest.projection import SeaView

GEAR, BOAT = ObjectClass.FISHING_GEAR, ObjectClass.BOAT
# the second frame is 21 m farther north; each sees 80 m by 60 m at 5 cm a pixel
FRAMES = simulate_flight(Conditions(lines=1, most_dugongs=0), 1).frames[:2]


def seen(number, west_m, south_m, east_m, north_m, object_class=GEAR):
    """A box in a frame, by its sides in metres from the first frame's middle."""
    frame, up_m = FRAMES[number], 21.0 * number
    xs = [frame.width_px / 2 + x * 20 for x in (west_m, east_m)]
    ys = [frame.height_px / 2 - (y - up_m) * 20 for y in (north_m, south_m)]
    middle = (sum(xs) / 2, sum(ys) / 2)
    ground = SeaView(frame.camera, frame.pose).to_ground(middle)
    return Detection(
        object_class, 0.8, (xs[0], ys[0], xs[1], ys[1]), frame.sha256, frame.taken_at_utc,
        ground.position, 2.0, "0" * 64,
    )  # fmt: skip


def joined(*detections):
    groups = [[d] for d in detections]
    return len(lines_of(groups, {f.sha256: f for f in FRAMES})) < len(groups)


@pytest.mark.parametrize(
    ("name", "first", "second", "expected"),
    [
        ("north to south, each frame another part", (0, -30, 1, 30), (1, -9, 2, 51), True),
        ("slanting through both", (-30, -30, 30, 30), (-9, -9, 40, 40), True),
        ("a piece of it, the rest missed", (0, -30, 1, 30), (0, 0, 1, 15), True),
        ("beside it, 15 m away", (0, -30, 1, 30), (15, -9, 16, 51), False),
        ("a buoy in the empty corner of its box", (-30, -30, 30, 30), (20, -5, 22, -3), False),
        ("end to end, where both frames look", (0, -5, 1, 10), (0, 18, 1, 51), False),
    ],
)
def test_parts_of_a_line(name, first, second, expected):
    assert joined(seen(0, *first), seen(1, *second)) is expected, name


def test_only_gear_of_different_frames_is_joined():
    line = (0, -30, 1, 30)
    assert not joined(seen(0, *line), seen(0, *line))
    assert not joined(seen(0, *line, BOAT), seen(1, 0, -9, 1, 51, BOAT))


def test_a_frame_that_is_not_given_joins_nothing():
    line = [[seen(0, 0, -30, 1, 30)], [seen(1, 0, -9, 1, 51)]]
    assert lines_of(line, {FRAMES[0].sha256: FRAMES[0]}) == [[0], [1]]
    assert lines_of(line, {}) == [[0], [1]]
