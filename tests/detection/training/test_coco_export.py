"""The COCO network reduced to three scores."""

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs the extra train")
pytest.importorskip("ultralytics", reason="needs the extra train")

from safetensors.torch import load_file, save_file  # noqa: E402
from ultralytics.nn.tasks import DetectionModel  # noqa: E402

from detection.boat_network import OUTPUTS  # noqa: E402
from detection.engine import OpenVinoEngine  # noqa: E402
from detection.precision import Precision  # noqa: E402
from detection.training.coco_export import INPUT_PX, coco_boats, export_coco_boats  # noqa: E402


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A network of COCO's shape with weights drawn at random."""
    torch.manual_seed(3)
    path = tmp_path_factory.mktemp("coco") / "yolo11n.safetensors"
    state = DetectionModel("yolo11n.yaml", nc=80, verbose=False).state_dict()
    save_file({name: tensor.clone() for name, tensor in state.items()}, path)
    return path


def test_the_three_scores_are_those_of_boat_of_vehicles_and_of_the_rest(weights: Path) -> None:
    whole = DetectionModel("yolo11n.yaml", nc=80, verbose=False)
    whole.load_state_dict(load_file(weights))
    whole.eval()
    pictures = torch.rand(1, 3, INPUT_PX, INPUT_PX, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        everything = whole(pictures)[0]
        ours = coco_boats(weights)(pictures)
    scores = everything[:, 4:]
    rest = [c for c in range(80) if c not in (2, 3, 5, 7, 8)]
    assert ours.shape == (1, OUTPUTS, 8400)
    torch.testing.assert_close(ours[:, 4], scores[:, 8], atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(ours[:, 5], scores[:, [2, 3, 5, 7]].amax(1), atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(ours[:, 6], scores[:, rest].amax(1), atol=1e-5, rtol=1e-4)


def test_openvino_gives_the_scores_of_torch(weights: Path, tmp_path: Path) -> None:
    onnx = export_coco_boats(weights, tmp_path / "boats.onnx")
    tile = np.random.default_rng(0).integers(0, 255, (INPUT_PX, INPUT_PX, 3), np.uint8)
    (answer,) = OpenVinoEngine(onnx, INPUT_PX, precision=Precision.F32).infer([tile])
    rgb = torch.from_numpy(tile[..., ::-1].copy()).permute(2, 0, 1)[None] / 255
    with torch.no_grad():
        expected = coco_boats(weights)(rgb)[0].numpy()
    assert np.abs(answer[4:] - expected[4:]).max() < 1e-4
