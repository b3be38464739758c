"""Why labelled frames teach or measure nothing, counted and told."""

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from detection.labels.errors import LabelError
from detection.labels.folder import picture_path
from detection.labels.label import LabelledFlight
from detection.labels.located import Unusable, located_frame
from ingest.site_reference import SiteReference


def unmeasured(
    folder: Path, flights: Sequence[LabelledFlight], site: SiteReference
) -> Counter[Unusable]:
    """How many frames of flights in an exported folder no model is measured on, by reason."""
    frames = ((flight.flight_id, frame) for flight in flights for frame in flight.frames)
    located = (located_frame(picture_path(folder / of, frame), frame, site) for of, frame in frames)
    return Counter(each for each in located if isinstance(each, Unusable))


def tell_unusable(
    unusable: Counter[Unusable], frames: int, use: str, tell: Callable[[str], None]
) -> None:
    """Tell how many of so many `frames` are of no use, as `use` says it, and why.

    Raises LabelError, which tells it, when all of them are.
    """
    left_out = unusable.total()
    reasons = "; ".join(f"{count} because {why}" for why, count in unusable.most_common())
    message = f"{left_out} of {frames} frames {use}: {reasons}"
    if left_out >= frames:
        raise LabelError(message)
    if left_out:
        tell(message)
