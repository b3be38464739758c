"""What officers take for one thing in a flight: its sightings as they were split and joined.

What a flight was logged with stays as it is. The rules, when they judge it anew, judge each thing
as one, by all of its pictures.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from detection.sightings import whole_of
from detection.types import ObjectClass, Sighting
from ingest.pose import CameraPose
from patrol.rules.comparison import VerdictChanges

# of a flight's frames, by their SHA-256
Poses = Mapping[str, CameraPose]


@dataclass(frozen=True)
class Thing:
    """Sightings of a flight, at least one, that are one; `whole` has the id of one of them."""

    members: tuple[Sighting, ...]
    whole: Sighting

    @property
    def member_ids(self) -> tuple[str, ...]:
        """The ids of its sightings."""
        return tuple(each.sighting_id for each in self.members)

    @property
    def shown(self) -> Sighting:
        """The member with the picture that the whole rests on."""
        return next(each for each in self.members if self.whole.best in each.detections)

    @property
    def places(self) -> Iterator[Sighting]:
        """The whole at each place that the rules judge it at.

        A boat was where each of its members was. Gear stands still, and an animal is told of one
        zone, so that these are at the place of the whole alone.
        """
        if len(self.members) == 1 or self.whole.object_class is not ObjectClass.BOAT:
            yield self.whole
            return
        for each in self.members:
            yield replace(self.whole, best=each.best, position=each.position, error_m=each.error_m)


@dataclass(frozen=True)
class Rejudged:
    """What the rules say otherwise of a flight's things; those are by the ids of their wholes."""

    changes: VerdictChanges
    things: Mapping[str, Thing]

    def thing_of(self, sighting_id: str) -> Thing:
        """Return the thing that a sighting is part of; raises KeyError for none of the flight's."""
        for thing in self.things.values():
            if sighting_id in thing.member_ids:
                return thing
        raise KeyError(sighting_id)


def things_of(
    sightings: Sequence[Sighting], joined: Iterable[tuple[str, str]], poses: Poses
) -> tuple[Thing, ...]:
    """Return the things of a flight whose sightings, as split, are joined in pairs of their ids.

    Of a pair the second stands for both. Pairs of what is no sighting of these join nothing.
    """
    stands_for = {each.sighting_id: each.sighting_id for each in sightings}

    def root(sighting_id: str) -> str:
        while stands_for[sighting_id] != sighting_id:
            sighting_id = stands_for[sighting_id]
        return sighting_id

    for one, into in joined:
        if one in stands_for and into in stands_for:
            stands_for[root(one)] = root(into)
    members: dict[str, list[Sighting]] = {}
    for each in sightings:
        members.setdefault(root(each.sighting_id), []).append(each)
    return tuple(_thing(standing, own, poses) for standing, own in members.items())


def rounds_of(things: Sequence[Thing]) -> Iterator[tuple[Sighting, ...]]:
    """Yield a flight's things as the rules judge them: once, and again for each further place."""
    places = [tuple(thing.places) for thing in things]
    for turn in range(max(map(len, places), default=0)):
        yield tuple(each[min(turn, len(each) - 1)] for each in places)


def _thing(standing: str, members: Sequence[Sighting], poses: Poses) -> Thing:
    if len(members) == 1:
        return Thing(tuple(members), members[0])
    return Thing(tuple(members), replace(whole_of(members, poses), sighting_id=standing))
