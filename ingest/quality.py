"""How much of a frame can be used: sharpness, exposure, and the sun's glare on the sea.

How clear the water looks is estimated beside it and decides nothing: see `ingest.water_clarity`.
"""

from dataclasses import dataclass
from math import inf
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from ingest.frame import Frame, Note
from ingest.glitter import may_glitter
from ingest.pixels import decode_bgr
from ingest.projection import SeaView
from ingest.sharpness import edge_blur_px
from ingest.sun import sun_position
from ingest.water_clarity import estimated_secchi_m

SCALE_DENOMINATOR = 4
# Pixels of the full picture, one standard deviation. Sharp photos of three cameras measure 2.4 to
# 4.0 at a quarter of the resolution, smeared by 31 pixels of motion 7.4 and more. At the usual
# 2.5 cm a pixel the limit is 18 cm, several of the detector's pixels of 5 cm.
_MOST_BLUR_PX = 7.0
# A quarter of the picture, ours: Hodgson et al. 2013 (PLoS ONE 8, e79556) found dugongs masked by
# glitter in a picture's corner again in the next picture; with a quarter lost, overlap fails too.
_MOST_CLIPPED_SHARE = 0.25
_MOST_GLARE_SHARE = 0.25
# Levels of 255, by the middle one of three channels: 15 is half a per cent of the light of white
# (IEC 61966-2-1), and at 250 two channels are full, with colour and shape lost.
_DARKEST, _BRIGHTEST = 15, 250
# Glitter at a quarter of the resolution: bright in every channel, and near to white.
_GLITTER_LEAST, _GLITTER_COLOUR = 180, 60

_Picture = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class PixelQuality:
    """What the pixels tell of a picture, wherever the camera was; the rest takes a frame.

    `sharpness`, `clipped_share` and `reasons` are as in `FrameQuality`, the last without the two
    that depend on where the camera looked.
    """

    sharpness: float | None
    clipped_share: float
    reasons: tuple[Note, ...]


@dataclass(frozen=True)
class FrameQuality:
    """What can be made of a frame.

    `sharpness` is 1 for a picture without blur, 1/2 at the limit of use, 0 for one of nothing but
    blur; None when it shows too few edges to tell, as over calm water. `clipped_share` is the part
    of the picture (0 to 1) without detail, black or white; `glare_share` the part in the sun's
    glitter, None when the photo does not tell where the camera looked. `secchi_m` is a rough
    estimate of how deep one sees into the water, good to `water_clarity.ERROR_FACTOR` and never a
    reason; None where little looks like water. `reasons` say why the frame
    should not count as a look at the sea; their codes are `too_blurred`, `too_dark`, `too_bright`,
    `glare` and `no_sea`.
    """

    sharpness: float | None
    clipped_share: float
    glare_share: float | None
    horizon_in_view: bool
    reasons: tuple[Note, ...]
    secchi_m: float | None = None

    @property
    def usable(self) -> bool:
        """Whether the frame counts as a look at the sea: no reason speaks against it."""
        return not self.reasons


def read_quality(frame: Frame) -> FrameQuality:
    """Decode a frame at a quarter of its resolution and measure it; raises PhotoError."""
    return measure_quality(frame, decode_bgr(frame.path, scale_denominator=SCALE_DENOMINATOR))


def read_pixel_quality(path: Path, width_px: int) -> PixelQuality:
    """Decode a picture of this width at a quarter of it and measure it; raises PhotoError."""
    return measure_pixels(decode_bgr(path, scale_denominator=SCALE_DENOMINATOR), width_px)


def measure_pixels(pixels_bgr: _Picture, width_px: int) -> PixelQuality:
    """Measure a picture that is stored `width_px` wide, given at a quarter of that or more.

    Raises ValueError for a smaller one, whose own pixels are as coarse as the blur allowed.
    """
    scale = width_px / pixels_bgr.shape[1]
    if scale > SCALE_DENOMINATOR * 1.1:
        raise ValueError(
            f"the picture must be at least 1/{SCALE_DENOMINATOR} of the frame's "
            f"{width_px} px wide; got {pixels_bgr.shape[1]} px"
        )
    grey = cv2.cvtColor(pixels_bgr, cv2.COLOR_BGR2GRAY).astype(np.float32)
    blur = edge_blur_px(grey)
    blur_px = None if blur is None else blur * scale
    _, middle, _ = _ordered_channels(pixels_bgr)
    dark_share = float(np.mean(middle <= _DARKEST))
    bright_share = float(np.mean(middle >= _BRIGHTEST))
    return PixelQuality(
        sharpness=None if blur_px is None else 1 / (1 + (blur_px / _MOST_BLUR_PX) ** 2),
        clipped_share=dark_share + bright_share,
        reasons=(*_blur_reasons(blur_px), *_exposure_reasons(dark_share, bright_share)),
    )


def measure_quality(frame: Frame, pixels_bgr: _Picture) -> FrameQuality:
    """Measure a frame from its whole picture (H x W x 3), at a quarter of its resolution or more.

    Raises ValueError for a smaller picture, whose own pixels are as coarse as the blur allowed.
    """
    anywhere = measure_pixels(pixels_bgr, frame.width_px)
    least, _, most = _ordered_channels(pixels_bgr)
    white = (least >= _GLITTER_LEAST) & (most - least <= _GLITTER_COLOUR)
    glare_share = _glare_share(frame, white)
    return FrameQuality(
        sharpness=anywhere.sharpness,
        clipped_share=anywhere.clipped_share,
        glare_share=glare_share,
        horizon_in_view=_horizon_in_view(frame),
        reasons=(*anywhere.reasons, *_glare_reasons(glare_share), *_sea_reasons(frame)),
        secchi_m=_secchi_m(frame, pixels_bgr, frame.width_px / pixels_bgr.shape[1]),
    )


def _secchi_m(frame: Frame, pixels_bgr: _Picture, scale: float) -> float | None:
    """The estimate, where the scale on the sea is known, and much the same all over the picture."""
    if frame.gsd_cm is None or _horizon_in_view(frame):
        return None
    return estimated_secchi_m(pixels_bgr, frame.gsd_cm / 100 * scale)


def _ordered_channels(pixels_bgr: _Picture) -> tuple[_Picture, _Picture, _Picture]:
    """The darkest, the middle and the brightest of each pixel's three channels, H x W each."""
    blue, green, red = cv2.split(pixels_bgr)
    less, more = cv2.min(blue, green), cv2.max(blue, green)
    ordered = cv2.min(less, red), cv2.max(less, cv2.min(more, red)), cv2.max(more, red)
    least, middle, most = (np.asarray(channel, np.uint8) for channel in ordered)
    return least, middle, most


def _glare_share(frame: Frame, white: npt.NDArray[np.bool_]) -> float | None:
    """Share of the picture (H x W) that is white and lies where the sea can mirror the sun.

    White alone would count beaches and hulls, and the geometry alone would count the clear water
    between glints. Foam in the same place is counted too, and hides as much.
    """
    if frame.pose.assumed_nadir:
        return None
    height, width = white.shape
    rows, columns = np.nonzero(white)
    xy_px = np.column_stack(
        [(columns + 0.5) * frame.width_px / width, (rows + 0.5) * frame.height_px / height]
    )
    directions = SeaView(frame.camera, frame.pose).directions_enu(xy_px)
    sun = sun_position(frame.taken_at_utc, frame.pose.position)
    return float(np.count_nonzero(may_glitter(directions, sun)) / white.size)


def _horizon_in_view(frame: Frame) -> bool:
    width, height = float(frame.width_px), float(frame.height_px)
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]])
    up = SeaView(frame.camera, frame.pose).directions_enu(corners)[:, 2]
    return bool(up.min() < 0 <= up.max())


def _blur_reasons(blur_px: float | None) -> tuple[Note, ...]:
    if blur_px is None or blur_px <= _MOST_BLUR_PX:
        return ()
    seen = "over many pixels" if blur_px == inf else f"over {blur_px:.0f} pixels"
    text = f"edges are smeared {seen}; up to {_MOST_BLUR_PX:.0f} can be used"
    return (Note("too_blurred", text),)


def _exposure_reasons(dark_share: float, bright_share: float) -> tuple[Note, ...]:
    limit = f"up to {_MOST_CLIPPED_SHARE:.0%} can be used"
    notes = []
    if dark_share > _MOST_CLIPPED_SHARE:
        notes.append(Note("too_dark", f"{dark_share:.0%} of the picture is black; {limit}"))
    if bright_share > _MOST_CLIPPED_SHARE:
        notes.append(Note("too_bright", f"{bright_share:.0%} of the picture is white; {limit}"))
    return tuple(notes)


def _glare_reasons(glare_share: float | None) -> tuple[Note, ...]:
    if glare_share is None or glare_share <= _MOST_GLARE_SHARE:
        return ()
    text = f"the sun glitters on {glare_share:.0%} of it; up to {_MOST_GLARE_SHARE:.0%} can be used"
    return (Note("glare", text),)


def _sea_reasons(frame: Frame) -> tuple[Note, ...]:
    if frame.footprint is not None:
        return ()
    return (Note("no_sea", "the camera looked at or above the horizon: no sea is in the picture"),)
