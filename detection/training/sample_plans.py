"""The rendered flights shipped with the software: what happens in them, and where."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from shutil import copyfile

import numpy as np

from detection.training.flight import jpeg_bytes, plain_tags, render_flight, render_shot
from detection.training.flight_plan import (
    BANGKOK,
    ExpectedIncident,
    FlightPlan,
    RenderCamera,
    Shot,
    lawnmower,
)
from detection.training.random_world import calf_of, random_object, random_sea
from detection.training.video_flight import render_video_flight
from detection.training.world import Bottom, Kind, Light, SceneObject, Surface, Water
from ingest.errors import LibongError
from ingest.lonlat import LonLat

# Relative altitude counts from the launch point; the site puts that 2 m above the sea
# (patrol/sites/koh_libong/site.toml).
_LAUNCH_HEIGHT_M = 2.0
_CALM = Surface(60.0, 2.5, 0.35, 0.45, 0.12, 0.0, 0.5)
_MORNING = Light(95.0, 48.0, 1.0)
# Few pictures a second keep the file small; the drone flies as slowly as when it follows a boat.
_VIDEO_RATE, _VIDEO_S, _VIDEO_SPEED_M_S = 10, 12, 4.0


class UnknownPlanError(LibongError, ValueError):
    """A sample flight of a name that does not exist."""


def seagrass_survey() -> FlightPlan:
    """Three lines over the seagrass flat north of Laem Chu Hoi, across the edge of two zones.

    In the south, in the zone proposed as closed, a mother and calf graze where two lines overlap
    and a float line lies. In the north, in the go-slow zone, another dugong swims and a long-tail
    boat comes in from the east. A turtle, a log and weed lie about.
    """
    rng = np.random.default_rng(7256)
    sea = replace(
        random_sea(7256, "seagrass"),
        water=Water((0.27, 0.43, 0.36), (0.50, 0.30, 0.42), 0.4),
        bottom=Bottom(1.6, 0.3, (0.66, 0.60, 0.46), (0.19, 0.26, 0.13), 0.55, 14.0),
        surface=_CALM,
        light=_MORNING,
    )
    shots = lawnmower(3, 7, 23.0, 30.0, 55.0, 8.0)
    mother = SceneObject(1, Kind.DUGONG, 12.0, 46.0, 70.0, 2.8, 0.8, 0.35, 0.3, 41)
    single = SceneObject(3, Kind.DUGONG, 66.0, 140.0, 205.0, 2.5, 0.72, 0.5, 0.5, 12)
    # comes from the east, over the second line while the drone is there
    boat = SceneObject(4, Kind.LONG_TAIL, 150.0, 150.0, 262.0, 10.5, 1.8, 0.0, 5.0, 8)
    line = SceneObject(5, Kind.FLOAT_LINE, 42.0, 20.0, 25.0, 20.0, 1.5, 0.0, 0.0, 5)
    others = (
        random_object(rng, sea, Kind.TURTLE, 6, 24.0, 80.0),
        random_object(rng, sea, Kind.LOG, 7, -14.0, 66.0),
        random_object(rng, sea, Kind.WEED, 8, 62.0, 62.0),
        random_object(rng, sea, Kind.FEEDING_TRAIL, 9, 6.0, 40.0),
        random_object(rng, sea, Kind.ROCK, 10, 80.0, 30.0),
    )
    world = replace(sea, objects=(mother, calf_of(rng, mother, 2), single, boat, line, *others))
    closed, go_slow = "laem_chu_hoi", "chu_hoi_seagrass"
    return FlightPlan(
        name="seagrass_survey",
        title="survey of the seagrass flat near Laem Chu Hoi, rendered",
        origin=LonLat(99.4500, 7.26494),  # the zones meet about 90 m north of it
        start=datetime(2026, 3, 14, 9, 12, 5, tzinfo=BANGKOK),
        launch_height_m=_LAUNCH_HEIGHT_M,
        world=world,
        shots=shots,
        expected_incidents=(
            ExpectedIncident("dugong_sighting", closed, 1),
            ExpectedIncident("dugong_sighting", closed, 2),
            ExpectedIncident("dugong_sighting", go_slow, 3),
            # its speed is not told by two pictures, so that it is reported for the animal alone
            ExpectedIncident("boat_near_dugong", go_slow, 4),
            ExpectedIncident("gear_in_no_fishing_zone", closed, 5),
        ),
        seed=1,
    )


def go_slow_bay() -> FlightPlan:
    """One line over the turbid go-slow bay of Ban Mod Tanoi: a long-tail boat and a stake trap."""
    rng = np.random.default_rng(7300)
    sea = replace(
        random_sea(7300, "turbid_flat"),
        water=Water((0.36, 0.43, 0.33), (0.95, 0.70, 0.95), 0.5),
        bottom=Bottom(2.2, 0.3, (0.58, 0.52, 0.40), (0.18, 0.23, 0.12), 0.25, 8.0),
        surface=_CALM,
        light=_MORNING,
    )
    boat = SceneObject(1, Kind.LONG_TAIL, -12.0, -8.0, 12.0, 9.5, 1.7, 0.0, 6.0, 23)
    stakes = SceneObject(2, Kind.STAKE_TRAP, 16.0, 50.0, 40.0, 22.0, 12.0, 0.0, 0.0, 3)
    others = (
        random_object(rng, sea, Kind.WEED, 3, 10.0, 8.0),
        random_object(rng, sea, Kind.BIRD, 4, -8.0, 60.0),
    )
    return FlightPlan(
        name="with_faults",
        title="flight over the bay of Ban Mod Tanoi, rendered, with files that are at fault",
        origin=LonLat(99.4105, 7.2990),
        start=datetime(2026, 3, 14, 10, 40, 30, tzinfo=BANGKOK),
        launch_height_m=_LAUNCH_HEIGHT_M,
        world=replace(sea, objects=(boat, stakes, *others)),
        shots=lawnmower(1, 6, 20.0, 0.0, 50.0, 8.0),
        expected_incidents=(ExpectedIncident("boat_in_go_slow_zone", "mod_tanoi_bay", 1),),
        seed=2,
    )


def boats_on_video() -> FlightPlan:
    """Twelve seconds of video over the go-slow bay of Ban Mod Tanoi, a shot for each picture.

    A long-tail crosses the view at 6 m/s; another lies at its mooring.
    """
    sea = replace(
        random_sea(7400, "turbid_flat"),
        water=Water((0.34, 0.43, 0.36), (0.85, 0.62, 0.85), 0.5),
        bottom=Bottom(2.6, 0.3, (0.58, 0.52, 0.40), (0.18, 0.23, 0.12), 0.2, 8.0),
        surface=_CALM,
        light=_MORNING,
    )
    under_way = SceneObject(1, Kind.LONG_TAIL, -34.0, 6.0, 60.0, 9.5, 1.7, 0.0, 6.0, 23)
    moored = SceneObject(2, Kind.LONG_TAIL, -22.0, 42.0, 130.0, 8.5, 1.6, 0.0, 0.0, 31)
    shots = tuple(
        Shot(number / _VIDEO_RATE, 0.0, _VIDEO_SPEED_M_S * number / _VIDEO_RATE, 55.0, 0.0)
        for number in range(_VIDEO_S * _VIDEO_RATE)
    )
    return FlightPlan(
        name="boats_on_video",
        title="video over the bay of Ban Mod Tanoi, rendered",
        origin=LonLat(99.4105, 7.2990),
        start=datetime(2026, 3, 14, 10, 58, 12, tzinfo=BANGKOK),
        launch_height_m=_LAUNCH_HEIGHT_M,
        world=replace(sea, objects=(under_way, moored)),
        shots=shots,
        camera=RenderCamera(1280, 720, 24),
        expected_incidents=(ExpectedIncident("boat_in_go_slow_zone", "mod_tanoi_bay", 1),),
        seed=3,
    )


def render_with_faults(plan: FlightPlan, folder: Path) -> Path:
    """The good frames, and beside them four files that must each be refused with a reason.

    The plan needs three shots or more. Returns the path of `truth.json`.
    """
    truth = render_flight(plan, folder)
    first, second = folder / "LIBONG_0001.JPG", folder / "LIBONG_0002.JPG"
    rgb, _ = render_shot(plan, plan.shots[2])
    no_gps = replace(plain_tags(plan, plan.shots[2]), position=None)
    (folder / "LIBONG_0101_NO_GPS.JPG").write_bytes(jpeg_bytes(rgb, no_gps, 70))
    whole = second.read_bytes()
    (folder / "LIBONG_0102_TRUNCATED.JPG").write_bytes(whole[: len(whole) * 2 // 5])
    (folder / "LIBONG_0103_NO_PICTURE.JPG").write_text(
        "This file is no picture, whatever its name says.\n"
    )
    copyfile(first, folder / "LIBONG_0104_DUPLICATE.JPG")
    return truth


_PLANS: dict[str, tuple[Callable[[], FlightPlan], Callable[[FlightPlan, Path], Path]]] = {
    "seagrass_survey": (seagrass_survey, render_flight),
    "with_faults": (go_slow_bay, render_with_faults),
    "boats_on_video": (boats_on_video, render_video_flight),
}
SAMPLE_NAMES = tuple(_PLANS)


def render_sample(name: str, folder: Path) -> Path:
    """Render the sample flight of a name into a folder; returns the path of its `truth.json`."""
    if name not in _PLANS:
        raise UnknownPlanError(
            f"the sample flights are {', '.join(_PLANS)}; got {name!r}: give one of those names"
        )
    plan, render = _PLANS[name]
    return render(plan(), folder)
