"""Tiles and flights. Ultralytics, once imported, replaces Pillow's `Image.open`: undone here."""

import shutil
from importlib.util import find_spec
from pathlib import Path

import cv2
import pytest
from PIL import Image

if find_spec("ultralytics") is not None:
    plain_open = Image.open
    import ultralytics  # noqa: F401  imported for what it does to Pillow

    Image.open = plain_open

HELD_OUT = Path(__file__).parents[3] / "sample_flights" / "held_out"


@pytest.fixture(scope="module")
def tiles(tmp_path_factory):
    """A folder of six small rendered tiles."""
    from detection.training.dataset import TilePlan, make_tile

    folder = tmp_path_factory.mktemp("tiles")
    for number in range(6):
        tile = make_tile(TilePlan("val", 6, 128), number)
        cv2.imwrite(str(folder / f"{number}.jpg"), tile.rgb[..., ::-1])
    return folder


@pytest.fixture(scope="session")
def short_flight():
    """Copies the first two frames of one of the committed held-out flights."""

    def copied(name, target):
        target.mkdir(parents=True)
        for file in ("LIBONG_0001.JPG", "LIBONG_0002.JPG", "truth.json"):
            shutil.copy(HELD_OUT / name / file, target)
        return target

    return copied
