"""Flights of made-up detections with known truth, to measure how well objects are counted.

No pictures: a drone flies lines over a rectangle of sea, and each frame tells where it thinks the
things in view are. What is wrong about a place is what is wrong in the field: a GPS offset that all
frames of the flight share, a heading that is off by the same angle all the time, and an attitude
that shakes anew in each frame. Things move, are missed, and some boxes are of nothing.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import cos, radians, sin
from pathlib import Path

import numpy as np
import shapely

from detection.types import Detection, ObjectClass
from ingest.camera import CameraIntrinsics
from ingest.frame import Frame
from ingest.lonlat import MEAN_EARTH_RADIUS_M, LonLat
from ingest.pose import CameraPose, HeightSource

_HOME = LonLat(99.45, 7.256)
_START = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)
_METRES_PER_DEGREE = radians(1) * MEAN_EARTH_RADIUS_M
_GSD_CM = 5.0
_LENGTHS_M = {
    ObjectClass.DUGONG: (1.0, 3.2),
    ObjectClass.BOAT: (6.0, 14.0),
}
_SHORTEST_GEAR_M = 1.0
# Boxes are a third as wide as long; a line's is of what shows of it, with this beside it.
_BESIDE_LINE_M = 0.5
_SHORTEST_LINE_M = 5.0


@dataclass(frozen=True)
class Conditions:
    """How a simulated flight is flown and how well it sees.

    `error_m` is the root mean square error of a place, as frames also claim it; `shared_share` the
    part of its square that all frames of the flight have in common. `interval_s` is the time from
    frame to frame. `missed_share` of the things in view are not found; `false_per_frame` boxes of
    each class are of nothing. Gear from 5 m on is a line of which a frame shows a part.
    """

    error_m: float = 3.0
    shared_share: float = 0.5
    interval_s: float = 3.0
    drone_m_s: float = 7.0
    lines: int = 4
    line_m: float = 200.0
    view_wh_m: tuple[float, float] = (80.0, 60.0)
    height_m: float = 55.0
    yaw_sigma_deg: float = 1.5
    missed_share: float = 0.2
    false_per_frame: float = 0.03
    most_dugongs: int = 10
    most_boats: int = 6
    most_gear: int = 5
    longest_gear_m: float = 4.0
    dugong_top_m_s: float = 1.5
    boat_top_m_s: float = 12.0


@dataclass(frozen=True)
class MovingThing:
    """A thing in the sea: where it is at the start (metres east and north) and how it moves."""

    object_class: ObjectClass
    east_m: float
    north_m: float
    speed_m_s: float
    course_deg: float
    length_m: float

    def at(self, time_s: float) -> tuple[float, float]:
        """East and north metres at a time."""
        way_m, course = self.speed_m_s * time_s, radians(self.course_deg)
        return self.east_m + way_m * sin(course), self.north_m + way_m * cos(course)


@dataclass(frozen=True)
class SimulatedFlight:
    """A flight's frames, its detections, and the thing that each is of (None: of nothing)."""

    frames: tuple[Frame, ...]
    detections: tuple[Detection, ...]
    source: tuple[MovingThing | None, ...]

    def seen(self) -> Counter[ObjectClass]:
        """How many things of each class were found in a frame at least: the count to reach."""
        return Counter(thing.object_class for thing in set(self.source) if thing is not None)


def simulate_flight(conditions: Conditions, seed: int) -> SimulatedFlight:
    """Fly once; the same conditions and seed give the same flight."""
    rng = np.random.default_rng(seed)
    things = tuple(_things(conditions, rng))
    stops = list(_stops(conditions))
    own_m = conditions.error_m * np.sqrt((1 - conditions.shared_share) / 2)
    shared_m = conditions.error_m * np.sqrt(conditions.shared_share / 2)
    offset_m = rng.normal(0, shared_m, 2)
    yaw_error = radians(rng.normal(0, conditions.yaw_sigma_deg))
    frames, detections = [], []
    source: list[MovingThing | None] = []
    for number, (time_s, east_m, north_m) in enumerate(stops):
        frame = _frame(conditions, number, time_s, east_m, north_m)
        frames.append(frame)
        shift_m = offset_m + rng.normal(0, own_m, 2)
        for thing in _found(conditions, things, time_s, (east_m, north_m), rng):
            shown = _shown(thing, time_s, (east_m, north_m), conditions.view_wh_m)
            if shown is None:
                continue
            # a heading that is off turns what is seen about the drone
            dx, dy = shown.middle_m
            place = _lonlat(
                east_m + dx * cos(yaw_error) + dy * sin(yaw_error) + shift_m[0],
                north_m - dx * sin(yaw_error) + dy * cos(yaw_error) + shift_m[1],
            )
            score = float(rng.uniform(0.4, 0.95))
            detections.append(_detection(thing, shown, frame, place, score, conditions))
            source.append(thing)
        for object_class in ObjectClass:
            for _ in range(rng.poisson(conditions.false_per_frame)):
                dx, dy = (rng.uniform(-0.5, 0.5, 2) * conditions.view_wh_m).tolist()
                length_m = float(rng.uniform(*_lengths_m(object_class, Conditions())))
                course_deg = float(rng.uniform(0, 360))
                nothing = MovingThing(
                    object_class, east_m + dx, north_m + dy, 0.0, course_deg, length_m
                )
                shown = _Shown((dx, dy), (length_m / 2, length_m / 6))
                score = float(rng.uniform(0.3, 0.6))
                place = _lonlat(nothing.east_m, nothing.north_m)
                detections.append(_detection(nothing, shown, frame, place, score, conditions))
                source.append(None)
    return SimulatedFlight(tuple(frames), tuple(detections), tuple(source))


def _things(conditions: Conditions, rng: np.random.Generator) -> Iterator[MovingThing]:
    width_m = (conditions.lines - 1) * conditions.view_wh_m[0] * 0.6 + conditions.view_wh_m[0]
    height_m = conditions.line_m + conditions.view_wh_m[1]

    def place() -> tuple[float, float]:
        return (
            float(rng.uniform(0, width_m)) - conditions.view_wh_m[0] / 2,
            float(rng.uniform(0, height_m)) - conditions.view_wh_m[1] / 2,
        )

    for _ in range(rng.integers(0, conditions.most_dugongs + 1)):
        # feeding herds hardly move; one in three is on its way
        under_way = rng.random() < 1 / 3
        speed_m_s = (
            rng.uniform(0.3, conditions.dugong_top_m_s) if under_way else rng.uniform(0, 0.3)
        )
        mother = _thing(ObjectClass.DUGONG, *place(), float(speed_m_s), conditions, rng)
        yield mother
        if rng.random() < 0.15:
            beside_m = rng.uniform(1.0, 2.0, 2)
            yield MovingThing(
                ObjectClass.DUGONG,
                mother.east_m + float(beside_m[0]),
                mother.north_m + float(beside_m[1]),
                mother.speed_m_s,
                mother.course_deg,
                float(rng.uniform(1.0, 1.6)),
            )
    for _ in range(rng.integers(0, conditions.most_boats + 1)):
        moored = rng.random() < 0.5
        speed_m_s = 0.0 if moored else float(rng.uniform(0.5, conditions.boat_top_m_s))
        x, y = place()
        boat = _thing(ObjectClass.BOAT, x, y, speed_m_s, conditions, rng)
        # a boat under way is where it is drawn in the middle of the flight, else few are met
        x0, y0 = boat.at(-rng.uniform(0, _stops_end_s(conditions)))
        yield MovingThing(boat.object_class, x0, y0, speed_m_s, boat.course_deg, boat.length_m)
    for _ in range(rng.integers(0, conditions.most_gear + 1)):
        yield _thing(ObjectClass.FISHING_GEAR, *place(), 0.0, conditions, rng)


def _thing(
    object_class: ObjectClass, east_m: float, north_m: float, speed_m_s: float,
    conditions: Conditions, rng: np.random.Generator,
) -> MovingThing:  # fmt: skip
    length_m = float(rng.uniform(*_lengths_m(object_class, conditions)))
    return MovingThing(
        object_class, east_m, north_m, speed_m_s, float(rng.uniform(0, 360)), length_m
    )


def _lengths_m(object_class: ObjectClass, conditions: Conditions) -> tuple[float, float]:
    return _LENGTHS_M.get(object_class, (_SHORTEST_GEAR_M, conditions.longest_gear_m))


@dataclass(frozen=True)
class _Shown:
    """What a frame shows of a thing, in metres from the drone: its middle, and half its sides."""

    middle_m: tuple[float, float]
    half_wh_m: tuple[float, float]


def _shown(
    thing: MovingThing,
    time_s: float,
    drone_m: tuple[float, float],
    view_wh_m: tuple[float, float],
) -> _Shown | None:
    x, y = thing.at(time_s)
    dx, dy = x - drone_m[0], y - drone_m[1]
    if not _is_line(thing):
        return _Shown((dx, dy), (thing.length_m / 2, thing.length_m / 6))
    part = _line(thing, dx, dy).intersection(_view(view_wh_m))
    if part.length < _SHORTEST_GEAR_M:
        return None
    west, south, east, north = part.bounds
    return _Shown(
        ((west + east) / 2, (south + north) / 2),
        ((east - west) / 2 + _BESIDE_LINE_M, (north - south) / 2 + _BESIDE_LINE_M),
    )


def _is_line(thing: MovingThing) -> bool:
    return thing.object_class is ObjectClass.FISHING_GEAR and thing.length_m >= _SHORTEST_LINE_M


def _line(thing: MovingThing, x_m: float, y_m: float) -> shapely.LineString:
    course = radians(thing.course_deg)
    dx, dy = sin(course) * thing.length_m / 2, cos(course) * thing.length_m / 2
    return shapely.LineString([(x_m - dx, y_m - dy), (x_m + dx, y_m + dy)])


def _view(view_wh_m: tuple[float, float]) -> shapely.Polygon:
    half_x_m, half_y_m = view_wh_m[0] / 2, view_wh_m[1] / 2
    return shapely.box(-half_x_m, -half_y_m, half_x_m, half_y_m)


def _stops(conditions: Conditions) -> Iterator[tuple[float, float, float]]:
    """Time and place of each frame: lines to and fro, 60 % of a frame's width apart."""
    apart_m = conditions.view_wh_m[0] * 0.6
    line_s = conditions.line_m / conditions.drone_m_s
    turn_s = apart_m / conditions.drone_m_s + 4
    for line in range(conditions.lines):
        for time_s in np.arange(0, line_s, conditions.interval_s):
            along_m = float(time_s) * conditions.drone_m_s
            north_m = along_m if line % 2 == 0 else conditions.line_m - along_m
            yield float(line * (line_s + turn_s) + time_s), line * apart_m, north_m


def _stops_end_s(conditions: Conditions) -> float:
    return max(time_s for time_s, _, _ in _stops(conditions))


def _found(
    conditions: Conditions,
    things: tuple[MovingThing, ...],
    time_s: float,
    drone_m: tuple[float, float],
    rng: np.random.Generator,
) -> Iterator[MovingThing]:
    half_x_m, half_y_m = conditions.view_wh_m[0] / 2, conditions.view_wh_m[1] / 2
    for thing in things:
        x, y = thing.at(time_s)
        dx, dy = x - drone_m[0], y - drone_m[1]
        in_view = abs(dx) <= half_x_m and abs(dy) <= half_y_m
        if _is_line(thing):
            in_view = _line(thing, dx, dy).intersects(_view(conditions.view_wh_m))
        if in_view and rng.random() >= conditions.missed_share:
            yield thing


def _detection(
    thing: MovingThing,
    shown: _Shown,
    frame: Frame,
    place: LonLat,
    score: float,
    conditions: Conditions,
) -> Detection:
    x_px = frame.width_px / 2 + shown.middle_m[0] * 100 / _GSD_CM
    y_px = frame.height_px / 2 - shown.middle_m[1] * 100 / _GSD_CM
    half_x_px, half_y_px = (half_m * 100 / _GSD_CM for half_m in shown.half_wh_m)
    return Detection(
        thing.object_class,
        score,
        (x_px - half_x_px, y_px - half_y_px, x_px + half_x_px, y_px + half_y_px),
        frame.sha256,
        frame.taken_at_utc,
        place,
        conditions.error_m,
        "0" * 64,
    )


def _frame(
    conditions: Conditions, number: int, time_s: float, east_m: float, north_m: float
) -> Frame:
    width_m, height_m = conditions.view_wh_m
    width_px, height_px = round(width_m * 100 / _GSD_CM), round(height_m * 100 / _GSD_CM)
    focal_px = conditions.height_m * 100 / _GSD_CM
    corners = ((-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1))
    return Frame(
        path=Path(f"{number:04d}.jpg"),
        sha256=f"{number:064x}",
        width_px=width_px,
        height_px=height_px,
        taken_at_utc=_START + timedelta(seconds=time_s),
        camera=CameraIntrinsics(
            "simulated", "simulated", width_px, height_px, focal_px,
            (width_px / 2, height_px / 2), 0.0, "calibrated",
        ),
        pose=CameraPose(
            _lonlat(east_m, north_m), conditions.height_m, HeightSource.RELATIVE, 0.0, -90.0, 0.0,
            conditions.error_m, 0.0, conditions.yaw_sigma_deg, 0.0,
        ),
        gsd_cm=_GSD_CM,
        footprint=tuple(
            _lonlat(east_m + x * width_m / 2, north_m + y * height_m / 2) for x, y in corners
        ),
        error_m=conditions.error_m,
    )  # fmt: skip


def _lonlat(east_m: float, north_m: float) -> LonLat:
    return LonLat(
        _HOME.lon + east_m / (_METRES_PER_DEGREE * cos(radians(_HOME.lat))),
        _HOME.lat + north_m / _METRES_PER_DEGREE,
    )
