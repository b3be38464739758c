from datetime import UTC, datetime

import pytest

from ingest.errors import PhotoError
from ingest.xmp import DroneTags, Pix4dTags, read_xmp

HEAD = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
    'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
)
TAIL = "</rdf:Description></rdf:RDF></x:xmpmeta>"
DJI = 'xmlns:drone-dji="http://www.dji.com/drone-dji/1.0/"'
PIX4D = 'xmlns:Camera="http://pix4d.com/camera/1.0"'


def tags(packets):
    told = read_xmp(packets)
    return told.drone, told.pix4d


def packet(namespace: str, attributes: str = "", elements: str = "") -> bytes:
    return f"{HEAD}{namespace} {attributes}>{elements}{TAIL}".encode()


def test_dji_attributes():
    dji, pix4d = tags(
        [
            packet(
                DJI,
                'drone-dji:AbsoluteAltitude="+198.31" drone-dji:RelativeAltitude="+39.80" '
                'drone-dji:GimbalRollDegree="+0.00" drone-dji:GimbalYawDegree="-140.00" '
                'drone-dji:GimbalPitchDegree="-89.90" drone-dji:AltitudeType="RtkAlt" '
                'drone-dji:RtkFlag="50" drone-dji:RtkStdLon="0.01214" '
                'drone-dji:UTCAtExposure="2024-02-13T11:13:24.526262" drone-dji:SelfData=""',
            )
        ]
    )
    assert dji == DroneTags(
        absolute_altitude_m=198.31,
        relative_altitude_m=39.8,
        gimbal_roll_deg=0.0,
        gimbal_yaw_deg=-140.0,
        gimbal_pitch_deg=-89.9,
        altitude_type="RtkAlt",
        rtk_flag=50,
        rtk_std_lon_m=0.01214,
        utc_at_exposure=datetime(2024, 2, 13, 11, 13, 24, 526262, tzinfo=UTC),
    )
    assert pix4d == Pix4dTags()


def test_dji_elements_and_the_misspelt_longitude():
    elements = (
        "<drone-dji:GpsLatitude>7.25</drone-dji:GpsLatitude>"
        "<drone-dji:GpsLongtitude> 99.4 </drone-dji:GpsLongtitude>"
    )
    dji, _ = tags([packet(DJI, elements=elements)])
    assert (dji.lon_deg, dji.lat_deg) == (99.4, 7.25)


def test_pix4d_rationals_in_elements():
    _, pix4d = tags(
        [
            packet(
                PIX4D,
                elements="<Camera:Pitch>8843/5528</Camera:Pitch><Camera:Roll>-32261/50208"
                "</Camera:Roll><Camera:Yaw>-26386/307</Camera:Yaw>"
                "<Camera:VertCS>EPSG:5773</Camera:VertCS>"
                "<Camera:PrincipalPoint>2.42299,1.850154</Camera:PrincipalPoint>",
            )
        ]
    )
    assert (pix4d.yaw_deg, pix4d.pitch_deg, pix4d.roll_deg) == pytest.approx(
        (-85.94788, 1.599674, -0.642547), abs=1e-5
    )
    assert pix4d.vertical_crs == "EPSG:5773"
    assert pix4d.principal_point_mm == (2.42299, 1.850154)


@pytest.mark.parametrize(
    "address",
    [
        "http://pix4d.com/camera/1.0/",
        "http://ns.sensefly.com/Camera/1.0/",
        "http://ns.flyingfishtechs.com/Camera/1.0/",
    ],
)
def test_addresses_of_the_camera_vocabulary(address):
    _, pix4d = tags([packet(f'xmlns:Camera="{address}" Camera:Yaw="12.5"')])
    assert pix4d.yaw_deg == 12.5


def test_parrots_angles_are_a_gimbals():
    parrot = 'xmlns:drone-parrot="http://www.parrot.com/drone-parrot/1.0/"'
    elements = (
        "<drone-parrot:CameraPitchDegree>-78.362686</drone-parrot:CameraPitchDegree>"
        "<drone-parrot:CameraRollDegree>-0.322913</drone-parrot:CameraRollDegree>"
        "<drone-parrot:CameraYawDegree>176.310745</drone-parrot:CameraYawDegree>"
    )
    drone, _ = tags([packet(parrot, elements=elements)])
    angles = (drone.gimbal_yaw_deg, drone.gimbal_pitch_deg, drone.gimbal_roll_deg)
    assert angles == (176.310745, -78.362686, -0.322913)


def test_calibration():
    dji, _ = tags(
        [
            packet(
                DJI,
                'drone-dji:CalibratedFocalLength="3666.666504" '
                'drone-dji:CalibratedOpticalCenterX="2736.0" '
                'drone-dji:CalibratedOpticalCenterY="1824.0" '
                'drone-dji:DewarpData="2021-01-14;3713.29,3713.31,7.02,-8.72,-0.1,0,0,0,0"',
            )
        ]
    )
    assert dji.calibrated_focal_px == 3666.666504
    assert dji.calibrated_centre_px == (2736, 1824)
    assert dji.dewarp == (3713.29, 3713.31, 7.02, -8.72, -0.1, 0, 0, 0, 0)


@pytest.mark.parametrize("text", ["", "north", "1/0", "nan", "1e999", "1/x"])
def test_what_is_no_number_is_not_told(text):
    _, pix4d = tags([packet(PIX4D, elements=f"<Camera:Yaw>{text}</Camera:Yaw>")])
    assert pix4d.yaw_deg is None


def test_the_first_packet_that_tells_wins_and_padding_is_passed_over():
    first = b'<?xpacket begin=""?>' + packet(DJI, 'drone-dji:RtkFlag="50"') + b"\0\n\0"
    second = packet(DJI, 'drone-dji:RtkFlag="16" drone-dji:RtkStdLat="0.5"')
    dji, _ = tags([first, second])
    assert (dji.rtk_flag, dji.rtk_std_lat_m) == (50, 0.5)


def test_same_names_of_other_vocabularies_are_left_alone():
    other = 'xmlns:Camera="http://example.org/camera/1.0/" Camera:Yaw="5"'
    assert tags([packet(other)]) == (DroneTags(), Pix4dTags())


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no xml",
        b"<x:xmpmeta>",
        b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
    ],
)
def test_broken_and_hostile_xml_is_refused(data):
    with pytest.raises(PhotoError) as refused:
        read_xmp([data])
    assert refused.value.code == "damaged"


@pytest.mark.parametrize(
    "address", ["http://www.dji.com/drone-dji/1.0/", "http://www.autelrobotics.com/drone/1.0/"]
)
def test_djis_words_under_another_makers_prefix_and_address(address):
    # as an EVO II Pro RTK (XT705) writes them
    dji, _ = tags(
        [
            packet(
                f'xmlns:drone="{address}"',
                'drone:AbsoluteAltitude="+513.00" drone:GpsLatitude="47.64368732" '
                'drone:GpsLongtitude="16.47592717" drone:CalibratedFocalLength="4404.166667" '
                'drone:FlightYawDegree="-148.96" drone:GimbalPitchDegree="-90.00" '
                'drone:RtkFlag="50" drone:RtkStdLon="0.01370"',
            )
        ]
    )
    assert (dji.lon_deg, dji.lat_deg) == (16.47592717, 47.64368732)
    assert (dji.gimbal_yaw_deg, dji.gimbal_pitch_deg) == (-148.96, -90.0)
    assert (dji.rtk_flag, dji.calibrated_focal_px) == (50, 4404.166667)


def test_parrots_camera_angles_and_height():
    parrot = (
        'xmlns:drone-parrot="http://www.parrot.com/drone-parrot/1.0/" '
        'xmlns:Camera="http://pix4d.com/camera/1.0/"'
    )
    elements = (
        "<drone-parrot:CameraYawDegree>112.500</drone-parrot:CameraYawDegree>"
        "<drone-parrot:CameraPitchDegree>-89.90</drone-parrot:CameraPitchDegree>"
        "<drone-parrot:CameraRollDegree>0.300</drone-parrot:CameraRollDegree>"
        "<drone-parrot:DroneYawDegree>80.0</drone-parrot:DroneYawDegree>"
        "<Camera:AboveGroundAltitude>42750/1000 m</Camera:AboveGroundAltitude>"
        "<Camera:GPSXYAccuracy>1.20</Camera:GPSXYAccuracy>"
    )
    drone, pix4d = tags([packet(parrot, elements=elements)])
    angles = drone.gimbal_yaw_deg, drone.gimbal_pitch_deg, drone.gimbal_roll_deg
    assert angles == (112.5, -89.9, 0.3)
    assert (drone.relative_altitude_m, pix4d.xy_accuracy_m) == (42.75, 1.2)


@pytest.mark.parametrize(
    ("text", "value"),
    [("+39.80", 39.8), ("12.5 m", 12.5), ("-90.0 °", -90.0), ("7/2", 3.5), ("1e2", 100.0)]
    + [(text, None) for text in ("nan", "inf", "12,5", "1.2.3", "3 5", "-", "1/0", "٣")],
)
def test_numbers(text, value):
    drone, _ = tags([packet(DJI, f'drone-dji:RelativeAltitude="{text}"')])
    assert drone.relative_altitude_m == value
