"""Tiles to train on. Ultralytics, once imported, replaces Pillow's `Image.open`: undone here."""

from importlib.util import find_spec

import cv2
import pytest
from PIL import Image

if find_spec("ultralytics") is not None:
    plain_open = Image.open
    import ultralytics  # noqa: F401  imported for what it does to Pillow

    Image.open = plain_open


@pytest.fixture(scope="module")
def tiles(tmp_path_factory):
    """A folder of six small rendered tiles."""
    from detection.training.dataset import TilePlan, make_tile

    folder = tmp_path_factory.mktemp("tiles")
    for number in range(6):
        tile = make_tile(TilePlan("val", 6, 128), number)
        cv2.imwrite(str(folder / f"{number}.jpg"), tile.rgb[..., ::-1])
    return folder
