"""The network back from a released ONNX file, to compare with, look into, or train further."""

from pathlib import Path

import onnx
import torch
from google.protobuf.message import DecodeError
from onnx import numpy_helper
from ultralytics.nn.tasks import DetectionModel

from detection.training.start_model import WeightsError, start_model
from detection.training.torchvision_ops import ensure_torchvision_imports


def model_from_onnx(path: Path) -> DetectionModel:
    """The network of an ONNX file that `export_onnx` wrote, in 32 bits, in evaluation mode.

    Its batch normalisation stays folded into the convolutions, as the export left it: the network
    computes what the file does, and can be trained further at a small learning rate. Raises
    WeightsError when the file's weights are not those of our network.
    """
    ensure_torchvision_imports()
    if path.suffix != ".onnx":
        raise WeightsError(
            f"{path.name} is an eight-bit copy, which cannot be trained; go back to the model it "
            "was made of with: libong models revert"
        )
    try:
        document = onnx.load(path)
    except (OSError, DecodeError) as error:
        raise WeightsError(
            f"{path} is no ONNX file that can be read: give one of `libong export-model`"
        ) from error
    stored = {
        tensor.name: torch.from_numpy(numpy_helper.to_array(tensor).copy())
        for tensor in document.graph.initializer
    }
    model = start_model(None).fuse(verbose=False)
    wanted = model.state_dict()
    unlike = [
        name
        for name, tensor in wanted.items()
        if name not in stored or stored[name].shape != tensor.shape
    ]
    if unlike:
        raise WeightsError(
            f"{path} must hold all {len(wanted)} weights of our YOLO11n; {len(unlike)} are missing "
            f"or of another shape, first {unlike[0]}: give an ONNX file of `libong export-model`"
        )
    model.load_state_dict({name: stored[name] for name in wanted})
    for parameter in model.parameters():
        parameter.requires_grad_(True)  # fusing freezes what it made
    # the last convolution of the box decoder only counts 0, 1, 2, …: it is no weight
    model.model[-1].dfl.requires_grad_(False)
    return model.eval()


def write_onnx(model: DetectionModel, like: Path, target: Path) -> Path:
    """Write the weights of a network that came from `like` into a copy of that file.

    The graph stays the released one, so that what ran it before runs this too.
    """
    document = onnx.load(like)
    weights = model.state_dict()
    for tensor in document.graph.initializer:
        if tensor.name in weights:
            values = weights[tensor.name].detach().float().contiguous().numpy()
            tensor.CopyFrom(numpy_helper.from_array(values, tensor.name))
    onnx.save(document, target)
    return target
