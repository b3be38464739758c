"""The held-out flights in the repository: as their plans render them, and fit to evaluate on."""

import json
import re
from pathlib import Path

import pytest

from detection.evaluation.dataset import read_labelled
from detection.evaluation.evaluation import evaluate
from detection.evaluation.search import Searchers, search_flights
from detection.manifest import Manifest
from detection.training.evaluate import RENDERED_SITE
from detection.training.flight import render_shot
from detection.training.flight_truth import frame_truths, truth_document
from detection.training.random_flight import random_flight
from detection.training.random_world import HELD_OUT_FAMILIES
from detection.types import Detection, ObjectClass
from ingest.projection import SeaView

HOUSE = Path(__file__).resolve().parents[2]
FOLDER = HOUSE / "sample_flights" / "held_out"
NUMBERS = range(100, 106)  # the model's card tells of those below
MOST_BYTES = 5_200_000


def truth_of(number):
    return json.loads((FOLDER / f"test_{number}" / "truth.json").read_text(encoding="utf-8"))


def test_they_are_small_and_of_every_held_out_family():
    assert sorted(p.name for p in FOLDER.iterdir()) == [f"test_{n}" for n in NUMBERS]
    assert sum(p.stat().st_size for p in FOLDER.rglob("*.*") if p.is_file()) < MOST_BYTES
    assert not (FOLDER / "truth.json").exists()  # the demo shows flights beside it, not within
    assert {random_flight("test", n).world.family for n in NUMBERS} == set(HELD_OUT_FAMILIES)


@pytest.mark.parametrize("number", NUMBERS)
def test_their_truth_is_of_the_plan(number):
    plan, kept = random_flight("test", number), truth_of(number)
    told = truth_document(plan, ())
    assert {key: kept[key] for key in ("title", "seed", "sea_state", "frames")} == {
        key: told[key] for key in ("title", "seed", "sea_state", "frames")
    }
    planned = {thing.object_id: thing for thing in plan.world.objects}
    for thing in kept["objects"]:
        of_plan = planned[thing["object_id"]]
        assert (thing["class"], thing["kind"]) == (of_plan.object_class, of_plan.kind)
        assert thing["length_m"] == pytest.approx(of_plan.length_m, abs=0.006)
        assert thing.get("depth_m", 0.0) == pytest.approx(of_plan.depth_m, abs=0.006)


def test_a_frame_rendered_anew_shows_what_the_truth_tells():
    number, shot_number = 102, 2
    plan, name = random_flight("test", number), f"LIBONG_{shot_number:04d}.JPG"
    shot = plan.shots[shot_number - 1]
    _, boxes = render_shot(plan, shot)
    anew = {t.object_id: t for t in frame_truths(plan, shot, name, boxes)}
    kept = {
        thing["object_id"]: seen
        for thing in truth_of(number)["objects"]
        for seen in thing["frames"]
        if seen["frame"] == name
    }
    assert len(kept) >= 2
    assert anew.keys() == kept.keys()
    for object_id, seen in kept.items():
        assert seen["xyxy_px"] == pytest.approx(anew[object_id].xyxy_px, abs=0.5)
        assert seen["visibility"] == pytest.approx(anew[object_id].visibility, abs=0.03)


class Knows:
    """Stands in for a detector: finds what the truth tells."""

    manifest = Manifest(
        file="none.onnx",
        sha256="0" * 64,
        architecture="none",
        input_px=640,
        target_gsd_cm=5.0,
        classes=tuple(ObjectClass),
        thresholds=dict.fromkeys(ObjectClass, 0.5),
    )

    def __init__(self, flights):
        self.truths = {picture.path: picture.truths for f in flights for picture in f.pictures}

    def detect(self, frame):
        view = SeaView(frame.camera, frame.pose)
        return tuple(self._detection(frame, view, truth) for truth in self.truths[frame.path])

    @staticmethod
    def _detection(frame, view, truth):
        left, top, right, bottom = truth.xyxy_px
        ground = view.to_ground(((left + right) / 2, (top + bottom) / 2))
        return Detection(
            truth.object_class, 0.9, truth.xyxy_px, frame.sha256, frame.taken_at_utc,
            ground.position, ground.error_m, "0" * 64,
        )  # fmt: skip


def test_they_evaluate():
    flights = read_labelled(FOLDER).flights
    searched = search_flights(flights, Searchers(Knows(flights)), lambda flight: RENDERED_SITE)
    assert searched.refused == ()
    scored = evaluate(
        searched.frames, searched.thresholds, searched.counts, rendered=searched.rendered
    )
    assert (len(scored.flights), scored.rendered, scored.frames) == (6, 6, 24)
    assert all(c.scores.recall.value == 1.0 for c in scored.classes)
    assert {frame.sea_state for frame in searched.frames} >= {"1", "2", "3"}
    there = {c: sum(n.there for n in scored.counts if n.object_class is c) for c in ObjectClass}
    expected = [truth_of(number)["expected_sightings"] for number in NUMBERS]
    assert there == {c: sum(e.get(c.value, 0) for e in expected) for c in ObjectClass}
    assert there[ObjectClass.DUGONG] >= 5


def test_the_page_tells_which_model_and_that_they_are_rendered():
    page = (HOUSE / "docs" / "held_out_flights.md").read_text(encoding="utf-8")
    assert "Rendered scenes: not field accuracy." in page
    assert re.search(r"with `[^`]+\.onnx`", page)
    assert "24 frames of 6 flights" in page
