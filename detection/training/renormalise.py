"""A released network made fit for further training: its batch normalisation put back.

Export folds normalisation into the convolutions, which runs faster and trains worse: without it a
learning rate that teaches anything new breaks what is there. Each folded convolution gets a
normalisation again that undoes itself: statistics of what the convolution answers on pictures, and
a gain and offset equal to them, so that the network computes what it did.
"""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np
import torch
from torch import nn
from ultralytics.nn.modules import Conv
from ultralytics.nn.tasks import DetectionModel

from detection.training.from_onnx import model_from_onnx
from detection.training.start_model import WeightsError, start_model
from ingest.pixels import decode_bgr

_BATCH = 16
_PICTURES = 128


def write_start_file(onnx: Path, tiles: Path, target: Path) -> Path:
    """Write the network of a released ONNX file as a `.pt` to train on from; returns its path.

    `tiles` is the folder of square pictures of one size, a multiple of 32, it is to be trained on.
    Raises WeightsError when there is none, or when the file holds no network of ours.
    """
    model = renormalised(model_from_onnx(onnx), picture_batches(tiles, _PICTURES))
    torch.save({"model": model, "train_args": {}}, target)
    return target


def picture_batches(tiles: Path, most: int) -> Iterator[torch.Tensor]:
    """Batches, N x 3 x H x W, RGB 0..1, of up to `most` pictures of a folder, from all over it.

    Raises WeightsError when there is none.
    """
    pictures = sorted(tiles.glob("*.jpg"))
    if not pictures:
        raise WeightsError(f"{tiles} must hold the tiles to train on, as JPEG files; it has none")
    pictures = pictures[:: -(-len(pictures) // most)]
    for first in range(0, len(pictures), _BATCH):
        rgb = [decode_bgr(p)[..., ::-1] for p in pictures[first : first + _BATCH]]
        yield torch.from_numpy(np.stack(rgb)).permute(0, 3, 1, 2).float() / 255


def renormalised(folded: DetectionModel, pictures: Iterable[torch.Tensor]) -> DetectionModel:
    """A network with normalisation that computes what `folded` does, in evaluation mode.

    `folded` is a network as `model_from_onnx` gives it. `pictures` are batches, N x 3 x H x W,
    RGB 0..1, like those it will be trained on: the statistics are theirs, which keeps the first
    steps of training, where statistics are the batch's own, close to what it knew.
    """
    model = start_model(None)
    state = folded.state_dict()
    model.load_state_dict({k: v for k, v in state.items() if k in model.state_dict()}, strict=False)
    answers = _statistics(folded, pictures)
    for name, module in model.named_modules():
        if not isinstance(module, Conv):
            continue
        mean, variance = answers[name]
        with torch.no_grad():
            module.conv.weight.copy_(state[f"{name}.conv.weight"])
            module.bn.running_mean.copy_(mean)
            module.bn.running_var.copy_(variance)
            module.bn.weight.copy_(torch.sqrt(variance + module.bn.eps))
            module.bn.bias.copy_(state[f"{name}.conv.bias"] + mean)
    return model.eval()


def _statistics(
    folded: DetectionModel, pictures: Iterable[torch.Tensor]
) -> dict[str, tuple[torch.Tensor, torch.Tensor]]:
    """Mean and variance, by channel, of what each folded convolution answers before its bias."""
    sums: dict[str, tuple[float, torch.Tensor, torch.Tensor]] = {}

    def watch(name: str, bias: torch.Tensor) -> Callable[[nn.Module, object, torch.Tensor], None]:
        def note(_: nn.Module, __: object, answer: torch.Tensor) -> None:
            plain = (answer - bias[:, None, None]).double()
            count, total, squares = sums.get(name, (0, 0, 0))
            sums[name] = (
                count + plain.numel() / plain.shape[1],
                total + plain.sum(dim=(0, 2, 3)),
                squares + plain.square().sum(dim=(0, 2, 3)),
            )

        return note

    hooks = [
        module.conv.register_forward_hook(watch(name, module.conv.bias))
        for name, module in folded.named_modules()
        if isinstance(module, Conv)
    ]
    try:
        with torch.no_grad():
            for batch in pictures:
                folded(batch)
    finally:
        for hook in hooks:
            hook.remove()
    return {
        name: ((total / count).float(), (squares / count - (total / count) ** 2).float())
        for name, (count, total, squares) in sums.items()
    }
