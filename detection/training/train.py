"""Training of the three-class detector from COCO features, by the clock or by passes."""

import json
import math
import os
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import torch
from ultralytics import YOLO
from ultralytics.models.yolo.detect import DetectionTrainer
from ultralytics.nn.tasks import DetectionModel

from detection.training.bf16 import compute_in_bf16_where_faster
from detection.training.families import Family
from detection.training.start_model import WeightsError, start_model
from detection.training.torchvision_ops import ensure_torchvision_imports
from detection.training.unfinished_run import UnfinishedRun, drop_later_rows

# What torch and Ultralytics raise for files that hold no network of theirs.
_UNREADABLE = (
    OSError, EOFError, RuntimeError, UnpicklingError, ImportError,
    AttributeError, IndexError, KeyError, TypeError, ValueError,
)  # fmt: skip


@dataclass(frozen=True)
class TrainingPlan:
    """How to train.

    `minutes` is the wall-clock budget: the learning rate falls over it along a cosine and the
    training stops at its end. Without one it makes `most_epochs` passes through the tiles, and the
    learning rate falls over those. `frozen_layers` are the first layers kept as COCO made them:
    features learnt from real photographs carry over better to real pictures than ones tuned to
    rendered ones (Hinterstoisser et al. 2018), and they cost no backward pass; a network that
    starts from nothing learns them too. `start_weights` is the `.pt` of an earlier run to go on
    from, in COCO's place. `device` is `cpu` or the number of a GPU.
    """

    data: Path
    run_folder: Path
    coco_weights: Path | None
    minutes: float | None
    start_weights: Path | None = None
    device: str = "cpu"
    image_px: int = 512
    batch: int = 16
    learning_rate: float = 0.0015
    frozen_layers: int = 4
    seed: int = 0
    most_epochs: int = 100
    family: Family = Family.YOLO11N

    @property
    def layers_kept(self) -> int:
        """How many of the first layers stay as they are."""
        from_coco = self.coco_weights is not None and self.family.coco_layers > 0
        return self.frozen_layers if from_coco or self.start_weights is not None else 0


def network_of(weights: Path) -> DetectionModel:
    """The network that a `.pt` of an earlier run holds, in 32 bits.

    Raises:
        WeightsError: when the file is none such.
    """
    try:
        network = YOLO(str(weights)).model
    except _UNREADABLE as error:
        raise WeightsError(
            f"{weights} holds no network that can be read; give a `.pt` that `libong train` wrote, "
            "or the `.onnx` of `libong export-model`"
        ) from error
    if not isinstance(network, DetectionModel):
        raise WeightsError(
            f"{weights} holds no network that finds objects but a {type(network).__name__}; give a "
            "`.pt` that `libong train` wrote, or the `.onnx` of `libong export-model`"
        )
    return network.float()


def first_network(plan: TrainingPlan) -> DetectionModel:
    """The network that a plan's training starts from.

    Raises:
        WeightsError: when COCO's weights or the start weights cannot be read, or do not fit.
    """
    model = start_model(plan.coco_weights, plan.family)
    if plan.start_weights is not None:
        try:
            model.load_state_dict(network_of(plan.start_weights).state_dict())
        except RuntimeError as error:
            raise WeightsError(
                f"{plan.start_weights} holds another network than a {plan.family} of our classes; "
                "give a `.pt` that `libong train` wrote, or the `.onnx` of `libong export-model`"
            ) from error
    return model


def _cores() -> int:
    """The cores this process may use; where the system does not tell, all there are."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class BudgetTrainer(DetectionTrainer):  # type: ignore[misc]  # ultralytics ships no types
    """Ultralytics' trainer with our start model and a learning rate that follows the plan."""

    plan: TrainingPlan
    resumed: UnfinishedRun | None = None

    def get_model(
        self, cfg: Any = None, weights: Any = None, verbose: bool = True
    ) -> DetectionModel:
        """Our start model; when resuming, with the weights of the checkpoint."""
        if weights is None:
            return first_network(self.plan)
        model = start_model(self.plan.coco_weights, self.plan.family)
        model.load_state_dict(weights.float().state_dict())
        return model

    def _setup_train(self) -> None:
        """Prepare as Ultralytics does; on a CPU compute in bf16 where that is faster.

        Measured on two Zen 4 cores (AVX512-BF16), batch 8 of 512 px with the first four layers
        frozen: 0.129 s a picture in f32, 0.063 s in bf16. Weights, gradients, the optimiser and
        the loss stay f32.
        """
        super()._setup_train()
        self._batches_begun = self.start_epoch * len(self.train_loader)
        if self.device.type != "cpu":
            return
        torch.set_num_threads(_cores())  # Ultralytics leaves one core idle
        # the moving average, which gets saved, was copied before and keeps its plain predict
        self.model.to(memory_format=torch.channels_last)
        compute_in_bf16_where_faster(self.model)

    def resume_training(self, ckpt: dict[str, Any] | None) -> None:
        """Take up the checkpoint's state, with as many passes ahead as the plan has.

        By the clock these are more than will be made: Ultralytics guesses how many fit after each.
        """
        if self.resumed is not None:
            made = 0 if self.plan.minutes is None else self.resumed.epochs
            self.epochs = self.args.epochs = made + self.plan.most_epochs
        super().resume_training(ckpt)

    def take_up_clock(self) -> None:
        """Count the time trained before the run was stopped, so that the budget is one."""
        if self.resumed is not None:
            self.train_time_start -= self.resumed.seconds

    def count_all_passes(self) -> None:
        """Let Ultralytics divide the whole time by all passes, not by those since the stop."""
        self.start_epoch = 0

    def preprocess_batch(self, batch: dict[str, Any]) -> dict[str, Any]:
        """Pictures as Ultralytics prepares them, laid out as the CPU's convolutions like best."""
        batch = super().preprocess_batch(batch)
        if self.device.type == "cpu":
            batch["img"] = batch["img"].contiguous(memory_format=torch.channels_last)
        return batch

    def follow_plan(self) -> None:
        """Set the learning rate for the next batch: 3 % warm-up, then a cosine down to 1 %."""
        self._batches_begun += 1
        share = self._share_done()
        rate = min(share / 0.03, 1.0) * (0.01 + 0.99 * (1 + math.cos(math.pi * share)) / 2)
        for group in self.optimizer.param_groups:
            group["lr"] = self.args.lr0 * rate

    def _share_done(self) -> float:
        """How far the training has come, 0 to 1, by what ends it: the clock, or the passes."""
        if self.plan.minutes is None:
            share: float = self._batches_begun / (self.plan.most_epochs * len(self.train_loader))
        else:
            share = (time.time() - self.train_time_start) / (60 * self.plan.minutes)
        return min(1.0, share)


def train(plan: TrainingPlan, *, resumed: UnfinishedRun | None = None) -> Path:
    """Train by the plan; returns the path of the best weights (`best.pt`).

    `resumed` is the run in the plan's folder to go on with: its optimiser, passes, best score and
    curves are taken up, and the learning rate and the clock stand where they stood. Of the plan,
    its tiles, budget and device count then; all else is as the run was begun.

    Raises:
        ResumeError: when the budget is used up.
    """
    ensure_torchvision_imports()
    if resumed is not None:
        resumed.check_budget(plan.minutes, plan.most_epochs)
    drop_later_rows(plan.run_folder / "results.csv", 0 if resumed is None else resumed.epochs)
    plan.run_folder.mkdir(parents=True, exist_ok=True)
    record = plan.run_folder / "plan.json"
    if resumed is None or not record.is_file():
        told = {key: str(value) for key, value in asdict(plan).items()}
        record.write_text(json.dumps(told | {"frozen_layers": str(plan.layers_kept)}, indent=1))
    trainer = BudgetTrainer(
        overrides=_recipe(plan) if resumed is None else _going_on(plan, resumed)
    )
    trainer.plan, trainer.resumed = plan, resumed
    trainer.add_callback("on_train_start", BudgetTrainer.take_up_clock)
    trainer.add_callback("on_train_batch_start", BudgetTrainer.follow_plan)
    trainer.add_callback("on_train_epoch_end", BudgetTrainer.count_all_passes)
    started = time.time() - (0.0 if resumed is None else resumed.seconds)
    trainer.train()
    told = json.loads(record.read_text()) | {
        "minutes": str(plan.minutes),
        "device": plan.device,
        "seconds": str(round(time.time() - started)),
        "epochs": str(trainer.epoch + 1),
    }
    record.write_text(json.dumps(told, indent=1))
    return Path(trainer.best)


def _recipe(plan: TrainingPlan) -> dict[str, Any]:
    """What Ultralytics is told of a run that begins."""
    return {
        "model": plan.family.graph,
        "data": str(plan.data),
        "project": str(plan.run_folder.parent.resolve()),
        "name": plan.run_folder.name,
        "exist_ok": True,
        "epochs": plan.most_epochs,
        "time": _hours(plan),
        "imgsz": plan.image_px,
        "batch": plan.batch,
        "nbs": plan.batch,
        "optimizer": "AdamW",
        "lr0": plan.learning_rate,
        "warmup_epochs": 0.0,
        "weight_decay": 0.0005,
        "freeze": plan.layers_kept,
        "seed": plan.seed,
        "workers": 0,
        "device": plan.device,
        "amp": plan.device != "cpu",
        "plots": False,
        "pretrained": False,  # whether a model given as .pt keeps its weights
        "patience": 0,
        # pictures keep their scale: a pixel is a fixed part of a metre
        "mosaic": 0.0, "scale": 0.0, "translate": 0.0, "degrees": 0.0, "erasing": 0.0,
        "fliplr": 0.5, "flipud": 0.5, "hsv_h": 0.02, "hsv_s": 0.4, "hsv_v": 0.3,
        "save_period": 1,
    }  # fmt: skip


def _going_on(plan: TrainingPlan, resumed: UnfinishedRun) -> dict[str, Any]:
    """What Ultralytics is told of a run that goes on: the checkpoint holds its recipe."""
    return {
        "resume": str(resumed.checkpoint),
        "data": str(plan.data),
        "save_dir": str(plan.run_folder.resolve()),
        "time": _hours(plan),
        "device": plan.device,
    }


def _hours(plan: TrainingPlan) -> float | None:
    return None if plan.minutes is None else plan.minutes / 60
