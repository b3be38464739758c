"""Computing in bf16 without losing where boxes are."""

import pytest

pytestmark = pytest.mark.train
pytest.importorskip("torch", reason="needs the extra `train`")
pytest.importorskip("ultralytics", reason="needs the extra `train`")


def test_in_bf16_a_network_answers_in_f32_so_that_boxes_keep_their_place():
    import torch

    from detection.training.bf16 import compute_in_bf16
    from detection.training.start_model import start_model
    from detection.training.torchvision_ops import ensure_torchvision_imports

    ensure_torchvision_imports()
    torch.manual_seed(0)
    model = start_model(None).eval()
    picture = torch.rand(1, 3, 64, 64)
    _, plain = model.predict(picture)
    compute_in_bf16(model)
    _, answers = model(picture)
    assert {t.dtype for t in (answers["boxes"], answers["scores"], *answers["feats"])} == {
        torch.float32
    }
    assert not torch.equal(answers["boxes"], plain["boxes"])  # computed with fewer bits
    assert torch.allclose(answers["boxes"], plain["boxes"], atol=0.1)
