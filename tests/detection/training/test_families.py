"""What each family of networks takes over from COCO's YOLO11n, and what it answers."""

import pytest

torch = pytest.importorskip("torch", reason="needs the extra `train`")
pytest.importorskip("ultralytics", reason="needs the extra `train`")

from safetensors.torch import save_file  # noqa: E402  comes with the extra
from ultralytics.nn.tasks import DetectionModel  # noqa: E402

from detection.training.families import SMALL_FAMILIES, Family  # noqa: E402
from detection.training.start_model import WeightsError, start_model  # noqa: E402

BOAT = 1


@pytest.fixture(scope="module")
def coco(tmp_path_factory):
    """A file of a YOLO11n with 80 classes, its weights drawn at random, and what it holds."""
    tensors = {
        key: tensor.contiguous()
        for key, tensor in DetectionModel("yolo11n.yaml", nc=80, verbose=False).state_dict().items()
        if not key.endswith("num_batches_tracked")
    }
    path = tmp_path_factory.mktemp("coco") / "coco.safetensors"
    save_file(tensors, path)
    return path, tensors


def convolutions(tensors):
    """The kernels of convolutions by layer: all else starts alike in every network."""
    layers = {}
    for key, tensor in tensors.items():
        if key.endswith("conv.weight") and "dfl" not in key:
            layers.setdefault(int(key.split(".")[1]), {})[key] = tensor
    return layers


@pytest.mark.parametrize(
    ("family", "layers"),
    [
        (Family.YOLO11N, 24),
        (Family.YOLO11N_BACKBONE, 11),
        (Family.YOLO26N, 11),
        (Family.YOLO26N_P2, 11),
        (Family.YOLO11N_RANDOM, 0),
        (Family.YOLO26N_RANDOM, 0),
        (Family.YOLO11S, 0),
    ],
)
def test_the_first_layers_are_cocos_and_the_rest_is_not(coco, family, layers):
    path, theirs = coco
    for number, kernels in convolutions(start_model(path, family).state_dict()).items():
        for key, kernel in kernels.items():
            same = key in theirs and torch.equal(kernel, theirs[key])
            assert same == (number < layers), key


def test_without_weights_nothing_is_cocos(coco):
    _, theirs = coco
    kernels = convolutions(start_model(None).state_dict())[0]
    assert not any(torch.equal(kernel, theirs[key]) for key, kernel in kernels.items())


@pytest.mark.parametrize(
    ("family", "is_cocos"), [(Family.YOLO11N, True), (Family.YOLO11N_BACKBONE, False)]
)
def test_only_a_whole_network_starts_with_cocos_boat(coco, family, is_cocos):
    path, theirs = coco
    ours = start_model(path, family).state_dict()
    key = "model.23.cv3.0.2.weight"
    assert torch.equal(ours[key][BOAT], theirs[key][8]) == is_cocos


@pytest.mark.parametrize("family", SMALL_FAMILIES)
def test_every_family_answers_our_three_classes(family):
    model = start_model(None, family).eval()
    with torch.no_grad():
        answer = model(torch.zeros(1, 3, 64, 64))[0]
    cells = sum((64 // int(stride)) ** 2 for stride in model.model[-1].stride)
    assert answer.shape == (1, 4 + 3, cells)
    branches = [
        branch[-1]
        for name in ("cv3", "one2one_cv3")
        for branch in getattr(model.model[-1], name, None) or ()
    ]
    assert {branch.out_channels for branch in branches} == {3}


def test_the_head_for_small_things_looks_at_every_fourth_pixel():
    assert start_model(None, Family.YOLO26N_P2).model[-1].stride.tolist() == [4, 8, 16, 32]


def test_weights_of_another_network_are_refused_by_a_family_that_takes_only_the_first(tmp_path):
    save_file({"other": torch.zeros(1)}, tmp_path / "other.safetensors")
    with pytest.raises(WeightsError, match="holds no YOLO11n with 80 classes"):
        start_model(tmp_path / "other.safetensors", Family.YOLO26N)
