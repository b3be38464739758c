"""Models of an installation: all stay, one is in use."""

import json
from hashlib import sha256

import pytest

from detection.errors import ModelError
from detection.model_folder import known_models, promote, promoted_manifest, revert


@pytest.fixture
def add_model(tmp_path):
    def add(weights: bytes) -> str:
        digest = sha256(weights).hexdigest()
        folder = tmp_path / digest
        folder.mkdir()
        (folder / "x.onnx").write_bytes(weights)
        document = {
            "file": "x.onnx", "sha256": digest, "architecture": "yolo11n", "input_px": 640,
            "target_gsd_cm": 5.0, "classes": ["dugong", "boat", "fishing_gear"],
            "thresholds": {"dugong": 0.3, "boat": 0.3, "fishing_gear": 0.3},
        }  # fmt: skip
        (folder / "manifest.json").write_text(json.dumps(document))
        return digest

    return add


def test_without_a_promotion_there_is_no_model_of_our_own(tmp_path, add_model):
    assert promoted_manifest(tmp_path / "nowhere") is None
    add_model(b"a")
    assert promoted_manifest(tmp_path) is None
    assert [m.promoted for m in known_models(tmp_path)] == [False]


def test_promoting_and_going_back_keeps_all_models(tmp_path, add_model):
    first, second = add_model(b"a"), add_model(b"b")
    assert promote(tmp_path, first[:10]) == tmp_path / first / "manifest.json"
    promote(tmp_path, second)
    promote(tmp_path, second)  # twice changes nothing
    assert promoted_manifest(tmp_path) == tmp_path / second / "manifest.json"
    assert {m.sha256 for m in known_models(tmp_path) if m.promoted} == {second}
    assert revert(tmp_path) == tmp_path / first / "manifest.json"
    assert revert(tmp_path) is None
    assert {m.sha256 for m in known_models(tmp_path)} == {first, second}
    with pytest.raises(ModelError, match="none to go back from"):
        revert(tmp_path)


def test_a_model_must_be_named_beyond_doubt_and_be_whole(tmp_path, add_model):
    digest = add_model(b"a")
    add_model(b"b")
    for unclear in ("", "zz"):
        with pytest.raises(ModelError, match="libong models list"):
            promote(tmp_path, unclear)
    (tmp_path / digest / "x.onnx").write_bytes(b"other")
    with pytest.raises(ModelError, match="its manifest says"):
        promote(tmp_path, digest)
    assert promoted_manifest(tmp_path) is None


def test_a_damaged_record_is_told_with_its_remedy(tmp_path):
    (tmp_path / "promoted.json").write_text("{")
    with pytest.raises(ModelError, match="Delete it"):
        promoted_manifest(tmp_path)
