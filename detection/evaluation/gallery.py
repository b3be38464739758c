"""Pictures of what was missed and of what was falsely reported, for people to look at."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from detection.evaluation.scoring import ScoredFrame, TrueBox, Xyxy, fit, is_piece, match
from detection.types import ObjectClass
from ingest.errors import PhotoError
from ingest.pixels import decode_bgr

# Enough to see what goes wrong; a page of thousands is looked at by nobody.
MOST_A_KIND = 24
_SHOWN_PX = 208
_JPEG_QUALITY = 82
# A box overlapping a miss this little still says that something was noticed there.
_NOTICED_FIT = 0.1
_BOX_COLOUR = (0, 200, 255)  # BGR, amber: rare at sea


class MistakeKind(StrEnum):
    """What went wrong."""

    MISSED = "missed"
    FALSE_ALARM = "false alarm"


@dataclass(frozen=True)
class Mistake:
    """One miss or false alarm; `score` is the find's, of a miss the best candidate's there."""

    kind: MistakeKind
    object_class: ObjectClass
    frame: ScoredFrame
    path: Path
    xyxy_px: Xyxy
    score: float | None
    visibility: float | None


@dataclass(frozen=True)
class ShownMistake:
    """A mistake and its picture, a small JPEG with the box drawn."""

    mistake: Mistake
    jpeg: bytes


def mistakes(
    frames: Sequence[ScoredFrame], thresholds: Mapping[ObjectClass, float]
) -> tuple[Mistake, ...]:
    """The worst by class and kind: false alarms by score, misses by visibility, then size."""
    chosen: list[Mistake] = []
    for object_class, threshold in thresholds.items():
        missed: list[Mistake] = []
        alarms: list[Mistake] = []
        for frame in frames:
            if frame.path is None:
                continue
            finds = [f for f in frame.finds if f.score >= threshold]
            laid = match(frame.truths, finds, object_class)
            missed += [_missed(frame, frame.path, truth) for truth in laid.missed]
            alarms += [
                Mistake(
                    MistakeKind.FALSE_ALARM,
                    object_class,
                    frame,
                    frame.path,
                    find.xyxy_px,
                    find.score,
                    None,
                )
                for find in laid.false_alarms
            ]
        missed.sort(key=lambda m: (-(m.visibility or 0), -_longer_side(m.xyxy_px), m.path))
        alarms.sort(key=lambda m: (-(m.score or 0), m.path, m.xyxy_px))
        chosen += missed[:MOST_A_KIND] + alarms[:MOST_A_KIND]
    return tuple(chosen)


def _missed(frame: ScoredFrame, path: Path, truth: TrueBox) -> Mistake:
    there = [
        c.score
        for c in frame.candidates
        if c.object_class is truth.object_class
        and (fit(truth, c) >= _NOTICED_FIT or is_piece(c, truth))
    ]
    best = max(there, default=None)
    return Mistake(
        MistakeKind.MISSED, truth.object_class, frame, path, truth.xyxy_px, best, truth.visibility
    )


def show(
    chosen: Sequence[Mistake], on_progress: Callable[[int, int], None] = lambda done, total: None
) -> tuple[ShownMistake, ...]:
    """Cut the pictures, each file decoded once; what cannot be decoded is left out."""
    shown: dict[int, ShownMistake] = {}
    numbered = sorted(enumerate(chosen), key=lambda pair: (pair[1].path, pair[0]))
    done = 0
    for path, own in groupby(numbered, key=lambda pair: pair[1].path):
        group = list(own)
        shown.update(_cut(path, group))
        done += len(group)
        on_progress(done, len(chosen))
    return tuple(shown[number] for number in sorted(shown))


def _cut(path: Path, group: Sequence[tuple[int, Mistake]]) -> Iterator[tuple[int, ShownMistake]]:
    try:
        pixels = decode_bgr(path)
    except PhotoError:
        return  # the search read it a moment ago; a picture less is no reason to lose the report
    for number, mistake in group:
        yield number, ShownMistake(mistake, _jpeg(pixels, mistake.xyxy_px))


def _jpeg(pixels: NDArray[np.uint8], xyxy_px: Xyxy) -> bytes:
    """A square around a box, the box drawn; what lies beyond the picture is grey."""
    left, top, right, bottom = xyxy_px
    side = max(3 * _longer_side(xyxy_px), 72.0)
    scale = _SHOWN_PX / side
    x0, y0 = (left + right - side) / 2, (top + bottom - side) / 2
    moved = np.array([[scale, 0, -x0 * scale], [0, scale, -y0 * scale]], np.float64)
    if scale < 1:  # warping alone would skip pixels
        pixels, moved = _shrunk(pixels, moved, scale)
    square = cv2.warpAffine(
        pixels, moved, (_SHOWN_PX, _SHOWN_PX), borderValue=(114, 114, 114), flags=cv2.INTER_LINEAR
    )
    corners = [((x - x0) * scale, (y - y0) * scale) for x, y in ((left, top), (right, bottom))]
    (a, b), (c, d) = [(round(x), round(y)) for x, y in corners]
    cv2.rectangle(square, (a - 2, b - 2), (c + 2, d + 2), _BOX_COLOUR, 1)
    done, data = cv2.imencode(".jpg", square, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
    if not done:
        raise ValueError(f"a crop of {square.shape} could not be written as JPEG")
    return bytes(data)


def _shrunk(
    pixels: NDArray[np.uint8], moved: NDArray[np.float64], scale: float
) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """The picture at about the scale it is shown at, and the move from there."""
    small = np.asarray(
        cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8
    )
    back = moved.copy()
    back[0, 0], back[1, 1] = moved[0, 0] / scale, moved[1, 1] / scale
    return small, back


def _longer_side(xyxy_px: Xyxy) -> float:
    left, top, right, bottom = xyxy_px
    return max(right - left, bottom - top)
