"""A frame as the desk shows it: with its flight and neighbours, its labels, and who saw it all."""

from collections.abc import Sequence
from dataclasses import dataclass

from api.deps import Services
from detection.labels.label import LabelledFrame
from ingest.errors import LibongError
from patrol.flight_log import LoggedFrame
from patrol.labels import FrameReview
from patrol.media import MediaError
from patrol.user import User

_NEIGHBOURS = 8  # shown on each side


class UnknownFrameError(LibongError, LookupError):
    """No frame of this hash is logged."""


class UnmeasurableError(LibongError, ValueError):
    """A frame or a pixel that has no place on the sea."""


@dataclass(frozen=True)
class ShownFrame:
    """A frame with its flight, all frames of that flight, and its place among them."""

    flight_id: str
    frame: LoggedFrame
    frames: Sequence[LoggedFrame]
    place: int

    @property
    def neighbours(self) -> Sequence[LoggedFrame]:
        """The frames before and after it in time, itself among them."""
        return self.frames[max(self.place - _NEIGHBOURS, 0) : self.place + _NEIGHBOURS + 1]


def shown_frame(at_hand: Services, sha256: str) -> ShownFrame:
    """Return the frame of a hash; raises UnknownFrameError."""
    flight_id = at_hand.store.flights_of_frames([sha256]).get(sha256)
    frames = at_hand.store.frames(flight_id) if flight_id else ()
    for place, frame in enumerate(frames):
        if flight_id and frame.sha256 == sha256:
            return ShownFrame(flight_id, frame, frames, place)
    raise UnknownFrameError(f"no frame {sha256} is logged; open it from its incident or flight")


class StaleLabelError(LibongError, ValueError):
    """Somebody else said something of this box meanwhile."""


def labelled_frame(at_hand: Services, shown: ShownFrame) -> LabelledFrame:
    """Return the frame's labels as they stand."""
    frames = at_hand.store.labelled_flight(shown.flight_id).frames
    return next(frame for frame in frames if frame.sha256 == shown.frame.sha256)


def last_review(at_hand: Services, shown: ShownFrame) -> FrameReview | None:
    """Return what was last said of the whole frame; None where nobody said anything."""
    return at_hand.store.frame_reviews(shown.flight_id).get(shown.frame.sha256)


def review_frame(
    at_hand: Services, shown: ShownFrame, user: User, *, complete: bool
) -> FrameReview | None:
    """Keep that a user says the frame is looked through as a whole, or takes that back.

    Returns what holds then: what was said before where this says the same. Raises MediaError for a
    frame whose original is not kept, which nobody can look through.
    """
    last, sha256 = last_review(at_hand, shown), shown.frame.sha256
    if complete == (last is not None and last.complete):
        return last
    if complete and not at_hand.media.has(sha256):
        raise MediaError(f"the original of frame {sha256} is not kept: nobody can look through it")
    review = FrameReview(sha256, complete, user.name, user.role.value, at_hand.now())
    at_hand.store.add_labels(shown.flight_id, [], [review])
    return review
