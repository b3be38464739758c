"""XMP tags of a photo: those of the drone's maker, and Pix4D's `Camera`, as typed records.

Field lists: DJI Mavic 3E/3T User Manual (Data Storage, "Photo File"); Parrot, "Embedded Photo
Metadata" (developer.parrot.com/docs/pdraw/photo-metadata.html); Pix4D, "Specifications of XMP
Camera Tags" (support.pix4d.com, article 360016450032); Skydio, "Camera and metadata overview"
(support.skydio.com, article 4417425974683); ExifTool's table XMP-drone-dji, for older names.
Autel's newer firmware writes DJI's vocabulary under the prefix `drone:`, its older one Pix4D's.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from math import isfinite
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from ingest.errors import PhotoError

_DJI = "dji"
_PARROT = "parrot"
_PIX4D = "pix4d"
_SKYDIO = "skydio"
# Writers of Pix4D's names differ in the address: ExifTool leaves the slash out, senseFly's drones
# and Flying Fish's tool put their own host.
_VOCABULARY = (
    (re.compile(r"^https?://www\.dji\.com/drone-dji/1\.0/?$"), _DJI),
    (re.compile(r"^https?://www\.skydio\.com/drone-skydio/1\.0/?$"), _SKYDIO),
    (re.compile(r"^https?://www\.parrot\.com/drone-parrot/1\.0/?$"), _PARROT),
    (
        re.compile(
            r"^https?://(pix4d\.com|ns\.sensefly\.com|ns\.flyingfishtechs\.com)/[Cc]amera/1\.0/?$"
        ),
        _PIX4D,
    ),
    # Other makers, Autel among them, take over DJI's words under addresses of their own.
    (re.compile(r"^https?://.*drone", re.IGNORECASE), _DJI),
)
# Of Skydio's structures of angles this one is the camera's from north, east, down.
_SKYDIO_CAMERA = "CameraOrientationNED"
_QUALIFIED_NAME = re.compile(r"^\{(?P<address>[^}]*)\}(?P<name>.+)$")
# A number alone or with a unit behind a space: "12.5 m".
_NUMBER = re.compile(
    r"\s*([-+]?[\d.]+(?:[eE][-+]?\d+)?(?:/[-+]?\d+)?)(?:\s+[A-Za-z°].*|\s*)$", re.ASCII
)
_META = re.compile(rb"<x:xmpmeta.*</x:xmpmeta>", re.DOTALL)

_Values = Mapping[tuple[str, str], str]


@dataclass(frozen=True)
class DroneTags:
    """What a DJI drone writes beside Exif, or a Parrot or Skydio of its camera; else None.

    Angles in degrees in the gimbal convention of `CameraPose`; `calibrated_centre_px` is from the
    top left corner; RTK deviations are 1 sigma metres. `reversed` says that the gimbal or camera
    hangs the other way round; `gps_status` is "Normal", "RTK" or "Invalid"; `image_source` names
    the lens of a camera that has several: "WideCamera", "ZoomCamera", "InfraredCamera".
    `altitude_is_orthometric` says that the absolute altitude is above the geoid.
    """

    lon_deg: float | None = None
    lat_deg: float | None = None
    relative_altitude_m: float | None = None
    absolute_altitude_m: float | None = None
    altitude_type: str | None = None
    altitude_is_orthometric: bool = False
    gimbal_yaw_deg: float | None = None
    gimbal_pitch_deg: float | None = None
    gimbal_roll_deg: float | None = None
    reversed: bool = False
    gps_status: str | None = None
    image_source: str | None = None
    rtk_flag: float | None = None
    rtk_std_lon_m: float | None = None
    rtk_std_lat_m: float | None = None
    rtk_std_height_m: float | None = None
    calibrated_focal_px: float | None = None
    calibrated_centre_px: tuple[float, float] | None = None
    dewarp: tuple[float, ...] | None = None
    dewarp_flag: float | None = None
    utc_at_exposure: datetime | None = None


@dataclass(frozen=True)
class Pix4dTags:
    """What Pix4D's `Camera` tags tell: angles in Pix4D's convention, lengths on the sensor."""

    yaw_deg: float | None = None
    pitch_deg: float | None = None
    roll_deg: float | None = None
    vertical_crs: str | None = None
    xy_accuracy_m: float | None = None
    z_accuracy_m: float | None = None
    focal_length_mm: float | None = None
    principal_point_mm: tuple[float, float] | None = None


def read_xmp(packets: Iterable[bytes]) -> tuple[DroneTags, Pix4dTags]:
    """Read the XMP packets of one photo; raises PhotoError `damaged` when one is no XML."""
    values: dict[tuple[str, str], str] = {}
    for packet in packets:
        for key, text in _named_values(packet):
            values.setdefault(key, text)
    return _drone_tags(values), _pix4d_tags(values)


def _named_values(packet: bytes) -> Iterable[tuple[tuple[str, str], str]]:
    """Pairs of ((vocabulary, name), text), from attributes and elements: XMP allows both."""
    meta = _META.search(packet)
    try:
        root = fromstring(meta[0] if meta else packet.strip(b"\0 \t\r\n"))
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        # the last two for declared encodings that are unknown or cannot be
        raise PhotoError("damaged", f"the XMP block is not plain XML: {error}") from error
    yield from _skydio_angles(root)
    for element in root.iter():
        for name, value in (*element.attrib.items(), (element.tag, element.text)):
            qualified, text = _QUALIFIED_NAME.match(name), (value or "").strip()
            if qualified is None or not text:
                continue
            known = (v for address, v in _VOCABULARY if address.match(qualified["address"]))
            vocabulary = next(known, None)
            if vocabulary is not None:
                yield (vocabulary, qualified["name"]), text


def _skydio_angles(root: Element) -> Iterable[tuple[tuple[str, str], str]]:
    """Yaw, Pitch and Roll of the camera, whose names other structures of the packet share."""
    for structure in root.iter():
        if not structure.tag.endswith(f"}}{_SKYDIO_CAMERA}"):
            continue
        for element in structure.iter():
            for name, value in (*element.attrib.items(), (element.tag, element.text)):
                short, text = name.rpartition("}")[2], (value or "").strip()
                if short in ("Yaw", "Pitch", "Roll") and text:
                    yield (_SKYDIO, f"{_SKYDIO_CAMERA}.{short}"), text


def _drone_tags(values: _Values) -> DroneTags:
    def number(name: str, vocabulary: str = _DJI) -> float | None:
        return _number(values.get((vocabulary, name)))

    def angle(name: str) -> float | None:
        return _first(
            number(f"Gimbal{name}Degree"),
            number(f"Camera{name}Degree", _PARROT),
            number(f"{_SKYDIO_CAMERA}.{name}", _SKYDIO),
            # of cameras that turn with the drone; a pitch or roll in flight is not the camera's
            number("FlightYawDegree") if name == "Yaw" else None,
        )

    centre = number("CalibratedOpticalCenterX"), number("CalibratedOpticalCenterY")
    return DroneTags(
        # Older firmware spells longitude as "Longtitude" (Phantom 4 RTK, Mavic 2).
        lon_deg=_first(
            number("GpsLongitude"),
            number("GpsLongtitude"),
            number("Longitude"),
            number("Longitude", _SKYDIO),
        ),
        lat_deg=_first(number("GpsLatitude"), number("Latitude"), number("Latitude", _SKYDIO)),
        # Parrot and senseFly write the height above the take-off among Pix4D's tags.
        relative_altitude_m=_first(
            number("RelativeAltitude"), number("AboveGroundAltitude", _PIX4D)
        ),
        absolute_altitude_m=_first(number("AbsoluteAltitude"), number("AbsoluteAltitude", _SKYDIO)),
        altitude_type=values.get((_DJI, "AltitudeType")),
        # Skydio's is above EGM96, as OpenAthena found with the makers' drones.
        altitude_is_orthometric=(_SKYDIO, "AbsoluteAltitude") in values,
        gimbal_yaw_deg=angle("Yaw"),
        gimbal_pitch_deg=angle("Pitch"),
        gimbal_roll_deg=angle("Roll"),
        reversed=1 in (number("GimbalReverse"), number("CamReverse")),
        gps_status=values.get((_DJI, "GpsStatus")),
        image_source=values.get((_DJI, "ImageSource")),
        rtk_flag=number("RtkFlag"),
        rtk_std_lon_m=number("RtkStdLon"),
        rtk_std_lat_m=number("RtkStdLat"),
        rtk_std_height_m=number("RtkStdHgt"),
        calibrated_focal_px=number("CalibratedFocalLength"),
        calibrated_centre_px=None if None in centre else centre,  # type: ignore[arg-type]
        dewarp_flag=number("DewarpFlag"),
        dewarp=_dewarp(values.get((_DJI, "DewarpData"))),
        utc_at_exposure=_utc(values.get((_DJI, "UTCAtExposure"))),
    )


def _pix4d_tags(values: _Values) -> Pix4dTags:
    def number(name: str) -> float | None:
        return _number(values.get((_PIX4D, name)))

    principal = _numbers(values.get((_PIX4D, "PrincipalPoint")))
    return Pix4dTags(
        yaw_deg=number("Yaw"),
        pitch_deg=number("Pitch"),
        roll_deg=number("Roll"),
        vertical_crs=values.get((_PIX4D, "VertCS")),
        xy_accuracy_m=number("GPSXYAccuracy"),
        z_accuracy_m=number("GPSZAccuracy"),
        focal_length_mm=number("PerspectiveFocalLength"),
        principal_point_mm=(principal[0], principal[1]) if len(principal) == 2 else None,
    )


def _first(*numbers: float | None) -> float | None:
    return next((number for number in numbers if number is not None), None)


def _number(text: str | None) -> float | None:
    """A number written "+39.80" or, as ExifTool copies them, "8843/5528"; a unit may follow."""
    found = _NUMBER.match(text or "")
    if found is None:
        return None
    text = found[1]
    try:
        number = float(Fraction(text)) if "/" in text else float(text)
    except (ValueError, ZeroDivisionError, OverflowError):
        return None
    return number if isfinite(number) else None


def _numbers(text: str | None) -> tuple[float, ...]:
    """Numbers separated by commas; none at all when one of them is no number."""
    numbers = tuple(_number(part) for part in text.split(",")) if text else ()
    return () if None in numbers else numbers  # type: ignore[return-value]


def _dewarp(text: str | None) -> tuple[float, ...] | None:
    """`fx, fy, cx, cy, k1, k2, p1, p2, k3` in pixels, cx and cy from the picture's centre.

    DJI puts the day of calibration before them: "2021-01-14;3713.29,3713.29,7.02,-8.72,...".
    """
    numbers = _numbers(text.rpartition(";")[2]) if text else ()
    return numbers if len(numbers) == 9 else None


def _utc(text: str | None) -> datetime | None:
    """DJI's `UTCAtExposure` carries no zone letter; its name is the zone."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
