"""How clear the water looks: an estimate of its Secchi depth from one picture.

The Secchi depth is how deep a white disc can still be seen, in metres. One picture cannot measure
it: murky water, a sandy bottom and milky light look much alike. What it can do is tell kinds of
water apart, by colour (clear water takes the red out, silt puts it back) and by how much detail
comes up from below. The formula is a straight line through the logarithms, fitted on rendered seas
whose Secchi depth is known (`detection.training.water_clarity` fits it and tells how well it does):

* it was fitted on six kinds of sea; pictures of two others it ranks as their Secchi depths with a
  correlation of 0.41, those of all eight, each left out of the fit in turn, with 0.65, and it is
  wrong by a factor of 1.9 (1 sigma);
* within one kind of sea it says next to nothing: it does not tell yesterday's water from today's;
* no field measurement has been held against it.

So it is shown, and nothing is decided by it.
"""

from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

# Coarse enough for any flight, fine enough for tufts of grass; ripples are averaged away.
SCALE_M = 0.2
# 1 sigma of the estimate, as a factor, on rendered kinds of sea that it was not fitted on.
ERROR_FACTOR = 2.0
_LEAST_WATER_SHARE = 0.25
_FEWEST_PIXELS = 2500
_GAMMA = 2.2  # of sRGB, near enough (IEC 61966-2-1)
_GLITTER_LEAST, _DARKEST = 235, 8  # levels of 255, of all channels: nothing is told of the water
_FLOOR = 1e-3
_SPREAD_PERCENTILE = 75
_FINE, _WIDE = (2.5, 7.0), (7.0, 20.0)  # pixels of SCALE_M: half a metre to four


class Look(NamedTuple):
    """What is measured of the water; natural logarithms.

    Red and blue against green, the detail in brightness at half a metre to a metre and a half, and
    that in colour at one to four metres.
    """

    red: float
    blue: float
    detail: float
    hues: float


# Fitted by `python -m detection.training.water_clarity`.
_MIDDLE = Look(-0.416, -0.147, -2.955, -3.983)
_SPREAD = Look(0.568, 0.218, 0.693, 1.068)
_SLOPES = Look(-0.121, 0.093, 0.204, 0.338)
_USUAL = 1.501
# What 98 % of the rendered seas look like. A picture beyond shows land, or water that nothing is
# known of; only more red taken out is just clearer water.
_LEAST = Look(-2.25, -0.90, -4.42, -6.46)
_MOST = Look(0.54, 0.40, -1.42, -1.92)


def estimated_secchi_m(pixels_bgr: npt.NDArray[np.uint8], gsd_m: float) -> float | None:
    """Estimate the Secchi depth, in metres, from a picture (H x W x 3) of `gsd_m` a pixel.

    None where too little of it looks like water, or its pixels are too coarse.
    """
    look = look_of(pixels_bgr, gsd_m)
    if look is None:
        return None
    look = look._replace(red=max(look.red, _LEAST.red))
    if any(not low <= at <= high for low, at, high in zip(_LEAST, look, _MOST, strict=True)):
        return None
    return clearness(look)


def clearness(look: Look) -> float:
    """The Secchi depth that a look of water speaks for, in metres."""
    parts = zip(look, _MIDDLE, _SPREAD, _SLOPES, strict=True)
    log_m = _USUAL + sum(slope * (at - middle) / spread for at, middle, spread, slope in parts)
    return float(np.exp(log_m))


def look_of(pixels_bgr: npt.NDArray[np.uint8], gsd_m: float) -> Look | None:
    """Measure what a picture shows of the water; None where it shows too little."""
    if gsd_m > SCALE_M:
        return None
    shrink = gsd_m / SCALE_M
    small = cv2.resize(pixels_bgr, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    told = (small.min(axis=2) < _GLITTER_LEAST) & (small.max(axis=2) > _DARKEST)
    if np.count_nonzero(told) < max(_FEWEST_PIXELS, _LEAST_WATER_SHARE * told.size):
        return None
    light = np.log((small.astype(np.float32) / 255) ** _GAMMA + _FLOOR)
    blue, green, red = (light[..., channel] for channel in range(3))
    return Look(
        red=float(np.median((red - green)[told])),
        blue=float(np.median((blue - green)[told])),
        detail=_detail(light.mean(axis=2), told, *_FINE),
        hues=_detail(red - green, told, *_WIDE),
    )


def _detail(
    values: npt.NDArray[np.float32], told: npt.NDArray[np.bool_], fine_px: float, wide_px: float
) -> float:
    """How strong the detail between two sizes is, as a logarithm."""
    band = cv2.GaussianBlur(values, (0, 0), fine_px) - cv2.GaussianBlur(values, (0, 0), wide_px)
    return float(np.log(np.percentile(np.abs(band[told]), _SPREAD_PERCENTILE) + _FLOOR))
