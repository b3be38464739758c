"""A labelled frame as a search sees it: with the place and scale it was logged with."""

from dataclasses import replace
from enum import StrEnum
from pathlib import Path

from detection.labels.label import LabelledFrame
from ingest.errors import PhotoError
from ingest.flight import read_frame
from ingest.frame import Frame
from ingest.photo import with_pose
from ingest.picture import read_picture_head
from ingest.projection import SeaView
from ingest.site_reference import SiteReference


class Unusable(StrEnum):
    """Why frames teach or measure nothing, and how to mend it, as is said of several of them."""

    NO_POSE = (
        "nothing tells where they were taken from, as of stills of videos in folders exported "
        "without poses (export the labels anew)"
    )
    UNKNOWN_SCALE = (
        "their ground scale is unknown, since they tell no height, as photos of phones, or show no "
        "sea (label other frames)"
    )
    TOO_COARSE = "their ground scale is too coarse (label frames taken lower)"
    DAMAGED = "their pictures cannot be read (export the labels anew)"
    NOT_CUT_OUT = (
        "what was decided in them is too large or too far away to be cut out, or touches what "
        "nobody decided on (decide on that too, or look through the whole frame)"
    )


def located_frame(path: Path, frame: LabelledFrame, site: SiteReference) -> Frame | Unusable:
    """A labelled frame, whose picture lies at `path`, with the place and scale it is searched by.

    They are those it was logged with. In a folder that does not tell these they are as the picture
    says, at the height for which the frame's ground scale was told.
    """
    try:
        with path.open("rb") as stream:
            read_picture_head(stream)
    except (PhotoError, OSError):
        return Unusable.DAMAGED
    view = frame.view
    located = _told(path, frame, site) if view is None else _logged(path, frame, view)
    if located is None:
        return Unusable.NO_POSE
    unknown = located.footprint is None or (view is None and frame.gsd_cm is None)
    return Unusable.UNKNOWN_SCALE if unknown else located


def _logged(path: Path, frame: LabelledFrame, view: SeaView) -> Frame:
    """The frame as it was logged."""
    bare = Frame(
        path=path,
        sha256=frame.sha256,
        width_px=frame.width_px,
        height_px=frame.height_px,
        taken_at_utc=frame.taken_at_utc,
        camera=view.camera,
        pose=view.pose,
        gsd_cm=None,
        footprint=None,
        error_m=None,
    )
    return with_pose(bare, view.pose)


def _told(path: Path, frame: LabelledFrame, site: SiteReference) -> Frame | None:
    """The frame as its picture tells; None where that does not."""
    try:
        read = read_frame(path, site)
    except PhotoError:
        return None
    if frame.gsd_cm is None or read.gsd_cm is None:
        return read
    height_m = read.pose.height_above_sea_m * frame.gsd_cm / read.gsd_cm
    return with_pose(read, replace(read.pose, height_above_sea_m=height_m))
