"""A released network with its normalisation put back: the same answers, and fit for training."""

import pytest

from detection.manifest import load_manifest
from libong.settings import HOUSE

pytestmark = pytest.mark.train
torch = pytest.importorskip("torch", reason="needs the extra `train`")
pytest.importorskip("ultralytics", reason="needs the extra `train`")
pytest.importorskip("onnx", reason="needs the extra `train`")

BASE = HOUSE / "models" / "manifest.json"


def test_it_answers_as_before_and_its_statistics_are_those_of_the_pictures(tiles, tmp_path):
    from ultralytics import YOLO

    from detection.training.from_onnx import model_from_onnx
    from detection.training.renormalise import picture_batches, write_start_file

    released = BASE.parent / load_manifest(BASE).file
    before = model_from_onnx(released)
    after = YOLO(str(write_start_file(released, tiles, tmp_path / "start.pt"))).model
    norms = [m for m in after.modules() if isinstance(m, torch.nn.BatchNorm2d)]
    assert len(norms) > 50
    (batch,) = picture_batches(tiles, 16)
    with torch.no_grad():
        expected, found = before(batch)[0], after.eval()(batch)[0]
        first_answers = after.model[0].conv(batch)
    assert (found - expected)[:, 4:].abs().max() < 1e-4
    assert (found - expected)[:, :4].abs().max() < 0.05  # pixels
    mean = first_answers.mean(dim=(0, 2, 3))
    assert torch.allclose(after.model[0].bn.running_mean, mean, atol=1e-5)
    # what training computes, with the batch's own statistics, stays close to it
    trained = after.model[0].train()(batch)
    with torch.no_grad():
        assert (trained - after.model[0].eval()(batch)).abs().max() < 1e-2


def test_a_folder_without_tiles_is_told(tmp_path):
    from detection.training.renormalise import write_start_file
    from detection.training.start_model import WeightsError

    released = BASE.parent / load_manifest(BASE).file
    with pytest.raises(WeightsError, match="must hold the tiles"):
        write_start_file(released, tmp_path, tmp_path / "start.pt")
