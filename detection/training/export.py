"""Trained weights become the ONNX file and the manifest that the software runs on."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import torch
from ultralytics import YOLO

from detection.calibration import Calibration
from detection.engine import OpenVinoEngine
from detection.manifest import BoatNetwork, LookAgain
from detection.precision import Precision
from detection.training.dataset import CLASSES, TARGET_GSD_M
from detection.training.torchvision_ops import ensure_torchvision_imports
from detection.types import ObjectClass
from ingest.errors import LibongError

INPUT_PX = 640
_OPSET = 17  # read by every OpenVINO this software allows (2024.4 on)
# Scores may differ by this much between torch and OpenVINO in 32 bits before the export is refused.
_SCORE_TOLERANCE = 0.005


class ExportError(LibongError, ValueError):
    """An exported network that does not do what the trained one does."""


@dataclass(frozen=True)
class Agreement:
    """Largest differences of an engine's output to torch's over some tiles.

    `score` is in score units over all anchors; `box_px` in pixels over anchors scored 0.1 or more.
    """

    score: float
    box_px: float


def export_onnx(weights: Path, target: Path) -> Path:
    """Write the network of a `best.pt` as ONNX: 1 x 3 x 640 x 640 RGB in 0..1 to 1 x 7 x 8400."""
    ensure_torchvision_imports()
    target.parent.mkdir(parents=True, exist_ok=True)
    made = YOLO(str(weights)).export(
        format="onnx", imgsz=INPUT_PX, opset=_OPSET, simplify=True, dynamic=False, device="cpu"
    )
    model = onnx.load(made)
    del model.metadata_props[:]  # the exporter writes the paths of the machine into it
    onnx.save(model, target)
    return target


def torch_outputs(
    weights: Path, tiles: Sequence[npt.NDArray[np.uint8]]
) -> list[npt.NDArray[np.float32]]:
    """Raw outputs, (4 + classes) x anchors each, of the trained network for BGR tiles."""
    ensure_torchvision_imports()
    model = YOLO(str(weights)).model.float().eval()
    with torch.no_grad():
        return [
            model(torch.from_numpy(tile[..., ::-1].copy()).permute(2, 0, 1)[None] / 255)[0][
                0
            ].numpy()
            for tile in tiles
        ]


def agreement(
    onnx: Path,
    expected: Sequence[npt.NDArray[np.float32]],
    tiles: Sequence[npt.NDArray[np.uint8]],
    *,
    precision: Precision,
) -> Agreement:
    """Compare OpenVINO at a precision with torch."""
    outputs = OpenVinoEngine(onnx, INPUT_PX, precision=precision).infer(tiles)
    score = box_px = 0.0
    for ours, theirs in zip(outputs, expected, strict=True):
        score = max(score, float(np.abs(ours[4:] - theirs[4:]).max()))
        seen = theirs[4:].max(axis=0) >= 0.1
        if seen.any():
            box_px = max(box_px, float(np.abs(ours[:4, seen] - theirs[:4, seen]).max()))
    return Agreement(score, box_px)


def checked_agreement(
    onnx: Path, weights: Path, tiles: Sequence[npt.NDArray[np.uint8]]
) -> dict[str, Agreement]:
    """Agreement in 32 bits and at the CPU's default; raises ExportError when 32 bits differ."""
    expected = torch_outputs(weights, tiles)
    found = {p.value: agreement(onnx, expected, tiles, precision=p) for p in Precision}
    if found["f32"].score > _SCORE_TOLERANCE:
        raise ExportError(
            f"scores of {onnx} in OpenVINO may differ from torch by {_SCORE_TOLERANCE}; they "
            f"differ by {found['f32'].score:.4f}: export anew with other onnx or openvino"
        )
    return found


def write_manifest(
    onnx: Path,
    thresholds: Mapping[ObjectClass, float],
    *,
    boat_network: BoatNetwork | None = None,
    calibrations: Mapping[ObjectClass, Calibration] | None = None,
    search_gsd_cm: Sequence[float] = (),
    second_look: LookAgain | None = None,
    any_scale_thresholds: Mapping[ObjectClass, float] | None = None,
    training: Mapping[str, Any],
    metrics: Mapping[str, Any],
) -> Path:
    """Write `manifest.json` beside the ONNX file; returns its path.

    The one that was there is kept in `released/`, so that what its model found stays known.
    """
    document = {
        "schema": 1,
        "file": onnx.name,
        "sha256": sha256(onnx.read_bytes()).hexdigest(),
        "architecture": "yolo11n",
        "input_px": INPUT_PX,
        "target_gsd_cm": TARGET_GSD_M * 100,
        "search_gsd_cm": list(search_gsd_cm),
        "second_look": None if second_look is None else second_look.model_dump(mode="json"),
        "classes": [c.value for c in CLASSES],
        "colour_order": "RGB",
        "scale": "1/255",
        "thresholds": {c.value: thresholds[c] for c in CLASSES},
        "any_scale_thresholds": {c.value: t for c, t in (any_scale_thresholds or {}).items()},
        "boat_network": None if boat_network is None else boat_network.model_dump(),
        "calibrations": {
            c.value: [[round(raw, 4), round(chance, 4)] for raw, chance in curve.points]
            for c, curve in (calibrations or {}).items()
        },
        "training": dict(training),
        "metrics": dict(metrics),
    }
    path = onnx.parent / "manifest.json"
    if path.exists():
        _keep(path)
    path.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    return path


def _keep(manifest: Path) -> None:
    text = manifest.read_text(encoding="utf-8")
    released = manifest.parent / "released"
    released.mkdir(exist_ok=True)
    name = Path(json.loads(text)["file"]).with_suffix(".json").name
    (released / name).write_text(text, encoding="utf-8")
