from datetime import UTC, datetime

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detection.types import Detection, ObjectClass
from patrol.crops import LARGEST_SIDE_PX, crop_jpeg, crop_window


@pytest.mark.parametrize(
    ("box", "window"),
    [
        ((500, 500, 600, 540), (400, 370, 700, 670)),  # 100 px long: 300 px with context
        ((10, 10, 30, 30), (0, 0, 160, 160)),  # shifted in from the corner
        ((980, 780, 1000, 800), (840, 640, 1000, 800)),
        ((0, 0, 1000, 800), (0, 0, 1000, 800)),  # larger than the picture
    ],
)
def test_windows_are_exact(box, window):
    assert crop_window(box, 1000, 800) == window


@given(st.floats(0, 990), st.floats(0, 790), st.floats(1, 900), st.floats(1, 700))
def test_the_box_is_always_inside_its_crop(left, top, width, height):
    box = (left, top, min(left + width, 1000), min(top + height, 800))
    x0, y0, x1, y1 = crop_window(box, 1000, 800)
    assert 0 <= x0 <= box[0] + 0.5
    assert 0 <= y0 <= box[1] + 0.5
    assert box[2] - 0.5 <= x1 <= 1000
    assert box[3] - 0.5 <= y1 <= 800


def test_a_crop_shows_the_object_small_and_without_metadata():
    pixels = np.zeros((2000, 3000, 3), np.uint8)
    pixels[900:1200, 1000:1600] = (0, 0, 255)
    detection = Detection(
        ObjectClass.BOAT,
        0.9,
        (1000, 900, 1600, 1200),
        "f" * 64,
        datetime(2026, 3, 1, tzinfo=UTC),
        None,
        None,
        "a" * 64,
    )
    data = crop_jpeg(pixels, detection)
    assert b"Exif" not in data
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    assert max(picture.shape[:2]) == LARGEST_SIDE_PX
    middle = picture[picture.shape[0] // 2, picture.shape[1] // 2]
    assert middle[2] > 200
    assert middle[0] < 40
