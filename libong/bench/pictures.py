"""The pictures that detection is compared on: rendered ones of known truth, and real ones."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from detection.evaluation.rendered_truth import FILE_NAME, read_truth
from detection.evaluation.scoring import TrueBox
from detection.training.evaluate import RENDERED_SITE
from detection.training.flight_plan import FlightPlan, RenderCamera, Shot
from detection.training.kept_flights import keep_flights
from detection.training.random_flight import random_flight
from detection.training.random_world import FAMILIES, random_object, random_sea
from detection.training.world import Kind, SceneObject, World
from detection.types import ObjectClass
from ingest.frame import Frame
from ingest.photo import read_frame
from ingest.site_reference import SiteReference

# The wide camera of many survey drones: 4/3 inch, 20 MP, 24 mm equivalent.
SURVEY_CAMERA = RenderCamera(5280, 3956, 24)
SURVEY_HEIGHT_M = 100.0
_SEED = 27_000_000  # of no split that is trained or judged on
_COLUMNS, _ROWS = 5, 4
_KINDS = (
    *([Kind.DUGONG] * 8),
    *([Kind.LONG_TAIL] * 3), Kind.SPEEDBOAT, Kind.FISHING_BOAT, Kind.KAYAK,
    *([Kind.TRAP_BUOYS] * 3), Kind.STAKE_TRAP,
    Kind.TURTLE, Kind.LOG,
)  # fmt: skip


@dataclass(frozen=True)
class BenchPicture:
    """A located picture to time, and what is in it; `truths` is empty where nothing is."""

    name: str
    frame: Frame
    truths: tuple[TrueBox, ...]


def rendered_pictures(
    folder: Path,
    count: int,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> list[BenchPicture]:
    """Return so many 20 MP pictures from 100 m, rendered into a folder unless they are there.

    The first is of a sea over seagrass, the others of the other seas in turn. What another version
    of the renderer drew is drawn anew. `on_progress` is told (pictures rendered, to render).
    """
    plans = {folder / plan.name: plan for plan in map(bench_plan, range(count))}
    return [_read(at) for at in keep_flights(plans, on_progress=on_progress)]


def _read(folder: Path) -> BenchPicture:
    (path,) = folder.glob("*.JPG")
    labels = read_truth(folder / FILE_NAME, (path,))[path].labels
    truths = (
        TrueBox(ObjectClass(x.name), x.object_id, x.xyxy_px, x.fair, x.visibility) for x in labels
    )
    return BenchPicture("20 MP rendered", read_frame(path, RENDERED_SITE), tuple(truths))


def real_picture(path: Path, site: SiteReference) -> BenchPicture:
    """Return a real picture with nothing to find in it."""
    frame = read_frame(path, site)
    megapixels = round(frame.width_px * frame.height_px / 1e6)
    return BenchPicture(f"{megapixels} MP {path.name}", frame, ())


def bench_plan(number: int) -> FlightPlan:
    """Return what a rendered picture shows and how it is taken."""
    seed = _SEED + number
    sea = random_sea(seed, FAMILIES[number % len(FAMILIES)])
    return replace(
        random_flight("val", number, shots=1),
        name=f"bench_{number}",
        title="one picture of 20 MP from 100 m, to compare on",
        world=replace(sea, objects=_scattered(sea, seed)),
        shots=(Shot(0.0, 0.0, 0.0, SURVEY_HEIGHT_M, 0.0),),
        camera=SURVEY_CAMERA,
        jpeg_quality=92,
        seed=seed,
    )


def _scattered(sea: World, seed: int) -> tuple[SceneObject, ...]:
    """One object somewhere in each cell of a grid over the picture."""
    rng = np.random.default_rng(seed)
    metre_px = SURVEY_CAMERA.intrinsics().focal_px / SURVEY_HEIGHT_M
    wide_m = SURVEY_CAMERA.width_px / metre_px / _COLUMNS
    high_m = SURVEY_CAMERA.height_px / metre_px / _ROWS
    things: list[SceneObject] = []
    for cell, kind in zip(rng.permutation(_COLUMNS * _ROWS), _KINDS, strict=True):
        row, column = divmod(int(cell), _COLUMNS)
        east_m = (column - (_COLUMNS - 1) / 2 + float(rng.uniform(-0.3, 0.3))) * wide_m
        north_m = (row - (_ROWS - 1) / 2 + float(rng.uniform(-0.3, 0.3))) * high_m
        things.append(random_object(rng, sea, kind, len(things), east_m, north_m))
    return tuple(things)
