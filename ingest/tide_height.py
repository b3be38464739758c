"""A pose's height above the sea as it stood then, where the tide is known."""

from dataclasses import replace
from datetime import datetime

from ingest.frame import Note
from ingest.pose import CameraPose
from ingest.site_reference import SiteReference


def at_tide(
    pose: CameraPose, at_utc: datetime, site: SiteReference
) -> tuple[CameraPose, tuple[Note, ...]]:
    """Return a pose above the mean sea as one above the sea of that moment, with a note.

    The error stays as wide as without the tide: what the launch place adds to it is not known
    apart. A pose stays as it is where nothing tells of the tide, where it keeps a place alone, and
    where the sea would stand above it.
    """
    tide = None if pose.position_only else site.tides.at(at_utc)
    if tide is None or pose.height_above_sea_m <= tide.above_mean_m:
        return pose, ()
    note = Note(
        "tide",
        f"the sea stood {tide.above_mean_m:+.2f} m ± {tide.sigma_m:.2f} m from its mean "
        f"({tide.citation}); the height is above it as it stood",
    )
    above_sea_m = pose.height_above_sea_m - tide.above_mean_m
    return replace(pose, height_above_sea_m=above_sea_m), (note,)
