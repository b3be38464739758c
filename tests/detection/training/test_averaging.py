"""Halfway between two networks: weights, and statistics measured anew."""

import pytest

from detection.manifest import load_manifest
from libong.settings import HOUSE

pytestmark = pytest.mark.train
torch = pytest.importorskip("torch", reason="needs the extra `train`")
pytest.importorskip("ultralytics", reason="needs the extra `train`")
pytest.importorskip("onnx", reason="needs the extra `train`")

BASE = HOUSE / "models" / "manifest.json"


@pytest.mark.deep
def test_weights_lie_halfway_and_statistics_are_those_of_the_pictures(tiles, tmp_path):
    from detection.training.averaging import write_average
    from detection.training.renormalise import picture_batches, write_start_file
    from detection.training.train import network_of

    start = write_start_file(BASE.parent / load_manifest(BASE).file, tiles, tmp_path / "start.pt")
    trained = network_of(start)
    with torch.no_grad():
        trained.model[0].conv.weight += 0.02
        trained.model[0].bn.bias -= 0.5
    torch.save({"model": trained, "train_args": {}}, tmp_path / "trained.pt")
    halfway = network_of(
        write_average(start, tmp_path / "trained.pt", tiles, tmp_path / "averaged.pt")
    )
    began, first = network_of(start).model[0], halfway.model[0]
    assert torch.allclose(first.conv.weight, began.conv.weight + 0.01, atol=1e-6)
    assert torch.allclose(first.bn.bias, began.bn.bias - 0.25, atol=1e-6)
    (batch,) = picture_batches(tiles, 16)
    with torch.no_grad():
        answers = first.conv(batch)
    assert torch.allclose(first.bn.running_mean, answers.mean(dim=(0, 2, 3)), atol=1e-5)
    assert first.bn.momentum == began.bn.momentum
    assert not halfway.training
