"""A released network as the `.pt` that tools of the Ultralytics family open."""

from pathlib import Path

import torch

from detection.training.from_onnx import model_from_onnx


def write_torch_file(onnx: Path, target: Path) -> Path:
    """Write the network of an ONNX file as a `.pt` for `ultralytics.YOLO`; returns its path.

    Raises:
        WeightsError: when the file holds no network of ours.
    """
    model = model_from_onnx(onnx).requires_grad_(False)
    target.parent.mkdir(parents=True, exist_ok=True)
    torch.save({"model": model, "train_args": {}}, target)
    return target
