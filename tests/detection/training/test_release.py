"""What a release chooses by what it measured."""

import json

import pytest

from detection.evaluation.scoring import FoundBox, ScoredFrame, TrueBox
from detection.training.evaluate import f_scores
from detection.training.export import write_manifest
from detection.training.release import Trial, best_trial, calibrated
from detection.types import ObjectClass

DUGONG, BOAT, GEAR = ObjectClass
BOX = (0.0, 0.0, 10.0, 10.0)


def trial(*gsd_cm, score):
    return Trial(gsd_cm, (), {}, dict.fromkeys(ObjectClass, score))


def test_dearer_passes_must_be_better_by_more_than_chance():
    cheap, dear = trial(5.0, score=0.8), trial(4.2, 5.9, score=0.809)
    assert best_trial([cheap, dear]) is cheap
    better = trial(4.2, 5.9, score=0.85)
    assert best_trial([cheap, better]) is better


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
