"""The poses of a flight's frames checked against the pictures, and mended where those are certain.

Frames that overlap show the same things; so they tell whether headings, height or lens, level and
the clock of the GPS are right (`heading`, `flight_fit`). What is changed is written on the frame as
a Note. Where frames disagree by more than their errors and nothing explains it, the errors are
widened. Open water holds no features: there nothing is changed and nothing said.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from ingest.agreement import PairDisagreement, disagreement
from ingest.correction import Correction, CorrectionCode, half_turn, shared_corrections
from ingest.flight_fit import fit_flight
from ingest.frame import Frame
from ingest.heading import LARGEST_TURN_DEG, HalfTurns, find_half_turns, turn_half
from ingest.overlap import FramePair, matched_pairs
from ingest.photo import with_pose
from ingest.pose import CameraPose
from ingest.pose_error import doubted, widened, within_error
from ingest.relative_error import relative_errors, with_relative_errors
from ingest.track import velocities_m_s


@dataclass(frozen=True)
class PoseCheck:
    """Frames as the pictures have them, and how far they disagreed before and disagree after.

    `before` and `after` list the same pairs, with the frames as they were and as they are.
    `within_error` is the fraction of what overlapping frames share that they now put within their
    combined error of each other; None without pairs. Errors that are each frame's own would give
    0.68; frames of one flight share most of what the GPS is off, and agree better than that.
    `within_relative` is the same of the frames' relative errors, which are theirs alone, foretold
    for each pair by the others; None with too few pairs to tell.
    """

    frames: tuple[Frame, ...]
    before: tuple[PairDisagreement, ...]
    after: tuple[PairDisagreement, ...]
    corrections: tuple[Correction, ...]
    within_error: float | None
    within_relative: float | None


def check_poses(
    frames: Sequence[Frame], *, on_progress: Callable[[int, int], None] | None = None
) -> PoseCheck:
    """Check the poses of one flight's frames, in the order of their times, and mend them.

    A frame whose pixels cannot be decoded is left as it is. `on_progress` is told (frames looked
    at, frames in all).
    """
    pairs = matched_pairs(frames, on_progress=on_progress)
    halves = find_half_turns(frames, pairs)
    upright = turn_half(frames, halves.turned)
    velocities = velocities_m_s(upright)
    fit = fit_flight(upright, velocities, _comparable(upright, pairs, halves))
    poses = [
        _with_land_in_doubt(frame.pose, fit.offsets.mended(frame.pose, velocity))
        for frame, velocity in zip(upright, velocities, strict=True)
    ]
    moved = [
        f if f.pose == pose else with_pose(f, pose) for f, pose in zip(frames, poses, strict=True)
    ]
    corrections = half_turn(frames, halves.turned) + shared_corrections(frames, moved, fit)
    noted = [_noted(told, now, corrections) for told, now in zip(frames, moved, strict=True)]
    wide = widened(doubted(noted, halves.unsure), pairs)
    errors = relative_errors(wide, pairs)
    mended = with_relative_errors(wide, errors)
    return PoseCheck(
        frames=tuple(mended),
        before=_disagreements(frames, pairs),
        after=_disagreements(mended, pairs),
        corrections=corrections,
        within_error=within_error(mended, pairs),
        within_relative=errors.within,
    )


def _comparable(
    upright: Sequence[Frame], pairs: Sequence[FramePair], halves: HalfTurns
) -> list[FramePair]:
    """The pairs whose frames tell their headings, and agree on them as well as compasses do."""

    def is_told(index: int) -> bool:
        return not upright[index].pose.assumed_nadir and index not in halves.unsure

    def turn_deg(pair: FramePair) -> float:
        half_turns = (pair.a in halves.turned) + (pair.b in halves.turned)
        return (pair.match.turn_deg + 180 * half_turns + 180) % 360 - 180

    return [
        pair
        for pair in pairs
        if is_told(pair.a) and is_told(pair.b) and abs(turn_deg(pair)) <= LARGEST_TURN_DEG
    ]


def _with_land_in_doubt(told: CameraPose, mended: CameraPose) -> CameraPose:
    """Widen the height's error by what it was lowered: land above the sea looks just so."""
    lowered_m = told.height_above_sea_m - mended.height_above_sea_m
    return replace(mended, height_sigma_m=max(mended.height_sigma_m, lowered_m))


def _noted(told: Frame, now: Frame, corrections: Sequence[Correction]) -> Frame:
    notes = tuple(c.note(told, now) for c in corrections if now.path in c.paths)
    kept = told.warnings
    if any(note.code == CorrectionCode.HEADING_TURNED for note in notes):
        # whether an editor turned the picture is no longer the question
        kept = tuple(note for note in kept if note.code != "edited")
    return replace(now, warnings=kept + notes)


def _disagreements(
    frames: Sequence[Frame], pairs: Sequence[FramePair]
) -> tuple[PairDisagreement, ...]:
    return tuple(disagreement(frames[pair.a], frames[pair.b], pair.match) for pair in pairs)
