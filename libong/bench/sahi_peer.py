"""The usual way: SAHI's slices of a picture's native pixels, each given to Ultralytics on torch.

Set up as its documentation does: slices of 640 px that overlap by a fifth, and the whole picture
once more; the weights are ours, the thresholds too.
"""

import importlib.util
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from detection.evaluation.scoring import FoundBox
from detection.manifest import Manifest
from detection.types import ObjectClass
from ingest.errors import LibongError

NAME = "SAHI + Ultralytics on torch"
SLICE_PX = 640
OVERLAP = 0.2
INSTALL = "pip install -c constraints.txt 'libong-watch[train,bench]'"


class PeerMissingError(LibongError, RuntimeError):
    """The tool to compare with is not installed."""


@dataclass(frozen=True)
class PeerAnswer:
    """What SAHI found in a picture, and the seconds it says it spent: slices, network, merging."""

    finds: tuple[FoundBox, ...]
    slice_s: float
    network_s: float
    merge_s: float


def missing_packages() -> list[str]:
    """Return what must be installed before the peer can run."""
    needed = ("sahi", "ultralytics", "torch", "onnx")
    return [name for name in needed if importlib.util.find_spec(name) is None]


class SahiPeer:
    """SAHI with our network in torch."""

    def __init__(self, onnx: Path, manifest: Manifest, torch_file: Path) -> None:
        """Read the network of an ONNX file into `torch_file` and load that.

        Raises:
            PeerMissingError: when SAHI or torch are not installed.
        """
        missing = missing_packages()
        if missing:
            raise PeerMissingError(f"the peer needs {', '.join(missing)}; install with: {INSTALL}")
        from sahi import AutoDetectionModel

        from detection.training.torch_file import write_torch_file

        self._thresholds = {c: manifest.threshold(c) for c in manifest.classes}
        self._model: Any = AutoDetectionModel.from_pretrained(
            model_type="ultralytics",
            model_path=str(write_torch_file(onnx, torch_file)),
            confidence_threshold=min(self._thresholds.values()),
            device="cpu",
        )

    def detect(self, path: Path) -> PeerAnswer:
        """Search a picture from its file on."""
        from sahi.predict import get_sliced_prediction

        result = get_sliced_prediction(
            str(path),
            self._model,
            slice_height=SLICE_PX,
            slice_width=SLICE_PX,
            overlap_height_ratio=OVERLAP,
            overlap_width_ratio=OVERLAP,
            verbose=0,
        )
        found = (self._find(p) for p in result.object_prediction_list)
        took = result.durations_in_seconds
        return PeerAnswer(
            tuple(f for f in found if f.score >= self._thresholds[f.object_class]),
            took["slice"],
            took["prediction"],
            took["postprocess"],
        )

    @staticmethod
    def _find(prediction: Any) -> FoundBox:
        left, top, right, bottom = (float(v) for v in prediction.bbox.to_xyxy())
        return FoundBox(
            ObjectClass(prediction.category.name),
            float(prediction.score.value),
            (left, top, right, bottom),
        )
