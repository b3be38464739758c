"""What was changed in the poses of frames: as data for programs and as a Note for people."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import expm1
from pathlib import Path

from ingest.flight_fit import FlightFit, FoundFault
from ingest.frame import Frame, Note
from ingest.lonlat import distance_m
from ingest.offsets import Fault


class CorrectionCode(StrEnum):
    """The kinds of corrections; also the codes of their Notes."""

    HEADING_TURNED = "heading_turned"
    YAW = "yaw_corrected"
    PITCH = "pitch_corrected"
    LEAN = "lean_corrected"
    HEIGHT = "height_corrected"
    LAG = "lag_corrected"


_CODE_BY_FAULT = {
    Fault.YAW: CorrectionCode.YAW,
    Fault.PITCH: CorrectionCode.PITCH,
    Fault.LEAN: CorrectionCode.LEAN,
    Fault.SCALE: CorrectionCode.HEIGHT,
    Fault.LAG: CorrectionCode.LAG,
}


@dataclass(frozen=True)
class Correction:
    """What was changed in the poses of the frames at `paths`.

    `amount` and its 1 `sigma` are in `unit`: "°", "s", or "%" of the height. Half a turn is certain
    or not made: its sigma is 0.
    """

    code: CorrectionCode
    amount: float
    sigma: float
    unit: str
    paths: tuple[Path, ...]

    def __str__(self) -> str:
        """The amount with its sigma and unit."""
        sigma = f" ± {self.sigma:.2g}" if self.sigma else ""
        return f"{self.amount:+.3g}{sigma} {self.unit}"

    def note(self, told: Frame, now: Frame) -> Note:
        """What to say of a frame: how its tags `told` it and how it is `now`."""
        return Note(
            self.code.value, f"{self._finding(told, now)} ({self}), as overlapping frames show"
        )

    def _finding(self, told: Frame, now: Frame) -> str:
        match self.code:
            case CorrectionCode.HEADING_TURNED:
                return (
                    "the picture stood upside down against its heading of "
                    f"{told.pose.yaw_deg:.0f}°, which was turned to {now.pose.yaw_deg:.0f}°"
                )
            case CorrectionCode.YAW:
                return "the compass of this flight was off; the heading was turned"
            case CorrectionCode.PITCH:
                return "the gimbal of this flight was off; the pitch was changed"
            case CorrectionCode.LEAN:
                return "the gimbal of this flight leant; the camera was leant about its heading"
            case CorrectionCode.HEIGHT:
                return (
                    "the scale of this flight was off; the height was changed from "
                    f"{told.pose.height_above_sea_m:.1f} m to {now.pose.height_above_sea_m:.1f} m"
                )
            case CorrectionCode.LAG:
                moved_m = distance_m(told.pose.position, now.pose.position)
                return f"the GPS lagged behind; the place was moved {moved_m:.1f} m along the track"


def half_turn(frames: Sequence[Frame], turned: Collection[int]) -> tuple[Correction, ...]:
    """The correction of headings that were wrong by half a turn; none for none."""
    paths = tuple(frames[index].path for index in sorted(turned))
    return (Correction(CorrectionCode.HEADING_TURNED, 180.0, 0.0, "°", paths),) if paths else ()


def shared_corrections(
    told: Sequence[Frame], now: Sequence[Frame], fit: FlightFit
) -> tuple[Correction, ...]:
    """The corrections of the faults that all frames of a flight share.

    A frame that is on no flight line has no speed, and so a lag does not move it.
    """
    moved = tuple(
        new.path
        for old, new in zip(told, now, strict=True)
        if old.pose.position != new.pose.position
    )
    return tuple(
        _correction(found, moved if found.fault is Fault.LAG else tuple(f.path for f in now))
        for found in fit.found
    )


def _correction(found: FoundFault, paths: tuple[Path, ...]) -> Correction:
    code = _CODE_BY_FAULT[found.fault]
    if found.fault is Fault.SCALE:
        percent = 100 * expm1(found.offset)
        return Correction(code, percent, (100 + percent) * found.sigma, "%", paths)
    unit = "s" if found.fault is Fault.LAG else "°"
    return Correction(code, found.offset, found.sigma, unit, paths)
