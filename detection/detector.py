"""From a frame to its detections: plan, decode, resample, infer, merge, locate."""

from collections import defaultdict
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from detection.boxes import Boxes, Floats, concatenate, decode, no_boxes
from detection.engine import Engine
from detection.errors import ModelError
from detection.manifest import Manifest
from detection.merge import join_near, merge
from detection.plausibility import plausible
from detection.tiling import Level, decode_denominator, plan_levels, plan_unknown_scale
from detection.types import Detection, ObjectClass
from ingest.errors import ProjectionError
from ingest.frame import Frame
from ingest.pixels import decode_bgr
from ingest.projection import SeaView

# A dugong is at most 3.3 m: 66 px at 5 cm. Twice that, so that each is whole in at least one tile.
OVERLAP_PX = 128
# Tiles sent to the engine at once; bounds memory whatever the picture's size.
BATCH_TILES = 16
# A box that ends this close to its tile's edge goes on beyond it.
CUT_MARGIN_PX = 2.0
# Floats and buoys closer than this belong to one net or line. Our own figure: an officer goes to
# the place once, whatever lies between them.
GEAR_GAP_M = 5.0
# The grey that the network saw as "no picture" in training.
PADDING_GREY = 114


@dataclass(frozen=True)
class Picture:
    """A picture without place: what is needed to search it and to name its boxes."""

    path: Path
    sha256: str
    width_px: int
    height_px: int
    taken_at_utc: datetime | None = None


class Detector:
    """Finds the objects in pictures with one engine and one model."""

    def __init__(
        self, engine: Engine, manifest: Manifest, *, min_score: float | None = None
    ) -> None:
        """Use the manifest's operating thresholds, or `min_score` for every class when given."""
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

    def with_target_gsd_cm(self, target_gsd_cm: float) -> "Detector":
        """Return a detector that looks at another ground scale, cm per pixel; for comparisons."""
        other = copy(self)
        other.manifest = self.manifest.model_copy(update={"target_gsd_cm": target_gsd_cm})
        return other

    def detect(self, frame: Frame) -> tuple[Detection, ...]:
        """Find the objects in a located frame, best score first.

        Boxes without sea surface under their centre, or of an impossible size, are dropped.

        Raises:
            PhotoError: when the picture cannot be decoded.
        """
        view = SeaView(frame.camera, frame.pose)
        levels = self._plan(frame, view)
        boxes = self._search(frame.path, levels)
        if frame.gsd_cm is not None and ObjectClass.FISHING_GEAR in self.manifest.classes:
            gear = self.manifest.classes.index(ObjectClass.FISHING_GEAR)
            boxes = join_near(boxes, gear, GEAR_GAP_M * 100 / frame.gsd_cm)
        picture = Picture(
            frame.path, frame.sha256, frame.width_px, frame.height_px, frame.taken_at_utc
        )
        found = (self._detection(picture, boxes, i, view) for i in range(len(boxes)))
        return tuple(d for d in found if d is not None)

    def detect_unlocated(self, picture: Picture) -> tuple[Detection, ...]:
        """Search any picture at several scales of its native pixels; positions stay None.

        Raises:
            PhotoError: when the picture cannot be decoded.
        """
        levels = plan_unknown_scale(
            picture.width_px, picture.height_px, self._engine.input_px, OVERLAP_PX
        )
        boxes = self._search(picture.path, levels)
        found = (self._detection(picture, boxes, i, None) for i in range(len(boxes)))
        return tuple(d for d in found if d is not None)

    def _plan(self, frame: Frame, view: SeaView) -> tuple[Level, ...]:
        def gsd_cm_at_row(y_px: float) -> float | None:
            try:
                return view.gsd_cm_at((frame.width_px / 2, y_px))
            except ProjectionError:
                return None

        return plan_levels(
            frame.width_px,
            frame.height_px,
            gsd_cm_at_row,
            self.manifest.target_gsd_cm,
            self._engine.input_px,
            OVERLAP_PX,
        )

    def _search(self, path: Path, levels: tuple[Level, ...]) -> Boxes:
        by_reduction: dict[int, list[Level]] = defaultdict(list)
        for level in levels:
            by_reduction[decode_denominator(level.scale)].append(level)
        parts = []
        for denominator, group in sorted(by_reduction.items()):
            pixels = decode_bgr(path, scale_denominator=denominator)
            parts += [self._search_level(pixels, level) for level in group]
        return merge(concatenate(parts)) if parts else no_boxes()

    def _search_level(self, pixels: NDArray[np.uint8], level: Level) -> Boxes:
        """Search one resampling of the picture; boxes come back in pixels of the original."""
        size = (level.width_px, level.height_px)
        if (pixels.shape[1], pixels.shape[0]) != size:
            shrinks = pixels.shape[1] > level.width_px
            how = cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
            pixels = np.asarray(cv2.resize(pixels, size, interpolation=how), np.uint8)
        parts = []
        for batch in _batches(level, BATCH_TILES):
            tiles = [self._cut_tile(pixels, t.x_px, t.y_px) for t in batch.tiles]
            for tile, raw in zip(batch.tiles, self._engine.infer(tiles), strict=True):
                parts.append(self._boxes(raw, level, tile.x_px, tile.y_px))
        return concatenate(parts)

    def _cut_tile(self, pixels: NDArray[np.uint8], x_px: int, y_px: int) -> NDArray[np.uint8]:
        side = self._engine.input_px
        piece = pixels[y_px : y_px + side, x_px : x_px + side]
        if piece.shape[:2] == (side, side):
            return np.ascontiguousarray(piece)
        padded = np.full((side, side, 3), PADDING_GREY, np.uint8)
        padded[: piece.shape[0], : piece.shape[1]] = piece
        return padded

    def _boxes(self, raw: Floats, level: Level, x_px: int, y_px: int) -> Boxes:
        """Decode one tile and move its boxes into the original picture."""
        xyxy, scores, classes = decode(raw, self._thresholds)
        side = self._engine.input_px
        right, bottom = min(side, level.width_px - x_px), min(side, level.height_px - y_px)
        xyxy = np.clip(xyxy, 0, np.array([right, bottom, right, bottom], np.float32))
        cut = (
            ((xyxy[:, 0] <= CUT_MARGIN_PX) & (x_px > 0))
            | ((xyxy[:, 1] <= CUT_MARGIN_PX) & (y_px > 0))
            | ((xyxy[:, 2] >= right - CUT_MARGIN_PX) & (x_px + right < level.width_px))
            | ((xyxy[:, 3] >= bottom - CUT_MARGIN_PX) & (y_px + bottom < level.height_px))
        )
        moved = (xyxy + np.array([x_px, y_px, x_px, y_px], np.float32)) / np.float32(level.scale)
        return Boxes(moved.astype(np.float32), scores, classes, cut)

    def _detection(
        self, picture: Picture, boxes: Boxes, i: int, view: SeaView | None
    ) -> Detection | None:
        left, top, right, bottom = (float(v) for v in boxes.xyxy_px[i])
        object_class = self.manifest.classes[int(boxes.classes[i])]
        position, error_m = None, None
        if view is not None:
            centre = ((left + right) / 2, (top + bottom) / 2)
            try:
                ground, gsd_cm = view.to_ground(centre), view.gsd_cm_at(centre)
            except ProjectionError:
                return None  # at or above the horizon there is no sea
            if not plausible(object_class, max(right - left, bottom - top) * gsd_cm / 100):
                return None
            position, error_m = ground.position, ground.error_m
        return Detection(
            object_class,
            float(boxes.scores[i]),
            (left, top, right, bottom),
            picture.sha256,
            picture.taken_at_utc,
            position,
            error_m,
            self.manifest.sha256,
        )


def _batches(level: Level, size: int) -> Iterator[Level]:
    for i in range(0, len(level.tiles), size):
        yield Level(level.scale, level.width_px, level.height_px, level.tiles[i : i + size])
