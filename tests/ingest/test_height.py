from dataclasses import replace
from math import hypot

import pytest

from ingest.errors import PhotoError
from ingest.exif import ExifRecord
from ingest.height import read_height
from ingest.pose import HeightSource
from ingest.xmp import DroneTags, Pix4dTags


@pytest.mark.parametrize(
    ("exif", "drone", "pix4d", "above_sea_m", "source"),
    [
        # the launch point of the site fixture lies 1.5 m above the sea, the sea 17 m below the
        # ellipsoid
        (ExifRecord(), DroneTags(relative_altitude_m=39.8), Pix4dTags(), 41.3, "relative_altitude"),
        (
            ExifRecord(altitude_m=175.2),
            DroneTags(relative_altitude_m=149.9, altitude_type="RtkAlt"),
            Pix4dTags(vertical_crs="EPSG:5773"),
            151.4,
            "relative_altitude",
        ),
        (
            ExifRecord(altitude_m=121.2),
            DroneTags(),
            Pix4dTags(vertical_crs="EPSG:5773"),
            121.2,
            "orthometric_altitude",
        ),
        (
            ExifRecord(altitude_m=121.2),
            DroneTags(),
            Pix4dTags(vertical_crs="EPSG:3855"),
            121.2,
            "orthometric_altitude",
        ),
        (
            ExifRecord(altitude_m=43.0),
            DroneTags(),
            Pix4dTags(vertical_crs="ellipsoidal"),
            60.0,
            "ellipsoidal_altitude",
        ),
        (
            ExifRecord(altitude_m=43.0),
            DroneTags(),
            Pix4dTags(vertical_crs="EPSG:4979"),
            60.0,
            "ellipsoidal_altitude",
        ),
        (
            ExifRecord(altitude_m=43.0),
            DroneTags(altitude_type="RtkAlt"),
            Pix4dTags(),
            60.0,
            "ellipsoidal_altitude",
        ),
        (
            ExifRecord(),
            DroneTags(altitude_type="RtkAlt", absolute_altitude_m=43.0),
            Pix4dTags(),
            60.0,
            "ellipsoidal_altitude",
        ),
        (ExifRecord(altitude_m=43.0), DroneTags(), Pix4dTags(), 43.0, "gps_altitude"),
        # EPSG:5715 is a depth, positive down; EPSG:4326 has no height; neither names a datum
        (
            ExifRecord(altitude_m=43.0),
            DroneTags(),
            Pix4dTags(vertical_crs="EPSG:5715"),
            43.0,
            "gps_altitude",
        ),
        (
            ExifRecord(altitude_m=43.0),
            DroneTags(),
            Pix4dTags(vertical_crs="EPSG:4326"),
            43.0,
            "gps_altitude",
        ),
        (
            ExifRecord(altitude_m=43.0),
            DroneTags(),
            Pix4dTags(vertical_crs="sea?"),
            43.0,
            "gps_altitude",
        ),
    ],
)
def test_heights(exif, drone, pix4d, above_sea_m, source, site):
    height = read_height(exif, drone, pix4d, site)
    assert height.above_sea_m == pytest.approx(above_sea_m)
    assert height.source == source


def test_a_user_who_gives_the_sea_level_speaks_of_ellipsoidal_altitudes(site):
    elsewhere = replace(site, sea_level_ellipsoid_m=15.0, bare_altitude_is_ellipsoidal=True)
    height = read_height(ExifRecord(altitude_m=75.0), DroneTags(), Pix4dTags(), elsewhere)
    assert (height.above_sea_m, height.source) == (60.0, HeightSource.ELLIPSOIDAL)


def test_without_the_sites_sea_level_an_ellipsoidal_height_is_as_good_as_any(site):
    unknown = replace(site, sea_level_ellipsoid_m=None)
    drone = DroneTags(altitude_type="RtkAlt")
    height = read_height(ExifRecord(altitude_m=75.0), drone, Pix4dTags(), unknown)
    assert height.source == HeightSource.GPS
    assert height.sigma_m > 30


def test_errors_follow_the_source(site):
    relative = read_height(ExifRecord(), DroneTags(relative_altitude_m=40), Pix4dTags(), site)
    assert relative.sigma_m == pytest.approx(hypot(2.0, 0.8))
    rtk = DroneTags(altitude_type="RtkAlt", rtk_std_height_m=0.02)
    fixed = read_height(ExifRecord(altitude_m=43), rtk, Pix4dTags(), site)
    assert fixed.sigma_m == pytest.approx(hypot(0.02, 0.8))
    bare = read_height(ExifRecord(altitude_m=43), DroneTags(), Pix4dTags(), site)
    assert bare.sigma_m > 17  # the truth may be 17 m off: ellipsoid or sea
    told = Pix4dTags(vertical_crs="EPSG:5773", z_accuracy_m=0.05)
    surveyed = read_height(ExifRecord(altitude_m=43), DroneTags(), told, site)
    assert surveyed.sigma_m == pytest.approx(hypot(0.05, 0.8))


@pytest.mark.parametrize(
    ("exif", "drone"),
    [
        (ExifRecord(), DroneTags()),
        (ExifRecord(), DroneTags(relative_altitude_m=-1.5)),
        (ExifRecord(), DroneTags(relative_altitude_m=-20.0)),
        (ExifRecord(altitude_m=0.0), DroneTags()),
        (ExifRecord(altitude_m=-4.0), DroneTags()),
        (ExifRecord(altitude_m=1e9), DroneTags()),
    ],
)
def test_a_camera_that_is_not_above_the_sea_is_refused(exif, drone, site):
    with pytest.raises(PhotoError) as refused:
        read_height(exif, drone, Pix4dTags(), site)
    assert refused.value.code == "bad_height"
