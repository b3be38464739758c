"""Learning from the site: the present model, trained further on what officers decided.

Whole flights are kept back and both models are measured on them, and on rendered flights besides,
since a model that learns a new place may forget the old ones. Half of every batch is rendered tiles
for the same reason (rehearsal, Robins 1995).
"""

import json
import math
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from shutil import copyfile
from types import SimpleNamespace

import numpy as np
import torch
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from ultralytics.nn.tasks import DetectionModel

from detection.detector import Detector
from detection.evaluation.scoring import ScoredFrame
from detection.evaluation.search import SearchedFlights, Searchers
from detection.labels.folder import picture_path, read_labels
from detection.labels.label import LabelledFlight
from detection.labels.located import Unusable
from detection.labels.split import Earlier, Split, split_by_flight
from detection.manifest import Manifest, load_manifest
from detection.model_folder import MANIFEST_FILE
from detection.model_verdict import forget_verdict, write_verdict
from detection.progress_lines import ProgressLines
from detection.training.bf16 import compute_in_bf16_where_faster
from detection.training.comparison import (
    COMPARISON_FILE,
    Comparison,
    as_markdown,
    compare,
    compare_on_photos,
    in_words,
)
from detection.training.evaluate import (
    CAVEAT,
    EmptyPhotos,
    render_flights,
    score_photos,
    search_rendered,
)
from detection.training.from_onnx import model_from_onnx, write_onnx
from detection.training.rehearsal import rehearsal_tiles
from detection.training.site_frames import tell_unusable, unmeasured
from detection.training.site_scores import favour_in, score_labelled
from detection.training.site_tiles import TrainingTile, tiles_of_frame, why_no_tile
from detection.training.varied_batch import varied_batch
from ingest.site_reference import SiteReference

# Ultralytics' own weights of the three parts of the loss.
_LOSS_WEIGHTS = SimpleNamespace(box=7.5, cls=0.5, dfl=1.5)
_AT_SITE = "held-out flights of the site"


@dataclass(frozen=True)
class Schedule:
    """How long and how strongly to train.

    The learning rate is a few times below that of the first training and falls along a cosine over
    `epochs` passes through the site's tiles, or over `minutes` by the clock if those end sooner.
    The first layers stay as they are, as in the first training.
    """

    minutes: float = 40.0
    epochs: int = 12
    tile_px: int = 512
    batch: int = 16
    learning_rate: float = 3e-4
    rehearsal_tiles: int = 400
    rehearsal_share: float = 0.5
    frozen_layers: int = 4
    seed: int = 0


@dataclass(frozen=True)
class FineTuning:
    """What to learn from, what to start from, and where the candidate goes.

    `labels` is a folder that `libong labels export` wrote; `base` the present model's manifest;
    `models` the folder of models, one folder for each; `flights_folder` keeps rendered flights
    between runs. The rehearsal has real sea where `photo_folder` has any; `empty_photos` are real
    photographs without dugongs, in which false ones are counted.
    """

    labels: Path
    base: Path
    models: Path
    site: SiteReference
    flights_folder: Path
    rendered_flights: int = 12
    schedule: Schedule = Schedule()
    processes: int = 2
    photo_folder: Path | None = None
    empty_photos: tuple[EmptyPhotos, ...] = ()


@dataclass(frozen=True)
class Candidate:
    """A fine-tuned model, its manifest, and how it compares with the one it came from.

    `against` says in words what forbids its promotion.
    """

    manifest: Path
    model_sha256: str
    comparisons: tuple[Comparison, ...]
    against: tuple[str, ...]


def fine_tune(
    plan: FineTuning, open_model: Callable[[Path], Detector], tell: Callable[[str], None]
) -> Candidate:
    """Train the present model further, measure both, and write the candidate beside the others.

    `open_model` opens the detector of a manifest; `tell` is given a line at each stage. A flight
    that the present model has learnt from is not kept back. Raises LabelError for labels of fewer
    than two flights, of none that the present model has not learnt from, or ones that give no tile
    or measure nothing.
    """
    base = load_manifest(plan.base)
    split = split_by_flight(read_labels(plan.labels), earlier=_earlier(base))
    tell(
        f"learning from {len(split.learnt)} flights ({_frames(split.learnt)} frames), measuring on "
        f"{len(split.held_out)} ({_frames(split.held_out)} frames)"
    )
    tiles, without = labelled_tiles(plan.labels, split.learnt, plan.site, plan.schedule)
    tell_unusable(without, _frames(split.learnt), "to learn from give no tile", tell)
    left_out = unmeasured(plan.labels, split.held_out, plan.site)
    tell_unusable(left_out, _frames(split.held_out), "to measure on cannot be measured", tell)
    favour = favour_in(split.held_out)
    if favour:
        tell(favour)
    tell(f"{len(tiles)} tiles of the site; rendering {plan.schedule.rehearsal_tiles} to rehearse")
    rehearsal = rehearsal_tiles(
        plan.schedule.rehearsal_tiles, plan.schedule.tile_px, plan.photo_folder,
        processes=plan.processes, tell=tell,
    )  # fmt: skip
    start = plan.base.parent / base.file
    network, steps = train_further(model_from_onnx(start), tiles, rehearsal, plan.schedule, tell)
    manifest = write_candidate(network, plan, split, steps)
    tell("measuring the present model and the candidate")
    if not plan.empty_photos:
        tell("no real photographs without dugongs at hand: false ones on such are not compared")
    lines = ProgressLines(tell).of("rendering flights")
    rendered = render_flights(
        "val", plan.rendered_flights, plan.flights_folder, plan.processes, lines
    )
    comparisons = _compared(
        *(_measured(open_model(path), plan, split, rendered) for path in (plan.base, manifest))
    )
    (manifest.parent / COMPARISON_FILE).write_text(
        f"{as_markdown(comparisons)}\nRendered flights: {CAVEAT}\n{favour}\n", encoding="utf-8"
    )
    against = tuple(in_words(c) for c in comparisons if c.regressed)
    if not any(c.where == _AT_SITE for c in comparisons):
        against = (*against, f"none of the {_frames(split.held_out)} frames kept back was measured")
    write_verdict(manifest, beside_sha256=base.sha256, against=against)
    return Candidate(manifest, load_manifest(manifest).sha256, comparisons, against)


def _earlier(base: Manifest) -> Earlier:
    return Earlier(
        frozenset(base.training.learnt_flights), frozenset(base.training.held_out_flights)
    )


@dataclass(frozen=True)
class _Measured:
    """What a model reports: on the site's flights, on rendered ones, on photos of no dugong."""

    at_site: Sequence[ScoredFrame]
    rendered: SearchedFlights
    on_photos: Sequence[ScoredFrame]


def _measured(
    detector: Detector, plan: FineTuning, split: Split, rendered: Sequence[Path]
) -> _Measured:
    return _Measured(
        score_labelled(detector, plan.labels, split.held_out, plan.site),
        search_rendered(Searchers(detector), rendered),
        [frame for photos in plan.empty_photos for frame in score_photos(detector, photos)],
    )


def _compared(before: _Measured, after: _Measured) -> tuple[Comparison, ...]:
    return (
        *compare(_AT_SITE, before.at_site, after.at_site),
        *compare(
            "rendered flights",
            before.rendered.frames,
            after.rendered.frames,
            (before.rendered.counts, after.rendered.counts),
        ),
        *compare_on_photos(before.on_photos, after.on_photos),
    )


def _frames(flights: Sequence[LabelledFlight]) -> int:
    return sum(len(flight.frames) for flight in flights)


def labelled_tiles(
    folder: Path, flights: Sequence[LabelledFlight], site: SiteReference, schedule: Schedule
) -> tuple[tuple[TrainingTile, ...], Counter[Unusable]]:
    """The tiles of all frames of flights in an exported folder; how many give none, and why."""
    rng = np.random.default_rng([schedule.seed, 0x517E])
    tiles: list[TrainingTile] = []
    without = Counter[Unusable]()
    for flight in flights:
        for frame in flight.frames:
            path = picture_path(folder / flight.flight_id, frame)
            cut = tiles_of_frame(path, frame, site, schedule.tile_px, rng)
            tiles += cut
            if not cut:
                without[why_no_tile(path, frame, site, schedule.tile_px)] += 1
    return tuple(tiles), without


def train_further(
    model: DetectionModel,
    site: Sequence[TrainingTile],
    rehearsal: Sequence[TrainingTile],
    schedule: Schedule,
    tell: Callable[[str], None],
) -> tuple[DetectionModel, int]:
    """Train a network on the site's tiles mixed with rehearsed ones; returns it and the steps.

    What is returned is the moving average of the weights, in evaluation mode. It computes in
    bf16 where the processor is faster so; weights, gradients and loss stay in 32 bits.
    """
    rng = np.random.default_rng([schedule.seed, 0xF17E])
    torch.manual_seed(schedule.seed)
    old = round(schedule.batch * schedule.rehearsal_share) if rehearsal else 0
    new = schedule.batch - old
    steps = max(1, math.ceil(schedule.epochs * len(site) / new))
    model = model.train().to(memory_format=torch.channels_last)
    model.args = _LOSS_WEIGHTS
    for layer in model.model[: schedule.frozen_layers]:
        layer.requires_grad_(False)
    free = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(free, lr=schedule.learning_rate, weight_decay=5e-4)
    average = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(0.98))
    compute_in_bf16_where_faster(model)
    started, done = time.monotonic(), 0
    while done < steps:
        spent = (time.monotonic() - started) / (60 * schedule.minutes)
        if spent >= 1:
            break
        share = max(done / steps, spent)
        warm = min(1.0, (done + 1) / 20)
        for group in optimizer.param_groups:
            group["lr"] = schedule.learning_rate * warm * (1 + math.cos(math.pi * share)) / 2
        picked = [site[int(n)] for n in rng.integers(len(site), size=new)]
        picked += [rehearsal[int(n)] for n in rng.integers(len(rehearsal), size=old)]
        loss, _ = model.loss(varied_batch(picked, schedule.tile_px, rng))
        optimizer.zero_grad()
        loss.sum().backward()
        torch.nn.utils.clip_grad_norm_(free, 10.0)
        optimizer.step()
        average.update_parameters(model)
        done += 1
        if done % 25 == 0 or done == steps:
            tell(f"step {done} of {steps}, loss {loss.detach().sum().item() / len(picked):.3f}")
    trained: DetectionModel = average.module
    return trained.eval(), done


def write_candidate(network: DetectionModel, plan: FineTuning, split: Split, steps: int) -> Path:
    """Write the network and its manifest into a folder named by its hash; returns the manifest.

    Thresholds and all else stay the base model's; old models stay where they are. Nothing is known
    of how it does until a verdict is written beside it.
    """
    base = load_manifest(plan.base)
    plan.models.mkdir(parents=True, exist_ok=True)
    made = write_onnx(network, plan.base.parent / base.file, plan.models / ".candidate.onnx")
    digest = sha256(made.read_bytes()).hexdigest()
    folder = plan.models / digest
    folder.mkdir(exist_ok=True)
    made.replace(folder / f"libong-{digest[:12]}.onnx")
    if base.boat_network is not None:
        copyfile(plan.base.parent / base.boat_network.file, folder / base.boat_network.file)
    document = json.loads(plan.base.read_text(encoding="utf-8"))
    document |= {
        "file": f"libong-{digest[:12]}.onnx",
        "sha256": digest,
        "training": {
            "fine_tuned_from": base.sha256,
            "at_utc": datetime.now(UTC).isoformat(timespec="seconds"),
            "steps": steps,
            "learnt_flights": sorted({*base.training.learnt_flights, *_names(split.learnt)}),
            "held_out_flights": sorted(_names(split.held_out)),
            "learnt_frames": _frames(split.learnt),
        },
        "metrics": {},
    }
    manifest = folder / MANIFEST_FILE
    forget_verdict(manifest)
    manifest.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    return manifest


def _names(flights: Sequence[LabelledFlight]) -> Iterable[str]:
    return (flight.flight_id for flight in flights)
