"""Makes `import torchvision` work beside a CPU build of torch from another index.

The torchvision wheel on PyPI is compiled against the CUDA build of torch. Next to `torch+cpu` its
library of operators does not load, and the import itself then fails with "operator torchvision::nms
does not exist", because torchvision describes the operators' shapes at import. Ultralytics imports
torchvision in validation and prediction, and uses only `nms` of it.
"""

from importlib.util import find_spec
from pathlib import Path

import torch
from torch import Tensor

_SCHEMAS = {
    "nms": "nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms": "qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
}
_libraries: list[torch.library.Library] = []  # a library's operators vanish when it is collected


def greedy_nms(dets: Tensor, scores: Tensor, iou_threshold: float) -> Tensor:
    """Indices of the boxes kept by non-maximum suppression, by falling score.

    `dets` are N x 4 boxes (left, top, right, bottom), `scores` N. A box goes when it overlaps a
    better one by more than `iou_threshold` (intersection over union), as in torchvision.
    """
    left, top, right, bottom = dets.double().unbind(dim=1)
    area = (right - left) * (bottom - top)
    waiting = scores.argsort(descending=True, stable=True)
    kept: list[Tensor] = []
    while waiting.numel() > 0:
        best, rest = waiting[0], waiting[1:]
        kept.append(best)
        width = torch.minimum(right[rest], right[best]) - torch.maximum(left[rest], left[best])
        height = torch.minimum(bottom[rest], bottom[best]) - torch.maximum(top[rest], top[best])
        shared = width.clamp(min=0) * height.clamp(min=0)
        waiting = rest[shared <= iou_threshold * (area[rest] + area[best] - shared)]
    return torch.stack(kept) if kept else torch.zeros(0, dtype=torch.int64)


def ensure_torchvision_imports() -> None:
    """Define the missing operators, once, if and only if torchvision's own do not load."""
    if _libraries or _own_operators_load():
        return
    library = torch.library.Library("torchvision", "FRAGMENT")
    for name, schema in _SCHEMAS.items():
        library.define(schema)
        library.impl(name, greedy_nms, "CPU")
    _libraries.append(library)
    import torchvision.extension

    # `torchvision.ops.nms` asks this before it calls the operator
    torchvision.extension._has_ops = lambda: True


def _own_operators_load() -> bool:
    """Whether the compiled operators of the installed torchvision fit the installed torch."""
    package = find_spec("torchvision")
    if package is None or package.origin is None:
        raise ModuleNotFoundError(
            "torchvision is missing; install the training tools: pip install 'libong-watch[train]'"
        )
    compiled = sorted(Path(package.origin).parent.glob("_C.*")) + sorted(
        Path(package.origin).parent.glob("_C_*.*")
    )
    if not compiled:
        return False
    try:
        torch.ops.load_library(str(compiled[0]))
    except OSError:  # what a library raises that misses symbols
        return False
    return hasattr(torch.ops.torchvision, "nms")
