"""The bend of lenses, both ways, alone and within the projection to the sea."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.ground import east_north_m, places_m
from ingest.lens import lens_distortion
from ingest.lonlat import distance_m

# k1, k2, k3, p1, p2 and the farthest corner: a Mavic 3E, a Phantom 4 RTK, a Parrot Anafi, a Skydio
REAL = [
    (-0.1125, 0.0149, -0.0274, -0.0001, 0.0, 0.89),
    (-0.2690, 0.1138, -0.0353, 0.00083, -0.00045, 0.9),
    (-0.249, 0.02, 0.0117, 0.00017, 0.00088, 0.92),
    (0.134, -0.246, 0.105, -0.00018, -0.00058, 0.8),
]


def seen(view, lens):
    """The view through a lens of 3000 px, and through the same with a bend."""
    straight = replace(view, camera=replace(view.camera, focal_px=3000.0))
    return straight, replace(straight, camera=replace(straight.camera, distortion=lens))


def ring(corner):
    around = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    points = np.column_stack([np.cos(around), np.sin(around)])
    return np.vstack([points * corner * part for part in (0.0, 0.3, 0.7, 1.0)])


@pytest.mark.parametrize("terms", REAL)
def test_there_and_back(terms):
    *k, corner = terms
    lens = lens_distortion(*k, corner=corner)
    bent = ring(corner)
    straight = lens.straightened(bent)
    assert np.abs(lens.bent(straight) - bent).max() < 1e-9
    assert np.abs(straight - bent).max() > 0.005


@pytest.mark.parametrize("terms", REAL)
def test_it_is_opencvs_model(terms):
    k1, k2, k3, p1, p2, corner = terms
    straight = ring(corner * 0.9)
    theirs, _ = cv2.projectPoints(
        np.column_stack([straight, np.ones(len(straight))]),
        np.zeros(3), np.zeros(3), np.eye(3), np.array([k1, k2, p1, p2, k3]),
    )  # fmt: skip
    ours = lens_distortion(k1, k2, k3, p1, p2, corner=corner).bent(straight)
    assert ours == pytest.approx(theirs.reshape(-1, 2), abs=1e-12)


@settings(max_examples=300)
@given(
    k=st.tuples(*[st.floats(-0.5, 0.5)] * 3),
    p=st.tuples(*[st.floats(-0.01, 0.01)] * 2),
    corner=st.floats(0.2, 1.4),
)
def test_any_terms_go_there_and_back_or_are_no_lens(k, p, corner):
    lens = lens_distortion(*k, *p, corner=corner)
    if lens is None:
        return
    bent = ring(corner * 0.95)
    assert np.abs(lens.bent(lens.straightened(bent)) - bent).max() < 1e-6


@pytest.mark.parametrize(
    "terms",
    [(-3.0, 0, 0, 0, 0), (float("nan"), 0, 0, 0, 0), (0, 0, 0, 0.3, 0), (1e9, 0, 0, 0, 0),
     (0.0, 0.0, -0.9, 0, 0)],
)  # fmt: skip
def test_terms_no_lens_has_are_not_taken(terms):
    assert lens_distortion(*terms, corner=0.9) is None


def test_what_lies_far_outside_is_not_folded_back_into_the_picture():
    lens = lens_distortion(*REAL[1][:5], corner=0.9)
    far = np.array([[1.5, 0.0], [3.0, 0.0], [30.0, 40.0]])
    assert (np.hypot(*lens.bent(far).T) > 0.9).all()


@pytest.mark.parametrize("pitch", [-90.0, -55.0])
@pytest.mark.parametrize("terms", REAL)
def test_a_pixel_goes_to_the_sea_and_back(make_view, terms, pitch):
    lens = lens_distortion(*terms[:5], corner=2500 / 3000)
    view, bent = seen(make_view(pitch_deg=pitch, yaw_deg=33.0), lens)
    for xy_px in ((30.0, 2970.0), (3990.0, 2990.0), (2000.0, 1500.0), (1200.0, 2000.0)):
        place = bent.to_ground(xy_px).position
        assert bent.to_pixel(place) == pytest.approx(xy_px, abs=0.01)
    corner = (3990.0, 2990.0)
    moved_m = distance_m(bent.to_ground(corner).position, view.to_ground(corner).position)
    assert moved_m > 0.3  # at 60 m up


def test_the_footprint_is_what_the_corners_show(make_view):
    _, bent = seen(make_view(), lens_distortion(*REAL[0][:5], corner=2500 / 3000))
    ring = bent.footprint()
    for corner in ((0.0, 0.0), (4000.0, 3000.0)):
        place = bent.to_ground(corner).position
        assert min(distance_m(place, at) for at in ring) < 0.01
    assert len(ring) == 9  # the sides' middles too, since they are bent


def test_features_are_placed_through_the_bend(make_view):
    lens = lens_distortion(*REAL[1][:5], corner=2500 / 3000)
    _, bent = seen(make_view(yaw_deg=70.0), lens)
    xy_px = np.array([[100.0, 100.0], [3900.0, 2000.0]])
    lonlat, _ = bent.to_ground_many(xy_px)
    assert places_m(bent, xy_px) == pytest.approx(
        east_north_m(bent.pose.position, lonlat), abs=1e-3
    )
