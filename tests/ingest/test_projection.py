from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pyproj import CRS, Geod, Transformer
from shapely import Polygon
from weitsicht import (
    CameraOpenCVPerspective,
    ImagePerspective,
    MappingHorizontalPlane,
    PyExifToolTags,
    eor_from_meta,
)

from ingest.camera import CameraIntrinsics
from ingest.errors import ProjectionError
from ingest.lonlat import LonLat, distance_m
from ingest.pose import CameraPose, HeightSource
from ingest.projection import SeaView
from ingest.rotation import angles_from_pix4d

CAMERA = CameraIntrinsics("", "", 4000, 3000, 2400.0, (2000.0, 1500.0), 0.02, "calibrated")
POSE = CameraPose(LonLat(99.4, 7.25), 60.0, HeightSource.RELATIVE, 0, -90, 0, 4.0, 2.0, 3.0, 1.0)
CENTRE = (2000.0, 1500.0)


def enu_m(place: LonLat) -> tuple[float, float]:
    """East and north metres from below the camera, on the ellipsoid."""
    azimuth, _, metres = Geod(ellps="WGS84").inv(*POSE.position, *place)
    return metres * np.sin(np.radians(azimuth)), metres * np.cos(np.radians(azimuth))


@pytest.mark.parametrize(
    ("changes", "xy_px", "east_m", "north_m"),
    [
        ({}, CENTRE, 0, 0),
        ({}, (2000, 300), 0, 30),  # 1200 px of 2400 at 60 m
        ({}, (3200, 1500), 30, 0),
        ({"yaw_deg": 90.0}, (2000, 300), 30, 0),
        ({"yaw_deg": -90.0}, (2000, 300), -30, 0),
        ({"yaw_deg": 180.0}, (3200, 1500), -30, 0),
        ({"height_above_sea_m": 120.0}, (2000, 300), 0, 60),
        ({"pitch_deg": -45.0}, CENTRE, 0, 60),
        ({"pitch_deg": -45.0, "yaw_deg": 90.0}, CENTRE, 60, 0),
        ({"pitch_deg": -45.0}, (2000, 3900), 0, 0),  # 45 degrees below the middle
    ],
)
def test_places_of_pixels(make_view, changes, xy_px, east_m, north_m):
    view = make_view(**changes)
    place = view.to_ground(xy_px).position
    assert enu_m(place) == pytest.approx((east_m, north_m), abs=1e-3)


poses = st.builds(
    lambda height, yaw, pitch, roll: replace(
        POSE, height_above_sea_m=height, yaw_deg=yaw, pitch_deg=pitch, roll_deg=roll
    ),
    st.floats(5, 300),
    st.floats(-180, 180),
    st.floats(-90, 0),
    st.floats(-30, 30),
)
pixels = st.tuples(st.floats(0, 4000), st.floats(0, 3000))


@given(pose=poses, xy_px=pixels)
def test_to_the_ground_and_back(pose, xy_px):
    view = SeaView(CAMERA, pose)
    try:
        place = view.to_ground(xy_px).position
    except ProjectionError:
        assume(False)
    assert view.to_pixel(place) == pytest.approx(xy_px, abs=0.01)


@given(pose=poses, xy_px=pixels)
def test_nothing_is_placed_at_or_beyond_the_horizon(pose, xy_px):
    view = SeaView(CAMERA, pose)
    try:
        place = view.to_ground(xy_px).position
    except ProjectionError:
        return
    assert np.hypot(*enu_m(place)) <= 1.001 * pose.height_above_sea_m / np.tan(np.radians(1))


@given(pose=poses, xy_px=pixels, factor=st.floats(1.2, 5))
def test_the_error_grows_with_height(pose, xy_px, factor):
    higher = replace(pose, height_above_sea_m=factor * pose.height_above_sea_m)
    try:
        low = SeaView(CAMERA, pose).to_ground(xy_px).error_m
        high = SeaView(CAMERA, higher).to_ground(xy_px).error_m
    except ProjectionError:
        assume(False)
    assert low > POSE.position_sigma_m
    assert high > low


@given(pitch=st.floats(-89, -20), lower=st.floats(1, 15))
def test_the_error_and_the_pixels_ground_grow_with_obliquity(pitch, lower):
    steep = SeaView(CAMERA, replace(POSE, pitch_deg=pitch - min(lower, 90 + pitch)))
    flat = SeaView(CAMERA, replace(POSE, pitch_deg=pitch))
    assert flat.to_ground(CENTRE).error_m > steep.to_ground(CENTRE).error_m
    assert flat.gsd_cm_at(CENTRE) > steep.gsd_cm_at(CENTRE)


@pytest.mark.parametrize(
    ("part", "sigma", "expected_m"),
    [
        ("position_sigma_m", 4.0, 4.0),
        ("height_sigma_m", 2.0, 1.0),  # 30 m out at 60 m height: half of it
        ("yaw_sigma_deg", 3.0, 30 * np.radians(3)),
        # tilt moves it by h (1 + tan^2) along and by h across
        ("tilt_sigma_deg", 1.0, 60 * np.radians(1) * np.hypot(1.25, 1.0)),
    ],
)
def test_each_part_of_the_error(make_view, part, sigma, expected_m):
    nothing = dict.fromkeys(
        ("position_sigma_m", "height_sigma_m", "yaw_sigma_deg", "tilt_sigma_deg"), 0.0
    )
    view = make_view(**(nothing | {part: sigma}))
    exact_lens = replace(view, camera=replace(view.camera, focal_rel_error=0.0))
    assert exact_lens.to_ground((2000, 300)).error_m == pytest.approx(expected_m, rel=1e-3)


def test_the_lens_part_of_the_error(make_view):
    view = make_view(position_sigma_m=0, height_sigma_m=0, yaw_sigma_deg=0, tilt_sigma_deg=0)
    assert view.to_ground((2000, 300)).error_m == pytest.approx(30 * 0.02, rel=1e-3)
    assert view.to_ground(CENTRE).error_m == pytest.approx(0, abs=1e-9)


def test_the_tilt_error_is_what_tilting_does(make_view):
    """A degree of pitch and a degree of lean, applied and measured."""
    view = make_view(
        pitch_deg=-40.0, position_sigma_m=0, height_sigma_m=0, yaw_sigma_deg=0, tilt_sigma_deg=0.1
    )
    exact_lens = replace(view, camera=replace(view.camera, focal_rel_error=0.0))
    place = exact_lens.to_ground(CENTRE)
    pitched = make_view(pitch_deg=-39.9).to_ground(CENTRE).position
    # at the middle, leaning about the level line of sight moves it sideways by h * lean
    sideways_m = 60 * np.radians(0.1)
    expected = np.hypot(distance_m(place.position, pitched), sideways_m)
    assert place.error_m == pytest.approx(expected, rel=0.01)


@pytest.mark.parametrize(
    ("pitch", "height", "gsd_cm"),
    [(-90, 60, 2.5), (-90, 120, 5.0), (-30, 60, 2.5 * 2 * 2**0.5)],
)
def test_ground_sample_distance(make_view, pitch, height, gsd_cm):
    # at 30 degrees the slant is twice the height; along it the ground is seen at half its length
    view = make_view(pitch_deg=float(pitch), height_above_sea_m=float(height))
    assert view.gsd_cm_at(CENTRE) == pytest.approx(gsd_cm, rel=1e-3)


@pytest.mark.parametrize("pitch", [0.0, -0.9, 10.0, 90.0])
def test_the_horizon_is_refused(make_view, pitch):
    view = make_view(pitch_deg=pitch)
    with pytest.raises(ProjectionError, match="below the horizon"):
        view.to_ground(CENTRE)
    with pytest.raises(ProjectionError):
        view.gsd_cm_at(CENTRE)


def test_a_degree_and_a_little_below_the_horizon_is_placed(make_view):
    view = make_view(pitch_deg=-1.1)
    assert view.to_ground(CENTRE).error_m > 1000


def test_a_point_behind_the_camera_has_no_pixel(make_view):
    with pytest.raises(ProjectionError, match="in front"):
        make_view(pitch_deg=-10.0).to_pixel(LonLat(99.4, 7.24))


def test_many_pixels_at_once_agree_with_one_at_a_time(make_view):
    view = make_view(pitch_deg=-20.0, roll_deg=5.0)
    xy_px = np.array([[10.0, 2900.0], [2000.0, 1500.0], [2000.0, 0.0]])
    lonlat, error_m = view.to_ground_many(xy_px)
    for index in (0, 1):
        one = view.to_ground(tuple(xy_px[index]))
        assert one.position == pytest.approx(tuple(lonlat[index]), abs=1e-12)
        assert one.error_m == pytest.approx(error_m[index])
    assert np.isnan(lonlat[2]).all()  # sky
    assert np.isnan(error_m[2])


def test_the_homography_draws_the_sea(make_view):
    view = make_view(pitch_deg=-50.0, yaw_deg=33.0, roll_deg=4.0)
    x, y, w = view.homography_from_enu() @ (20.0, 30.0, 1.0)
    place = view.to_ground((float(x / w), float(y / w))).position
    assert enu_m(place) == pytest.approx((20, 30), abs=1e-3)
    assert w > 0


@pytest.mark.parametrize(
    ("changes", "xy_px", "enu"),
    [
        ({}, CENTRE, (0, 0, -1)),
        ({"pitch_deg": 0.0, "yaw_deg": 90.0}, CENTRE, (1, 0, 0)),
        ({}, (2000, -900), (0, 0.5**0.5, -(0.5**0.5))),  # 2400 px, the focal length, off the centre
    ],
)
def test_directions_of_pixels(make_view, changes, xy_px, enu):
    directions = make_view(**changes).directions_enu(np.array([xy_px], dtype=float))
    np.testing.assert_allclose(directions, [enu], atol=1e-12)


def test_the_footprint_at_nadir(make_view):
    view = make_view()
    ring = view.footprint()
    assert ring is not None
    assert len(ring) == 5
    assert ring[0] == ring[-1]
    metres = Polygon([enu_m(point) for point in ring])
    assert metres.exterior.is_ccw
    assert metres.area == pytest.approx(100 * 75)  # 4000 x 3000 px of 2.5 cm


@pytest.mark.parametrize("yaw", [0.0, 120.0])
@pytest.mark.parametrize("roll", [0.0, 25.0])
@pytest.mark.parametrize("pitch", [-60.0, -30.0, -10.0, 0.0, 15.0])
def test_a_footprint_ends_below_the_horizon(make_view, pitch, roll, yaw):
    view = make_view(pitch_deg=pitch, roll_deg=roll, yaw_deg=yaw)
    ring = view.footprint()
    assert ring is not None
    metres = Polygon([enu_m(point) for point in ring])
    assert metres.is_valid
    assert metres.exterior.is_ccw
    # every corner of the ring is a pixel of the picture, and can be placed again
    for point in ring:
        x, y = view.to_pixel(point)
        assert -0.01 <= x <= 4000.01
        assert -0.01 <= y <= 3000.01
        view.to_ground((x, y))


@pytest.mark.parametrize("roll", [0.0, 15.0])
@pytest.mark.parametrize("coarsest_cm", [5.0, 10.0, 20.0])
def test_a_footprint_ends_where_pixels_grow_too_coarse(make_view, coarsest_cm, roll):
    view = make_view(pitch_deg=-30.0, roll_deg=roll)
    ring = view.footprint(coarsest_gsd_cm=coarsest_cm)
    assert ring is not None
    coarse = [view.gsd_cm_at(view.to_pixel(point)) for point in ring]
    assert max(coarse) == pytest.approx(coarsest_cm, rel=1e-3)
    assert sum(gsd == pytest.approx(coarsest_cm, rel=1e-3) for gsd in coarse) >= 2
    whole = Polygon([enu_m(point) for point in view.footprint()])
    assert whole.buffer(0.01).contains(Polygon([enu_m(point) for point in ring]))


def test_a_footprint_of_fine_pixels_is_whole_and_of_coarse_ones_nothing(make_view):
    view = make_view()  # 2.5 cm a pixel throughout
    assert view.footprint(coarsest_gsd_cm=2.6) == view.footprint()
    assert view.footprint(coarsest_gsd_cm=2.4) is None


def test_a_picture_of_the_sky_has_no_footprint(make_view):
    assert make_view(pitch_deg=60.0).footprint() is None


UTM_47N = CRS("EPSG:32647")
NADIR_AND_OBLIQUE = [
    (yaw, pitch, roll, height)
    for yaw in (0.0, 45.0, -140.0)
    for pitch, roll, height in (
        (-90.0, 0.0, 40.0),
        (-89.9, 0.5, 150.0),
        (-75.0, -3.0, 120.0),
        (-45.0, 0.0, 60.0),
        (-40.0, 8.0, 100.0),
    )
]


def weitsicht_places(tags, height_m, xy_px):
    """Lon, lat of pixels as the independent package weitsicht finds them, by way of UTM."""
    all_tags = {
        "EXIF:GPSLongitude": POSE.position.lon,
        "EXIF:GPSLatitude": POSE.position.lat,
        "EXIF:GPSAltitude": height_m,
    } | tags
    outer = eor_from_meta(PyExifToolTags(all_tags).get_all(), to_utm=True, to_geoid_height=False)
    assert outer.ok
    camera = CameraOpenCVPerspective(4000, 3000, fx=2400.0, fy=2400.0, cx=1999.5, cy=1499.5)
    image = ImagePerspective(
        4000, 3000, camera=camera, position=outer.position, orientation=outer.orientation
    )
    mapped = image.map_points(xy_px, mapper=MappingHorizontalPlane(0.0))
    assert mapped.ok
    to_lonlat = Transformer.from_crs(UTM_47N, "EPSG:4326", always_xy=True)
    return np.column_stack(to_lonlat.transform(*mapped.coordinates[:, :2].T))


@pytest.mark.parametrize("angles_from", ["dji", "pix4d"])
@pytest.mark.parametrize(("yaw", "pitch", "roll", "height"), NADIR_AND_OBLIQUE)
def test_weitsicht_agrees(angles_from, yaw, pitch, roll, height):
    xy_px = np.array([CENTRE, (0, 3000), (4000, 3000), (1000, 1200), (3900, 1300)], dtype=float)
    if angles_from == "dji":
        tags = {
            "XMP:GimbalYawDegree": yaw,
            "XMP:GimbalPitchDegree": pitch,
            "XMP:GimbalRollDegree": roll,
        }
        angles = (yaw, pitch, roll)
    else:
        tags = {"XMP:Yaw": yaw, "XMP:Pitch": pitch + 90, "XMP:Roll": roll}
        angles = tuple(angles_from_pix4d(yaw, pitch + 90, roll))
    pose = replace(
        POSE,
        height_above_sea_m=height,
        yaw_deg=angles[0],
        pitch_deg=angles[1],
        roll_deg=angles[2],
    )
    ours, _ = SeaView(CAMERA, pose).to_ground_many(xy_px)
    theirs = weitsicht_places(tags, height, xy_px)
    for our, their in zip(ours, theirs, strict=True):
        assert distance_m(LonLat(*our), LonLat(*their)) < 0.5
