"""An eight-bit copy of the released network answers nearly as the original does."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from detection.engine import OpenVinoEngine
from detection.manifest import load_manifest
from detection.precision import Precision

pytest.importorskip("nncf", reason="needs the extra `train`")

from detection.training.quantise import FEWEST_TILES, QuantiseError, quantise

HOUSE = Path(__file__).parents[3]
MODELS = HOUSE / "models"
FRAMES = sorted((HOUSE / "sample_flights" / "seagrass_survey").glob("*.JPG"))


def released():
    manifest = load_manifest(MODELS / "manifest.json")
    return MODELS / manifest.file, manifest.input_px


def tiles(count):
    """Crops of a rendered flight."""
    _, side = released()
    cut = []
    for path in FRAMES:
        picture = cv2.imread(str(path))
        cut += [
            np.ascontiguousarray(picture[y : y + side, x : x + side])
            for y in (0, picture.shape[0] - side)
            for x in (0, 480, picture.shape[1] - side)
        ]
    return cut[:count]


@pytest.mark.deep
def test_the_copy_scores_nearly_as_the_original(tmp_path):
    onnx, side = released()
    copy = quantise(onnx, tiles(FEWEST_TILES), tmp_path / "small.xml")
    seen = tiles(12)
    exact = OpenVinoEngine(onnx, side, precision=Precision.F32).infer(seen)
    close = OpenVinoEngine(copy, side, precision=Precision.F32).infer(seen)
    best = np.array([[raw[4:].max() for raw in answers] for answers in (exact, close)])
    assert best[0].max() > 0.5  # there is something to find
    assert np.abs(best[0] - best[1]).max() < 0.2
    size = copy.stat().st_size + copy.with_suffix(".bin").stat().st_size
    assert size < 0.6 * onnx.stat().st_size


def test_too_few_tiles_are_refused(tmp_path):
    with pytest.raises(QuantiseError, match=f"at least {FEWEST_TILES} tiles; got 3"):
        quantise(released()[0], tiles(3), tmp_path / "small.xml")


def test_tiles_of_another_size_are_refused(tmp_path):
    with pytest.raises(QuantiseError, match=r"640 x 640 px .* got an array of shape \(64, 64, 3\)"):
        quantise(released()[0], [np.zeros((64, 64, 3), np.uint8)], tmp_path / "small.xml")


def test_another_suffix_is_refused(tmp_path):
    with pytest.raises(QuantiseError, match=r"written as \.xml and \.bin; got small\.onnx"):
        quantise(released()[0], [], tmp_path / "small.onnx")
