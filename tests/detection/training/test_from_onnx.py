"""A released network read back into torch computes what OpenVINO computes from the file."""

from pathlib import Path

import numpy as np
import pytest

from detection.engine import OpenVinoEngine
from detection.manifest import load_manifest
from detection.precision import Precision

torch = pytest.importorskip("torch", reason="needs the extra `train`")
onnx = pytest.importorskip("onnx", reason="needs the extra `train`")
pytest.importorskip("ultralytics", reason="needs the extra `train`")

MODELS = Path(__file__).parents[3] / "models"


def released():
    manifest = load_manifest(MODELS / "manifest.json")
    return MODELS / manifest.file, manifest


def test_the_network_read_back_gives_what_openvino_gives():
    from detection.training.dataset import TilePlan, make_tile
    from detection.training.from_onnx import model_from_onnx

    path, manifest = released()
    model = model_from_onnx(path)
    plan = TilePlan("test", 4, manifest.input_px)
    tiles = [np.ascontiguousarray(make_tile(plan, n).rgb[..., ::-1]) for n in range(4)]
    engine = OpenVinoEngine(path, manifest.input_px, precision=Precision.F32)
    off_px = []
    for tile, expected in zip(tiles, engine.infer(tiles), strict=True):
        rgb = torch.from_numpy(tile[..., ::-1].copy()).permute(2, 0, 1)[None] / 255
        with torch.no_grad():
            found = model(rgb)[0][0].numpy()
        assert np.abs(found[4:] - expected[4:]).max() < 1e-3
        seen = expected[4:].max(axis=0) > 0.01
        off_px += np.abs(found[:4, seen] - expected[:4, seen]).ravel().tolist()
    assert len(off_px) > 100  # boxes of what shows in some of the tiles
    assert max(off_px) < 0.05


def test_the_network_read_back_can_be_trained():
    from detection.training.from_onnx import model_from_onnx

    model = model_from_onnx(released()[0])
    fixed = {name for name, p in model.named_parameters() if not p.requires_grad}
    assert fixed == {"model.23.dfl.conv.weight"}
    model.train()(torch.full((1, 3, 64, 64), 0.5))["scores"].sum().backward()
    assert float(model.model[0].conv.weight.grad.abs().sum()) > 0


def test_weights_of_another_network_are_refused(tmp_path):
    from detection.training.from_onnx import model_from_onnx
    from detection.training.start_model import WeightsError

    document = onnx.load(released()[0])
    kept = [t for t in document.graph.initializer if t.name != "model.3.conv.weight"]
    del document.graph.initializer[:]
    document.graph.initializer.extend(kept)
    onnx.save(document, tmp_path / "other.onnx")
    with pytest.raises(WeightsError, match=r"model\.3\.conv\.weight"):
        model_from_onnx(tmp_path / "other.onnx")
