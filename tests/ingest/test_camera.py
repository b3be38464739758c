from math import hypot

import pytest

from ingest.camera import read_intrinsics
from ingest.errors import PhotoError
from ingest.exif import ExifRecord
from ingest.xmp import DroneTags, Pix4dTags

P4P = ExifRecord(make="DJI", model="FC6310", focal_length_mm=8.8, focal_length_35mm=24)


def intrinsics(size, exif, drone=DroneTags(), pix4d=Pix4dTags()):  # noqa: B008 - frozen
    return read_intrinsics(*size, exif, drone, pix4d)


@pytest.mark.parametrize(
    ("size", "exif", "focal_px", "source"),
    [
        # 1-inch sensor, 13.2 mm wide: 8.8 / 13.2 of the width
        ((5472, 3648), P4P, 3648.0, "sensor_table"),
        ((3648, 5472), P4P, 3648.0, "sensor_table"),  # held upright
        # a copy shrunk to a quarter sees the same angle
        ((1368, 912), P4P, 912.0, "sensor_table"),
        (
            (4000, 2250),
            ExifRecord(model="FC300S", focal_length_mm=3.61, focal_length_35mm=20),
            3.61 / 6.17 * 4000,
            "sensor_table",
        ),
        (
            (4000, 3000),
            ExifRecord(model="X", focal_length_mm=10, focal_plane_px_per_mm=200),
            2000.0,
            "focal_plane",
        ),
        (
            (2000, 1500),
            ExifRecord(
                model="X", focal_length_mm=10, focal_plane_px_per_mm=200, tagged_width_px=4000
            ),
            1000.0,
            "focal_plane",
        ),
        (
            (6000, 4000),
            ExifRecord(focal_length_35mm=24),
            24 / hypot(36, 24) * hypot(6000, 4000),
            "35mm_equivalent",
        ),
        # 16:9 cut from a 4:3 sensor: the diagonal is the sensor's, 5000, not the picture's, 4589
        (
            (4000, 2250),
            ExifRecord(focal_length_35mm=20),
            20 / hypot(36, 24) * 5000,
            "35mm_equivalent",
        ),
    ],
)
def test_focal_length_from_exif(size, exif, focal_px, source):
    camera = intrinsics(size, exif)
    assert camera.focal_px == pytest.approx(focal_px)
    assert camera.source == source
    assert camera.principal_px == (size[0] / 2, size[1] / 2)


@pytest.mark.parametrize(
    ("size", "centre", "focal_px", "principal"),
    [
        ((5472, 3648), (2736.0, 1824.0), 3666.67, (2736.0, 1824.0)),
        ((5472, 3648), (2750.0, 1810.0), 3666.67, (2750.0, 1810.0)),
        ((5472, 3078), (2750.0, 1824.0), 3666.67, (2750.0, 1539.0)),  # 16:9 crop
        ((2736, 1824), (2736.0, 1824.0), 1833.335, (1368.0, 912.0)),  # shrunk to half
        ((5472, 3648), None, 3666.67, (2736.0, 1824.0)),
    ],
)
def test_dji_calibration(size, centre, focal_px, principal):
    drone = DroneTags(calibrated_focal_px=3666.67, calibrated_centre_px=centre)
    camera = intrinsics(size, P4P, drone)
    assert camera.source == "calibrated"
    assert camera.focal_px == pytest.approx(focal_px)
    assert camera.principal_px == pytest.approx(principal)


def test_dewarp_data_counts_its_centre_from_the_middle():
    drone = DroneTags(dewarp=(3713.29, 3713.31, 7.0, -8.0, 0, 0, 0, 0, 0))
    camera = intrinsics((5280, 3956), P4P, drone)
    assert (camera.focal_px, camera.principal_px) == (3713.29, (2647.0, 1970.0))


def test_pix4d_calibration_is_in_millimetres_of_the_sensor():
    pix4d = Pix4dTags(focal_length_mm=8.6, principal_point_mm=(6.5, 4.3))
    camera = intrinsics((5472, 3648), P4P, pix4d=pix4d)
    assert camera.source == "pix4d"
    assert camera.focal_px == pytest.approx(8.6 / 13.2 * 5472)
    assert camera.principal_px == pytest.approx((6.5 / 13.2 * 5472, 4.3 / 13.2 * 5472))


def test_digital_zoom_lengthens_the_lens_and_widens_its_error():
    plain = intrinsics((5472, 3648), P4P)
    zoomed_exif = ExifRecord(model="FC6310", focal_length_mm=8.8, digital_zoom=2.0)
    zoomed = intrinsics((5472, 3648), zoomed_exif)
    assert zoomed.focal_px == pytest.approx(2 * plain.focal_px)
    assert zoomed.focal_rel_error > plain.focal_rel_error


def test_better_sources_have_smaller_errors():
    errors = [
        intrinsics((5472, 3648), exif, drone).focal_rel_error
        for exif, drone in (
            (P4P, DroneTags(calibrated_focal_px=3666.67)),
            (P4P, DroneTags()),
            (ExifRecord(focal_length_35mm=24), DroneTags()),
        )
    ]
    assert errors == sorted(errors)
    assert errors[0] < errors[-1]


@pytest.mark.parametrize(
    "nonsense",
    [
        DroneTags(calibrated_focal_px=1e-9),
        DroneTags(calibrated_focal_px=1e12),
        DroneTags(dewarp=(3700.0, 3700.0, 1e9, 0, 0, 0, 0, 0, 0)),
    ],
)
def test_a_lens_that_cannot_be_is_passed_over(nonsense):
    assert intrinsics((5472, 3648), P4P, nonsense).source == "sensor_table"


def test_a_photo_with_only_a_lens_that_cannot_be_is_refused():
    with pytest.raises(PhotoError, match="no credible focal length"):
        intrinsics((5472, 3648), ExifRecord(focal_length_35mm=24, digital_zoom=1e6))


def test_an_unknown_lens_is_refused():
    with pytest.raises(PhotoError, match="ACME Cam 5") as refused:
        intrinsics((4000, 3000), ExifRecord(make="ACME", model="Cam 5", focal_length_mm=5))
    assert refused.value.code == "no_camera"


@pytest.mark.parametrize(
    ("model", "source", "focal_mm", "equivalent_mm", "width_mm"),
    [
        ("FC300X", None, 3.61, 20, 6.17),  # Phantom 3 Professional
        ("FC6310R", None, 8.8, 24, 13.2),  # Phantom 4 RTK
        ("L1D-20c", None, 10.26, 28, 13.2),  # Mavic 2 Pro
        ("FC3582", None, 6.72, 24, 9.6),  # Mini 3 Pro
        ("FC8482", None, 6.72, 24, 9.6),  # Mini 4 Pro
        ("FC3411", None, 8.38, 22, 13.2),  # Air 2S
        ("M3E", "WideCamera", 12.29, 24, 17.3),
        ("M3E", "ZoomCamera", 29.9, 162, 6.4),
        ("M3T", "WideCamera", 4.4, 24, 6.4),
        ("ZH20T", "WideCamera", 4.5, 24, 6.17),
        ("ZenmuseH20T", "ZoomCamera", 6.83, 32, 7.5),
        ("ZH20T", "ZoomCamera", 47.8, 223, 7.5),
        ("M30T", "WideCamera", 4.5, 24, 6.4),
        ("ZenmuseP1", None, 35.0, 35, 35.9),
        ("XT705", None, 10.57, 29, 13.2),  # Autel EVO II Pro
        ("ANAFI", None, 4.0, 23, 5.96),
        ("ILCE-7RM4", None, 35.0, 35, 35.7),
    ],
)
def test_lenses_of_the_common_drones(model, source, focal_mm, equivalent_mm, width_mm):
    exif = ExifRecord(
        model=model, focal_length_mm=focal_mm, focal_length_35mm=equivalent_mm, make="maker"
    )
    camera = intrinsics((4000, 3000), exif, DroneTags(image_source=source))
    assert camera.source == "sensor_table"
    assert camera.focal_px == pytest.approx(focal_mm / width_mm * 4000)


def test_a_lens_of_another_sensor_than_the_models_is_told_by_its_35mm_equivalent():
    tele = ExifRecord(model="M3E", focal_length_mm=29.9, focal_length_35mm=162)
    camera = intrinsics((4000, 3000), tele)
    assert camera.source == "35mm_equivalent"
    assert camera.focal_px == pytest.approx(162 / hypot(36, 24) * 5000)


@pytest.mark.parametrize("equivalent_mm", [24, 48])
def test_digital_zoom_counts_once_whether_the_equivalent_holds_it_or_not(equivalent_mm):
    exif = ExifRecord(
        model="FC6310", focal_length_mm=8.8, focal_length_35mm=equivalent_mm, digital_zoom=2.0
    )
    camera = intrinsics((5472, 3648), exif)
    assert (camera.source, camera.focal_px) == ("sensor_table", pytest.approx(2 * 3648))


def test_a_calibration_of_half_the_pixels_is_passed_over():
    exif = ExifRecord(model="M3T", focal_length_mm=4.4, focal_length_35mm=24)
    half = DroneTags(dewarp=(2770.0, 2770.0, 3.0, 4.0, 0, 0, 0, 0, 0))
    assert intrinsics((4000, 3000), exif, half).source == "calibrated"
    assert intrinsics((8000, 6000), exif, half).source == "sensor_table"


M3E = (3713.29, 3713.29, 7.02, -8.72, -0.1125, 0.0149, -0.0001, 0.0, -0.0274)


@pytest.mark.parametrize(
    ("flag", "is_modelled", "wider"),
    [
        (0.0, True, False),  # the camera left the picture as it was: the bend is known
        (1.0, False, False),  # the camera straightened it
        (None, False, True),  # nobody tells
    ],
)
def test_dewarp_data_bend_a_picture_that_was_not_straightened(flag, is_modelled, wider):
    # a Mavic 3E's, whose corners are bent by some per cent
    camera = intrinsics((5280, 3956), ExifRecord(), DroneTags(dewarp=M3E, dewarp_flag=flag))
    assert (camera.distortion is not None) == is_modelled
    assert (0.03 < camera.focal_rel_error < 0.06) == wider


def test_terms_no_lens_has_widen_the_error_instead():
    terms = (3713.29, 3713.29, 0, 0, -3.0, 0, 0, 0, 0)
    camera = intrinsics((5280, 3956), ExifRecord(), DroneTags(dewarp=terms, dewarp_flag=0.0))
    assert camera.distortion is None
    assert camera.focal_rel_error > 0.2


def test_pix4d_and_skydio_terms_are_taken():
    told = (0.11, -0.25, 0.15, 0.001, -0.002)
    pix4d = Pix4dTags(focal_length_mm=8.6, principal_point_mm=(6.6, 4.4), distortion=told)
    bent = intrinsics((5472, 3648), P4P, pix4d=pix4d).distortion
    assert (bent.k1, bent.k2, bent.k3, bent.p1, bent.p2) == told
    skydio = DroneTags(
        calibrated_focal_px=4930.0,
        calibrated_centre_px=(4096.0, 3072.0),
        distortion=(-0.02, 0.01, -0.003, 0.0, 0.0),
    )
    assert intrinsics((8192, 6144), ExifRecord(), skydio).distortion.k3 == -0.003


def test_a_calibrated_centre_tells_the_size_of_an_unknown_sensor():
    pix4d = Pix4dTags(focal_length_mm=10.6, principal_point_mm=(6.375, 4.25))
    camera = intrinsics((5472, 3648), ExifRecord(model="?"), pix4d=pix4d)
    assert camera.source == "pix4d"
    assert camera.focal_px == pytest.approx(10.6 / 12.75 * 5472)
    assert camera.focal_rel_error == 0.02


def test_a_fisheye_is_refused():
    pix4d = Pix4dTags(focal_length_mm=1.83, model_type="fisheye")
    with pytest.raises(PhotoError, match="fisheye") as refused:
        intrinsics((4096, 3320), ExifRecord(focal_length_35mm=6), pix4d=pix4d)
    assert refused.value.code == "no_camera"


def test_an_equivalent_that_may_hold_the_zoom_covers_both_readings():
    camera = intrinsics((4000, 3000), ExifRecord(focal_length_35mm=48, digital_zoom=2.0))
    without = 48 / hypot(36, 24) * 5000
    least = camera.focal_px * (1 - camera.focal_rel_error)
    most = camera.focal_px * (1 + camera.focal_rel_error)
    assert least <= without
    assert most >= 2 * without * 0.99
    # a drone's calibration is of the lens without the zoom, and its centre moves with it
    zoomed = ExifRecord(digital_zoom=3.0)
    tele = DroneTags(calibrated_focal_px=10900.0, calibrated_centre_px=(4106.0, 3072.0))
    told = intrinsics((8192, 6144), zoomed, tele)
    assert told.focal_px == 32700
    assert told.principal_px == (4126.0, 3072.0)


def test_very_wide_lenses_are_near_to_fisheyes():
    avata = intrinsics((4000, 3000), ExifRecord(focal_length_35mm=12))
    assert avata.focal_rel_error >= 0.2
