"""Non-maximum suppression in place of torchvision's, and the import it makes possible."""

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytestmark = pytest.mark.train
torch = pytest.importorskip("torch", reason="needs the extra `train`")

from detection.evaluation.scoring import iou  # noqa: E402  # after the skip
from detection.training.torchvision_ops import greedy_nms  # noqa: E402


def brute_force(boxes, scores, threshold):
    """Keep a box when no kept box of a better score overlaps it by more than the threshold."""
    kept = []
    for i in sorted(range(len(boxes)), key=lambda i: -scores[i]):
        if all(iou(boxes[i], boxes[k]) <= threshold for k in kept):
            kept.append(i)
    return kept


sides = st.integers(1, 12)
places = st.integers(0, 20)
boxes = st.lists(
    st.tuples(places, places, sides, sides).map(lambda b: (b[0], b[1], b[0] + b[2], b[1] + b[3])),
    max_size=14,
)


@settings(max_examples=120)
@given(boxes=boxes, threshold=st.sampled_from([0.0, 0.3, 0.45, 0.7, 1.0]), seed=st.integers(0, 99))
def test_nms_agrees_with_brute_force(boxes, threshold, seed):
    scores = torch.rand(len(boxes), generator=torch.Generator().manual_seed(seed))
    tensor = torch.tensor(boxes, dtype=torch.float32).reshape(-1, 4)
    kept = greedy_nms(tensor, scores, threshold).tolist()
    assert kept == brute_force(boxes, scores.tolist(), threshold)


def test_equal_scores_keep_the_first():
    tensor = torch.tensor([[0, 0, 10, 10], [0, 0, 10, 10]], dtype=torch.float32)
    assert greedy_nms(tensor, torch.tensor([0.5, 0.5]), 0.5).tolist() == [0]


def test_torchvision_imports_and_suppresses_in_a_fresh_python():
    code = (
        "from detection.training.torchvision_ops import ensure_torchvision_imports as ensure\n"
        "ensure(); ensure()\n"
        "import torch, torchvision\n"
        "boxes = torch.tensor([[0., 0, 10, 10], [1, 0, 11, 10], [30, 30, 40, 40]])\n"
        "print(torchvision.ops.nms(boxes, torch.tensor([0.5, 0.9, 0.1]), 0.5).tolist())\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[1, 2]"
