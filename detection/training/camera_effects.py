"""What a small drone camera does to a picture: light, colour, blur, noise, sharpening."""

import cv2
import numpy as np
import numpy.typing as npt

Picture = npt.NDArray[np.uint8]


def taken_by_camera(rgb: Picture, rng: np.random.Generator) -> Picture:
    """The picture with camera effects drawn at random, height x width x 3 RGB as given."""
    picture: npt.NDArray[np.float32] = rgb.astype(np.float32)
    height, width = picture.shape[:2]
    if rng.random() < 0.35:
        picture = _motion_blurred(picture, rng)
    if rng.random() < 0.5:
        picture = _blurred(picture, float(rng.uniform(0.3, 1.1)))
    gains = np.exp(rng.normal(0, 0.05, 3) + rng.normal(0, 0.12)).astype(np.float32)
    picture *= gains
    if rng.random() < 0.4:  # the darker corners of a wide lens; a tile sees only a part of them
        x, y = np.meshgrid(np.linspace(-1, 1, width), np.linspace(-1, 1, height))
        towards = rng.uniform(0, 2 * np.pi)
        ramp = x * np.cos(towards) + y * np.sin(towards)
        picture *= (1 + 0.12 * rng.uniform(0, 1) * ramp)[..., None].astype(np.float32)
    if rng.random() < 0.2:  # haze and glare lift the blacks and flatten the contrast
        veil = float(rng.uniform(0.05, 0.3))
        picture = picture * (1 - veil) + 225 * veil
    if rng.random() < 0.6:
        contrast = float(rng.uniform(0.85, 1.25))
        picture = (picture - picture.mean()) * contrast + picture.mean()
    if rng.random() < 0.3:  # vivid or pale colours
        grey = picture.mean(axis=2, keepdims=True)
        picture = grey + (picture - grey) * float(rng.uniform(0.5, 1.4))
    grain = float(rng.uniform(0, 5))
    noise = rng.standard_normal((height, width, 1), dtype=np.float32)
    picture += grain * noise
    if rng.random() < 0.5:
        picture += float(rng.uniform(0.2, 1.0)) * (picture - _blurred(picture, 1.0))
    return np.clip(picture, 0, 255).astype(np.uint8)


def _blurred(picture: npt.NDArray[np.float32], sigma_px: float) -> npt.NDArray[np.float32]:
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma_px), dtype=np.float32)


def _motion_blurred(
    picture: npt.NDArray[np.float32], rng: np.random.Generator
) -> npt.NDArray[np.float32]:
    """Smear by 2 to 5 pixels in one direction: flying on while the shutter is open."""
    length = int(rng.integers(2, 6))
    kernel = np.zeros((7, 7), dtype=np.float32)
    angle = rng.uniform(0, np.pi)
    reach = length / 2 * np.array([np.cos(angle), np.sin(angle)])
    start, end = np.rint(3 - reach).astype(int), np.rint(3 + reach).astype(int)
    cv2.line(kernel, tuple(map(int, start)), tuple(map(int, end)), 1.0)
    return np.asarray(cv2.filter2D(picture, -1, kernel / kernel.sum()), dtype=np.float32)
