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


@pytest.mark.parametrize(
    ("bf16_s", "f32_s", "expected"), [(0.5, 1.0, True), (0.9, 1.0, False), (30.0, 1.0, False)]
)
def test_bf16_is_used_only_where_it_takes_clearly_less_time(monkeypatch, bf16_s, f32_s, expected):
    from detection.training import bf16

    now = [0.0]
    slow_first = iter([10.0])  # the first turn of all pays for the preparation of both

    def taking(seconds):
        now[0] += seconds + next(slow_first, 0.0)

    monkeypatch.setattr(bf16.time, "perf_counter", lambda: now[0])
    assert bf16.worth_it(lambda: taking(bf16_s), lambda: taking(f32_s)) is expected


@pytest.mark.parametrize("faster", [True, False])
def test_a_network_computes_in_bf16_where_that_is_faster(monkeypatch, faster):
    import torch
    from torch import nn

    from detection.training import bf16

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = nn.Linear(64, 64)

        def predict(self, numbers):
            return self.layer(numbers)

    monkeypatch.setattr(bf16, "faster_in_bf16", lambda: faster)
    model, numbers = Net(), torch.rand(1, 64)
    exact = model.predict(numbers)
    bf16.compute_in_bf16_where_faster(model)
    assert torch.equal(model.predict(numbers), exact) is not faster


def test_which_is_faster_here_agrees_with_what_the_processor_says():
    import torch

    from detection.training.bf16 import faster_in_bf16

    said = getattr(torch.cpu, "get_capabilities", dict)()
    if said.get("architecture") != "x86_64":
        pytest.skip("torch tells nothing of this processor's bf16")
    if not (said["amx_bf16"] or said["avx512_bf16"]):
        assert not faster_in_bf16()
