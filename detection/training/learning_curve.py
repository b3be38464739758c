"""How much labelled frames of a new place help: recall before and after 50, 100, 200 of them.

Rendered flights over families of seas that the base model never saw stand for the new place. The
question is the one Mannocci et al. (2022, Conservation Biology 36, e13798) ask of dugongs in real
videos, where a detector trained on pictures from elsewhere gained much from few local ones; the
answer here is about rendered seas alone.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from shutil import rmtree

from pydantic import TypeAdapter

from detection.detector import Detector
from detection.evaluation.labels import PictureLabels
from detection.evaluation.rendered_truth import FILE_NAME, read_truth
from detection.evaluation.scoring import ScoredFrame, Tally, tally
from detection.labels.folder import LabelFormat, read_labels, write_labels
from detection.labels.label import Label, LabelledFlight, LabelledFrame, Origin, Verdict
from detection.labels.split import Split
from detection.manifest import load_manifest
from detection.progress_lines import ProgressLines
from detection.training.evaluate import RENDERED_SITE, score_flights
from detection.training.fine_tune import (
    FineTuning,
    Schedule,
    labelled_tiles,
    train_further,
    write_candidate,
)
from detection.training.flight_plan import FlightPlan
from detection.training.from_onnx import model_from_onnx
from detection.training.kept_flights import keep_flights, mark_of_flights
from detection.training.random_flight import random_flight
from detection.training.rehearsal import rehearsal_tiles
from detection.training.site_tiles import TrainingTile
from detection.types import ObjectClass
from detection.whole_file import write_whole
from ingest.flight import read_flight
from ingest.frame import Frame

# Flights to learn from are drawn far from those that measure the released model.
_FIRST_LEARNT_FLIGHT = 1000
_FRAMES_A_FLIGHT = 4


@dataclass(frozen=True)
class CurvePlan:
    """What to learn from and what to measure on; `folder` keeps flights and models between runs.

    With `flat_profile` the pictures have far less contrast and colour than any that the base model
    learnt from: a place and camera that it does badly at.
    """

    base: Path
    folder: Path
    labelled_frames: tuple[int, ...] = (50, 100, 200)
    test_flights: int = 24
    schedule: Schedule = field(default_factory=Schedule)
    processes: int = 2
    photo_folder: Path | None = None
    flat_profile: bool = False


@dataclass(frozen=True)
class CurvePoint:
    """What one class reached after some labelled frames; 0 frames is the base model."""

    labelled_frames: int
    object_class: ObjectClass
    recall: float | None
    objects: int
    false_alarms_per_frame: float


_KEPT = TypeAdapter(tuple[str, dict[int, tuple[CurvePoint, ...]]])


def learning_curve(
    plan: CurvePlan, open_model: Callable[[Path], Detector], tell: Callable[[str], None]
) -> tuple[CurvePoint, ...]:
    """Fine-tune the base model on ever more labelled frames, and measure each on other flights.

    What was measured before, with the same base, schedule, flights and real sea, is not measured
    again: a run that was stopped goes on.
    """
    kept = KeptPoints(plan)
    flights = -(-max(plan.labelled_frames) // _FRAMES_A_FLIGHT)
    tell(
        f"rendering what is missing of {flights} flights to learn from, {plan.test_flights} others"
    )
    to_learn = _flights(plan, range(_FIRST_LEARNT_FLIGHT, _FIRST_LEARNT_FLIGHT + flights))
    lines = ProgressLines(tell).of("rendering flights")
    learnt = keep_flights(to_learn, processes=plan.processes, on_progress=lines)
    test = keep_flights(_test_flights(plan), processes=plan.processes, on_progress=lines)
    # others when the flights are, which may have been drawn anew
    labels = plan.folder / f"labels_of_{mark_of_flights(to_learn.values())}"
    if not labels.exists():
        unfinished = labels.with_suffix(".part")
        rmtree(unfinished, ignore_errors=True)  # of a run that was stopped while it wrote
        _write_labels(learnt, unfinished)
        unfinished.replace(labels)
    labelled = read_labels(labels)
    if 0 not in kept.points:
        tell("measuring the base model")
        kept.keep(0, _points(0, score_flights(open_model(plan.base), test)))
    start = plan.base.parent / load_manifest(plan.base).file
    missing = [count for count in plan.labelled_frames if count not in kept.points]
    rehearsal: tuple[TrainingTile, ...] = ()
    if missing:
        rehearsal = rehearsal_tiles(
            plan.schedule.rehearsal_tiles, plan.schedule.tile_px, plan.photo_folder,
            processes=plan.processes, tell=tell,
        )  # fmt: skip
    for count in missing:
        some = tuple(_first_frames(labelled, count))
        tiles, _ = labelled_tiles(labels, some, RENDERED_SITE, plan.schedule)
        tell(f"{count} labelled frames: {len(tiles)} tiles")
        network, steps = train_further(
            model_from_onnx(start), tiles, rehearsal, plan.schedule, tell
        )
        tuning = FineTuning(
            labels, plan.base, plan.folder / "models", RENDERED_SITE, plan.folder / "flights"
        )
        manifest = write_candidate(network, tuning, Split(some, ()), steps)
        kept.keep(count, _points(count, score_flights(open_model(manifest), test)))
    return tuple(point for count in (0, *plan.labelled_frames) for point in kept.points[count])


class KeptPoints:
    """The points of a curve in a file, each kept as soon as it is measured."""

    def __init__(self, plan: CurvePlan) -> None:
        """Take up what was measured of the same plan; what is of another begins anew."""
        self._file = plan.folder / "points.json"
        # thresholds and ways to search are in the manifest, beside the network's hash
        base = sha256(plan.base.read_bytes()).hexdigest()
        flights = mark_of_flights(_test_flights(plan).values())
        real_sea = plan.photo_folder is not None
        self._of = f"{base} {plan.schedule} {flights} real sea: {real_sea}"
        self.points: dict[int, tuple[CurvePoint, ...]] = {}
        if self._file.is_file():
            of, points = _KEPT.validate_json(self._file.read_bytes())
            self.points = points if of == self._of else {}

    def keep(self, count: int, points: Iterable[CurvePoint]) -> None:
        """Write the points of a number of labelled frames besides those that are there."""
        self.points[count] = tuple(points)
        self._file.parent.mkdir(parents=True, exist_ok=True)
        write_whole(self._file, _KEPT.dump_json((self._of, self.points), indent=1))


def _flights(plan: CurvePlan, numbers: range) -> dict[Path, FlightPlan]:
    """Flights over families held out from training, by the folders that keep them."""
    folder = plan.folder / ("flat_flights" if plan.flat_profile else "flights")
    drawn = (random_flight("test", number, _FRAMES_A_FLIGHT) for number in numbers)
    return {
        folder / f"{number:04d}": replace(flight, flat_profile=plan.flat_profile)
        for number, flight in zip(numbers, drawn, strict=True)
    }


def _test_flights(plan: CurvePlan) -> dict[Path, FlightPlan]:
    return _flights(plan, range(plan.test_flights))


def _write_labels(folders: Sequence[Path], target: Path) -> None:
    """Write rendered flights as officers' labels would be exported: all that shows is labelled."""
    flights: list[LabelledFlight] = []
    pictures: dict[str, Path] = {}
    for folder in folders:
        frames = read_flight([folder], RENDERED_SITE).frames
        truths = read_truth(folder / FILE_NAME, tuple(frame.path for frame in frames))
        pictures |= {frame.sha256: frame.path for frame in frames}
        flights.append(
            LabelledFlight(
                folder.name,
                tuple(_labelled(frame, truths[frame.path]) for frame in frames),
            )
        )
    write_labels(flights, target, lambda sha256: pictures[sha256].read_bytes(), LabelFormat.YOLO)


def _labelled(frame: Frame, truth: PictureLabels) -> LabelledFrame:
    return LabelledFrame(
        sha256=frame.sha256,
        file_name=frame.path.name,
        width_px=frame.width_px,
        height_px=frame.height_px,
        taken_at_utc=frame.taken_at_utc,
        gsd_cm=frame.gsd_cm,
        complete=True,
        labels=tuple(
            Label(
                f"b{number}", 1, Verdict.OBJECT, ObjectClass(label.name), label.xyxy_px,
                Origin.DRAWN, "rendered", frame.taken_at_utc, None,
            )
            for number, label in enumerate(truth.labels)
            if label.fair  # what hardly shows no officer would label
        ),
    )  # fmt: skip


def _first_frames(flights: Sequence[LabelledFlight], count: int) -> Iterator[LabelledFlight]:
    """The first flights, cut so that they hold `count` frames."""
    left = count
    for flight in flights:
        if left > 0:
            yield replace(flight, frames=flight.frames[:left])
            left -= len(flight.frames)


def _points(labelled_frames: int, frames: Sequence[ScoredFrame]) -> Iterator[CurvePoint]:
    for object_class in ObjectClass:
        total = sum((tally(frame, object_class, 0.0) for frame in frames), Tally())
        yield CurvePoint(
            labelled_frames,
            object_class,
            total.recall,
            total.found + total.missed,
            total.false_alarms / max(len(frames), 1),
        )


def curve_markdown(points: Sequence[CurvePoint]) -> str:
    """The curve as a table: a row for each number of labelled frames."""
    heads = [f"{c} {what}" for c in ObjectClass for what in ("recall", "false alarms a frame")]
    lines = [
        "| labelled frames | " + " | ".join(heads) + " |",
        "| ---: |" + " ---: |" * len(heads),
    ]
    for count in dict.fromkeys(point.labelled_frames for point in points):
        cells = []
        for point in (p for p in points if p.labelled_frames == count):
            recall = "-" if point.recall is None else f"{point.recall:.3f} (of {point.objects})"
            cells += [recall, f"{point.false_alarms_per_frame:.3f}"]
        lines.append(f"| {count} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"
