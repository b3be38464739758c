"""Photos as drones of many makers tag them: small JPEGs that say they are as large as theirs.

The tags are those that owners' files and the makers' documents show; places and times are ours.
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from io import BytesIO
from pathlib import Path

from PIL import Image

ADDRESSES = {
    "drone-dji": "http://www.dji.com/drone-dji/1.0/",
    "drone": "http://www.dji.com/drone-dji/1.0/",  # Autel's
    "drone-parrot": "http://www.parrot.com/drone-parrot/1.0/",
    "drone-skydio": "https://www.skydio.com/drone-skydio/1.0/",
    "Camera": "http://pix4d.com/camera/1.0/",
    "exif": "http://ns.adobe.com/exif/1.0/",
}
MAKE, MODEL, ORIENTATION = 0x010F, 0x0110, 0x0112
TAKEN, OFFSET, SUBSECONDS = 0x9003, 0x9011, 0x9291
FOCAL_MM, FOCAL_35MM, ZOOM = 0x920A, 0xA405, 0xA404
GPS_CLOCK, GPS_STATUS, GPS_DATE, GPS_ERROR = 7, 9, 29, 31
NADIR = {"GimbalYawDegree": "+45.00", "GimbalPitchDegree": "-90.00", "GimbalRollDegree": "+0.00"}


def xmp(prefix="drone-dji", as_elements=False, raw="", **values):
    """A packet of one vocabulary; `raw` are elements of any."""
    spaces = " ".join(f'xmlns:{name}="{address}"' for name, address in ADDRESSES.items())
    attributes = elements = ""
    for name, value in values.items():
        if as_elements:
            elements += f"<{prefix}:{name}>{value}</{prefix}:{name}>"
        else:
            attributes += f' {prefix}:{name}="{value}"'
    return (
        '<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description rdf:about="" {spaces}{attributes}>{elements}{raw}</rdf:Description>'
        '</rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
    ).encode()


def dji(**changes):
    """DJI's usual attributes, straight down from 60 m; a value of None leaves one out."""
    told = {
        "AbsoluteAltitude": "+62.10",
        "RelativeAltitude": "+60.00",
        **NADIR,
        "FlightYawDegree": "+44.00",
        "CamReverse": "0",
        "GimbalReverse": "0",
    }
    return xmp(**{name: value for name, value in (told | changes).items() if value is not None})


def structures(prefix="drone-skydio", **fields: Mapping[str, object]):
    """Structures of named fields, as elements."""
    return "".join(
        f'<{prefix}:{name} rdf:parseType="Resource">'
        + "".join(f"<{prefix}:{key}>{value}</{prefix}:{key}>" for key, value in told.items())
        + f"</{prefix}:{name}>"
        for name, told in fields.items()
    )


@dataclass(frozen=True)
class MakerPhoto:
    """One photo's tags; Exif and GPS tags by number over the defaults, None to leave one out."""

    size: tuple[int, int]
    make: str
    model: str
    xmp: bytes | None = None
    exif: Mapping[int, object] = field(default_factory=dict)
    gps: Mapping[int, object] = field(default_factory=dict)
    lonlat: tuple[float, float] | None = (99.40, 7.25)
    altitude_m: float | None = 60.0
    orientation: int | None = None

    def write(self, path: Path) -> Path:
        tags = Image.Exif()
        tags.update({MAKE: self.make, MODEL: self.model})
        if self.orientation is not None:
            tags[ORIENTATION] = self.orientation
        tags.get_ifd(0x8769).update(_present({TAKEN: "2026:02:03 10:00:00", **self.exif}))
        tags.get_ifd(0x8825).update(_present({**self._place(), **self.gps}))
        stream = BytesIO()
        options = {} if self.xmp is None else {"xmp": self.xmp}
        Image.new("RGB", (32, 24), "teal").save(stream, "JPEG", exif=tags, **options)
        path.write_bytes(sized(stream.getvalue(), self.size))
        return path

    def _place(self):
        place: dict[int, object] = {}
        if self.lonlat is not None:
            lon, lat = self.lonlat
            place |= {1: "N" if lat >= 0 else "S", 2: _sexagesimal(lat)}
            place |= {3: "E" if lon >= 0 else "W", 4: _sexagesimal(lon)}
        if self.altitude_m is not None:
            place |= {5: b"\1" if self.altitude_m < 0 else b"\0", 6: abs(self.altitude_m)}
        return place


def sized(jpeg: bytes, size: tuple[int, int]) -> bytes:
    """The JPEG with another size in its frame header, as which its metadata are read."""
    at = jpeg.rindex(b"\xff\xc0")
    return jpeg[: at + 5] + struct.pack(">HH", size[1], size[0]) + jpeg[at + 9 :]


def _present(tags):
    return {tag: value for tag, value in tags.items() if value is not None}


def _sexagesimal(degrees):
    minutes = abs(degrees) % 1 * 60
    return int(abs(degrees)), int(minutes), Fraction(round(minutes % 1 * 60 * 10_000), 10_000)
