"""Crops of real sea photographs as backgrounds, at a wanted ground sample distance."""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from ingest.errors import LibongError

_KEPT_GSD_M = 0.025  # about as fine as any tile ends up; keeps the pictures small in memory
# Crops for training come from the left of a picture, those for judging from its right.
_SPLIT_AT = 0.75


class SeaPhotoError(LibongError, ValueError):
    """A background photograph that cannot be read."""


@dataclass(frozen=True)
class SeaPhoto:
    """A photograph of sea without boats, gear or dugongs, RGB, and its ground sample distance."""

    rgb: npt.NDArray[np.uint8]
    gsd_m: float


# File name -> ground sample distance: height above the sea x pixel pitch / focal length.
_KNOWN = {
    "DJI_20240213141303_0001.JPG": 149.9
    * (35.9e-3 / 8192)
    / 35e-3,  # Zenmuse P1, XMP RelativeAltitude
    "DSC00316.jpg": 121.2
    * (35.9e-3 / 7952)
    / 35e-3,  # RX1R II, EXIF altitude, a height above EGM96
}


def load_sea_photos(folder: Path) -> tuple[SeaPhoto, ...]:
    """The photographs known to be plain sea, at 2.5 cm a pixel; empty where there are none."""
    photos = []
    for name, gsd_m in _KNOWN.items():
        path = folder / name
        if not path.is_file():
            continue
        bgr = cv2.imread(str(path), cv2.IMREAD_COLOR)
        if bgr is None:
            raise SeaPhotoError(f"{path} is no readable picture; remove it or fetch it again")
        scale = gsd_m / _KEPT_GSD_M
        small = cv2.resize(bgr, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        photos.append(SeaPhoto(np.ascontiguousarray(small[..., ::-1]), _KEPT_GSD_M))
    return tuple(photos)


def random_crop(
    photo: SeaPhoto, rng: np.random.Generator, size_px: int, gsd_m: float, *, training: bool
) -> npt.NDArray[np.uint8]:
    """A square crop about `gsd_m` a pixel, turned by any angle, mirrored, and coloured anew.

    The scale is varied by a third: sea looks alike over that range, and few photographs have to
    stand for many.
    """
    height, width = photo.rgb.shape[:2]
    border = int(_SPLIT_AT * width)
    low, high = (0, border) if training else (border, width)
    scale = gsd_m / photo.gsd_m * float(np.exp(rng.uniform(-0.33, 0.33)))
    turn = float(rng.uniform(0, 2 * np.pi))
    # the turned square must lie in its part of the photograph; shrink it where it does not fit
    spread = abs(np.cos(turn)) + abs(np.sin(turn))
    reach = min(size_px * scale * spread, high - low - 2.0, height - 2.0)
    scale = reach / spread / size_px
    centre = (
        low + reach / 2 + float(rng.random()) * (high - low - reach),
        reach / 2 + float(rng.random()) * (height - reach),
    )
    return _recoloured(_turned_square(photo, centre, turn, scale, size_px, rng), rng)


def _turned_square(
    photo: SeaPhoto,
    centre_px: tuple[float, float],
    turn: float,
    scale: float,
    size_px: int,
    rng: np.random.Generator,
) -> npt.NDArray[np.uint8]:
    """The square around a point of the photograph, `scale` of its pixels to one, maybe mirrored."""
    reach = int(size_px * scale * (abs(np.cos(turn)) + abs(np.sin(turn))) / 2) + 2
    left, top = max(0, int(centre_px[0]) - reach), max(0, int(centre_px[1]) - reach)
    part = photo.rgb[top : int(centre_px[1]) + reach + 1, left : int(centre_px[0]) + reach + 1]
    shrink = max(1.0, scale)  # average first, so that glitter does not flicker
    small = cv2.resize(part, None, fx=1 / shrink, fy=1 / shrink, interpolation=cv2.INTER_AREA)
    fx, fy = small.shape[1] / part.shape[1], small.shape[0] / part.shape[0]
    mirror = -1.0 if rng.random() < 0.5 else 1.0
    axes = scale * np.array(
        [[np.cos(turn) * mirror, -np.sin(turn)], [np.sin(turn) * mirror, np.cos(turn)]]
    )
    middle = np.array([centre_px[0] - left, centre_px[1] - top])
    start = middle - axes @ np.array([size_px / 2, size_px / 2])
    matrix = np.diag([fx, fy]) @ np.column_stack([axes, start])
    crop = cv2.warpAffine(
        small, matrix, (size_px, size_px), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REFLECT_101,
    )  # fmt: skip
    return np.asarray(crop, dtype=np.uint8)


# Mean colours that sea may have in a picture (sRGB, 0..255); crops are drawn towards them.
_OTHER_WATERS = (
    (86, 110, 98), (92, 101, 72), (105, 145, 136), (120, 130, 110), (135, 125, 98), (40, 90, 98),
    (30, 66, 84), (75, 120, 112), (112, 125, 130), (52, 80, 70),
)  # fmt: skip


def _recoloured(crop: npt.NDArray[np.uint8], rng: np.random.Generator) -> npt.NDArray[np.uint8]:
    """The same waves and bottom in another water, light and exposure."""
    picture = crop.astype(np.float32)
    if rng.random() < 0.6:
        other = np.asarray(_OTHER_WATERS[int(rng.integers(len(_OTHER_WATERS)))], dtype=np.float32)
        mean = picture.mean(axis=(0, 1))
        towards = np.float32(rng.uniform(0.2, 1.0))
        # shift rather than multiply: a channel that is nearly black has no texture to enlarge
        texture = picture - mean
        grey = texture.mean(axis=2, keepdims=True)
        texture += np.float32(0.6) * towards * (grey - texture)
        picture = mean + towards * (other - mean) + texture * np.float32(rng.uniform(0.7, 1.3))
    else:
        grey = picture.mean(axis=2, keepdims=True)
        picture = grey + (picture - grey) * np.float32(rng.uniform(0.35, 1.05))
    warm, stops = float(rng.normal(0, 0.06)), float(rng.normal(0, 0.12))
    picture *= np.exp(np.array([stops + warm, stops, stops - warm], dtype=np.float32))
    gamma = np.float32(np.exp(rng.normal(0, 0.15)))
    picture = 255 * np.power(np.clip(picture, 0, 255) / 255, gamma)
    return np.asarray(np.clip(picture, 0, 255), dtype=np.uint8)
