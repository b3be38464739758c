"""The network that a training starts from: COCO's features as far as they fit, and our classes."""

import math
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import nn
from ultralytics.nn.modules import Detect
from ultralytics.nn.tasks import DetectionModel

from detection.training.dataset import CLASSES
from detection.training.families import Family
from detection.types import ObjectClass
from ingest.errors import LibongError

_COCO_CLASSES = 80
_COCO_BOAT = 8  # the ninth class of COCO


class WeightsError(LibongError, ValueError):
    """Start weights that do not fit the network."""


def start_model(coco_weights: Path | None, family: Family = Family.YOLO11N) -> DetectionModel:
    """A network for our classes, with COCO's weights in the layers that its family takes over.

    The class branch keeps the width that 80 classes gave it, so that its layers can be taken over;
    where they are, our `boat` output starts as COCO's boat. Without weights all starts at random.
    """
    model = DetectionModel(family.graph, nc=_COCO_CLASSES, verbose=False)
    if coco_weights is not None:
        _take_over(model, coco_weights, family.coco_layers)
    take_boat = coco_weights is not None and family.starts_whole
    _answer_our_classes(model.model[-1], take_boat=take_boat)
    model.nc = len(CLASSES)
    model.names = {number: name.value for number, name in enumerate(CLASSES)}
    model.yaml["nc"] = len(CLASSES)
    return model


def _take_over(model: DetectionModel, coco_weights: Path, layers: int) -> None:
    """Give the first layers the weights of a file of COCO's YOLO11n."""
    own = model.model[:layers].state_dict()
    try:
        stored = load_file(coco_weights)
    except (OSError, SafetensorError) as error:
        raise WeightsError(
            f"{coco_weights} is no file of safetensors that can be read ({error}); give that of a "
            "YOLO11n with 80 classes, or none to start from random weights"
        ) from error
    tensors = {
        name: tensor.float() if tensor.is_floating_point() else tensor
        for key, tensor in stored.items()
        if (name := key.removeprefix("model.")) in own
    }
    try:
        model.model[:layers].load_state_dict(tensors)
    except RuntimeError as error:
        raise WeightsError(
            f"{coco_weights} holds no YOLO11n with 80 classes ({error}); give the safetensors "
            "of one, or none to start from random weights"
        ) from error


def _answer_our_classes(head: Detect, *, take_boat: bool) -> None:
    """Replace the last layer of each class branch; heads without suppression have two sets."""
    for branches in (head.cv3, getattr(head, "one2one_cv3", None)):
        if branches is None:
            continue
        for branch, stride in zip(branches, head.stride, strict=True):
            old: nn.Conv2d = branch[-1]
            new = nn.Conv2d(old.in_channels, len(CLASSES), 1)
            nn.init.normal_(new.weight, std=0.01)
            # about 5 objects in a picture of 640 px, as Ultralytics starts its own heads
            nn.init.constant_(new.bias, math.log(5 / len(CLASSES) / (640 / float(stride)) ** 2))
            if take_boat:
                boat = CLASSES.index(ObjectClass.BOAT)
                with torch.no_grad():
                    new.weight[boat] = old.weight[_COCO_BOAT]
                    new.bias[boat] = old.bias[_COCO_BOAT]
            branch[-1] = new
    head.nc = len(CLASSES)
    head.no = head.nc + 4 * head.reg_max
