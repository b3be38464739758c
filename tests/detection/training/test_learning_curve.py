"""The learning curve takes ever more frames of the same flights, and tells what each gave."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from detection.evaluation.scoring import FoundBox, ScoredFrame, TrueBox
from detection.labels.label import LabelledFlight, LabelledFrame
from detection.types import ObjectClass

pytest.importorskip("torch", reason="needs the extra `train`")
pytest.importorskip("ultralytics", reason="needs the extra `train`")
module = pytest.importorskip("detection.training.learning_curve")

DUGONG, BOAT, GEAR = ObjectClass
BOX = (0.0, 0.0, 10.0, 10.0)
SHIPPED = Path(__file__).parents[3] / "models" / "manifest.json"


def flight(name):
    frames = (
        LabelledFrame(
            f"{name}{n}", "x.jpg", 10, 10, datetime(2026, 3, 1, tzinfo=UTC), 5.0, True, ()
        )
        for n in range(4)
    )
    return LabelledFlight(name, tuple(frames))


@pytest.mark.parametrize(("count", "per_flight"), [(3, [3]), (4, [4]), (6, [4, 2]), (99, [4, 4])])
def test_fewer_frames_are_the_first_of_more(count, per_flight):
    some = list(module._first_frames([flight("a"), flight("b")], count))
    assert [len(f.frames) for f in some] == per_flight
    assert [f.sha256 for f in some[0].frames] == [f"a{n}" for n in range(per_flight[0])]


def test_what_was_measured_of_the_same_plan_is_kept_and_of_another_is_not(tmp_path):
    plan = module.CurvePlan(SHIPPED, tmp_path / "curve", test_flights=2)
    point = module.CurvePoint(50, DUGONG, None, 0, 0.25)
    module.KeptPoints(plan).keep(50, [point])
    assert module.KeptPoints(plan).points == {50: (point,)}
    for other in (
        replace(plan, test_flights=3),
        replace(plan, flat_profile=True),
        replace(plan, photo_folder=tmp_path),
        replace(plan, base=_stricter(tmp_path)),
    ):
        assert module.KeptPoints(other).points == {}


def _stricter(folder):
    """The shipped manifest with the same network and another threshold."""
    document = json.loads(SHIPPED.read_text())
    document["thresholds"]["dugong"] += 0.1
    stricter = folder / "manifest.json"
    stricter.write_text(json.dumps(document))
    return stricter


def test_what_was_measured_on_flights_of_another_renderer_begins_anew(tmp_path, monkeypatch):
    plan = module.CurvePlan(SHIPPED, tmp_path / "curve", test_flights=2)
    module.KeptPoints(plan).keep(50, [module.CurvePoint(50, DUGONG, None, 0, 0.25)])
    monkeypatch.setattr("detection.training.render_mark.renderer", lambda module: "0" * 64)
    assert module.KeptPoints(plan).points == {}


def test_the_table_tells_recall_and_false_alarms_of_each_number_of_frames():
    truth = (TrueBox(DUGONG, 1, BOX, fair=True),)
    found = FoundBox(DUGONG, 0.9, BOX)
    missed = ScoredFrame("f", "1", truth, (FoundBox(BOAT, 0.9, BOX),), 0.0)
    points = [
        *module._points(0, [missed, missed]),
        *module._points(50, [missed, ScoredFrame("f", "2", truth, (found,), 0.0)]),
    ]
    table = module.curve_markdown(points).splitlines()
    assert table[2:] == [
        "| 0 | 0.000 (of 2) | 0.000 | - | 1.000 | - | 0.000 |",
        "| 50 | 0.500 (of 2) | 0.000 | - | 0.500 | - | 0.000 |",
    ]


def test_more_frames_than_before_in_the_same_folder_are_really_learnt_from(tmp_path, monkeypatch):
    learnt = []

    def write(folders, target):
        target.mkdir()
        (target / "flights").write_text(str(len(folders)))

    def tiles(labels, some, *_):
        learnt.append(sum(len(f.frames) for f in some))
        return (), {}

    for name, stand_in in {
        "keep_flights": lambda plans, **_: tuple(plans),
        "_write_labels": write,
        "read_labels": lambda folder: [
            flight(f"{n}") for n in range(int((folder / "flights").read_text()))
        ],
        "labelled_tiles": tiles,
        "score_flights": lambda *_: (),
        "rehearsal_tiles": lambda *_, **__: (),
        "model_from_onnx": lambda _: None,
        "train_further": lambda *_: (None, 1),
        "write_candidate": lambda *_: SHIPPED,
    }.items():
        monkeypatch.setattr(module, name, stand_in)
    for frames in (8, 16):
        plan = module.CurvePlan(SHIPPED, tmp_path, (frames,), 2)
        module.learning_curve(plan, lambda _: None, lambda _: None)
    assert learnt == [8, 16]
