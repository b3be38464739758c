"""Crops of real sea photographs as backgrounds, at a wanted ground sample distance."""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from ingest.errors import LibongError

_KEPT_GSD_M = 0.025  # finer than any tile needs; keeps the pictures small in memory
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
    """A square crop at `gsd_m`, turned and mirrored at random, coloured like other waters."""
    reach = max(8, int(size_px * gsd_m / photo.gsd_m))
    height, width = photo.rgb.shape[:2]
    border = int(_SPLIT_AT * width)
    low, high = (0, border - reach) if training else (border, width - reach)
    column = int(rng.integers(low, max(low, high) + 1))
    row = int(rng.integers(0, max(0, height - reach) + 1))
    native = photo.rgb[row : row + reach, column : column + reach]
    scaled = cv2.resize(native, (size_px, size_px), interpolation=cv2.INTER_AREA)
    crop = np.rot90(np.asarray(scaled, dtype=np.uint8), int(rng.integers(4)))
    if rng.random() < 0.5:
        crop = crop[:, ::-1]
    gains = np.exp(rng.normal(0, 0.12, 3) + rng.normal(0, 0.1))
    if rng.random() < 0.5:  # from clear blue towards the green and brown of silty water
        gains *= np.array([1.0, 0.95, 0.8]) ** rng.uniform(0, 2)
        silt = np.array([100, 105, 70]) * rng.uniform(0, 1)
        return np.clip(crop * gains * 0.8 + silt * 0.4, 0, 255).astype(np.uint8)
    return np.clip(crop * gains, 0, 255).astype(np.uint8)
