import numpy as np

from detection.boxes import MOST_BOXES_A_TILE, areas, decode, intersections


def test_decode_keeps_the_best_class_at_its_own_threshold():
    raw = np.zeros((7, 4), np.float32)
    raw[:4] = np.array([[100, 50, 40, 20]] * 4).T
    raw[4:, 0] = [0.6, 0.1, 0.0]  # dugong over its threshold
    raw[4:, 1] = [0.1, 0.45, 0.2]  # boat under its threshold
    raw[4:, 2] = [0.0, 0.1, 0.3]  # gear exactly at its threshold
    xyxy, scores, classes = decode(raw, np.array([0.5, 0.5, 0.3], np.float32))
    assert classes.tolist() == [0, 2]
    assert np.allclose(scores, [0.6, 0.3])
    assert xyxy.tolist() == [[80, 40, 120, 60]] * 2


def test_intersections_and_areas():
    a = np.array([[0, 0, 10, 10]], np.float32)
    b = np.array([[5, 5, 15, 15], [20, 20, 30, 30]], np.float32)
    assert intersections(a, b).tolist() == [[25, 0]]
    assert areas(b).tolist() == [100, 100]


def test_of_too_many_boxes_the_best_stay():
    raw = np.zeros((7, 1000), np.float32)
    raw[4] = np.linspace(0.001, 1, 1000)
    _, scores, _ = decode(raw, np.zeros(3, np.float32))
    assert len(scores) == MOST_BOXES_A_TILE
    assert scores.min() > 0.69
