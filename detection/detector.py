"""From a frame to its detections: plan, decode, resample, infer, merge, locate."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np

from detection.agreement import SUPPORT_FROM, agreed
from detection.any_scale import as_of_known_scale
from detection.boat_advice import BoatAdvice
from detection.boxes import Boxes, concatenate
from detection.engine import Engine
from detection.errors import ModelError
from detection.gear_pieces import join_pieces, without_pieces
from detection.level_search import empty_tile, search_level
from detection.limits import MOST_HEIGHT_ERROR
from detection.manifest import LookAgain, Manifest
from detection.merge import merge
from detection.on_board import without_gear_on_board
from detection.plausibility import plausible
from detection.resampling import DecodedPicture, Look, looks
from detection.search_plan import plan_any_scale, plan_located
from detection.second_look import second_look_of
from detection.types import Detection, ObjectClass
from ingest.errors import PhotoError, ProjectionError
from ingest.frame import Frame
from ingest.projection import SeaView


@dataclass(frozen=True)
class Picture:
    """A picture without place: what is needed to search it and to name its boxes."""

    path: Path
    sha256: str
    width_px: int
    height_px: int
    taken_at_utc: datetime | None = None


@dataclass(frozen=True)
class Prepared:
    """A located picture, ready for the networks: its looks belong to so many passes.

    `scale_known` is false where the height is too unsure to tell sizes by. `picture` is there for
    looking again.
    """

    view: SeaView
    picture: DecodedPicture
    looks: tuple[Look, ...]
    passes: int
    scale_known: bool


class Detector:
    """Finds the objects in pictures with one model, and boats with a second one when given."""

    def __init__(
        self,
        engine: Engine,
        manifest: Manifest,
        *,
        boat_engine: Engine | None = None,
        min_score: float | None = None,
    ) -> None:
        """Use the manifest's operating thresholds, or `min_score` for every class when given.

        `boat_engine` runs the manifest's boat network, and is needed when there is one.
        """
        if engine.outputs != 4 + len(manifest.classes):
            raise ModelError(
                f"the network gives {engine.outputs} values a box, its manifest names "
                f"{len(manifest.classes)} classes, which take {4 + len(manifest.classes)}; "
                "use the manifest that belongs to the weights"
            )
        self._engine = engine
        self.manifest = manifest
        self._thresholds = np.array(
            [manifest.threshold(c) if min_score is None else min_score for c in manifest.classes],
            np.float32,
        )
        self._decoded_from = self._thresholds
        self._second_look = second_look_of(manifest, engine)
        self._calibrations = [manifest.calibration(c) for c in manifest.classes]
        self._boats: BoatAdvice | None = None
        entry = manifest.boat_network
        if entry is not None and boat_engine is not None:
            self._boats = BoatAdvice(
                boat_engine, entry, engine.input_px, manifest, self._thresholds
            )
            self._decoded_from = self._boats.decoded_from
        elif entry is not None or boat_engine is not None:
            raise ModelError(
                "a boat network takes both its entry in the manifest and its engine; got only "
                f"the {'engine' if entry is None else 'entry'}"
            )

    def check_answers(self) -> None:
        """Run every network once on an empty tile.

        Raises:
            ModelError: when one cannot run on this machine or answers with what is no number.
        """
        engines = [self._engine] if self._boats is None else [self._engine, self._boats.engine]
        for engine in engines:
            (raw,) = engine.infer([empty_tile(engine.input_px)])
            if not np.isfinite(raw).all():
                raise ModelError(
                    "the network answers with values that are no numbers on this machine; "
                    "try another openvino version"
                )

    def searching_at(self, *gsd_cm: float, again: LookAgain | None = None) -> "Detector":
        """Return a detector whose passes look at other ground scales, cm per pixel.

        `again` is how it looks a second time after a single pass.
        """
        other = copy(self)
        other.manifest = self.manifest.model_copy(
            update={"search_gsd_cm": gsd_cm, "second_look": again}
        )
        other._second_look = second_look_of(other.manifest, self._engine)
        return other

    def without_boat_network(self) -> "Detector":
        """Return a detector that asks our network alone, boats too."""
        other = copy(self)
        other._boats, other._decoded_from = None, self._thresholds
        return other

    def detect(self, frame: Frame) -> tuple[Detection, ...]:
        """Find the objects in a located frame, best score first.

        Boxes without sea surface under their centre, or of an impossible size, are dropped. A frame
        whose height is too unsure to tell sizes by is searched at several scales.

        Raises:
            PhotoError: when the picture cannot be decoded.
        """
        return self.detect_prepared(frame, self.prepare(frame))

    def detect_each(
        self, frames: Iterable[Frame]
    ) -> Iterator[tuple[Frame, tuple[Detection, ...] | PhotoError]]:
        """Find the objects in frames one by one, in their order; a frame's error is its answer.

        The next picture is decoded while this one is searched, which keeps every core busy; never
        more than two pictures are in memory.
        """
        with ThreadPoolExecutor(1, thread_name_prefix="decode") as reader:
            ahead: tuple[Frame, Future[Prepared]] | None = None
            for frame in frames:
                now, ahead = ahead, (frame, reader.submit(self.prepare, frame))
                if now is not None:
                    yield now[0], self._answer(*now)
            if ahead is not None:
                yield ahead[0], self._answer(*ahead)

    def _answer(
        self, frame: Frame, prepared: Future[Prepared]
    ) -> tuple[Detection, ...] | PhotoError:
        try:
            return self.detect_prepared(frame, prepared.result())
        except PhotoError as error:
            return error

    def prepare(self, frame: Frame) -> Prepared:
        """Plan, decode and resample a picture, all that comes before the networks.

        Raises:
            PhotoError: when the picture cannot be decoded.
        """
        view = SeaView(frame.camera, frame.pose)
        known = frame.pose.height_sigma_m <= MOST_HEIGHT_ERROR * frame.pose.height_above_sea_m
        if known:
            passes = len(self.manifest.passes_gsd_cm)
            searches = plan_located(
                frame,
                view,
                self.manifest.passes_gsd_cm,
                self.manifest.boats_gsd_cm if self._boats else (),
                self._engine.input_px,
            )
        else:
            searches = plan_any_scale(frame.width_px, frame.height_px, self._engine.input_px)
            passes = len(searches)
        picture = DecodedPicture(
            frame.path, frame.width_px, frame.height_px, keep=self._second_look is not None
        )
        return Prepared(view, picture, tuple(looks(picture, searches)), passes, known)

    def detect_prepared(self, frame: Frame, prepared: Prepared) -> tuple[Detection, ...]:
        """Find the objects in a frame that `prepare` made ready, best score first."""
        return self._reported(frame, prepared, self._search_prepared(prepared))

    def detect_at_each(
        self, frame: Frame, thresholds: Sequence[Mapping[ObjectClass, float]]
    ) -> tuple[tuple[Detection, ...], ...]:
        """Find the objects as with each of several thresholds, for the time of one search.

        Classes that a mapping does not name keep this detector's own; lower ones change nothing.

        Raises:
            PhotoError: when the picture cannot be decoded.
        """
        prepared = self.prepare(frame)
        boxes = self._search_prepared(prepared)
        answers = []
        for mapping in thresholds:
            least = np.array([mapping.get(c, 0.0) for c in self.manifest.classes], np.float32)
            passed = boxes.take(boxes.scores >= least[boxes.classes])
            answers.append(self._reported(frame, prepared, passed))
        return tuple(answers)

    def _search_prepared(self, prepared: Prepared) -> Boxes:
        return self._search(
            prepared.looks, prepared.passes, prepared if prepared.scale_known else None
        )

    def _reported(self, frame: Frame, prepared: Prepared, boxes: Boxes) -> tuple[Detection, ...]:
        metre_px = None
        if prepared.scale_known and frame.gsd_cm is not None:
            metre_px = 100 / frame.gsd_cm
        boxes = self._whole_gear(boxes, metre_px)
        picture = Picture(
            frame.path, frame.sha256, frame.width_px, frame.height_px, frame.taken_at_utc
        )
        found = (
            self._detection(picture, boxes, i, prepared.view, prepared.scale_known)
            for i in range(len(boxes))
        )
        return tuple(d for d in found if d is not None)

    def _whole_gear(self, boxes: Boxes, metre_px: float | None) -> Boxes:
        """Leave out gear on boats and join what belongs together, by `metre_px` where known."""
        if ObjectClass.FISHING_GEAR not in self.manifest.classes:
            return boxes
        gear = self.manifest.classes.index(ObjectClass.FISHING_GEAR)
        if ObjectClass.BOAT in self.manifest.classes:
            boat = self.manifest.classes.index(ObjectClass.BOAT)
            boxes = without_gear_on_board(boxes, gear, boat)
        if metre_px is None:
            return without_pieces(boxes, gear)
        return join_pieces(boxes, gear, metre_px)

    def detect_unlocated(self, picture: Picture) -> tuple[Detection, ...]:
        """Search any picture at several scales of its native pixels; positions stay None.

        Raises:
            PhotoError: when the picture cannot be decoded.
        """
        searches = plan_any_scale(picture.width_px, picture.height_px, self._engine.input_px)
        decoded = DecodedPicture(picture.path, picture.width_px, picture.height_px)
        boxes = self._search(looks(decoded, searches), len(searches), None)
        boxes = self._whole_gear(boxes, None)
        found = (self._detection(picture, boxes, i, None, False) for i in range(len(boxes)))
        return tuple(d for d in found if d is not None)

    def _search(self, looks: Iterable[Look], passes: int, of_scale: Prepared | None) -> Boxes:
        """Search the looks of so many passes of our network, and the boat network's.

        `of_scale` is the picture where its scale is known; None where it was searched at any.
        """
        second = self._second_look if of_scale is not None else None
        decoded_from = self._decoded_from
        if passes > 1:
            decoded_from = np.minimum(decoded_from, np.float32(SUPPORT_FROM))
        elif second is not None:
            decoded_from = second.decoded_from(decoded_from)
        ours: list[list[Boxes]] = [[] for _ in range(passes)]
        boats = []
        for look in looks:
            level = look.search.level
            if look.search.passes:
                found = search_level(self._engine, decoded_from, look.pixels, level)
                for number in look.search.passes:
                    ours[number] += found
            if look.search.boats and self._boats is not None:
                boats.append(self._boats.of(look))
        mine = agreed([concatenate(parts) for parts in ours])
        if of_scale is None:
            mine = as_of_known_scale(mine, self.manifest)
        elif second is not None:
            mine = second.judged(mine, of_scale.picture, of_scale.view)
        mine = mine.take(mine.scores >= self._decoded_from[mine.classes])
        return merge(mine) if self._boats is None else self._boats.fused(mine, boats)

    def _detection(
        self, picture: Picture, boxes: Boxes, i: int, view: SeaView | None, scale_known: bool
    ) -> Detection | None:
        left, top, right, bottom = (float(v) for v in boxes.xyxy_px[i])
        index, score = int(boxes.classes[i]), float(boxes.scores[i])
        object_class, calibration = self.manifest.classes[index], self._calibrations[index]
        position, error_m = None, None
        if view is not None:
            centre = ((left + right) / 2, (top + bottom) / 2)
            try:
                ground, gsd_cm = view.to_ground(centre), view.gsd_cm_at(centre)
            except ProjectionError:
                return None  # at or above the horizon there is no sea
            longest_m = max(right - left, bottom - top) * gsd_cm / 100
            if scale_known and not plausible(object_class, longest_m):
                return None
            position, error_m = ground.position, ground.error_m
        return Detection(
            object_class,
            score if calibration is None else calibration.apply(score),
            (left, top, right, bottom),
            picture.sha256,
            picture.taken_at_utc,
            position,
            error_m,
            self.manifest.sha256,
        )
