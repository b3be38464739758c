"""Short flights over worlds never trained on, mostly empty sea: what scores are measured on."""

from dataclasses import replace
from datetime import datetime

import numpy as np

from detection.training.dataset import SPLIT_SEEDS
from detection.training.flight_plan import BANGKOK, FlightPlan, RenderCamera, lawnmower
from detection.training.nets_at_work import with_nets_at_work
from detection.training.random_tile import LEAST_WATER_M, random_kind_of
from detection.training.random_world import (
    FAMILIES,
    HELD_OUT_FAMILIES,
    calf_of,
    herd_of,
    random_object,
    random_sea,
)
from detection.training.sea_bottom import water_m
from detection.training.world import Kind, SceneObject, World
from ingest.lonlat import LonLat

_ORIGIN = LonLat(99.4572, 7.2548)
_LAUNCH_HEIGHT_M = 2.0
_SLANT_SHARE = 0.12  # flights that look far ahead: a frame takes many times as long to render


def random_flight(split: str, number: int, shots: int = 4) -> FlightPlan:
    """Flight `number` of a split (`val` or `test`): a line of a few shots from 25 to 110 m height.

    `val` flies over the families of seas that training knows, `test` over those it never sees.
    Most look straight down, a third aslant, up to 45 degrees off it. Four in nine show dugongs; one
    in five holds nothing to find at all.
    """
    seed = SPLIT_SEEDS[split] + 5_000_000 + number  # far from the seeds of the split's tiles
    rng = np.random.default_rng([seed, 92])
    families = HELD_OUT_FAMILIES if split == "test" else FAMILIES
    sea = random_sea(seed, families[number % len(families)])
    height_m = _stretched(float(rng.uniform(30, 100)))
    camera = RenderCamera()
    seen_m = height_m * camera.height_px / camera.intrinsics().focal_px
    line = lawnmower(1, shots, 0.5 * seen_m, 0.0, height_m, 8.0)
    pitch = -90.0 if rng.random() < 0.7 else float(rng.uniform(-80, -60))
    extent = (0.75 * seen_m, 0.5 * seen_m * (shots + 1))
    middle_north_m = 0.25 * seen_m * (shots - 1)
    # draws of its own, so that the other flights stay as they are
    of_slant = np.random.default_rng([seed, 93])
    if of_slant.random() < _SLANT_SHARE:
        pitch = float(of_slant.uniform(-60, -45))
        # what is to be seen lies ahead, where the middle of the picture looks
        middle_north_m += height_m / float(np.tan(np.radians(-pitch)))
    return FlightPlan(
        name=f"{split}_{number:03d}",
        title=f"random {split} flight {number} over {sea.family}",
        origin=_ORIGIN,
        start=datetime(2026, 3, 1, 9, 0, 0, tzinfo=BANGKOK),
        launch_height_m=_LAUNCH_HEIGHT_M,
        world=replace(sea, objects=_scattered(rng, sea, extent, middle_north_m)),
        shots=tuple(replace(shot, pitch_deg=pitch, roll_deg=0.0) for shot in line),
        camera=camera,
        rough_camera=True,
        jpeg_quality=int(rng.integers(75, 95)),
        seed=seed,
    )


def _stretched(height_m: float) -> float:
    """A height of 30 to 100 m with its lowest and highest spread out to 25 and 110 m."""
    if height_m < 35:
        return 35 - 2 * (35 - height_m)
    return 95 + 3 * (height_m - 95) if height_m > 95 else height_m


def _scattered(
    rng: np.random.Generator, sea: World, extent_m: tuple[float, float], middle_north_m: float
) -> tuple[SceneObject, ...]:
    """Objects over the flown strip, none on top of another."""
    kinds = [random_kind_of("distractors", rng) for _ in range(int(rng.poisson(5)))]
    if rng.random() > 0.2:
        kinds += [Kind.DUGONG] * int(rng.choice([0, 1, 2, 4], p=[0.45, 0.2, 0.2, 0.15]))
        kinds += [random_kind_of("boats", rng) for _ in range(int(rng.poisson(1.2)))]
        kinds += [random_kind_of("gear", rng) for _ in range(int(rng.poisson(1.5)))]
    placed: list[SceneObject] = []
    for kind in kinds:
        east, north = (float(rng.uniform(-0.5, 0.5)) * side for side in extent_m)
        thing = random_object(rng, sea, kind, len(placed), east, middle_north_m + north)
        if thing.object_class is not None and any(_touch(thing, other) for other in placed):
            continue
        if kind is Kind.DUGONG and water_m(sea, thing) < LEAST_WATER_M:
            continue
        placed.append(thing)
        if kind is not Kind.DUGONG:
            continue
        company = rng.random()
        if company < 0.08:
            placed += herd_of(rng, thing, len(placed))
        elif company < 0.35:
            placed.append(calf_of(rng, thing, len(placed)))
    return with_nets_at_work(sea, tuple(placed))


def _touch(a: SceneObject, b: SceneObject) -> bool:
    reach_m = 0.5 * min(max(a.length_m, a.width_m), 12) + 0.5 * min(max(b.length_m, b.width_m), 12)
    return float(np.hypot(a.east_m - b.east_m, a.north_m - b.north_m)) < reach_m
