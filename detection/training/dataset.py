"""Training tiles, each its own world, split by world, and their labels in YOLO's layout."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from detection.training.camera_effects import taken_by_camera
from detection.training.land import random_land
from detection.training.oblique import MAX_TILT_DEG, oblique_view, source_size_px
from detection.training.random_tile import (
    composite_tile,
    drawn_xyxy,
    random_tile,
    worth_labelling,
)
from detection.training.random_world import FAMILIES, HELD_OUT_FAMILIES
from detection.training.scene import Box
from detection.training.sea_photos import SeaPhoto, load_sea_photos, random_crop
from detection.training.search_resampling import as_searched, random_enlargement, taken_size_px
from detection.types import ObjectClass

TARGET_GSD_M = 0.05  # a 2.5 m dugong is 50 px long: several cells of the finest feature map
CLASSES = tuple(ObjectClass)
# Every split draws its worlds from its own range of seeds, so none is in two splits.
SPLIT_SEEDS = {"train": 0, "val": 10_000_000, "test": 20_000_000}

_LAND_SHARE = 0.10  # drones fly over beaches too, and what lies on land fools the detector most
_PHOTO_SHARE = 0.05  # plain crops of real sea
_COMPOSITE_SHARE = 0.17  # objects painted into crops of real sea
_WIDE_SCALE_SHARE = 0.3  # pictures without a known scale are searched at steps: any size is met
# Rangers look ahead of the drone as often as down: tiles seen aslant, and how far off straight down
_OBLIQUE_SHARE = 0.3
_OBLIQUE_TILT_DEG = (8.0, MAX_TILT_DEG)
_KEPT_QUALITY = 95  # of a resampled tile, which has been a JPEG before


@dataclass(frozen=True)
class TilePlan:
    """What to make: `count` tiles of `size_px` for a split, with or without real sea photos.

    The rendered seas of `test` are of the families held out from training, those of the other
    splits of the families that training knows.
    """

    split: str
    count: int
    size_px: int
    photo_folder: Path | None = None
    first_seed: int = 0


@dataclass(frozen=True)
class Tile:
    """A tile as the network gets it, RGB, its boxes, and what kind of scene it is.

    `gsd_m` is the ground a pixel shows at the middle, metres.
    """

    rgb: npt.NDArray[np.uint8]
    boxes: tuple[Box, ...]
    scene: str
    gsd_m: float
    jpeg_quality: int


@lru_cache(maxsize=1)
def _photos(folder: Path | None) -> tuple[SeaPhoto, ...]:
    return load_sea_photos(folder) if folder else ()


def make_tile(plan: TilePlan, number: int) -> Tile:
    """Tile `number` of a plan; the same numbers give the same tile."""
    seed = SPLIT_SEEDS[plan.split] + plan.first_seed + number
    rng = np.random.default_rng([seed, 80])
    spread = (0.4, 1.9) if rng.random() < _WIDE_SCALE_SHARE else (0.75, 1.35)
    gsd_m = TARGET_GSD_M * float(np.exp(rng.uniform(*np.log(spread))))
    enlargement = random_enlargement(rng, gsd_m)
    taken_px, taken_gsd_m = taken_size_px(plan.size_px, enlargement), gsd_m * enlargement
    photos = _photos(plan.photo_folder)
    oblique = rng.random() < _OBLIQUE_SHARE
    tilt_deg = float(rng.uniform(*_OBLIQUE_TILT_DEG)) if oblique else 0.0
    side_px = source_size_px(taken_px, tilt_deg) if oblique else taken_px
    draw = rng.random()
    boxes: tuple[Box, ...] = ()
    if draw < _LAND_SHARE:
        scene, rgb = "land", random_land(seed, side_px, taken_gsd_m)
    elif photos and draw < _LAND_SHARE + _PHOTO_SHARE + _COMPOSITE_SHARE:
        photo = photos[int(rng.integers(len(photos)))]
        crop = random_crop(photo, rng, side_px, taken_gsd_m, training=plan.split == "train")
        if draw < _LAND_SHARE + _PHOTO_SHARE:
            scene, rgb = "photo", crop
        else:
            _, render = composite_tile(seed, crop, taken_gsd_m)
            scene, rgb, boxes = "composite", render.rgb, render.boxes
    else:
        families = HELD_OUT_FAMILIES if plan.split == "test" else FAMILIES
        world, render = random_tile(seed, side_px, taken_gsd_m, tilt_deg, families)
        scene, rgb, boxes = world.family, render.rgb, render.boxes
    if oblique:
        rgb, boxes = oblique_view(rgb, boxes, rng, tilt_deg, size_px=taken_px, gsd_m=taken_gsd_m)
    rgb, quality = taken_by_camera(rgb, rng), int(rng.integers(60, 96))
    if enlargement != 1:
        rgb, boxes = as_searched(rgb, boxes, plan.size_px, quality)
        quality = _KEPT_QUALITY
    return Tile(rgb, boxes, scene, gsd_m, quality)


def tile_name(plan: TilePlan, number: int) -> str:
    """The name of the files of tile `number` of a plan: its seed, in eight digits."""
    return f"{SPLIT_SEEDS[plan.split] + plan.first_seed + number:08d}"


def label_lines(tile: Tile) -> list[str]:
    """YOLO labels of a tile: class, then centre and size as shares of the picture."""
    height, width = tile.rgb.shape[:2]
    lines = []
    for box in tile.boxes:
        if not worth_labelling(box):
            continue
        left, top, right, bottom = drawn_xyxy(box, width, height)
        values = ((left + right) / 2 / width, (top + bottom) / 2 / height,
                  (right - left) / width, (bottom - top) / height)  # fmt: skip
        lines.append(f"{CLASSES.index(box.object_class)} " + " ".join(f"{v:.6f}" for v in values))
    return lines
