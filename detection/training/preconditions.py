"""What a training needs, checked before hours go into rendering what it is to learn from."""

from pathlib import Path

import torch

from detection.training.from_onnx import model_from_onnx
from detection.training.start_model import WeightsError
from detection.training.train import TrainingPlan, first_network
from ingest.errors import LibongError

# The coarsest feature map of the networks has a cell for so many pixels a side.
STRIDE_PX = 32
_LEAST_TILE_PX = 64


class DeviceError(LibongError, ValueError):
    """A device to train on that is not there."""


class TileSizeError(LibongError, ValueError):
    """A side of a tile that no network of ours can look at."""


def check_tile_px(side_px: int) -> None:
    """Raise TileSizeError unless a tile of this side is whole cells in every feature map."""
    if side_px % STRIDE_PX or side_px < _LEAST_TILE_PX:
        below = max(side_px // STRIDE_PX * STRIDE_PX, _LEAST_TILE_PX)
        raise TileSizeError(
            f"the side of a tile must be a multiple of {STRIDE_PX}, the pixels of a network's "
            f"coarsest cell; got {side_px}: give --tile-px {below} or {below + STRIDE_PX}"
        )


def check_device(device: str) -> None:
    """Raise DeviceError unless it is `cpu` or the number of a GPU that torch sees here."""
    # counted without waking CUDA up, which would then not hear which GPU Ultralytics chooses
    count = torch.cuda.device_count()
    if device == "cpu" or (device.isdecimal() and int(device) < count):
        return
    seen = f"GPUs 0 to {count - 1}" if count > 1 else "GPU 0" if count else "no GPU"
    raise DeviceError(
        f"--device must be `cpu` or the number of a GPU; torch sees {seen} here, got {device!r}: "
        "give another, or `--device cpu` to train on the processor"
    )


def check_weights(plan: TrainingPlan, start: Path | None = None) -> None:
    """Raise WeightsError for weights of the plan, or a `.pt` or `.onnx` to start, that do not fit.

    A released `start` becomes the plan's start weights once there are tiles: it is read alone.
    """
    first_network(plan)
    if start is None:
        return
    if start.suffix not in (".pt", ".onnx"):
        raise WeightsError(
            f"{start} must be a `.pt` of a training or the `.onnx` of a released model, such as "
            "`libong export-model` writes"
        )
    if start.suffix == ".onnx":
        model_from_onnx(start)
