"""A real, tiny training: from tiles to an ONNX file that OpenVINO runs."""

import csv
import json
import math
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from shutil import copytree

import numpy as np
import pytest
from typer.testing import CliRunner

pytestmark = pytest.mark.train
pytest.importorskip("torch", reason="needs the extra `train`")
pytest.importorskip("ultralytics", reason="needs the extra `train`")

# Trains in a Python of its own: Ultralytics warns and changes settings of the whole process. The
# clock is the script's, ten seconds a batch, so that a run makes the same passes on any machine:
# two batches a pass, six passes in its two minutes. It is stopped in the third and goes on.
_SCRIPT = """
import json
import sys
from dataclasses import replace
from pathlib import Path
from shutil import copytree
from types import SimpleNamespace

import torch
import ultralytics.engine.trainer
from detection.training import train as training
from detection.training.dataset import TilePlan
from detection.training.export import export_onnx
from detection.training.start_model import start_model
from detection.training.tile_folder import write_dataset
from detection.training.train import BudgetTrainer, TrainingPlan, train
from detection.training.unfinished_run import unfinished_run

folder = Path(sys.argv[1])
now_s, steps_before = [1000.0], []
training.time = ultralytics.engine.trainer.time = SimpleNamespace(time=lambda: now_s[0])
follow_plan = BudgetTrainer.follow_plan


class Stopped(Exception):
    pass


def followed(trainer):
    now_s[0] += 10
    if trainer.epoch == 2 and trainer.resumed is None:
        raise Stopped
    if trainer.resumed is not None and not steps_before:
        states = trainer.optimizer.state_dict()["state"].values()
        steps_before.append(max((float(state["step"]) for state in states), default=0))
    follow_plan(trainer)


if __name__ == "__main__":
    BudgetTrainer.follow_plan = followed
    tiles = (TilePlan("train", 8, 64), TilePlan("val", 1, 64))
    data = write_dataset(folder / "tiles", tiles)
    torch.save({"model": start_model(None), "train_args": {}}, folder / "start.pt")
    plan = TrainingPlan(
        data, folder / "run", None, 2.0, folder / "start.pt", image_px=64, batch=4, most_epochs=9
    )
    try:
        train(plan)
    except Stopped:
        pass
    # a score that no later pass reaches, and a row whose checkpoint was not written any more
    last = folder / "run" / "weights" / "last.pt"
    kept = torch.load(last, weights_only=False)
    torch.save(kept | {"best_fitness": 0.9}, last)
    with (folder / "run" / "results.csv").open("a") as curves:
        curves.write("3,70,0.1")
    copytree(folder / "run", folder / "stopped")
    # what is another's here counts no more: the run is gone on with as it was begun
    further = replace(plan, seed=1, learning_rate=1.0, start_weights=folder / "none.pt")
    best = train(further, resumed=unfinished_run(plan.run_folder))
    (folder / "steps.json").write_text(json.dumps(steps_before))
    export_onnx(best.with_name("last.pt"), folder / "model.onnx")
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


@pytest.mark.deep
def test_a_tiny_training_yields_a_network_openvino_runs(trained):
    from detection.engine import OpenVinoEngine
    from detection.precision import Precision

    tile = np.full((640, 640, 3), 90, np.uint8)
    (raw,) = OpenVinoEngine(trained / "model.onnx", 640, precision=Precision.F32).infer([tile])
    assert raw.shape == (4 + 3, 8400)
    assert np.isfinite(raw).all()
    assert ((raw[4:] >= 0) & (raw[4:] <= 1)).all()


@pytest.mark.deep
def test_the_training_says_what_it_did(trained):
    record = json.loads((trained / "run" / "plan.json").read_text())
    assert record["image_px"] == "64"
    assert record["frozen_layers"] == "4"
    assert (record["epochs"], record["seconds"]) == ("6", "120")
    assert (record["seed"], record["learning_rate"]) == ("0", "0.0015")
    assert record["start_weights"] == str(trained / "start.pt")


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


def weights(checkpoint):
    import torch

    kept = torch.load(checkpoint, weights_only=False)
    return (kept.get("ema") or kept["model"]).state_dict()


@pytest.mark.deep
def test_resuming_goes_on_from_the_weights_of_before(trained):
    import torch

    first, resumed = (weights(trained / f / "weights" / "last.pt") for f in ("stopped", "run"))
    frozen, free = "model.0.conv.weight", "model.23.cv3.0.2.weight"
    assert torch.equal(first[frozen], resumed[frozen])
    assert not torch.equal(first[free], resumed[free])


def curves(run):
    with (run / "results.csv").open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.deep
def test_resuming_goes_on_as_if_the_run_had_not_been_stopped(trained):
    rows = curves(trained / "run")
    assert [row["epoch"] for row in rows] == ["1", "2", "3", "4", "5", "6"]
    assert [float(row["time"]) for row in rows] == [20, 40, 60, 80, 100, 120]
    assert rows[:2] == curves(trained / "stopped")[:2]
    # two steps a pass: the optimiser's own count shows that its averages were taken up
    assert json.loads((trained / "steps.json").read_text()) == [4]
    shares = [float(row["time"]) / 120 for row in rows]
    assert [float(row["lr/pg0"]) for row in rows] == pytest.approx(
        [0.0015 * (0.01 + 0.99 * (1 + math.cos(math.pi * share)) / 2) for share in shares],
        rel=1e-4,
    )


@pytest.mark.deep
def test_resuming_keeps_the_best_weights_until_they_are_beaten(trained):
    import torch

    before, after = (weights(trained / f / "weights" / "best.pt") for f in ("stopped", "run"))
    assert all(torch.equal(before[name], after[name]) for name in before)


@pytest.mark.deep
def test_a_stopped_run_tells_how_far_it_came(trained):
    from detection.training.unfinished_run import ResumeError, unfinished_run

    run = unfinished_run(trained / "stopped")
    assert (run.epochs, run.seconds, run.minutes) == (2, 40, 2)
    assert (run.device, run.image_px) == ("cpu", 64)
    run.check_budget(0.7, 1)
    with pytest.raises(ResumeError, match=r"has trained for 0\.7; give it more with --minutes"):
        run.check_budget(0.6, 9)
    run.check_budget(None, 3)
    with pytest.raises(ResumeError, match="has made its 2 passes"):
        run.check_budget(None, 2)


@pytest.mark.deep
def test_what_cannot_be_gone_on_with_is_refused(trained, tmp_path):
    from detection.training.unfinished_run import ResumeError, unfinished_run

    with pytest.raises(ResumeError, match=r"has ended.* libong train --start .*last.pt"):
        unfinished_run(trained / "run")
    with pytest.raises(ResumeError, match="holds no checkpoint to go on from"):
        unfinished_run(tmp_path)
    (tmp_path / "weights").mkdir()
    whole = (trained / "stopped" / "weights" / "last.pt").read_bytes()
    for part in (b"", whole[:1000], whole[: len(whole) // 2]):
        (tmp_path / "weights" / "last.pt").write_bytes(part)
        with pytest.raises(ResumeError, match="is damaged"):
            unfinished_run(tmp_path)


@pytest.mark.deep
def test_the_command_goes_on_with_what_the_run_was_given(trained, tmp_path, monkeypatch):
    import torch

    from libong import training_run
    from libong.cli.main import app

    copytree(trained / "stopped", tmp_path / "network")
    going_on = []
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    monkeypatch.setattr(training_run, "write_curves", lambda *_: None)
    monkeypatch.setattr(
        training_run,
        "train",
        lambda plan, resumed: going_on.append((plan, resumed)) or Path("best.pt"),
    )

    def resume(*options):
        command = ["train", "--out", str(tmp_path), "--resume", *options]
        return CliRunner().invoke(app, command)

    assert "has lost its tiles" in str(resume().exception)
    (tmp_path / "tiles").mkdir()
    (tmp_path / "tiles" / "data.yaml").touch()
    done = resume("--tiles", "100")
    assert done.exit_code == 0, done.exception
    assert "going on after 2 passes and 0.7 minutes" in done.stdout
    assert "--tiles does not count" in done.stdout.replace("\n", " ")
    resume("--minutes", "5", "--device", "1")
    assert [(p.minutes, p.device, p.image_px, run.epochs) for p, run in going_on] == [
        (2.0, "cpu", 64, 2),
        (5.0, "1", 64, 2),
    ]


@pytest.mark.deep
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
            "--out", "run", "--tiles", "8", "--tile-px", "64", "--minutes", "0.1",
            "--first-tile", "700", "--processes", "1",
        ],
        capture_output=True, text=True, check=False, cwd=tmp_path, env=environment,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    run = tmp_path / "run"
    tiles = sorted(p.stem for p in (run / "tiles" / "images" / "train").iterdir())
    assert (tiles[0], tiles[-1], len(tiles)) == ("00000700", "00000707", 8)
    assert len(list((run / "tiles" / "images" / "val").iterdir())) == 1
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
