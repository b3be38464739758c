"""A second look at what may be a dugong, at other scales: around each suspect of the first only.

A picture is searched at one ground scale. What that takes for an animal, even faintly, is looked at
again closer or from further off, in pieces cut around the suspects, and the looks must agree as the
passes of a picture without scale must (`detection.agreement`): a calf beside its mother is told
from her, and a crest that looked like an animal is gone. Several pieces fill a tile of the network,
so that it costs a tile for some suspects, where another pass over the sea costs all.
"""

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from detection.agreement import SUPPORT_FROM, agreed
from detection.boxes import Boxes, Floats, concatenate
from detection.engine import Engine
from detection.level_search import search_tiles
from detection.manifest import Manifest
from detection.merge import merge
from detection.resampling import DecodedPicture
from detection.tiling import MAX_ENLARGEMENT, Level, Tile
from detection.types import ObjectClass
from ingest.errors import ProjectionError
from ingest.projection import SeaView

# What lies this near to a suspect that is looked at is judged with it, along either side: a calf
# keeps within its mother's length or two. Our own figure.
REACH_M = 5.0
# Half of the largest animal (3.3 m) within reach sticks out by so much more.
_ROOM_M = 1.7
# A suspect this near to another is seen well enough in that one's piece, with what is within half
# of the reach around it on every side.
_SHARED_M = 2.5


@dataclass(frozen=True)
class Suspect:
    """A place to look at again, in pixels of the original, and its ground sample distance."""

    x_px: float
    y_px: float
    gsd_cm: float


def suspects_of(boxes: Boxes, view: SeaView) -> tuple[Suspect, ...]:
    """The middles of boxes, in their order, those without sea under them left out."""
    suspects = []
    for x, y in ((boxes.xyxy_px[:, :2] + boxes.xyxy_px[:, 2:]) / 2).tolist():
        try:
            suspects.append(Suspect(x, y, view.gsd_cm_at((x, y))))
        except ProjectionError:
            continue  # at or above the horizon nothing swims
    return tuple(suspects)


def looked_at(suspects: tuple[Suspect, ...]) -> tuple[Suspect, ...]:
    """The suspects that get a piece of their own, in their order: the others lie beside these."""
    own: list[Suspect] = []
    for suspect in suspects:
        if not any(
            max(abs(suspect.x_px - o.x_px), abs(suspect.y_px - o.y_px)) * o.gsd_cm
            <= 100 * _SHARED_M
            for o in own
        ):
            own.append(suspect)
    return tuple(own)


def piece_px(gsd_cm: float, input_px: int) -> int:
    """The side of a piece at `gsd_cm`: as many as can go into a tile and show all in reach."""
    needed_px = 2 * (REACH_M + _ROOM_M) * 100 / gsd_cm
    return input_px // max(1, int(input_px / needed_px))


def piece_around(
    suspect: Suspect, gsd_cm: float, width_px: int, height_px: int, side_px: int
) -> tuple[Level, Tile]:
    """The piece of a picture around a suspect at `gsd_cm`, within the picture where that is larger.

    It is no more enlarged than any search is.
    """
    scale = min(suspect.gsd_cm / gsd_cm, MAX_ENLARGEMENT)
    size = max(1, round(width_px * scale)), max(1, round(height_px * scale))
    corner = (
        round(max(0.0, min(at_px * scale - side_px / 2, whole_px - side_px)))
        for at_px, whole_px in zip((suspect.x_px, suspect.y_px), size, strict=True)
    )
    tile = Tile(*corner)
    return Level(scale, *size, (tile,)), tile


def in_reach(boxes: Boxes, suspects: tuple[Suspect, ...]) -> NDArray[np.bool_]:
    """Which boxes have their middle in reach of a suspect."""
    if not suspects:
        return np.zeros(len(boxes), np.bool_)
    middles = (boxes.xyxy_px[:, None, :2] + boxes.xyxy_px[:, None, 2:]) / 2
    places = np.array([(s.x_px, s.y_px) for s in suspects], np.float32)
    reaches_px = np.array([REACH_M * 100 / s.gsd_cm for s in suspects], np.float32)
    off_px = np.abs(middles - places[None]).max(axis=2)
    return np.asarray((off_px <= reaches_px[None]).any(axis=1), np.bool_)


@dataclass(frozen=True)
class SecondLook:
    """Looks again, at each of `gsd_cm`, where a first look at `first_gsd_cm` gave `from_score`.

    `class_index` is the class that is looked for.
    """

    engine: Engine
    class_index: int
    first_gsd_cm: float
    gsd_cm: tuple[float, ...]
    from_score: float

    def decoded_from(self, thresholds: Floats) -> Floats:
        """From which scores each class's boxes of a first look are needed."""
        lowest = thresholds.copy()
        lowest[self.class_index] = min(lowest[self.class_index], np.float32(SUPPORT_FROM))
        return lowest

    def judged(self, first: Boxes, picture: DecodedPicture, view: SeaView) -> Boxes:
        """Return a first look's boxes, those of the class as all looks together see them.

        `first` has the class's boxes from `SUPPORT_FROM` up; those that are in reach of no place
        looked at go.

        Raises:
            PhotoError: when the picture cannot be decoded.
        """
        own = first.classes == self.class_index
        boxes, rest = merge(first.take(own)), first.take(~own)
        suspects = suspects_of(boxes.take(boxes.scores >= np.float32(self.from_score)), view)
        if not suspects:
            return rest
        places = looked_at(suspects)
        seen = self._again(places, picture)
        seen[self.first_gsd_cm] = boxes.take(in_reach(boxes, places))
        return concatenate([rest, agreed([seen[gsd_cm] for gsd_cm in sorted(seen)])])

    def _again(self, places: tuple[Suspect, ...], picture: DecodedPicture) -> dict[float, Boxes]:
        """What the network sees of the class in reach of the places, by the scale looked at."""
        lowest = np.full(self.engine.outputs - 4, 2.0, np.float32)  # no score is so high
        lowest[self.class_index] = SUPPORT_FROM
        seen = {}
        for gsd_cm in self.gsd_cm:
            side_px = piece_px(gsd_cm, self.engine.input_px)
            pieces = [piece_around(place, gsd_cm, *picture.size_px, side_px) for place in places]
            found = search_tiles(
                self.engine, lowest, pieces, partial(picture.piece, side_px=side_px), side_px
            )
            seen[gsd_cm] = concatenate(
                [
                    boxes.take(in_reach(boxes, (place,)))
                    for boxes, place in zip(found, places, strict=True)
                ]
            )
        return seen


def second_look_of(manifest: Manifest, engine: Engine) -> SecondLook | None:
    """How a model looks again; None where it does not, or makes several passes anyway."""
    plan, dugong = manifest.second_look, ObjectClass.DUGONG
    if plan is None or dugong not in manifest.classes or len(manifest.passes_gsd_cm) > 1:
        return None
    (first_gsd_cm,) = manifest.passes_gsd_cm
    return SecondLook(
        engine, manifest.classes.index(dugong), first_gsd_cm, plan.gsd_cm, plan.from_score
    )
