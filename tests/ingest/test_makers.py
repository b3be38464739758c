"""Photos of every common drone: place, pose, height with its source, scale, and what is said."""

from dataclasses import dataclass

import pytest

from ingest.flight import read_photo
from ingest.frame import Frame
from ingest.lonlat import LonLat, distance_m

from .maker_photos import (
    FOCAL_35MM,
    FOCAL_MM,
    GPS_ERROR,
    GPS_STATUS,
    NADIR,
    OFFSET,
    ZOOM,
    MakerPhoto,
    dji,
    structures,
    xmp,
)

LIBONG = LonLat(99.40, 7.25)
RTK = {"RtkFlag": "50", "RtkStdLon": "0.013", "RtkStdLat": "0.014", "RtkStdHgt": "0.029"}
P4_CENTRE = {"CalibratedOpticalCenterX": "2736.0", "CalibratedOpticalCenterY": "1824.0"}
M3E_CENTRE = {"CalibratedOpticalCenterX": "2640.0", "CalibratedOpticalCenterY": "1978.0"}
DEWARP = "2022-06-08;3713.29,3713.29,7.02,-8.72,-0.1125,0.0149,-0.0000857,0.0000001,-0.0271"
SKYDIO_PLACE = (
    "<drone-skydio:Latitude>7.25</drone-skydio:Latitude>"
    "<drone-skydio:Longitude>99.40</drone-skydio:Longitude>"
    "<drone-skydio:AbsoluteAltitude>43.0</drone-skydio:AbsoluteAltitude>"
)
X10 = (
    SKYDIO_PLACE
    + "<drone-skydio:RelativeAltitude>58.0</drone-skydio:RelativeAltitude>"
    + "<drone-skydio:GpsHorizontalAccuracy>0.4</drone-skydio:GpsHorizontalAccuracy>"
    + "<drone-skydio:DewarpData>-0.02,0.01,-0.003</drone-skydio:DewarpData>"
    + structures(
        VehicleOrientationNED={"Roll": 1, "Pitch": 2, "Yaw": 3},
        CameraOrientationNED={"Roll": 0.0, "Pitch": -89.0, "Yaw": 33.0},
        CalibratedFocalLength={"X": 4930.0, "Y": 4931.0},
        CalibratedOpticalCenter={"X": 4096.0, "Y": 3072.0},
    )
)


def lens(mm=None, equivalent=None, zoom=None):
    return {FOCAL_MM: mm, FOCAL_35MM: equivalent, ZOOM: zoom}


@dataclass(frozen=True)
class Told:
    """What a photo must come out with; scale in cm a pixel at its middle."""

    gsd_cm: float | None
    height_m: float = 61.5
    source: str = "relative_altitude"
    yaw_deg: float = 45.0
    pitch_deg: float = -90.0
    error_m: tuple[float, float] = (4.5, 5.5)
    warnings: tuple[str, ...] = ()
    bent: bool = False


CALIBRATED_ERROR = (1.0, 2.5)  # RTK, 1 degree of tilt at 60 m
PHOTOS = {
    # DJI from the Phantom 3 on
    "Phantom 3": (
        MakerPhoto((4000, 3000), "DJI", "FC300S", dji(), lens(3.61, 20)),
        Told(2.63),
    ),
    "Phantom 4 Pro": (
        MakerPhoto(
            (5472, 3648), "DJI", "FC6310",
            dji(CalibratedFocalLength="3666.666504", **P4_CENTRE), lens(8.8, 24),
        ),
        Told(1.68),
    ),
    "Phantom 4 RTK, longitude misspelt, no place in Exif": (
        MakerPhoto(
            (5472, 3648), "DJI", "FC6310R",
            dji(
                GpsLatitude="7.25000000", GpsLongtitude="99.40000000", DewarpFlag="0",
                DewarpData="2018-08-29;3658.01,3651.11,-21.58,20.31,-0.2690,0.1138,0.00083,"
                "-0.00045,-0.0353", **RTK,
            ),
            lens(8.8, 24), lonlat=None,
        ),
        Told(1.68, error_m=CALIBRATED_ERROR, bent=True),
    ),
    "Mavic Pro": (
        MakerPhoto((4000, 3000), "DJI", "FC220", dji(), lens(4.73, 26)),
        Told(2.01),
    ),
    "Mavic 2 Pro": (
        MakerPhoto((5472, 3648), "Hasselblad", "L1D-20c", dji(), lens(10.26, 28)),
        Told(1.45),
    ),
    "Air 2S": (
        MakerPhoto((5472, 3648), "DJI", "FC3411", dji(), lens(8.38, 22)),
        Told(1.77),
    ),
    "Air 3, tele": (
        MakerPhoto((4032, 3024), "DJI", "FC8284", dji(), lens(19.4, 70)),
        Told(0.75),
    ),
    "Mini 2, zeros for its gimbal": (
        MakerPhoto(
            (4000, 3000), "DJI", "FC7303",
            dji(
                GimbalYawDegree="+0.00", GimbalPitchDegree="+0.00", FlightYawDegree="+179.90",
                RelativeAltitude="+79.40",
            ),
            lens(4.49, 24),
        ),
        Told(2.78, height_m=80.9, yaw_deg=179.9, error_m=(12, 30), warnings=("gimbal_zeros",)),
    ),
    "Mini 3 Pro, place called invalid": (
        MakerPhoto((4032, 3024), "DJI", "FC3582", dji(GpsStatus="Invalid"), lens(6.72, 24)),
        Told(2.18, error_m=(29, 32), warnings=("gps_invalid",)),
    ),
    "Mini 4 Pro, 48 million pixels": (
        MakerPhoto((8064, 6048), "DJI", "FC8482", dji(), lens(6.72, 24)),
        Told(1.09),
    ),
    "Mini 4 Pro, twice digital zoom": (
        MakerPhoto((4032, 3024), "DJI", "FC8482", dji(), lens(6.72, 48, 2.0)),
        Told(1.09),
    ),
    "Mavic 3": (
        MakerPhoto(
            (5280, 3956), "Hasselblad", "L2D-20c",
            dji(
                GpsStatus="Normal", AltitudeType="GpsFusionAlt", GpsLatitude="+7.250000000",
                GpsLongitude="+99.400000000",
            ),
            lens(12.29, 24),
        ),
        Told(1.64),
    ),
    "Mavic 3, tele": (
        MakerPhoto((4000, 3000), "DJI", "FC4170", dji(), lens(29.9, 162)),
        Told(0.33),
    ),
    "Mavic 4 Pro": (
        MakerPhoto((12288, 8192), "Hasselblad", "L3D-100C", dji(), lens(13.0, 28)),
        Told(0.67),
    ),
    "Mavic 3E, as the lens bends it": (
        MakerPhoto(
            (5280, 3956), "DJI", "M3E",
            dji(ImageSource="WideCamera", DewarpFlag="0", DewarpData=DEWARP, **M3E_CENTRE, **RTK),
            lens(12.29, 24),
        ),
        Told(1.66, error_m=CALIBRATED_ERROR, bent=True),
    ),
    "Mavic 3E, straightened": (
        MakerPhoto(
            (5280, 3956), "DJI", "M3E",
            dji(ImageSource="WideCamera", DewarpFlag="1", DewarpData=DEWARP, **M3E_CENTRE),
            lens(12.29, 24),
        ),
        Told(1.66),
    ),
    "Mavic 3E, tele, twice digital zoom": (
        MakerPhoto(
            (4000, 3000), "DJI", "M3E", dji(ImageSource="ZoomCamera"), lens(29.8, 162, 2.0)
        ),
        Told(0.165),
    ),
    "Matrice 30T, zoom": (
        MakerPhoto((8000, 6000), "DJI", "M30T", dji(ImageSource="ZoomCamera"), lens(21.0, 113)),
        Told(0.234),
    ),
    "Zenmuse H20T, wide": (
        MakerPhoto((4056, 3040), "DJI", "ZH20T", dji(ImageSource="WideCamera"), lens(4.5, 24)),
        Told(2.08),
    ),
    "Zenmuse H20, zoomed by its lens": (
        MakerPhoto((5184, 3888), "DJI", "ZH20", dji(ImageSource="ZoomCamera"), lens(34.2, 158)),
        Told(0.26),
    ),
    "Zenmuse H30T, named without its Z": (
        MakerPhoto((8064, 6048), "DJI", "H30T", dji(ImageSource="WideCamera"), lens(6.72, 24)),
        Told(1.09),
    ),
    "Zenmuse P1 under a Matrice 400, zeros for its gimbal": (
        MakerPhoto(
            (8192, 5460), "DJI", "ZenmuseP1",
            dji(GimbalYawDegree="+0.00", GimbalPitchDegree="+0.00", FlightYawDegree="+12.30"),
            lens(50, 50, 1),
        ),
        Told(0.54, yaw_deg=12.3, error_m=(10, 20), warnings=("gimbal_zeros",)),
    ),
    "Zenmuse L1": (
        MakerPhoto((5472, 3648), "DJI", "ZenmuseL1", dji(**RTK), lens(8.8, 24)),
        Told(1.69, error_m=CALIBRATED_ERROR),
    ),
    "gimbal hung the other way round": (
        MakerPhoto((6016, 4008), "DJI", "FC6540", dji(GimbalReverse="1"), lens(24, 35)),
        Told(1.0, warnings=("gimbal_reversed",)),
    ),
    "yaw of 350 degrees, aslant": (
        MakerPhoto(
            (4000, 3000), "DJI", "FC220",
            dji(GimbalYawDegree="350.0", GimbalPitchDegree="-45.0"), lens(4.73, 26),
        ),
        Told(3.37, yaw_deg=-10.0, pitch_deg=-45.0, error_m=(5, 8)),
    ),
    "looking up": (
        MakerPhoto(
            (4000, 3000), "DJI", "FC220", dji(GimbalPitchDegree="+20.0"), lens(4.73, 26)
        ),
        Told(None, pitch_deg=20.0, warnings=("looks_at_horizon",)),
    ),
    "height without a sign": (
        MakerPhoto(
            (4000, 3000), "DJI", "FC220", dji(RelativeAltitude="60", GimbalPitchDegree="-90"),
            lens(4.73, 26),
        ),
        Told(2.01),
    ),
    "firmware that writes 0 for the relative altitude": (
        MakerPhoto((4000, 3000), "DJI", "FC220", dji(RelativeAltitude="+0.00"), lens(4.73, 26)),
        Told(1.96, height_m=60.0, source="gps_altitude", warnings=("relative_height_zero",)),
    ),
    "receiver without a fix": (
        MakerPhoto(
            (4000, 3000), "DJI", "FC220", dji(), lens(4.73, 26), gps={GPS_STATUS: "V"}
        ),
        Told(2.01, error_m=(29, 32), warnings=("gps_invalid",)),
    ),
    "a model that is not known": (
        MakerPhoto((8064, 6048), "DJI", "FC9999", dji(), lens(6.72, 24)),
        Told(1.1, warnings=("lens_from_35mm",)),
    ),
    # Autel
    "EVO II Pro, older firmware": (
        MakerPhoto(
            (5472, 3648), "Autel Robotics", "XT705",
            xmp(
                "Camera", as_elements=True, Pitch="0.000000", Roll="0.000000", Yaw="2.420000",
                ModelType="perspective", PerspectiveFocalLength="10.57", PrincipalPoint="6.6,4.4",
                GPSXYAccuracy="0.5", AboveGroundAltitude="60.0",
            ),
            lens(10.57, 28),
        ),
        Told(1.4, yaw_deg=2.42, error_m=(1, 2)),
    ),
    "EVO II, older firmware, aslant": (
        MakerPhoto(
            (8000, 6000), "Autel Robotics", "XT701",
            xmp("Camera", as_elements=True, Pitch="66.04", Roll="0.0", Yaw="2.42"),
            lens(4.74, 26), altitude_m=45.0,
        ),
        Told(
            2.93, height_m=45.0, source="gps_altitude", yaw_deg=2.42, pitch_deg=-23.96,
            error_m=(30, 60),
        ),
    ),
    "EVO II RTK": (
        MakerPhoto(
            (5472, 3648), "Autel Robotics", "XT705",
            xmp(
                "drone", AbsoluteAltitude="+513.00", RelativeAltitude="+60.00",
                GpsLatitude="7.25", GpsLongtitude="99.40", CalibratedFocalLength="4404.166667",
                **NADIR, **RTK,
            ),
            lens(10.57, 28),
        ),
        Told(1.4, error_m=CALIBRATED_ERROR),
    ),
    "EVO Lite+": (
        MakerPhoto(
            (5472, 3648), "Autel Robotics", "XL720",
            xmp("drone", RelativeAltitude="+60.00", **NADIR), lens(10.6, 29),
        ),
        Told(1.4, warnings=("lens_from_35mm",)),
    ),
    # Parrot
    "Anafi": (
        MakerPhoto(
            (5344, 4016), "Parrot", "ANAFI",
            xmp(
                "drone-parrot", as_elements=True, CameraRollDegree="-0.32",
                CameraPitchDegree="-78.36", CameraYawDegree="176.31",
                raw=structures("Camera")
                + "<Camera:AboveGroundAltitude>60.0</Camera:AboveGroundAltitude>"
                "<Camera:PerspectiveFocalLength>4.04</Camera:PerspectiveFocalLength>"
                "<Camera:PerspectiveDistortion>0.11,-0.25,0.15,0.0,0.0"
                "</Camera:PerspectiveDistortion><Camera:Yaw>176.31</Camera:Yaw>"
                "<Camera:Pitch>11.64</Camera:Pitch><Camera:Roll>-0.32</Camera:Roll>"
                "<Camera:VertCS>EPSG:5773</Camera:VertCS>",
            ),
            lens(4.0, 23),
        ),
        Told(1.75, yaw_deg=176.31, pitch_deg=-78.36, bent=True),
    ),
    "Anafi Ai, height above the ellipsoid": (
        MakerPhoto(
            (8000, 6000), "Parrot", "ANAFI Ai",
            xmp(
                "drone-parrot", as_elements=True, CameraRollDegree="0", CameraPitchDegree="-90",
                CameraYawDegree="45",
            ),
            lens(4.5, 24), altitude_m=43.0,
        ),
        Told(1.07, height_m=60.0, source="ellipsoidal_altitude"),
    ),
    "Anafi, place in XMP alone": (
        MakerPhoto(
            (5344, 4016), "Parrot", "ANAFI",
            xmp(
                "drone-parrot", as_elements=True, CameraRollDegree="0", CameraPitchDegree="-90",
                CameraYawDegree="45",
                raw="<exif:GPSLatitude>7,15.0000000N</exif:GPSLatitude>"
                "<exif:GPSLongitude>99,24.0000000E</exif:GPSLongitude>"
                "<exif:GPSAltitude>58/1</exif:GPSAltitude><exif:GPSAltitudeRef>0"
                "</exif:GPSAltitudeRef>",
            ),
            lens(4.0, 23), lonlat=None, altitude_m=None,
        ),
        Told(1.62, height_m=58.0, source="orthometric_altitude"),
    ),
    # Skydio
    "Skydio 2+": (
        MakerPhoto(
            (4056, 3040), "Skydio", "2+",
            xmp(
                raw='<drone-skydio:CameraOrientationNED drone-skydio:Roll="0.2" '
                'drone-skydio:Pitch="-88.0" drone-skydio:Yaw="127.4"/>'
                '<drone-skydio:CameraOrientationFLU drone-skydio:Roll="5" '
                'drone-skydio:Pitch="6" drone-skydio:Yaw="7"/>' + SKYDIO_PLACE.replace("43", "58"),
            ),
            lens(3.7, 21), altitude_m=58.0,
        ),
        Told(
            2.39, height_m=58.0, source="orthometric_altitude", yaw_deg=127.4, pitch_deg=-88.0
        ),
    ),
    "Skydio X10": (
        MakerPhoto((8192, 6144), "Skydio", "VT300-L", xmp(raw=X10), lens(5.1, 20)),
        Told(1.21, height_m=59.5, yaw_deg=33.0, pitch_deg=-89.0, error_m=(1, 2), bent=True),
    ),
    "Skydio X10, three times digital zoom": (
        MakerPhoto((8192, 6144), "Skydio", "VT300-Z", xmp(raw=X10), lens(5.1, 20, 3.0)),
        Told(0.402, height_m=59.5, yaw_deg=33.0, pitch_deg=-89.0, error_m=(1, 2), bent=True),
    ),
    "Skydio X10, height above the ellipsoid": (
        MakerPhoto(
            (8192, 6144), "Skydio", "VT300-L",
            xmp(
                raw=X10.replace("RelativeAltitude", "Other")
                + "<Camera:VertCS>ellipsoidal</Camera:VertCS>"
            ),
            lens(5.1, 20), altitude_m=43.0,
        ),
        Told(
            1.22, height_m=60.0, source="ellipsoidal_altitude", yaw_deg=33.0, pitch_deg=-89.0,
            error_m=(1, 5), bent=True,
        ),
    ),
    "Teal 2": (
        MakerPhoto(
            (4224, 3120), "Teledyne FLIR", "Hadron 640R EO",
            xmp("Camera", as_elements=True, Yaw="319.0", Pitch="31.8", Roll="-1.0"),
            lens(4.8),
        ),
        Told(
            2.45, height_m=60.0, source="gps_altitude", yaw_deg=-39.1, pitch_deg=-58.2,
            error_m=(10, 15),
        ),
    ),
    # survey payloads
    "senseFly S.O.D.A.": (
        MakerPhoto(
            (5472, 3648), "senseFly", "S.O.D.A.",
            xmp(
                "Camera", as_elements=True, Yaw="45.0", Pitch="0.0", Roll="0.0",
                GPSXYAccuracy="0.05", GPSZAccuracy="0.07", PerspectiveFocalLength="10.6",
                PrincipalPoint="6.375,4.25", PerspectiveDistortion="0.001,-0.02,0.02,0,0",
                VertCS="ellipsoidal",
            ),
            lens(10.6, 29), altitude_m=103.0,
        ),
        Told(
            2.64, height_m=120.0, source="ellipsoidal_altitude", error_m=(2, 4), bent=True
        ),
    ),
    "WingtraOne, Sony RX1R II": (
        MakerPhoto(
            (7952, 5304), "SONY", "DSC-RX1RM2",
            xmp(
                "Camera", as_elements=True, Yaw="45", Pitch="0", Roll="0", VertCS="ellipsoidal",
                GPSXYAccuracy="0.02", GPSZAccuracy="0.03",
            ),
            lens(35, 35), altitude_m=103.0,
        ),
        Told(1.55, height_m=120.0, source="ellipsoidal_altitude", error_m=(2, 4)),
    ),
    "Sony without angles": (
        MakerPhoto((5456, 3632), "SONY", "ILCE-QX1", None, lens(20, 30), altitude_m=120.0),
        Told(
            2.55, height_m=120.0, source="gps_altitude", yaw_deg=0.0, error_m=(25, 40),
            warnings=("nadir_assumed",),
        ),
    ),
}  # fmt: skip
REFUSED = {
    "Mavic 3T, thermal": (
        MakerPhoto((640, 512), "DJI", "M3T", dji(ImageSource="InfraredCamera"), lens(9.1, 40)),
        "thermal",
    ),
    "Zenmuse H30T, thermal": (
        MakerPhoto((1280, 1024), "DJI", "H30T", dji(ImageSource="InfraredCamera"), lens(24, 52)),
        "thermal",
    ),
    "Mavic 3M, one band": (
        MakerPhoto((2592, 1944), "DJI", "M3M", dji(ImageSource="MS_NIR_CAMERA"), lens(4.34, 25)),
        "multispectral",
    ),
    "RedEdge, one band in a list": (
        MakerPhoto(
            (1280, 960), "MicaSense", "RedEdge-M",
            xmp(
                "Camera", as_elements=True, Yaw="10", Pitch="1", Roll="1",
                BandName="<rdf:Seq><rdf:li>Red</rdf:li></rdf:Seq>",
            ),
            lens(5.4),
        ),
        "multispectral",
    ),
    "Parrot Disco, a fisheye": (
        MakerPhoto(
            (3320, 4096), "PARROT", "Disco",
            xmp(
                "Camera", as_elements=True, Yaw="18.6", Pitch="2.05", Roll="-2.39",
                ModelType="fisheye", FisheyePolynomial="0,1,0.02,-0.17",
            ),
            lens(1.83, 6),
        ),
        "no_camera",
    ),
    "no lock": (
        MakerPhoto((4000, 3000), "DJI", "FC220", dji(), lens(4.73, 26), lonlat=(0.0, 0.0)),
        "no_gps",
    ),
    "below its launch point": (
        MakerPhoto((4000, 3000), "DJI", "FC220", dji(RelativeAltitude="-3.2"), lens(4.73, 26)),
        "bad_height",
    ),
    "phone without a place": (
        MakerPhoto((4000, 3000), "samsung", "SM-A525F", None, lens(4.7, 26), lonlat=None),
        "no_gps",
    ),
}  # fmt: skip
HANDHELD = {
    "iPhone": MakerPhoto(
        (4032, 3024), "Apple", "iPhone 13", None, {**lens(5.1, 26), OFFSET: "+07:00"},
        gps={GPS_ERROR: 4.7}, altitude_m=3.0,
    ),
    "Samsung": MakerPhoto((4000, 3000), "samsung", "SM-A525F", None, lens(4.7, 26)),
    "a phone on a hill": MakerPhoto(
        (4000, 3000), "samsung", "SM-A525F", None, lens(4.7, 26), altitude_m=180.0
    ),
    "a maker nobody listed, no lens told": MakerPhoto(
        (4000, 3000), "Symphony", "Z60", None, lens(3.5), altitude_m=2.0
    ),
    "a camera on a boat": MakerPhoto(
        (8192, 5464), "Canon", "Canon EOS R5", None, lens(50, 50), altitude_m=3.0
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PHOTOS)
def test_a_makers_photo(name, site, tmp_path):
    photo, told = PHOTOS[name]
    frame = read_photo(photo.write(tmp_path / "photo.jpg"), site)
    assert isinstance(frame, Frame), frame
    pose = frame.pose
    assert distance_m(pose.position, LIBONG) < 0.05
    assert frame.taken_at_utc.isoformat() == "2026-02-03T03:00:00+00:00"
    assert pose.height_above_sea_m == pytest.approx(told.height_m, abs=0.05)
    assert pose.height_source == told.source
    assert (pose.yaw_deg - told.yaw_deg + 180) % 360 - 180 == pytest.approx(0, abs=0.1)
    assert pose.pitch_deg == pytest.approx(told.pitch_deg, abs=0.1)
    assert [note.code for note in frame.warnings] == list(told.warnings)
    assert (frame.camera.distortion is not None) == told.bent
    if told.gsd_cm is None:
        assert frame.gsd_cm is None
    else:
        assert frame.gsd_cm == pytest.approx(told.gsd_cm, rel=0.01)
        assert told.error_m[0] < frame.error_m < told.error_m[1]


@pytest.mark.parametrize("name", REFUSED)
def test_a_photo_that_is_refused(name, site, tmp_path):
    photo, code = REFUSED[name]
    refused = read_photo(photo.write(tmp_path / "photo.jpg"), site)
    assert not isinstance(refused, Frame)
    assert refused.reason.code == code
    assert refused.remedy


@pytest.mark.parametrize("name", HANDHELD)
def test_what_somebody_held_is_a_position_only(name, site, tmp_path):
    frame = read_photo(HANDHELD[name].write(tmp_path / "photo.jpg"), site)
    assert isinstance(frame, Frame), frame
    assert frame.pose.position_only
    assert (frame.gsd_cm, frame.footprint, frame.error_m) == (None, None, None)
    assert [note.code for note in frame.warnings] == ["position_only"]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_pixels_stay_as_stored_however_they_are_shown(orientation, site, tmp_path):
    photo = MakerPhoto((4000, 3000), "DJI", "FC220", dji(), lens(4.73, 26), orientation=orientation)
    frame = read_photo(photo.write(tmp_path / "photo.jpg"), site)
    assert (frame.width_px, frame.height_px) == (4000, 3000)
    assert frame.pose.yaw_deg == 45.0
    assert frame.warnings == ()


def test_a_zero_of_a_drone_that_heads_north_is_a_zero(site, tmp_path):
    level = dict.fromkeys(NADIR, "+0.00")
    photo = MakerPhoto(
        (4000, 3000), "DJI", "FC7303", dji(**level, FlightYawDegree="+0.20"), lens(4.49, 24)
    )
    frame = read_photo(photo.write(tmp_path / "photo.jpg"), site)
    assert [note.code for note in frame.warnings] == ["looks_at_horizon"]


def test_the_drones_heading_serves_where_the_camera_tells_none(site, tmp_path):
    untold = dict.fromkeys(NADIR)
    photo = MakerPhoto((4000, 3000), "DJI", "FC220", dji(**untold), lens(4.73, 26))
    frame = read_photo(photo.write(tmp_path / "photo.jpg"), site)
    assert frame.pose.assumed_nadir
    assert (frame.pose.yaw_deg, frame.pose.yaw_sigma_deg) == (44.0, 10.0)
    assert "heading" in frame.warnings[0].text
