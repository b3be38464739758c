"""What a release chooses by what it measured."""

import json
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from detection.engine import OpenVinoEngine
from detection.evaluation.scoring import FoundBox, ScoredFrame, TrueBox
from detection.manifest import LookAgain, load_manifest
from detection.precision import Precision
from detection.training import evaluate, release
from detection.training.evaluate import f_scores
from detection.training.export import write_manifest
from detection.training.release import calibrated
from detection.training.ways import Trial, Way, above_false_ones, best_trial, tried
from detection.types import Detection, ObjectClass

MODELS = Path(__file__).parents[3] / "models"
DUGONG, BOAT, GEAR = ObjectClass
BOX = (0.0, 0.0, 10.0, 10.0)


def trial(*gsd_cm, score):
    return Trial(Way(gsd_cm), (), {}, dict.fromkeys(ObjectClass, score))


def test_dearer_passes_must_be_better_by_more_than_a_trace():
    cheap, dear = trial(5.0, score=0.8), trial(4.2, 5.9, score=0.802)
    assert best_trial([cheap, dear]) is cheap
    better = trial(4.2, 5.9, score=0.805)
    assert best_trial([cheap, better]) is better


class JoinsWhatIsFaint:
    """Finds a dugong and a boat, and a net whole only from 0.5 on: below, rubbish is joined to it.

    Stands in for a detector; remembers how it was told to search.
    """

    def __init__(self):
        self.told = None

    def searching_at(self, *gsd_cm, again):
        self.told = gsd_cm, again
        return self

    def detect_at_each(self, frame, thresholds):
        def found(object_class, box, score):
            return Detection(object_class, score, box, "0" * 64, None, None, None, "0" * 64)

        sure = (found(DUGONG, BOX, 0.6), found(BOAT, BOX, 0.8))
        wide = (0.0, 0.0, 100.0, 100.0)
        return tuple(
            (*sure, found(GEAR, BOX if at.get(GEAR, 0.0) >= 0.5 else wide, 0.9))
            for at in thresholds
        )


def test_without_coco_weights_the_network_for_boats_is_copied_unless_one_is_there(tmp_path):
    shipped = MODELS / "coco-boats.onnx"
    plan = release.ReleasePlan(
        tmp_path / "best.pt", tmp_path / "x.onnx", tmp_path, 2, 2, {}, {}, boats_onnx=shipped
    )
    network = release._boat_network(plan)
    assert network.sha256 == load_manifest(MODELS / "manifest.json").boat_network.sha256
    (tmp_path / network.file).write_bytes(b"another")
    assert release._boat_network(plan).sha256 == sha256(b"another").hexdigest()
    (tmp_path / network.file).unlink()
    assert release._boat_network(replace(plan, boats_onnx=None)) is None


def test_gears_threshold_is_chosen_by_what_is_joined_at_each(monkeypatch):
    truths = tuple(TrueBox(c, 1, BOX, fair=True) for c in ObjectClass)
    seen = SimpleNamespace(path=Path("1.jpg"), footprint=None, gsd_cm=5.0)
    monkeypatch.setattr(evaluate, "labelled_frames", lambda folders: [("f", seen, truths)])
    monkeypatch.setattr(evaluate, "area_km2", lambda footprint: 0.0)
    detector, way = JoinsWhatIsFaint(), Way((5.9,), LookAgain(gsd_cm=(4.2,), from_score=0.2))
    chosen = tried(detector, way, [Path("f")])
    assert chosen.thresholds[GEAR] == 0.5
    assert chosen.thresholds[DUGONG] == chosen.thresholds[BOAT] == 0.25
    assert chosen.f_scores == {DUGONG: 1.0, BOAT: 1.0, GEAR: 1.0}
    assert chosen.mean == 1.0
    assert detector.told == (way.gsd_cm, way.again)


@pytest.mark.parametrize(
    ("scores", "threshold"),
    [((), 0.3), ((0.9,), 0.3), ((0.9, 0.415, 0.4), 0.42), ((0.9, 0.2), 0.3)],
)
def test_false_dugongs_on_real_photographs_without_any_are_no_more_than_is_bearable(
    scores, threshold
):
    frames = [*(frame(0, 1, score) for score in scores), *[frame(0, 0)] * (5 - len(scores))]
    assert above_false_ones(frames, DUGONG, 0.3) == threshold  # one in all of them
    assert above_false_ones(frames, BOAT, 0.3) == 0.3


def frame(there, found, score=0.9):
    truths = tuple(TrueBox(DUGONG, n, BOX, fair=True) for n in range(there))
    finds = tuple(FoundBox(DUGONG, score, BOX) for _ in range(found))
    return ScoredFrame("f", "1.jpg", truths, finds, 0.0, candidates=finds)


def test_recall_of_dugongs_weighs_more_than_precision():
    at = dict.fromkeys(ObjectClass, 0.5)
    missed = f_scores([frame(1, 1), frame(1, 0)], at)[DUGONG]
    false = f_scores([frame(1, 1), frame(0, 1)], at)[DUGONG]
    assert missed < false < 1
    assert f_scores([frame(1, 1)], at)[BOAT] == 0


def test_a_class_without_candidates_has_no_calibration():
    curves = calibrated([frame(1, 1), frame(0, 1)])
    assert curves.keys() == {DUGONG}
    assert curves[DUGONG].apply(0.9) == pytest.approx((1 + 4 * 0.9) / 6)


def test_the_manifest_of_the_model_before_is_kept(tmp_path):
    manifests = []
    for name in ("m-v1.onnx", "m-v2.onnx"):
        (tmp_path / name).write_bytes(name.encode())
        path = write_manifest(
            tmp_path / name, dict.fromkeys(ObjectClass, 0.5), training={}, metrics={}
        )
        manifests.append(path.read_text(encoding="utf-8"))
    assert json.loads(manifests[1])["file"] == "m-v2.onnx"
    (kept,) = (tmp_path / "released").iterdir()
    assert (kept.name, kept.read_text(encoding="utf-8")) == ("m-v1.json", manifests[0])


@pytest.mark.deep
@pytest.mark.train
@pytest.mark.filterwarnings("ignore")  # torch's exporter warns of itself
def test_a_released_network_is_measured_anew_and_answers_as_before(
    tmp_path, monkeypatch, short_flight
):
    pytest.importorskip("ultralytics", reason="needs the extra `train`")
    from detection.training import release

    flights = {
        split: (short_flight(name, tmp_path / split),)
        for split, name in (("val", "test_104"), ("test", "test_102"))
    }
    monkeypatch.setattr(release, "render_flights", lambda split, *_: flights[split])
    before = load_manifest(MODELS / "manifest.json")
    steps = []
    path = release.release(
        release.ReleasePlan(
            weights=MODELS / before.file,
            onnx=tmp_path / "again.onnx",
            flights_folder=tmp_path,
            val_flights=1,
            test_flights=1,
            empty_photos={},
            training={"weights": before.file},
            ways=(Way((5.0,)),),
        ),
        lambda *step: steps.append(step),
    )
    assert steps == [
        ("way", 0, 1), ("way", 1, 1), *(("measure", done, 4) for done in range(5)),
    ]  # fmt: skip
    manifest = load_manifest(path)
    assert (manifest.file, manifest.search_gsd_cm) == ("again.onnx", (5.0,))
    tile = np.asarray(np.random.default_rng(1).integers(0, 255, (640, 640, 3)), np.uint8)
    old, new = (
        OpenVinoEngine(file, manifest.input_px, precision=Precision.F32).infer([tile])[0]
        for file in (MODELS / before.file, tmp_path / "again.onnx")
    )
    assert np.abs(old[4:] - new[4:]).max() < 1e-4
    told = json.loads(path.read_text(encoding="utf-8"))["metrics"]
    assert told["rendered_test_frames"] == 2
    dugongs = told["rendered_test_flights"]["dugong"]
    assert (dugongs["boxes"], dugongs["count_flights"]) == (2, 1)
    assert dugongs["threshold"] == pytest.approx(
        manifest.calibration(DUGONG).apply(manifest.thresholds[DUGONG]), abs=0.002
    )
    assert {row["gsd_cm"][0] for row in told["ways_compared"]} == {5.0}
    assert told["boats_by_network"] is None  # no second network lies beside it
    assert "<svg" in (tmp_path / release.RELIABILITY_PICTURE).read_text(encoding="utf-8")
