"""A real, tiny training: from tiles to an ONNX file that OpenVINO runs."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytestmark = pytest.mark.train
pytest.importorskip("torch", reason="needs the extra `train`")
pytest.importorskip("ultralytics", reason="needs the extra `train`")

# Trains in a Python of its own: Ultralytics warns and changes settings of the whole process.
_SCRIPT = """
import sys
from dataclasses import replace
from pathlib import Path
from shutil import copyfile
from detection.training.dataset import TilePlan, write_dataset
from detection.training.export import export_onnx
from detection.training.train import TrainingPlan, train

folder = Path(sys.argv[1])
if __name__ == "__main__":
    tiles = (TilePlan("train", 8, 64), TilePlan("val", 4, 64))
    data = write_dataset(folder / "tiles", tiles)
    plan = TrainingPlan(data, folder / "run", None, 0.02, image_px=64, batch=4, most_epochs=1)
    copyfile(train(plan).with_name("last.pt"), folder / "first.pt")
    # another seed: only weights taken over, not ones drawn again, can be the same; resuming
    # takes them from the run, so that the start weights named here are never opened
    further = replace(plan, seed=1, start_weights=folder / "none.pt")
    export_onnx(train(further, resume=True), folder / "model.onnx")
"""


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("train")
    script = folder / "script.py"
    script.write_text(_SCRIPT)
    environment = os.environ | {
        "YOLO_OFFLINE": "True",
        "YOLO_CONFIG_DIR": str(folder),
        "PYTHONPATH": str(Path(__file__).parents[3]),
    }
    done = subprocess.run(
        [sys.executable, str(script), str(folder)],
        capture_output=True, text=True, check=False, cwd=folder, env=environment,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return folder


def test_a_tiny_training_yields_a_network_openvino_runs(trained):
    from detection.engine import OpenVinoEngine

    tile = np.full((640, 640, 3), 90, np.uint8)
    (raw,) = OpenVinoEngine(trained / "model.onnx", 640, precision="f32").infer([tile])
    assert raw.shape == (4 + 3, 8400)
    assert np.isfinite(raw).all()
    assert ((raw[4:] >= 0) & (raw[4:] <= 1)).all()


def test_the_training_says_what_it_did(trained):
    record = json.loads((trained / "run" / "plan.json").read_text())
    assert record["image_px"] == "64"
    assert record["frozen_layers"] == "4"
    assert int(record["epochs"]) >= 1


def test_only_layers_that_were_taught_before_are_kept(tmp_path):
    from detection.training.families import Family
    from detection.training.train import TrainingPlan

    from_nothing = TrainingPlan(tmp_path, tmp_path, None, 1.0)
    assert from_nothing.layers_kept == 0
    weights = tmp_path / "some.pt"
    assert TrainingPlan(tmp_path, tmp_path, weights, 1.0).layers_kept == 4
    assert replace(from_nothing, start_weights=weights).layers_kept == 4
    # no layer of these is COCO's
    assert TrainingPlan(tmp_path, tmp_path, weights, 1.0, family=Family.YOLO11S).layers_kept == 0


def test_resuming_goes_on_from_the_weights_of_before(trained):
    import torch

    first, resumed = (
        torch.load(path, weights_only=False)["model"].state_dict()
        for path in (trained / "first.pt", trained / "run" / "weights" / "last.pt")
    )
    frozen, free = "model.0.conv.weight", "model.23.cv3.0.2.weight"
    assert torch.equal(first[frozen], resumed[frozen])
    assert not torch.equal(first[free], resumed[free])


def test_the_command_trains_a_short_form_on_tiles_of_its_own(tmp_path):
    """What `make train TRAIN="--tiles … --minutes …"` runs, without weights or photos at hand."""
    environment = os.environ | {
        "YOLO_OFFLINE": "True",
        "YOLO_CONFIG_DIR": str(tmp_path),
        "LIBONG_FIELD_DATA": "",
        "PYTHONPATH": str(Path(__file__).parents[3]),
    }
    done = subprocess.run(
        [
            sys.executable, "-c", "from libong.cli.main import app; app()", "train",
            "--out", "run", "--tiles", "20", "--tile-px", "64", "--minutes", "0.1",
            "--first-tile", "700", "--processes", "1",
        ],
        capture_output=True, text=True, check=False, cwd=tmp_path, env=environment,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    run = tmp_path / "run"
    tiles = sorted(p.stem for p in (run / "tiles" / "images" / "train").iterdir())
    assert (tiles[0], tiles[-1], len(tiles)) == ("00000700", "00000719", 20)
    assert (run / "samples.png").stat().st_size > 1000
    assert (run / "curves.png").stat().st_size > 1000
    best = Path(done.stdout.rsplit("libong export-model", 1)[1].strip().replace("\n", ""))
    assert (tmp_path / best).is_file()


def test_weights_of_another_network_are_refused(tmp_path):
    import torch
    from safetensors.torch import save_file

    from detection.training.start_model import WeightsError, start_model

    save_file({"model.0.conv.weight": torch.zeros(1, 3, 3, 3)}, tmp_path / "other.safetensors")
    with pytest.raises(WeightsError, match="holds no YOLO11n with 80 classes"):
        start_model(tmp_path / "other.safetensors")


def test_the_boat_output_starts_as_cocos_boat():
    import torch
    from safetensors.torch import load_file

    from detection.training.start_model import start_model

    folder = os.environ.get("LIBONG_FIELD_DATA")
    if not folder:
        pytest.skip("LIBONG_FIELD_DATA does not name a folder with start weights")
    path = Path(folder) / "weights" / "yolo11n-coco.safetensors"
    model, coco = start_model(path), load_file(path)
    for number in range(3):
        ours = model.state_dict()[f"model.23.cv3.{number}.2.weight"]
        theirs = coco[f"model.23.cv3.{number}.2.weight"].float()
        assert ours.shape[0] == 3
        assert torch.equal(ours[1], theirs[8])
    assert torch.equal(
        model.state_dict()["model.4.cv1.conv.weight"], coco["model.4.cv1.conv.weight"].float()
    )
