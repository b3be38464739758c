"""One look at one frame: what was found, how good the picture is, and how far to trust it."""

from collections.abc import Sequence
from dataclasses import dataclass

from detection.detector import Detector, Picture
from detection.limits import (
    Limit,
    Taught,
    facts_of,
    facts_of_pixels,
    limits_of,
    weighed,
    weighed_alike,
    weight_of,
)
from detection.manifest import Manifest
from detection.types import Detection
from ingest.frame import Frame
from ingest.quality import FrameQuality, read_pixel_quality, read_quality


@dataclass(frozen=True)
class FrameLook:
    """A frame that was searched.

    `detections` are best first, their scores lowered where the frame, or their part of it, is
    beyond what the detector was taught; `limits` says why, for the frame as a whole.
    """

    frame: Frame
    detections: tuple[Detection, ...]
    quality: FrameQuality
    limits: tuple[Limit, ...]

    @property
    def weight(self) -> float:
        """What the frame's limits leave of a score at its centre, in (0, 1]."""
        return weight_of(self.limits)


@dataclass(frozen=True)
class PictureLook:
    """A picture without place that was searched; the rest is as in `FrameLook`."""

    detections: tuple[Detection, ...]
    limits: tuple[Limit, ...]

    @property
    def weight(self) -> float:
        """What the picture's limits leave of a score, in (0, 1]."""
        return weight_of(self.limits)


def look_at_unlocated(picture: Picture, detector: Detector) -> PictureLook:
    """Search a picture without place and measure its pixels; raises PhotoError."""
    found = detector.detect_unlocated(picture)
    facts = facts_of_pixels(read_pixel_quality(picture.path, picture.width_px))
    limits = limits_of(facts, Taught.at_gsd_cm(detector.manifest.target_gsd_cm))
    return PictureLook(weighed_alike(found, limits), limits)


def look_at(frame: Frame, detector: Detector) -> FrameLook:
    """Search a located frame and measure it; raises PhotoError when it cannot be decoded."""
    return judged(frame, detector.detect(frame), read_quality(frame), detector.manifest)


def judged(
    frame: Frame, found: Sequence[Detection], quality: FrameQuality, manifest: Manifest
) -> FrameLook:
    """Weigh what a manifest's model found in a frame of a quality."""
    facts = facts_of(frame, quality)
    taught = Taught.at_gsd_cm(manifest.target_gsd_cm)
    return FrameLook(frame, weighed(found, frame, facts, taught), quality, limits_of(facts, taught))
