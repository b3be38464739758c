"""XMP tags of a photo: the drone maker's, Pix4D's `Camera`, and copies of Exif, as typed records.

Field lists: DJI Mavic 3E/3T User Manual (Data Storage, "Photo File"); Parrot, "Embedded Photo
Metadata" (developer.parrot.com/docs/pdraw/photo-metadata.html); Pix4D, "Specifications of XMP
Camera Tags" (support.pix4d.com, article 360016450032); Skydio, "Camera and metadata overview"
(support.skydio.com, article 4417425974683); ExifTool's table XMP-drone-dji, for older names.
Autel's newer firmware writes DJI's vocabulary under the prefix `drone:`, its older one Pix4D's.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from math import isfinite

from ingest.xmp_packet import (
    DJI,
    EXIF,
    PARROT,
    PIX4D,
    SKYDIO,
    SKYDIO_CAMERA,
    SKYDIO_CENTRE,
    SKYDIO_FOCAL,
    TIFF,
    XMP,
    Values,
    named_values,
)

# A number alone or with a unit behind a space: "12.5 m".
_NUMBER = re.compile(
    r"\s*([-+]?[\d.]+(?:[eE][-+]?\d+)?(?:/[-+]?\d+)?)(?:\s+[A-Za-z°].*|\s*)$", re.ASCII
)
_COORDINATE = re.compile(
    r"(?P<parts>\d{1,3},\d{1,2}(?:,\d{1,2})?(?:\.\d{1,12})?)(?P<side>[NESW])", re.ASCII
)


@dataclass(frozen=True)
class DroneTags:
    """What a DJI drone writes beside Exif, or a Parrot or Skydio of its camera; else None.

    Angles in degrees in the gimbal convention of `CameraPose`; `calibrated_centre_px` is from the
    top left corner; RTK deviations are 1 sigma metres. `reversed` says that the gimbal or camera
    hangs the other way round; `gps_status` is "Normal", "RTK" or "Invalid"; `image_source` names
    the lens of a camera that has several: "WideCamera", "ZoomCamera", "InfraredCamera".
    `altitude_is_orthometric` says that the absolute altitude is above the geoid.
    `flight_yaw_deg` is the drone's own heading; `distortion` are k1, k2, k3, p1, p2 of a picture
    that was not straightened (`ingest.lens`), where no `dewarp` holds them.
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
    flight_yaw_deg: float | None = None
    reversed: bool = False
    gps_status: str | None = None
    image_source: str | None = None
    rtk_flag: float | None = None
    rtk_std_lon_m: float | None = None
    rtk_std_lat_m: float | None = None
    rtk_std_height_m: float | None = None
    horizontal_accuracy_m: float | None = None
    vertical_accuracy_m: float | None = None
    calibrated_focal_px: float | None = None
    calibrated_centre_px: tuple[float, float] | None = None
    dewarp: tuple[float, ...] | None = None
    dewarp_flag: float | None = None
    distortion: tuple[float, ...] | None = None
    utc_at_exposure: datetime | None = None


@dataclass(frozen=True)
class Pix4dTags:
    """What Pix4D's `Camera` tags tell: angles in Pix4D's convention, lengths on the sensor.

    `distortion` are k1, k2, k3, p1, p2; `model_type` is "perspective" or "fisheye"; `bands` names
    the bands of light that the picture holds.
    """

    yaw_deg: float | None = None
    pitch_deg: float | None = None
    roll_deg: float | None = None
    vertical_crs: str | None = None
    xy_accuracy_m: float | None = None
    z_accuracy_m: float | None = None
    focal_length_mm: float | None = None
    principal_point_mm: tuple[float, float] | None = None
    distortion: tuple[float, ...] | None = None
    model_type: str = ""
    bands: tuple[str, ...] = ()


@dataclass(frozen=True)
class CopiedExif:
    """What a packet repeats of Exif, for files whose Exif block lacks it; texts as they stand."""

    make: str | None = None
    model: str | None = None
    lon_deg: float | None = None
    lat_deg: float | None = None
    altitude_m: float | None = None
    taken: str | None = None
    satellite_time: str | None = None
    focal_length_mm: float | None = None
    focal_length_35mm: float | None = None


@dataclass(frozen=True)
class XmpTags:
    """What the XMP packets of one photo tell."""

    drone: DroneTags = DroneTags()
    pix4d: Pix4dTags = Pix4dTags()
    exif: CopiedExif = CopiedExif()


def read_xmp(packets: Iterable[bytes]) -> XmpTags:
    """Read the XMP packets of one photo; raises PhotoError `damaged` when one is no XML."""
    values: dict[tuple[str, str], str] = {}
    for packet in packets:
        for key, text in named_values(packet):
            values.setdefault(key, text)
    return XmpTags(_drone_tags(values), _pix4d_tags(values), _copied_exif(values))


def _drone_tags(values: Values) -> DroneTags:
    def number(name: str, vocabulary: str = DJI) -> float | None:
        return _number(values.get((vocabulary, name)))

    def angle(name: str) -> float | None:
        return _first(
            number(f"Gimbal{name}Degree"),
            number(f"Camera{name}Degree", PARROT),
            number(f"{SKYDIO_CAMERA}.{name}", SKYDIO),
            # of cameras that turn with the drone; a pitch or roll in flight is not the camera's
            number("FlightYawDegree") if name == "Yaw" else None,
        )

    def two(x: str, y: str, vocabulary: str = DJI) -> tuple[float, float] | None:
        numbers = number(x, vocabulary), number(y, vocabulary)
        return None if None in numbers else numbers  # type: ignore[return-value]

    bend = _numbers(values.get((SKYDIO, "DewarpData")))
    return DroneTags(
        # Older firmware spells longitude as "Longtitude" (Phantom 4 RTK, Mavic 2).
        lon_deg=_first(
            number("GpsLongitude"),
            number("GpsLongtitude"),
            number("Longitude"),
            number("Longitude", SKYDIO),
        ),
        lat_deg=_first(number("GpsLatitude"), number("Latitude"), number("Latitude", SKYDIO)),
        # Parrot and senseFly write the height above the take-off among Pix4D's tags.
        relative_altitude_m=_first(
            number("RelativeAltitude"),
            number("RelativeAltitude", SKYDIO),
            number("AboveGroundAltitude", PIX4D),
        ),
        absolute_altitude_m=_first(number("AbsoluteAltitude"), number("AbsoluteAltitude", SKYDIO)),
        altitude_type=values.get((DJI, "AltitudeType")),
        # Skydio's is above EGM96, as OpenAthena found with the makers' drones.
        altitude_is_orthometric=(SKYDIO, "AbsoluteAltitude") in values,
        gimbal_yaw_deg=angle("Yaw"),
        gimbal_pitch_deg=angle("Pitch"),
        gimbal_roll_deg=angle("Roll"),
        flight_yaw_deg=_first(number("FlightYawDegree"), number("DroneYawDegree", PARROT)),
        reversed=1 in (number("GimbalReverse"), number("CamReverse")),
        gps_status=values.get((DJI, "GpsStatus")),
        image_source=values.get((DJI, "ImageSource")),
        rtk_flag=number("RtkFlag"),
        rtk_std_lon_m=number("RtkStdLon"),
        rtk_std_lat_m=number("RtkStdLat"),
        rtk_std_height_m=number("RtkStdHgt"),
        horizontal_accuracy_m=number("GpsHorizontalAccuracy", SKYDIO),
        vertical_accuracy_m=number("GpsVerticalAccuracy", SKYDIO),
        calibrated_focal_px=_first(
            number("CalibratedFocalLength"), number(f"{SKYDIO_FOCAL}.X", SKYDIO)
        ),
        calibrated_centre_px=two("CalibratedOpticalCenterX", "CalibratedOpticalCenterY")
        or two(f"{SKYDIO_CENTRE}.X", f"{SKYDIO_CENTRE}.Y", SKYDIO),
        dewarp_flag=number("DewarpFlag"),
        dewarp=_dewarp(values.get((DJI, "DewarpData"))),
        distortion=(*bend, 0.0, 0.0) if len(bend) == 3 else None,  # radial terms alone
        utc_at_exposure=_utc(values.get((DJI, "UTCAtExposure"))),
    )


def _pix4d_tags(values: Values) -> Pix4dTags:
    def number(name: str) -> float | None:
        return _number(values.get((PIX4D, name)))

    principal = _numbers(values.get((PIX4D, "PrincipalPoint")))
    # in the order of `ingest.lens`, radial terms first
    bend = _numbers(values.get((PIX4D, "PerspectiveDistortion")))
    bands = values.get((PIX4D, "BandName"), "").split(",")
    return Pix4dTags(
        yaw_deg=number("Yaw"),
        pitch_deg=number("Pitch"),
        roll_deg=number("Roll"),
        vertical_crs=values.get((PIX4D, "VertCS")),
        xy_accuracy_m=number("GPSXYAccuracy"),
        z_accuracy_m=number("GPSZAccuracy"),
        focal_length_mm=number("PerspectiveFocalLength"),
        principal_point_mm=(principal[0], principal[1]) if len(principal) == 2 else None,
        distortion=bend if len(bend) == 5 else None,
        model_type=values.get((PIX4D, "ModelType"), "").lower(),
        bands=tuple(band.strip() for band in bands if band.strip()),
    )


def _copied_exif(values: Values) -> CopiedExif:
    def number(name: str) -> float | None:
        return _number(values.get((EXIF, name)))

    altitude_m = number("GPSAltitude")
    below = number("GPSAltitudeRef") == 1
    return CopiedExif(
        make=values.get((TIFF, "Make")),
        model=values.get((TIFF, "Model")),
        lon_deg=_degrees(values.get((EXIF, "GPSLongitude")), "EW"),
        lat_deg=_degrees(values.get((EXIF, "GPSLatitude")), "NS"),
        altitude_m=-altitude_m if altitude_m is not None and below else altitude_m,
        taken=values.get((EXIF, "DateTimeOriginal")) or values.get((XMP, "CreateDate")),
        satellite_time=values.get((EXIF, "GPSTimeStamp")),
        focal_length_mm=number("FocalLength"),
        focal_length_35mm=number("FocalLengthIn35mmFilm"),
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


def _degrees(text: str | None, letters: str) -> float | None:
    """Degrees from a GPSCoordinate of XMP (its part 2), "7,15.4321N" or "7,15,25.9N"."""
    found = _COORDINATE.fullmatch((text or "").strip())
    if found is None or found["side"] not in letters:
        return None
    parts = [float(part) for part in found["parts"].split(",")]
    degrees = sum(part / divisor for part, divisor in zip(parts, (1, 60, 3600), strict=False))
    return -degrees if found["side"] == letters[1] else degrees


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
        # some firmware parts the date by colons, as Exif does
        moment = datetime.fromisoformat(text[:10].replace(":", "-") + text[10:])
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
