"""What a small drone camera does to a picture: light, lens, sensor, sharpening, JPEG."""

import cv2
import numpy as np
import numpy.typing as npt

Picture = npt.NDArray[np.uint8]
_Floats = npt.NDArray[np.float32]
_FLAT_BLACK, _FLAT_CONTRAST, _FLAT_COLOUR = np.float32(97), np.float32(0.3), np.float32(0.6)


def taken_by_camera(rgb: Picture, rng: np.random.Generator) -> Picture:
    """The picture with camera effects drawn at random, height x width x 3 RGB as given.

    Each effect is mild or absent in most pictures and strong in a few.
    """
    picture: _Floats = rgb.astype(np.float32)
    if rng.random() < 0.2:
        picture = _resampled(picture, float(rng.uniform(0.45, 0.95)))
    if rng.random() < 0.3:
        picture = _motion_blurred(picture, rng)
    if rng.random() < 0.5:
        picture = _blurred(picture, 0.3 + 0.8 * float(rng.beta(1.2, 2.5)))
    _expose(picture, rng)
    picture = _toned(picture, rng)
    _add_noise(picture, rng)
    if rng.random() < 0.25:
        picture = _denoised(picture, float(rng.uniform(0.3, 1.0)))
    if rng.random() < 0.55:
        sigma = float(rng.uniform(0.7, 1.8))
        picture += float(rng.uniform(0.2, 1.1)) * (picture - _blurred(picture, sigma))
    taken = np.asarray(np.clip(picture, 0, 255), dtype=np.uint8)
    for _ in range(int(rng.choice([0, 1, 2], p=[0.45, 0.45, 0.1]))):
        taken = through_jpeg(taken, int(40 + 55 * rng.beta(3.0, 1.5)))
    return taken


def in_flat_profile(rgb: Picture) -> Picture:
    """The picture as in a flat colour profile: 0.3 of the contrast, 0.6 of the colour, no black.

    Drones offer such for grading afterwards. No training picture is as flat; the shares are ours.
    """
    picture = rgb.astype(np.float32)
    grey = picture.mean(axis=2, keepdims=True)
    flat = _FLAT_BLACK + _FLAT_CONTRAST * (grey + _FLAT_COLOUR * (picture - grey))
    return np.asarray(np.clip(np.rint(flat), 0, 255), dtype=np.uint8)


def _expose(picture: _Floats, rng: np.random.Generator) -> None:
    """Exposure, white balance, darker corners and uneven bands, in place."""
    height, width = picture.shape[:2]
    warm = float(rng.normal(0, 0.045))  # red against blue: morning, noon, clouds
    green = float(rng.normal(0, 0.02))
    stops = float(rng.normal(0, 0.14))
    picture *= np.exp(np.array([stops + warm, stops + green, stops - warm], dtype=np.float32))
    if rng.random() < 0.4:  # a tile sees only a part of the lens's darker corners
        x, y = np.meshgrid(
            np.linspace(-1, 1, width, dtype=np.float32),
            np.linspace(-1, 1, height, dtype=np.float32),
        )
        towards = float(rng.uniform(0, 2 * np.pi))
        ramp = x * np.float32(np.cos(towards)) + y * np.float32(np.sin(towards))
        picture *= (1 + np.float32(0.14 * rng.uniform(0, 1)) * ramp)[..., None]
    if rng.random() < 0.06:  # a rolling shutter under changing light
        rows = np.arange(height, dtype=np.float32)
        period = float(rng.uniform(0.2, 2.0)) * height
        band = np.sin(2 * np.pi * rows / np.float32(period) + np.float32(rng.uniform(0, 6)))
        picture *= (1 + np.float32(rng.uniform(0.01, 0.05)) * band)[:, None, None]


def _toned(picture: _Floats, rng: np.random.Generator) -> _Floats:
    """Haze, gamma, contrast and saturation, as scattered light and the camera's style make them."""
    if rng.random() < 0.25:
        veil = 0.3 * float(rng.beta(1.2, 2.0))
        air = np.array([214, 221, 228], dtype=np.float32)
        picture = picture * np.float32(1 - veil) + air * np.float32(veil)
    if rng.random() < 0.5:
        gamma = float(np.exp(rng.normal(0, 0.16)))
        picture = 255 * np.power(np.clip(picture, 0, 255) / 255, np.float32(gamma))
    if rng.random() < 0.6:
        contrast = np.float32(np.exp(rng.normal(0, 0.14)))
        mean = picture.mean()
        picture = (picture - mean) * contrast + mean
    if rng.random() < 0.5:
        grey = picture.mean(axis=2, keepdims=True)
        picture = grey + (picture - grey) * np.float32(rng.uniform(0.55, 1.3))
    return np.asarray(picture, dtype=np.float32)


def _add_noise(picture: _Floats, rng: np.random.Generator) -> None:
    """Grain in brightness, and coarser blotches of colour, in place."""
    height, width = picture.shape[:2]
    grain = np.float32(5 * rng.beta(1.0, 2.2))
    picture += grain * rng.standard_normal((height, width, 1), dtype=np.float32)
    if rng.random() < 0.3:
        coarse = rng.standard_normal((-(-height // 3), -(-width // 3), 3), dtype=np.float32)
        blotches = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR)
        picture += np.float32(rng.uniform(0.5, 4)) * blotches


def _denoised(picture: _Floats, strength: float) -> _Floats:
    """Smear faint texture and keep edges, as in-camera noise reduction does."""
    smooth = cv2.bilateralFilter(picture, 5, 14.0, 2.0)
    return np.asarray(picture + np.float32(strength) * (smooth - picture), dtype=np.float32)


def _resampled(picture: _Floats, scale: float) -> _Floats:
    """Shrunk and enlarged again: digital zoom, or a frame of a video."""
    height, width = picture.shape[:2]
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    large = cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.asarray(large, dtype=np.float32)


def through_jpeg(picture: Picture, quality: int) -> Picture:
    """Compressed and read again."""
    _, file = cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    decoded = cv2.imdecode(file, cv2.IMREAD_COLOR)
    if decoded is None:
        raise AssertionError("OpenCV cannot read the JPEG it has just written")
    return np.ascontiguousarray(decoded[..., ::-1], dtype=np.uint8)


def _blurred(picture: _Floats, sigma_px: float) -> _Floats:
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma_px), dtype=np.float32)


def _motion_blurred(picture: _Floats, rng: np.random.Generator) -> _Floats:
    """Smear by 2 to 5 pixels in one direction: flying on while the shutter is open."""
    length = int(rng.choice([2, 3, 4, 5], p=[0.45, 0.3, 0.15, 0.1]))
    kernel = np.zeros((7, 7), dtype=np.float32)
    angle = rng.uniform(0, np.pi)
    reach = length / 2 * np.array([np.cos(angle), np.sin(angle)])
    start, end = np.rint(3 - reach).astype(int), np.rint(3 + reach).astype(int)
    cv2.line(kernel, tuple(map(int, start)), tuple(map(int, end)), 1.0)
    return np.asarray(cv2.filter2D(picture, -1, kernel / kernel.sum()), dtype=np.float32)
