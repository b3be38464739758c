"""Families of networks side by side: a real, tiny comparison, and how it is told."""

import csv
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from detection.training.families import Family
from detection.types import ObjectClass

pytestmark = pytest.mark.train
pytest.importorskip("torch", reason="needs the extra `train`")
pytest.importorskip("ultralytics", reason="needs the extra `train`")
module = pytest.importorskip("detection.training.family_comparison")

DUGONG, BOAT, GEAR = ObjectClass


def families(folder, *options):
    """Run the command in a Python of its own: Ultralytics changes settings of the whole process."""
    environment = os.environ | {
        "YOLO_OFFLINE": "True",
        "YOLO_CONFIG_DIR": str(folder),
        "LIBONG_FIELD_DATA": "",
        "PYTHONPATH": str(Path(__file__).parents[3]),
    }
    return subprocess.run(
        [
            sys.executable, "-c", "from libong.cli.main import main; main()", "models", "families",
            "--folder", "run", "--family", "yolo11n-backbone", "--family", "yolo26n-p2",
            "--tiles", "16", "--test-tiles", "24", "--tile-px", "64", "--processes", "1", *options,
        ],
        capture_output=True, text=True, check=False, cwd=folder, env=environment,
    )  # fmt: skip


@pytest.fixture(scope="module")
def compared(tmp_path_factory):
    folder = tmp_path_factory.mktemp("families")
    done = families(folder, "--passes", "2")
    assert done.returncode == 0, done.stderr[-3000:]
    return folder, done


@pytest.mark.deep
def test_the_command_trains_and_scores_each_family_on_the_same_tiles(compared):
    folder, done = compared
    told = json.loads((folder / "run" / "families.json").read_text())
    trained = {t["family"]: t for t in told["trained"]}
    assert list(trained) == ["yolo11n-backbone", "yolo26n-p2"]
    for one in trained.values():
        assert one["pictures"] == 32
        assert one["coco_layers"] == 0  # there were no weights to start from
        assert one["processor_seconds"] > 0
        assert 2.3e6 < one["parameters"] < 2.7e6
        assert 4 * one["parameters"] < one["onnx_bytes"] < 5 * one["parameters"]
    objects = [[(s["object_class"], s["objects"]) for s in t["scores"]] for t in told["trained"]]
    assert objects[0] == objects[1]
    labels = (folder / "run" / "tiles" / "labels" / "test").glob("*.txt")
    boxes = sum(len(file.read_text().splitlines()) for file in labels)
    assert sum(number for _, number in objects[0]) == boxes > 0
    assert all(ms > 0 for ms in told["tile_ms"].values())
    tables = (folder / "run" / "families.md").read_text()
    assert tables in done.stdout
    assert "| yolo26n-p2 | 0 | 2.45 |" in tables


@pytest.mark.deep
def test_the_learning_rate_falls_over_the_passes(compared):
    folder, _ = compared
    log = (folder / "run" / "yolo26n-p2-0" / "results.csv").read_text().splitlines()
    rates = [float(row["lr/pg0"]) for row in csv.DictReader(log)]
    assert rates == pytest.approx([0.0015 * 0.505, 0.0015 * 0.01])


@pytest.mark.deep
def test_what_was_trained_is_not_trained_again(compared):
    folder, first = compared
    weights = folder / "run" / "yolo11n-backbone-0" / "weights" / "last.pt"
    before = weights.stat().st_mtime_ns
    again = families(folder, "--passes", "2")
    assert again.returncode == 0, again.stderr[-3000:]
    assert weights.stat().st_mtime_ns == before
    finds = [run.stdout[run.stdout.rindex("| network |") :] for run in (first, again)]
    assert finds[0] == finds[1]


@pytest.mark.deep
def test_a_folder_of_another_comparison_is_refused(compared):
    folder, _ = compared
    done = families(folder, "--passes", "3")
    assert done.returncode == 2
    assert "2 passes" in done.stderr
    assert "give another --folder" in done.stderr.replace("\n", " ")


def trained(family, seed, ap50):
    score = module.ClassScore(DUGONG, 9, ap50, precision=0.6, recall=0.3)
    return module.Trained(family, seed, 11, 2000, 90.0, 60.0, 2_500_000, 10_200_000, (score,))


def test_the_tables_tell_each_family_once_with_the_range_of_its_trainings():
    made = module.FamilyComparison(
        (trained(Family.YOLO26N, 0, 0.2), trained(Family.YOLO26N, 1, 0.5)), {Family.YOLO26N: 18.25}
    )
    lines = module.families_markdown(made).splitlines()
    assert lines[2] == "| yolo26n | 11 | 2.50 | 10.2 | 18.2 | 45 | 30 |"
    assert lines[-1] == (
        "| yolo26n | 0.35 (0.20–0.50) | 0.40 (0.40–0.40) | 0.30 (0.30–0.30) |" + " - |" * 6
    )


def test_a_class_never_found_has_no_f1():
    assert module.ClassScore(BOAT, 3, 0.0, precision=0.0, recall=0.0).f1 == 0


def test_a_stopped_comparison_goes_on_with_what_is_kept(tmp_path):
    plan = module.FamiliesPlan(tmp_path / "run", (Family.YOLO26N,))
    done = trained(Family.YOLO26N, 0, 0.2)
    module.KeptTrainings(plan).keep(done)
    assert module.KeptTrainings(replace(plan, seeds=2)).trained == (done,)
    with pytest.raises(module.ComparisonError, match="another kind"):
        module.KeptTrainings(replace(plan, tile_px=512))


def test_networks_of_tiles_that_another_renderer_drew_are_not_compared_with_others(tmp_path):
    plan = module.FamiliesPlan(tmp_path / "run", (Family.YOLO26N,))
    module.KeptTrainings(plan).keep(trained(Family.YOLO26N, 0, 0.2))
    data = plan.folder / "tiles" / "data.yaml"
    data.parent.mkdir()
    data.write_text("of tiles without a mark")
    with pytest.raises(module.ComparisonError, match=r"another version.*another --folder"):
        module.compare_families(plan, lambda line: None)
    assert [p.name for p in data.parent.iterdir()] == ["data.yaml"]
