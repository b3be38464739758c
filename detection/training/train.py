"""Training of the three-class detector from COCO features, on a budget of minutes."""

import json
import math
import os
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from torch import nn
from ultralytics import YOLO
from ultralytics.models.yolo.detect import DetectionTrainer
from ultralytics.nn.tasks import DetectionModel

from detection.training.bf16 import compute_in_bf16
from detection.training.dataset import CLASSES
from detection.training.torchvision_ops import ensure_torchvision_imports
from detection.types import ObjectClass
from ingest.errors import LibongError

_COCO_CLASSES = 80
_COCO_BOAT = 8  # the ninth class of COCO


class WeightsError(LibongError, ValueError):
    """Start weights that do not fit the network."""


@dataclass(frozen=True)
class TrainingPlan:
    """How to train.

    `minutes` is the wall-clock budget: the learning rate falls over it along a cosine and the
    training stops at its end. `frozen_layers` are the first layers kept as COCO made them: features
    learnt from real photographs carry over better to real pictures than ones tuned to rendered ones
    (Hinterstoisser et al. 2018), and they cost no backward pass. `start_weights` is the `.pt` of an
    earlier run to go on from, in COCO's place. `device` is `cpu` or the number of a GPU.
    """

    data: Path
    run_folder: Path
    coco_weights: Path | None
    minutes: float
    start_weights: Path | None = None
    device: str = "cpu"
    image_px: int = 512
    batch: int = 16
    learning_rate: float = 0.0015
    frozen_layers: int = 4
    seed: int = 0
    most_epochs: int = 100


def coco_start_model(coco_weights: Path | None) -> DetectionModel:
    """YOLO11n for our classes, with COCO's weights in every layer but the last of the class branch.

    The class branch keeps the width that 80 classes gave it, so that its layers can be taken over;
    our `boat` output starts as COCO's boat. Without weights everything starts at random.
    """
    model = DetectionModel("yolo11n.yaml", nc=_COCO_CLASSES, verbose=False)
    if coco_weights is not None:
        tensors = load_file(coco_weights)
        try:
            model.load_state_dict(
                {key: t.float() if t.is_floating_point() else t for key, t in tensors.items()}
            )
        except RuntimeError as error:
            raise WeightsError(
                f"{coco_weights} holds no YOLO11n with 80 classes ({error}); give the safetensors "
                "of one, or none to start from random weights"
            ) from error
    head = model.model[-1]
    for branch, stride in zip(head.cv3, head.stride, strict=True):
        old: nn.Conv2d = branch[-1]
        new = nn.Conv2d(old.in_channels, len(CLASSES), 1)
        nn.init.normal_(new.weight, std=0.01)
        # about 5 objects in a picture of 640 px, as Ultralytics starts its own heads
        nn.init.constant_(new.bias, math.log(5 / len(CLASSES) / (640 / float(stride)) ** 2))
        if coco_weights is not None:
            boat = CLASSES.index(ObjectClass.BOAT)
            with torch.no_grad():
                new.weight[boat] = old.weight[_COCO_BOAT]
                new.bias[boat] = old.bias[_COCO_BOAT]
        branch[-1] = new
    head.nc = len(CLASSES)
    head.no = head.nc + 4 * head.reg_max
    model.nc = len(CLASSES)
    model.names = {number: name.value for number, name in enumerate(CLASSES)}
    model.yaml["nc"] = len(CLASSES)
    return model


def network_of(weights: Path) -> DetectionModel:
    """The network that a `.pt` of an earlier run holds, in 32 bits."""
    return YOLO(str(weights)).model.float()


def _cores() -> int:
    """The cores this process may use; where the system does not tell, all there are."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class BudgetTrainer(DetectionTrainer):  # type: ignore[misc]  # ultralytics ships no types
    """Ultralytics' trainer with our start model and a learning rate that follows the clock."""

    plan: TrainingPlan

    def get_model(
        self, cfg: Any = None, weights: Any = None, verbose: bool = True
    ) -> DetectionModel:
        """Our start model; when resuming, with the weights of the checkpoint."""
        model = coco_start_model(self.plan.coco_weights)
        if weights is not None:
            model.load_state_dict(weights.float().state_dict())
        elif self.plan.start_weights is not None:
            model.load_state_dict(network_of(self.plan.start_weights).state_dict())
        return model

    def _setup_train(self) -> None:
        """Prepare as Ultralytics does; on a CPU compute in bf16, which halves the time.

        Measured on two Zen 4 cores (AVX512-BF16), batch 8 of 512 px with the first four layers
        frozen: 0.129 s a picture in f32, 0.063 s so. Weights, gradients, the optimiser and the
        loss stay f32.
        """
        super()._setup_train()
        if self.device.type != "cpu":
            return
        torch.set_num_threads(_cores())  # Ultralytics leaves one core idle
        # the moving average, which gets saved, was copied before and keeps its plain predict
        self.model.to(memory_format=torch.channels_last)
        compute_in_bf16(self.model)

    def preprocess_batch(self, batch: dict[str, Any]) -> dict[str, Any]:
        """Pictures as Ultralytics prepares them, laid out as the CPU's convolutions like best."""
        batch = super().preprocess_batch(batch)
        if self.device.type == "cpu":
            batch["img"] = batch["img"].contiguous(memory_format=torch.channels_last)
        return batch

    def follow_clock(self) -> None:
        """Set the learning rate for the next batch: 3 % warm-up, then a cosine down to 1 %."""
        share = min(1.0, (time.time() - self.train_time_start) / (60 * self.plan.minutes))
        rate = min(share / 0.03, 1.0) * (0.01 + 0.99 * (1 + math.cos(math.pi * share)) / 2)
        for group in self.optimizer.param_groups:
            group["lr"] = self.plan.learning_rate * rate


def train(plan: TrainingPlan, *, resume: bool = False) -> Path:
    """Train by the plan; returns the path of the best weights (`best.pt`).

    `resume` goes on from `last.pt` in the run folder with the learning rate's clock started anew.
    """
    ensure_torchvision_imports()
    plan.run_folder.mkdir(parents=True, exist_ok=True)
    last = plan.run_folder / "weights" / "last.pt"
    overrides: dict[str, Any] = {
        "model": str(last) if resume else "yolo11n.yaml",
        "data": str(plan.data),
        "project": str(plan.run_folder.parent.resolve()),
        "name": plan.run_folder.name,
        "exist_ok": True,
        "epochs": plan.most_epochs,
        "time": plan.minutes / 60,
        "imgsz": plan.image_px,
        "batch": plan.batch,
        "nbs": plan.batch,
        "optimizer": "AdamW",
        "lr0": plan.learning_rate,
        "warmup_epochs": 0.0,
        "weight_decay": 0.0005,
        "freeze": plan.frozen_layers,
        "seed": plan.seed,
        "workers": 0,
        "device": plan.device,
        "amp": plan.device != "cpu",
        "plots": False,
        "pretrained": resume,  # whether a model given as .pt keeps its weights
        "patience": 0,
        # pictures keep their scale: a pixel is a fixed part of a metre
        "mosaic": 0.0, "scale": 0.0, "translate": 0.0, "degrees": 0.0, "erasing": 0.0,
        "fliplr": 0.5, "flipud": 0.5, "hsv_h": 0.02, "hsv_s": 0.4, "hsv_v": 0.3,
        "save_period": 1,
    }  # fmt: skip
    trainer = BudgetTrainer(overrides=overrides)
    trainer.plan = plan
    trainer.add_callback("on_train_batch_start", BudgetTrainer.follow_clock)
    started = time.time()
    trainer.train()
    record = {key: str(value) for key, value in asdict(plan).items()}
    record |= {"seconds": str(round(time.time() - started)), "epochs": str(trainer.epoch + 1)}
    (plan.run_folder / "plan.json").write_text(json.dumps(record, indent=1))
    return Path(trainer.best)
