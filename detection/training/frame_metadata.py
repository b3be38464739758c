"""The Exif and XMP a drone writes into a frame, for rendered ones; they say what they are."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from PIL import ExifTags, Image
from PIL.TiffImagePlugin import IFDRational

from ingest.lonlat import LonLat

_CROP_FACTOR = 5.6  # of a small drone's 1/2.3 inch sensor; only for the plain focal length tag


@dataclass(frozen=True)
class ShotTags:
    """What the drone believes of one shot.

    `taken_at` is aware and written as naive local time, as DJI's clocks do; without `position` no
    place is written.
    """

    taken_at: datetime
    position: LonLat | None
    relative_altitude_m: float
    yaw_deg: float
    pitch_deg: float
    roll_deg: float
    focal_35mm: int
    title: str


def _sexagesimal(degrees: float) -> tuple[IFDRational, IFDRational, IFDRational]:
    """Degrees, minutes and seconds to 1/10000 of a second: 3 mm."""
    seconds = round(abs(degrees) * 3600 * 10_000)
    minutes, seconds = divmod(seconds, 60 * 10_000)
    whole, minutes = divmod(minutes, 60)
    return IFDRational(whole), IFDRational(minutes), IFDRational(seconds, 10_000)


def exif_of(tags: ShotTags) -> Image.Exif:
    """The Exif block."""
    exif, base = Image.Exif(), ExifTags.Base
    local = tags.taken_at.strftime("%Y:%m:%d %H:%M:%S")
    exif[base.Make] = "Libong"
    exif[base.Model] = "Render"
    exif[base.Software] = "Libong Watch renderer"
    exif[base.ImageDescription] = f"synthetic picture, no real place or animal: {tags.title}"
    exif[base.DateTime] = local
    details = exif.get_ifd(ExifTags.IFD.Exif)
    details[base.DateTimeOriginal] = local
    details[base.DateTimeDigitized] = local
    details[base.SubsecTimeOriginal] = f"{tags.taken_at.microsecond // 1000:03d}"
    details[base.FocalLength] = IFDRational(round(tags.focal_35mm / _CROP_FACTOR * 100), 100)
    details[base.FocalLengthIn35mmFilm] = tags.focal_35mm
    if tags.position is not None:
        _write_place(exif.get_ifd(ExifTags.IFD.GPSInfo), tags.position)
    return exif


def _write_place(gps: dict[int, Any], position: LonLat) -> None:
    names = ExifTags.GPS
    gps[names.GPSVersionID] = b"\x02\x03\x00\x00"
    gps[names.GPSLatitudeRef] = "N" if position.lat >= 0 else "S"
    gps[names.GPSLatitude] = _sexagesimal(position.lat)
    gps[names.GPSLongitudeRef] = "E" if position.lon >= 0 else "W"
    gps[names.GPSLongitude] = _sexagesimal(position.lon)


def xmp_of(tags: ShotTags) -> bytes:
    """The XMP packet with DJI's names for height above the launch point and gimbal angles."""
    place = tags.position
    values = {
        "RelativeAltitude": f"{tags.relative_altitude_m:+.2f}",
        "GimbalYawDegree": f"{(tags.yaw_deg + 180) % 360 - 180:+.2f}",
        "GimbalPitchDegree": f"{tags.pitch_deg:+.2f}",
        "GimbalRollDegree": f"{tags.roll_deg:+.2f}",
        "FlightYawDegree": f"{(tags.yaw_deg + 180) % 360 - 180:+.2f}",
        "FlightPitchDegree": "+0.00",
        "FlightRollDegree": "+0.00",
    }
    if place is not None:
        values |= {"GpsLatitude": f"{place.lat:+.7f}", "GpsLongitude": f"{place.lon:+.7f}"}
    attributes = "\n".join(f'   drone-dji:{name}="{value}"' for name, value in values.items())
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">\n'
        ' <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\n'
        '  <rdf:Description rdf:about="" xmlns:drone-dji="http://www.dji.com/drone-dji/1.0/"\n'
        f"{attributes}/>\n </rdf:RDF>\n</x:xmpmeta>\n"
        '<?xpacket end="w"?>'
    ).encode()
