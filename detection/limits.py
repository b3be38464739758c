"""What the detector was not taught to see, and how much less its word counts there.

A network answers as surely on a picture it knows nothing about as on one it does. So each frame is
held against what the training pictures covered, and the scores of what was found in a frame, or a
part of one, beyond that are lowered by a weight. Nothing is dropped for it: a person still sees it,
later in the order, and it takes other frames to bear it out. The weights fall in proportion to how
far the limit is passed, are never above 1 nor below `LEAST_WEIGHT`, and are ours: no field figures
were at hand.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import acos, degrees, prod

import numpy as np

from detection.tiling import MAX_ENLARGEMENT
from detection.types import Detection
from ingest.errors import ProjectionError
from ingest.frame import Frame
from ingest.projection import SeaView
from ingest.quality import FrameQuality, PixelQuality

LEAST_WEIGHT = 0.25
# The middle of the tilts of training pictures ends here.
_MOST_OFF_NADIR_DEG = 45.0
# Most training tiles are searched at up to 1.35 times the model's scale, and half of all are taken
# coarser or finer than that and resampled, enlarged as far as a search does.
_SEARCHED_COARSER = 1.35
# None is taken coarser: drones that rangers fly do not see the sea so, and a dugong of 2.5 m is
# 21 px long there. In rendered flights at 7 to 10 cm as many finds are right as their scores say.
COARSEST_TAUGHT_GSD_CM = 12.0
# A height wrong by so much makes the scale wrong by more than training varied it.
MOST_HEIGHT_ERROR = 0.35
# As `ingest.quality` has it: below this sharpness a frame is too blurred to use.
_LEAST_SHARPNESS = 0.5


@dataclass(frozen=True)
class Taught:
    """What the training pictures covered: scales in cm a pixel, and angles off straight down.

    Scales are those that pictures were taken at, before a search resamples them.
    """

    coarsest_gsd_cm: float
    most_off_nadir_deg: float = _MOST_OFF_NADIR_DEG

    @classmethod
    def at_gsd_cm(cls, target_gsd_cm: float) -> "Taught":
        """What a model of a target scale was taught by this project's training."""
        coarsest_gsd_cm = target_gsd_cm * _SEARCHED_COARSER * MAX_ENLARGEMENT
        return cls(min(coarsest_gsd_cm, COARSEST_TAUGHT_GSD_CM))


@dataclass(frozen=True)
class Facts:
    """What is known of a frame, or of one pixel of it; None for what is not.

    `gsd_cm` and `off_nadir_deg` are those at the place; `height_error` is the height's 1 sigma as a
    fraction; `sharpness`, `glare_share` and `clipped_share` are `FrameQuality`'s, and `reasons` its
    reasons' codes.
    """

    gsd_cm: float | None = None
    off_nadir_deg: float | None = None
    height_m: float | None = None
    height_error: float | None = None
    sharpness: float | None = None
    glare_share: float | None = None
    clipped_share: float | None = None
    reasons: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Limit:
    """One way in which a frame is beyond what was taught, and the weight (0 to 1) it leaves."""

    code: str
    text_th: str
    text_en: str
    weight: float


def limits_of(facts: Facts, taught: Taught) -> tuple[Limit, ...]:
    """Hold a frame's facts, or a pixel's, against what was taught; nothing for what is within."""
    return tuple(
        limit
        for limit in (
            _too_coarse(facts, taught),
            _too_oblique(facts, taught),
            _height_unsure(facts),
            _too_blurred(facts),
            _glare(facts),
            _exposure(facts),
        )
        if limit is not None
    )


def weight_of(limits: Iterable[Limit]) -> float:
    """The weight that all limits leave together, at least `LEAST_WEIGHT`; 1 for none."""
    return max(prod(limit.weight for limit in limits), LEAST_WEIGHT)


def facts_of(frame: Frame, quality: FrameQuality | None) -> Facts:
    """The facts of a frame, at its centre; without a quality, of its pose alone."""
    pose = frame.pose
    return Facts(
        gsd_cm=frame.gsd_cm,
        off_nadir_deg=None if pose.assumed_nadir else abs(pose.pitch_deg + 90),
        height_m=pose.height_above_sea_m,
        height_error=pose.height_sigma_m / pose.height_above_sea_m,
        sharpness=None if quality is None else quality.sharpness,
        glare_share=None if quality is None else quality.glare_share,
        clipped_share=None if quality is None else quality.clipped_share,
        reasons=frozenset() if quality is None else frozenset(n.code for n in quality.reasons),
    )


def facts_of_pixels(quality: PixelQuality) -> Facts:
    """The facts of a picture without place."""
    return Facts(
        sharpness=quality.sharpness,
        clipped_share=quality.clipped_share,
        reasons=frozenset(n.code for n in quality.reasons),
    )


def weighed_alike(
    detections: Sequence[Detection], limits: Iterable[Limit]
) -> tuple[Detection, ...]:
    """The detections of a picture without place, each score lowered by the limits of the whole.

    A lowered detection keeps its score of before as `raw_score`.
    """
    weight = weight_of(limits)
    return tuple(_lowered(detection, weight) for detection in detections)


def _lowered(detection: Detection, weight: float) -> Detection:
    if weight == 1:
        return detection
    return replace(detection, score=detection.score * weight, raw_score=detection.score)


def weighed(
    detections: Sequence[Detection], frame: Frame, facts: Facts, taught: Taught
) -> tuple[Detection, ...]:
    """The detections of a frame, each score lowered by the limits at its own place, best first.

    A lowered detection keeps its score of before as `raw_score`.
    """
    view = SeaView(frame.camera, frame.pose)
    weighed = []
    for detection in detections:
        weight = weight_of(limits_of(_facts_at(detection, frame, view, facts), taught))
        weighed.append(_lowered(detection, weight))
    return tuple(sorted(weighed, key=lambda d: -d.score))


def _facts_at(detection: Detection, frame: Frame, view: SeaView, facts: Facts) -> Facts:
    left, top, right, bottom = detection.xyxy_px
    centre = ((left + right) / 2, (top + bottom) / 2)
    try:
        gsd_cm = view.gsd_cm_at(centre)
    except ProjectionError:
        return facts
    if frame.pose.assumed_nadir:
        return replace(facts, gsd_cm=gsd_cm)
    down = -float(view.directions_enu(np.array([centre]))[0, 2])
    return replace(facts, gsd_cm=gsd_cm, off_nadir_deg=degrees(acos(min(max(down, -1.0), 1.0))))


def _limit(code: str, text_th: str, text_en: str, weight: float) -> Limit:
    return Limit(code, text_th, text_en, min(max(weight, LEAST_WEIGHT), 1.0))


def _too_coarse(facts: Facts, taught: Taught) -> Limit | None:
    gsd_cm, most = facts.gsd_cm, taught.coarsest_gsd_cm
    if gsd_cm is None or gsd_cm <= most:
        return None
    high_th = high_en = ""
    if facts.height_m is not None:
        high_th, high_en = f" จากความสูง {facts.height_m:.0f} ม.", f" from {facts.height_m:.0f} m"
    return _limit(
        "too_coarse",
        f"ภาพหยาบเกินไป{high_th}: {gsd_cm:.1f} ซม. ต่อพิกเซล ระบบเรียนรู้มาถึง {most:.1f}",
        f"too coarse{high_en}: {gsd_cm:.1f} cm a pixel, taught up to {most:.1f}",
        most / gsd_cm,
    )


def _too_oblique(facts: Facts, taught: Taught) -> Limit | None:
    angle_deg, most = facts.off_nadir_deg, taught.most_off_nadir_deg
    if angle_deg is None or angle_deg <= most:
        return None
    return _limit(
        "too_oblique",
        f"กล้องเอียงเกินไป: {angle_deg:.0f}° จากแนวดิ่ง ระบบเรียนรู้มาถึง {most:.0f}°",
        f"too oblique: {angle_deg:.0f}° off straight down, taught up to {most:.0f}°",
        (90 - angle_deg) / (90 - most),
    )


def _height_unsure(facts: Facts) -> Limit | None:
    error = facts.height_error
    if error is None or error <= MOST_HEIGHT_ERROR:
        return None
    return _limit(
        "height_unsure",
        f"ความสูงไม่แน่นอน ± {error:.0%} จึงไม่รู้ขนาดจริงของสิ่งในภาพ",
        f"the height is known to ± {error:.0%} only, and so is the size of what is seen",
        MOST_HEIGHT_ERROR / error,
    )


def _too_blurred(facts: Facts) -> Limit | None:
    sharpness = facts.sharpness
    if sharpness is None or sharpness >= _LEAST_SHARPNESS:
        return None
    return _limit(
        "too_blurred",
        f"ภาพเบลอ: ความคมชัด {sharpness:.0%} ต้องการอย่างน้อย {_LEAST_SHARPNESS:.0%}",
        f"blurred: sharpness {sharpness:.0%}, at least {_LEAST_SHARPNESS:.0%} is needed",
        sharpness / _LEAST_SHARPNESS,
    )


def _glare(facts: Facts) -> Limit | None:
    share = facts.glare_share
    if share is None or "glare" not in facts.reasons:
        return None
    return _limit(
        "glare",
        f"แสงอาทิตย์สะท้อนบนผิวน้ำ {share:.0%} ของภาพ",
        f"the sun glitters on {share:.0%} of the picture",
        1 - share,
    )


def _exposure(facts: Facts) -> Limit | None:
    share, dark = facts.clipped_share, "too_dark" in facts.reasons
    if share is None or not (dark or "too_bright" in facts.reasons):
        return None
    return _limit(
        "too_dark" if dark else "too_bright",
        f"ภาพ{'มืด' if dark else 'สว่าง'}เกินไป: มองไม่เห็นรายละเอียด {share:.0%} ของภาพ",
        f"too {'dark' if dark else 'bright'}: {share:.0%} of the picture shows no detail",
        1 - share,
    )
