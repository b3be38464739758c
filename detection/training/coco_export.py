"""The untouched COCO network as an ONNX file that knows boats, road vehicles and everything else.

Training on rendered scenes makes a network forget real boats; the original has seen thousands of
photographs of them. It is kept beside ours, unchanged but for its last step: COCO's eighty scores
are reduced to three, so that a tile's answer is small.
"""

import warnings
from pathlib import Path
from typing import Final

import torch
from safetensors.torch import load_file
from torch import nn
from ultralytics.nn.tasks import DetectionModel

from detection.training.torchvision_ops import ensure_torchvision_imports

INPUT_PX = 640
BOATS_FILE = "coco-boats.onnx"
BOATS_THRESHOLD = 0.25  # Ultralytics' own for what it reports
_OPSET = 17
_BOAT: Final = 8
# COCO's indices of car, motorcycle, bus and truck
_VEHICLES: Final = (2, 3, 5, 7)


class CocoBoats(nn.Module):  # type: ignore[misc]  # torch may be absent where types are checked
    """YOLO11n of COCO with three scores an anchor: boat, best road vehicle, best of all others."""

    def __init__(self, network: DetectionModel) -> None:
        """Wrap a network with COCO's 80 classes."""
        super().__init__()
        self.network = network
        others = [c for c in range(80) if c != _BOAT and c not in _VEHICLES]
        self.vehicles: torch.Tensor
        self.others: torch.Tensor
        self.register_buffer("vehicles", torch.tensor(_VEHICLES))
        self.register_buffer("others", torch.tensor(others))

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        """Pictures n x 3 x 640 x 640 RGB in 0..1 to n x 7 x 8400: box, then the three scores."""
        answer = self.network(pictures)[0]
        boxes, scores = answer[:, :4], answer[:, 4:]
        boat = scores[:, _BOAT : _BOAT + 1]
        vehicle = scores.index_select(1, self.vehicles).amax(1, keepdim=True)
        other = scores.index_select(1, self.others).amax(1, keepdim=True)
        return torch.cat([boxes, boat, vehicle, other], 1)


def coco_boats(coco_weights: Path) -> CocoBoats:
    """The wrapped network with weights from the safetensors of a YOLO11n with 80 classes."""
    ensure_torchvision_imports()
    network = DetectionModel("yolo11n.yaml", nc=80, verbose=False)
    network.load_state_dict(
        {k: t.float() if t.is_floating_point() else t for k, t in load_file(coco_weights).items()}
    )
    wrapped = CocoBoats(network.eval().fuse(verbose=False))
    wrapped.eval()
    return wrapped


def export_coco_boats(coco_weights: Path, target: Path) -> Path:
    """Write the three-score network as ONNX; returns the target."""
    target.parent.mkdir(parents=True, exist_ok=True)
    network = coco_boats(coco_weights)
    with warnings.catch_warnings():
        # torch deprecates this exporter; its successor writes an opset that older OpenVINO refuses
        warnings.simplefilter("ignore", DeprecationWarning)
        torch.onnx.export(
            network, (torch.zeros(1, 3, INPUT_PX, INPUT_PX),), str(target), opset_version=_OPSET,
            input_names=["images"], output_names=["output0"], dynamo=False,
        )  # fmt: skip
    return target
