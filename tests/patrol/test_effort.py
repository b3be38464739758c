"""Survey effort: areas against exact geometry, land left out, days and zones kept apart."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from math import pi

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod
from sqlalchemy import update

from ingest.equal_area import M2_PER_KM2, EqualAreaPlane, union
from ingest.frame import Note
from ingest.lonlat import LonLat
from ingest.projection import SeaView
from ingest.quality import FrameQuality
from patrol.effort import day_efforts, weight_of
from patrol.effort_table import EffortRow
from patrol.site import shipped_site
from patrol.zones import sea_of

NOON_UTC = datetime(2026, 3, 1, 5, 0, tzinfo=UTC)
HOME = LonLat(99.4560, 7.2400)  # the sea south-east of the island
SHARP = FrameQuality(1.0, 0.0, None, False, ())
NO_LAND = shapely.MultiPolygon()
WGS84 = Geod(ellps="WGS84")


@pytest.fixture(scope="module")
def look_at(make_frame):
    def make(east_m=0.0, north_m=0.0, *, height_m=100.0, yaw_deg=0.0, seconds=0, at=NOON_UTC):
        """A frame that looks straight down from beside HOME, with its own footprint."""
        lon, lat, _ = WGS84.fwd(
            *HOME, np.degrees(np.arctan2(east_m, north_m)), np.hypot(east_m, north_m)
        )
        bare = make_frame(taken_at_utc=at + timedelta(seconds=seconds), sha256=f"{seconds:064x}")
        pose = replace(
            bare.pose, position=LonLat(lon, lat), height_above_sea_m=height_m, yaw_deg=yaw_deg
        )
        seen = SeaView(bare.camera, pose).footprint()
        return replace(bare, pose=pose, footprint=seen, path=bare.path.with_stem(f"{seconds:05d}"))

    return make


def efforts(frames, qualities=None, zones=(), land=NO_LAND, **more):
    tz = shipped_site().reference.timezone
    return day_efforts(frames, qualities or [SHARP] * len(frames), zones, land, tz, **more)


def geodesic_km2(ring) -> float:
    """The area of a ring on the ellipsoid, by Karney's series."""
    area_m2, _ = WGS84.geometry_area_perimeter(shapely.Polygon(ring))
    return abs(area_m2) / M2_PER_KM2


@pytest.mark.parametrize("lat", [-60.0, 0.0, 7.25, 45.0])
@pytest.mark.parametrize("radius_m", [50.0, 3000.0])
def test_the_area_of_a_circle(lat, radius_m) -> None:
    """pi r², of a circle drawn with geodesics: the sphere's defect is below one in a million."""
    azimuths = np.linspace(0, 360, 721)[:-1]
    lon, lats, _ = WGS84.fwd(
        np.full(720, 99.4), np.full(720, lat), azimuths, np.full(720, radius_m)
    )
    drawn = EqualAreaPlane(LonLat(99.4, lat)).metres(shapely.Polygon(np.column_stack([lon, lats])))
    assert drawn.area == pytest.approx(pi * radius_m**2, rel=1e-4)


def test_a_plane_leads_there_and_back() -> None:
    plane = EqualAreaPlane(HOME)
    ring = shapely.box(99.44, 7.23, 99.46, 7.25)
    assert shapely.hausdorff_distance(plane.degrees(plane.metres(ring)), ring) < 2e-8  # 2 mm


def test_two_frames_and_their_overlap(look_at) -> None:
    """A nadir frame of 4000 x 3000 at f = 3000 px sees 4/3 h by h; shifted by half, 1.5 of it."""
    one, half_on = look_at(), look_at(north_m=50.0, seconds=5)
    exact = 100 * 400 / 3 / M2_PER_KM2
    for frames, areas in (([one], 1.0), ([one, half_on], 1.5), ([one, one], 1.0)):
        (effort,) = efforts(frames)
        assert effort.sea.seen_km2 == pytest.approx(areas * exact, rel=0.01)
        assert effort.sea.usable_km2 == pytest.approx(effort.sea.seen_km2, rel=1e-3)
        assert effort.sea.effective_km2 == pytest.approx(effort.sea.usable_km2)


def test_one_frame_is_as_large_as_on_the_ellipsoid(look_at) -> None:
    frame = look_at(yaw_deg=33.0)
    (effort,) = efforts([frame])
    assert effort.sea.seen_km2 == pytest.approx(geodesic_km2(frame.footprint), rel=1e-4)


def test_kept_areas_lose_nothing(look_at) -> None:
    (effort,) = efforts([look_at(), look_at(east_m=70, north_m=40, yaw_deg=20.0, seconds=9)])
    kept = EqualAreaPlane(HOME).metres(effort.usable_area).area / M2_PER_KM2
    assert kept == pytest.approx(effort.sea.usable_km2, rel=1e-4)


@settings(max_examples=25)
@given(
    placed=st.lists(
        st.tuples(
            st.floats(-150, 150), st.floats(-150, 150), st.floats(60, 120), st.floats(0, 359),
            st.sampled_from([0.0, 0.1, 0.25]),
        ),
        min_size=1,
        max_size=5,
    )
)  # fmt: skip
def test_unions_are_those_of_a_fine_grid(look_at, placed) -> None:
    """Points strewn over the ground, one a square metre: those that some frame holds are its area.

    They are laid along geodesics, so that they share neither the projection nor the polygons' union
    with what they check; as many are good to a few parts in a thousand.
    """
    frames = [
        look_at(east, north, height_m=height, yaw_deg=yaw, seconds=number * 3)
        for number, (east, north, height, yaw, _) in enumerate(placed)
    ]
    qualities = [replace(SHARP, glare_share=glare) for *_, glare in placed]
    (effort,) = efforts(frames, qualities)
    jitter = np.random.default_rng(7).uniform(0, 1, (2, 520, 520))
    east_m, north_m = np.meshgrid(np.arange(-260.0, 260.0), np.arange(-260.0, 260.0)) + jitter
    lon_grid, lat_grid, _ = WGS84.fwd(
        np.full(east_m.shape, HOME.lon),
        np.full(east_m.shape, HOME.lat),
        np.degrees(np.arctan2(east_m, north_m)),
        np.hypot(east_m, north_m),
    )
    best = np.zeros(lon_grid.shape)
    for frame, quality in zip(frames, qualities, strict=True):
        ring = shapely.Polygon(frame.footprint)
        shapely.prepare(ring)
        held = shapely.contains_xy(ring, lon_grid.ravel(), lat_grid.ravel())
        best = np.maximum(best, held.reshape(best.shape) * weight_of(quality))
    assert effort.sea.usable_km2 == pytest.approx(np.count_nonzero(best) / M2_PER_KM2, rel=0.01)
    assert effort.sea.effective_km2 == pytest.approx(best.sum() / M2_PER_KM2, rel=0.01)
    assert effort.sea.effective_km2 <= effort.sea.usable_km2 * 1.0001
    assert effort.sea.usable_km2 <= effort.sea.seen_km2 * 1.0001


def test_what_cannot_be_used_is_seen_only(look_at) -> None:
    blurred = replace(SHARP, reasons=(Note("too_blurred", "smeared"),))
    (effort,) = efforts([look_at(), look_at(east_m=500, seconds=60)], [SHARP, blurred])
    assert (effort.frames, effort.usable_frames) == (2, 1)
    assert effort.sea.usable_km2 == pytest.approx(effort.sea.seen_km2 / 2, rel=1e-3)


@pytest.mark.parametrize(
    ("glare", "clipped", "weight"),
    [(None, 0.0, 1.0), (0.1, 0.0, 0.9), (0.25, 0.25, 0.5), (0.02, 0.0, 1.0), (0.9, 0.9, 0.0)],
)
def test_the_weight_is_the_part_without_glare_and_clipping(glare, clipped, weight) -> None:
    assert weight_of(FrameQuality(None, clipped, glare, False, ())) == pytest.approx(weight)


def test_land_is_no_effort(look_at) -> None:
    frame = look_at()
    west = shapely.MultiPolygon([shapely.box(99.0, 7.0, HOME.lon, 7.5)])
    (all_sea,), (half,) = efforts([frame]), efforts([frame], land=west)
    assert half.sea.usable_km2 == pytest.approx(all_sea.sea.usable_km2 / 2, rel=1e-3)
    dry = shapely.MultiPolygon([shapely.box(99.0, 7.0, 100.0, 7.5)])
    (none,) = efforts([frame], land=dry)
    assert (none.sea.seen_km2, none.sea.usable_km2, none.usable_area.is_empty) == (0, 0, True)
    assert none.frames == 1


def test_zones_share_what_was_seen(look_at, site) -> None:
    frame = look_at()
    template = site.zones[0]
    west, east, far = (
        replace(template, zone_id=name, area=shapely.box(*box))
        for name, box in (
            ("west", (99.44, 7.22, HOME.lon, 7.26)),
            ("east", (HOME.lon, 7.22, 99.47, 7.26)),
            ("far", (99.6, 7.2, 99.7, 7.3)),
        )
    )
    (effort,) = efforts([frame], zones=[west, far, east])
    assert [zone.zone_id for zone in effort.zones] == ["east", "west"]
    assert sum(zone.sea.usable_km2 for zone in effort.zones) == pytest.approx(effort.sea.usable_km2)
    assert effort.zones[1].zone_km2 == pytest.approx(
        geodesic_km2(west.area.exterior.coords), rel=1e-3
    )
    ended = replace(east, valid_until=date(2026, 2, 28))
    assert efforts([frame], zones=[ended])[0].zones == ()


def test_the_sea_of_a_zone_is_without_its_land(site) -> None:
    for zone in site.zones:
        sea = sea_of(zone, site.coast)
        assert 0 < sea.area <= zone.area.area * (1 + 1e-9)
        assert sea.intersection(site.coast).area < 1e-9


def test_days_are_local_and_flights_apart(look_at) -> None:
    evening = datetime(2026, 3, 1, 16, 59, tzinfo=UTC)
    frames = [
        look_at(seconds=0, at=evening),
        look_at(north_m=100, seconds=30, at=evening),
        look_at(seconds=120, at=evening),  # 00:01 in Trang
        look_at(north_m=60, seconds=130, at=evening),
        look_at(seconds=7200, at=evening),  # after a pause
    ]
    first, second = efforts(frames, ashore=[date(2026, 3, 2)])
    assert (first.day, second.day) == (date(2026, 3, 1), date(2026, 3, 2))
    assert first.flown_km == pytest.approx(0.1, rel=0.01)
    assert first.minutes == pytest.approx(0.5)
    assert second.flown_km == pytest.approx(0.06, rel=0.01)
    assert second.minutes == pytest.approx(10 / 60)
    assert (first.ashore, second.ashore) == (0, 1)


def test_a_frame_of_the_sky_only_counts_as_flown(look_at) -> None:
    sky = replace(look_at(), footprint=None)
    unusable = replace(SHARP, reasons=(Note("no_sea", "no sea"),))
    (effort,) = efforts([sky], [unusable])
    assert (effort.frames, effort.sea.seen_km2) == (1, 0)
    assert efforts([]) == ()


def test_a_ring_that_crosses_itself_gives_its_valid_parts() -> None:
    bow_tie = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1), (0, 0)])
    assert union([bow_tie]).area == pytest.approx(0.5)
    assert union([]).is_empty


def test_as_many_qualities_as_frames(look_at) -> None:
    with pytest.raises(ValueError, match="zip"):
        efforts([look_at()], [SHARP, SHARP])


def test_the_store_keeps_effort_and_the_ledger_vouches_for_it(store, make_log, look_at) -> None:
    log = make_log()
    frames = [look_at(), look_at(north_m=60, seconds=10)]
    log = replace(log, efforts=efforts(frames, zones=shipped_site().zones))
    store.log_flight(log)
    (kept,) = store.effort.of_flight(log.flight.flight_id)
    (expected,) = log.efforts
    assert replace(kept, usable_area=expected.usable_area) == expected
    assert kept.usable_area.equals(expected.usable_area)
    (found,) = store.effort.of_site("koh_libong", date(2026, 3, 1), date(2026, 3, 31))
    assert found.flight_id == log.flight.flight_id
    assert store.effort.of_site("koh_libong", date(2026, 4, 1), date(2026, 4, 30)) == ()
    assert store.effort.of_site("elsewhere", date(2026, 3, 1), date(2026, 3, 31)) == ()
    assert store.effort.of_flight("none") == ()
    assert store.verify().faults == ()
    with store._writing() as session, session.begin():
        session.execute(update(EffortRow).values(usable_km2=9.0))
    assert [fault.what for fault in store.verify().faults] == [
        f"flight {log.flight.flight_id} is not as this entry says"
    ]


def test_edges_that_all_but_touch_lose_no_flight() -> None:
    """A corner less than a nanodegree from an edge, as rows of frames leave between them."""
    plane = EqualAreaPlane(HOME)
    for shift in np.linspace(1e-10, 5e-9, 40):
        ring = [
            (0, 0),
            (100, 0),
            (100, 50 + shift),
            (50, 50),
            (100, 50 - shift),
            (100, 100),
            (0, 100),
        ]
        there = plane.degrees(
            shapely.set_precision(shapely.make_valid(shapely.Polygon(ring)), 0.01)
        )
        assert there.is_valid
        assert plane.metres(there).area == pytest.approx(10_000, rel=1e-4)
