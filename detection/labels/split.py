"""Which flights are learnt from and which are kept back: whole flights, never frames."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from detection.labels.errors import LabelError
from detection.labels.label import LabelledFlight
from detection.types import ObjectClass

_FEWEST_FLIGHTS = 2


@dataclass(frozen=True)
class Split:
    """Flights to learn from, and flights to measure on."""

    learnt: tuple[LabelledFlight, ...]
    held_out: tuple[LabelledFlight, ...]


@dataclass(frozen=True)
class Earlier:
    """The flights that a model learnt from, and those that it was measured on, by identifier."""

    learnt: frozenset[str] = frozenset()
    held_out: frozenset[str] = frozenset()


def split_by_flight(
    flights: Sequence[LabelledFlight], *, earlier: Earlier = Earlier(), held_out_share: float = 0.25
) -> Split:
    """Keep back whole flights, about `held_out_share` of the reviewed frames, at least one flight.

    Frames of one flight show the same animals in the same water, so a share of each flight would
    be measured on what was learnt. Flights are kept back so that each class is in both parts where
    two flights have it; a class in one flight alone stays where it can be learnt. The same flights
    always split the same. `earlier` is what the model that learns further knows: what it has learnt
    from is not kept back, and what it was measured on stays so where it can. Raises LabelError for
    fewer than two flights, and where the model has learnt from all.
    """
    if len({flight.flight_id for flight in flights}) != len(flights):
        raise LabelError("each flight must be given once to be split; got one twice")
    if len(flights) < _FEWEST_FLIGHTS:
        raise LabelError(
            f"learning needs labels of at least {_FEWEST_FLIGHTS} flights, one to learn from and "
            f"one to measure on; got {len(flights)}: review frames of another flight first"
        )
    if not 0 < held_out_share < 1:
        raise LabelError(f"the held-out share must be between 0 and 1; got {held_out_share}")
    if all(flight.flight_id in earlier.learnt for flight in flights):
        raise LabelError(
            f"the model in use has learnt from all {len(flights)} labelled flights, so that none "
            "is left to measure on: review frames of a flight that it has not learnt from"
        )
    waiting = sorted(flights, key=lambda f: sha256(f.flight_id.encode()).hexdigest())
    wanted = held_out_share * sum(len(f.frames) for f in flights)
    kept: list[LabelledFlight] = []
    for flight in tuple(waiting):
        if flight.flight_id in earlier.held_out - earlier.learnt and _can_go(flight, waiting):
            kept.append(flight)
            waiting.remove(flight)
    while waiting:
        unseen = [f for f in waiting if f.flight_id not in earlier.learnt]
        allowed = [f for f in unseen if _can_go(f, waiting)]
        missing = {c for f in waiting for c in classes_of(f)} - {
            c for f in kept for c in classes_of(f)
        }
        enough = sum(len(f.frames) for f in kept) >= wanted
        # classes not yet kept back first, then the smaller flight: as little as serves
        best = max(
            allowed,
            key=lambda f: (len(classes_of(f).keys() & missing), -len(f.frames)),
            default=None,
        )
        if best is None or (kept and enough and not classes_of(best).keys() & missing):
            break
        kept.append(best)
        waiting.remove(best)
    if not kept:  # each flight alone has some class: measure on the smallest all the same
        unseen = [f for f in waiting if f.flight_id not in earlier.learnt]
        kept = [min(unseen, key=lambda f: len(f.frames))]
        waiting.remove(kept[0])
    return Split(tuple(waiting), tuple(kept))


def classes_of(flight: LabelledFlight) -> Counter[ObjectClass]:
    """Count the labelled objects of a flight by class."""
    return Counter(label.object_class for frame in flight.frames for label in frame.objects)


def _can_go(flight: LabelledFlight, waiting: Sequence[LabelledFlight]) -> bool:
    """Whether what a flight shows can still be learnt from the others when it is kept back."""
    others = [f for f in waiting if f is not flight]
    return bool(others) and classes_of(flight).keys() <= {c for f in others for c in classes_of(f)}
