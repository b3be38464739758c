import numpy as np
import pytest

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


def crowded(objects, anchors):
    """The output for a grid of objects 20 px apart, each seen by so many anchors, less and less."""
    raw = np.zeros((7, objects * anchors), np.float32)
    at, seen = np.divmod(np.arange(objects * anchors), anchors)
    raw[0], raw[1] = 20 * (at % 30) + 10 + seen % 3, 20 * (at // 30) + 10
    raw[2], raw[3] = 16, 8
    raw[4] = (0.95 - 0.85 * at / objects) * 0.99**seen
    return raw


LEAST = np.full(3, 0.05, np.float32)


def test_of_too_many_objects_the_best_stay():
    _, scores, _ = decode(crowded(MOST_BOXES_A_TILE + 100, 1), LEAST)
    assert len(scores) == MOST_BOXES_A_TILE
    assert scores.min() == pytest.approx(0.95 - 0.85 * 299 / 400)


def test_no_object_of_a_crowd_is_lost_to_the_anchors_of_the_others():
    xyxy, scores, _ = decode(crowded(60, 12), LEAST)
    assert len(scores) == 60
    places = {(round(left) // 20, round(top) // 20) for left, top, _, _ in xyxy.tolist()}
    assert len(places) == 60
    assert (np.diff(scores) <= 0).all()


def test_in_a_crowd_too_each_class_keeps_its_own():
    raw = crowded(60, 12)
    raw[5, ::2] = raw[4, ::2]
    raw[4, ::2] = 0
    _, _, classes = decode(raw, LEAST)
    assert np.bincount(classes).tolist() == [60, 60]


def test_as_long_as_all_fit_every_anchor_is_a_box():
    _, scores, _ = decode(crowded(MOST_BOXES_A_TILE // 12, 12), LEAST)
    assert len(scores) == MOST_BOXES_A_TILE
