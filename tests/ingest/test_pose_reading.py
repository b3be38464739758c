import pytest

from ingest.errors import PhotoError
from ingest.exif import ExifRecord
from ingest.lonlat import LonLat
from ingest.pose_reading import read_pose
from ingest.xmp import DroneTags, Pix4dTags

PLACED = ExifRecord(lon_deg=99.4, lat_deg=7.25, altitude_m=60.0)
GIMBAL = DroneTags(gimbal_yaw_deg=45.0, gimbal_pitch_deg=-89.9, gimbal_roll_deg=0.5)


def read(site, exif=PLACED, drone=DroneTags(), pix4d=Pix4dTags()):  # noqa: B008 - frozen
    return read_pose(exif, drone, pix4d, site)


def test_gimbal_angles_are_taken_as_they_are(site):
    pose = read(site, drone=GIMBAL).pose
    assert (pose.yaw_deg, pose.pitch_deg, pose.roll_deg) == (45.0, -89.9, 0.5)
    assert not pose.assumed_nadir


def test_a_missing_roll_is_level(site):
    drone = DroneTags(gimbal_yaw_deg=45.0, gimbal_pitch_deg=-30.0)
    assert read(site, drone=drone).pose.roll_deg == 0


@pytest.mark.parametrize("yaw", [None, 1e9])
def test_angles_that_cannot_be_are_passed_over(site, yaw):
    broken = DroneTags(gimbal_yaw_deg=yaw, gimbal_pitch_deg=-30.0)
    assert read(site, drone=broken).pose.assumed_nadir
    pose = read(site, drone=broken, pix4d=Pix4dTags(yaw_deg=30, pitch_deg=25, roll_deg=0)).pose
    assert (pose.yaw_deg, pose.pitch_deg) == pytest.approx((30, -65))


def test_gimbal_angles_come_before_pix4ds(site):
    pose = read(site, drone=GIMBAL, pix4d=Pix4dTags(yaw_deg=1, pitch_deg=2, roll_deg=3)).pose
    assert pose.yaw_deg == 45


def test_without_angles_nadir_is_assumed_noted_and_doubted(site):
    reading = read(site)
    assert [note.code for note in reading.notes] == ["nadir_assumed"]
    assert reading.pose.assumed_nadir
    assert reading.pose.pitch_deg == -90
    known = read(site, drone=GIMBAL).pose
    assert reading.pose.yaw_sigma_deg > 10 * known.yaw_sigma_deg
    assert reading.pose.tilt_sigma_deg > 5 * known.tilt_sigma_deg


@pytest.mark.parametrize(
    ("exif", "drone", "position"),
    [
        (PLACED, DroneTags(lon_deg=1.0, lat_deg=1.0), LonLat(99.4, 7.25)),
        (ExifRecord(altitude_m=60.0), DroneTags(lon_deg=1.0, lat_deg=2.0), LonLat(1.0, 2.0)),
        (
            ExifRecord(lon_deg=0.0, lat_deg=0.0, altitude_m=60.0),
            DroneTags(lon_deg=1.0, lat_deg=2.0),
            LonLat(1.0, 2.0),
        ),
        (ExifRecord(lon_deg=0.0, lat_deg=7.0, altitude_m=60.0), DroneTags(), LonLat(0.0, 7.0)),
    ],
)
def test_positions(site, exif, drone, position):
    assert read(site, exif, drone).pose.position == position


@pytest.mark.parametrize(
    ("lon", "lat"), [(None, None), (99.4, None), (0.0, 0.0), (199.0, 7.25), (99.4, 97.0)]
)
def test_no_place_is_refused(site, lon, lat):
    with pytest.raises(PhotoError) as refused:
        read(site, ExifRecord(lon_deg=lon, lat_deg=lat, altitude_m=60.0))
    assert refused.value.code == "no_gps"


@pytest.mark.parametrize(
    ("exif", "drone", "pix4d", "sigma_m"),
    [
        (PLACED, DroneTags(), Pix4dTags(), 4.6),
        (PLACED, DroneTags(), Pix4dTags(xy_accuracy_m=0.5), 0.5),
        (
            ExifRecord(lon_deg=99.4, lat_deg=7.25, altitude_m=60.0, horizontal_error_m=7.0),
            DroneTags(),
            Pix4dTags(),
            7.0,
        ),
        # 0.03, 0.04 of the antenna and 0.1 from there to the camera
        (
            PLACED,
            DroneTags(rtk_flag=50, rtk_std_lon_m=0.03, rtk_std_lat_m=0.04),
            Pix4dTags(),
            0.1118,
        ),
        (PLACED, DroneTags(rtk_flag=34, rtk_std_lon_m=0.3, rtk_std_lat_m=0.4), Pix4dTags(), 0.5099),
        # a single-point solution's deviations leave out what RTK would have corrected
        (PLACED, DroneTags(rtk_flag=16, rtk_std_lon_m=0.3, rtk_std_lat_m=0.4), Pix4dTags(), 4.6),
    ],
)
def test_position_errors(site, exif, drone, pix4d, sigma_m):
    sigma = read(site, exif, drone, pix4d).pose.position_sigma_m
    assert sigma == pytest.approx(sigma_m, abs=1e-3)
