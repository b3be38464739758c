import json
from hashlib import sha256

import pytest

from detection.errors import ModelError
from detection.manifest import load_manifest
from detection.types import ObjectClass

WEIGHTS = b"weights"
GOOD = {
    "schema": 1,
    "file": "m.onnx",
    "sha256": sha256(WEIGHTS).hexdigest(),
    "architecture": "yolo11n",
    "input_px": 640,
    "target_gsd_cm": 5.0,
    "classes": ["dugong", "boat", "fishing_gear"],
    "thresholds": {"dugong": 0.3, "boat": 0.4, "fishing_gear": 0.5},
}


def written(tmp_path, document, weights=WEIGHTS):
    if weights is not None:
        (tmp_path / "m.onnx").write_bytes(weights)
    path = tmp_path / "manifest.json"
    path.write_text(document if isinstance(document, str) else json.dumps(document))
    return path


def test_a_good_manifest_is_read(tmp_path):
    manifest = load_manifest(written(tmp_path, GOOD))
    assert manifest.classes == tuple(ObjectClass)
    assert manifest.threshold(ObjectClass.BOAT) == 0.4


@pytest.mark.parametrize(
    ("document", "weights", "told"),
    [
        ("{", WEIGHTS, "cannot be read"),
        (GOOD | {"classes": ["dugong", "whale"]}, WEIGHTS, "whale|classes"),
        (GOOD | {"input_px": 650}, WEIGHTS, "input_px"),
        (GOOD | {"thresholds": {"dugong": 0.3}}, WEIGHTS, "no threshold for boat, fishing_gear"),
        (GOOD | {"calibrations": {"boat": [[0.2, 0.4], [0.1, 0.5]]}}, WEIGHTS, "ascending"),
        (GOOD, None, "not beside it"),
        (GOOD, b"other", "its manifest says .* export the model anew"),
    ],
)
def test_each_fault_is_named(tmp_path, document, weights, told):
    with pytest.raises(ModelError, match=told):
        load_manifest(written(tmp_path, document, weights))


def test_no_manifest_says_which_setting_to_mend(tmp_path):
    with pytest.raises(ModelError, match="LIBONG_MODEL"):
        load_manifest(tmp_path / "none.json")
