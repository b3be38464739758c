"""Training on a CPU in bf16, which takes half the time of f32 where the processor computes in it.

Many laptops' processors do not, and imitate it many times slower: which one this is gets measured.
"""

import time
from collections.abc import Callable
from functools import cache
from typing import Any

import torch
from torch import nn

# A layer like those of the network, large enough to be told from the cost of a call.
_CHANNELS, _SIDE_PX, _PICTURES = 32, 64, 4
_TRIES = 5
# Where bf16 is computed it takes about half the time; less than this is not worth its fewer bits.
_WORTH_IT = 0.8


def compute_in_bf16_where_faster(model: nn.Module) -> None:
    """Let a network compute in bf16, as `compute_in_bf16` does, if this processor is faster so."""
    if faster_in_bf16():
        compute_in_bf16(model)


@cache
def faster_in_bf16() -> bool:
    """Whether this processor trains faster in bf16 than in f32, measured once, in a moment."""
    layer = nn.Conv2d(_CHANNELS, _CHANNELS, 3, padding=1).to(memory_format=torch.channels_last)
    pictures = torch.rand(_PICTURES, _CHANNELS, _SIDE_PX, _SIDE_PX)
    pictures = pictures.to(memory_format=torch.channels_last)

    def step(in_bf16: bool) -> None:
        with torch.autocast("cpu", torch.bfloat16, enabled=in_bf16):
            answers = layer(pictures)
        answers.float().sum().backward()

    return worth_it(lambda: step(in_bf16=True), lambda: step(in_bf16=False))


def worth_it(in_bf16: Callable[[], None], in_f32: Callable[[], None]) -> bool:
    """Whether one way takes clearly less time than the other; the best of a few turns counts."""
    best = {in_bf16: float("inf"), in_f32: float("inf")}
    for _ in range(_TRIES):  # by turns: a machine that is busy is so for both
        for way in best:
            start = time.perf_counter()
            way()
            best[way] = min(best[way], time.perf_counter() - start)
    return best[in_bf16] < _WORTH_IT * best[in_f32]


def compute_in_bf16(model: nn.Module) -> None:
    """Let a network compute in bf16 and answer in f32, so that its loss is computed in f32.

    In bf16 a box far from its tile's origin moves in steps of 2 px, a sixth of a calf's width.
    Weights and gradients stay f32. A copy of the network made later would ask the original: make
    copies before.
    """
    plain = model.predict

    def predict(*args: Any, **kwargs: Any) -> Any:
        with torch.autocast("cpu", torch.bfloat16):
            answers = plain(*args, **kwargs)
        return _in_32_bits(answers)

    model.predict = predict


def _in_32_bits(answers: Any) -> Any:
    if isinstance(answers, torch.Tensor):
        return answers.float() if answers.dtype is torch.bfloat16 else answers
    if isinstance(answers, dict):
        return {key: _in_32_bits(value) for key, value in answers.items()}
    if isinstance(answers, list | tuple):
        return type(answers)(_in_32_bits(value) for value in answers)
    return answers
