"""A network halfway between the one a training began from and the one it ended with.

Averages of the weights of two networks, one trained on from the other, often do better than either
on pictures unlike those trained on (Izmailov et al. 2018; Wortsman et al. 2022). Choose between the
three by the flights that thresholds are chosen on, never by those that are reported.
"""

from pathlib import Path

import torch
from torch import nn
from ultralytics.nn.tasks import DetectionModel

from detection.training.renormalise import picture_batches
from detection.training.train import network_of

# Statistics of 128 pictures gave other thresholds at each draw; Wu & Johnson (2021) advise so many.
_PICTURES = 1024


def write_average(start: Path, trained: Path, tiles: Path, target: Path) -> Path:
    """Write the average of two `.pt` files of one architecture as a `.pt`; returns its path.

    `tiles` is a folder of pictures as `renormalise.write_start_file` takes them.
    """
    network = averaged(network_of(start), network_of(trained))
    renew_statistics(network, tiles)
    torch.save({"model": network, "train_args": {}}, target)
    return target


def averaged(one: DetectionModel, other: DetectionModel) -> DetectionModel:
    """The second network, every weight of it halfway to that of the first."""
    weights = one.state_dict()
    with torch.no_grad():
        for name, weight in other.state_dict().items():
            if weight.is_floating_point():
                weight.copy_((weight + weights[name]) / 2)
    return other


def renew_statistics(network: DetectionModel, tiles: Path) -> None:
    """Measure the statistics of its normalisation anew, which averages of weights do not keep."""
    layers = [layer for layer in network.modules() if isinstance(layer, nn.BatchNorm2d)]
    momenta = [layer.momentum for layer in layers]
    for layer in layers:
        layer.reset_running_stats()
        layer.momentum = None  # a plain mean over all batches
    network.train()
    with torch.no_grad():
        for batch in picture_batches(tiles, _PICTURES):
            network(batch)
    for layer, momentum in zip(layers, momenta, strict=True):
        layer.momentum = momentum
    network.eval()
