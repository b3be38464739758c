"""One look at one frame: what was found, how good the picture is, and how far to trust it."""

from dataclasses import dataclass

from detection.detector import Detector
from detection.limits import Limit, Taught, facts_of, limits_of, weighed, weight_of
from detection.types import Detection
from ingest.frame import Frame
from ingest.quality import FrameQuality, read_quality


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


def look_at(frame: Frame, detector: Detector) -> FrameLook:
    """Search a located frame and measure it; raises PhotoError when it cannot be decoded."""
    return judged(frame, detector.detect(frame), detector)


def judged(frame: Frame, found: tuple[Detection, ...], detector: Detector) -> FrameLook:
    """Measure a frame and weigh what was found in it; raises PhotoError when it is damaged."""
    quality = read_quality(frame)
    facts = facts_of(frame, quality)
    taught = Taught.at_gsd_cm(detector.manifest.target_gsd_cm)
    return FrameLook(frame, weighed(found, frame, facts, taught), quality, limits_of(facts, taught))
