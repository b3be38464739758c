"""Photos taken at once: bursts and exposure brackets, which show one look at the sea many times."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from ingest.frame import Frame, Note
from ingest.lonlat import distance_m

# Bursts take several pictures a second; clocks of whole seconds tell them up to one apart.
_AT_ONCE = timedelta(seconds=1)
# A drone that hangs still wanders by a metre, and its camera turns a little; allowances, ours.
_STILL_PER_HEIGHT, _STILL_M, _STILL_DEG = 0.05, 1.0, 5.0


def bursts(frames: Sequence[Frame]) -> tuple[tuple[int, ...], ...]:
    """Runs of two or more photos, by their places among `frames`, which are in order of time.

    Pictures of a video are none: they are chosen by what they show.
    """
    runs: list[list[int]] = []
    for index, frame in enumerate(frames):
        before = frames[index - 1] if index else None
        if runs and before is not None and _at_once(before, frame):
            runs[-1].append(index)
        else:
            runs.append([index])
    return tuple(tuple(run) for run in runs if len(run) > 1)


def with_burst_notes(frames: Sequence[Frame]) -> tuple[Frame, ...]:
    """The frames, those of a burst with a note that says so."""
    noted = list(frames)
    for run in bursts(frames):
        note = Note("burst", f"one of {len(run)} pictures taken at once of the same place")
        for index in run:
            noted[index] = replace(noted[index], warnings=(*noted[index].warnings, note))
    return tuple(noted)


def _at_once(before: Frame, after: Frame) -> bool:
    if before.video is not None or after.video is not None:
        return False
    if before.pose.position_only or after.pose.position_only:
        return False
    near_m = max(_STILL_M, _STILL_PER_HEIGHT * after.pose.height_above_sea_m)
    turned = (after.pose.yaw_deg - before.pose.yaw_deg + 180) % 360 - 180
    tilted = after.pose.pitch_deg - before.pose.pitch_deg
    return (
        after.taken_at_utc - before.taken_at_utc <= _AT_ONCE
        and (before.camera.make, before.camera.model) == (after.camera.make, after.camera.model)
        and before.camera.focal_px == after.camera.focal_px
        and distance_m(before.pose.position, after.pose.position) <= near_m
        and max(abs(turned), abs(tilted)) <= _STILL_DEG
    )
