"""Evaluation over rendered flights, with an engine that knows the truth."""

from dataclasses import replace

import pytest

from detection.evaluation.scoring import FoundBox, ScoredFrame, Tally, TrueBox
from detection.evaluation.search import Searchers
from detection.manifest import Manifest
from detection.training.evaluate import (
    RENDERED_SITE,
    EmptyPhotos,
    as_metrics,
    choose_thresholds,
    false_alarm_metrics,
    report,
    score_photos,
    search_rendered,
)
from detection.training.flight import render_flight
from detection.training.flight_plan import RenderCamera, lawnmower
from detection.training.random_flight import random_flight
from detection.types import Detection, ObjectClass
from ingest.projection import SeaView

BOAT = ObjectClass.BOAT


class Oracle:
    """Stands in for a detector: reports the boxes it was given for each frame."""

    manifest = Manifest(
        file="none.onnx",
        sha256="0" * 64,
        architecture="none",
        input_px=640,
        target_gsd_cm=5.0,
        classes=tuple(ObjectClass),
        thresholds=dict.fromkeys(ObjectClass, 0.5),
    )

    def __init__(self, finds):
        self.finds = finds

    def detect(self, frame):
        view = SeaView(frame.camera, frame.pose)
        return tuple(
            Detection(
                f.object_class, f.score, f.xyxy_px, frame.sha256, frame.taken_at_utc,
                view.to_ground(f.xyxy_px[:2]).position, 5.0, "0" * 64,
            )
            for f in self.finds(frame)
        )  # fmt: skip


@pytest.fixture(scope="module")
def flown(tmp_path_factory):
    folder = tmp_path_factory.mktemp("flights") / "one"
    plan = random_flight("val", 1)
    small = replace(plan, shots=lawnmower(1, 2, 5.0, 0.0, 40.0, 5.0), camera=RenderCamera(160, 120))
    render_flight(small, folder)
    return folder


def test_frames_carry_flight_truth_and_area(flown):
    frames = search_rendered(Searchers(Oracle(lambda frame: ())), [flown]).frames
    assert [f.flight for f in frames] == ["one", "one"]
    # the whole picture at 40 m: width and height over the focal length, times 40 m
    focal_px = RenderCamera(160, 120).intrinsics().focal_px
    expected = 160 * 120 * (40 / focal_px) ** 2 / 1e6
    assert frames[0].area_km2 == pytest.approx(expected, rel=0.15)  # the height tag has its error


def test_what_is_told_at_the_thresholds_is_kept_apart_from_what_curves_are_made_of(flown):
    told, faint = FoundBox(BOAT, 0.9, (0, 0, 20, 20)), FoundBox(BOAT, 0.1, (50, 50, 70, 70))
    searchers = Searchers(Oracle(lambda frame: [told]), Oracle(lambda frame: [told, faint]))
    (frame, _) = search_rendered(searchers, [flown]).frames
    assert frame.finds == (told,)
    assert frame.candidates == (told, faint)
    (alone, _) = search_rendered(Searchers(Oracle(lambda frame: [told])), [flown]).frames
    assert alone.finds == alone.candidates == (told,)


def test_what_is_counted_by_flight_is_in_the_metrics(flown):
    """What is seen in both frames is one boat, and one is there.

    A flight without any says nothing of how often counts are right.
    """
    boat = FoundBox(BOAT, 0.9, (70, 50, 90, 70))
    done = search_rendered(Searchers(Oracle(lambda frame: [boat])), [flown])
    metrics = as_metrics(report(done.frames, done.thresholds, done.counts))
    told = {key: value for key, value in metrics["boat"].items() if key.startswith("count_")}
    assert told == {
        "count_flights": 1,
        "count_flights_with_any": 1,
        "count_mean_there": 1.0,
        "count_mean_counted": 1.0,
        "count_mean_absolute_error": 0.0,
        "count_relative_error": 0.0,
        "count_bias": 0.0,
        "count_within_tenth": 1.0,
        "count_within_one": 1.0,
        "count_exact": 1.0,
    }
    unseen = metrics[next(c.object_class for c in done.counts if not c.there).value]
    assert (unseen["count_mean_absolute_error"], unseen["count_exact"]) == (0.0, None)
    assert "count_flights" not in as_metrics(report(done.frames, done.thresholds))["boat"]


def test_empty_photos_make_every_find_a_false_alarm(flown):
    photos = EmptyPhotos(tuple(sorted(flown.glob("*.JPG"))), RENDERED_SITE)
    oracle = Oracle(lambda frame: [FoundBox(BOAT, 0.9, (0, 0, 20, 20))])
    frames = score_photos(oracle, photos)
    found = {r.object_class: r for r in report(frames, dict.fromkeys(ObjectClass, 0.5))}
    assert found[BOAT].scores.tally == Tally(0, 0, 2)
    assert found[BOAT].false_alarms_per_frame.value == 1.0
    area_km2 = sum(f.area_km2 for f in frames)
    assert found[BOAT].false_alarms_per_km2.value == pytest.approx(2 / area_km2)
    assert found[BOAT].f1_by_flight is None
    assert false_alarm_metrics(frames, dict.fromkeys(ObjectClass, 0.5)) == {
        "frames": 2,
        "dugong": 0,
        "boat": 2,
        "fishing_gear": 0,
    }


def flight(name, found, missed, false_alarms):
    """A frame with as many boats found, missed and imagined."""
    boxes = [(20.0 * n, 0.0, 20.0 * n + 10, 10.0) for n in range(found + missed + false_alarms)]
    truths = [TrueBox(BOAT, n, box, True) for n, box in enumerate(boxes[: found + missed])]
    finds = [FoundBox(BOAT, 0.8, b) for b in boxes[:found] + boxes[found + missed :]]
    return ScoredFrame(name, "f.jpg", tuple(truths), tuple(finds), 0.5)


def test_scores_by_flight_weigh_flights_alike():
    frames = [flight("many", 9, 1, 0), flight("few", 0, 1, 0), flight("none", 0, 0, 3)]
    boat = report(frames, dict.fromkeys(ObjectClass, 0.5))[1]
    assert boat.scores.tally == Tally(9, 2, 3)
    assert boat.recall_by_flight == pytest.approx((0.9 + 0.0) / 2)
    assert boat.false_alarms_per_km2.value == pytest.approx(3 / 1.5)
    metrics = as_metrics([boat])["boat"]
    assert (metrics["objects_found"], metrics["objects"]) == (9, 11)
    assert metrics["precision"] == 0.75


def test_thresholds_are_chosen_for_every_class():
    boxes = [
        TrueBox(c, n, (n * 20.0, 0.0, n * 20 + 9.0, 9.0), True) for n, c in enumerate(ObjectClass)
    ]
    finds = [FoundBox(t.object_class, 0.8, t.xyxy_px) for t in boxes]
    thresholds = choose_thresholds([ScoredFrame("a", "f.jpg", tuple(boxes), tuple(finds), 0.5)])
    assert set(thresholds) == set(ObjectClass)
    assert all(0.25 <= threshold <= 0.8 for threshold in thresholds.values())
