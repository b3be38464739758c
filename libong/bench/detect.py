"""Detection against SAHI + Ultralytics: time, stages, what is found, memory; on the same pictures.

Ours and the peer's take turns on each picture, so that a busy machine slows both; medians are told.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import repeat
from pathlib import Path
from statistics import median
from typing import TypeVar

from detection.detector import Detector
from detection.engine import Engine, OpenVinoEngine, RawOutput, TileBGR
from detection.evaluation.scoring import FoundBox, ScoredFrame, Tally, found_boxes, tally
from detection.manifest import Manifest
from detection.types import ObjectClass
from ingest.photo import read_frame
from ingest.pixels import decode_bgr
from ingest.site_reference import SiteReference
from libong.bench.memory import peak_mb
from libong.bench.pictures import BenchPicture
from libong.bench.row import Row, higher_is_better, lower_is_better
from libong.bench.sahi_peer import NAME, PeerAnswer, SahiPeer

_T = TypeVar("_T")
BENCH = "detect"
# Pictures searched in a row when throughput is measured: the next is decoded meanwhile.
IN_A_ROW = 4
FEW, MANY = 5, 40


class TimedEngine:
    """An engine that adds up the seconds its network takes."""

    def __init__(self, engine: Engine) -> None:
        """Run another engine and watch the clock."""
        self._engine = engine
        self.input_px, self.outputs = engine.input_px, engine.outputs
        self.seconds = 0.0

    def infer(self, tiles: Sequence[TileBGR]) -> list[RawOutput]:
        """Run the network on tiles."""
        start = time.perf_counter()
        answers = self._engine.infer(tiles)
        self.seconds += time.perf_counter() - start
        return answers


@dataclass(frozen=True)
class Stages:
    """Seconds of the steps of one picture: from the file to detections."""

    read: float
    decode: float
    plan_and_resample: float
    network: float
    boxes_and_places: float

    @property
    def other_share(self) -> float:
        """Share of the time that is neither decoding of the JPEG nor the network's arithmetic."""
        other = self.read + self.plan_and_resample + self.boxes_and_places
        return other / (other + self.decode + self.network)


class Contest:
    """Our detector, with one network and as it ships, and the peer, with the same weights."""

    def __init__(self, model_folder: Path, manifest: Manifest, torch_file: Path) -> None:
        """Load all three.

        Raises:
            PeerMissingError: when the peer is not installed.
        """
        weights = model_folder / manifest.file
        self.peer = SahiPeer(weights, manifest, torch_file)
        self._warm = False
        self.engine = TimedEngine(OpenVinoEngine(weights, manifest.input_px))
        alone = manifest.model_copy(update={"boat_network": None})
        self.same_weights = Detector(self.engine, alone)
        boats = manifest.boat_network
        self.as_shipped: Detector | None = None
        if boats is not None:
            second = OpenVinoEngine(model_folder / boats.file, manifest.input_px)
            self.as_shipped = Detector(self.engine, manifest, boat_engine=second)

    def rows(self, picture: BenchPicture, site: SiteReference, rounds: int) -> list[Row]:
        """Measure one picture."""
        same: list[Cost] = []
        shipped: list[Cost] = []
        stages: list[Stages] = []
        peers: list[_PeerTurn] = []
        if not self._warm:  # the first picture of a process is slower; no one pays for that
            self.peer.detect(picture.frame.path)
            for ours in filter(None, (self.same_weights, self.as_shipped)):
                ours.detect(picture.frame)
            self._warm = True
        for _ in range(rounds):
            same.append(_each(self.same_weights, picture))
            if self.as_shipped is not None:
                shipped.append(_each(self.as_shipped, picture))
            stages.append(stages_of(self.same_weights, self.engine, picture, site))
            peers.append(_PeerTurn(*_costed(lambda: self.peer.detect(picture.frame.path))))
        theirs = [turn.cost for turn in peers]
        rows = _cost_rows(picture, "same weights", same, theirs)
        if self.as_shipped is not None:
            rows += _cost_rows(picture, "with the boat network", shipped, theirs)
        return rows + _stage_rows(picture, stages, peers)

    def finds_rows(self, pictures: Sequence[BenchPicture]) -> list[Row]:
        """What both find in pictures of one name: recall of all classes, and false alarms.

        Where the model has a boat network, what it finds with that is told too.
        """
        peer = _tally(pictures, lambda p: self.peer.detect(p.frame.path).finds)
        ways = [("same weights", self.same_weights)]
        if self.as_shipped is not None:
            ways.append(("with the boat network", self.as_shipped))
        rows: list[Row] = []
        for how, detector in ways:
            ours = _tally(pictures, partial(_found, detector))
            rows += _finds_rows(pictures, how, ours, peer)
        return rows


def stages_of(
    detector: Detector, engine: TimedEngine, picture: BenchPicture, site: SiteReference
) -> Stages:
    """Time the steps of searching a picture one after the other; the detector asks that engine.

    Decoding is timed by itself, once more, since it happens within preparing and looking again.
    """
    path = picture.frame.path
    read_s, frame = _timed(lambda: read_frame(path, site))
    prepare_s, prepared = _timed(lambda: detector.prepare(frame))
    first = prepared.picture.denominator
    decode_s = min(_decode_s(path, first), prepare_s)
    before = engine.seconds
    search_s, _ = _timed(lambda: detector.detect_prepared(frame, prepared))
    network_s = engine.seconds - before
    finer = prepared.picture.denominator  # where it was looked at again, closer
    again_s = 0.0 if finer == first else _decode_s(path, finer)
    return Stages(
        read_s,
        decode_s + again_s,
        prepare_s - decode_s,
        network_s,
        max(0.0, search_s - network_s - again_s),
    )


def _decode_s(path: Path, denominator: int | None) -> float:
    if denominator is None:
        return 0.0
    seconds, _ = _timed(lambda: decode_bgr(path, scale_denominator=denominator))
    return seconds


@dataclass(frozen=True)
class Cost:
    """Seconds by the clock, and of all cores' work; the second is steadier on a busy machine."""

    clock_s: float
    work_s: float


@dataclass(frozen=True)
class _PeerTurn:
    cost: Cost
    answer: PeerAnswer


def _costed(run: Callable[[], _T]) -> tuple[Cost, _T]:
    start, work = time.perf_counter(), time.process_time()
    answer = run()
    return Cost(time.perf_counter() - start, time.process_time() - work), answer


def _timed(run: Callable[[], _T]) -> tuple[float, _T]:
    cost, answer = _costed(run)
    return cost.clock_s, answer


def _each(detector: Detector, picture: BenchPicture) -> Cost:
    """What a frame of a flight costs: several in a row."""
    frames = repeat(picture.frame, IN_A_ROW)
    cost, _ = _costed(lambda: list(detector.detect_each(frames)))
    return Cost(cost.clock_s / IN_A_ROW, cost.work_s / IN_A_ROW)


def _cost_rows(
    picture: BenchPicture, how: str, ours: Sequence[Cost], peer: Sequence[Cost]
) -> list[Row]:
    return [
        _row(
            picture, f"time a frame, {how}", "s",
            median(c.clock_s for c in ours), median(c.clock_s for c in peer),
        ),
        _row(
            picture, f"processor time a frame, {how}", "s",
            median(c.work_s for c in ours), median(c.work_s for c in peer),
        ),
    ]  # fmt: skip


def memory_rows(picture: BenchPicture, torch_file: Path) -> list[Row]:
    """Peak memory of fresh processes, and whether more pictures take more of it."""
    path = picture.frame.path
    few, many = (peak_mb("ours", path, times, torch_file) for times in (FEW, MANY))
    theirs = peak_mb("peer", path, 1, torch_file)
    growth = f"memory growth from {FEW} to {MANY} frames"
    return [
        _row(picture, "peak memory", "MB", few, theirs),
        _row(picture, growth, "MB", many - few, None),
    ]


def _row(picture: BenchPicture, metric: str, unit: str, ours: float, peer: float | None) -> Row:
    return lower_is_better(BENCH, f"{picture.name}: {metric}", unit, ours, peer, NAME)


def _stage_rows(
    picture: BenchPicture, stages: Sequence[Stages], peers: Sequence[_PeerTurn]
) -> list[Row]:
    """Our steps one after the other, beside what the peer tells of its own."""
    rows = [
        _row(picture, "read metadata", "s", median(x.read for x in stages), None),
        _row(picture, "decode", "s", median(x.decode for x in stages), None),
        _row(
            picture, "plan and resample", "s", median(x.plan_and_resample for x in stages),
            median(x.answer.slice_s for x in peers),
        ),
        _row(
            picture, "network", "s", median(x.network for x in stages),
            median(x.answer.network_s for x in peers),
        ),
        _row(
            picture, "boxes, merging, places", "s", median(x.boxes_and_places for x in stages),
            median(x.answer.merge_s for x in peers),
        ),
    ]  # fmt: skip
    share = 100 * median(x.other_share for x in stages)
    return [*rows, _row(picture, "outside decoding and network", "%", share, None)]


def _finds_rows(pictures: Sequence[BenchPicture], how: str, ours: Tally, peer: Tally) -> list[Row]:
    """Recall of all classes together where anything is there, and false alarms."""
    name = pictures[0].name if len(pictures) == 1 else f"{len(pictures)} of {pictures[0].name}"
    alarms = lower_is_better(
        BENCH, f"{name}: false alarms, {how}", "boxes",
        float(ours.false_alarms), float(peer.false_alarms), NAME,
    )  # fmt: skip
    if ours.recall is None:
        return [alarms]
    there = ours.found + ours.missed
    metric = f"{name}: recall of {there}, {how}"
    return [higher_is_better(BENCH, metric, "share", ours.recall, peer.recall, NAME), alarms]


def _found(detector: Detector, picture: BenchPicture) -> tuple[FoundBox, ...]:
    return found_boxes(detector.detect(picture.frame))


def _tally(
    pictures: Sequence[BenchPicture], found: Callable[[BenchPicture], tuple[FoundBox, ...]]
) -> Tally:
    total = Tally()
    for picture in pictures:
        scored = ScoredFrame(
            picture.name, picture.frame.path.name, picture.truths, found(picture), 0.0
        )
        total += sum((tally(scored, c, 0.0) for c in ObjectClass), Tally())
    return total
